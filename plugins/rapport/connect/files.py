"""Protocol `files`: CSV and JSON lines from a folder, only what changed, everything as text first and then cast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rapport.connect.client import Log
from rapport.connect.csvfile import read_csv
from rapport.connect.errors import ConnectError
from rapport.connect.folder import FILES, File, changed
from rapport.connect.jsonlines import read_json_lines
from rapport.connect.page import Page
from rapport.connect.strict import placed, refused
from rapport.declarations import Source, Stream

_FORMATS = {".csv": "csv", ".jsonl": "jsonl"}


def pages(source: Source, stream: Stream, cursor: Mapping[str, Any] | None, *, log: Log) -> Iterator[Page]:
    """Yield the pages of a stream of files; see `rapport.connect.pages`.

    A file counts as read once its last page is landed: one that was cut short is read again from its beginning.
    """
    done: dict[str, Any] = dict((cursor or {}).get(FILES) or {})
    for file in changed(source, stream, done):
        if stream.is_strict and (refusal := _refusal(stream, file)):
            done = {**done, file.name: file.mark}
            yield _with_cursor(refusal, done)
            log(f"REFUSED {stream.name} {file.mark['size']} bytes: see the quarantine")
            continue
        rows = 0
        previous: Page | None = None
        for page in read_file(stream, file):
            if previous is not None:
                yield _with_cursor(previous, done)
            previous, rows = placed(page, file.name) if stream.is_strict else page, rows + page.fetched
        done = {**done, file.name: file.mark}
        if previous is not None:
            yield _with_cursor(previous, done)
        log(f"READ {stream.name} {file.mark['size']} bytes {rows} rows")


def read_file(stream: Stream, file: File) -> Iterator[Page]:
    """Yield the pages of one file, in the declared format, or the one that its name tells.

    Raises:
        ConnectError: the file cannot be read, or its columns are not those that a strict stream declares.
    """
    form = stream.options.get("format") or _FORMATS.get(Path(file.name.removesuffix(".gz")).suffix.lower())
    if form is None:
        raise ConnectError("file", f"{stream.name}: {file.name}: its name ends in none of {', '.join(_FORMATS)}")
    return read_json_lines(stream, file) if form == "jsonl" else read_csv(stream, file)


def _refusal(stream: Stream, file: File) -> Page | None:
    """Return the page that says why a file is refused, or None. It is read to its end, for a fault there refuses it whole as well."""
    try:
        for _ in read_file(stream, file):
            pass
    except ConnectError as error:
        return refused(stream, file.name, error)
    return None


def _with_cursor(page: Page, done: dict[str, Any]) -> Page:
    return replace(page, cursor={FILES: done} if done else None)
