"""Protocol `files`: CSV and JSON lines from a folder, only what changed, everything as text first and then cast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rapport.connect.client import Log
from rapport.connect.csvfile import read_csv
from rapport.connect.folder import FILES, File, changed
from rapport.connect.jsonlines import read_json_lines
from rapport.connect.page import Page
from rapport.declarations import Source, Stream


def pages(source: Source, stream: Stream, cursor: Mapping[str, Any] | None, *, log: Log) -> Iterator[Page]:
    """Yield the pages of a stream of files; see `rapport.connect.pages`.

    A file counts as read once its last page is landed: one that was cut short is read again from its beginning.
    """
    done: dict[str, Any] = dict((cursor or {}).get(FILES) or {})
    for file in changed(source, stream, done):
        rows = 0
        previous: Page | None = None
        for page in _read(stream, file):
            if previous is not None:
                yield _with_cursor(previous, done)
            previous, rows = page, rows + page.fetched
        done = {**done, file.name: file.mark}
        if previous is not None:
            yield _with_cursor(previous, done)
        log(f"READ {stream.name} {file.mark['size']} bytes {rows} rows")


def _read(stream: Stream, file: File) -> Iterator[Page]:
    return read_json_lines(stream, file) if stream.options.get("format") == "jsonl" else read_csv(stream, file)


def _with_cursor(page: Page, done: dict[str, Any]) -> Page:
    return Page(page.table, page.rejected, page.undeclared, page.fetched, {FILES: done} if done else None, page.nul_stripped)
