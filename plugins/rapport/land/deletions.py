"""Records that a source no longer serves: each gets a version that says so, and loses it again when it comes back.

Such a version is a copy of the newest one, its hash lengthened by `-gone`, with the same clock and seen later: so it is the newest,
until a version with a later clock lands, or its original is served again.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
import pyarrow as pa
from psycopg import sql

from rapport.declarations import Source, Stream
from rapport.land.copying import copy_arrow
from rapport.land.errors import LandError, guarded
from rapport.land.tables import METADATA, columns, relation

_SERVED = sql.Identifier("pg_temp", "_served")


class ShrinkError(LandError):
    """More records would be marked deleted than the stream may lose at once; nothing was marked."""


@dataclass(frozen=True)
class Gone:
    """What a comparison of keys found.

    Attributes:
        deleted: records that are now marked deleted.
        returned: records marked so before that the source serves again.
    """

    deleted: int
    returned: int


def finds_absent(stream: Stream) -> bool:
    """Return whether the stream's deletions are found by what the source no longer serves."""
    return "replace" in stream.options or "sweep_days" in stream.options.get("deletes", {})


class Served:
    """The keys that a source served in one reading of the whole stream, kept beside the warehouse's tables and not in memory.

    Args:
        conn: a connection as `loader`, with autocommit; the keys go with it.
        source: the declaration.
        stream: the stream that is read whole.
    """

    def __init__(self, conn: psycopg.Connection, source: Source, stream: Stream) -> None:
        self._conn, self._source, self._stream = conn, source, stream
        self._key = sql.SQL(", ").join(map(sql.Identifier, stream.landed_key))
        types = {column.name: column.type for column in columns(stream)}
        parts = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(types[name])) for name in stream.landed_key]
        conn.execute("set client_min_messages = warning")
        conn.execute(sql.SQL("drop table if exists {}").format(_SERVED))
        conn.execute(sql.SQL("create temporary table _served ({})").format(sql.SQL(", ").join(parts)))
        row = conn.execute("select clock_timestamp()").fetchone()
        self._began = row[0] if row else None

    def add(self, keys: pa.Table) -> None:
        """Add the landed key columns of a page.

        Raises:
            LandError: the database refused them.
        """
        wanted = keys.select(list(self._stream.landed_key))
        guarded(self._source.name, self._stream.name, lambda: copy_arrow(self._conn, _SERVED, wanted))

    def check(self, max_shrink: float) -> None:
        """Refuse a reading that misses more than the share `max_shrink` of the records that are landed and not deleted.

        Raises:
            ShrinkError: it does.
        """
        guarded(self._source.name, self._stream.name, lambda: self._check(max_shrink))

    def mark(self, load_id: str, max_shrink: float) -> Gone:
        """Mark what was not served as deleted, and what was marked and is served again as there; both in one transaction.

        A record that landed after the reading began is left alone: it may be younger than the page it would stand on.

        Raises:
            ShrinkError: too many are missing; nothing is marked.
        """

        def work() -> Gone:
            with self._conn.transaction():
                lock = f"{self._source.raw_schema}.{self._stream.name}"
                self._conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
                self._check(max_shrink)
                gone = Gone(self._mark_missing(load_id), self._bring_back())
                _count(self._conn, load_id, gone.deleted + gone.returned)
            return gone

        return guarded(self._source.name, self._stream.name, work)

    def _check(self, max_shrink: float) -> None:
        self._conn.execute(sql.SQL("analyze {}").format(_SERVED))
        row = self._conn.execute(
            sql.SQL("select count(*), count(*) filter (where {missing}) from {newest} as r where not r._is_deleted").format(
                missing=self._missing(), newest=self._newest()
            ),
            {"began": self._began},
        ).fetchone()
        current, missing = row or (0, 0)
        if current and missing / current > max_shrink:
            raise ShrinkError(
                self._source.name,
                self._stream.name,
                f"{missing:,} of {current:,} records ({missing / current:.0%}) are missing from this reading, more than the share of "
                f"{max_shrink:.0%} that may go at once, so none was marked deleted: see docs/runbooks/a-stream-would-shrink.md; if they "
                "are really gone, set RAPPORT_QUALITY_ACCEPT_SHRINK=1 for one run",
            )

    def _mark_missing(self, load_id: str) -> int:
        names = [sql.Identifier(column.name) for column in columns(self._stream)]
        return self._conn.execute(
            sql.SQL(
                "insert into {table} ({names}, {metadata})"
                " select {values}, r._row_hash || '-gone', r._version_at, true, now(), now(), %(load)s"
                " from {newest} as r where not r._is_deleted and {missing}"
                " on conflict ({key}, _row_hash) do update set _loaded_at = excluded._loaded_at, _seen_at = excluded._seen_at,"
                " _load_id = excluded._load_id"
            ).format(
                table=relation(self._source, self._stream),
                names=sql.SQL(", ").join(names),
                metadata=sql.SQL(", ").join(map(sql.Identifier, METADATA)),
                values=sql.SQL(", ").join(sql.SQL("r.{}").format(name) for name in names),
                newest=self._newest(),
                missing=self._missing(),
                key=self._key,
            ),
            {"load": load_id, "began": self._began},
        ).rowcount

    def _bring_back(self) -> int:
        return self._conn.execute(
            sql.SQL(
                "update {table} as live set _loaded_at = now(), _seen_at = now() from {newest} as r"
                " where r._row_hash = live._row_hash || '-gone' and {same}"
                " and exists (select from {served} as s where {served_too})"
            ).format(
                table=relation(self._source, self._stream),
                newest=self._newest(),
                served=_SERVED,
                same=_same(self._stream, "live", "r"),
                served_too=_same(self._stream, "s", "r"),
            )
        ).rowcount

    def _newest(self) -> sql.Composed:
        """The newest version of each record, as staging takes it."""
        return sql.SQL(
            "(select distinct on ({key}) * from {table} order by {key}, _version_at desc nulls last, _seen_at desc, _row_hash)"
        ).format(key=self._key, table=relation(self._source, self._stream))

    def _missing(self) -> sql.Composed:
        return sql.SQL("r._loaded_at < %(began)s and not exists (select from {served} as s where {same})").format(
            served=_SERVED, same=_same(self._stream, "s", "r")
        )


