"""The company's records as the vendors hold them, in one SQLite file, ready to be sent."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import orjson

SCHEMA = """
create table if not exists record (
    stream text not null, key not null, ord integer not null, canary integer not null, hash blob not null, body blob not null
);
create unique index if not exists record_key on record (stream, key);
create index if not exists record_ord on record (stream, ord, key);
create index if not exists record_canary on record (stream, key) where canary = 1;
create table if not exists meta (name text primary key, value not null);
"""


class Row(NamedTuple):
    """One record of a vendor.

    Attributes:
        stream: vendor and object, e.g. `zendesk.tickets`.
        key: the vendor's id.
        ord: Unix seconds of the change that put the record where it is in an incremental export.
        body: what the vendor sends.
        canary: whether a planted identifier stands in it.
    """

    stream: str
    key: int | str
    ord: int
    body: dict[str, Any]
    canary: bool = False


class Store:
    """Reads and writes `company.sqlite` below a sandbox home."""

    def __init__(self, home: Path) -> None:
        self.path = home / "company.sqlite"
        self._local = threading.local()

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection that commits at the end and is closed."""
        conn = sqlite3.connect(self.path, timeout=60)
        try:
            conn.execute("pragma journal_mode = wal")
            conn.execute("pragma synchronous = normal")
            with conn:
                yield conn
        finally:
            conn.close()

    @property
    def reader(self) -> sqlite3.Connection:
        """A connection of this thread that stays open: opening one for each request costs more than most requests."""
        found: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if found is None:
            found = self._local.reader = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=60, isolation_level=None)
        return found

    def meta(self) -> dict[str, Any]:
        """Return what the file was made with, or nothing when the company was not made yet."""
        if not self.path.exists():
            return {}
        if not self.reader.execute("select 1 from sqlite_master where name = 'meta'").fetchone():
            return {}
        return dict(self.reader.execute("select name, value from meta"))

    def vendors(self) -> tuple[str, ...]:
        """Return the systems whose records the file holds."""
        return tuple(filter(None, str(self.meta().get("vendors", "")).split(",")))

    def write(self, rows: Iterable[Row], meta: dict[str, Any]) -> dict[str, int]:
        """Bring the file to exactly these records in one transaction; return how many were new or changed by stream."""
        changed: dict[str, int] = {}
        with self.connect() as conn:
            conn.executescript(SCHEMA)
            conn.execute("begin immediate")
            known: dict[tuple[str, int | str], bytes] = {(s, k): h for s, k, h in conn.execute("select stream, key, hash from record")}
            conn.executemany(
                "insert into record values (?, ?, ?, ?, ?, ?) on conflict (stream, key) do update set ord = excluded.ord,"
                " canary = excluded.canary, hash = excluded.hash, body = excluded.body",
                self._fresh(rows, known, changed),
            )
            conn.executemany("delete from record where stream = ? and key = ?", list(known))
            conn.executemany("insert into meta values (?, ?) on conflict (name) do update set value = excluded.value", list(meta.items()))
        return changed

    @staticmethod
    def _fresh(rows: Iterable[Row], known: dict[tuple[str, int | str], bytes], changed: dict[str, int]) -> Iterator[tuple[Any, ...]]:
        """Yield rows that differ from what is stored; what stays in `known` afterwards is no longer part of the company."""
        for row in rows:
            body = orjson.dumps(row.body)
            digest = hashlib.blake2b(body, digest_size=8).digest()
            if known.pop((row.stream, row.key), None) != digest:
                changed[row.stream] = changed.get(row.stream, 0) + 1
                yield row.stream, row.key, row.ord, int(row.canary), digest, body

    def page(self, stream: str, after: tuple[int, int | str], before: int, limit: int) -> list[tuple[int, int | str, bytes]]:
        """Return `(ord, key, body)` of records after a position and not later than `before`, in export order."""
        return self.reader.execute(
            "select ord, key, body from record where stream = ? and (ord, key) > (?, ?) and ord <= ? order by ord, key limit ?",
            (stream, *after, before, limit),
        ).fetchall()

    def same_second(self, stream: str, second: int, after_key: int | str) -> list[tuple[int, int | str, bytes]]:
        """Return the rest of the records that share a second."""
        return self.reader.execute(
            "select ord, key, body from record where stream = ? and ord = ? and key > ? order by key", (stream, second, after_key)
        ).fetchall()

    def offset(self, stream: str, since: int, skip: int, limit: int, *, by_key: bool = False) -> tuple[list[bytes], int]:
        """Return a page by offset, in export order or by key, and the number of records altogether."""
        total = self.reader.execute("select count(*) from record where stream = ? and ord >= ?", (stream, since)).fetchone()[0]
        rows = self.reader.execute(
            f"select body from record where stream = ? and ord >= ? order by {'key' if by_key else 'ord, key'} limit ? offset ?",
            (stream, since, limit, skip),
        ).fetchall()
        return [r[0] for r in rows], int(total)

    def by_key(self, stream: str, after: int | str, limit: int) -> list[tuple[int | str, bytes]]:
        """Return `(key, body)` of the records behind a key, by key."""
        return self.reader.execute(
            "select key, body from record where stream = ? and key > ? order by key limit ?", (stream, after, limit)
        ).fetchall()

    def bodies(self, stream: str, keys: Iterable[int | str]) -> list[bytes]:
        """Return the records with these ids, those that exist."""
        found: list[bytes] = []
        for key in keys:
            row = self.reader.execute("select body from record where stream = ? and key = ?", (stream, key)).fetchone()
            if row:
                found.append(row[0])
        return found

    def canary_rows(self) -> list[tuple[str, int | str, bytes]]:
        """Return `(stream, key, body)` of the records that hold planted identifiers."""
        return self.reader.execute("select stream, key, body from record where canary = 1 order by stream, key").fetchall()

    def counts(self) -> dict[str, int]:
        """Return the number of records by stream."""
        return dict(self.reader.execute("select stream, count(*) from record group by stream order by stream"))
