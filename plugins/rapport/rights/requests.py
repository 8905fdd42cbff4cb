"""The ledger of erasures: one person asks, another approves, and the database holds them to it."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from uuid import uuid4

import psycopg
from psycopg import errors

from rapport.privacy import Keyring
from rapport.rights.subject import RightsError, Subject

_SHORTEST_PURPOSE = 10


@dataclass(frozen=True)
class Request:
    """An open or finished request.

    Attributes:
        request_id: its name.
        state: requested, approved, done or failed.
        requester: who asked.
        approver: who approved, None before.
    """

    request_id: str
    state: str
    requester: str
    approver: str | None


def login() -> str:
    """Return the account of the person at the keyboard: that of `sudo`'s caller, or this process's; never what a variable says."""
    uid = os.getuid()
    if uid == 0 and (caller := os.environ.get("SUDO_UID", "")).isdigit():
        uid = int(caller)
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def note_access(conn: psycopg.Connection, who: str, what: str, purpose: str) -> None:
    """Write to `vault.access_log` who looks, at what, and why.

    Raises:
        RightsError: there is no purpose to speak of.
    """
    if len(purpose.strip()) < _SHORTEST_PURPOSE:
        raise RightsError(f"say for what purpose, in {_SHORTEST_PURPOSE} letters or more: it is kept in the access log")
    conn.execute("insert into vault.access_log (role, token, purpose) values (%s, %s, %s)", [who, what, purpose.strip()])


def ask(conn: psycopg.Connection, keyring: Keyring, subject: Subject, *, who: str, purpose: str) -> str:
    """Note a request for erasure and return its name; nothing is erased before somebody else approves it."""
    request = f"e-{uuid4().hex[:12]}"
    with conn.transaction():
        note_access(conn, who, request, purpose)
        conn.execute(
            "insert into vault.erasure_subject (request_id, ciphertext) values (%s, %s)", [request, subject.seal(keyring, request)]
        )
        conn.execute(
            "insert into ops.erasure_request (request_id, subject_hash, domain, requester, state) values (%s, %s, %s, %s, 'requested')",
            [request, subject.hash(keyring), subject.domain, who],
        )
    return request


def approve(conn: psycopg.Connection, request: str, *, who: str) -> None:
    """Approve a request.

    Raises:
        RightsError: whoever approves is whoever asked; or there is no such open request.
    """
    found = get(conn, request)
    if found.state not in {"requested", "approved", "failed"}:
        raise RightsError(f"{request} is {found.state}: there is nothing to approve")
    if not who or who.casefold() == found.requester.casefold():
        raise RightsError(f"{request} was asked for by {found.requester}: somebody else has to approve it")
    try:
        with conn.transaction():
            conn.execute(
                "update ops.erasure_request set approver = %s, approved_at = now(), state = 'approved' where request_id = %s",
                [who, request],
            )
    except errors.CheckViolation:
        raise RightsError(f"{request}: the database refuses this approval; somebody else has to approve it") from None


def get(conn: psycopg.Connection, request: str) -> Request:
    """Return a request.

    Raises:
        RightsError: there is none of this name.
    """
    row = conn.execute("select request_id, state, requester, approver from ops.erasure_request where request_id = %s", [request]).fetchone()
    if row is None:
        raise RightsError(f"there is no request {request}: `rapport subject requests` lists them")
    return Request(*row)


def subject_of(conn: psycopg.Connection, keyring: Keyring, request: str) -> Subject:
    """Return whom an approved request is about.

    Raises:
        RightsError: it is not approved, or done.
    """
    found = get(conn, request)
    if found.approver is None:
        raise RightsError(f"{request} is not approved: `rapport subject approve {request}`, by somebody other than {found.requester}")
    row = conn.execute("select ciphertext from vault.erasure_subject where request_id = %s", [request]).fetchone()
    if row is None:
        raise RightsError(f"{request} is {found.state}: whom it was about is no longer held")
    return Subject.unseal(bytes(row[0]), keyring, request)


def finish(conn: psycopg.Connection, request: str, state: str, rows: int) -> None:
    """Note how a request ended; of one that is done nobody can tell any more whom it was about."""
    with conn.transaction():
        conn.execute(
            "update ops.erasure_request set state = %s, finished_at = now(), rows_erased = coalesce(rows_erased, 0) + %s"
            " where request_id = %s",
            [state, rows, request],
        )
        if state == "done":
            conn.execute("delete from vault.erasure_subject where request_id = %s", [request])
