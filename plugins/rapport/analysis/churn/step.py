"""The step: months of customers against what happened to them before, quarter by quarter, with all that is known by then."""

from __future__ import annotations

from typing import Any

import pandas as pd

from rapport.analysis.churn.model import Hazard, chance, fit
from rapport.analysis.churn.staying import DIFFERENCE, curves, spells, thirds
from rapport.analysis.step import Outcome, Step, Work

RATIO, RETENTION = "churn_hazard_ratio", "retention_difference"
HALF = 6  # months of experience before, and of staying after
_MONTHS = """
    select account_key, month, segment, strategic, is_customer_before, is_customer, is_lost,
        cast(start_recurring as double precision) as recurring, cast(end_recurring as double precision) as recurring_after
    from core.fct_account_month
    order by account_key, month
"""
# Days on which a bad experience ended, by account. One that nobody has answered or solved is bad from the hour on which it is too late.
_BAD = """
    with rated as (
        select ticket_key, min((score - scale_min) / nullif(scale_max - scale_min, 0)) < 0.5 as is_bad
        from core.fct_survey_answer
        where is_valid and is_answered and ticket_key is not null and measure in ('csat', 'csat_binary')
        group by ticket_key
    )
    select distinct t.cut_account_key as account_key,
        cast(coalesce(t.last_solved_at, t.first_reply_at, t.clock_started_at + %(late)s * interval '1 minute') as date) as ended_on
    from core.fct_ticket as t
    left join rated on t.ticket_key = rated.ticket_key
    where t.is_valid and t.cut_account_key is not null and t.clock_started_at is not null
        and (
            t.first_reply_calendar_minutes > %(late)s
            or (t.first_reply_at is null and t.first_solved_at is null)
            or (rated.is_bad and (t.first_reply_calendar_minutes > %(rated)s or t.reopens > 0))
        )
    order by 1, 2
"""
_SCORES = """
    select coalesce(answers.account_key, persons.account_key) as account_key, answers.answered_day,
        (answers.score - answers.scale_min) / nullif(answers.scale_max - answers.scale_min, 0) as score
    from core.fct_survey_answer as answers
    left join intermediate.int_value__person_accounts as persons on answers.person_key = persons.person_key
    where answers.is_valid and answers.is_answered and answers.measure in ('nps', 'csat', 'ces', 'csat_binary')
        and coalesce(answers.account_key, persons.account_key) is not null
    order by 1, 2, 3
"""


def run(work: Work) -> Outcome:
    """Compute every quarter that has a closed month; the chances of leaving and the curves once, at the last closed month."""
    months = work.frame(_MONTHS)
    if months.empty:
        return Outcome(refused="no month of any account is closed")
    settings = work.config["loyalty"]
    months["month"] = pd.to_datetime(months["month"])
    months["number"] = (months["month"].dt.year - months["month"].min().year) * 12 + months["month"].dt.month - months["month"].min().month
    late, rated = (60 * float(settings["bad_experience"][name]) for name in ("reply_hours", "rated_reply_hours"))
    bad = work.frame(_BAD, {"late": late, "rated": rated})
    window = int(settings["experience_window_days"])
    months["is_exposed"] = _exposed(months, bad, window)
    at_risk = months[months["is_customer_before"]]
    scores = work.frame(_SCORES)
    fits, parts = [], []
    for quarter, rows in months.groupby(months["month"].dt.to_period("Q"), sort=True):
        last = rows["number"].max()
        fits.append((quarter, fit(at_risk[at_risk["number"] <= last]), at_risk.loc[at_risk["number"] <= last, "account_key"].nunique()))
        if last >= HALF:
            parts.append(thirds(_half(months, scores, last)).assign(period_start=quarter.start_time.date()))
    terciles = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    tables = {
        "churn_hazard": pd.DataFrame([_described(quarter, found, accounts) for quarter, found, accounts in fits]),
        "retention_curve": curves(spells(months)),
    }
    if not terciles.empty:
        tables["experience_third"] = terciles
    if fits[-1][1].ratio is not None:
        tables["account_risk"] = _risks(months, bad, window, fits[-1][1])
    return Outcome(tables, _estimates(fits, terciles))


