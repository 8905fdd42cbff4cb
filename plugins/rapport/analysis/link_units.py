"""The units in which employee and customer experience are compared: published blocks whose teams serve customers, by quarter."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from rapport.analysis.step import Work

if TYPE_CHECKING:
    import pandas as pd

_LAGS = (("cx_before", -3), ("cx", 0), ("cx_after", 3))  # months from the unit's own quarter


def link_units(work: Work, least: int) -> pd.DataFrame:
    """Return one row a unit and quarter: the employees' measures, and the customers' of the same quarter, the one before and the one after.

    A block of which some team serves no customers is left out: its employees are not those whom the customers met. A customers' measure
    of fewer than `least` answers is null.

    Args:
        work: what the step is given.
        least: fewest answers of customers.
    """
    blocks = work.frame(
        """
        select atoms.period_start, atoms.block_key, atoms.block_label,
            max(case when atoms.item = 'engagement_index' then atoms.people end) as employees,
            max(case when atoms.item = 'engagement_index' then atoms.total / atoms.base end) as engagement,
            max(case when atoms.item = 'nps' then 100.0 * (atoms.promoters - atoms.detractors) / atoms.cases end) as enps,
            max(case when atoms.item = 'balance' then 1.0 * atoms.favourable / atoms.cases end) as engagement_balance
        from analysis.emp_atom as atoms
        where atoms.population = 'survey'
        group by atoms.period_start, atoms.block_key, atoms.block_label
        """
    )
    teams = work.frame(
        """
        select cells.period_start, cells.block_key, cells.unit_name, coalesce(units.is_customer_facing, false) as is_facing
        from analysis.emp_cell as cells
        left join core.dim_org_unit as units on cells.org_unit_key = units.org_unit_key and units.is_current
        where cells.population = 'survey'
        """
    )
    answers = work.frame(
        """
        select tickets.queue as unit_name, cast(date_trunc('quarter', answers.answered_day) as date) as quarter, count(*) as answers,
            sum(case when answers.score >= case answers.measure when 'csat' then answers.scale_max - 1 else 1 end then 1 else 0 end) as good
        from core.fct_survey_answer as answers
        inner join core.fct_ticket as tickets on answers.ticket_key = tickets.ticket_key
        where answers.measure in ('csat', 'csat_binary') and answers.is_valid and answers.is_answered and tickets.is_valid
        group by tickets.queue, cast(date_trunc('quarter', answers.answered_day) as date)
        """
    )
    if blocks.empty or answers.empty:
        return blocks.head(0)
    numbers = {name: blocks[name].astype(float) for name in ("employees", "engagement", "enps", "engagement_balance")}
    facing = teams.groupby(["period_start", "block_key"])["is_facing"].transform("all").astype(bool)
    units = blocks.assign(**numbers).merge(teams[facing], on=["period_start", "block_key"])
    for name, months in _LAGS:
        units = _with_answers(units, answers, name, months)
    return _summed(units, least)


def _with_answers(units: pd.DataFrame, answers: pd.DataFrame, name: str, months: int) -> pd.DataFrame:
    """Join each team's answers of the quarter that lies `months` from the unit's own."""
    import pandas as pd

    shifted = [(pd.Timestamp(day) + pd.DateOffset(months=months)).date() for day in units["period_start"]]
    counts = {f"{name}_{what}": answers[what].astype(float) for what in ("good", "answers")}
    found = answers[["unit_name"]].assign(wanted=answers["quarter"], **counts)
    joined = units.assign(wanted=shifted).merge(found, on=["wanted", "unit_name"], how="left").drop(columns="wanted")
    return joined.fillna(dict.fromkeys(counts, 0.0))


def _summed(teams: pd.DataFrame, least: int) -> pd.DataFrame:
    """Add up the teams of each unit; the same teams are the same unit in every quarter."""
    keys = ["period_start", "block_key", "block_label", "employees", "engagement", "enps", "engagement_balance"]
    counted = {f"{name}_{what}": "sum" for name, _ in _LAGS for what in ("good", "answers")}
    # a company may ask nothing of one of the measures: it is null in every unit, and no unit is left out for it
    units = teams.groupby(keys, as_index=False, dropna=False).agg({**counted, "unit_name": lambda names: "|".join(sorted(set(names)))})
    for name, _ in _LAGS:
        enough = units[f"{name}_answers"] >= least
        units[name] = (units[f"{name}_good"] / units[f"{name}_answers"]).where(enough)
        units[f"{name}_n"] = units[f"{name}_answers"].where(enough)
    units = units.assign(unit_key=[hashlib.md5(names.encode(), usedforsecurity=False).hexdigest() for names in units["unit_name"]])
    whole = ["employees", *(f"{name}_n" for name, _ in _LAGS)]
    units = units.assign(**{column: units[column].astype("Int64") for column in whole})
    columns = ["unit_key", *keys, *(name + end for name, _ in _LAGS for end in ("", "_n"))]
    return units[units[[name for name, _ in _LAGS]].notna().any(axis=1)][columns].sort_values(["period_start", "unit_key"])
