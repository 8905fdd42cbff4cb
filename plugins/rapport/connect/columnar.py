"""Columns of a file or a database to a page: which are declared, what is cast, and where a row stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rapport.connect.cast import cast_texts
from rapport.connect.page import Page, Reject
from rapport.connect.records import shown
from rapport.declarations import Stream

FILE_FIELD, LINE_FIELD = "_file", "_line"  # fields that say where a row stands, for files without a key of their own
Columns = Sequence[tuple[str, pa.Array]]


def wanted(stream: Stream, names: Sequence[str]) -> list[str]:
    """Return those of a table's columns that hold a declared field, alone or inside an object."""
    paths = {field.path for field in stream.fields}
    return [name for name in names if name in paths or any(path.startswith(f"{name}.") for path in paths)]


def undeclared(stream: Stream, names: Sequence[str], rows: int) -> Counter[str]:
    """Count the rows that carry columns nobody declared."""
    known = {field.path for field in stream.fields} | set(stream.ignored)
    families = tuple(path.removesuffix("*") for path in stream.ignored if path.endswith("*"))
    unknown = (name for name in names if name not in known and not (families and name.startswith(families)))
    return Counter({shown(name): rows for name in unknown if rows})


def page_of(
    stream: Stream,
    columns: Columns,
    rows: int,
    *,
    unread: Sequence[str] = (),
    file: str | None = None,
    numbers: np.ndarray[Any, Any] | None = None,
    above: int = 0,
    broken: Sequence[Reject] = (),
) -> Page:
    """Return the page of one batch of columns.

    Args:
        stream: the declaration.
        columns: (name, values), as the source gives them.
        rows: how many there are.
        unread: names of columns that were left out of the reading.
        file: name of the file.
        numbers: number of each row in it, from 1; None if the source does not number its rows.
        above: lines of the file above its first row.
        broken: rows that could not be split into columns.
    """
    declared = {field.path for field in stream.fields}
    named = dict(_flat(columns, declared | {path.rstrip("*").rstrip(".") for path in stream.ignored}))
    if file is not None:
        named[FILE_FIELD] = pa.repeat(pa.scalar(file, pa.string()), rows)
    if numbers is not None:
        named[LINE_FIELD] = pa.array(numbers, pa.int64())
    values = {field.column: named[field.path] for field in stream.fields if field.path in named}

    def record_of(row: int) -> dict[str, Any]:
        return {name: _readable(column[row]) for name, column in columns if column[row].is_valid}

    def line_of(row: int) -> int | None:
        return None if numbers is None else int(numbers[row]) + above

    table, rejected, stripped = cast_texts(stream, rows, values, record_of, line_of)
    names = [name for name in (*named, *unread) if name not in {FILE_FIELD, LINE_FIELD}]
    fetched = rows + len(broken)
    return Page(table, [*rejected, *broken], undeclared(stream, names, fetched), fetched, None, stripped)


def _flat(columns: Columns, paths: set[str]) -> Iterator[tuple[str, pa.Array]]:
    """Yield columns by path: an object of which parts are declared becomes those parts."""
    for name, column in columns:
        if name not in paths and pa.types.is_struct(column.type) and any(path.startswith(f"{name}.") for path in paths):
            parts = [(f"{name}.{part.name}", pc.struct_field(column, index)) for index, part in enumerate(column.type)]
            yield from _flat(parts, paths)
        else:
            yield name, column


def _readable(scalar: pa.Scalar) -> Any:
    try:
        value = scalar.as_py()
    except (OverflowError, ValueError):  # a time beyond Python's years, e.g. infinity
        value = str(scalar.value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
