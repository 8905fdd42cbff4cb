"""The step: worth of customers and revenue at risk at the last closed month, earned growth of each quarter that has two years behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rapport.analysis.step import Outcome, Step, Work
from rapport.analysis.value.growth import growth
from rapport.analysis.value.worth import mean_of, worth

YEAR = 12
_MONTHS = """
    select account_key, month, segment, strategic, coalesce(acquisition_origin, 'unknown') as origin,
        new_recurring > 0 as is_new, cast(recurring_year_ago as double precision) as base,
        cast(greatest(recurring_year_ago + expansion_year - contraction_year - churned_year, 0) as double precision) as net,
        cast(revenue as double precision) as revenue
    from core.fct_account_month
    order by account_key, month
"""
_WORTH = """
    select value.account_key, value.segment, coalesce(accounts.strategic, 'unknown') as strategic, value.is_active,
        coalesce(months.recurring_year_ago, 0) > 0 as was_active, cast(value.margin_a_year as double precision) as margin,
        cast(value.historical_value as double precision) as historical
    from intermediate.int_value__account_value as value
    left join core.fct_account_month as months
        on value.account_key = months.account_key and months.month = (select max(month) from core.fct_account_month)
    left join core.dim_account as accounts on value.account_key = accounts.account_key and accounts.is_current
    order by value.account_key
"""
_RISKS = "select account_key, is_exposed, chance, low, high, annual_recurring from analysis.account_risk order by account_key"
# Negative mentions of the window that nobody has answered, with the account of the author where it is known.
_UNRESOLVED = """
    select mentions.mention_key, coalesce(mentions.account_key, persons.account_key) as account_key
    from core.fct_mention as mentions
    left join intermediate.int_value__person_accounts as persons on mentions.person_key = persons.person_key
    where mentions.is_valid and not mentions.is_own and not mentions.is_repost and mentions.brand_role = 'own'
        and mentions.sentiment = 'negative' and mentions.replied_at is null and mentions.mention_type in ('post', 'review')
        and mentions.happened_day > (select max(month_day) from core.fct_account_month) - %(window)s
    order by 1
