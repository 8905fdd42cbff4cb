"""Read a CSV file in blocks, straight into the declared types; a column that does not fit is read as text, so that it costs rows only."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from rapport.connect.columnar import FILE_FIELD, LINE_FIELD, page_of
from rapport.connect.csvkinds import Kinds
from rapport.connect.csvtext import Utf8
from rapport.connect.errors import ConnectError
from rapport.connect.folder import File
from rapport.connect.page import Page, Reject
from rapport.connect.strict import header_fault
from rapport.declarations import Stream

BLOCK = 16 * 1024 * 1024  # bytes of a page, about; a row must fit into them
_STEPS = 8  # in which they are read: Arrow's own thread reads 32 steps ahead
_COLUMN = re.compile(r"In CSV column #(\d+)")
_SAMPLE = 200  # rows looked at to see how times are written


@dataclass(frozen=True)
class _Rows:
    """Rows that stand together in a file.

    Attributes:
        batch: those that could be split into columns.
        numbers: their numbers, from 1.
        torn: the others.
        last: number of the last of all.
    """

    batch: pa.RecordBatch
    numbers: np.ndarray[Any, Any]
    torn: list[Reject]
    last: int

    def behind(self, number: int, above: int) -> _Rows:
        """Return those behind a row."""
        first = int(np.searchsorted(self.numbers, number, side="right"))
        torn = [reject for reject in self.torn if (reject.line or 0) - above > number]
        return _Rows(self.batch.slice(first), self.numbers[first:], torn, self.last)


def read_csv(stream: Stream, file: File) -> Iterator[Page]:
    """Yield the pages of one CSV file.

    Raises:
        ConnectError: the file cannot be read at all, e.g. a quote is never closed, or the columns of its key are not in it.
    """
    with Utf8(file.open(), stream, file.where) as text:
        names, sample = _header(stream, text.head, file.where)
    if not names:
        return
    has_names = "header" not in stream.options
    above = int(stream.options.get("skip_lines", 0)) + has_names
    waiting: list[_Rows] = []
    for rows in _rows(stream, file, Kinds(stream, names, sample), has_names=has_names, above=above):
        if waiting and waiting[0].batch.schema != rows.batch.schema:
            yield _page(stream, file, names, waiting, above)
            waiting = []
        waiting.append(rows)
        if sum(part.batch.nbytes for part in waiting) >= BLOCK:
            yield _page(stream, file, names, waiting, above)
            waiting = []
    if waiting:
        yield _page(stream, file, names, waiting, above)


def _page(stream: Stream, file: File, names: Sequence[str], parts: Sequence[_Rows], above: int) -> Page:
    batch = pa.concat_batches([part.batch for part in parts])
    columns = [(name, batch.column(index)) for index, name in enumerate(names)]
    numbers = np.concatenate([part.numbers for part in parts])
    torn = [reject for part in parts for reject in part.torn]
    return page_of(stream, columns, batch.num_rows, file=file.name, numbers=numbers, above=above, broken=torn)


def _header(stream: Stream, head: bytes, where: str) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns and some rows."""
    quotes = stream.options.get("quotes", True)
    text = io.StringIO(head.decode("utf-8", "replace"), newline="")
    lines = csv.reader(text, delimiter=stream.options.get("delimiter", ","), quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE)
    names = list(stream.options.get("header", ()))
    try:
        if head.strip() and not names:
            names = next(lines, [])
    except csv.Error:
        raise ConnectError("file", f"{where}: the header line cannot be read: is it CSV with the declared delimiter?") from None
    names = [name.strip() for name in names] if head.strip() else []
    if names:
        check_names(stream, names, where)
    sample = []
    try:
        for _, row in zip(range(_SAMPLE), lines, strict=False):
            sample.append(row)
    except csv.Error:  # a very long value, or a broken row: it will be judged in its place
        pass
    return names, sample


