"""Records and text tables to the declared Arrow schema: what does not fit is set aside with a reason, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rapport.connect.cast.columns import Column, cast_values
from rapport.connect.cast.demands import unmet
from rapport.connect.cast.typed import cast_typed
from rapport.connect.page import Reject
from rapport.declarations import Stream

__all__ = ["Cast", "cast_lists", "cast_texts"]

Cast = tuple[pa.Table, list[Reject], int]
LineOf = Callable[[int], int | None]
_ABSENT = "the key is missing"


def _no_line(_row: int) -> None:
    """Say that a row comes from no file."""


def cast_lists(
    stream: Stream, columns: Mapping[str, Sequence[Any]], record_of: Callable[[int], dict[str, Any]], line_of: LineOf = _no_line
) -> Cast:
    """Cast columns of Python values.

    Args:
        stream: the declaration.
        columns: column name -> values, all equally long; a column that is not there is null.
        record_of: gives the record of a row as it was served, for those that are refused.
        line_of: gives the line of a row in its file.

    Returns:
        The table of the rows that fit, the rows that do not, and how many values lost a NUL character.
    """
    rows = len(next(iter(columns.values()), ()))
    cast = {field.column: cast_values(columns.get(field.column) or [None] * rows, field) for field in stream.fields}
    return _assemble(stream, cast, rows, record_of, line_of)


def cast_texts(
    stream: Stream, rows: int, columns: Mapping[str, pa.Array], record_of: Callable[[int], dict[str, Any]], line_of: LineOf = _no_line
) -> Cast:
    """Cast Arrow columns of any type, those of bytes being UTF-8; as `cast_lists` otherwise."""
    cast: dict[str, Column] = {}
    for field in stream.fields:
        array = columns.get(field.column)
        cast[field.column] = cast_values([None] * rows, field) if array is None else cast_typed(array, field)
    return _assemble(stream, cast, rows, record_of, line_of)


def _assemble(stream: Stream, cast: Mapping[str, Column], rows: int, record_of: Callable[[int], dict[str, Any]], line_of: LineOf) -> Cast:
    table = pa.table({name: column.array for name, column in cast.items()}, schema=stream.arrow_schema)
    faults: dict[int, tuple[str, str]] = {}
    for field in stream.fields:
        for row, reason in cast[field.column].faults.items():
            faults.setdefault(row, (field.name, reason))
        for row, reason in unmet(stream, field, cast[field.column].array).items():
            faults.setdefault(row, (field.name, reason))
    for column in stream.key:
        if cast[column].array.null_count:
            for row in pc.indices_nonzero(pc.is_null(cast[column].array)).to_pylist():
                faults.setdefault(row, (stream.by_column[column].name, _ABSENT))
    stripped = sum(column.nul_stripped for column in cast.values())
    if not faults:
        return table, [], stripped
    rejected = [
        Reject(_key_text(stream, table, row), name, reason, record_of(row), line_of(row)) for row, (name, reason) in sorted(faults.items())
    ]
    fits = pa.array([row not in faults for row in range(rows)])
    return table.filter(fits), rejected, stripped


def _key_text(stream: Stream, table: pa.Table, row: int) -> str | None:
    """Return the key of a row, unless a part of it is personal or absent."""
    if not stream.key or any(stream.by_column[column].treatment != "keep" for column in stream.key):
        return None
    parts = [table.column(column)[row].as_py() for column in stream.key]
    return None if any(part is None for part in parts) else "/".join(str(part) for part in parts)
