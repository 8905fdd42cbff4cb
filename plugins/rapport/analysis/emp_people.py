"""What the employees' blocks are made from: one row a person of a period and what is counted of them, read from `core_ex`.

A person stands in one cell: division, team and, for records, place of work. `values` are the cell's keys, `names` what people call them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapport.analysis.partition import Move
from rapport.analysis.step import Work

if TYPE_CHECKING:
    import pandas as pd

SURVEY, RECORDS, UNKNOWN = "survey", "records", "unknown"
_UNIT = """
    coalesce(units.division, 'unknown') as division,
    coalesce(units.org_unit_key, 'unknown') as team_key,
    coalesce(units.name, 'unknown') as team,
    coalesce(split_part(units.path, ' / ', 1), 'unknown') as top
"""


def survey(work: Work) -> pd.DataFrame:
    """Return the valid answers of closed cycles: `period_start, person, item, score, base, cases`, and the cell."""
    found = work.frame(
        f"""
        select answers.cycle as period_start, answers.respondent_token as person, answers.item, answers.score, {_UNIT}
        from core_ex.fct_engagement_answer as answers
        left join core.dim_org_unit as units on answers.org_unit_key = units.org_unit_key and units.is_current
        where answers.is_closed and answers.is_valid
        """
    )
    found = found.assign(cases=1, base=1.0, is_answer=True, is_flag=False)
    index = found[found["item"] != "nps"].assign(score=lambda rows: (rows["score"] >= 4).astype(float))
    shares = index.groupby([column for column in index.columns if column not in ("item", "score")], as_index=False, sort=False)[
        "score"
    ].mean()
    return _placed(_together([found, shares.assign(item="engagement_index", is_answer=False)]), ())


def records(work: Work, people: Mapping[str, Any]) -> pd.DataFrame:
    """Return what is counted of employees in closed quarters: `period_start, person, item, score, base, cases`, and the last cell."""
    days = work.frame(
        f"""
        select sums.*, coalesce(days.location, 'unknown') as location, coalesce(employees.job_family, 'unknown') as job_family, {_UNIT}
        from (
            select employee_key as person, quarter_start as period_start, max(day) as last_day,
                sum(headcount) as headcount_days, sum(scheduled_hours) as scheduled_hours, sum(absent_hours) as absent_hours,
                sum(planned_hours) as planned_hours, sum(over_hours) as over_hours, sum(absence_spells) as absence_spells
            from core_ex.fct_employee_day
            group by employee_key, quarter_start
        ) as sums
        inner join core_ex.fct_employee_day as days on sums.person = days.employee_key and sums.last_day = days.day
        inner join core_ex.dim_employee as employees on days.employee_sk = employees.employee_sk
        left join core.dim_org_unit as units on days.org_unit_key = units.org_unit_key and units.is_current
        where sums.period_start < (select date_trunc('quarter', max(day)) from core_ex.fct_employee_day)
        """
    )
    trainings = work.frame(
        """
        select employee_key as person, cast(date_trunc('quarter', due_on) as date) as period_start,
            sum(case when is_due then 1 else 0 end) as due, sum(case when is_due and is_on_time then 1 else 0 end) as on_time,
            sum(case when score is not null then 1 else 0 end) as scored, coalesce(sum(score), 0) as score
        from core_ex.fct_training
        where employee_key is not null and due_on is not null
        group by employee_key, cast(date_trunc('quarter', due_on) as date)
        """
    )
    cell = ["period_start", "person", "division", "team_key", "team", "top", "location", "job_family"]
    worked = days["scheduled_hours"] - days["absent_hours"] - days["planned_hours"] + days["over_hours"]
    bases = {"headcount_days": 1.0, "absent_hours": days["scheduled_hours"], "over_hours": worked, "absence_spells": days["headcount_days"]}
    parts = [days[cell].assign(item=item, score=days[item], base=base, cases=1) for item, base in bases.items()]
    joined = days[cell].merge(trainings, on=["person", "period_start"])
    for item, done, of in (("training_due", "on_time", "due"), ("training_score", "score", "scored")):
        some = joined[joined[of] > 0]
        parts.append(some[cell].assign(item=item, score=some[done], base=some[of], cases=some[of]))
    whole = _together(parts)
    floats = {column: whole[column].astype(float) for column in ("score", "base")}
    return _placed(whole.assign(is_answer=False, is_flag=False, **floats), tuple(people["demographics"])[:2])


@dataclass(frozen=True)
class Part:
    """A part of the employees of a quarter that is shown in coarser blocks.

    Attributes:
        population: what it is called.
        people: one row a person with the cell and the yes/no answers.
        rows: what is summed, one row a person and item.
        flags: the answers that nobody may be known by.
        exposure: days employed (`values`, `score`) of everybody in the blocks, to which the sums are related; None: to their own base.
    """

    population: str
    people: pd.DataFrame
    rows: pd.DataFrame
    flags: tuple[str, ...]
    exposure: pd.DataFrame | None = None


def parts_of_records(work: Work, period: Any, rows: pd.DataFrame) -> list[Part]:
    """Return who left in the quarter, whose training was due, and who took a test."""
    found = []
    for population, item in (("trainings", "training_due"), ("tests", "training_score")):
        some = rows[rows["item"] == item]
        whole = some.assign(on_time=some["score"] == some["base"])
        found.append(Part(population, whole, some, ("on_time",) if item == "training_due" else ()))
    days = rows[rows["item"] == "headcount_days"]
    gone = leavers(work, period).merge(days[["person", "values", "names"]], on="person")
    shared = gone[["person", "values", "names"]].assign(cases=1, is_answer=False, is_flag=True, base=0.0)
    summed = [shared.assign(item=flag, score=gone[flag].astype(float)) for flag in ("voluntary", "regrettable", "early_90", "early_365")]
    left = _together([shared.assign(item="left", score=1.0), *summed])
    found.append(Part("leavers", gone, left, ("voluntary", "regrettable"), days[["values", "score"]]))
    return found


def leavers(work: Work, period: Any) -> pd.DataFrame:
    """Return who left in the quarter that begins on `period`: `person, voluntary, regrettable, early_90, early_365`."""
    return work.frame(
        """
        select employee_key as person, coalesce(is_voluntary, false) as voluntary,
            coalesce(is_voluntary, false) and is_regret as regrettable,
            left_on - hired_on < 90 as early_90, left_on - hired_on < 365 as early_365
        from core_ex.dim_employee
        where is_current and is_counted and left_on >= %(period)s and left_on < cast(%(period)s as date) + interval '3 months'
        """,
        {"period": period},
    )


def moved_between(work: Work, population: str, before: Any, now: Any, people: Mapping[str, Any]) -> list[Move]:
    """Return the cell before and now, None for out, of every employee whose cell is another than in the period before.

    Whom a survey asks is who is employed when its first answer comes in; records are of everybody employed at some time of the quarter.
    """
    demographics = tuple(people["demographics"])[:2] if population == RECORDS else ()
    held: list[dict[str, tuple[str, ...]]] = []
    for period in (before, now):
        day = "min(answered_at) from core_ex.fct_engagement_answer where cycle = %(period)s"
        last = (
            f"cast((select {day}) as date)" if population == SURVEY else "cast(cast(%(period)s as date) + interval '3 months' as date) - 1"
        )
        first = last if population == SURVEY else "cast(%(period)s as date)"
        rows = work.frame(
            f"""
            select employees.employee_key as person, coalesce(employees.location, 'unknown') as location,
                coalesce(employees.job_family, 'unknown') as job_family, {_UNIT}
            from core_ex.dim_employee as employees
            left join core.dim_org_unit as units on employees.org_unit_key = units.org_unit_key and units.is_current
            where employees.is_counted and employees.hired_on <= {last} and coalesce(employees.left_on, {last}) >= {first}
                and employees.valid_from <= least({last}, coalesce(employees.left_on, {last}))
                and employees.valid_to > least({last}, coalesce(employees.left_on, {last}))
            """,
            {"period": period},
        )
        held.append(dict(zip(rows["person"], _placed(rows, demographics)["values"], strict=True)))
    then, since = held
    return [(then.get(person), since.get(person)) for person in sorted(then.keys() | since.keys()) if then.get(person) != since.get(person)]


def _placed(rows: pd.DataFrame, demographics: tuple[str, ...]) -> pd.DataFrame:
    columns = [rows["division"], rows["team_key"], *(rows[name] for name in demographics)]
    names = [rows["division"], rows["team"], *(rows[name] for name in demographics)]
    return rows.assign(values=list(zip(*columns, strict=True)), names=list(zip(*names, strict=True)))


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat(parts, ignore_index=True)
