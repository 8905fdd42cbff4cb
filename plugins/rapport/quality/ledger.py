"""What the gates read from the ledger of loads and releases, and what they write into it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from rapport.declarations import Source, Stream
from rapport.quality.raw_rules import Landed
from rapport.quality.rules import Verdict

# A row carries the moment its transaction began and becomes visible when it ends: look back further than any load of a page takes.
_MARGIN = timedelta(minutes=15)
_READ_ON = frozenset({"files", "access_log"})  # these read only what changed since the last load, without a cursor in the declaration


def judged_until(conn: psycopg.Connection[Any]) -> datetime | None:
    """Return the moment up to which raw rows were judged by the newest published release, or None before the first."""
    row = conn.execute(
        "select min(checked_at) from ops.gate where gate = 'raw' and run_id ="
        " (select run_id from ops.release where state = 'published' order by published_at desc limit 1)"
    ).fetchone()
    return row[0] - _MARGIN if row and row[0] else None


def is_simulated(conn: psycopg.Connection[Any]) -> bool:
    """Return whether this installation holds the simulated company's data."""
    row = conn.execute("select value from ops.setting where key = 'is_sandbox'").fetchone()
    return row is not None and row[0] == "true"


def has_table(conn: psycopg.Connection[Any], schema: str, name: str) -> bool:
    """Return whether the relation exists."""
    row = conn.execute(
        "select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = %s and c.relname = %s",
        (schema, name),
    ).fetchone()
    return row is not None


def landed(conn: psycopg.Connection[Any], source: Source, stream: Stream, since: datetime | None) -> Landed:
    """Return what is known about the loads of one stream."""
    loads = "from ops.stream_load where source = %s and stream = %s"
    ever = _number(conn, f"select sum(rows_landed) {loads}", source.name, stream.name)
    table = sql.Identifier(source.raw_schema, stream.name)
    fresh = conn.execute(
        sql.SQL("select 1 from {} where %(since)s::timestamptz is null or _loaded_at > %(since)s limit 1").format(table), {"since": since}
    ).fetchone()
    before = 0
    if stream.cursor is None and source.connection.protocol not in _READ_ON:
        earlier = f"select rows_fetched {loads} and state = 'success' order by started_at desc offset 1 limit 5"
        before = _number(conn, f"select max(rows_fetched) from ({earlier}) as earlier", source.name, stream.name)
    return Landed(since, rows_ever=ever, has_fresh_rows=fresh is not None, full_read_before=before, is_simulated=is_simulated(conn))


def write(conn: psycopg.Connection[Any], run_id: str, gate: str, verdicts: Sequence[Verdict], checked_at: datetime) -> None:
    """Replace what `run_id` has said at this gate; a repeated task leaves one set of rows."""
    with conn.transaction():
        conn.execute("delete from ops.gate where run_id = %s and gate = %s", (run_id, gate))
        with conn.cursor() as cursor:
            cursor.executemany(
                "insert into ops.gate (run_id, gate, source, relation, expectation, success, detail, checked_at)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    (run_id, gate, said.check.source, said.check.relation, said.rule.name, said.success, said.rule.says, checked_at)
                    for said in verdicts
                ],
            )


def _number(conn: psycopg.Connection[Any], query: str, *values: object) -> int:
    row = conn.execute(query.encode(), values).fetchone()
    return int(row[0]) if row and row[0] is not None else 0
