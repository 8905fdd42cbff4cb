"""Would catch: a risk of leaving that is not the planted one, one found where nothing is planted, or one told from a handful of leavers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from rapport.analysis.churn.model import chance, fit
from rapport.analysis.churn.staying import DIFFERENCE, NOT_HEARD, THIRDS, curves, spells, thirds
from rapport.analysis.churn.step import _exposed

BASE = {"large": 0.004, "small": 0.02}


def months(ratio: float, seed: int, customers: int = 1500) -> pd.DataFrame:
    """Return months of customers of whom the large have three times as many bad experiences and leave five times less."""
    rng = np.random.default_rng(seed)
    rows = []
    for account in range(customers):
        segment = "large" if account % 2 else "small"
        for number in range(24):
            exposed = bool(rng.random() < (0.45 if segment == "large" else 0.15))
            lost = bool(rng.random() < BASE[segment] * (ratio if exposed else 1.0))
            rows.append((account, segment, number, 9000.0 if segment == "large" else 300.0, exposed, lost))
            if lost:
                break
    return pd.DataFrame(rows, columns=["account_key", "segment", "number", "recurring", "is_exposed", "is_lost"])


def test_a_planted_ratio_is_found_although_plain_shares_hide_it() -> None:
    """Would catch: a model that forgets the segment: the plain ratio of these months is below 1.4."""
    rows = months(2.4, 1)
    by = rows.groupby("is_exposed")["is_lost"].mean()
    found = fit(rows)
    assert by[True] / by[False] < 1.4
    assert found.ratio is not None
    assert found.ratio[1] < 2.4 < found.ratio[2]
    assert found.ratio[1] > 1
    assert found.verdict == "leave sooner"
    assert (found.months, found.lost) == (len(rows), int(rows["is_lost"].sum()))


def test_nothing_is_found_where_nothing_is() -> None:
    """Would catch: intervals too narrow: of six worlds without an effect at most one may leave out 1 (so it is with 0.967)."""
    verdicts = [fit(months(1.0, seed, 400)).verdict for seed in range(10, 16)]
    assert sum(verdict != "cannot tell" for verdict in verdicts) <= 1


def test_a_handful_of_leavers_tells_nothing() -> None:
    """Would catch: a ratio made of four leavers."""
    rows = months(2.4, 2, 40)
    rows["is_lost"] = False
    rows.loc[rows[rows["is_exposed"]].index[:9], "is_lost"] = True
    rows.loc[rows[~rows["is_exposed"]].index[:4], "is_lost"] = True
    found = fit(rows)
    assert found.ratio is None
    assert found.verdict.startswith("cannot tell: fewer than 5")


def test_the_chance_of_leaving_follows_the_model_and_its_interval() -> None:
    """Would catch: ends of the range that are turned round, or a chance of one month taken for three."""
    rows = months(2.4, 3)
    found = fit(rows)
    asked = pd.DataFrame({"segment": ["small", "small", "none"], "number": 12, "recurring": 300.0, "is_exposed": [False, True, True]})
    told = chance(found, asked, 3)
    assert told.loc[0, "chance"] == told.loc[0, "low"] == told.loc[0, "high"] == pytest.approx(1 - (1 - 0.02) ** 3, rel=0.2)
    assert told.loc[1, "low"] < told.loc[1, "chance"] < told.loc[1, "high"]
    assert told.loc[2].isna().all()


def test_an_experience_counts_in_the_ninety_days_after_it() -> None:
    """Would catch: an experience of the month itself, which may come of the leaving, and one that is long past."""
    rows = pd.DataFrame({"account_key": "a", "month": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01", "2026-05-01"])})
    bad = pd.DataFrame({"account_key": ["a", "b"], "ended_on": ["2026-01-15", "2025-12-31"]})
    assert _exposed(rows, bad, 90).tolist() == [False, True, True, False]


def _three_customers() -> pd.DataFrame:
    """Return months 0 to 3 of one who stays, one who leaves in month 2, and one who joins in month 1."""
    there = {"stays": [(True, True)] * 4, "leaves": [(True, True), (True, True), (True, False), (False, False)]}
    there["joins"] = [(False, False), (False, True), (True, True), (True, True)]
    rows = [
        (key, number, pd.Timestamp(2026, number + 1, 1), before, after, before and not after, "s", "no")
        for key, months in there.items()
        for number, (before, after) in enumerate(months)
    ]
    names = ["account_key", "number", "month", "is_customer_before", "is_customer", "is_lost", "segment", "strategic"]
    return pd.DataFrame(rows, columns=names)


def test_a_customer_is_followed_from_the_first_month_to_the_last() -> None:
    """Would catch: a month too many or too few, and a leaver who is followed on."""
    found = spells(_three_customers())
    assert found["duration"].to_dict() == {"joins": 2, "leaves": 3, "stays": 4}
    assert found["is_lost"].to_dict() == {"joins": False, "leaves": True, "stays": False}
    assert found["cohort"].to_dict() == {"joins": "2026Q1", "leaves": "before 2026Q1", "stays": "before 2026Q1"}


def test_a_curve_by_hand() -> None:
    """Would catch: a curve that forgets who is still there. Ten followed, one lost in month 1 and one in month 3: 0.9 and 0.9 * 7/8."""
    customers = pd.DataFrame({"duration": [1, 2, 3] + [5] * 7, "is_lost": [True, False, True] + [False] * 7})
    found = curves(customers.assign(segment="s", strategic="no", cohort="2026Q1"))
    whole = found[found["dimension"] == "all"].set_index("month_number")["retained"]
    assert whole[1] == pytest.approx(0.9)
    assert whole[3] == pytest.approx(0.9 * 7 / 8)
    few = curves(customers.iloc[:4].assign(segment="s", strategic="no", cohort="2026Q1"))
    assert few.empty, "four customers have no curve"


def test_thirds_and_their_difference() -> None:
    """Would catch: thirds of unequal size, the not heard in one of them, or a difference that is turned round.

    Of 30 in the best third 27 stay, of 30 in the worst 18: difference 0.3, Newcombe's interval from Wilson's
    (0.7438, 0.9654) and (0.4232, 0.7541): 0.3 - sqrt((0.9 - 0.7438)^2 + (0.7541 - 0.6)^2) = 0.0806,
    0.3 + sqrt((0.9654 - 0.9)^2 + (0.6 - 0.4232)^2) = 0.4885.
    """
    experience = np.linspace(0, 1, 90).tolist() + [np.nan] * 10
    kept = [n % 30 < 18 for n in range(30)] + [True] * 30 + [n % 30 < 27 for n in range(30)] + [True] * 10
    customers = pd.DataFrame({"account_key": [f"a{n:03}" for n in range(100)], "experience": experience, "is_kept": kept})
    found = thirds(customers.assign(before=100.0, after=np.where(kept, 110.0, 0.0))).set_index("third")
    assert found["accounts"].to_dict() == {**dict.fromkeys(THIRDS, 30), NOT_HEARD: 10, DIFFERENCE: 60}
    assert found.loc[DIFFERENCE, ["retention", "low", "high"]].tolist() == pytest.approx([0.3, 0.0806, 0.4885], abs=0.0005)
    assert found.loc["worst third", "revenue_kept"] == pytest.approx(0.66)
    assert thirds(customers.iloc[:29].assign(before=1.0, after=1.0)).empty
