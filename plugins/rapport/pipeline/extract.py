"""Extract one stream: declaration and connection -> pages -> privacy -> raw table.

Safe to run again at any point, in any process: a page lands whole with the cursor behind it, and what comes twice is a duplicate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import psycopg

from rapport.connect import ConnectError, count, keys, pages
from rapport.declarations import DeclarationError, Source, Stream, load_source, load_sources
from rapport.home import Home
from rapport.land import LandError, ensure_tables, finds_absent, guarded
from rapport.pipeline import loads, reading
from rapport.pipeline.landing import Load
from rapport.pipeline.loads import ExtractError, Log
from rapport.privacy import Keyring, PrivacyKeyError

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
    since: datetime | None = None,
    connection: Mapping[str, Any] | None = None,
    share: int = 1,
    log: Log = lambda _line: None,
) -> StreamResult:
    """Extract what is new in a stream and land it.

    Args:
        home: the installation.
        source_name: a source declared in `home.sources_dir`.
        stream_name: one of its streams.
        run_id: the run this belongs to; loads of one run in one process share the directory of known identifiers.
        full_refresh: read everything again, whatever was read before; nothing is ever deleted.
        since: read again what changed from this moment on, UTC: a backfill is this path and no other.
        connection: how to reach the source; default `home.connection` of the declared id.
        share: how many processes read the source at the same time: this one makes no more than that part of the requests a minute that
            the vendor allows. Streams of one process share its part by themselves.
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
    source, connection = loads.shared_out(source, connection, share)
    keyring = Keyring.from_home(home)
    load_id = uuid4().hex

    def prepare(conn: psycopg.Connection) -> bool:
        loads.notice_dead_clients(conn)
        ensure_tables(conn, source)
        loads.check_key(conn, keyring)
        loads.check_names_read(conn, source, stream)
        loads.note_sandbox(conn, connection)
        return loads.begin(conn, source, stream, load_id=load_id, run_id=run_id, log=log)

    def extract(conn: psycopg.Connection, is_alone: bool) -> StreamResult:
        directory = loads.directory_of(conn, home, keyring, run_id)
        planned = reading.plan(conn, source, stream, full_refresh=full_refresh, since=since)
        if planned.why:
            log(f"{source.name}.{stream.name}: {planned.why}")
        load = Load(conn, source, stream, home=home, keyring=keyring, directory=directory, reading=planned, load_id=load_id, log=log)
        _read(load, dict(connection) if connection else None, is_alone)
        loads.note_count(conn, load_id, _held(load, dict(connection) if connection else None))
        loads.finish(conn, source, stream, load_id)
        return StreamResult(
            load_id, source.name, stream.name, load.pages, load.fetched, load.landed, load.duplicate, load.quarantined, load.seconds
        )

    conn = guarded(source.name, stream.name, lambda: psycopg.connect(home.dsn("loader"), autocommit=True))
    with conn:
        is_alone = guarded(source.name, stream.name, lambda: prepare(conn))
        try:
            return guarded(source.name, stream.name, lambda: extract(conn, is_alone))
        except BaseException as error:
            failure = error
    loads.finish_failed(home, load_id, _code(failure))
    raise _speakable(failure, source, stream)


def _read(load: Load, connection: dict[str, Any] | None, is_alone: bool) -> None:
    """Read and land a stream, note how far, and follow its deletions; whose own end is noted last, so that a refusal comes again."""
    source, stream, planned = load.source, load.stream, load.reading
    compares = planned.is_whole and finds_absent(stream)
    if planned.is_replacement and not is_alone:
        raise ExtractError(f"{source.name}.{stream.name}: another process replaces it; run again when that has ended")
    load.run(pages(source, stream, connection, planned.cursor, log=load.log), compares_keys=compares)
    if planned.is_reread or not planned.keeps_place:
        last = None if planned.keeps_place else reading.reached(planned, load.cursor)
        reading.note(load.conn, source, stream, load.load_id, cursor=last, reread=planned.is_reread)
    if not is_alone or not (compares or planned.is_sweep_due):
        return
    if compares:
        load.mark_gone()
    else:
        load.log(f"{source.name}.{stream.name}: due to have its keys compared with the source's")
        load.sweep(keys(source, stream, connection, log=load.log))
    reading.note(load.conn, source, stream, load.load_id, swept=True)


def _held(load: Load, connection: dict[str, Any] | None) -> int | None:
    """Ask how many records the source holds, for the reconciliation; not to be told is no reason to fail what is landed."""
    try:
        return count(load.source, load.stream, connection, log=load.log)
    except ConnectError as error:
        load.log(f"{load.source.name}.{load.stream.name}: the source was asked how many records it holds, in vain: {error}")
        return None


def _declared(home: Home, source_name: str, stream_name: str) -> tuple[Source, Stream]:
    files = [file for file in home.sources_dir.glob("*/*.yml") if file.stem == source_name]
    sources = {source_name: load_source(files[0])} if len(files) == 1 else load_sources(home.sources_dir)
    if source_name not in sources:
        raise ExtractError(f"no source {source_name!r} is declared in {home.sources_dir}; there are: {', '.join(sources) or 'none'}")
    streams = sources[source_name].streams
    if stream_name not in streams:
        raise ExtractError(f"source {source_name} declares no stream {stream_name!r}; it has: {', '.join(streams)}")
    return sources[source_name], streams[stream_name]


def _code(error: BaseException) -> str:
    if isinstance(error, LandError):
        return error.sqlstate or type(error).__name__
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
