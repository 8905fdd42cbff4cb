"""Errors of landing. What the database says about a row holds the row, so only its code and the constraint's name are passed on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import psycopg

Result = TypeVar("Result")


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


def guarded(source: str, stream: str, work: Callable[[], Result]) -> Result:
    """Return what `work` returns; an error of the database becomes a `LandError` that holds no row, in its message or its causes."""
    try:
        return work()
    except psycopg.Error as error:
        code, constraint = error.sqlstate, error.diag.constraint_name
    advice = _ADVICE.get((code or "08")[:2], "the database refused it")
    named = f", constraint {constraint}" if constraint else ""
    # Raised outside the handler: inside it, Python would keep the database's own words as the context.
    raise LandError(source, stream, f"{advice} (SQLSTATE {code or 'none'}{named})", sqlstate=code, constraint=constraint)
