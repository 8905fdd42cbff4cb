"""A program that extracts a stream in a process of its own as often as it is asked to, and says in which phase that process is.

It imports everything once and forks for each extraction: what is killed is a whole process, and it starts at once. On standard input come
a JSON object of settings and then a line for each extraction; on standard output go `pid N`, `+phase` and `-phase`, and `exit N`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from rapport.connect.records import RecordReader
from rapport.home import Home, checkout
from rapport.land import Landed
from rapport.land import page as land_page
from rapport.pipeline import extract, landing, reading


@contextmanager
def phase(name: str) -> Iterator[None]:
    """Say that a phase begins and ends; a mark is one write, so that what stands last is where the process was."""
    os.write(1, f"+{name}\n".encode())
    try:
        yield
    finally:
        os.write(1, f"-{name}\n".encode())


def marked(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that says when it is under way."""

    def wrapped(*arguments: Any, **more: Any) -> Any:
        with phase(name):
            return work(*arguments, **more)

    return wrapped


def mark_phases() -> None:
    """Let fetching, casting and treating, COPY and merge be seen."""
    serve, copy = extract.pages, psycopg.Cursor.copy

    def fetching(*arguments: Any, **more: Any) -> Iterator[Any]:
        served = iter(serve(*arguments, **more))
        while True:
            with phase("fetch"):
                page = next(served, None)
            if page is None:
                return
            yield page

    @contextmanager
    def copying(*arguments: Any, **more: Any) -> Iterator[Any]:
        with phase("load"), copy(*arguments, **more) as opened:
            yield opened

    extract.pages = fetching
    RecordReader.cast = marked("normalise", RecordReader.cast)  # type: ignore[method-assign]
    landing.treat = marked("normalise", landing.treat)
    psycopg.Cursor.copy = copying  # type: ignore[method-assign, assignment]
    land_page.merge = marked("merge", land_page.merge)


def land_naively() -> None:
    """Land by appending, and note the place afterwards: what a page in one transaction is better than."""

    def append(conn: psycopg.Connection, source: Any, stream: Any, treated: Any, **more: Any) -> Landed:
        ids = treated.table["id"].to_pylist()
        with phase("load"):
            conn.execute("insert into raw_shop.naive select unnest(%s::bigint[])", [ids])
        with phase("merge"):
            time.sleep(0.01)
            reading.note(conn, source, stream, more["load_id"], cursor=more["cursor"])
        return Landed(len(ids), 0)

    landing.land_page = append


def main(settings: Mapping[str, Any]) -> None:
    """Extract once for each line of standard input."""
    os.environ["RAPPORT_SOURCES"] = settings["sources"]
    home = Home(path=Path(settings["home"]), root=checkout())
    mark_phases()
    if settings["is_naive"]:
        land_naively()
    for _ in sys.stdin:
        if not (pid := os.fork()):
            extract.extract_stream(home, "shop", settings["stream"], run_id="killed", connection=settings["connection"])
            os._exit(0)
        os.write(1, f"pid {pid}\n".encode())
        _, status = os.waitpid(pid, 0)
        os.write(1, f"exit {os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    main(json.loads(sys.stdin.readline()))
