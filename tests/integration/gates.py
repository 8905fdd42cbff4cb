"""A small declared source and its raw tables, for the tests of the gates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from rapport.declarations import Source, load_sources
from rapport.home import Home

NOW = datetime.now(UTC)
TOKEN = "em1_" + "a" * 26

DECLARATION = """
source: desk
domain: support
system: A helpdesk
owner: support-data
schedule: "20 * * * *"
connection: {protocol: rest, id: desk, auth: {type: basic}}
streams:
  tickets:
    request: {path: /tickets}
    records: tickets
    paging: {type: none}
    cursor: {field: updated_at, param: since}
    key: [id]
    clock: updated_at
    fields:
      id: {type: bigint, class: internal}
      status: {type: text, class: internal, accepted: [open, solved]}
      requester: {type: text, class: personal, kind: email}
      subject: {type: text, class: free_text}
      created_at: {type: timestamp, class: internal}
      updated_at: {type: timestamp, class: internal}
"""

_TYPES = {"string": "text", "int64": "bigint", "timestamp[us, tz=UTC]": "timestamptz"}


def declared(folder: Path) -> dict[str, Source]:
    """Return the declared source."""
    file = folder / "support" / "desk.yml"
    file.parent.mkdir(parents=True)
    file.write_text(DECLARATION)
    return load_sources(folder)


def ticket(number: int, **changed: Any) -> dict[str, Any]:
    """Return a good ticket row, with what a test changes."""
    moment = NOW - timedelta(days=number % 40 + 1)
    return {
        "id": number,
        "status": "open" if number % 2 else "solved",
        "requester_token": TOKEN,
        "subject_redacted": "my order <ORDER> is late",
        "subject_length": 24,
        "created_at": moment - timedelta(days=1),
        "updated_at": moment,
        "_row_hash": f"hash {number}",
        "_version_at": moment,
        "_is_deleted": False,
        "_loaded_at": NOW,
        "_seen_at": NOW,
        "_load_id": "load 1",
    } | changed


def make_table(home: Home, source: Source) -> None:
    """Make the raw table as landing makes it, only that nothing is refused: a gate must find what a table lets in."""
    schema = source.streams["tickets"].landed_schema
    columns = [f'"{field.name}" {_TYPES[str(field.type)]}' for field in schema]
    extra = ["_row_hash text", "_version_at timestamptz", "_is_deleted boolean"]
    extra += ["_loaded_at timestamptz", "_seen_at timestamptz", "_load_id text"]
    with psycopg.connect(home.dsn("loader")) as conn:
        conn.execute("create schema raw_desk")
        conn.execute(f"create table raw_desk.tickets ({', '.join(columns + extra)})".encode())
        conn.execute("grant usage on schema raw_desk to transformer")
        conn.execute("grant select on raw_desk.tickets to transformer")


def land(home: Home, rows: Iterable[dict[str, Any]], load_id: str = "load 1", **counts: int) -> None:
    """Put `rows` into the raw table and a successful load into the ledger."""
    rows = list(rows)
    with psycopg.connect(home.dsn("loader")) as conn:
        for row in rows:
            names = sql.SQL(", ").join(map(sql.Identifier, row))
            marks = sql.SQL(", ").join([sql.Placeholder()] * len(row))
            conn.execute(sql.SQL("insert into raw_desk.tickets ({}) values ({})").format(names, marks), [*row.values()])
        said = {"rows_fetched": len(rows), "rows_landed": len(rows), "rows_duplicate": 0, "rows_quarantined": 0} | counts
        conn.execute(
            "insert into ops.stream_load (load_id, run_id, source, domain, stream, started_at, finished_at, state,"
            " rows_fetched, rows_landed, rows_duplicate, rows_quarantined)"
            " values (%s, 'run', 'desk', 'support', 'tickets', clock_timestamp(), now(), 'success', %s, %s, %s, %s)",
            (load_id, said["rows_fetched"], said["rows_landed"], said["rows_duplicate"], said["rows_quarantined"]),
        )


def release(home: Home, run_id: str) -> None:
    """Record that `run_id` was published."""
    with psycopg.connect(home.dsn("publisher")) as conn:
        conn.execute("insert into ops.release (release_id, run_id, state) values (%s, %s, 'published')", (f"release of {run_id}", run_id))


def verdicts(home: Home, run_id: str) -> dict[str, bool]:
    """Return rule -> success, as people read it from `ops.gate`."""
    with psycopg.connect(home.dsn("analyst")) as conn:
        return dict(conn.execute("select expectation, success from ops.gate where run_id = %s", (run_id,)).fetchall())
