"""Whether everything can be built anew: not when core holds what raw has lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import psycopg
from psycopg import sql

__all__ = ["RebuildError", "refuse_loss"]

_MOMENTS = ("created_at", "happened_at", "answered_at", "invited_at", "ordered_at", "referred_at", "notice_at")


class RebuildError(RuntimeError):
    """A rebuild would lose history; nothing was touched."""


def refuse_loss(conn: psycopg.Connection, inputs: Mapping[str, Sequence[str]]) -> None:
    """Refuse when core is older than raw: when it holds records from before everything that raw tells, which raw no longer has.

    Raw is read through the staging views of the build before. Records that were taken out of raw one by one (an erasure) are no history.

    Args:
        conn: a connection as `transformer`.
        inputs: vendor-neutral entity -> the staging models that feed it.

    Raises:
        RebuildError: the message names each entity, how many records would be lost, and from when they are.
    """
    if lost := list(_lost(conn, inputs)):
        raise RebuildError(
            "a rebuild would lose history, because core is older than raw: "
            + "; ".join(lost)
            + ". Bring the rows back (`rapport run --since DATE` reads them again, if the source still has them), or keep adding "
            "without --full-refresh. To begin anew with what raw holds, drop the schemas input and core first"
        )


def _lost(conn: psycopg.Connection, inputs: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for entity, feeds in sorted(inputs.items()):
        kept = _columns(conn, "input", f"input__{entity}")
        shown = {feed: columns for feed in feeds if (columns := _columns(conn, "staging", feed))}
        moment = next((column for column in _MOMENTS if column in kept), None)
        if moment is None or not shown:
            continue
        raw = sql.SQL(" union all ").join(
            sql.SQL("select source, source_id, {} as moment from {}").format(
                sql.Identifier(moment) if moment in columns else sql.SQL("cast(null as timestamp)"), sql.Identifier("staging", feed)
            )
            for feed, columns in shown.items()
        )
        query = _OLDER_THAN_RAW.format(raw=raw, moment=sql.Identifier(moment), kept=sql.Identifier("input", f"input__{entity}"))
        sources = sorted({feed.removeprefix("stg_").partition("__")[0] for feed in shown})  # another's rows have no staging to be missed in
        for source, records, oldest, since in conn.execute(query, [sources]).fetchall():
            begins = f"raw begins on {since:%Y-%m-%d}" if since else "raw holds none"
            yield f"{records:,} {entity.replace('_', ' ')} of {source} since {oldest:%Y-%m-%d} would go, {begins}"


_OLDER_THAN_RAW = sql.SQL("""
with raw as materialized ({raw}),

began as (select source, min(moment) as since from raw group by source)

select kept.source, count(*), min(kept.{moment}), min(began.since)
from {kept} as kept
left join began on kept.source = began.source
where kept.source = any(%s)
    and kept.{moment} < coalesce(began.since, 'infinity')
    and not exists (select from raw where raw.source = kept.source and raw.source_id = kept.source_id)
group by kept.source
""")


def _columns(conn: psycopg.Connection, schema: str, relation: str) -> set[str]:
    """Return the columns of a relation; none if it was never built."""
    rows = conn.execute(
        "select column_name from information_schema.columns where table_schema = %s and table_name = %s", [schema, relation]
    ).fetchall()
    return {str(row[0]) for row in rows}
