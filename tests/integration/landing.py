"""A small declared source and pages made by hand, for tests of landing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
from rapport.declarations import Source, Stream, load_source
from rapport.home import Home
from rapport.land import Landed, ensure_tables, land_page
from rapport.privacy import Directory, Keyring, treat

DECLARATION = """
source: helpdesk
domain: support
system: A helpdesk
owner: support-data
schedule: "20 * * * *"
region: DE
connection: {protocol: rest, id: helpdesk, auth: {type: basic}}
streams:
  people:
    request: {path: /people}
    records: people
    paging: {type: next_url, next: next}
    key: [id]
    clock: updated_at
    deleted: {field: active, equals: false}
    fields:
      id: {type: bigint, class: internal}
      name: {type: text, class: personal, kind: name, directory: true}
      email: {type: text, class: personal, kind: email, directory: true, domain: {by: role, employee: [agent], else: customer}}
      phone: {type: text, class: personal, kind: phone, directory: true}
      role: {type: text, class: internal}
      age: {type: bigint, class: personal, kind: id, treatment: band, band: [0, 18, 25, 65]}
      born_on: {type: date, class: personal, kind: id, treatment: truncate}
      page: {type: text, class: personal, kind: url}
      active: {type: boolean, class: internal}
      updated_at: {type: timestamp, class: internal}
  notes:
    request: {path: /notes}
    records: notes
    paging: {type: next_url, next: next}
    key: [id]
    fields:
      id: {type: bigint, class: internal}
      body: {type: text, class: free_text}
      amount: {type: decimal, class: internal}
      share: {type: double, class: internal}
      tags: {type: json, class: internal}
  lines:
    request: {path: /lines}
    records: lines
    paging: {type: next_url, next: next}
    fields:
      line: {type: text, class: internal}
"""

KEYRING = Keyring(b"0123456789abcdef0123456789abcdef", "test")


def helpdesk(folder: Path, text: str = DECLARATION) -> Source:
    """Return the source, declared in `folder`."""
    file = folder / "support" / "helpdesk.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return load_source(file)


def page(stream: Stream, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Return rows as a page; fields left out are null."""
    return pa.Table.from_pylist([{name: row.get(name) for name in stream.arrow_schema.names} for row in rows], schema=stream.arrow_schema)


class Desk:
    """A source beside a warehouse: lands rows as the pipeline does."""

    def __init__(self, home: Home, source: Source) -> None:
        self.source = source
        self.conn = psycopg.connect(home.dsn("loader"), autocommit=True)
        self.directory = Directory(KEYRING)
        ensure_tables(self.conn, source)

    def land(self, stream: str, rows: Sequence[dict[str, Any]], **more: Any) -> Landed:
        """Treat and land rows of one stream."""
        declared = self.source.streams[stream]
        treated = treat(page(declared, rows), self.source, declared, KEYRING, self.directory)
        return land_page(self.conn, self.source, declared, treated, load_id=more.pop("load_id", "load-1"), **more)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query, as loader."""
        return self.conn.execute(query.encode()).fetchall()

    def close(self) -> None:
        """End the connection."""
        self.conn.close()
