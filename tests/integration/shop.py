"""A declared source whose records a test writes, behind a real HTTP server, for tests of extraction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from rapport.home import Home
from rapport.pipeline.extract import StreamResult, extract_stream

from tests.unit.connect_server import Request, Vendor, vendor

DECLARATION = """
source: shop
domain: crm
system: A shop
owner: data-platform
schedule: "20 * * * *"
region: DE
connection: {protocol: rest, id: shop, auth: {type: basic}, network: private}
shared:
  paging: &paging {type: page, param: page, size_param: size, size: 20}
  cursor: &cursor {field: updated_at, param: since}
  fields: &fields
    id: {type: bigint, class: internal}
    email: {type: text, class: personal, kind: email, directory: true}
    amount: {type: decimal, class: internal}
    note: {type: text, class: free_text}
    updated_at: {type: timestamp, class: internal}
streams:
  swept:
    request: {path: /swept}
    records: rows
    paging: *paging
    cursor: *cursor
    key: [id]
    clock: updated_at
    deletes: {sweep_days: 7}
    count: {request: {path: /count/swept}, path: total}
    fields: *fields
  tokens:
    request: {path: /tokens}
    records: rows
    paging: *paging
    key: [email]
    deletes: {sweep_days: 7}
    fields: *fields
  reread:
    request: {path: /reread}
    records: rows
    paging: *paging
    cursor: *cursor
    key: [id]
    clock: updated_at
    deletes: {none: "the shop never deletes"}
    reread: {every_days: 7, window_days: 30}
    fields: *fields
  replaced:
    request: {path: /replaced}
    records: rows
    paging: *paging
    key: [id]
    replace: {max_shrink: 0.5}
    fields: *fields
"""
# What staging takes of a record: the same order as the macro `newest`.
_NEWEST = "select distinct on (id) * from raw_shop.{0} order by id, _version_at desc nulls last, _seen_at desc, _row_hash"


@dataclass
class Shop:
    """The shop's records by stream and id, and what it was asked."""

    home: Home
    records: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    fails_on_page: int | None = None
    refuses_to_count: bool = False
    server: Vendor | None = None
    lines: list[str] = field(default_factory=list)
    before_answer: Callable[[Request], None] = lambda _request: None
    instead: Callable[[Request], Any] = lambda _request: None

    def answer(self, request: Request) -> Any:
        """Serve a page; records older than `since` are left out."""
        self.before_answer(request)
        if (other := self.instead(request)) is not None:
            return other
        if request.path.startswith("/count/"):
            if self.refuses_to_count:
                return 403, {}, {}
            return {"total": len(self.records[request.path.removeprefix("/count/")])}
        page, size = int(request.params["page"]), int(request.params["size"])
        if page == self.fails_on_page:
            return 403, {}, {}
        since = request.params.get("since", "")
        rows = [row for row in self.records[request.path.strip("/")].values() if not since or row["updated_at"] >= since]
        return {"rows": rows[(page - 1) * size : page * size]}

    def fill(self, stream: str, ids: Iterator[int] | range, **more: Any) -> None:
        """Put records of these ids into a stream."""
        for number in ids:
            self.put(stream, number, **more)

    def put(self, stream: str, number: int, **more: Any) -> None:
        """Put or replace one record."""
        record = {"id": number, "email": f"p{number}@x.example", "amount": "1.50", "note": "", "updated_at": "2026-01-01T00:00:00Z"}
        self.records.setdefault(stream, {})[number] = record | more

    def extract(self, stream: str, **more: Any) -> StreamResult:
        """Extract one stream; what is logged is kept in `lines`."""
        assert self.server is not None
        self.lines.clear()
        return extract_stream(
            self.home, "shop", stream, run_id=f"r{len(self.lines)}", connection=self.server.connection, log=self.lines.append, **more
        )

    def current(self, stream: str) -> set[int]:
        """Return the ids that are landed and, by their newest version, not deleted."""
        return {row[0] for row in self.rows(f"select id from ({_NEWEST.format(stream)}) as newest where not _is_deleted")}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with psycopg.connect(self.home.dsn("loader")) as conn:
            return conn.execute(query.encode()).fetchall()

    def later(self, stream: str, days: int = 8) -> None:
        """Let the last sweep and re-read of a stream be so many days ago."""
        with psycopg.connect(self.home.dsn("loader")) as conn:
            conn.execute(
                "update ops.stream_state set swept_at = swept_at - make_interval(days => %(d)s),"
                " reread_at = reread_at - make_interval(days => %(d)s) where stream = %(s)s",
                {"d": days, "s": stream},
            )

    @property
    def asked(self) -> list[Request]:
        """The requests so far."""
        assert self.server is not None
        return self.server.requests


@contextmanager
def open_shop(home: Home, sources: Path) -> Iterator[Shop]:
    """Declare the shop below `sources` and serve it."""
    file = sources / "crm" / "shop.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(DECLARATION)
    shop = Shop(home)
    with vendor(shop.answer) as server:
        shop.server = server
        yield shop
