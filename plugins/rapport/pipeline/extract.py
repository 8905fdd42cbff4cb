"""Extract one stream: declaration and connection -> pages -> privacy -> raw table.

Safe to run again at any point, in any process: a page lands whole with the cursor behind it, and what comes twice is a duplicate.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
import pyarrow as pa
import pyarrow.compute as pc

from rapport.connect import ConnectError, Page, pages
from rapport.declarations import DeclarationError, Source, Stream, load_sources
from rapport.home import Home
from rapport.land import LandError, ensure_tables, guarded, land_page
from rapport.pipeline import loads
from rapport.pipeline.loads import ExtractError, Log
from rapport.privacy import Directory, Keyring, PrivacyKeyError, Sealed, Treated, seal, treat

_PROGRESS_SECONDS = 5.0
_OUR_ERRORS = (ConnectError, DeclarationError, ExtractError, LandError, PrivacyKeyError)


@dataclass(frozen=True)
class StreamResult:
    """What an extraction did; fetched = landed + duplicate + quarantined.

    Attributes:
        load_id: its row in `ops.stream_load`.
        source: source name.
        stream: stream name.
        pages: pages landed.
        rows_fetched: records served.
        rows_landed: versions that were new.
        rows_duplicate: versions that were there already.
        rows_quarantined: records set aside, sealed.
        seconds: wall time.
    """

    load_id: str
    source: str
    stream: str
    pages: int
    rows_fetched: int
    rows_landed: int
    rows_duplicate: int
    rows_quarantined: int
    seconds: float


def extract_stream(
    home: Home,
    source_name: str,
    stream_name: str,
    *,
    run_id: str,
    full_refresh: bool = False,
    connection: Mapping[str, Any] | None = None,
    log: Log = lambda _line: None,
) -> StreamResult:
    """Extract what is new in a stream and land it.

    Args:
        home: the installation.
        source_name: a source declared in `home.sources_dir`.
        stream_name: one of its streams.
        run_id: the run this belongs to; loads of one run in one process share the directory of known identifiers.
        full_refresh: read everything again, whatever was read before; nothing is ever deleted.
        connection: how to reach the source; default `home.connection` of the declared id.
        log: takes a line of progress at a time.

    Raises:
        ConnectError: the source cannot be read.
        LandError: the warehouse refused a page.
        PrivacyKeyError: the warehouse was filled with another key.
        ExtractError: no such stream; people its text may name were not read; or an unexpected failure (its class and place are named).
    """
    source, stream = _declared(home, source_name, stream_name)
    if connection is None and source.connection.id is not None:
        connection = home.connection(source.connection.id)
    keyring = Keyring.from_home(home)
    load_id = uuid4().hex

    def prepare(conn: psycopg.Connection) -> None:
        ensure_tables(conn, source)
        loads.check_key(conn, keyring)
        loads.check_names_read(conn, source, stream)
        loads.note_sandbox(conn, connection)
        loads.begin(conn, source, stream, load_id=load_id, run_id=run_id, log=log)

    def extract(conn: psycopg.Connection) -> StreamResult:
        directory = loads.directory_of(conn, home, keyring, run_id)
        load = _Load(conn, source, stream, keyring=keyring, directory=directory, load_id=load_id, log=log)
        cursor = None if full_refresh else loads.resume_at(conn, source, stream)
        result = load.run(pages(source, stream, dict(connection) if connection else None, cursor, log=log))
        loads.finish(conn, load_id)
        return result

    conn = guarded(source.name, stream.name, lambda: psycopg.connect(home.dsn("loader"), autocommit=True))
    with conn:
        guarded(source.name, stream.name, lambda: prepare(conn))
        try:
            return guarded(source.name, stream.name, lambda: extract(conn))
        except BaseException as error:
            failure = error
    loads.finish_failed(home, load_id, _code(failure))
    raise _speakable(failure, source, stream)


class _Load:
    """One extraction under way."""

    def __init__(
        self, conn: psycopg.Connection, source: Source, stream: Stream, *, keyring: Keyring, directory: Directory, load_id: str, log: Log
    ) -> None:
        self.conn, self.source, self.stream, self.log = conn, source, stream, log
        self.keyring, self.directory, self.load_id = keyring, directory, load_id
        self.sealed: set[str] = set()
        self.pages = self.fetched = self.landed = self.duplicate = self.quarantined = 0

    def run(self, served: Iterable[Page]) -> StreamResult:
        """Land every page, saying now and then how far it is."""
        began = said = time.monotonic()
        for page in served:
            self._land(page)
            if time.monotonic() - said >= _PROGRESS_SECONDS:
                said = time.monotonic()
                self.log(self._progress(said - began))
        seconds = time.monotonic() - began
        self.log(f"{self._progress(seconds)}; {self.landed:,} new, {self.duplicate:,} known, {self.quarantined:,} set aside")
        return StreamResult(
            self.load_id,
            self.source.name,
            self.stream.name,
            self.pages,
            self.fetched,
            self.landed,
            self.duplicate,
            self.quarantined,
            seconds,
        )

    def _land(self, page: Page) -> None:
        treated = treat(page.table, self.source, self.stream, self.keyring, self.directory)
        sealed = [self._seal(reject.record, reject.field, reject.reason) for reject in page.rejected]
        treated, keyless = self._without_keyless(page, treated)
        sealed += keyless
        landed = land_page(
            self.conn,
            self.source,
            self.stream,
            treated,
            load_id=self.load_id,
            rejected=sealed,
            undeclared=page.undeclared,
            fetched=page.fetched,
            cursor=page.cursor,
            remarks=page.remarks,
            sealed_before=self.sealed,
        )
        self.pages += 1
        self.fetched += page.fetched
        self.landed += landed.rows_landed
        self.duplicate += landed.rows_duplicate
        self.quarantined += len(sealed)

    def _without_keyless(self, page: Page, treated: Treated) -> tuple[Treated, list[Sealed]]:
        """Set aside rows whose key is missing, or could not be made into a token."""
        sealed: list[Sealed] = []
        for column, landed in zip(self.stream.key, self.stream.landed_key, strict=True):
            missing = pc.is_null(treated.table[landed])
            if pc.any(missing).as_py():
                records = page.table.filter(missing).to_pylist()
                sealed += [self._seal(record, column, "the key is missing or not readable") for record in records]
                kept = pc.invert(missing)
                page = Page(page.table.filter(kept))
                treated = _with_table(treated, treated.table.filter(kept))
        return treated, sealed

    def _seal(self, record: Mapping[str, Any], field: str, reason: str) -> Sealed:
        return seal(record, field, reason, self.keyring, source=self.source.name, stream=self.stream.name)

    def _progress(self, seconds: float) -> str:
        rate = self.fetched / seconds if seconds > 0 else 0.0
        return f"{self.source.name}.{self.stream.name}: {self.pages:,} pages, {self.fetched:,} rows, {rate:,.0f} rows/s"


def _with_table(treated: Treated, table: pa.Table) -> Treated:
    return Treated(table, treated.vault, treated.terms, treated.unreadable, treated.guarded, treated.redacted)


def _declared(home: Home, source_name: str, stream_name: str) -> tuple[Source, Stream]:
    sources = load_sources(home.sources_dir)
    if source_name not in sources:
        raise ExtractError(f"no source {source_name!r} is declared in {home.sources_dir}; there are: {', '.join(sources) or 'none'}")
    streams = sources[source_name].streams
    if stream_name not in streams:
        raise ExtractError(f"source {source_name} declares no stream {stream_name!r}; it has: {', '.join(streams)}")
    return sources[source_name], streams[stream_name]


def _code(error: BaseException) -> str:
    if isinstance(error, LandError):
        return error.sqlstate or "LandError"
    return f"connect_{error.code}" if isinstance(error, ConnectError) else type(error).__name__


def _speakable(error: BaseException, source: Source, stream: Stream) -> BaseException:
    """Return the error if its words are ours; else one that names only class and place, for a foreign message may quote a value."""
    if isinstance(error, _OUR_ERRORS) or not isinstance(error, Exception):
        return error.with_traceback(None)
    place, trace = "", error.__traceback__
    while trace is not None:
        place, trace = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}", trace.tb_next
    return ExtractError(
        f"{source.name}.{stream.name}: {type(error).__name__} at {place}; what was landed before stays, run again to resume"
    )
