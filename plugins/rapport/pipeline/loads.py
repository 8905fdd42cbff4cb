"""What the warehouse remembers of extractions: loads, cursors, the key it was filled with, and known identifiers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from threading import Lock
from typing import Any

import psycopg

from rapport.declarations import Source, Stream
from rapport.home import Home
from rapport.privacy import Directory, Keyring, PrivacyKeyError
from rapport.warehouse.dbt_config import config_folder
from rapport.warehouse.dbt_config.organisation import brands_of

Log = Callable[[str], None]


class ExtractError(RuntimeError):
    """A stream cannot be extracted. The message names source, stream and where it failed, and holds no data."""


def shared_out(source: Source, connection: Mapping[str, Any] | None, share: int) -> tuple[Source, Mapping[str, Any] | None]:
    """Return declaration and connection with the part of the vendor's limit that one of `share` processes may use.

    A limit of a single stream stays whole: one process reads it.
    """
    if share > 1 and (limit := source.connection.rate_limit_per_minute):
        source = replace(source, connection=replace(source.connection, rate_limit_per_minute=max(1, limit // share)))
    extra = (connection or {}).get("extra") or {}
    if share > 1 and connection is not None and (own := extra.get("rate_limit_per_minute")):
        connection = {**connection, "extra": {**extra, "rate_limit_per_minute": max(1, int(own) // share)}}
    return source, connection


def check_key(conn: psycopg.Connection, keyring: Keyring) -> None:
    """Refuse to mix tokens of two keys: a lost or new key would silently split every person in two."""
    conn.execute("insert into ops.setting (key, value) values ('privacy_key', %s) on conflict do nothing", [keyring.fingerprint()])
    row = conn.execute("select value from ops.setting where key = 'privacy_key'").fetchone()
    if row and row[0] != keyring.fingerprint():
        raise PrivacyKeyError(
            "this warehouse was filled with another privacy key or tenant: restore secrets/privacy_master (or RAPPORT_PRIVACY_MASTER_KEY) "
            "and RAPPORT_TENANT as they were; or, if a rotation was begun, end it (`rapport keys rotate`); or begin with an empty warehouse"
        )


def note_sandbox(conn: psycopg.Connection, connection: Mapping[str, Any] | None) -> None:
    """A warehouse that ever took records of the simulated company says so for good."""
    is_sandbox = bool((connection or {}).get("extra", {}).get("sandbox"))
    conn.execute(
        "insert into ops.setting (key, value) values ('is_sandbox', %s) on conflict (key) do update set value = excluded.value"
        " where excluded.value = 'true'",
        ["true" if is_sandbox else "false"],
    )


def check_names_read(conn: psycopg.Connection, source: Source, stream: Stream) -> None:
    """Refuse to read free text while the people it may name could not be read: what lands is not redacted a second time."""
    if stream.feeds_directory or all(field.treatment != "redact" for field in stream.fields):
        return
    for other in source.streams.values():
        if other.feeds_directory:
            row = conn.execute(
                "select state from ops.stream_load where source = %s and stream = %s and state <> 'running'"
                " order by started_at desc limit 1",
                [source.name, other.name],
            ).fetchone()
            if row is None or row[0] != "success":
                raise ExtractError(
                    f"{source.name}.{stream.name}: holds free text, and the people it may name were not read: "
                    f"extract {source.name}.{other.name} first ({'its last load ' + row[0] if row else 'it was never read'})"
                )


def notice_dead_clients(conn: psycopg.Connection) -> None:
    """Let the server notice within seconds that this process was killed, and give up its statement and locks."""
    with suppress(psycopg.Error):  # a server on a platform that cannot do this notices at the statement's end
        conn.execute("set client_connection_check_interval = '2s'")


def begin(conn: psycopg.Connection, source: Source, stream: Stream, *, load_id: str, run_id: str, log: Log) -> bool:
    """Note that a load has begun, and that earlier ones which nobody works on any more were interrupted.

    A load holds a lock of its own name for as long as its process lives: whether one that is noted as running is dead can be tried.

    Returns:
        Whether no other process extracts the stream.
    """
    conn.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [f"load {load_id}"])
    row = conn.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [f"extract {source.name}.{stream.name}"]).fetchone()
    is_alone = bool(row and row[0])
    if not is_alone:
        log(f"{source.name}.{stream.name}: another process extracts it too; what both fetch is landed once")
    _end_interrupted(conn, source, stream, load_id)
    conn.execute(
        "insert into ops.stream_load (load_id, run_id, source, domain, stream, started_at, state)"
        " values (%s, %s, %s, %s, %s, now(), 'running')",
        [load_id, run_id, source.name, source.domain, stream.name],
    )
    return is_alone


def _end_interrupted(conn: psycopg.Connection, source: Source, stream: Stream, load_id: str) -> None:
    conn.execute(
        "with others as materialized (select load_id from ops.stream_load"
        " where source = %s and stream = %s and state = 'running' and load_id <> %s)"
        " update ops.stream_load as l set state = 'failed', error_code = 'interrupted', finished_at = now() from others as o"
        " where l.load_id = o.load_id and pg_try_advisory_xact_lock(hashtextextended('load ' || o.load_id, 0))",
        [source.name, stream.name, load_id],
    )


def note_count(conn: psycopg.Connection, load_id: str, held: int | None) -> None:
    """Note how many records the source says it holds, None if it cannot say."""
    conn.execute("update ops.stream_load set rows_source = %s where load_id = %s", [held, load_id])


def finish(conn: psycopg.Connection, source: Source, stream: Stream, load_id: str) -> None:
    """Note that a load has read everything; and once more which others were interrupted, for one may have died just before this began."""
    conn.execute("update ops.stream_load set state = 'success', finished_at = now() where load_id = %s", [load_id])
    _end_interrupted(conn, source, stream, load_id)


def finish_failed(home: Home, load_id: str, code: str) -> None:
    """Note the failure over a connection of its own: the load's may be what failed."""
    try:
        with psycopg.connect(home.dsn("loader"), autocommit=True) as conn:
            conn.execute(
                "update ops.stream_load set state = 'failed', error_code = %s, finished_at = now() where load_id = %s", [code, load_id]
            )
    except psycopg.Error:
        return  # the server is gone: the next extraction notes the interruption


_directories: dict[str, tuple[str, Directory]] = {}
_directories_lock = Lock()


def directory_of(conn: psycopg.Connection, home: Home, keyring: Keyring, run_id: str) -> Directory:
    """Return the directory of this run: read once, then fed by the streams as they land."""
    with _directories_lock:
        kept = _directories.get(str(home.path))
        if kept is None or kept[0] != run_id:
            terms = (bytes(row[0]) for row in conn.execute("select term from vault.directory"))
            kept = _directories[str(home.path)] = (run_id, Directory(keyring, terms, brands_of(config_folder(home))))
        return kept[1]
