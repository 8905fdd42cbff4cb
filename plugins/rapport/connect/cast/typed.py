"""One typed Arrow column, of a Parquet file or a database, to its declared type: in bulk, and by value only where it does not fit.

The rules are those of text: nothing is guessed or rounded. Arrow by itself would turn true into 1.0 and a moment into a count of seconds.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from rapport.connect.cast.columns import Column, cast_text, cast_values
from rapport.connect.cast.values import EPOCH_MAX, EPOCH_MIN, EXACT
from rapport.declarations import Field
from rapport.declarations.schemas import DECIMAL_DIGITS, DECIMAL_SCALE, arrow_types

_DAY = 86_400
_UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_NINE_DIGITS_LEFT = 1e6  # a double below it and nine decimals are fifteen digits together: the decimal that it was written as
_TOO_LARGE = 10.0 ** (DECIMAL_DIGITS - DECIMAL_SCALE)
_OUTSIDE = "a time outside the years 1 to 9999"
_FAULTS = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError)


def cast_typed(array: pa.Array, declared: Field) -> Column:
    """Cast a column of any Arrow type to the type of `declared`.

    Integers that fit become doubles, decimals and text, whole numbers integers; a date becomes its midnight and a midnight its date, in the
    zone of the field; lists and objects become JSON. What is finer than a microsecond is cut off. Anything else is a fault of its row.
    """
    array = _plain(array)
    kind = array.type
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        return cast_text(array, declared)
    if pa.types.is_null(kind):
        return Column(pa.nulls(len(array), arrow_types()[declared.type]))
    if declared.nulls and not pa.types.is_nested(kind):
        words = pc.is_in(array.cast(pa.string()), value_set=pa.array(declared.nulls, pa.string()))
        array = pc.if_else(words, pa.scalar(None, kind), array)
    return _cast_of(kind)(array, declared)


def _plain(array: pa.Array) -> pa.Array:
    """Return the column without dictionaries, extensions and the large and view forms of text."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _plain(array.dictionary_decode())
    if pa.types.is_run_end_encoded(kind):
        return _plain(pc.run_end_decode(array))
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return array.cast(pa.string())
    if pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind) or pa.types.is_fixed_size_binary(kind):
        return array.cast(pa.binary())
    return array


def _cast_of(kind: pa.DataType) -> Callable[[pa.Array, Field], Column]:
    families: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array, Field], Column]], ...] = (
        (pa.types.is_integer, _integers),
        (pa.types.is_floating, _floats),
        (pa.types.is_decimal, _decimals),
        (pa.types.is_boolean, _booleans),
        (pa.types.is_date, _dates),
        (pa.types.is_timestamp, _moments),
        (pa.types.is_nested, _nested),
    )
    return next((cast for belongs, cast in families if belongs(kind)), _others)


def _integers(array: pa.Array, declared: Field) -> Column:
    try:
        if declared.type in {"bigint", "text", "decimal"}:
            return Column(array.cast(arrow_types()[declared.type]))
        if declared.type == "double" and _most(array.cast(pa.int64())) <= EXACT:
            return Column(array.cast(pa.float64()))
    except _FAULTS:
        pass  # a value too large: each is judged alone
    return cast_values(array.to_pylist(), declared)


def _floats(array: pa.Array, declared: Field) -> Column:
    wide = array.cast(pa.float64())
    if declared.type == "double":
        return _without(wide, pc.invert(pc.is_finite(wide)), "not a finite number")
    try:
        if declared.type == "bigint" and _most(wide) <= EXACT:
            return Column(wide.cast(pa.int64()))
        if declared.type == "decimal" and _most(wide) < _NINE_DIGITS_LEFT:
            exact = wide.cast(arrow_types()["decimal"])
            if exact.cast(pa.float64()).equals(wide):
                return Column(exact)
    except _FAULTS:
        pass
    return cast_values(wide.to_pylist(), declared)


def _decimals(array: pa.Array, declared: Field) -> Column:
    if declared.type in {"bigint", "double", "decimal"}:
        try:
            if declared.type == "decimal":
                exact = array.cast(arrow_types()["decimal"])
                if _most(exact.cast(pa.float64())) < _TOO_LARGE:  # Arrow lets 39 digits pass for 38
                    return Column(exact)
                return cast_values(array.to_pylist(), declared)
        except _FAULTS:
            return cast_values(array.to_pylist(), declared)
        return cast_text(array.cast(pa.string()), declared)
    if declared.type == "text":
        return Column(pa.array([None if value is None else format(value, "f") for value in array.to_pylist()], pa.string()))
    return _refused(array, declared, "a decimal number")


