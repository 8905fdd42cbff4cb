"""The step: a quarter and survey at a time, from counts of those asked and those who answered by what is known of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from rapport.analysis.response.propensity import Representativity, representativity
from rapport.analysis.response.raking import raked
from rapport.analysis.step import Outcome, Step, Work

METRIC = "r_indicator"
FIELDS = ["country", "language", "segment", "industry", "strategic", "tier", "tenure_band"]
RAKED = ["country", "segment", "strategic", "tenure_band"]  # few: each further field costs answers' worth of precision
_CELLS = """
    select cast(date_trunc('quarter', invited_day) as date) as period_start, survey, country, language, segment, industry, strategic, tier,
        tenure_band, count(*) as asked, sum(case when is_respondent then 1 else 0 end) as answered
    from intermediate.int_voice__frame
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    order by 1, 2, 3, 4, 5, 6, 7, 8, 9
"""


def run(work: Work) -> Outcome:
    """Compute every quarter in which somebody was asked."""
    cells = work.frame(_CELLS)
    if cells.empty:
        return Outcome(refused="no invitation is two weeks old, or no source tells of those who did not answer")
    cells[["asked", "answered"]] = cells[["asked", "answered"]].astype(float)
    judged, weights = [], []
    for start, of_quarter in cells.groupby("period_start"):
        for survey, asked in of_quarter.groupby("survey"):
            of_survey = asked.reset_index(drop=True)
            judged.append(_row(start, survey, representativity(of_survey, FIELDS)))
            weight = raked(of_survey, RAKED)
            if weight is not None:
                weights.append(of_survey.assign(weight=weight).dropna(subset=["weight"])[["period_start", "survey", *FIELDS, "weight"]])
        together = of_quarter.groupby(FIELDS, as_index=False)[["asked", "answered"]].sum()
        judged.append(_row(start, "all", representativity(together, FIELDS)))
    found = pd.DataFrame(judged)
    tables = {"representativity": found, **({"response_weight": pd.concat(weights, ignore_index=True)} if weights else {})}
    return Outcome(tables, _estimates(found))


def _row(start: Any, survey: Any, found: Representativity) -> dict[str, Any]:
    r, low, high = found.r or (None, None, None)
    return {
        "period_start": start,
        "survey": survey,
        "fields": ", ".join(found.fields) or None,
        "asked": found.asked,
        "answered": found.answered,
        "r_unadjusted": found.unadjusted,
        "r": r,
        "r_low": low,
        "r_high": high,
        "refused_reason": found.refused,
    }


def _estimates(found: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "metric": METRIC,
            "grain": "quarter",
            "period_start": found["period_start"],
            "survey": found["survey"],
            "value": found["r"],
            "centre": found["r"],
            "low": found["r_low"],
            "high": found["r_high"],
            "n": found["asked"],
            "n_eligible": found["asked"],
            "ci_method": found["r"].map(lambda value: None if pd.isna(value) else "bootstrap of invitations"),
            "refused_reason": found["refused_reason"],
        }
    )


STEP = Step(
    name="response",
    version=1,
    reads=("intermediate.int_voice__frame",),
    writes=("representativity", "response_weight"),
    run=run,
)
