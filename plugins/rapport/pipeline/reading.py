"""From where a stream is read this time: on from its cursor, again from earlier, or whole; and whether its keys are due to be compared."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from rapport.declarations import Source, Stream

SINCE = "since"  # the part of a cursor that is a moment, ISO; protocols without one are read whole instead of from a date
_MAX_SHRINK = 0.2
_ACCEPT = "RAPPORT_QUALITY_ACCEPT_SHRINK"  # by a person, for one run, as for the gates


@dataclass(frozen=True)
class Reading:
    """How a stream is read this time.

    Attributes:
        cursor: where the protocol begins; None for everything.
        before: the cursor that the last reading left, or None.
        is_replacement: the stream is replaced as a whole, so nothing lands before all of it is read.
        is_reread: the reading goes behind the cursor, so the next periodic one is counted from now.
        is_sweep_due: the keys are to be read, and compared, after it.
        max_shrink: share of the records that may be found gone at once.
        why: what is unusual about it, for the log; empty if nothing is.
    """

    cursor: dict[str, Any] | None
    before: dict[str, Any] | None
    is_replacement: bool = False
    is_reread: bool = False
    is_sweep_due: bool = False
    max_shrink: float = _MAX_SHRINK
    why: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether everything that the source holds is read."""
        return self.cursor is None

    @property
    def keeps_place(self) -> bool:
        """Whether each page takes the cursor with it; else the old one stands until all is read, so that a crash loses no ground."""
        return self.before is None or self.cursor == self.before


def plan(conn: psycopg.Connection, source: Source, stream: Stream, *, full_refresh: bool = False, since: datetime | None = None) -> Reading:
    """Decide how to read a stream.

    Args:
        conn: a connection as `loader`.
        source: the declaration.
        stream: the stream.
        full_refresh: everything is wanted.
        since: what changed from then on is wanted, whatever was read before.
    """
    deletes, reread = stream.options.get("deletes", {}), stream.options.get("reread", {})
    before, sweep_due, reread_due = _state(conn, source, stream, deletes.get("sweep_days"), reread.get("every_days"))
    share = float(stream.options.get("replace", {}).get("max_shrink", _MAX_SHRINK))
    max_shrink = 1.0 if os.environ.get(_ACCEPT) == "1" else share
    if "replace" in stream.options:
        return Reading(None, before, is_replacement=True, is_reread=True, max_shrink=max_shrink)
    if full_refresh:
        return Reading(None, before, is_reread=True, max_shrink=max_shrink, why="everything is read again")
    cursor, why = before, ""
    if since is not None:
        cursor = _back_to(since, before, stream)
        why = (
            f"read again from {since:%Y-%m-%d %H:%M} UTC" if cursor is not None else "it has no cursor of time, so everything is read again"
        )
    elif reread_due and before is not None:
        window = reread.get("window_days")
        cursor = _back_to(datetime.now(UTC) - timedelta(days=window), before, stream) if window else None
        why = "due to be read again" + (f", {window} days back" if window and cursor is not None else " as a whole")
    is_reread = cursor is None or cursor != before
    return Reading(cursor, before, is_reread=is_reread, is_sweep_due=sweep_due and cursor is not None, max_shrink=max_shrink, why=why)


def reached(reading: Reading, last: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the cursor after a reading that went back: where it ended, but never earlier than the one before."""
    if last is None or reading.before is None:
        return dict(last) if last is not None else None
    moments = [moment for moment in (_moment(last), _moment(reading.before)) if moment is not None]
    return {**last, SINCE: max(moments).isoformat()} if moments else dict(last)


def note(
    conn: psycopg.Connection,
    source: Source,
    stream: Stream,
    load_id: str,
    *,
    cursor: Mapping[str, Any] | None = None,
    reread: bool = False,
    swept: bool = False,
) -> None:
    """Write where the next reading begins (None: unchanged), and whether this one counts as a re-read or a comparison of keys."""
    conn.execute(
        "insert into ops.stream_state as s (source, stream, cursor, load_id, updated_at, reread_at, swept_at)"
        " values (%(source)s, %(stream)s, %(cursor)s, %(load)s, now(),"
        " case when %(reread)s then now() end, case when %(swept)s then now() end)"
        " on conflict (source, stream) do update set cursor = coalesce(excluded.cursor, s.cursor), load_id = excluded.load_id,"
        " updated_at = excluded.updated_at, reread_at = coalesce(excluded.reread_at, s.reread_at),"
        " swept_at = coalesce(excluded.swept_at, s.swept_at)",
        {
            "source": source.name,
            "stream": stream.name,
            "cursor": Jsonb(dict(cursor)) if cursor is not None else None,
            "load": load_id,
            "reread": reread,
            "swept": swept,
        },
    )


def _state(
    conn: psycopg.Connection, source: Source, stream: Stream, sweep_days: int | None, every_days: int | None
) -> tuple[dict[str, Any] | None, bool, bool]:
    """Return the cursor, and whether a sweep and a re-read are due; both are counted from the first whole load where there was none."""
    row = conn.execute(
        "with first_load as (select min(finished_at) as at from ops.stream_load where source = %(source)s and stream = %(stream)s"
        " and state = 'success')"
        " select s.cursor, coalesce(s.swept_at, f.at) <= now() - make_interval(days => %(sweep)s),"
        " coalesce(s.reread_at, f.at) <= now() - make_interval(days => %(every)s)"
        " from first_load as f left join ops.stream_state as s on s.source = %(source)s and s.stream = %(stream)s",
        {"source": source.name, "stream": stream.name, "sweep": sweep_days, "every": every_days},
    ).fetchone()
    if row is None:
        return None, False, False
    return dict(row[0]) if row[0] is not None else None, bool(row[1]), bool(row[2])


def _back_to(since: datetime, before: Mapping[str, Any] | None, stream: Stream) -> dict[str, Any] | None:
    """Return a cursor at `since`, or at the one before if that is earlier; None if the stream's cursor is no moment."""
    if stream.cursor is None or (before is not None and _moment(before) is None):
        return None
    reached_before = _moment(before) if before is not None else None
    return {SINCE: (min(since, reached_before) if reached_before else since).isoformat()}


def _moment(cursor: Mapping[str, Any]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(cursor.get(SINCE)))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
