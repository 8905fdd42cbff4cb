"""Protocol `access_log`: web server logs, each line once, also after rotation and packing."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import IO, Any

from rapport.connect.client import Log
from rapport.connect.columnar import FILE_FIELD
from rapport.connect.errors import ConnectError
from rapport.connect.folder import FILES, matching
from rapport.connect.logline import LineReader, parse_line
from rapport.connect.packed import unpack
from rapport.connect.page import Page, Reject
from rapport.connect.records import RecordReader, shown
from rapport.connect.storage import Entry, Place, place_of
from rapport.declarations import Source, Stream

__all__ = ["pages", "parse_line"]

ROWS = 20_000  # lines of a page
LONGEST = 1024 * 1024  # bytes of a line
_SEEN = "seen"
_DATED = re.compile(r"[.-]\d{4}-?\d\d-?\d\d(T[\d-]+(\.\d+)?)?")
_NUMBERED = re.compile(r"\.\d{1,4}$")
Line = tuple[int, bytes]


def pages(
    source: Source, stream: Stream, connection: Mapping[str, Any] | None, cursor: Mapping[str, Any] | None, *, log: Log
) -> Iterator[Page]:
    """Yield the pages of a log stream; see `rapport.connect.pages`.

    A log is known by its name without what rotation and packing add, and by the time of its first line; a run goes on where the last one
    stopped. Fields: those of the line, and `_log` (time of the log's first line) with `_offset` (first byte of the line in it), which
    together are a key; with `_file` (the log's name) where one stream reads several logs.
    """
    done: dict[str, int] = dict((cursor or {}).get(FILES) or {})
    seen: dict[str, Any] = dict((cursor or {}).get(_SEEN) or {})
    place = place_of(source, connection, is_optional=bool(stream.options.get("optional")))
    entries = matching(source, stream, place)
    _check_key(stream, entries)
    seen = {entry.name: seen[entry.name] for entry in entries if entry.name in seen}
    reader = _Reader(stream)
    for entry in entries:
        if seen.get(entry.name) == entry.mark:
            continue
        started = reader.first_time(place, entry)
        if started is None:
            continue
        known = f"{log_name(entry.name)} {started}"
        lines, previous = 0, None
        for page, offset in reader.read(place, entry, started, done.get(known, 0)):
            if previous is not None:
                yield previous
            done = {**done, known: offset}
            lines += page.fetched
            previous = _with_cursor(page, done, seen)
        seen = {**seen, entry.name: entry.mark}
        if previous is not None:
            yield _with_cursor(previous, done, seen)
        log(f"READ {stream.name} {lines} lines")


def log_name(name: str) -> str:
    """Return a log's name without what rotation and packing add: `access.log.2.gz` and `access.log-20260101` are `access.log`."""
    return _NUMBERED.sub("", _DATED.sub("", name.removesuffix(".gz")))


def _check_key(stream: Stream, entries: list[Entry]) -> None:
    """Two logs may begin in the same second: their lines must not pass for each other."""
    logs = sorted({log_name(entry.name) for entry in entries})
    has_name = any(stream.by_column[column].path == FILE_FIELD for column in stream.key)
    if len(logs) > 1 and stream.key and not has_name:
        several = ", ".join(shown(name) for name in logs[:3])
        raise ConnectError(
            "config", f"{stream.name}: `files` matches several logs ({several}): declare the field `_file` and add it to the key"
        )


def _with_cursor(page: Page, done: dict[str, int], seen: dict[str, Any]) -> Page:
    return Page(page.table, page.rejected, page.undeclared, page.fetched, {FILES: done, _SEEN: seen}, page.nul_stripped)


class _Reader:
    """Reads the logs of one stream."""

    def __init__(self, stream: Stream) -> None:
        self._where = stream.name
        self._lines = LineReader(stream)
        self._records = RecordReader(stream)
        self._has_name = any(field.path == FILE_FIELD for field in stream.fields)

    def first_time(self, place: Place, entry: Entry) -> str | None:
        """Return the time of the log's first readable line, or None if there is no such line yet."""
        with self._opened(place, entry, 0) as handle:
            for _, line in islice(_whole_lines(handle, 0, is_closed=_is_packed(entry)), 1000):
                record = self._lines.parse(_text(line))
                if record and (moment := self._lines.time_of(record)):
                    return moment
        return None

    def read(self, place: Place, entry: Entry, started: str, offset: int) -> Iterator[tuple[Page, int]]:
        """Yield the pages of a log from a place in it, each with the place behind it."""
        if not _is_packed(entry) and entry.size <= offset:
            return
        with self._opened(place, entry, offset) as handle:
            lines = _whole_lines(handle, offset, is_closed=_is_packed(entry))
            while block := list(islice(lines, ROWS)):
                yield self._page(log_name(entry.name), started, block), block[-1][0] + len(block[-1][1])

    def _opened(self, place: Place, entry: Entry, offset: int) -> IO[bytes]:
        handle = place.open(entry.name)
        if not _is_packed(entry):
            handle.seek(offset)
            return io.BufferedReader(handle, LONGEST)  # type: ignore[type-var]
        unpacked = io.BufferedReader(unpack(handle, entry.name, None, entry.size, f"{self._where}: {shown(entry.name)}"), LONGEST)
        while offset and (data := unpacked.read(min(offset, LONGEST))):
            offset -= len(data)
        return unpacked

    def _page(self, name: str, started: str, block: list[Line]) -> Page:
        records: list[dict[str, Any]] = []
        broken: list[Reject] = []
        for offset, line in block:
            text = _text(line)
            if not text.strip():
                continue
            record = self._lines.parse(text) if len(line) <= LONGEST else None
            if record is None:
                broken.append(Reject(f"{started}/{offset}", "(row)", self._lines.refusal, {"line": text}))
                continue
            records.append({**record, "_log": started, "_offset": offset, **({FILE_FIELD: name} if self._has_name else {})})
        table, rejected, stripped = self._records.cast(records)
        undeclared = self._records.undeclared(records)
        for platform in ("_log", "_offset"):
            undeclared.pop(platform, None)
        return Page(table, [*rejected, *broken], undeclared, len(records) + len(broken), None, stripped)


def _is_packed(entry: Entry) -> bool:
    return entry.name.lower().endswith(".gz")


def _text(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace").rstrip("\r\n")


def _whole_lines(handle: IO[bytes], offset: int, *, is_closed: bool) -> Iterator[Line]:
    """Yield offset and content of each line that is finished: the server may be writing the last one, unless the log is packed."""
    while line := handle.readline(LONGEST + 1):
        while not line.endswith(b"\n") and (more := handle.readline(LONGEST)):
            line += more
        if not line.endswith(b"\n") and not is_closed:
            return
        yield offset, line
        offset += len(line)
