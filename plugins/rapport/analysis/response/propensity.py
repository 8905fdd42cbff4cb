"""The R-indicator: how much the readiness to answer differs among those who were asked.

R = 1 - 2 S, with S the standard deviation of the modelled propensities in the whole sample: B. Schouten, F. Cobben, J. Bethlehem (2009),
Indicators for the representativeness of survey response, Survey Methodology 35(1). The variance of the estimates themselves is taken out
of S, without which a small sample would always look unfair: N. Shlomo, C. Skinner, B. Schouten (2012), Estimation of an indicator of the
representativeness of survey response, Journal of Statistical Planning and Inference 142(1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rapport.analysis.step import SEED

Floats = npt.NDArray[np.float64]

FEWEST, FEWEST_PER_COLUMN = 100, 10  # invitations
LEVEL = 10  # invitations, on both sides, that a level needs to stand alone
SAMPLES = 400
_STEPS = 3  # of Newton's method, from the estimate of the whole sample
_RIDGE = 1e-6
OTHER = "other"


@dataclass(frozen=True)
class Representativity:
    """The R-indicator of one survey.

    Attributes:
        fields: by which the propensity is modelled.
        asked, answered: invitations and answers.
        unadjusted: 1 - 2 S as it stands.
        r: with the variance of the estimates taken out, and its 95 % interval.
        refused: why there is none; None if there is one.
    """

    fields: tuple[str, ...]
    asked: int
    answered: int
    unadjusted: float | None
    r: tuple[float, float, float] | None
    refused: str | None


def r_indicator(propensities: Floats, asked: Floats | None = None) -> float:
    """Return 1 - 2 S of propensities, with the standard deviation of the population.

    Args:
        propensities: of each person or group of persons, 0 to 1.
        asked: persons of each group; one each by default.
    """
    return float(1 - 2 * _variance(propensities, np.ones(len(propensities)) if asked is None else asked) ** 0.5)


def representativity(cells: pd.DataFrame, fields: list[str]) -> Representativity:
    """Return the R-indicator of those who were asked.

    Args:
        cells: a row a combination of `fields` (words), with `asked` and `answered`.
        fields: what is known of everybody.
    """
    asked, answered = int(cells["asked"].sum()), int(cells["answered"].sum())

    def refusal(reason: str) -> Representativity:
        return Representativity((), asked, answered, None, None, reason)

    usable = [field for field in fields if not leaks(cells, field)]
    grouped = collapsed(cells, usable)
    varied = [field for field in usable if grouped[field].nunique() > 1]
    grouped = grouped.groupby(varied, as_index=False)[["asked", "answered"]].sum() if varied else grouped
    design = _design(grouped, varied)
    needed = max(FEWEST, FEWEST_PER_COLUMN * design.shape[1])
    if asked < needed:
        return refusal(f"{asked} invitations: {needed} are needed")
    if not varied:
        return refusal("nothing is known of those who were asked by which they differ")
    counts = grouped["asked"].to_numpy(float)
    hits = grouped["answered"].to_numpy(float)
    fitted = _fit(design, hits, counts)
    if fitted is None:
        return refusal("the readiness to answer cannot be modelled")
    beta, covariance = fitted
    propensities = _logistic(design @ beta)
    spread = np.einsum("ij,jk,ik->i", design, covariance, design) * (propensities * (1 - propensities)) ** 2
    noise = float(np.average(spread, weights=counts))
    variance = _variance(propensities, counts)
    samples = _resampled(design, hits, counts, beta)
    # A sample of a sample holds the noise twice.
    low, high = np.quantile(1 - 2 * np.sqrt(np.maximum(samples - 2 * noise, 0)), [0.025, 0.975])
    r = 1 - 2 * max(variance - noise, 0.0) ** 0.5
    return Representativity(
        tuple(varied), asked, answered, r_indicator(propensities, counts), (r, min(float(low), r), max(float(high), r)), None
    )


def leaks(cells: pd.DataFrame, field: str) -> bool:
    """Return whether a field is known of those who answered and of hardly anybody else: it would tell them apart by itself."""
    silent = cells["asked"] - cells["answered"]
    unknown = cells[field] == "unknown"
    of_silent, of_answered = (
        silent[unknown].sum() / max(silent.sum(), 1),
        cells["answered"][unknown].sum() / max(cells["answered"].sum(), 1),
    )
    return bool(of_silent > 0.5 and of_answered < of_silent / 5)


def collapsed(cells: pd.DataFrame, fields: list[str], fewest: int = LEVEL) -> pd.DataFrame:
    """Return the cells with levels that too few have, among those who answered or those who did not, taken together."""
    found = cells.copy()
    for field in fields:
        for _ in range(2):  # what is taken together may still be too few
            sides = found.assign(silent=found["asked"] - found["answered"]).groupby(field)[["answered", "silent"]].sum()
            rare = set(sides.index[sides.min(axis=1) < fewest])
            if not rare:
                break
            common = sides.drop(index=list(rare)).sum(axis=1)
            into = OTHER if OTHER not in rare or common.empty else str(common.idxmax())
            found[field] = found[field].where(~found[field].isin(rare), into)
    return found


def _design(cells: pd.DataFrame, fields: list[str]) -> Floats:
    """Return a constant and, for each field, a column a level but the most common; none that those before it already say."""
    columns = [np.ones(len(cells))]
    for field in fields:
        sizes = cells.groupby(field)["asked"].sum().sort_values(ascending=False, kind="stable")
        for level in sorted(sizes.index[1:]):
            further = [*columns, (cells[field] == level).to_numpy(float)]
            if np.linalg.matrix_rank(np.column_stack(further)) == len(further):
                columns = further
    return np.column_stack(columns)


def _fit(design: Floats, hits: Floats, counts: Floats) -> tuple[Floats, Floats] | None:
    """Return the coefficients of the logit and their covariance; None where it has no solution."""
    import statsmodels.api as sm

    try:
        fitted = sm.GLM(np.column_stack([hits, counts - hits]), design, family=sm.families.Binomial()).fit()
    except (ValueError, np.linalg.LinAlgError):
        return None
    beta: Any = np.asarray(fitted.params)
    covariance: Any = np.asarray(fitted.cov_params())
    if not fitted.converged or not np.isfinite(beta).all() or not np.isfinite(covariance).all():
        return None
    return beta, covariance


def _resampled(design: Floats, hits: Floats, counts: Floats, beta: Floats) -> Floats:
    """Return the variance of the propensities in samples of as many invitations, drawn with replacement."""
    rng = np.random.default_rng(SEED)
    both = np.concatenate([hits, counts - hits])
    drawn = rng.multinomial(int(both.sum()), both / both.sum(), size=SAMPLES).astype(float)
    some_hits, some = drawn[:, : len(hits)], drawn[:, : len(hits)] + drawn[:, len(hits) :]
    betas = np.tile(beta, (SAMPLES, 1))
    size = design.shape[1]
    products = np.einsum("cj,ck->cjk", design, design).reshape(len(design), size * size)
    for _ in range(_STEPS):
        chances = _logistic(betas @ design.T)
        gradient = (some_hits - some * chances) @ design
        weights = some * chances * (1 - chances)
        information = (weights @ products).reshape(SAMPLES, size, size) + _RIDGE * np.eye(size)
        betas += np.linalg.solve(information, gradient[..., None])[..., 0]
    return np.array([_variance(row, sizes) for row, sizes in zip(_logistic(betas @ design.T), some, strict=True)])


def _variance(values: Floats, sizes: Floats) -> float:
    middle = np.average(values, weights=sizes)
    return float(np.average((values - middle) ** 2, weights=sizes))


def _logistic(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))
