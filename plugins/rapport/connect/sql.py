"""Protocol `sql`: a table or query of any database that SQLAlchemy knows, column by column, from where the last run stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from rapport.connect.columnar import page_of
from rapport.connect.errors import ConnectError
from rapport.connect.held import key_stream, keys_in
from rapport.connect.page import Page
from rapport.connect.sqldatabase import Database
from rapport.connect.sqlquery import START, Selects, as_sample, cursor_fields
from rapport.declarations import Source, Stream

if TYPE_CHECKING:
    from rapport.connect.client import Log  # and with it the whole of HTTP

SINCE, AFTER = "since", "after"  # what is remembered: a moment, ISO; or, of a column that is no time, its value


def pages(
    source: Source, stream: Stream, connection: Mapping[str, Any] | None, cursor: Mapping[str, Any] | None, *, log: Log
) -> Iterator[Page]:
    """Yield the pages of a table or query; see `rapport.connect.pages`.

    With a cursor, rows come in its order, those of the very starting point again, so each page can be resumed behind. Rows whose cursor is
    null come in every run. Without one, everything is read.
    """
    where = f"{source.name}.{stream.name}"
    database, selects = Database(connection, where), Selects(stream, where)
    log(f"CONNECT {stream.name} {database.shown}, reading only")
    start = _start(stream, cursor)
    since = _as_written(database, selects, stream, start)
    reached = dict(cursor or {})
    rows = 0
    for page in _read(database, selects, stream, since, where):
        reached = _later(reached, page.table, stream)
        rows += page.fetched
        yield replace(page, cursor=reached or None)
    log(f"READ {stream.name} {rows} rows")


def count(source: Source, stream: Stream, connection: Mapping[str, Any] | None, *, log: Log) -> int:
    """Return the number of rows of the table or query."""
    where = f"{source.name}.{stream.name}"
    database, selects = Database(connection, where), Selects(stream, where)
    held = int(database.scalar(selects.count(_as_written(database, selects, stream, _start(stream, None)))))
    log(f"COUNT {stream.name} {held} rows")
    return held


def keys(source: Source, stream: Stream, connection: Mapping[str, Any] | None, *, log: Log) -> Iterator[pa.Table]:
    """Yield the key columns of every row that is not marked as deleted."""
    where = f"{source.name}.{stream.name}"
    database, selects = Database(connection, where), Selects(stream, where)
    since = _as_written(database, selects, stream, _start(stream, None)) if selects.asks_itself else None
    narrow = replace(key_stream(stream), cursor=None)
    yield from keys_in(narrow, _read(database, Selects(narrow, where), narrow, since, where))
    log(f"READ keys of {stream.name}")


def _read(database: Database, selects: Selects, stream: Stream, since: Any, where: str) -> Iterator[Page]:
    """Yield the rows from a starting point on, without a cursor of their own."""
    names = database.names(selects.names(since))
    wanted = _columns(stream, database, names, where)
    unread = [name for name in names if name not in wanted]
    for batch in database.batches(selects.rows(wanted, since, database.is_postgres), since):
        columns = [(name, _array(values)) for name, values in batch.items()]
        yield page_of(stream, columns, len(columns[0][1]), unread=unread)


def _columns(stream: Stream, database: Database, names: Mapping[str, int], where: str) -> dict[str, Any]:
    """Return the expressions of the declared columns that are there."""
    found = {field.path: database.expression(field, names[field.path]) for field in stream.fields if field.path in names}
    keys = [stream.by_column[column].path for column in stream.key]
    needed = [*keys, *(field.path for field in cursor_fields(stream))]
    if missing := [path for path in needed if path not in found]:
        raise ConnectError("config", f"{where}: the database has no column {missing[0]} there, which key or cursor need")
    if not found:
        raise ConnectError("config", f"{where}: the database has none of the declared columns there")
    return found


def _start(stream: Stream, cursor: Mapping[str, Any] | None) -> Any:
    """Return the moment or value to begin at, overlap included; None for everything."""
    if stream.cursor is None:
        return None
    if (after := (cursor or {}).get(AFTER)) is not None:
        return after
    said = (cursor or {}).get(SINCE) or stream.cursor.start
    if said is None:
        return None
    moment = datetime.fromisoformat(str(said))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment - timedelta(seconds=stream.cursor.overlap_seconds if cursor else 0)


def _as_written(database: Database, selects: Selects, stream: Stream, start: Any) -> Any:
    """Return the starting point as the database compares it; None for everything, except in a query that asks for it itself."""
    fields = cursor_fields(stream)
    if not fields or (start is None and not selects.asks_itself):
        return None
    if fields[0].type not in {"timestamp", "date"}:
        return start if start is not None else (0 if fields[0].type == "bigint" else "")
    moment = start or START
    guess = as_sample(moment, "" if not database.is_postgres else datetime(1970, 1, 1), fields[0])  # noqa: DTZ001 - of a column without zone
    samples = (database.scalar(selects.sample(field.path, guess)) for field in fields)
    sample = next((value for value in samples if value is not None), None)
    if sample is None:
        return guess if selects.asks_itself else None
    return as_sample(moment, sample, fields[0])


def _later(reached: dict[str, Any], table: pa.Table, stream: Stream) -> dict[str, Any]:
    """Return what is remembered behind a page; it never goes back, and a time in the future counts as now."""
    found = [pc.max(table.column(field.column)).as_py() for field in cursor_fields(stream)]
    values = [value for value in found if value is not None]
    if not values:
        return reached
    newest = max(values)
    if not isinstance(newest, date):
        before = reached.get(AFTER)
        return {**reached, AFTER: newest if before is None else max(newest, before)}
    moment = newest if isinstance(newest, datetime) else datetime.combine(newest, time(), UTC)
    moment = min(moment, datetime.now(UTC))
    before = datetime.fromisoformat(reached[SINCE]) if SINCE in reached else None
    return {**reached, SINCE: (moment if before is None else max(moment, before)).isoformat()}


def _array(values: Any) -> pa.Array:
    """Return a column of Arrow; of mixed Python values, as text."""
    if isinstance(values, pa.Array):
        return values
    kinds = {type(value) for value in values} - {type(None)}
    if kinds.isdisjoint({dict, list, tuple}):
        try:
            return pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, UnicodeError):
            pass
    return pa.array([_text(value) for value in values], pa.binary())


def _text(value: Any) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, dict | Sequence) and not isinstance(value, str):
        written = json.dumps(value, default=str)
    elif isinstance(value, bool):
        written = "true" if value else "false"
    elif isinstance(value, date | time):
        written = value.isoformat()
    else:
        written = format(value, "f") if isinstance(value, Decimal) else str(value)
    return written.encode("utf-8", "surrogatepass")