def _exposed(months: pd.DataFrame, bad: pd.DataFrame, window: int) -> pd.Series[bool]:
    """Return for each row whether a bad experience of its account ended in so many days before its month."""
    if bad.empty:
        return pd.Series(False, index=months.index)
    ended = bad.assign(ended_on=pd.to_datetime(bad["ended_on"])).sort_values("ended_on")
    asked = months[["account_key", "month"]].reset_index().sort_values("month")
    newest = pd.merge_asof(
        asked, ended, left_on="month", right_on="ended_on", by="account_key", allow_exact_matches=False, tolerance=pd.Timedelta(days=window)
    )
    return newest.set_index("index")["ended_on"].notna().reindex(months.index)


def _half(months: pd.DataFrame, scores: pd.DataFrame, last: int) -> pd.DataFrame:
    """Return the customers of half a year before month `last`: what they said in the half year before that, and whether they are left."""
    begun = months[(months["number"] == last - HALF) & months["is_customer"]]
    now = months[months["number"] == last].set_index("account_key")
    until = begun["month"].max() + pd.offsets.MonthEnd(0)
    days = pd.to_datetime(scores["answered_day"])
    said = scores[(days <= until) & (days > until - pd.DateOffset(months=HALF))]
    mean = pd.to_numeric(said["score"]).groupby(said["account_key"]).mean()
    return pd.DataFrame(
        {
            "account_key": begun["account_key"].to_numpy(),
            "experience": begun["account_key"].map(mean).to_numpy(dtype=float),
            "is_kept": begun["account_key"].map(now["is_customer"]).fillna(False).to_numpy(dtype=bool),
            "before": begun["recurring_after"].to_numpy(dtype=float),
            "after": begun["account_key"].map(now["recurring_after"]).fillna(0.0).to_numpy(dtype=float),
        }
    )


def _risks(months: pd.DataFrame, bad: pd.DataFrame, window: int, hazard: Hazard) -> pd.DataFrame:
    """Return each customer's chance of leaving within three months of the last closed one."""
    here = months[(months["number"] == months["number"].max()) & months["is_customer"]].copy()
    here["month"], here["number"] = here["month"] + pd.DateOffset(months=1), here["number"] + 1
    here["recurring"] = here["recurring_after"]
    here["is_exposed"] = _exposed(here, bad, window)
    found = pd.concat([here[["account_key", "segment", "is_exposed"]], chance(hazard, here, 3)], axis=1)
    return found.assign(annual_recurring=12 * here["recurring"])


def _described(quarter: Any, found: Hazard, accounts: int) -> dict[str, Any]:
    ratio, low, high = found.ratio or (None, None, None)
    others = found.months - found.exposed
    return {
        "period_start": quarter.start_time.date(),
        "accounts": accounts,
        "account_months": found.months,
        "exposed_months": found.exposed,
        "lost": found.lost,
        "lost_exposed": found.lost_exposed,
        "hazard_exposed": found.lost_exposed / found.exposed if found.exposed else None,
        "hazard_others": (found.lost - found.lost_exposed) / others if others else None,
        "ratio": ratio,
        "ratio_low": low,
        "ratio_high": high,
        "verdict": found.verdict,
    }


def _estimates(fits: list[tuple[Any, Hazard, int]], terciles: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for quarter, found, accounts in fits:
        value, low, high = found.ratio or (None, None, None)
        how = "Wald, discrete-time hazards" if found.ratio else None
        rows.append((RATIO, quarter.start_time.date(), value, low, high, accounts, how, found.refused))
    if not terciles.empty:
        for row in terciles[terciles["third"] == DIFFERENCE].itertuples():
            rows.append((RETENTION, row.period_start, row.retention, row.low, row.high, row.accounts, "Newcombe", None))
    names = ["metric", "period_start", "value", "low", "high", "n", "ci_method", "refused_reason"]
    return pd.DataFrame(rows, columns=names).assign(grain="quarter", n_eligible=lambda rows: rows["n"], centre=lambda rows: rows["value"])


STEP = Step(
    name="hazard",
    version=1,
    reads=("core.fct_account_month", "core.fct_ticket", "core.fct_survey_answer", "intermediate.int_value__person_accounts"),
    writes=("churn_hazard", "experience_third", "retention_curve", "account_risk"),
    run=run,
    settings=("loyalty",),
)
