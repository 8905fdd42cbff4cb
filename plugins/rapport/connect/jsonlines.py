"""Read a file that holds one JSON object a line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from rapport.connect.bodies import parse_json
from rapport.connect.columnar import FILE_FIELD, LINE_FIELD
from rapport.connect.csvtext import Utf8
from rapport.connect.folder import File
from rapport.connect.page import Page, Reject
from rapport.connect.records import RecordReader
from rapport.connect.strict import unknown_names
from rapport.declarations import Stream

ROWS = 20_000  # of a page
LONGEST = 64 * 1024 * 1024  # bytes of a line


def read_json_lines(stream: Stream, file: File) -> Iterator[Page]:
    """Yield the pages of one file; a line that is no JSON object is refused alone. Blank lines do not count."""
    reader = RecordReader(stream)
    where = {FILE_FIELD, LINE_FIELD} & {field.path for field in stream.fields}
    with io.BufferedReader(Utf8(file.open(), stream, file.where), 1 << 20) as text:
        lines = enumerate(lines_of(text), start=1 + int(stream.options.get("skip_lines", 0)))
        while block := list(islice(lines, ROWS)):
            records: list[dict[str, Any]] = []
            numbers: list[int] = []
            broken: list[Reject] = []
            for number, line in block:
                if line is None:
                    broken.append(Reject(None, "(row)", f"a line of more than {LONGEST >> 20} MiB", {}, number))
                    continue
                content = line.strip()
                if not content:
                    continue
                record = _object(content)
                if record is None:
                    broken.append(Reject(None, "(row)", "not a JSON object", {"line": content.decode("utf-8", "replace")}, number))
                    continue
                if stream.is_strict and (fault := unknown_names(stream, record)):
                    broken.append(Reject(None, "(row)", fault, record, number))
                    continue
                if where:
                    record |= {FILE_FIELD: file.name, LINE_FIELD: number}
                records.append(record)
                numbers.append(number)
            table, rejected, stripped = reader.cast(records, numbers)
            undeclared = reader.undeclared(records)
            for name in (FILE_FIELD, LINE_FIELD):
                undeclared.pop(name, None)
            yield Page(table, [*rejected, *broken], undeclared, len(records) + len(broken), None, stripped)


def lines_of(text: IO[bytes]) -> Iterator[bytes | None]:
    """Yield the lines; None stands for one that is too long to hold."""
    while line := text.readline(LONGEST):
        if len(line) < LONGEST or line.endswith(b"\n"):
            yield line
            continue
        while (rest := text.readline(LONGEST)) and not rest.endswith(b"\n"):
            pass
        yield None


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        value = parse_json(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
