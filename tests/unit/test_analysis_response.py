"""Would catch: a sample called fair that is not, an unfair one made of noise, and weights that do not make answers like those asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from rapport.analysis.response.propensity import collapsed, leaks, r_indicator, representativity
from rapport.analysis.response.raking import raked

LEVELS = {"country": ["DE", "FR", "GB", "US"], "segment": ["large", "small"], "tier": ["a", "b", "c"]}


def _cells(rng: np.random.Generator, asked: int, chance: dict[str, float]) -> pd.DataFrame:
    """Return a sample in which the chance to answer is 0.25 and that much more in some levels of `country`."""
    people = pd.DataFrame({name: rng.choice(levels, asked) for name, levels in LEVELS.items()})
    answers = rng.random(asked) < 0.25 + people["country"].map(chance).fillna(0)
    people = people.assign(asked=1.0, answered=answers.astype(float))
    return people.groupby(list(LEVELS), as_index=False).sum()


def test_by_hand() -> None:
    """Would catch: the deviation of a sample taken for that of the population. 0.1, 0.1, 0.3, 0.3: S = 0.1, R = 0.8."""
    assert r_indicator(np.array([0.1, 0.1, 0.3, 0.3])) == pytest.approx(0.8)
    assert r_indicator(np.array([0.1, 0.3]), np.array([200.0, 200.0])) == pytest.approx(0.8)


def test_a_saturated_model_gives_back_the_shares() -> None:
    """Would catch: propensities that are not those of the groups: 50 of 500 and 150 of 500 are 0.1 and 0.3."""
    cells = pd.DataFrame({"country": ["DE", "FR"], "asked": [500.0, 500.0], "answered": [50.0, 150.0]})
    found = representativity(cells, ["country"])
    assert found.unadjusted == pytest.approx(0.8, abs=1e-6)
    assert found.r is not None
    value, low, high = found.r
    assert low < 0.8 < value < high < 0.9
    assert (found.fields, found.asked, found.answered) == (("country",), 1000, 200)


def test_intervals_hold_the_truth_where_readiness_differs_and_where_it_does_not() -> None:
    """Would catch: an interval that leaves the noise of the estimates in, so that every small sample looks unfair. Ten samples each."""
    unfair = {"DE": 0.2, "US": -0.15}
    chances = np.array([0.45, 0.25, 0.25, 0.10])
    truth, inside, plain, fair = r_indicator(chances), 0, [], 0
    for number in range(10):
        rng = np.random.default_rng(number)
        found = representativity(_cells(rng, 400, unfair), list(LEVELS)).r
        assert found is not None
        inside += found[1] <= truth <= found[2]
        same = representativity(_cells(rng, 400, {}), list(LEVELS))
        assert same.r is not None
        assert same.unadjusted is not None
        plain.append(same.unadjusted)
        fair += same.r[2] > 0.97
    assert inside >= 8
    assert fair >= 8
    assert np.mean(plain) < 0.95, "as it stands the indicator would call a fair sample unfair"


def test_too_few_are_refused_and_a_field_that_only_answers_tell_is_left_out() -> None:
    """Would catch: a verdict on a handful, and a field that tells who answered because only answers hold it."""
    few = pd.DataFrame({"country": ["DE", "FR"], "asked": [50.0, 49.0], "answered": [20.0, 10.0]})
    assert representativity(few, ["country"]).refused == "99 invitations: 100 are needed"
    told = pd.DataFrame({"country": ["DE", "unknown"], "asked": [210.0, 790.0], "answered": [200.0, 0.0]})
    assert leaks(told, "country")
    assert not leaks(told.assign(answered=[60.0, 220.0]), "country"), "unknown on both sides is no leak"
    assert representativity(told, ["country"]).refused == "nothing is known of those who were asked by which they differ"


def test_rare_levels_are_taken_together() -> None:
    """Would catch: a level of three people that stands alone, and an `other` of four."""
    cells = pd.DataFrame({"country": ["DE", "FR", "AT", "LI"], "asked": [90.0, 80.0, 6.0, 3.0], "answered": [40.0, 30.0, 2.0, 1.0]})
    assert sorted(collapsed(cells, ["country"], 10)["country"].unique()) == ["DE", "FR"]
    more = cells.assign(asked=[90.0, 80.0, 15.0, 12.0], answered=[40.0, 30.0, 7.0, 6.0])
    assert sorted(collapsed(more, ["country"], 10)["country"].unique()) == ["DE", "FR", "other"]


def test_weights_have_the_margins_of_all_who_were_asked() -> None:
    """Would catch: weights by one field that undo those by another. Of 60 asked in DE 30 answered, of 60 in FR 10: 2 and 6 each."""
    one = pd.DataFrame({"country": ["DE", "FR"], "asked": [60.0, 60.0], "answered": [30.0, 10.0]})
    weights = raked(one, ["country"])
    assert weights is not None
    assert list(weights) == pytest.approx([2.0, 6.0])
    cells = _cells(np.random.default_rng(3), 900, {"DE": 0.3, "US": -0.1})
    weights = raked(cells, list(LEVELS))
    assert weights is not None
    for field in LEVELS:
        have = (weights.fillna(0) * cells["answered"]).groupby(cells[field]).sum()
        assert list(have) == pytest.approx(list(cells.groupby(field)["asked"].sum()), rel=1e-4)
    assert raked(one.assign(answered=[19.0, 10.0]), ["country"]) is None, "29 answers are too few"
