"""A value worked out again from its additive parts, independently of the build: what `rapport explain` holds against the value shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_BUCKETS_AN_E = 20  # buckets of the scale floor(20 ln(1 + x)), by which `metric_part` keeps times
CLOSE = 1e-9
Parts = Mapping[str, Any]


def total_of(parts: Sequence[Parts], names: Sequence[str]) -> dict[str, float]:
    """Sum the named parts over rows; a part that no row has is left out."""
    sums = {}
    for name in names:
        given = [row[name] for row in parts if row[name] is not None]
        if given:
            sums[name] = sum(given)
    return sums


def from_sums(estimator: str, sums: Mapping[str, float]) -> tuple[str, float | None]:
    """Return how a value comes from its sums, in words, and the value; None where nothing is divided by.

    Raises:
        KeyError: the estimator's value does not come from sums.
    """
    words, over, under, scale = _RATIOS[estimator](sums)
    if under is None:
        return words, float(over)
    return words, (scale * over / under if under else None)


def _share(sums: Mapping[str, float]) -> tuple[str, float, float | None, float]:
    if "weight" in sums:
        return "weighted_total / weight", sums.get("weighted_total", 0), sums["weight"], 1.0
    return "num / den", sums.get("num", 0), sums.get("den", 0), 1.0


def _score(sums: Mapping[str, float]) -> tuple[str, float, float | None, float]:
    if "weight" in sums:
        return "100 * weighted_total / weight", sums.get("weighted_total", 0), sums["weight"], 100.0
    return "100 * (promoters - detractors) / den", sums.get("promoters", 0) - sums.get("detractors", 0), sums.get("den", 0), 100.0


def _mean(sums: Mapping[str, float]) -> tuple[str, float, float | None, float]:
    if "weight" in sums:
        return "weighted_total / weight", sums.get("weighted_total", 0), sums["weight"], 1.0
    return "total / den", sums.get("total", 0), sums.get("den", 0), 1.0


def _ratio(sums: Mapping[str, float]) -> tuple[str, float, float | None, float]:
    return "total / base", sums.get("total", 0), sums.get("base", 0), 1.0


def _count(sums: Mapping[str, float]) -> tuple[str, float, float | None, float]:
    return "num", sums.get("num", 0), None, 1.0


_RATIOS: dict[str, Callable[[Mapping[str, float]], tuple[str, float, float | None, float]]] = {
    "wilson": _share,
    "nps_adjusted_wald": _score,
    "mean": _mean,
    "ratio": _ratio,
    "count": _count,
}


def quantile_bounds(parts: Sequence[Parts], quantile: float) -> tuple[float, float] | None:
    """Return between which bounds the buckets put a quantile, in the measure's unit; None where it falls among cases not done."""
    counts: dict[int, int] = {}
    for row in parts:
        if row["histogram"] is not None:
            counts[int(row["histogram"])] = counts.get(int(row["histogram"]), 0) + int(row["num"])
    position = 1 + (sum(int(row["den"]) for row in parts) - 1) * quantile
    low = _bucket_at(counts, math.floor(position + CLOSE))
    high = _bucket_at(counts, math.ceil(position - CLOSE))
    if low is None or high is None:
        return None
    return math.exp(low / _BUCKETS_AN_E) - 1, math.exp((high + 1) / _BUCKETS_AN_E) - 1


def _bucket_at(counts: Mapping[int, int], rank: int) -> int | None:
    for bucket in sorted(counts):
        rank -= counts[bucket]
        if rank <= 0:
            return bucket
    return None


def curve_reading(points: Sequence[Parts], *, quantile: float | None = None, within: float | None = None) -> float | None:
    """Return the time by which a share is done, or the share done within a time, from (duration, at_risk, done) points (Kaplan-Meier).

    None where the curve does not get there; a curve that lies at exactly the quantile for a while is read in the middle of it.
    """
    survival, last, reached = 1.0, None, None
    ordered = sorted((row for row in points if row["duration"] is not None), key=lambda row: row["duration"])
    for row in ordered:
        if within is not None and row["duration"] > within:
            break
        survival *= 1 - row["done"] / row["at_risk"]
        if quantile is not None and survival < 1 - quantile - CLOSE:
            return float(row["duration"] if reached is None else (reached + row["duration"]) / 2)
        if quantile is not None and survival <= 1 - quantile + CLOSE and reached is None:
            reached = row["duration"]
        last = row
    if within is None:
        return reached
    followed = bool(ordered) and ordered[-1]["duration"] >= within
    return 1 - survival if followed or (last is not None and survival == 0) else None
