"""Read a CSV file in blocks: every column as bytes first, so that one bad byte costs one row and not the file."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from rapport.connect.cast import cast_texts
from rapport.connect.errors import ConnectError
from rapport.connect.folder import File
from rapport.connect.page import Page, Reject
from rapport.connect.records import shown
from rapport.connect.strict import header_fault
from rapport.declarations import Stream

BLOCK = 16 * 1024 * 1024  # bytes read at once; a row must fit into one
FILE_FIELD, LINE_FIELD = "_file", "_line"  # fields that say where a row stands, for files without a key of their own
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(stream: Stream, file: File) -> str:
    """Return the file's encoding: what its byte order mark says, else as declared, else UTF-8."""
    with file.path.open("rb") as handle:
        head = handle.read(4)
    return next((name for mark, name in _MARKS if head.startswith(mark)), str(stream.options.get("encoding", "utf-8")))


def read_csv(stream: Stream, file: File) -> Iterator[Page]:
    """Yield the pages of one CSV file with a header line.

    Raises:
        ConnectError: the file cannot be read at all, e.g. a quote is never closed.
    """
    where = f"{stream.name}: {file.name}"
    encoding = encoding_of(stream, file)
    header = _header(stream, file, encoding, where)
    if not header:
        return
    if fault := header_fault(stream, header):
        raise ConnectError("file", f"{where}: {fault}")
    broken: list[Reject] = []
    torn: list[int] = []  # lines of the broken rows so far
    before = whole = 0
    names = [f"c{index}" for index in range(len(header))]
    try:
        for batch in _batches(stream, file, encoding, names, broken):
            if batch.num_rows or broken:
                torn += [reject.line for reject in broken if reject.line is not None]
                yield _page(stream, file, header, batch, broken=broken, before=before, line_of=_line_of(whole, torn))
                before += batch.num_rows + len(broken)
                whole += batch.num_rows
                broken.clear()
        if broken:
            nothing = pa.record_batch([pa.array([], pa.binary())] * len(header), names)
            yield _page(stream, file, header, nothing, broken=broken, before=before, line_of=_line_of(whole, torn))
    except pa.ArrowInvalid:
        raise ConnectError("file", f"{where}: not readable as CSV with delimiter and encoding as declared (an open quote?)") from None
    except UnicodeDecodeError:
        raise ConnectError("file", f"{where}: not {encoding}: declare the file's `encoding`") from None


def _header(stream: Stream, file: File, encoding: str, where: str) -> list[str]:
    with (
        pa.input_stream(str(file.path), compression="detect") as raw,
        io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="") as text,  # more than the header is decoded here
    ):
        try:
            header = next(csv.reader(text, delimiter=stream.options.get("delimiter", ",")), [])
        except csv.Error:
            raise ConnectError("file", f"{where}: the header line cannot be read: is it CSV with the declared delimiter?") from None
    header = [name.strip() for name in header]
    twice = [name for name, count in Counter(header).items() if count > 1]
    declared = {field.path for field in stream.fields}
    if clash := sorted(set(twice) & declared):
        raise ConnectError("file", f"{where}: the column {clash[0]} stands twice in the header: which one is meant?")
    if header and not declared & set(header):
        raise ConnectError("file", f"{where}: none of the declared columns stands in the header: another file, or another delimiter?")
    return header


def _batches(stream: Stream, file: File, encoding: str, names: Sequence[str], broken: list[Reject]) -> Iterator[pa.RecordBatch]:
    def keep(row: Any) -> str:
        reason = f"{row.actual_columns} values where the header names {row.expected_columns}"
        broken.append(Reject(None, "(row)", reason, {"line": row.text}, row.number))
        return "skip"

    # utf8: Arrow passes the bytes through, without a byte order mark; they are checked value by value
    transcoded = "utf8" if encoding in {"utf-8", "utf-8-sig"} else encoding
    read = pa_csv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=list(names), skip_rows_after_names=1, encoding=transcoded)
    parse = pa_csv.ParseOptions(delimiter=stream.options.get("delimiter", ","), newlines_in_values=True, invalid_row_handler=keep)
    convert = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.binary()),
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=["", *stream.options.get("nulls", ())],
    )
    with pa.input_stream(str(file.path), compression="detect") as raw:
        yield from pa_csv.open_csv(raw, read_options=read, parse_options=parse, convert_options=convert)


def _line_of(whole: int, torn: Sequence[int]) -> Callable[[int], int]:
    """Return the function from a row of a batch to its line, as a spreadsheet counts: a row is a line, the names are line 1.

    Args:
        whole: rows read before the batch.
        torn: lines of the rows that are left out because they are broken, ascending.
    """

    def line_of(row: int) -> int:
        line = whole + row + 2
        for left_out in torn:
            line += left_out <= line
        return line

    return line_of


def _page(
    stream: Stream,
    file: File,
    header: Sequence[str],
    batch: pa.RecordBatch,
    *,
    broken: list[Reject],
    before: int,
    line_of: Callable[[int], int],
) -> Page:
    by_name = {name: batch.column(index) for index, name in enumerate(header)}
    columns: dict[str, pa.Array] = {}
    for field in stream.fields:
        if field.path in by_name:
            columns[field.column] = by_name[field.path]
        elif field.path == FILE_FIELD:
            columns[field.column] = pa.array([file.name] * batch.num_rows, pa.string())
        elif field.path == LINE_FIELD:
            columns[field.column] = pa.array([str(before + row) for row in range(1, batch.num_rows + 1)], pa.string())
    known = {field.path for field in stream.fields} | set(stream.ignored)
    table, rejected, stripped = cast_texts(stream, batch.num_rows, columns, lambda row: _record(header, batch, row), line_of)
    rows = batch.num_rows + len(broken)
    return Page(
        table=table,
        rejected=[*rejected, *broken],
        undeclared=Counter({shown(name): rows for name in header if name not in known}),
        fetched=rows,
        nul_stripped=stripped,
    )


def _record(header: Sequence[str], batch: pa.RecordBatch, row: int) -> dict[str, Any]:
    values = (batch.column(index)[row].as_py() for index in range(batch.num_columns))
    return {name: value.decode("utf-8", "replace") for name, value in zip(header, values, strict=True) if value is not None}
