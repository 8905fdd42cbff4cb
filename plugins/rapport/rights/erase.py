"""Erase a person: tombstones first, then raw and vault, what is built from them, what stands beside; then prove it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from rapport.declarations import load_sources
from rapport.declarations.reach import unreached
from rapport.home import Home
from rapport.pipeline.run import rebuild
from rapport.pipeline.runs import is_build_due
from rapport.privacy import Keyring
from rapport.privacy.tombstones import Tombstones, spoken_of
from rapport.rights import elsewhere, proof, raw, requests
from rapport.rights.finding import Finder, Found
from rapport.rights.subject import RightsError
from rapport.warehouse import dbt_project, server

Log = Callable[[str], None]
_LONGEST_WAIT, _PAUSE = 1800.0, 2.0


@dataclass(frozen=True)
class Erased:
    """How an erasure ended.

    Attributes:
        request_id: the request.
        found: places that held the person before: relation or file -> identifiers there.
        removed: rows, lines and files that were removed or cut, by place.
        left: places that hold the person now; empty if nothing is left.
        seconds: how long it took.
        report: the signed report.
    """

    request_id: str
    found: Counter[str]
    removed: Counter[str]
    left: Counter[str]
    seconds: float
    report: Path


def connect(home: Home) -> psycopg.Connection:
    """Return a connection that may read and remove everything, on the clock by which tombstones are written."""
    return psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True, options="-c timezone=UTC -c client_min_messages=warning")


def finder_of(home: Home, conn: psycopg.Connection, keyring: Keyring) -> Finder:
    """Return what follows the declarations of this home.

    Raises:
        RightsError: a declaration does not say whose its records are.
    """
    sources = load_sources(home.sources_dir)
    if silent := unreached(sources):
        raise RightsError(
            f"not every stream says whose its records are, so something would stay: {', '.join(silent)}; see `rapport source check`"
        )
    return Finder(conn, keyring, sources)


def erase(home: Home, request: str, *, may_be_several: bool = False, log: Log = lambda _line: None) -> Erased:
    """Carry out an approved request. Safe to run again: what is gone is not there to be removed.

    Raises:
        RightsError: it is not approved, the identifiers lead to several persons, or a load does not end.
        RuntimeError: the build failed or was blocked; the request stays open as failed, and nothing is said to be done.
    """
    began, keyring = time.monotonic(), Keyring.from_home(home)
    with connect(home) as conn:
        subject = requests.subject_of(conn, keyring, request)
        finder = finder_of(home, conn, keyring)
        found = finder.find(subject, may_be_several=may_be_several)
        values = raw.values_of(conn, keyring, subject.domain, found.tokens, subject.names)
        needles = {**values.needles(), **{f"person {at}": [key] for at, key in enumerate(sorted(found.persons))}}
        before = _look(home, conn, finder, found, needles)
        log(f"found {found.count:,} records; traces in {len(before)} places")
        try:
            if found.count and is_release_behind(home):  # what has changed besides would be taken for the erasure's doing
                _rebuild(home, request, log)
            removed = _remove(finder, found, values, request, log)
            _rebuild(home, request, log)
            removed += _forget_removed(conn, finder, found)
            removed += elsewhere.clean_applications(home, needles) + elsewhere.clean_files(home, needles)
            log("rewriting tables that nobody reads, cleaning the others")
            elsewhere.settle(home)
            left = _look(home, conn, finder, found, needles)
        except BaseException:
            requests.finish(conn, request, "failed", 0)
            raise
        seconds = time.monotonic() - began
        rows = sum(removed.values())
        requests.finish(conn, request, "failed" if left else "done", rows)
        report = proof.write_report(
            home,
            keyring,
            request,
            {
                "request": request,
                "seconds": round(seconds, 1),
                "identifiers": len(needles),
                "records": found.count,
                "found_before": dict(sorted(before.items())),
                "removed": dict(sorted(removed.items())),
                "left": dict(sorted(left.items())),
            },
        )
    return Erased(request, before, removed, left, seconds, report)


def replay(home: Home, *, log: Log = lambda _line: None) -> Counter[str]:
    """Take out again what a restored backup brought back: every record and token with a tombstone; returns rows by relation.

    Raises:
        RightsError: a declaration does not say whose its records are.
    """
    keyring = Keyring.from_home(home)
    with connect(home) as conn:
        finder = finder_of(home, conn, keyring)
        hashes = [bytes(row[0]) for row in conn.execute("select hash from vault.tombstone")]
        found = finder.buried(Tombstones(keyring, hashes))
        if not found.count and not found.tokens:
            log("nothing of what was erased is here")
            return Counter()
        values = raw.values_of(conn, keyring, "customer", found.tokens)
        removed = _remove(finder, found, values, "replay", log)
        _rebuild(home, "replay", log)
        removed += _forget_removed(conn, finder, found)
        elsewhere.settle(home)
    return removed


def _remove(finder: Finder, found: Found, values: raw.Values, request: str, log: Log) -> Counter[str]:
    conn, tombstones = finder.conn, Tombstones(finder.keyring)
    laid = raw.lay_tombstones(conn, finder, found, tombstones, request)
    log(f"{laid:,} tombstones laid: what comes again is not landed")
    wait_for_loads(conn, log)
    with conn.transaction():
        carried = raw.tokens_of(conn, finder, found)
        removed = raw.take_out(conn, finder, found, request)
        alone = raw.orphans(conn, finder, carried | found.tokens)
        removed += raw.empty_vault(conn, finder.keyring, found, values, alone)
        note_erased(conn)
    for place, rows in sorted(removed.items()):
        log(f"  {place}: {rows:,}")
    return removed


def is_release_behind(home: Home) -> bool:
    """Return whether a build would change numbers for another reason than an erasure: fresh rows, another day, other models or settings."""
    variables = dbt_project.build_variables(home)
    now = dbt_project.marts_fingerprint(home, dbt_project.fingerprint(home, variables), variables)
    with psycopg.connect(home.dsn("loader"), autocommit=True) as conn:
        row = conn.execute("select build from ops.release where state = 'published' order by published_at desc limit 1").fetchone()
    return row is None or row[0] != now or is_build_due(home)


def note_erased(conn: psycopg.Connection) -> None:
    """Say that rows of persons were taken out: the next build keeps numbers of frozen periods that they alone have moved."""
    conn.execute(
        "insert into ops.setting (key, value)"
        " values ('erased_at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'))"
        " on conflict (key) do update set value = excluded.value"
    )


def wait_for_loads(conn: psycopg.Connection, log: Log) -> None:
    """Wait until no load is under way that began before the tombstones were laid: it would not know them."""
    row = conn.execute("select now()").fetchone()
    deadline, told = time.monotonic() + _LONGEST_WAIT, False
    while True:
        busy = conn.execute(
            "select count(*) from ops.stream_load as l where state = 'running' and started_at <= %s and exists"
            " (select from pg_locks as k where k.locktype = 'advisory' and k.granted and"
            " (k.classid::bigint << 32 | k.objid::bigint) = hashtextextended('load ' || l.load_id, 0))",
            [row[0] if row else None],
        ).fetchone()
        if not busy or not busy[0]:
            return
        if time.monotonic() > deadline:
            raise RightsError("loads that began before have not ended within half an hour: run the request again when they have")
        if not told:
            log(f"waiting for {busy[0]} load(s) under way")
            told = True
        time.sleep(_PAUSE)


def _rebuild(home: Home, request: str, log: Log) -> None:
    if reason := rebuild(home, trigger="erase", log=log):
        raise RightsError(
            f"{request}: raw and vault are clean, but the release is held back ({reason}); mend that, then run the request again"
        )


def _forget_removed(conn: psycopg.Connection, finder: Finder, found: Found) -> Counter[str]:
    """Remove what the builds keep of rows that went: their keys, and the records in lists of what a build was to compute."""
    done: Counter[str] = Counter()
    if conn.execute("select to_regclass('intermediate.removed_row') is not null").fetchone() == (True,):
        done["intermediate.removed_row"] = conn.execute("delete from intermediate.removed_row").rowcount
    for schema, table in proof.tables_of_records(conn):
        if schema == "intermediate" and table.endswith("_to_build"):
            done[f"{schema}.{table}"] = proof.delete_records(conn, schema, table, _named(finder, found))
    return +done if found.count else Counter()


def _named(finder: Finder, found: Found) -> list[tuple[str, str]]:
    """Return the records of a person by the name of their system and their id."""
    return [
        (spoken_of(finder.sources[source]), name[0]) for (source, _), names in found.records.items() for name in names if len(name) == 1
    ]


def _look(home: Home, conn: psycopg.Connection, finder: Finder, found: Found, needles: dict[str, list[str]]) -> Counter[str]:
    """Return where the person stands: by value, token and person key anywhere, by record id past raw."""
    places = proof.sweep_home(home, needles) if needles else Counter()
    return places + proof.records_left(conn, _named(finder, found))