"""
_NOBODY = "no customer is known to be at risk"
_NO_PRICES = "no source says when a price change was announced"


def run(work: Work) -> Outcome:
    """Compute what two years of books, the risk of leaving and unanswered mentions tell."""
    months = work.frame(_MONTHS)
    if months.empty:
        return Outcome(refused="no month of any account is closed")
    months["month"] = pd.to_datetime(months["month"])
    last = months["month"].max()
    quarter = last.to_period("Q").start_time.date()
    settings = work.config["loyalty"]
    grown = _growth(months)
    rows = _worth(work.frame(_WORTH), float(settings["discount_rate_annual"]))
    rows += _at_risk(work, settings)
    rows.append({"metric": "price_change_notice", "refused_reason": _NO_PRICES})
    here = pd.DataFrame(rows).assign(period_start=quarter)
    found = pd.concat([here, _growth_estimates(grown)], ignore_index=True) if len(grown) else here
    found["n"] = found["n"].astype("Int64")
    found["centre"], found["n_eligible"], found["grain"] = found["value"], found["n"], "quarter"
    return Outcome({"earned_growth": grown} if len(grown) else {}, found)


def _worth(customers: pd.DataFrame, discount: float) -> list[dict[str, Any]]:
    if not customers["is_active"].any():
        return []
    expected, _ = worth(customers, discount)
    brought = mean_of(customers, "historical")
    rows = []
    for metric, found in (("customer_lifetime_value", expected), ("historical_value", brought)):
        for row in found.itertuples():
            cut = {} if row.dimension == "all" else {str(row.dimension): row.member}
            rows.append({"metric": metric, "value": row.value, "low": row.low, "high": row.high, "n": row.n, **cut})
    return [row | {"ci_method": "bootstrap of accounts"} for row in rows]


def _growth(months: pd.DataFrame) -> pd.DataFrame:
    """Return the growth of each quarter whose last closed month has two whole years behind it."""
    found = []
    for quarter, rows in months.groupby(months["month"].dt.to_period("Q"), sort=True):
        last = rows["month"].max()
        year, before = (last - pd.DateOffset(months=YEAR * k) for k in (1, 2))
        if months["month"].min() > before + pd.DateOffset(months=1):
            continue
        of_year = months[(months["month"] > year) & (months["month"] <= last)]
        of_before = months[(months["month"] > before) & (months["month"] <= year)]
        now = months[months["month"] == last].set_index("account_key")
        customers = pd.DataFrame({"revenue_before": of_before.groupby("account_key")["revenue"].sum()})
        customers = customers.join(of_year.groupby("account_key").agg(revenue=("revenue", "sum"), is_new=("is_new", "any")), how="outer")
        customers = customers.join(now[["base", "net"]]).fillna({"revenue_before": 0.0, "revenue": 0.0, "base": 0.0, "net": 0.0})
        origin = months.groupby("account_key")["origin"].first()
        is_new = customers["is_new"].eq(True) & (customers["revenue_before"] == 0)
        customers = customers.assign(origin=origin.reindex(customers.index), revenue_new=np.where(is_new, customers["revenue"], 0.0))
        found.append({"period_start": quarter.start_time.date(), **growth(customers)})
    return pd.DataFrame(found)


def _growth_estimates(grown: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "metric": "earned_growth_rate",
            "period_start": grown["period_start"],
            "value": grown["growth"],
            "low": grown["low"],
            "high": grown["high"],
            "n": grown["customers"],
            "ci_method": "band of unknown reasons with bootstrap of accounts",
        }
    )


def _at_risk(work: Work, settings: Any) -> list[dict[str, Any]]:
    """Return revenue at risk because of a bad experience, because of what was said in public, and of both; each account once."""
    risks = work.frame(_RISKS)
    unresolved = work.frame(_UNRESOLVED, {"window": int(settings["experience_window_days"])})
    if risks.empty:
        refused = "the risk of leaving cannot be told yet"
        return [{"metric": "revenue_at_risk", "item": item, "refused_reason": refused} for item in ("all", "bad experience")]
    threshold = float(settings["churn_probability_at_risk"])
    revenue = risks["annual_recurring"].to_numpy(dtype=float)
    exposed = risks["is_exposed"].to_numpy(dtype=bool)
    named = risks["account_key"].isin(unresolved["account_key"].dropna()).to_numpy()
    bad = {end: exposed & (risks[end].fillna(0.0).to_numpy(dtype=float) >= threshold) for end in ("chance", "low", "high")}
    known = int(unresolved["account_key"].isin(risks["account_key"]).sum())
    of_unknown = (len(unresolved) / known - 1) if known else 0.0
    spoken = float(revenue[named].sum())
    rows = [
        ("bad experience", *(float(revenue[bad[end]].sum()) for end in ("chance", "low", "high")), int(bad["high"].sum())),
        ("negative mention", spoken, spoken, spoken * (1 + of_unknown), int(named.sum())),
        (
            "all",
            float(revenue[bad["chance"] | named].sum()),
            float(revenue[bad["low"] | named].sum()),
            float(revenue[bad["high"] | named].sum()) + spoken * of_unknown,
            int((bad["high"] | named).sum()),
        ),
    ]
    how = "range of the risk and of unknown authors"
    names = ("item", "value", "low", "high", "n")
    found = [{"metric": "revenue_at_risk", "ci_method": how, **dict(zip(names, row, strict=True))} for row in rows]
    return [row if row["n"] else {"metric": "revenue_at_risk", "item": row["item"], "refused_reason": _NOBODY} for row in found]


STEP = Step(
    name="value",
    version=1,
    reads=(
        "core.fct_account_month",
        "core.fct_mention",
        "core.dim_account",
        "intermediate.int_value__account_value",
        "intermediate.int_value__person_accounts",
        "analysis.account_risk",
    ),
    writes=("earned_growth",),
    run=run,
    settings=("loyalty",),
)
