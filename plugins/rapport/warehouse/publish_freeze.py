"""Numbers that people have read do not change in silence: the ledger of frozen periods and of their restatements.

A period is frozen by the first release whose data reach a day beyond the 14 days after its end, or as many as its metric needs
(`frozen_after_days`). From then on a number of it that differs is published only together with its restatement (`metric_restatement`: what
was read, what is read now, why, by which run), and the ledger in `ops` outlives every rebuild.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import psycopg
from psycopg import sql

from rapport.declarations.metrics import DIMENSIONS
from rapport.warehouse.publish_relations import slices_applied

VALUES, RESTATEMENTS = "metric_value", "metric_restatement"
LATE, OTHER_BUILD = "records came or changed late", "models, settings or sources have changed"
_CELL = ("metric", "version", "grain", "period_start", *DIMENSIONS)
_NUMBERS = ("value", "ci_low", "ci_high", "n")
_CHANGES = [f"{number}_{when}" for number in _NUMBERS for when in ("before", "now")]


class FrozenError(RuntimeError):
    """A number of a frozen period would change without a restatement; nothing was published."""


def keep_frozen(conn: psycopg.Connection, release_id: str, run_id: str, as_of: datetime | None, published: Collection[str]) -> None:
    """Write down what this release restates and which periods it freezes, and refuse a silent change. Part of the publish transaction.

    Args:
        conn: as publisher, after the marts were applied.
        release_id: the release.
        run_id: the run that brings it.
        as_of: newest time among its data; nothing is frozen without.
        published: names of the marts of `marts_cx`; without both relations of metrics there is nothing to do.

    Raises:
        FrozenError: a frozen number differs from what was last published and no restatement says so.
    """
    if not {VALUES, RESTATEMENTS} <= set(published):
        return
    parts = {"cell": _list(_CELL), "numbers": _list(_NUMBERS), "changes": _list(_CHANGES), "release": sql.Literal(release_id)}
    _say_why(conn, release_id, run_id)
    conn.execute(
        sql.SQL(
            "insert into ops.metric_restatement"
            " ({cell}, sequence_number, {changes}, restated_because, restated_at, run_id, release_id)"
            " select {cell}, sequence_number, {changes}, restated_because, restated_at, run_id, release_id from marts_cx.metric_restatement"
            " on conflict do nothing"
        ).format(**parts)
    )
    _refuse_silent_changes(conn)
    conn.execute(_FREEZE.format(**parts), {"as_of": as_of})


# Only whole periods are frozen: a cell that comes to a frozen one later is a restatement.
_FREEZE = sql.SQL("""
with periods as materialized (
    select distinct shown.metric, shown.version, shown.grain, shown.period_start, shown.tz from marts_cx.metric_value as shown
),

over as materialized (
    select periods.*
    from periods
    join marts_cx.metric_definition as defined on defined.metric = periods.metric
    where (periods.period_start + case periods.grain when 'week' then interval '7 days' when 'month' then interval '1 month'
        else interval '3 months' end)::date + defined.frozen_after_days::int < (%(as_of)s at time zone periods.tz)::date
    except
    select known.metric, known.version, known.grain, known.period_start, periods.tz
    from (select distinct metric, version, grain, period_start from ops.metric_frozen) as known
    join periods using (metric, version, grain, period_start)
)

insert into ops.metric_frozen ({cell}, {numbers}, change, change_label, release_id)
select {cell}, {numbers}, change, change_label, {release}
from marts_cx.metric_value as shown
where (shown.metric, shown.version, shown.grain, shown.period_start) in (select metric, version, grain, period_start from over)
    and (n is not null or suppressed_reason is null
        or suppressed_reason <> 'no cases yet' and suppressed_reason not like 'source not connected%%')
""")


def _say_why(conn: psycopg.Connection, release_id: str, run_id: str) -> None:
    """Fill in what only publish knows of the restatements that this release brings: what was read before is the release before."""
    conn.execute(
        "update marts_cx.metric_restatement set run_id = %(run)s, release_id = %(release)s, restated_because = case when ("
        " select build from ops.release where state = 'published' and release_id <> %(release)s order by published_at desc limit 1"
        ") <> (select build from ops.release where release_id = %(release)s) then %(other)s else %(late)s end where run_id is null",
        {"run": run_id, "release": release_id, "other": OTHER_BUILD, "late": LATE},
    )


def _refuse_silent_changes(conn: psycopg.Connection) -> None:
    """Compare what is shown with what was last published of the same frozen cells."""
    same = sql.SQL(" and ").join(sql.SQL("shown.{0} = known.{0}").format(sql.Identifier(column)) for column in _CELL)
    differs = sql.SQL(" or ").join(
        sql.SQL("(shown.{0} is null) <> (known.{0} is null) or abs(shown.{0} - known.{0}) > 1e-9 * greatest(1, abs(known.{0}))").format(
            sql.Identifier(number)
        )
        for number in _NUMBERS
    )
    applied = slices_applied(conn, VALUES)  # nothing else can differ from the release before
    limit = sql.SQL("true") if applied is None else sql.SQL("(grain, period_start) in (select grain, period_start from {})").format(applied)
    newest = sql.SQL(
        "select distinct on ({cell}) {cell}, value_now as value, ci_low_now as ci_low, ci_high_now as ci_high, n_now as n"
        " from ops.metric_restatement where {limit} order by {cell}, sequence_number desc"
    ).format(cell=_list(_CELL), limit=limit)
    known = sql.SQL(
        "select {cell}, {numbers} from newest union all select {cell}, {numbers} from ops.metric_frozen as known"
        " where {limit} and not exists (select 1 from newest as shown where {same})"
    ).format(cell=_list(_CELL), numbers=_list(_NUMBERS), same=same, limit=limit)
    query = sql.SQL(
        "with newest as ({newest}), known as ({known}) select distinct known.metric from known"
        " join marts_cx.metric_definition as defined on defined.metric = known.metric and defined.version = known.version"
        " left join marts_cx.metric_value as shown on {same} where {differs} order by 1"
    ).format(newest=newest, known=known, same=same, differs=differs)
    silent = [str(row[0]) for row in conn.execute(query)]
    if silent:
        raise FrozenError(
            f"frozen periods of {', '.join(silent[:5])} would change without a restatement:"
            " build the marts again, so that values and restatements are of one build"
        )


def _list(columns: Collection[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