def check_names(stream: Stream, names: Sequence[str], where: str) -> None:
    """Raise ConnectError if a file's columns cannot be those of the stream."""
    declared = {field.path for field in stream.fields}
    twice = [name for name, count in Counter(names).items() if count > 1]
    if clash := sorted(set(twice) & declared):
        raise ConnectError("file", f"{where}: the column {clash[0]} stands twice in the header: which one is meant?")
    if not any(name in declared or any(path.startswith(f"{name}.") for path in declared) for name in names):
        raise ConnectError("file", f"{where}: none of the declared columns stands in the header: another file, or another delimiter?")
    if fault := header_fault(stream, names):
        raise ConnectError("file", f"{where}: {fault}")
    tops = {path.split(".", 1)[0] for path in names} | set(names) | {FILE_FIELD, LINE_FIELD}
    keys = [stream.by_column[column].path for column in stream.key]
    if missing := [path for path in keys if path not in tops and path.split(".", 1)[0] not in tops]:
        raise ConnectError("file", f"{where}: the column {missing[0]} is part of the key and does not stand in the header")


def _rows(stream: Stream, file: File, kinds: Kinds, *, has_names: bool, above: int) -> Iterator[_Rows]:
    """Yield the rows some at a time.

    Arrow ends at the first value that does not fit, and at a row longer than a step. The file is then read again, with that column as
    text or in longer steps, and what was yielded before is left out.
    """
    given, step = 0, max(BLOCK // _STEPS, 1)
    while True:
        try:
            with Utf8(file.open(), stream, file.where) as text:
                for rows in _read(stream, text, kinds, step, has_names=has_names, above=above):
                    if text.has_hex and kinds.without_hex():
                        break
                    if rows.last > given:
                        yield rows.behind(given, above)
                        given = rows.last
                else:
                    return
            continue
        except pa.ArrowInvalid as fault:
            column = _COLUMN.search(str(fault))
        if column is not None and kinds.step(int(column[1])):
            continue
        if column is None and step < BLOCK:
            step = BLOCK
            continue
        advice = "not readable as CSV with delimiter and encoding as declared"
        raise ConnectError("file", f"{file.where}: {advice} (an open quote, or a row of more than {BLOCK >> 20} MiB?)")


def _read(stream: Stream, text: Utf8, kinds: Kinds, step: int, *, has_names: bool, above: int) -> Iterator[_Rows]:
    broken: list[Reject] = []

    def keep(row: Any) -> str:
        reason = f"{row.actual_columns} values where the header names {row.expected_columns}"
        broken.append(Reject(None, "(row)", reason, {"line": row.text}, row.number - has_names + above))
        return "skip"

    names = [str(index) for index in range(len(kinds.types))]
    read = pa_csv.ReadOptions(use_threads=False, block_size=step, column_names=names, skip_rows_after_names=int(has_names))
    quotes = bool(stream.options.get("quotes", True))
    parse = pa_csv.ParseOptions(
        delimiter=stream.options.get("delimiter", ","),
        quote_char='"' if quotes else False,
        newlines_in_values=quotes,
        invalid_row_handler=keep,
    )
    convert = pa_csv.ConvertOptions(
        column_types=dict(zip(names, kinds.types, strict=True)),
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=["", *stream.options.get("nulls", ())],
        true_values=kinds.true_words,
        false_values=kinds.false_words,
    )
    number, taken = 1, 0  # of the next row, and of the broken rows told of
    for batch in pa_csv.open_csv(text, read_options=read, parse_options=parse, convert_options=convert):
        # The parser is a block ahead: what it found broken may belong to the blocks to come.
        last, since = number + batch.num_rows - 1, taken
        while taken < len(broken) and (broken[taken].line or 0) - above <= last:
            last, taken = last + 1, taken + 1
        torn = broken[since:taken]
        numbers = np.arange(number, last + 1)
        if torn:
            numbers = np.setdiff1d(numbers, [(reject.line or 0) - above for reject in torn], assume_unique=True)
        yield _Rows(batch, numbers, torn, last)
        number = last + 1
    if taken < len(broken):
        nothing = pa.RecordBatch.from_arrays([pa.array([], kind) for kind in kinds.types], names)
        yield _Rows(nothing, np.arange(0), broken[taken:], number + len(broken) - taken - 1)
