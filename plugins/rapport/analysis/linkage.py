"""Employee and customer experience of the same units: whether they move together, and the courage to say that it cannot be told.

A unit is a published block of an employee survey whose teams serve customers, in one quarter; nothing finer is ever compared. The
customers' side is the share of good answers about tickets that these teams' queues handled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapport.analysis.link_units import link_units
from rapport.analysis.step import Outcome, Step, Work

if TYPE_CHECKING:
    import pandas as pd

EX_METRICS = ("engagement", "enps", "engagement_balance")
CX_METRIC = "csat_after_contact"
LAGS = {"before": "cx_before", "same": "cx", "after": "cx_after"}
_Z = 1.959963984540054
TEXT = "association, units, not people"


@dataclass(frozen=True)
class Correlation:
    """Pearson's r of unit-quarters with Fisher's interval; `n_effective` counts what repeated quarters of the same units are worth."""

    r: float
    low: float
    high: float
    n: int
    n_effective: float


def correlation(x: pd.Series, y: pd.Series, unit: pd.Series) -> Correlation:
    """Return r with the interval tanh(atanh r +- z / sqrt(n_e - 3)) (Fisher 1915).

    Quarters of one unit repeat each other: as far as both measures stay what they were, they tell nothing new. With intraclass
    correlations a and b and T quarters a unit, n_e = n / (1 + (T - 1) a b) (Bartlett 1935, for equal correlation at all distances).

    Raises:
        ValueError: fewer than four unit-quarters, or one of the measures does not vary.
    """
    n = len(x)
    if n < 4 or x.std() == 0 or y.std() == 0:
        raise ValueError("a correlation needs four unit-quarters and measures that vary")
    r = float(x.corr(y))
    quarters = n / unit.nunique()
    n_effective = max(n / (1 + (quarters - 1) * max(icc1(x, unit), 0.0) * max(icc1(y, unit), 0.0)), float(min(unit.nunique(), n)))
    half = _Z / math.sqrt(max(n_effective - 3, 1))
    bounded = math.atanh(max(min(r, 0.999999), -0.999999))
    return Correlation(r, math.tanh(bounded - half), math.tanh(bounded + half), n, n_effective)


def icc1(values: pd.Series, unit: pd.Series) -> float:
    """Return ICC(1) = (MSB - MSW) / (MSB + (k - 1) MSW) of one-way groups, k their mean size; 0 where no unit has two quarters."""
    between, within, size = mean_squares(values, unit)
    return 0.0 if within is None or between + (size - 1) * within == 0 else (between - within) / (between + (size - 1) * within)


def mean_squares(values: pd.Series, unit: pd.Series) -> tuple[float, float | None, float]:
    """Return the mean squares between and within groups, and the mean size of a group; within is None where no group has two values."""
    groups = values.groupby(unit)
    means, sizes = groups.mean(), groups.size()
    if len(sizes) < 2 or len(values) == len(sizes):
        return 0.0, None, 1.0
    between = float((sizes * (means - values.mean()) ** 2).sum()) / (len(sizes) - 1)
    within = float(((values - unit.map(means)) ** 2).sum()) / (len(values) - len(sizes))
    return between, within, len(values) / len(sizes)


def aggregation(units: pd.DataFrame) -> tuple[float, float]:
    """Return ICC(1) and ICC(2) of the engagement index within a wave's units: whether a unit is more than its people.

    From each unit's people, sum and sum of squares (McGraw and Wong 1996, one-way): ICC(2) = (MSB - MSW) / MSB.

    Args:
        units: `people, total, total_squared`, one row a unit of 20 people or more.
    """
    people, total, squared = units["people"], units["total"], units["total_squared"]
    if len(units) < 2:
        return math.nan, math.nan
    grand = total.sum() / people.sum()
    between = float((people * (total / people - grand) ** 2).sum()) / (len(units) - 1)
    within = float((squared - total**2 / people).sum()) / float(people.sum() - len(units))
    size = float(people.mean())
    return (between - within) / (between + (size - 1) * within), (between - within) / between if between > 0 else math.nan


def lagged(units: pd.DataFrame, ex: str) -> dict[str, tuple[float, float, float, int]]:
    """Return, with what stays the same of each unit taken out, how a change of one side goes with a later one of the other.

    `ex_to_cx` regresses the customers' measure of the next quarter, `cx_to_ex` the employees' measure on that of the quarter before, both
    after subtracting each unit's mean (unit fixed effects); the interval is from the residuals with the degrees of freedom left.
    """
    found = {}
    for name, cause, effect in (("ex_to_cx", ex, "cx_after"), ("cx_to_ex", "cx_before", ex)):
        rows = units[[cause, effect, "unit_key"]].dropna()
        rows = rows[rows.groupby("unit_key")[cause].transform("size") > 1]
        x = rows[cause] - rows.groupby("unit_key")[cause].transform("mean")
        y = rows[effect] - rows.groupby("unit_key")[effect].transform("mean")
        free = len(rows) - rows["unit_key"].nunique() - 1
        if free < 3 or float((x**2).sum()) == 0:
            continue
        slope = float((x * y).sum() / (x**2).sum())
        half = _quantile(free) * math.sqrt(float(((y - slope * x) ** 2).sum()) / free / float((x**2).sum()))
        found[name] = (slope, slope - half, slope + half, len(rows))
    return found


def verdict(low: float, high: float, n: int, least: int) -> str:
    """Return what may be said: nothing of the direction unless the interval leaves out zero, and nothing at all of too few units."""
    if n < least:
        return f"cannot tell: {n} units, at least {least} are needed"
    if low > 0:
        return "units with better employee experience have better customer experience"
    if high < 0:
        return "units with better employee experience have worse customer experience"
    return "cannot tell: the interval holds both directions"


def _quantile(free: int) -> float:
    from scipy.stats import t

    return float(t.ppf(0.975, free))


def _run(work: Work) -> Outcome:
    import pandas as pd

    rules = work.config["people"]["linkage"]
    units = link_units(work, int(rules["minimum_customers"]))
    if units.empty:
        return Outcome(refused="no block of a closed cycle is made of teams whose customers answered")
    pooled = work.frame(
        """
        select people, total, total_squared from analysis.emp_atom
        where population = 'survey' and item = 'engagement_index' and total_squared is not null
        """
    )
    icc = aggregation(pooled)
    found: list[dict[str, Any]] = []
    for ex in EX_METRICS:
        for lag, cx in LAGS.items():
            rows = units[[ex, cx, "unit_key"]].dropna()
            found.append(_result(ex, lag, "correlation", rows["unit_key"].nunique()) | _correlated(rows, ex, cx, rules) | _icc(icc))
        for name, (slope, low, high, n) in lagged(units, ex).items():
            said = verdict(low, high, n, int(rules["model_units"]))
            shown = n >= int(rules["model_units"])
            estimate = {"value": slope, "low": low, "high": high} if shown else {}
            found.append(
                _result(ex, name, "slope within units", n) | {"n": n, "n_effective": float(n), "verdict": said} | estimate | _icc(icc)
            )
    return Outcome({"link_unit": units.astype(object), "link_result": pd.DataFrame(found, dtype=object)})


def _correlated(rows: pd.DataFrame, ex: str, cx: str, rules: Any) -> dict[str, Any]:
    least = int(rules["minimum_units"])
    try:
        found = correlation(rows[ex], rows[cx], rows["unit_key"])
    except ValueError:
        return {"n": len(rows), "n_effective": None, "verdict": verdict(0, 0, min(len(rows), least - 1), least)}
    said = verdict(found.low, found.high, found.n, least)
    estimate = {"value": found.r, "low": found.low, "high": found.high} if found.n >= least else {}
    return {"n": found.n, "n_effective": found.n_effective, "verdict": said} | estimate


def _result(ex: str, lag: str, statistic: str, teams: int) -> dict[str, Any]:
    empty = dict.fromkeys(("value", "low", "high"))
    return {"ex_metric": ex, "cx_metric": CX_METRIC, "lag": lag, "statistic": statistic, "units": teams, "text": TEXT} | empty


def _icc(icc: tuple[float, float]) -> dict[str, Any]:
    return {"icc1": icc[0], "icc2": icc[1]}


STEP = Step(
    name="linkage",
    version=1,
    reads=("analysis.emp_atom", "analysis.emp_cell", "core.fct_survey_answer", "core.fct_ticket", "core.dim_org_unit"),
    writes=("link_unit", "link_result"),
    run=_run,
    settings=("people",),
)
