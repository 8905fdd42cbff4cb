"""One column to its declared type: in bulk where it is uniform, value by value where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rapport.connect.cast.values import EPOCH_MAX, EPOCH_MIN, EXACT, BadValueError, json_from_text, parser
from rapport.declarations import Field
from rapport.declarations.schemas import arrow_types

_EXACTLY = {"bigint": r"^[+-]?\d{1,18}$", "decimal": r"^-?\d{1,29}(\.\d{1,9})?$"}  # a pattern first: Arrow would read 0x10 as 16
_ZONED = r"[Zz]$|[+-]\d\d(:?\d\d)?$"
_FAULTS = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, UnicodeError)


@dataclass
class Column:
    """A cast column.

    Attributes:
        array: values of the declared type; null where there is a fault.
        faults: row -> why its value does not fit.
        nul_stripped: values from which NUL was taken out.
    """

    array: pa.Array
    faults: dict[int, str] = field(default_factory=dict)
    nul_stripped: int = 0


def cast_values(values: Sequence[Any], declared: Field) -> Column:
    """Cast the Python values of one field, as a JSON body gives them."""
    if declared.nulls:
        values = [None if isinstance(value, str) and value in declared.nulls else value for value in values]
    kinds = set(map(type, values))
    kinds.discard(type(None))
    if not kinds:
        return Column(pa.nulls(len(values), arrow_types()[declared.type]))
    try:
        bulk = _bulk_values(values, kinds, declared)
    except _FAULTS:
        bulk = None
    return bulk if bulk is not None else _one_by_one(values, declared)


def cast_text(array: pa.Array, declared: Field) -> Column:
    """Cast the text (or UTF-8 bytes) of a file's column to the type of `declared`."""
    array, undecoded = _decoded(array)
    column = _cast_decoded(array, declared)
    column.faults |= undecoded
    return column


def _cast_decoded(array: pa.Array, declared: Field) -> Column:
    array, stripped = _without_nul(array)
    if declared.nulls:
        array = pc.if_else(pc.is_in(array, value_set=pa.array(declared.nulls)), pa.scalar(None, pa.string()), array)
    if declared.type == "text":
        return Column(array, nul_stripped=stripped)
    if declared.type == "json":
        return _one_by_one(array.to_pylist(), declared, parse=json_from_text)
    trimmed = pc.utf8_trim_whitespace(array)
    filled = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    try:
        bulk = _bulk_text(filled, declared)
    except _FAULTS:
        bulk = None
    column = Column(bulk) if bulk is not None else _one_by_one(filled.to_pylist(), declared)
    column.nul_stripped += stripped
    return column


def _bulk_values(values: Sequence[Any], kinds: set[type], declared: Field) -> Column | None:  # noqa: PLR0911 - one way out a type
    """Cast a column whose values are all of one fitting kind; None says: not such a column.

    Arrow turns 7.5 into 7 and True into 1.0 without a word when asked for a type, hence the look at the kinds first.
    """
    wanted, written = arrow_types()[declared.type], declared.format or "iso"
    if declared.type == "text" and kinds == {str}:
        array, stripped = _without_nul(pa.array(values, pa.string()))
        return Column(array, nul_stripped=stripped)
    if declared.type == "bigint" and kinds == {int}:
        return Column(pa.array(values, wanted))
    if declared.type == "double" and kinds <= {int, float}:
        array = pa.array(values, wanted)
        return Column(array) if pc.all(pc.is_finite(array), skip_nulls=True).as_py() is not False else None
    if declared.type == "boolean" and kinds == {bool}:
        return Column(pa.array(values, wanted))
    if declared.type == "timestamp" and written == "epoch" and kinds == {int}:
        seconds = pa.array(values, pa.int64())
        bounds = pc.min_max(seconds)
        if bounds["min"].as_py() < EPOCH_MIN or bounds["max"].as_py() > EPOCH_MAX:
            return None
        return Column(seconds.cast(pa.timestamp("s", tz="UTC")).cast(wanted))
    if declared.type in {"timestamp", "date"} and kinds == {str}:
        timed = _bulk_text(pa.array(values, pa.string()), declared)
        return Column(timed) if timed is not None else None
    return None


def _bulk_text(array: pa.Array, declared: Field) -> pa.Array | None:
    wanted, kind = arrow_types()[declared.type], declared.type
    if kind in _EXACTLY and _all_match(array, _EXACTLY[kind]):
        return array.cast(wanted)
    if kind == "double" and _all_match(array, r"^-?\d{1,15}(\.\d{1,15})?$"):
        numbers = array.cast(wanted)
        largest = pc.max(pc.abs(numbers)).as_py()
        return numbers if largest is None or largest <= EXACT else None
    if kind == "date" and not declared.format and _all_match(array, r"^[0-9]{4}-\d\d-\d\d$"):
        days = array.cast(wanted)
        return days if _years_fit(days.cast(pa.int32()), 86_400) else None
    if kind == "timestamp" and not declared.format and declared.time_zone == "UTC":
        if _all_match(array, _ZONED):
            moments = array.cast(wanted)
        elif _all_match(array, r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?$"):
            moments = pc.assume_timezone(array.cast(pa.timestamp("us")), "UTC")
        else:
            return None
        return moments if _years_fit(moments.cast(pa.int64()), 1_000_000, divide=True) else None
    return None


def _decoded(array: pa.Array) -> tuple[pa.Array, dict[int, str]]:
    if array.type != pa.binary():
        return array, {}
    try:
        return array.cast(pa.string()), {}
    except pa.ArrowInvalid:
        texts: list[str | None] = []
        faults: dict[int, str] = {}
        for row, value in enumerate(array.to_pylist()):
            try:
                texts.append(None if value is None else value.decode())
            except UnicodeDecodeError:
                texts.append(None)
                faults[row] = "bytes that are not UTF-8"
        return pa.array(texts, pa.string()), faults


def _all_match(array: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(array, pattern), skip_nulls=True).as_py())


def _years_fit(numbers: pa.Array, unit: int, divide: bool = False) -> bool:
    """Whether all moments, in days or microseconds, lie in the years 1 to 9999 that Python and PostgreSQL both write."""
    bounds = pc.min_max(numbers)
    low, high = bounds["min"].as_py(), bounds["max"].as_py()
    if low is None:
        return True
    seconds = (low / unit, high / unit) if divide else (low * unit, high * unit)
    return seconds[0] >= EPOCH_MIN and seconds[1] <= EPOCH_MAX


def _without_nul(array: pa.Array) -> tuple[pa.Array, int]:
    data = array.buffers()[2]
    if data is None or b"\0" not in data.to_pybytes():  # six times as fast as to ask value by value, also with the copy
        return array, 0
    stripped = pc.sum(pc.match_substring(array, "\0")).as_py() or 0
    return (pc.replace_substring(array, "\0", "") if stripped else array), stripped


def _one_by_one(values: Sequence[Any], declared: Field, parse: Any = None) -> Column:
    parse = parse or parser(declared)
    cast: list[Any] = []
    faults: dict[int, str] = {}
    stripped = 0
    for row, value in enumerate(values):
        if value is None:
            cast.append(None)
            continue
        if isinstance(value, str) and "\0" in value:
            stripped += 1
        try:
            cast.append(parse(value))
        except BadValueError as fault:
            cast.append(None)
            faults[row] = str(fault)
    return Column(pa.array(cast, arrow_types()[declared.type]), faults, stripped)
