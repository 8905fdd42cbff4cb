"""Step `value`: what customers are worth, how much of growth is earned, and how much revenue is at risk."""

from rapport.analysis.value.step import STEP

__all__ = ["STEP"]
