"""What a declaration demands of a value beyond its type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from rapport.declarations import Field, Stream

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_TOLERANCE = timedelta(hours=12)  # of clocks; the gate bears a day
_MAIL_ADDRESS = r"[^\s@]+@[^\s@]+\.[^\s@]"


def unmet(stream: Stream, declared: Field, values: pa.Array) -> dict[int, str]:
    """Return row -> what its value of one field lacks.

    A field may be `required`. In a strict stream a value has to be an `accepted` one, and what elsewhere fails the gate costs one row: a
    time of change or creation before 1990 or in the future. A key may not be an e-mail address: it would be replaced on its way in, and all
    such records would become one.

    Args:
        stream: the declaration.
        declared: one of its fields.
        values: the field's values, cast to its type.
    """
    found: dict[int, str] = {}
    is_text = pa.types.is_string(values.type)
    if declared.required:
        absent = pc.is_null(values)
        if is_text:
            absent = pc.or_(absent, pc.fill_null(pc.equal(pc.utf8_trim_whitespace(values), ""), False))
        found |= dict.fromkeys(_rows(absent), "a value is required")
    if not stream.is_strict:
        return found
    if declared.accepted:
        known = pc.is_in(values, value_set=pa.array(declared.accepted).cast(values.type))
        words = ", ".join(str(value) for value in declared.accepted)
        found |= dict.fromkeys(_rows(pc.and_not(pc.is_valid(values), known)), f"not one of {words}")
    if is_text and declared.treatment == "keep" and declared.column in stream.key:
        named = pc.fill_null(pc.match_substring_regex(values, _MAIL_ADDRESS), False)
        found |= dict.fromkeys(_rows(named), "an e-mail address as an id: use an id that names nobody")
    if pa.types.is_temporal(values.type) and (declared.column == stream.clock or declared.column.startswith("created")):
        moments = values.cast(pa.timestamp("us", tz="UTC"))
        impossible = pc.or_(pc.less(moments, _EARLIEST), pc.greater(moments, datetime.now(UTC) + _TOLERANCE))
        found |= dict.fromkeys(_rows(pc.fill_null(impossible, False)), "before 1990 or in the future")
    return found


def _rows(mask: pa.Array) -> list[int]:
    rows: list[int] = pc.indices_nonzero(mask).to_pylist()
    return rows
