"""Read a CSV file in blocks, straight into the declared types; a column that does not fit is read as text, so that it costs rows only."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
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

BLOCK = 16 * 1024 * 1024  # bytes read at once; a row must fit into one
_COLUMN = re.compile(r"In CSV column #(\d+)")
_SAMPLE = 200  # rows looked at to see how times are written
Batch = tuple[pa.RecordBatch, "np.ndarray[Any, Any]", list[Reject]]


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
    for batch, numbers, broken in _batches(stream, file, Kinds(stream, names, sample), has_names=has_names, above=above):
        columns = [(name, batch.column(index)) for index, name in enumerate(names)]
        yield page_of(stream, columns, batch.num_rows, file=file.name, numbers=numbers, above=above, broken=broken)


def _header(stream: Stream, head: bytes, where: str) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns and some rows."""
    lines = csv.reader(io.StringIO(head.decode("utf-8", "replace"), newline=""), delimiter=stream.options.get("delimiter", ","))
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


def _batches(stream: Stream, file: File, kinds: Kinds, *, has_names: bool, above: int) -> Iterator[Batch]:
    """Yield blocks of rows with their numbers and the broken rows among them.

    Arrow ends at the first value that does not fit. The file is then read again with that column as text, up to where it was: the blocks
    are cut at the same places each time.
    """
    given = 0
    while True:
        try:
            with Utf8(file.open(), stream, file.where) as text:
                for index, batch in enumerate(_read(stream, text, kinds, has_names=has_names, above=above)):
                    if text.has_hex and kinds.without_hex():
                        break
                    if index >= given:
                        given += 1
                        yield batch
                else:
                    return
        except pa.ArrowInvalid as fault:
            column = _COLUMN.search(str(fault))
            fits = column is not None and kinds.step(int(column[1]))
        else:
            fits = True
        if not fits:
            advice = "not readable as CSV with delimiter and encoding as declared"
            raise ConnectError("file", f"{file.where}: {advice} (an open quote, or a row of more than {BLOCK >> 20} MiB?)")


def _read(stream: Stream, text: Utf8, kinds: Kinds, *, has_names: bool, above: int) -> Iterator[Batch]:
    broken: list[Reject] = []

    def keep(row: Any) -> str:
        reason = f"{row.actual_columns} values where the header names {row.expected_columns}"
        broken.append(Reject(None, "(row)", reason, {"line": row.text}, row.number - has_names + above))
        return "skip"

    names = [str(index) for index in range(len(kinds.types))]
    read = pa_csv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=names, skip_rows_after_names=int(has_names))
    parse = pa_csv.ParseOptions(delimiter=stream.options.get("delimiter", ","), newlines_in_values=True, invalid_row_handler=keep)
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
        yield batch, numbers, torn
        number = last + 1
    if taken < len(broken):
        nothing = pa.RecordBatch.from_arrays([pa.array([], kind) for kind in kinds.types], names)
        yield nothing, np.arange(0), broken[taken:]
