"""Step `drivers`: what moves the score that people give, beside what they say matters to them."""

from rapport.analysis.drivers.step import STEP

__all__ = ["STEP"]
