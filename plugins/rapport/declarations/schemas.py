"""Arrow schemas of declared types. Arrow is imported when a schema is asked for: reading declarations stays cheap."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

DECIMAL_DIGITS, DECIMAL_SCALE = 38, 9


@cache
def arrow_types() -> dict[str, pa.DataType]:
    """Return the Arrow type of each declared type; `json` is text that holds a JSON document."""
    import pyarrow as pa

    return {
        "text": pa.string(),
        "bigint": pa.int64(),
        "double": pa.float64(),
        "boolean": pa.bool_(),
        "timestamp": pa.timestamp("us", tz="UTC"),
        "date": pa.date32(),
        "decimal": pa.decimal128(DECIMAL_DIGITS, DECIMAL_SCALE),
        "json": pa.string(),
    }


def arrow_schema(columns: Mapping[str, str]) -> pa.Schema:
    """Return the Arrow schema of columns given by name and declared type."""
    import pyarrow as pa

    types = arrow_types()
    return pa.schema([(name, types[declared]) for name, declared in columns.items()])


def landed_columns(
    column: str, declared: str, treatment: str, is_by_row: bool, *, surname: bool = False, role: bool = False
) -> dict[str, str]:
    """Return the columns, with declared types, that one field lands as after its treatment.

    Args:
        column: the field's column before treatment.
        declared: its declared type.
        treatment: keep, token, redact, drop, band or truncate.
        is_by_row: whether the token domain is decided row by row, which lands two token columns.
        surname: whether a token of the family name lands beside it.
        role: whether it lands beside the token that the address is nobody's own, as info@.
    """
    beside = ({f"{column}_surname_token": "text"} if surname else {}) | ({f"{column}_is_role": "boolean"} if role else {})
    return _treated(column, declared, treatment, is_by_row) | beside


def _treated(column: str, declared: str, treatment: str, is_by_row: bool) -> dict[str, str]:
    if treatment == "keep":
        return {column: declared}
    if treatment == "token":
        return {f"{column}_customer_token": "text", f"{column}_employee_token": "text"} if is_by_row else {f"{column}_token": "text"}
    if treatment == "redact":
        return {f"{column}_redacted": "text", f"{column}_length": "bigint"}
    if treatment == "band":
        return {f"{column}_band": "text"}
    if treatment == "truncate":
        return {f"{column}_truncated": "date" if declared in {"date", "timestamp"} else "text"}
    return {}


def equals_any(column: pa.ChunkedArray, values: tuple[str, ...]) -> pa.ChunkedArray:
    """Return a boolean column, never null: the value written as text is one of `values`; without values, that there is one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not values:
        return pc.is_valid(column)
    return pc.fill_null(pc.is_in(column.cast(pa.string()), value_set=pa.array(values)), False)
