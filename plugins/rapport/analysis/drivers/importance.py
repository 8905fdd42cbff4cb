"""How much each of several correlated predictors explains of an outcome: Johnson's relative weights and Shapley values.

Everything works on moments: sums over accounts of the products of all columns. A bootstrap that draws accounts is then one matrix
product, and a thousand samples cost as much as a few.

Relative weights: J. W. Johnson (2000), A heuristic method for estimating the relative weight of predictor variables in multiple
regression, Multivariate Behavioral Research 35(1). Shapley values of R2 (LMG): R. H. Lindeman, P. F. Merenda, R. Z. Gold (1980).
The comparison with a random predictor: S. Tonidandel, J. M. LeBreton, J. W. Johnson (2009), Determining the statistical significance of
relative weights, Psychological Methods 14(4).
"""

from __future__ import annotations

from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_EXACT_UP_TO = 12  # predictors: 4,096 subsets
_RIDGE = 1e-9  # keeps a sample in which two predictors are one solvable


def moments(columns: Floats, groups: npt.NDArray[np.int64]) -> Floats:
    """Return, for each group, the sums of products of all columns and a leading one.

    Args:
        columns: rows by columns, the outcome last.
        groups: number of the group of each row, from 0.

    Returns:
        groups by (columns + 1) by (columns + 1).
    """
    whole = np.column_stack([np.ones(len(columns)), columns])
    products = np.einsum("ni,nj->nij", whole, whole)
    found = np.zeros((int(groups.max()) + 1, whole.shape[1], whole.shape[1]))
    np.add.at(found, groups, products)
    return found


def resampled(by_group: Floats, samples: int, rng: np.random.Generator) -> Floats:
    """Return the moments of as many samples, each of as many groups as there are, drawn with replacement."""
    size = len(by_group)
    drawn = rng.multinomial(size, np.full(size, 1 / size), size=samples).astype(np.float64)
    return np.asarray(np.tensordot(drawn, by_group, axes=1))


def correlations(sums: Floats) -> Floats:
    """Return correlation matrices of the columns (without the leading one) from moments, samples first."""
    count = sums[..., :1, :1]
    means = sums[..., :1, 1:] / count
    spread = sums[..., 1:, 1:] / count - np.swapaxes(means, -1, -2) * means
    deviation = np.sqrt(np.maximum(np.diagonal(spread, axis1=-2, axis2=-1), 1e-300))
    return np.asarray(spread / (deviation[..., :, None] * deviation[..., None, :]))


def slopes(sums: Floats) -> Floats:
    """Return the least-squares slopes of the last column on the others, in its own units, samples first."""
    inner, outer = sums[..., :-1, :-1], sums[..., :-1, -1:]
    ridge = _RIDGE * np.eye(inner.shape[-1]) * np.trace(inner, axis1=-2, axis2=-1)[..., None, None]
    return np.asarray(np.linalg.solve(inner + ridge, outer)[..., 1:, 0])


def relative_weights(matrix: Floats) -> Floats:
    """Return Johnson's relative weights from correlation matrices whose last column is the outcome; they add up to R2.

    R_xx = V D2 V', L = V D V', b = L^-1 r_xy, weight_j = sum_k L_jk^2 b_k^2.
    """
    inner, outer = matrix[..., :-1, :-1], matrix[..., :-1, -1]
    values, vectors = np.linalg.eigh(inner)
    roots = np.sqrt(np.maximum(values, _RIDGE))
    loads = np.einsum("...ik,...k,...jk->...ij", vectors, roots, vectors)
    inverse = np.einsum("...ik,...k,...jk->...ij", vectors, 1 / roots, vectors)
    path = np.einsum("...ij,...j->...i", inverse, outer)
    return np.asarray(np.einsum("...jk,...k->...j", loads**2, path**2))


def explained(matrix: Floats, subset: tuple[int, ...]) -> Any:
    """Return R2 of the outcome (last column) on a subset of the predictors, samples first."""
    if not subset:
        return np.zeros(matrix.shape[:-2])
    chosen = list(subset)
    inner = matrix[..., chosen, :][..., :, chosen] + _RIDGE * np.eye(len(chosen))
    outer = matrix[..., chosen, -1]
    return np.einsum("...i,...i->...", outer, np.linalg.solve(inner, outer[..., None])[..., 0])


def shapley(matrix: Floats) -> Floats:
    """Return Shapley values of R2 (LMG) from correlation matrices whose last column is the outcome; they add up to R2.

    Raises:
        ValueError: there are more than 12 predictors, which would take too long to compute exactly.
    """
    count = matrix.shape[-1] - 1
    if count > _EXACT_UP_TO:
        raise ValueError(f"{count} predictors: Shapley values are exact for up to {_EXACT_UP_TO}")
    known = {subset: explained(matrix, subset) for size in range(count + 1) for subset in combinations(range(count), size)}
    found = np.zeros((*matrix.shape[:-2], count))
    for subset, without in known.items():
        weight = factorial(len(subset)) * factorial(count - len(subset) - 1) / factorial(count) if len(subset) < count else 0.0
        for one in set(range(count)) - set(subset):
            found[..., one] += weight * (known[tuple(sorted((*subset, one)))] - without)
    return found


def interval(samples: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the percentile interval of samples (first axis)."""
    tail = (1 - level) / 2
    low, high = np.quantile(samples, [tail, 1 - tail], axis=0)
    return low, high


def interval_around(estimate: Any, samples: Floats) -> tuple[Floats, Floats]:
    """Return the percentile interval of samples, widened to hold the estimate itself.

    What is explained by chance counts twice in a bootstrap sample: near zero all samples may lie above the estimate.
    """
    low, high = interval(samples)
    return np.minimum(low, estimate), np.maximum(high, estimate)
