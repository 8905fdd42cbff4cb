"""Would catch: weights of drivers that are not those of the method, or a driver found where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from rapport.analysis.drivers import importance
from rapport.analysis.drivers.model import added, fit

from sandbox.company.params import NO_EFFECT, Params, Settings
from sandbox.company.world import build

DRIVERS = [name for name, _ in Params.driver_weights]


def _matrix(between: float, one: float, other: float) -> importance.Floats:
    """Return the correlations of two predictors and an outcome."""
    return np.array([[1, between, one], [between, 1, other], [one, other, 1]], dtype=float)


def test_two_predictors_by_hand() -> None:
    """Would catch: a wrong root, inverse or subset.

    r12 = 0.6, r1y = 0.5, r2y = 0.3: R2 = (0.25 + 0.09 - 2 * 0.6 * 0.5 * 0.3) / (1 - 0.36) = 0.16 / 0.64 = 0.25.
    Shapley of the first: (0.25 + (0.25 - 0.09)) / 2 = 0.205; of the second: (0.09 + 0) / 2 = 0.045.
    Relative weights: eigenvalues 1.6 and 0.4, so L has sqrt(1.6) and sqrt(0.4) half summed: a = 0.948683, b = 0.316228;
    L^-1 r = ((a*0.5 - b*0.3), (a*0.3 - b*0.5)) / (a^2 - b^2) = (0.474342, 0.158114); squares 0.225 and 0.025;
    first: 0.9 * 0.225 + 0.1 * 0.025 = 0.205; second: 0.1 * 0.225 + 0.9 * 0.025 = 0.045.
    """
    matrix = _matrix(0.6, 0.5, 0.3)
    assert importance.explained(matrix, (0, 1)) == pytest.approx(0.25)
    assert importance.shapley(matrix) == pytest.approx([0.205, 0.045])
    assert importance.relative_weights(matrix) == pytest.approx([0.205, 0.045])


def test_weights_add_up_to_what_statsmodels_explains() -> None:
    """Would catch: moments that lose rows, and weights that do not divide R2."""
    import statsmodels.api as sm

    rng = np.random.default_rng(5)
    x = rng.normal(size=(400, 4)) @ rng.normal(size=(4, 4))
    y = x @ [0.5, 0.0, -0.3, 0.2] + rng.normal(size=400)
    ols = sm.OLS(y, sm.add_constant(x)).fit()
    sums = importance.moments(np.column_stack([x, y]), np.arange(400) % 90)
    matrix = importance.correlations(sums.sum(axis=0))
    assert importance.relative_weights(matrix).sum() == pytest.approx(ols.rsquared)
    assert importance.shapley(matrix).sum() == pytest.approx(ols.rsquared)
    assert importance.slopes(sums.sum(axis=0)) == pytest.approx(ols.params[1:], abs=1e-4)
    with pytest.raises(ValueError, match="up to 12"):
        importance.shapley(np.eye(14))


def test_too_few_answers_and_equal_answers_are_refused() -> None:
    """Would catch: a model of a handful of answers, or one of a question that everybody answered alike."""
    rows = pd.DataFrame(np.random.default_rng(1).normal(size=(99, 2)), columns=["a", "nps"]).assign(account=range(99))
    assert fit(rows, ["a"], "nps", "account").refused == "99 complete responses: 100 are needed for 1 drivers"
    many = pd.concat([rows, rows], ignore_index=True)
    assert fit(many, ["a"], "nps", "account").refused is None
    assert fit(many.assign(a=1.0), ["a"], "nps", "account").refused == "everybody answered the same: a"
    eleven = many.assign(**{f"b{number}": many["a"] for number in range(20)})
    assert "200 are needed" in str(fit(eleven.iloc[:198], [f"b{n}" for n in range(20)], "nps", "account").refused)


def _answers(tmp_path: object, params: Params) -> pd.DataFrame:
    world = build(Settings(tmp_path, 0.25), params)  # type: ignore[arg-type]
    found = [r for r in world.responses if r.survey == "relationship" and r.is_finished and r.person]
    return pd.DataFrame([{**r.answers, "account": r.person.account.index} for r in found if r.person])


def test_planted_weights_are_recovered(tmp_path: object) -> None:
    """Would catch: weights that do not follow what moves the score. Points of NPS a point of driver are 2.1 times the planted weight."""
    model = fit(_answers(tmp_path, Params()), DRIVERS, "nps", "account")
    assert list(model.drivers["verdict"]) == ["matters"] * 5
    assert list(model.drivers.sort_values("share", ascending=False)["driver"])[:2] == ["reliability", "support"]
    total = model.drivers["slope"].sum()
    for row, (_, weight) in zip(model.drivers.itertuples(), Params.driver_weights, strict=True):
        # the scale ends at 10, which takes a little from all slopes alike
        assert row.slope_low / total < weight < row.slope_high / total, row.driver


def test_in_a_null_world_nothing_matters_and_the_human_block_adds_nothing(tmp_path: object) -> None:
    """Would catch: a driver found in noise, because weights are never negative and R2 never falls."""
    none = Params(**NO_EFFECT)
    rows = _answers(tmp_path, none)
    assert set(fit(rows, DRIVERS, "nps", "account").drivers["verdict"]) == {"cannot tell"}
    human = ["human_respected", "human_heard", "human_in_control", "human_time_respected"]
    half = rows.dropna(subset=human)
    assert added(half, human, DRIVERS, "nps", "account").drivers["verdict"].tolist() == ["cannot tell"]
    planted = _answers(tmp_path, Params()).dropna(subset=human)
    assert added(planted, human, DRIVERS, "nps", "account").drivers["verdict"].tolist() == ["matters"]
