"""Publish: what was built and judged becomes what people read, in one transaction, or nothing does.

Readers see the release before or the new one, whole; no lock that a reader waits for is held longer than an instant. The
cost follows what changed. A blocked release leaves the data as it is and says why.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg import errors, sql

from rapport.home import Home
from rapport.warehouse import roles
from rapport.warehouse.dbt import manifest_file
from rapport.warehouse.dbt_manifest import Mart, published_marts
from rapport.warehouse.publish_freeze import FrozenError, keep_frozen
from rapport.warehouse.publish_relations import Applied, apply_mart, drop_others

Log = Callable[[str], None]
STATUS = "release_status"
_LOCK_TIMEOUT, _TRIES, _PAUSE = "3s", 5, 2.0
_STATUS_TABLE = """
create table if not exists marts_cx.release_status (
    release_id text, published_at timestamp, data_as_of timestamp, state text not null, reason text, is_sandbox boolean not null
)
"""
_STATUS_COMMENTS = {
    None: "One row: the release that stands, and whether the newest attempt to publish was blocked.",
    "release_id": "Release whose data these are; null before the first.",
    "published_at": "When it was published, UTC.",
    "data_as_of": "Newest time at a source among its data, UTC.",
    "state": "published, or blocked when a newer release was held back.",
    "reason": "Why it was held back; null if it was not.",
    "is_sandbox": "Whether the data are of the simulated company.",
}
# Where the newest clock of what was loaded stands, by vendor-neutral entity. Activities are not among them: a calendar also holds
# meetings still to come.
_CLOCKS = {
    "persons": "updated_at",
    "accounts": "updated_at",
    "tickets": "updated_at",
    "ticket_events": "happened_at",
    "survey_answers": "answered_at",
    "web_events": "happened_at",
}


class PublishError(RuntimeError):
    """The release could not be published; what people read is as it was."""


@dataclass(frozen=True)
class Release:
    """A published release.

    Attributes:
        release_id: its name.
        published_at: when.
        data_as_of: newest time at a source among its data; None without data.
        rows_changed: rows written or removed in what people read.
        swapped: relations that were made anew.
    """

    release_id: str
    published_at: datetime
    data_as_of: datetime | None
    rows_changed: int
    swapped: tuple[str, ...]


def publish(home: Home, run_id: str, *, log: Log = lambda _line: None) -> Release:
    """Publish what dbt built. Safe to run again: a second time changes no row.

    Raises:
        PublishError: something to publish was not built, or a reader held a relation for too long.
        AccessError: grants would not be what the policy says.
    """
    marts = published_marts(manifest_file(home))
    roles.enforce(home)  # relations that dbt made anew have lost their grants
    for attempt in range(1, _TRIES + 1):
        try:
            return _publish(home, run_id, marts, log)
        except errors.LockNotAvailable:
            if attempt == _TRIES:
                raise PublishError("a reader held a relation that has changed its shape: end long queries, then publish again") from None
            log("a reader holds a relation that has changed its shape: trying again")
            time.sleep(_PAUSE)
        except FrozenError as error:
            raise PublishError(str(error)) from None
        except errors.UndefinedTable as error:
            raise PublishError(f"{error.diag.message_primary}: build the marts before publishing") from None
    raise AssertionError("unreachable")


def block(home: Home, run_id: str, reason: str) -> None:
    """Hold a release back: the data stay those of the release before, and `release_status` says why. Safe to run again."""
    with psycopg.connect(home.dsn("publisher")) as conn:
        _ensure_status(conn)
        conn.execute(
            "insert into ops.release (release_id, run_id, state, published_at, data_as_of, reason, rows_changed)"
            " values (%s, %s, 'blocked', now(), %s, %s, 0)",
            [_release_id(), run_id, _data_as_of(conn), reason],
        )
        updated = conn.execute("update marts_cx.release_status set state = 'blocked', reason = %s", [reason]).rowcount
        if not updated:
            row = [reason, _is_sandbox(conn)]
            conn.execute("insert into marts_cx.release_status (state, reason, is_sandbox) values ('blocked', %s, %s)", row)
        roles.apply_access(conn)


def _publish(home: Home, run_id: str, marts: list[Mart], log: Log) -> Release:
    release_id, now = _release_id(), datetime.now(UTC)
    with psycopg.connect(home.dsn("publisher"), options="-c timezone=UTC") as conn:
        conn.execute("select pg_advisory_xact_lock(hashtext('rapport.publish'))")
        conn.execute(sql.SQL("set local lock_timeout = {}").format(sql.Literal(_LOCK_TIMEOUT)))
        as_of = _data_as_of(conn)
        conn.execute(
            "insert into ops.release (release_id, run_id, state, published_at, data_as_of, build) values (%s, %s, 'published', %s, %s, %s)",
            [release_id, run_id, now, as_of, _build(conn)],
        )
        applied = [apply_mart(conn, mart, release_id) for mart in marts]
        for schema in {mart.schema for mart in marts}:
            drop_others(conn, schema, {mart.name for mart in marts if mart.schema == schema} | {STATUS})
        keep_frozen(conn, release_id, run_id, as_of, {mart.name for mart in marts if mart.schema == "marts_cx"})
        rows_changed = sum(done.rows_changed for done in applied)
        conn.execute("update ops.release set rows_changed = %s where release_id = %s", [rows_changed, release_id])
        _write_status(conn, release_id, now, as_of)
        roles.apply_access(conn)
        roles.assert_access(conn)
    _tell(applied, log)
    return Release(release_id, now, as_of, rows_changed, tuple(done.relation for done in applied if done.is_swapped))


def _tell(applied: list[Applied], log: Log) -> None:
    for done in applied:
        if done.rows_changed:
            log(f"{done.relation}: {done.rows_changed:,} rows {'written anew' if done.is_swapped else 'changed'}")


def _release_id() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def _data_as_of(conn: psycopg.Connection) -> datetime | None:
    newest = sql.SQL(" union all ").join(
        sql.SQL("select max({}) as at from {}").format(sql.Identifier(clock), sql.Identifier("input", f"input__{entity}"))
        for entity, clock in _CLOCKS.items()
    )
    exists = conn.execute("select to_regclass('input.input__tickets') is not null").fetchone()
    if not exists or not exists[0]:
        return None
    row = conn.execute(sql.SQL("select max(at) from ({}) as clocks").format(newest)).fetchone()
    return row[0].replace(tzinfo=UTC) if row and row[0] else None


def _build(conn: psycopg.Connection) -> str | None:
    """Return by which models, settings and sources the marts were made."""
    exists = conn.execute("select to_regclass('intermediate.built_layer') is not null").fetchone()
    if not exists or not exists[0]:
        return None
    row = conn.execute("select fingerprint from intermediate.built_layer where layer = 'marts'").fetchone()
    return str(row[0]) if row else None


def _is_sandbox(conn: psycopg.Connection) -> bool:
    row = conn.execute("select value = 'true' from ops.setting where key = 'is_sandbox'").fetchone()
    return bool(row and row[0])


def _ensure_status(conn: psycopg.Connection) -> None:
    conn.execute("set local client_min_messages = warning")
    conn.execute(_STATUS_TABLE)
    for column, text in _STATUS_COMMENTS.items():
        what = "column marts_cx.release_status." + column if column else "table marts_cx.release_status"
        conn.execute(sql.SQL("comment on {} is {}").format(sql.SQL(what), sql.Literal(text)))


def _write_status(conn: psycopg.Connection, release_id: str, now: datetime, as_of: datetime | None) -> None:
    _ensure_status(conn)
    conn.execute("delete from marts_cx.release_status")
    conn.execute(
        "insert into marts_cx.release_status values (%s, %s, %s, 'published', null, %s)",
        [release_id, now.replace(tzinfo=None), as_of.replace(tzinfo=None) if as_of else None, _is_sandbox(conn)],
    )
