"""Extract one stream: declaration and connection -> pages -> privacy -> raw table.

Safe to run again at any point, in any process: a page lands whole with the cursor behind it, and what comes twice is a duplicate.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import uuid4

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from rapport.connect import ConnectError, Page, pages
from rapport.declarations import DeclarationError, Source, Stream, load_sources
from rapport.home import Home
from rapport.land import LandError, ensure_tables, guarded, land_page
from rapport.privacy import Directory, Keyring, PrivacyKeyError, Sealed, Treated, seal, treat

Log = Callable[[str], None]
_PROGRESS_SECONDS = 5.0
_OUR_ERRORS = (ConnectError, DeclarationError, LandError, PrivacyKeyError)


class ExtractError(RuntimeError):
    """A stream cannot be extracted. The message names source, stream and where it failed, and holds no data."""


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
        ExtractError: no such stream, or an unexpected failure (its class and place are named).
    """
    source, stream = _declared(home, source_name, stream_name)
    if connection is None and source.connection.id is not None:
        connection = home.connection(source.connection.id)
    keyring = Keyring.from_home(home)
    load_id = uuid4().hex
    with guarded(source.name, stream.name), psycopg.connect(home.dsn("loader"), autocommit=True) as conn:
        ensure_tables(conn, source)
        _check_key(conn, keyring)
        _note_sandbox(conn, connection)
        _begin(conn, source, stream, load_id=load_id, run_id=run_id, log=log)
        failure: BaseException | None = None
        try:
            with guarded(source.name, stream.name):
                directory = _directory(conn, home, keyring, run_id)
                load = _Load(conn, source, stream, keyring=keyring, directory=directory, load_id=load_id, log=log)
                cursor = None if full_refresh else _cursor(conn, source, stream)
                result = load.run(pages(source, stream, dict(connection) if connection else None, cursor, log=log))
        except BaseException as error:
            failure = error
        if failure is not None:
            _finish(home, load_id, _code(failure))
            raise _speakable(failure, source, stream)
        conn.execute("update ops.stream_load set state = 'success', finished_at = now() where load_id = %s", [load_id])
    return result


class _Load:
    """One extraction under way."""

    def __init__(
        self, conn: psycopg.Connection, source: Source, stream: Stream, *, keyring: Keyring, directory: Directory, load_id: str, log: Log
    ) -> None:
        self.conn, self.source, self.stream, self.log = conn, source, stream, log
        self.keyring, self.directory, self.load_id = keyring, directory, load_id
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
            cursor=page.cursor,
        )
        self.pages += 1
        self.fetched += landed.rows_landed + landed.rows_duplicate + len(sealed)
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


def _check_key(conn: psycopg.Connection, keyring: Keyring) -> None:
    """Refuse to mix tokens of two keys: a lost or new key would silently split every person in two."""
    conn.execute("insert into ops.setting (key, value) values ('privacy_key', %s) on conflict do nothing", [keyring.fingerprint()])
    row = conn.execute("select value from ops.setting where key = 'privacy_key'").fetchone()
    if row and row[0] != keyring.fingerprint():
        raise PrivacyKeyError(
            "this warehouse was filled with another privacy key or tenant: restore secrets/privacy_master (or RAPPORT_PRIVACY_MASTER_KEY) "
            "and RAPPORT_TENANT as they were, or begin with an empty warehouse"
        )


def _note_sandbox(conn: psycopg.Connection, connection: Mapping[str, Any] | None) -> None:
    """A warehouse that ever took records of the simulated company says so for good."""
    is_sandbox = bool((connection or {}).get("extra", {}).get("sandbox"))
    conn.execute(
        "insert into ops.setting (key, value) values ('is_sandbox', %s) on conflict (key) do update set value = excluded.value"
        " where excluded.value = 'true'",
        ["true" if is_sandbox else "false"],
    )


def _begin(conn: psycopg.Connection, source: Source, stream: Stream, *, load_id: str, run_id: str, log: Log) -> None:
    lock = f"extract {source.name}.{stream.name}"
    row = conn.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [lock]).fetchone()
    if row and row[0]:
        conn.execute(
            "update ops.stream_load set state = 'failed', error_code = 'interrupted', finished_at = now()"
            " where source = %s and stream = %s and state = 'running'",
            [source.name, stream.name],
        )
    else:
        log(f"{source.name}.{stream.name}: another process extracts it too; what both fetch is landed once")
    conn.execute(
        "insert into ops.stream_load (load_id, run_id, source, domain, stream, started_at, state)"
        " values (%s, %s, %s, %s, %s, now(), 'running')",
        [load_id, run_id, source.name, source.domain, stream.name],
    )


def _cursor(conn: psycopg.Connection, source: Source, stream: Stream) -> dict[str, Any] | None:
    row = conn.execute("select cursor from ops.stream_state where source = %s and stream = %s", [source.name, stream.name]).fetchone()
    return dict(row[0]) if row and row[0] is not None else None


def _finish(home: Home, load_id: str, code: str) -> None:
    """Note the failure over a connection of its own: the load's may be what failed."""
    try:
        with psycopg.connect(home.dsn("loader"), autocommit=True) as conn:
            conn.execute(
                "update ops.stream_load set state = 'failed', error_code = %s, finished_at = now() where load_id = %s", [code, load_id]
            )
    except psycopg.Error:
        return  # the server is gone: the next extraction notes the interruption


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


_directories: dict[str, tuple[str, Directory]] = {}
_directories_lock = Lock()


def _directory(conn: psycopg.Connection, home: Home, keyring: Keyring, run_id: str) -> Directory:
    """Return the directory of this run: read once, then fed by the streams as they land."""
    with _directories_lock:
        kept = _directories.get(str(home.path))
        if kept is None or kept[0] != run_id:
            terms = (bytes(row[0]) for row in conn.execute("select term from vault.directory"))
            kept = _directories[str(home.path)] = (run_id, Directory(keyring, terms))
        return kept[1]
