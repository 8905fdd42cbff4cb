"""Arrow columns in PostgreSQL's binary COPY form, row by row, without a Python value a row.

Binary COPY takes bytes of another type without an error when they happen to fit. So a form is chosen by the pair of Arrow type and type
of the very column that the bytes go to, as the server names it; a pair that is not listed here is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import adapters
from psycopg.adapt import PyFormat

HEAD, TAIL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_SLICE_BYTES, _SLICE_ROWS = 8 << 20, 50_000
_MICROSECONDS_TO_2000, _DAYS_TO_2000 = 946_684_800_000_000, 10_957  # PostgreSQL counts from the year 2000


class _NoPandas:
    """Lets pandas not be found."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _first_array() -> None:
    """Make pyarrow's first array while pandas cannot be found.

    It would import pandas then, in case it is ever given a pandas object: a quarter of a second for each stream that is landed. Functions
    that need pandas import it themselves all the same.
    """
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _NoPandas)
        try:
            pa.array([None])
        finally:
            sys.meta_path.remove(_NoPandas)


_first_array()
if "jemalloc" in pa.supported_memory_backends():  # pages come and go: it gives their memory back, and sooner
    pa.set_memory_pool(pa.jemalloc_memory_pool())
_NULL = pa.scalar(b"\xff\xff\xff\xff")  # a length of -1
_JSONB_VERSION = b"\x01"

# Bytes of equal length in every row (two-dimensional), or of any length.
Block: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
Piece: TypeAlias = "Block | pa.Array"
Encoder = Callable[[pa.Array], Iterator[Piece]]


def encoded(table: pa.Table, types: Mapping[str, str]) -> Iterator[memoryview]:
    """Return the rows of `table` in binary COPY form, a few megabytes at a time, without head and tail.

    Args:
        table: what is copied.
        types: the PostgreSQL type of each column that is copied into, e.g. `int8`, as `pg_type` names it.

    Raises:
        TypeError: a column's Arrow type has no form for the type of the column it goes to.
    """
    encoders = [_encoder(name, table.schema.field(name).type, types[name]) for name in table.column_names]
    rows = max(1, min(_SLICE_ROWS, int(_SLICE_BYTES * table.num_rows / max(table.nbytes, 1))))
    slices = (table.slice(start, rows) for start in range(0, table.num_rows, rows))
    return (_rows([column.combine_chunks() for column in part.columns], encoders) for part in slices)


def _encoder(name: str, arrow: pa.DataType, type_name: str) -> Encoder:
    try:
        return _ENCODERS["decimal" if pa.types.is_decimal128(arrow) else str(arrow), type_name]
    except KeyError:
        raise TypeError(f"column {name}: no form of {arrow} for a column of type {type_name}") from None


def _rows(columns: list[pa.Array], encoders: list[Encoder]) -> memoryview:
    count = len(columns[0])
    joined: list[pa.Array] = []
    fixed: list[Block] = [_constant(len(columns).to_bytes(2, "big"), count)]
    for column, encode in zip(columns, encoders, strict=True):
        for piece in encode(column):
            if isinstance(piece, np.ndarray):
                fixed.append(piece)
                continue
            if fixed:
                joined.append(_binary(np.hstack(fixed)))
                fixed = []
            joined.append(piece)
    if fixed:
        joined.append(_binary(np.hstack(fixed)))
    rows = pc.binary_join_element_wise(*joined, pa.scalar(b"")) if len(joined) > 1 else joined[0]
    _, offsets, data = rows.buffers()
    ends = np.frombuffer(offsets, np.int32)[rows.offset : rows.offset + count + 1]
    return memoryview(data)[int(ends[0]) : int(ends[-1])]


def _constant(value: bytes, count: int) -> Block:
    return np.broadcast_to(np.frombuffer(value, np.uint8), (count, len(value)))


def _binary(block: Block) -> pa.Array:
    """Return a block of bytes as a binary column, without a copy."""
    count, width = block.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32) if width else np.zeros(count + 1, np.int32)
    return pa.Array.from_buffers(pa.binary(), count, [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(block))])


def _numbers(stored: str, shift: int = 0, seen_as: pa.DataType | None = None) -> Encoder:
    """Return the encoder of a type of fixed width, whose values are written as the numpy type `stored` less `shift`."""

    def encode(array: pa.Array) -> Iterator[Piece]:
        numbers = array.cast(seen_as) if seen_as is not None else array
        values = (numbers.fill_null(0) if array.null_count else numbers).to_numpy(zero_copy_only=False)
        payload = np.ascontiguousarray((values - shift if shift else values).astype(stored))
        width = payload.itemsize
        block = np.hstack([_constant(width.to_bytes(4, "big"), len(payload)), payload.view(np.uint8).reshape(-1, width)])
        if array.null_count:
            yield pc.if_else(array.is_valid(), _binary(block), _NULL)
        else:
            yield block

    return encode


def _texts(before: bytes = b"") -> Encoder:
    """Return the encoder of text and bytes; `before` goes in front of each value."""

    def encode(array: pa.Array) -> Iterator[Piece]:
        values = array if pa.types.is_binary(array.type) else array.cast(pa.binary())
        sizes = pc.add(pc.binary_length(values), len(before)).fill_null(-1).to_numpy(zero_copy_only=False)
        yield np.ascontiguousarray(sizes.astype(">i4")).view(np.uint8).reshape(-1, 4)
        if before:
            yield pc.if_else(values.is_valid(), pa.scalar(before), pa.scalar(b""))
        yield values.fill_null(b"") if values.null_count else values

    return encode


def _decimals(array: pa.Array) -> Iterator[Piece]:
    dump = adapters.get_dumper(Decimal, PyFormat.BINARY)(Decimal).dump
    values = (None if value is None else bytes(dump(value) or b"") for value in array.to_pylist())
    yield from _texts()(pa.array(values, pa.binary()))


_ENCODERS: Mapping[tuple[str, str], Encoder] = {
    ("string", "text"): _texts(),
    ("string", "jsonb"): _texts(_JSONB_VERSION),
    ("binary", "bytea"): _texts(),
    ("fixed_size_binary[12]", "bytea"): _texts(),
    ("int64", "int8"): _numbers(">i8"),
    ("double", "float8"): _numbers(">f8"),
    ("bool", "bool"): _numbers("u1", seen_as=pa.uint8()),
    ("timestamp[us, tz=UTC]", "timestamptz"): _numbers(">i8", _MICROSECONDS_TO_2000, pa.int64()),
    ("date32[day]", "date"): _numbers(">i4", _DAYS_TO_2000, pa.int32()),
    ("decimal", "numeric"): _decimals,
}
