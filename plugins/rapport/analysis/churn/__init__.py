"""Step `hazard`: who leaves after a bad experience, who stays after a good one, and how long customers stay at all."""

from rapport.analysis.churn.step import STEP

__all__ = ["STEP"]
