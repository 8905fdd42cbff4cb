"""Would catch: an interval too narrow for few units, quarters of a unit counted as new units, a verdict that says more than it knows."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from rapport.analysis.linkage import aggregation, correlation, icc1, lagged, verdict


def made(r: float, n: int) -> tuple[pd.Series, pd.Series]:
    """Return two series of n values whose correlation is exactly r."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=n)
    x = (x - x.mean()) / x.std()
    e = rng.normal(size=n)
    e = e - e.mean()
    e -= x * (e @ x) / (x @ x)
    return pd.Series(x), pd.Series(r * x + math.sqrt(1 - r * r) * e / e.std())


@pytest.mark.parametrize(("n", "low", "high"), [(12, -0.33, 0.75), (30, -0.07, 0.60), (100, 0.11, 0.47)])
def test_fishers_interval_of_r_point_three(n: int, low: float, high: float) -> None:
    """Worked by hand: atanh .3 = .3095; n = 12: .3095 -+ 1.96/3 = [-.344, .963], tanh of it [-.331, .745]."""
    x, y = made(0.3, n)
    found = correlation(x, y, pd.Series(range(n)))
    assert (round(found.low, 2), round(found.high, 2)) == (low, high)
    assert found.n_effective == n


def test_quarters_of_a_unit_that_never_changes_are_one_unit() -> None:
    """Worked by hand: ten units, both measures the same in all four quarters: ICC 1 each, n_e = 40 / (1 + 3 x 1 x 1) = 10."""
    x, y = made(0.3, 10)
    unit = pd.Series(range(10))
    once = correlation(x, y, unit)
    four = correlation(*(pd.concat([part] * 4, ignore_index=True) for part in (x, y, unit)))
    assert (four.n, round(four.n_effective, 6)) == (40, 10)
    assert (round(four.low, 6), round(four.high, 6)) == (round(once.low, 6), round(once.high, 6))


def test_icc_of_groups_worked_by_hand() -> None:
    """Groups (1, 3), (5, 7): means 2 and 6, MSB = 2 x (4 + 4) / 1 = 16, MSW = (1+1+1+1) / 2 = 2; ICC(1) = 14 / 18, ICC(2) = 14 / 16."""
    values, unit = pd.Series([1.0, 3, 5, 7]), pd.Series(["a", "a", "b", "b"])
    assert icc1(values, unit) == pytest.approx(14 / 18)
    sums = pd.DataFrame({"people": [2, 2], "total": [4.0, 12.0], "total_squared": [10.0, 74.0]})
    assert aggregation(sums) == pytest.approx((14 / 18, 14 / 16))


def test_what_each_unit_always_is_explains_no_change() -> None:
    """Would catch: units that differ for good taken for a cause. Happy units have happy customers, and neither moves with the other."""
    rng = np.random.default_rng(5)
    rows = []
    for unit in range(12):
        for _ in range(8):
            rows.append(
                {"unit_key": unit, "engagement": unit + rng.normal(), "cx_before": unit + rng.normal(), "cx_after": unit + rng.normal()}
            )
    slope, low, high, n = lagged(pd.DataFrame(rows), "engagement")["ex_to_cx"]
    assert low < 0 < high
    assert abs(slope) < 0.4
    assert n == 96


def test_a_verdict_is_no_more_than_the_interval_says() -> None:
    assert verdict(0.2, 0.6, 9, 10).startswith("cannot tell: 9 units")
    assert verdict(-0.1, 0.6, 40, 10).startswith("cannot tell: the interval")
    assert "better customer experience" in verdict(0.2, 0.6, 40, 10)
    assert "worse customer experience" in verdict(-0.6, -0.2, 40, 10)
