"""Protocol `files`: CSV, JSON lines, Parquet and Excel from a folder or bucket, packed or not, and only what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from rapport.connect.errors import ConnectError
from rapport.connect.folder import FILES, File, changed
from rapport.connect.held import key_stream, keys_in
from rapport.connect.page import Page
from rapport.connect.strict import check_whole, placed, refused
from rapport.declarations import Source, Stream

if TYPE_CHECKING:
    from rapport.connect.client import Log  # and with it the whole of HTTP

_READERS = {"csv": ("csvfile", "read_csv"), "jsonl": ("jsonlines", "read_json_lines")}
_READERS |= {"parquet": ("parquet", "read_parquet"), "excel": ("excel", "read_excel")}
_MANY = 100
_FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet", ".xlsx": "excel"}


def pages(
    source: Source, stream: Stream, connection: Mapping[str, Any] | None, cursor: Mapping[str, Any] | None, *, log: Log
) -> Iterator[Page]:
    """Yield the pages of a stream of files; see `rapport.connect.pages`.

    A file counts as read once its last page is landed: one that was cut short is read again from its beginning.
    """
    done: dict[str, Any] = dict((cursor or {}).get(FILES) or {})
    untold = 0  # files since the last cursor
    for file in changed(source, stream, connection, done):
        refusal = _refusal(stream, file) if stream.is_strict else None
        rows = 0
        previous: Page | None = refusal
        for page in read_file(stream, file) if refusal is None else ():
            if previous is not None:
                yield previous
            previous, rows = placed(page, file.name) if stream.is_strict else page, rows + page.fetched
        done |= {file.name: file.mark, **file.closes}
        if previous is not None:
            # What is remembered of ten thousand files is too much to be written with each of them.
            untold = untold + 1 if len(done) > _MANY and untold < _MANY else 0
            yield previous if untold else replace(previous, cursor={FILES: dict(done)})
        refused_for = "; ".join(reason for _, reason in refusal.remarks) if refusal else ""
        log(f"REFUSED {refused_for}" if refused_for else f"READ {stream.name} {file.entry.size} bytes {rows} rows")
    if untold:
        yield Page(stream.arrow_schema.empty_table(), cursor={FILES: done})


def read_file(stream: Stream, file: File) -> Iterator[Page]:
    """Yield the pages of one file, in the declared format, or the one that its name tells.

    Raises:
        ConnectError: the file cannot be read, changed meanwhile, or its columns are not those that a strict stream declares.
    """
    form = stream.options.get("format") or _FORMATS.get(PurePath(file.name.lower().removesuffix(".gz")).suffix)
    if form is None:
        raise ConnectError("file", f"{file.where}: its name ends in none of {', '.join(_FORMATS)}")
    module, name = _READERS[str(form)]
    reader: Callable[[Stream, File], Iterator[Page]] = getattr(import_module(f"rapport.connect.{module}"), name)
    yield from reader(stream, file)
    file.check_unchanged()


def count(source: Source, stream: Stream, connection: Mapping[str, Any] | None, *, log: Log) -> int | None:
    """Return the rows that the stream's files hold, where they say it without being read: Parquet; None otherwise."""
    if stream.options.get("format") != "parquet":
        return None
    counted = import_module("rapport.connect.parquet").count_parquet
    held = sum(counted(file) for file in changed(source, stream, connection, {}))
    log(f"COUNT {stream.name} {held} rows")
    return held


def keys(source: Source, stream: Stream, connection: Mapping[str, Any] | None, *, log: Log) -> Iterator[pa.Table]:
    """Yield the key columns of every row of every file that is not marked as deleted."""
    options = {name: value for name, value in stream.options.items() if name != "strict"}  # the other columns are known, only not read
    narrow = replace(key_stream(stream), options=options)
    yield from keys_in(narrow, pages(source, narrow, connection, None, log=log))


def _refusal(stream: Stream, file: File) -> Page | None:
    """Return the page that says why a file is refused, or None. It is read to its end, for a fault there refuses it whole as well."""
    try:
        for page in read_file(stream, file):
            check_whole(page, file.where)
    except ConnectError as error:
        return refused(stream, file.name, error)
    return None
