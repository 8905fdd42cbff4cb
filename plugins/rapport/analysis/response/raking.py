"""Raking: weights with which the answers have the same make-up as all who were asked, field by field.

W. E. Deming, F. F. Stephan (1940), On a least squares adjustment of a sampled frequency table when the expected marginal totals are known,
Annals of Mathematical Statistics 11(4).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from rapport.analysis.response.propensity import collapsed, leaks

FEWEST = 30  # answers, below which weights would only add noise
LEVEL = 10  # answers that a level needs to stand alone
_ROUNDS, _CLOSE = 200, 1e-6


def raked(cells: pd.DataFrame, fields: list[str]) -> pd.Series[float] | None:
    """Return the weight of an answer in each cell, not a number where nobody answered; None with too few answers or no solution.

    The weighted answers have the margins of all who were asked in every field, and add up to them.

    Args:
        cells: a row a combination of `fields` (words), with `asked` and `answered`.
        fields: what is known of everybody.
    """
    if cells["answered"].sum() < FEWEST:
        return None
    usable = [field for field in fields if not leaks(cells, field)]
    grouped = collapsed(cells, usable, LEVEL)
    answered, asked = grouped["answered"].to_numpy(float), grouped["asked"].to_numpy(float)
    weights = np.full(len(grouped), asked.sum() / answered.sum())
    margins = [pd.factorize(grouped[field])[0] for field in usable]
    for _ in range(_ROUNDS):
        widest = 0.0
        for codes in margins:
            have, ought = np.bincount(codes, weights * answered), np.bincount(codes, asked)
            if (have == 0).any():
                return None
            factor = ought / have
            widest = max(widest, float(np.abs(factor - 1).max()))
            weights *= factor[codes]
        if widest < _CLOSE:
            return pd.Series(np.where(answered > 0, weights, np.nan), index=cells.index)
    return None
