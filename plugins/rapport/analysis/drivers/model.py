"""One driver model: weights, intervals and verdicts of the predictors of a score, and what a further block of them adds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rapport.analysis.drivers import importance
from rapport.analysis.step import SEED

SAMPLES = 1000
_SHAPLEY_SAMPLES = 200
FEWEST, FEWEST_PER_PREDICTOR = 100, 10


@dataclass(frozen=True)
class Model:
    """A driver model.

    Attributes:
        drivers: a row a predictor: driver, r, relative_weight, share, shapley and slope, each but r with `_low` and `_high`, and `verdict`.
        n: responses it is made of; n_dropped: those left out because an answer is missing; accounts: groups that were drawn.
        r2: explained variance, with its interval.
        refused: why there is none; None if there is one.
    """

    drivers: pd.DataFrame
    n: int
    n_dropped: int
    accounts: int
    r2: tuple[float, float, float] | None
    refused: str | None


def fit(rows: pd.DataFrame, predictors: list[str], outcome: str, group: str) -> Model:
    """Return the model of an outcome on predictors; responses that lack one of them are left out.

    Args:
        rows: one row a response.
        predictors: names of numeric columns.
        outcome: name of the numeric column to explain.
        group: name of the column whose values are drawn by the bootstrap: answers of one account are not independent.
    """
    whole = rows.dropna(subset=[*predictors, outcome])
    dropped, accounts = len(rows) - len(whole), int(whole[group].nunique())
    needed = max(FEWEST, FEWEST_PER_PREDICTOR * len(predictors))
    reason = _refusal(whole, predictors, outcome, needed)
    if reason is not None:
        return Model(pd.DataFrame(), len(whole), dropped, accounts, None, reason)
    rng = np.random.default_rng(SEED)
    noise = rng.normal(size=len(whole))  # what a predictor that means nothing would weigh
    columns = np.column_stack([whole[predictors].to_numpy(float), noise, whole[outcome].to_numpy(float)])
    by_group = importance.moments(columns, pd.factorize(whole[group])[0].astype(np.int64))
    total, drawn = by_group.sum(axis=0), importance.resampled(by_group, SAMPLES, rng)
    size = len(predictors)
    real = [*range(1 + size), 2 + size]  # the leading one, the predictors and the outcome, without the noise
    point, samples = importance.correlations(_only(total, real)), importance.correlations(_only(drawn, real))
    weights, sampled = importance.relative_weights(point), importance.relative_weights(samples)
    against = importance.relative_weights(importance.correlations(drawn))
    margin_low, _ = importance.interval(against[:, :size] - against[:, size:], 1 - 0.05 / size)
    values, some = importance.shapley(point), importance.shapley(samples[:_SHAPLEY_SAMPLES])
    slope, sloped = importance.slopes(_only(total, real)), importance.slopes(_only(drawn, real))
    found = pd.DataFrame({"driver": predictors, "r": point[:-1, -1]})
    for name, one, many in (
        ("relative_weight", weights, sampled),
        ("share", weights / weights.sum(), sampled / sampled.sum(axis=1, keepdims=True)),
        ("shapley", values, some),
        ("slope", slope, sloped),
    ):
        found[name] = one
        found[f"{name}_low"], found[f"{name}_high"] = importance.interval_around(one, many)
    found["verdict"] = np.where(margin_low > 0, "matters", "cannot tell")
    low, high = importance.interval_around(weights.sum(), sampled.sum(axis=1))
    return Model(found, len(whole), dropped, accounts, (float(weights.sum()), float(low), float(high)), None)


def added(rows: pd.DataFrame, block: list[str], beside: list[str], outcome: str, group: str) -> Model:
    """Return what a block of predictors explains beyond those beside it, as `r2`; `drivers` holds the verdict on the block.

    R2 never falls when predictors are added, so the verdict compares with as many random predictors in the block's place.
    """
    predictors = [*beside, *block]
    whole = rows.dropna(subset=[*predictors, outcome])
    dropped, accounts = len(rows) - len(whole), int(whole[group].nunique())
    reason = _refusal(whole, predictors, outcome, max(FEWEST, FEWEST_PER_PREDICTOR * len(predictors)))
    if reason is not None:
        return Model(pd.DataFrame(), len(whole), dropped, accounts, None, reason)
    rng = np.random.default_rng(SEED)
    noise = rng.normal(size=(len(whole), len(block)))
    columns = np.column_stack([whole[predictors].to_numpy(float), noise, whole[outcome].to_numpy(float)])
    by_group = importance.moments(columns, pd.factorize(whole[group])[0].astype(np.int64))
    point = importance.correlations(by_group.sum(axis=0))
    samples = importance.correlations(importance.resampled(by_group, SAMPLES, rng))
    base, real = tuple(range(len(beside))), tuple(range(len(predictors)))
    random = (*base, *range(len(predictors), len(predictors) + len(block)))
    gain = float(importance.explained(point, real) - importance.explained(point, base))
    without = importance.explained(samples, base)
    gains = importance.explained(samples, real) - without
    low, high = importance.interval_around(gain, gains)
    margin, _ = importance.interval(gains - (importance.explained(samples, random) - without))
    verdict = pd.DataFrame({"driver": ["block"], "verdict": ["matters" if margin > 0 else "cannot tell"]})
    return Model(verdict, len(whole), dropped, accounts, (gain, float(low), float(high)), None)


def _refusal(whole: pd.DataFrame, predictors: list[str], outcome: str, needed: int) -> str | None:
    if not predictors:
        return "no driver is asked"
    if len(whole) < needed:
        return f"{len(whole)} complete responses: {needed} are needed for {len(predictors)} drivers"
    if constant := [name for name in [*predictors, outcome] if whole[name].nunique() < 2]:
        return f"everybody answered the same: {', '.join(constant)}"
    return None


def _only(sums: importance.Floats, columns: list[int]) -> importance.Floats:
    return np.asarray(sums[..., columns, :][..., :, columns])
