"""The audit of the masked walk: whoever reads the published contacts must find at least twenty persons who walked like the one drawn."""

from __future__ import annotations

import psycopg

LOOK_ALIKES = 20
_PATH = "array_agg({step} || ':' || {touchpoint} order by {step}, {touchpoint})"
_QUERY = f"""
with walk as (
  select {_PATH.format(step="step_number", touchpoint="touchpoint")} as path, min(segment) as segment, min(country) as country,
    max(step_number) as days, count(distinct (segment, country, days)) as groups
  from next_marts_cx.masked_walk
  having count(*) > 0
),
last as (
  select max(happened_day) as day from next_marts_cx.fct_interaction
),
contacts as (
  select met.person_key, met.touchpoint_key, walk.days,
    dense_rank() over (partition by met.person_key order by met.happened_day desc) as from_the_end
  from walk
  cross join last
  join next_marts_cx.dim_person as persons on persons.is_current and coalesce(persons.country, 'unknown') = walk.country
  left join next_marts_cx.dim_account as accounts on accounts.is_current and accounts.account_key = persons.account_key
  join next_marts_cx.fct_interaction as met on met.person_key = persons.person_key
    and met.happened_day > last.day - interval '12 months' and met.touchpoint_key <> 'unmapped'
  where coalesce(accounts.segment, 'unknown') = walk.segment
  group by met.person_key, met.touchpoint_key, met.happened_day, walk.days
),
paths as (
  select person_key, {_PATH.format(step="(days - from_the_end + 1)", touchpoint="touchpoint_key")} as path
  from contacts
  where from_the_end <= days
  group by person_key
)
select walk.groups, (select count(*) from paths where paths.path = walk.path) from walk
"""


def audit_walk(conn: psycopg.Connection) -> list[str]:
    """Count again, from the contacts that are to be published, who walked as the masked walk says.

    Args:
        conn: a connection that may read the marts that are built and not yet published.

    Returns:
        One sentence a finding, without a value; empty if nothing is drawn or enough persons share the walk.
    """
    row = conn.execute(_QUERY).fetchone()
    if row is None:
        return []
    groups, people = row
    if groups != 1:
        return ["masked_walk mixes persons of more than one segment, country or length"]
    return [] if people >= LOOK_ALIKES else [f"masked_walk shows a walk that fewer than {LOOK_ALIKES} persons share"]
