"""The worth of customers from now on, and how sure it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rapport.analysis.step import SEED

Floats = npt.NDArray[np.float64]

DRAWS = 1_000
FEWEST = 30  # customers a year ago: with fewer a segment takes the retention of all
Interval = tuple[float, float, float]


def lifetime_value(margin: Any, retention: Any, discount: float) -> Any:
    """Return m r / (1 + i - r): margin a year, retention a year, discount a year; first margin in a year, no end (numbers or arrays)."""
    return margin * retention / (1 + discount - retention)


def worth(customers: pd.DataFrame, discount: float) -> tuple[pd.DataFrame, Interval]:
    """Return the mean lifetime value of all customers and of each segment and strategic member, and their retention in a year.

    Args:
        customers: a row an account: `segment`, `strategic`, `is_active`, `was_active` (a year ago), `margin` (a year; missing counts as 0).
        discount: a year.

    Returns:
        Rows `dimension`, `member`, `value`, `low`, `high`, `n` (active accounts), by percentile bootstrap of accounts (Efron and Tibshirani
        1993): each draw has its own retention and its own margins; and the retention of all with its interval.
    """
    segment = customers["segment"].astype("category")
    of_segment = np.eye(len(segment.cat.categories))[segment.cat.codes]
    active = customers["is_active"].to_numpy(dtype=float)
    before = customers["was_active"].to_numpy(dtype=float)
    margin = customers["margin"].fillna(0.0).to_numpy(dtype=float)
    weights = _weights(len(customers))
    base = weights @ (of_segment * before[:, None])
    kept = weights @ (of_segment * (before * active)[:, None])
    of_all = kept.sum(axis=1) / np.maximum(base.sum(axis=1), 1e-9)
    is_own = (weights[:1] @ (of_segment * before[:, None]) >= FEWEST)[0]  # the rule is that of the sample, also in its draws
    retention = np.where(is_own, kept / np.maximum(base, 1e-9), of_all[:, None])
    factor = lifetime_value(1.0, retention, discount)
    rows = []
    for dimension, member, chosen in _members(customers):
        mine = active * chosen
        n = weights @ mine
        total = ((weights @ (of_segment * (mine * margin)[:, None])) * factor).sum(axis=1)
        rows.append({"dimension": dimension, "member": member, "n": int(mine.sum()), **_named(total / np.maximum(n, 1e-9))})
    return pd.DataFrame(rows), _interval(of_all)


def mean_of(customers: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the mean of a column over active customers, of all and by segment and strategic, in the form of `worth`."""
    active = customers["is_active"].to_numpy(dtype=float)
    values = customers[column].fillna(0.0).to_numpy(dtype=float)
    weights = _weights(len(customers))
    rows = []
    for dimension, member, chosen in _members(customers):
        mine = active * chosen
        means = (weights @ (mine * values)) / np.maximum(weights @ mine, 1e-9)
        rows.append({"dimension": dimension, "member": member, "n": int(mine.sum()), **_named(means)})
    return pd.DataFrame(rows)


def _weights(size: int) -> Floats:
    """Return how often each draw takes each account; the first row is the sample itself."""
    rng = np.random.default_rng(SEED)
    drawn = rng.multinomial(size, np.full(size, 1 / size), size=DRAWS)
    return np.vstack([np.ones(size), drawn]).astype(float)


def _members(customers: pd.DataFrame) -> list[tuple[str, str, Floats]]:
    found = [("all", "all", np.ones(len(customers)))]
    for dimension in ("segment", "strategic"):
        members = sorted(customers[dimension].unique())
        found += [(dimension, str(member), (customers[dimension] == member).to_numpy(dtype=float)) for member in members]
    return found


def _interval(draws: Floats) -> Interval:
    """Return the sample's own value, the first, with the percentiles of the others."""
    low, high = np.nanpercentile(draws[1:], [2.5, 97.5])
    return float(draws[0]), float(low), float(high)


def _named(draws: Floats) -> dict[str, float]:
    return dict(zip(("value", "low", "high"), _interval(draws), strict=True))
