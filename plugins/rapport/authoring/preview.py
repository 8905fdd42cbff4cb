"""Read a few records of a stream and show them as they would land; nothing is written anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from typing import Any, cast

import psycopg
import pyarrow as pa

from rapport.authoring.propose import Proposal, parsed, propose
from rapport.connect import Page, pages
from rapport.declarations import Field, Source, Stream
from rapport.home import Home
from rapport.privacy import Directory, Keyring, treat
from rapport.warehouse.dbt_config import config_folder
from rapport.warehouse.dbt_config.organisation import brands_of

Log = Callable[[str], None]
_PROBE = "probe_"
_UNREADABLE = "could not be read as their kind and have no token"
_GUARDED = "held an identifier where none is declared: a type tag stands there"
_LISTED_AS_TEXT = frozenset({"files", "access_log", "sql"})  # there a field nobody declared is a column, not part of a JSON body


@dataclass(frozen=True)
class Preview:
    """What a stream would land.

    Attributes:
        rows: records as they would land: column -> value, tokens and redacted text.
        fetched: records read to see them.
        set_aside: field and reason -> records that would be quarantined whole.
        proposals: declarations for the fields nobody has declared, which would be quarantined by name and count.
        notes: what else one should know.
    """

    rows: list[dict[str, Any]]
    fetched: int
    set_aside: Counter[tuple[str, str]]
    proposals: list[Proposal]
    notes: list[str] = field(default_factory=list)


def preview(home: Home, source: Source, stream: Stream, limit: int, *, connection: Mapping[str, Any] | None, log: Log) -> Preview:
    """Read up to `limit` records of a stream, from its beginning, and treat them as a load would.

    Raises:
        ConnectError: the source cannot be read.
    """
    table, set_aside, undeclared, fetched = _read(source, stream, limit, connection, log)
    proposals: list[Proposal] = []
    if undeclared:
        log(f"fields nobody has declared: {len(undeclared)}; reading once more to see what they hold")
        proposals = _proposals(source, stream, list(undeclared), limit, connection)
    directory, notes = _directory(home)
    treated = treat(table, source, stream, Keyring.from_home(home), directory)
    for reason, counts in ((_UNREADABLE, treated.unreadable), (_GUARDED, treated.guarded)):
        notes += [f"{name}: {rows} of {table.num_rows} {reason}" for name, rows in counts.items()]
    return Preview(treated.table.to_pylist(), fetched, set_aside, proposals, notes)


def _read(
    source: Source, stream: Stream, limit: int, connection: Mapping[str, Any] | None, log: Log
) -> tuple[pa.Table, Counter[tuple[str, str]], Counter[str], int]:
    tables: list[pa.Table] = []
    set_aside: Counter[tuple[str, str]] = Counter()
    undeclared: Counter[str] = Counter()
    rows = fetched = 0
    with closing(cast("Generator[Page]", pages(source, stream, connection, None, log=log))) as served:  # lets go of the connection early
        for page in served:
            tables.append(page.table.slice(0, limit - rows))
            rows += page.table.num_rows
            fetched += page.fetched
            set_aside.update((reject.field, reject.reason) for reject in page.rejected)
            undeclared += page.undeclared
            if rows >= limit:
                break
    table = pa.concat_tables(tables) if tables else stream.arrow_schema.empty_table()
    return table, set_aside, undeclared, fetched


def _proposals(source: Source, stream: Stream, names: list[str], limit: int, connection: Mapping[str, Any] | None) -> list[Proposal]:
    """Read the first page again with the undeclared fields declared as probes, and propose a declaration for each."""
    declared = "text" if source.connection.protocol in _LISTED_AS_TEXT else "json"
    probes = tuple(Field(name, name, f"{_PROBE}{number}", declared, "free_text", "redact") for number, name in enumerate(names))
    probed = replace(stream, fields=(*stream.fields, *probes))
    table, _, _, _ = _read(source, probed, limit, connection, lambda _line: None)
    taken = {column for known in stream.fields for column in (known.column, *known.landed)}
    domain = "employee" if source.domain in {"hr", "training"} else "customer"
    return [
        found
        for probe in probes
        for found in propose(probe.name, [parsed(value) for value in table[probe.column].to_pylist()], domain, taken)
    ]


def _directory(home: Home) -> tuple[Directory, list[str]]:
    """Return the names known so far: those of the warehouse, if it is up."""
    keyring = Keyring.from_home(home)
    with suppress(psycopg.Error), psycopg.connect(home.dsn("loader"), connect_timeout=3) as conn:
        terms = [bytes(row[0]) for row in conn.execute("select term from vault.directory")]
        directory = Directory(keyring, terms, brands_of(config_folder(home)))
        return directory, [] if terms else ["nobody's name is known yet: names in texts are looked for by lexicon and rules only"]
    return Directory(keyring), [
        "the warehouse is not up, so nobody's name is known: names in texts are looked for by lexicon and rules only"
    ]
