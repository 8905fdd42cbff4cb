"""Would catch: a worth or a growth that is not that of its formula, or an interval that does not hold its value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from rapport.analysis.value.growth import earned_growth, growth
from rapport.analysis.value.worth import lifetime_value, mean_of, worth


def test_reference_values() -> None:
    """Margin 100, retention 0.8, discount 0.1: 80 / 0.3. Net retention 0.95 and earned 0.12: 7 %."""
    assert lifetime_value(100, 0.8, 0.1) == pytest.approx(266.6667, abs=1e-4)
    assert earned_growth(0.95, 0.12) == pytest.approx(0.07)


def _customers(kept: int = 32, size: int = 40) -> pd.DataFrame:
    frame = pd.DataFrame({"segment": "s", "strategic": "no", "was_active": True, "is_active": np.arange(size) < kept})
    return frame.assign(margin=100.0, historical=np.where(frame["is_active"], 250.0, 40.0))


def test_the_worth_of_customers_is_that_of_the_formula() -> None:
    """Would catch: retention of the draw mixed up with that of the sample, or leavers counted as customers."""
    found, (retention, low, high) = worth(_customers(), 0.1)
    whole = found.set_index("dimension").loc["all"]
    assert (whole["value"], whole["n"]) == (pytest.approx(266.6667, abs=1e-4), 32)
    assert whole["low"] < whole["value"] < whole["high"]
    assert retention == pytest.approx(0.8)
    assert low < 0.8 < high
    brought = mean_of(_customers(), "historical").set_index("dimension").loc["all"]
    assert brought["value"] == pytest.approx(250.0)


def test_a_small_segment_takes_the_retention_of_all() -> None:
    """Would catch: three customers who all stayed taken for customers for ever."""
    few = _customers(3, 3).assign(segment="t")
    found, (retention, *_) = worth(pd.concat([_customers(), few], ignore_index=True), 0.1)
    assert retention == pytest.approx(35 / 43)
    of_few = found[found["member"] == "t"].iloc[0]
    assert of_few["value"] == pytest.approx(lifetime_value(100, 35 / 43, 0.1))


def test_growth_has_a_band_where_reasons_are_unknown() -> None:
    """Would catch: the unknown taken for earned, or for bought.

    Base 1000, net 950; last year's revenue 12000. New: earned 1440, bought 1440, unknown 720 (0.06 of it).
    """
    old = pd.DataFrame({"base": 100.0, "net": [95.0] * 10, "revenue_before": 1200.0, "revenue_new": 0.0, "origin": "unknown"})
    new = pd.DataFrame({"base": 0.0, "net": 0.0, "revenue_before": 0.0, "revenue_new": [1440.0, 1440.0, 720.0]})
    new["origin"] = ["earned", "bought", "unknown"]
    found = growth(pd.concat([old, new], ignore_index=True))
    assert found["net_retention"] == pytest.approx(0.95)
    assert (found["band_low"], found["growth"], found["band_high"]) == pytest.approx((0.07, 0.10, 0.13))
    assert found["low"] <= found["band_low"]
    assert found["high"] >= found["band_high"]
    assert found["customers"] == 13