def may_return(stream: Stream) -> bool:
    """Return whether a version that landed long ago may be the newest again when it is served again."""
    return finds_absent(stream) or (stream.clock is None and bool(stream.key))


def bring_back(
    conn: psycopg.Connection, source: Source, stream: Stream, *, batch: sql.Identifier, row_hash: sql.Composable, load_id: str
) -> None:
    """Let versions of `batch` that are here, and were overtaken, be the newest again, inside the transaction that lands the batch.

    With a clock that is a record that was marked as gone; without one also a value that returns to what it was. `_loaded_at` moves, for
    incremental models go by it.

    Args:
        conn: a connection inside a transaction.
        source: the declaration.
        stream: the stream of the batch.
        batch: temporary table with the landed columns.
        row_hash: the hash of a row of `batch`.
        load_id: the load, whose count of deletions and returns takes them in.
    """
    marked = "later._row_hash = s._row_hash || '-gone' and later._seen_at >= live._seen_at"
    overtaken = sql.SQL(marked if stream.clock else "later._seen_at > live._seen_at")
    returned = conn.execute(
        sql.SQL(
            "with served as (select {key}, {hash} as _row_hash from {batch})"
            " update {table} as live set _loaded_at = now(), _seen_at = now() from served as s"
            " where {same} and live._row_hash = s._row_hash and exists (select from {table} as later where {same_later} and {overtaken})"
        ).format(
            key=sql.SQL(", ").join(map(sql.Identifier, stream.landed_key)),
            hash=row_hash,
            batch=batch,
            table=relation(source, stream),
            same=_same(stream, "live", "s"),
            same_later=_same(stream, "later", "s"),
            overtaken=overtaken,
        )
    ).rowcount
    if returned:
        _count(conn, load_id, returned)


def _same(stream: Stream, left: str, right: str) -> sql.Composed:
    """The condition that two rows have the same key."""
    return sql.SQL(" and ").join(
        sql.SQL("{} = {}").format(sql.Identifier(left, name), sql.Identifier(right, name)) for name in stream.landed_key
    )


def _count(conn: psycopg.Connection, load_id: str, rows: int) -> None:
    conn.execute("update ops.stream_load set rows_deleted = rows_deleted + %s where load_id = %s", [rows, load_id])
