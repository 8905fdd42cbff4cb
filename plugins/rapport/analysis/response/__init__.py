"""Step `response`: how far those who answered stand for all who were asked."""

from rapport.analysis.response.step import STEP

__all__ = ["STEP"]
