"""Errors of landing. What the database says about a row holds the row, so only its code and the constraint's name are passed on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


class LandError(RuntimeError):
    """A page cannot be landed. The message names source and stream and says what to do; it never holds data.

    Attributes:
        source: source that was landed.
        stream: its stream.
        sqlstate: PostgreSQL's error code, or None.
        constraint: name of the violated constraint, or None.
    """

    def __init__(self, source: str, stream: str, message: str, *, sqlstate: str | None = None, constraint: str | None = None) -> None:
        self.source = source
        self.stream = stream
        self.sqlstate = sqlstate
        self.constraint = constraint
        super().__init__(f"{source}.{stream}: {message}")


_ADVICE = {
    "08": "the connection to the warehouse was lost: see `rapport status`, then run again",
    "22": "a value does not fit its column: the declared type is wrong, or the check before landing let it through",
    "23": "a row breaks a rule of its table",
    "40": "two loads met: run again",
    "42": "the raw table and the declaration differ, or a right is missing: run `rapport up`",
    "53": "the server is out of room: free disk space or memory",
    "57": "the server is stopping: see `rapport status`, then run again",
}


@contextmanager
def guarded(source: str, stream: str) -> Iterator[None]:
    """Turn errors of the database into `LandError`s that hold no row, neither in the message nor in the chain of causes."""
    failed: LandError | None = None
    try:
        yield
    except psycopg.Error as error:
        code, constraint = error.sqlstate, error.diag.constraint_name
        advice = _ADVICE.get((code or "08")[:2], "the database refused it")
        named = f", constraint {constraint}" if constraint else ""
        failed = LandError(source, stream, f"{advice} (SQLSTATE {code or 'none'}{named})", sqlstate=code, constraint=constraint)
    if failed is not None:  # outside the handler, so that the database's own words are no cause of it
        raise failed
