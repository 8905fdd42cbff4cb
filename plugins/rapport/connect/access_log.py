"""Protocol `access_log`: web server logs in the common and combined formats, each line once, also after rotation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from rapport.connect.client import Log
from rapport.connect.folder import FILES, matching
from rapport.connect.page import Page, Reject
from rapport.connect.records import RecordReader
from rapport.declarations import Source, Stream

ROWS = 20_000  # lines of a page
TIME = "%d/%b/%Y:%H:%M:%S %z"
_LINE = re.compile(
    r'(?P<remote_host>\S+) (?P<identity>\S+) (?P<user>\S+(?: \S+)*?) \[(?P<time>[^\]]+)\] "(?P<request>(?:[^"\\]|\\.)*)" '
    r'(?P<status>\d{3}) (?P<bytes>\d+|-)(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<user_agent>(?:[^"\\]|\\.)*)")?(?P<rest>.*)'
)
_REQUEST = re.compile(r"(?P<method>[A-Z]+) (?P<url>\S+)(?: (?P<http_version>HTTP/\S+))?")


def pages(source: Source, stream: Stream, cursor: Mapping[str, Any] | None, *, log: Log) -> Iterator[Page]:
    """Yield the pages of a log stream; see `rapport.connect.pages`.

    A log file is known by the time of its first line, not by its name, which rotation changes; a run goes on where the last one
    stopped. Fields: `remote_host identity user time request method url http_version status bytes referrer user_agent`, and
    `_log` (time of the file's first line) with `_offset` (first byte of the line in it), which together are a key.
    """
    done: dict[str, int] = dict((cursor or {}).get(FILES) or {})
    reader = RecordReader(stream)
    for _, path in matching(source, stream):
        started = _first_time(path)
        if started is None or path.stat().st_size <= done.get(started, 0):
            continue
        with path.open("rb") as handle:
            handle.seek(done.get(started, 0))
            lines = 0
            while block := list(islice(_whole_lines(handle), ROWS)):
                done = {**done, started: block[-1][0] + len(block[-1][1])}
                lines += len(block)
                yield _page(reader, started, block, done)
        log(f"READ {stream.name} {lines} lines")


def _page(reader: RecordReader, started: str, block: list[tuple[int, bytes]], done: dict[str, int]) -> Page:
    records: list[dict[str, Any]] = []
    broken: list[Reject] = []
    for offset, line in block:
        text = line.decode("utf-8", "backslashreplace").rstrip("\r\n")
        if not text.strip():
            continue
        record = parse_line(text)
        if record is None:
            broken.append(Reject(f"{started}/{offset}", "(row)", "not a line of the common or combined log format", {"line": text}))
        else:
            records.append({**record, "_log": started, "_offset": offset})
    table, rejected, stripped = reader.cast(records)
    undeclared = reader.undeclared(records)
    return Page(table, [*rejected, *broken], undeclared, len(records) + len(broken), {FILES: done}, stripped)


def parse_line(text: str) -> dict[str, Any] | None:
    """Return the fields of one line, `-` as None; None if it is no such line."""
    match = _LINE.fullmatch(text)
    if not match:
        return None
    fields: dict[str, Any] = {name: None if value in {"-", ""} else value for name, value in match.groupdict().items() if name != "rest"}
    request = _REQUEST.fullmatch(fields["request"] or "")
    fields |= request.groupdict() if request else dict.fromkeys(_REQUEST.groupindex)
    if match["rest"].strip():
        fields["rest"] = match["rest"].strip()
    return fields


def _first_time(path: Path) -> str | None:
    """Return the time of the file's first readable line as ISO text, or None if there is no such line yet."""
    with path.open("rb") as handle:
        for _, line in islice(_whole_lines(handle), 1000):
            fields = parse_line(line.decode("utf-8", "backslashreplace").rstrip("\r\n"))
            if fields and fields["time"]:
                try:
                    return datetime.strptime(fields["time"], TIME).isoformat()  # noqa: DTZ007 - the pattern ends in %z
                except ValueError:
                    continue
    return None


def _whole_lines(handle: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield offset and content of each line that is finished: the server may be writing the last one."""
    while True:
        offset = handle.tell()
        line = handle.readline()
        if not line.endswith(b"\n"):
            handle.seek(offset)
            return
        yield offset, line
