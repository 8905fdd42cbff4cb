"""The step: a model a quarter over the answers of the twelve months that end with it, with and without what systems saw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rapport.analysis.drivers.model import Model, added, fit
from rapport.analysis.step import Outcome, Step, Work

MONTHS = 12
PRODUCT, OPERATIONS, HUMAN = "drivers", "drivers and operations", "human block"
_SYSTEMS = ["contacted", "reply_time", "reopened"]
_ANSWERS = """
    select survey_response_key, coalesce(account_key, person_key, survey_response_key) as account, answered_at, answered_day,
        measure, item, score, polarity
    from (
        select a.*, coalesce(q.polarity, 'higher') as polarity
        from core.fct_survey_answer as a left join core.dim_survey_question as q on a.survey_question_sk = q.survey_question_sk
    ) as answers
    where survey_type = 'relationship' and is_valid and is_answered and measure in ('nps', 'driver', 'importance', 'human')
    order by survey_response_key, measure, item
"""
# What systems saw of the respondent's account in the ninety days before the answer; minutes of the calendar until the first reply.
_SEEN = """
    select r.survey_response_key, count(*) as contacts, avg(ln(1 + t.first_reply_calendar_minutes)) as reply_time,
        max(case when t.reopens > 0 then 1.0 else 0.0 end) as reopened
    from (
        select survey_response_key, account_key, min(answered_at) as answered_at
        from core.fct_survey_answer
        where survey_type = 'relationship' and is_valid and is_answered and measure = 'nps' and account_key is not null
        group by survey_response_key, account_key
    ) as r
    inner join core.fct_ticket as t
        on r.account_key = t.account_key and t.is_valid
        and t.created_at < r.answered_at and t.created_at >= r.answered_at - interval '90 days'
    group by r.survey_response_key
