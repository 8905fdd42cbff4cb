"""Read a sheet of an Excel workbook (.xlsx) row by row: its numbers, times and truth values as they are, not as they are shown."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any

import openpyxl

from rapport.connect.cast import cast_lists
from rapport.connect.columnar import FILE_FIELD, LINE_FIELD, undeclared
from rapport.connect.csvfile import check_names
from rapport.connect.errors import ConnectError
from rapport.connect.folder import File
from rapport.connect.packed import MAX_RATIO, RATIO_FROM
from rapport.connect.page import Page
from rapport.connect.records import shown
from rapport.declarations import Field, Stream

ROWS = 20_000  # of a page
_MOST = 4 * 1024**3  # bytes of a workbook's sheets, unpacked


def read_excel(stream: Stream, file: File) -> Iterator[Page]:
    """Yield the pages of one sheet; rows without any value do not count.

    Raises:
        ConnectError: it is no workbook, has no such sheet, or none of the declared columns.
    """
    with file.open_windable() as handle:
        _check_size(handle, file.where)
        rows = _rows(handle, file.where, stream.options.get("sheet"), int(stream.options.get("skip_lines", 0)))
        names = list(stream.options.get("header", ())) or [_name(value) for value in next(rows, (0, ()))[1]]
        if not any(names):
            return
        check_names(stream, [name for name in names if name], file.where)
        while block := list(islice(rows, ROWS)):
            yield _page(stream, file, names, block)


def _check_size(handle: IO[bytes], where: str) -> None:
    """Refuse a workbook whose parts would unpack to more than a machine can hold."""
    try:
        parts = zipfile.ZipFile(handle).infolist()
    except (zipfile.BadZipFile, OSError):
        raise ConnectError("file", f"{where}: not a workbook of Excel (.xlsx)") from None
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if unpacked > _MOST or (unpacked > RATIO_FROM and unpacked > MAX_RATIO * packed):
        raise ConnectError("file", f"{where}: unpacks to more than a workbook may: it is not read")
    handle.seek(0)


def sheet_rows(file: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield number and values of each row of a workbook's first sheet that holds one.

    Raises:
        ConnectError: it is no workbook.
    """
    with file.open("rb") as handle:
        _check_size(handle, file.name)
        yield from _rows(handle, file.name)


def _rows(handle: IO[bytes], where: str, wanted: str | None = None, skip: int = 0) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield number and values of each row that holds one."""
    try:
        book = openpyxl.load_workbook(handle, read_only=True, data_only=True, keep_links=False)
        if wanted is not None and wanted not in book.sheetnames:
            raise ConnectError("file", f"{where}: has no sheet {wanted}")
        sheet = book[wanted] if wanted is not None else book.worksheets[0]
        sheet.reset_dimensions()  # what other programs write there is not always so
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > skip and any(value is not None for value in row):
                yield number, row
        return
    except ConnectError:
        raise
    except Exception as error:  # the library raises whatever its parsing of damaged XML comes upon, and quotes it
        fault = type(error).__name__
    raise ConnectError("file", f"{where}: not readable as a workbook of Excel ({fault}): is it damaged or locked by a password?")


def _name(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _page(stream: Stream, file: File, names: Sequence[str], block: Sequence[tuple[int, Sequence[Any]]]) -> Page:
    nulls = frozenset(stream.options.get("nulls", ()))
    places = {name: index for index, name in enumerate(names) if name}
    columns: dict[str, list[Any]] = {}
    for field in stream.fields:
        if field.path in places:
            index = places[field.path]
            values = (row[index] if index < len(row) else None for _, row in block)
            columns[field.column] = [_served(value, field, nulls) for value in values]
        elif field.path == FILE_FIELD:
            columns[field.column] = [file.name] * len(block)
        elif field.path == LINE_FIELD:
            columns[field.column] = [number for number, _ in block]

    def record_of(row: int) -> dict[str, Any]:
        return {shown(name): value for name, value in zip(names, block[row][1], strict=False) if name and value is not None}

    table, rejected, stripped = cast_lists(stream, columns, record_of, lambda row: block[row][0])
    return Page(table, rejected, undeclared(stream, list(places), len(block)), len(block), None, stripped)


def _served(value: Any, field: Field, nulls: frozenset[str]) -> Any:
    """Return a cell's value as an API would have sent it."""
    if isinstance(value, datetime | date | time):
        is_patterned = field.format and field.format not in {"iso", "epoch", "epoch_ms"} and not isinstance(value, time)
        return value.strftime(str(field.format)) if is_patterned else value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return None if isinstance(value, str) and value in nulls else value