def _booleans(array: pa.Array, declared: Field) -> Column:
    if declared.type == "boolean":
        return Column(array)
    if declared.type == "text":
        return Column(array.cast(pa.string()))
    return cast_values(array.to_pylist(), declared)


def _dates(array: pa.Array, declared: Field) -> Column:
    days = array.cast(pa.date32())
    within, faults = _within_years(days, days.cast(pa.int32()), _DAY, multiply=True)
    if declared.type == "date":
        return Column(within, faults)
    if declared.type == "timestamp":
        return _with(_in_zone(within.cast(pa.timestamp("us")), declared), faults)
    if declared.type == "text":
        return Column(within.cast(pa.string()), faults)
    return _refused(array, declared, "a date")


def _moments(array: pa.Array, declared: Field) -> Column:
    per_second = _UNITS[array.type.unit]
    within, faults = _within_years(array, array.cast(pa.int64()), per_second)
    within = within.cast(pa.timestamp("us", tz=array.type.tz), safe=False)
    if declared.type == "timestamp":
        return _with(Column(within.cast(arrow_types()["timestamp"])) if array.type.tz else _in_zone(within, declared), faults)
    naive = within.cast(pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us")) if array.type.tz else within
    if declared.type == "date":
        midnight = pc.floor_temporal(naive, unit="day")
        return _with(_without(naive.cast(pa.date32(), safe=False), pc.not_equal(naive, midnight), "not a date (YYYY-MM-DD)"), faults)
    if declared.type == "text":
        text = pc.replace_substring(pc.strftime(naive, "%Y-%m-%dT%H:%M:%S"), ".000000", "")
        return Column(pc.binary_join_element_wise(text, "Z", "") if array.type.tz else text, faults)
    return _refused(array, declared, "a time")


def _nested(array: pa.Array, declared: Field) -> Column:
    return cast_values(array.to_pylist(), declared)


def _others(array: pa.Array, declared: Field) -> Column:
    if declared.type == "text":
        try:
            return Column(array.cast(pa.string()))
        except _FAULTS:
            pass
    return _refused(array, declared, "a value of another kind")


def _in_zone(naive: pa.Array, declared: Field) -> Column:
    """Return moments without a zone as moments of the field's zone; an hour that is there twice is its first, as in text."""
    try:
        return Column(pc.assume_timezone(naive, declared.time_zone, ambiguous="earliest").cast(arrow_types()["timestamp"]))
    except _FAULTS:  # an hour that is skipped in that zone
        texts = [None if value is None else value.isoformat() for value in naive.to_pylist()]
        return cast_text(pa.array(texts, pa.string()), declared)


def _within_years(array: pa.Array, numbers: pa.Array, unit: int, multiply: bool = False) -> tuple[pa.Array, dict[int, str]]:
    """Null what lies outside the years that Python and PostgreSQL both write; `unit` is of a second, or seconds where multiplied."""
    low, high = (EPOCH_MIN // unit, EPOCH_MAX // unit) if multiply else (EPOCH_MIN * unit, (EPOCH_MAX + 1) * unit - 1)
    biggest = 2**31 - 1 if pa.types.is_int32(numbers.type) else 2**63 - 1
    low, high = max(low, -biggest), min(high, biggest)
    column = _without(array, pc.or_(pc.less(numbers, low), pc.greater(numbers, high)), _OUTSIDE)
    return column.array, column.faults


def _without(array: pa.Array, bad: pa.Array, reason: str) -> Column:
    """Return the column with null where `bad` is true, and those rows as faults."""
    if not pc.any(bad, skip_nulls=True).as_py():
        return Column(array)
    rows = pc.indices_nonzero(pc.fill_null(bad, False)).to_pylist()
    return Column(pc.if_else(pc.fill_null(bad, False), pa.scalar(None, array.type), array), dict.fromkeys(rows, reason))


def _with(column: Column, faults: dict[int, str]) -> Column:
    column.faults |= faults
    return column


def _refused(array: pa.Array, declared: Field, what: str) -> Column:
    rows = pc.indices_nonzero(pc.is_valid(array)).to_pylist()
    return Column(pa.nulls(len(array), arrow_types()[declared.type]), dict.fromkeys(rows, f"{what} where a {declared.type} is declared"))


def _most(array: pa.Array) -> float:
    """Return the largest absolute value, 0 of none; not a number counts as infinitely large."""
    bounds = pc.min_max(array)
    if bounds["min"].as_py() is None:
        return 0
    largest: float = max(abs(bounds["min"].as_py()), abs(bounds["max"].as_py()))
    if pa.types.is_floating(array.type) and not pc.all(pc.is_finite(array)).as_py():
        return float("inf")
    return largest