"""


def run(work: Work) -> Outcome:
    """Compute the models of every quarter in which somebody answered."""
    answers = work.frame(_ANSWERS)
    if answers.empty:
        return Outcome(refused="no relationship survey was answered")
    wide = _wide(answers, work.frame(_SEEN))
    stated = answers[answers["measure"] == "importance"]
    models, drivers = [], []
    quarters = pd.PeriodIndex(pd.to_datetime(wide["answered_day"]), freq="Q")
    wide = wide.assign(quarter=quarters)
    for quarter in sorted(quarters.unique()):
        rows = wide[(wide["quarter"] <= quarter) & (wide["quarter"] > quarter - MONTHS // 3)]
        said = _said(stated, rows)
        start = quarter.start_time.date()
        for name, model, predictors in _models(rows):
            models.append(_described(name, start, model, len(predictors)))
            if name != HUMAN and model.refused is None:
                drivers.append(_with_stated(model.drivers, said).assign(model=name, period_start=start, n=model.n))
    found = pd.concat(drivers, ignore_index=True) if drivers else None
    return Outcome(
        tables={"driver_model": pd.DataFrame(models), **({"driver": found} if found is not None else {})},
        estimates=_estimates(pd.DataFrame(models), found),
    )


def _wide(answers: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """Return one row a response: nps, `driver:<item>`, `human:<item>` and what systems saw."""
    kept = answers[answers["measure"] != "importance"].copy()
    kept["score"] = pd.to_numeric(kept["score"]) * np.where(kept["polarity"] == "lower", -1.0, 1.0)
    kept["column"] = np.where(kept["measure"] == "nps", "nps", kept["measure"] + ":" + kept["item"])
    wide = kept.pivot_table(index="survey_response_key", columns="column", values="score", aggfunc="mean")
    about = answers.groupby("survey_response_key").agg(account=("account", "first"), answered_day=("answered_day", "min"))
    wide = wide.join(about).join(seen.set_index("survey_response_key"))
    wide["contacted"] = (wide["contacts"].fillna(0) > 0).astype(float)
    middle = pd.to_numeric(wide["reply_time"]).median()
    wide["reply_time"] = pd.to_numeric(wide["reply_time"]).fillna(middle if pd.notna(middle) else 0.0)
    wide["reopened"] = pd.to_numeric(wide["reopened"]).fillna(0.0)
    return wide.reset_index().sort_values("survey_response_key")


def _models(rows: pd.DataFrame) -> list[tuple[str, Model, list[str]]]:
    asked = [name for name in rows.columns if rows[name].notna().any()]
    drivers = sorted(name for name in asked if name.startswith("driver:"))
    human = sorted(name for name in asked if name.startswith("human:"))
    systems = [name for name in _SYSTEMS if rows[name].nunique() > 1]
    scored = rows.dropna(subset=["nps"]) if "nps" in rows else rows.assign(nps=np.nan).iloc[:0]
    found = [
        (PRODUCT, fit(scored, drivers, "nps", "account"), drivers),
        (OPERATIONS, fit(scored, drivers + systems, "nps", "account"), drivers + systems),
    ]
    if human:
        half = scored.dropna(subset=human)  # a random half is asked; the others are no missing answers
        found.append((HUMAN, added(half, human, drivers, "nps", "account"), drivers + human))
    return found


def _said(stated: pd.DataFrame, rows: pd.DataFrame) -> pd.Series[float]:
    """Return the mean importance that the same people say each driver has."""
    of_rows = stated[stated["survey_response_key"].isin(rows["survey_response_key"])]
    return pd.to_numeric(of_rows["score"]).groupby(of_rows["item"]).mean()


def _with_stated(drivers: pd.DataFrame, said: pd.Series[float]) -> pd.DataFrame:
    """Add what people say of each driver, and where it stands on both axes: above or below the middle of all."""
    found = drivers.assign(
        kind=np.where(drivers["driver"].str.startswith("driver:"), "survey", "system"),
        driver=drivers["driver"].str.removeprefix("driver:"),
    )
    found["stated"] = found["driver"].map(said).astype(float)
    is_high = found["share"] > 1 / len(found)
    is_said = found["stated"] > found["stated"].mean()
    names = {(True, True): "keep up", (True, False): "hidden", (False, True): "talked about", (False, False): "let be"}
    # nobody is asked how important a fast reply is: what systems saw is never said
    found["quadrant"] = [names[bool(high), bool(said)] for high, said in zip(is_high, is_said, strict=True)]
    found["is_surprise"] = (found["quadrant"] == "hidden") & (found["verdict"] == "matters")
    return found


def _described(name: str, start: Any, model: Model, predictors: int) -> dict[str, Any]:
    r2, low, high = model.r2 or (None, None, None)
    verdict = model.drivers["verdict"].iloc[0] if name == HUMAN and model.refused is None else None
    return {
        "model": name,
        "period_start": start,
        "predictors": predictors,
        "n": model.n,
        "n_dropped": model.n_dropped,
        "accounts": model.accounts,
        "r2": r2,
        "r2_low": low,
        "r2_high": high,
        "verdict": verdict,
        "refused_reason": model.refused,
    }


def _estimates(models: pd.DataFrame, drivers: pd.DataFrame | None) -> pd.DataFrame:
    """Return the rows of the tile contract: shares of what the drivers explain, and what the human block adds."""
    how = "bootstrap of accounts"
    rows = []
    if drivers is not None:
        of_product = drivers[drivers["model"] == PRODUCT]
        for row in of_product.itertuples():
            rows.append(("driver_importance", row.period_start, row.driver, row.share, row.share_low, row.share_high, row.n, how, None))
    for row in models.itertuples():
        metric = {PRODUCT: "driver_importance", HUMAN: "human_block_added"}.get(row.model)
        if metric is not None:  # the total of the drivers is what they explain together
            value = (None, None, None) if row.refused_reason is not None else (row.r2, row.r2_low, row.r2_high)
            rows.append((metric, row.period_start, "all", *value, row.n, None if value[0] is None else how, row.refused_reason))
    names = ["metric", "period_start", "item", "value", "low", "high", "n", "ci_method", "refused_reason"]
    found = pd.DataFrame(rows, columns=names)
    return found.assign(grain="quarter", centre=(pd.to_numeric(found["low"]) + pd.to_numeric(found["high"])) / 2, n_eligible=found["n"])


STEP = Step(
    name="drivers",
    version=2,
    reads=("core.fct_survey_answer", "core.dim_survey_question", "core.fct_ticket"),
    writes=("driver_model", "driver"),
    run=run,
)
