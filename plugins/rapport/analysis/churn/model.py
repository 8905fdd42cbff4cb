"""How much a bad experience raises the risk of leaving, from months of customers.

Proportional hazards in discrete time: with the complementary log-log link the exponent of a coefficient is the ratio of hazards of the
continuous model behind it, and an exposure may change from month to month (R. L. Prentice, L. A. Gloeckler (1978), Regression analysis of
grouped survival data with application to breast cancer data, Biometrics 34(1)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Z = 1.959963984540054
_FLAT = 1e-9
FEWEST = 5  # customers lost on either side: below it the ratio hangs on each of them


@dataclass(frozen=True)
class Hazard:
    """What was found.

    Attributes:
        months: months of customers that count: those of segments that lost somebody.
        exposed: of them, those after a bad experience.
        lost: customers lost.
        lost_exposed: of them, those after a bad experience.
        ratio: of the hazards, with its 95 % interval (Wald, on the logarithm); None if refused.
        refused: why there is no ratio; None if there is one.
    """

    months: int
    exposed: int
    lost: int
    lost_exposed: int
    ratio: tuple[float, float, float] | None = None
    refused: str | None = None
    coefficients: pd.Series[float] | None = None

    @property
    def verdict(self) -> str:
        """In words: the interval is above 1, below 1, or holds it."""
        if self.ratio is None:
            return f"cannot tell: {self.refused}"
        if self.ratio[1] > 1:
            return "leave sooner"
        return "leave later" if self.ratio[2] < 1 else "cannot tell"


def fit(months: pd.DataFrame) -> Hazard:
    """Return the ratio of hazards of months after a bad experience to others, alike in segment, size and time.

    Args:
        months: a row a month and customer at its beginning: `is_exposed`, `is_lost` (boolean), `segment`, `recurring` (revenue a month
            at the beginning, the size), `number` (of the month, from 0). Segments that lost nobody say nothing of a ratio and are left out.
    """
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.families.links import CLogLog
    from statsmodels.genmod.generalized_linear_model import GLM

    losing = months.groupby("segment")["is_lost"].transform("any") if len(months) else pd.Series(dtype=bool)
    rows = months[losing.astype(bool)]
    lost = rows["is_lost"].to_numpy(dtype=bool)
    exposed = rows["is_exposed"].to_numpy(dtype=bool)
    counts = (len(rows), int(exposed.sum()), int(lost.sum()), int((lost & exposed).sum()))
    if min(counts[3], counts[2] - counts[3]) < FEWEST:
        return Hazard(*counts, refused=f"fewer than {FEWEST} customers lost on one side")
    design = _design(rows)
    # customers of one size, or one month, have nothing to be alike in
    alike = (design[["size", "time"]] - design[["size", "time"]].groupby(rows["segment"]).transform("mean")).std() < _FLAT
    design = design.drop(columns=alike[alike].index)
    fitted = GLM(lost.astype(float), design, family=Binomial(link=CLogLog())).fit()
    if not fitted.converged or not np.all(np.isfinite(fitted.bse)):
        return Hazard(*counts, refused="the model does not converge")
    beta, error = float(fitted.params["exposed"]), float(fitted.bse["exposed"])
    ratio = (float(np.exp(beta)), float(np.exp(beta - Z * error)), float(np.exp(beta + Z * error)))
    return Hazard(*counts, ratio=ratio, coefficients=fitted.params)


def chance(hazard: Hazard, months: pd.DataFrame, ahead: int) -> pd.DataFrame:
    """Return the chance of leaving within so many months, `chance`, `low` and `high`, of rows like those of `fit`.

    The ends are those of the ratio's interval; who had no bad experience has the same three times. Null for a segment that lost nobody.
    """
    if hazard.ratio is None or hazard.coefficients is None:
        raise ValueError("a refused model says nothing")
    unexposed = _design(months.assign(is_exposed=False)).reindex(columns=hazard.coefficients.index, fill_value=0.0)
    base = unexposed.to_numpy() @ hazard.coefficients.to_numpy()
    known = {name.removeprefix("segment ") for name in hazard.coefficients.index if name.startswith("segment ")}
    found = {
        name: 1 - np.exp(-ahead * np.exp(base) * np.where(months["is_exposed"], ratio, 1.0))
        for name, ratio in zip(("chance", "low", "high"), hazard.ratio, strict=True)
    }
    return pd.DataFrame(found, index=months.index).where(months["segment"].isin(known))


def _design(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the model: the exposure, size and time, and one for each segment (so that no constant is needed)."""
    size: npt.NDArray[np.float64] = np.log1p(rows["recurring"].to_numpy(dtype=float))
    plain = pd.DataFrame(
        {"exposed": rows["is_exposed"].astype(float), "size": size - 7.0, "time": rows["number"].astype(float) / 12.0}, index=rows.index
    )
    segments = pd.get_dummies(rows["segment"], prefix="segment", prefix_sep=" ", dtype=float)
    return pd.concat([plain, segments], axis=1)
