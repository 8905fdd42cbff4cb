"""Growth by the customers a company has and those they bring."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rapport.analysis.step import SEED

DRAWS = 1_000


def earned_growth(retention: Any, earned: Any) -> Any:
    """Return NRR + ENC - 1: net revenue retention and revenue of earned new customers over last year's (numbers or arrays)."""
    return retention + earned - 1


def growth(customers: pd.DataFrame) -> dict[str, float | int]:
    """Return the earned growth rate of a year with the band that unknown reasons leave, and the band's interval.

    Args:
        customers: a row an account: `base` and `net` (recurring revenue of a year ago, and what became of it), `revenue_before` (of the
            year before), `revenue_new` (of this year, of who is a new customer in it, else 0), `origin` (earned, bought or unknown).

    Returns:
        The columns of `analysis.earned_growth` without `period_start`. Unknown reasons are shared out as the known ones are; where none is
        known, half and half. `low` and `high` are the outer 2.5 % of the band's ends by bootstrap of accounts.
    """
    columns = customers.assign(
        **{name: np.where(customers["origin"] == name, customers["revenue_new"], 0.0) for name in ("earned", "bought", "unknown")}
    )[["base", "net", "revenue_before", "earned", "bought", "unknown"]].to_numpy(dtype=float)
    size = len(columns)
    rng = np.random.default_rng(SEED)
    weights = np.vstack([np.ones(size), rng.multinomial(size, np.full(size, 1 / size), size=DRAWS)])
    base, net, before, earned, bought, unknown = (weights @ columns).T
    with np.errstate(divide="ignore", invalid="ignore"):
        retention, parts = net / base, [part / before for part in (earned, bought, unknown)]
        known = earned + bought
        shared = np.where(known > 0, earned / np.where(known > 0, known, 1.0), 0.5)
    low_end = earned_growth(retention, parts[0])
    high_end = earned_growth(retention, parts[0] + parts[2])
    middle = earned_growth(retention, parts[0] + shared * parts[2])
    return {
        "net_retention": float(retention[0]),
        "earned_new": float(parts[0][0]),
        "bought_new": float(parts[1][0]),
        "unknown_new": float(parts[2][0]),
        "growth": float(middle[0]),
        "band_low": float(low_end[0]),
        "band_high": float(high_end[0]),
        "low": float(np.nanpercentile(low_end[1:], 2.5)),
        "high": float(np.nanpercentile(high_end[1:], 97.5)),
        "customers": int(((customers["base"] > 0) | (customers["revenue_new"] > 0)).sum()),
    }
