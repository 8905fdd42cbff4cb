"""Step `texts`: mood, pains and gains of what customers write, with the measured error of the mood."""

from rapport.analysis.texts.step import STEP

__all__ = ["STEP"]
