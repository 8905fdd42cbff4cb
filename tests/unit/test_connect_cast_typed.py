"""Catches a typed value that becomes another one on its way to the declared type, or is let through where it does not fit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from rapport.connect.cast.typed import cast_typed
from rapport.declarations import Field
from rapport.declarations.schemas import arrow_types

NO = object()  # stands for a value that is refused
TWO = 2**53 + 1


def field(kind: str, **more: Any) -> Field:
    return Field("f", "f", "f", kind, "internal", "keep", **more)


NUMBERS: list[tuple[pa.Array, dict[str, list[Any]]]] = [
    (
        pa.array([7, None, -1], pa.int8()),
        {"bigint": [7, None, -1], "double": [7.0, None, -1.0], "decimal": [Decimal(7), None, Decimal(-1)], "text": ["7", None, "-1"]},
    ),
    (
        pa.array([2**63, 1], pa.uint64()),
        {"bigint": [NO, 1], "double": [NO, 1.0], "decimal": [Decimal(2**63), Decimal(1)], "boolean": [NO, True]},
    ),
    (pa.array([TWO, 0]), {"bigint": [TWO, 0], "double": [NO, 0.0], "boolean": [NO, False], "timestamp": [NO, NO], "date": [NO, NO]}),
    (
        pa.array([7.0, 7.5, float("nan"), None]),
        {
            "bigint": [7, NO, NO, None],
            "double": [7.0, 7.5, NO, None],
            "decimal": [Decimal(7), Decimal("7.5"), NO, None],
            "text": ["7.0", "7.5", NO, None],
        },
    ),
    (pa.array([0.25, float("inf")], pa.float32()), {"double": [0.25, NO], "bigint": [NO, NO], "boolean": [NO, NO]}),
    (pa.array([0.1, 123.123456789]), {"decimal": [Decimal("0.1"), Decimal("123.123456789")]}),
    (pa.array([1e300, 2.0**53 * 2]), {"bigint": [NO, NO], "decimal": [NO, Decimal(2**54)]}),
    (pa.array([Decimal("1.50"), Decimal("7.00")]), {"bigint": [NO, 7], "double": [1.5, 7.0], "text": ["1.50", "7.00"], "date": [NO, NO]}),
    (pa.array([Decimal("1E-12"), None]), {"decimal": [NO, None], "double": [1e-12, None]}),
    (pa.array([True, None]), {"boolean": [True, None], "bigint": [NO, None], "double": [NO, None], "text": ["true", None]}),
]
DAY, NOON = date(2024, 1, 1), datetime(2024, 1, 1, 12)  # noqa: DTZ001 - of a column without a zone
TIMES: list[tuple[pa.Array, dict[str, list[Any]]]] = [
    (pa.array([DAY]), {"date": [DAY], "timestamp": [datetime(2023, 12, 31, 23, tzinfo=UTC)], "text": ["2024-01-01"], "bigint": [NO]}),
    (pa.array([3_000_000, 0], pa.date32()), {"date": [NO, date(1970, 1, 1)], "timestamp": [NO, datetime(1969, 12, 31, 23, tzinfo=UTC)]}),
    (
        pa.array([NOON, None]),
        {
            "timestamp": [datetime(2024, 1, 1, 11, tzinfo=UTC), None],
            "date": [NO, None],
            "text": ["2024-01-01T12:00:00", None],
            "double": [NO, None],
        },
    ),
    (pa.array([datetime(2024, 1, 1)]), {"date": [DAY]}),  # noqa: DTZ001
    (
        pa.array([datetime(2024, 3, 31, 2, 30), datetime(2024, 10, 27, 2, 30)]),  # noqa: DTZ001 - an hour that is skipped, one that is twice
        {"timestamp": [datetime(2024, 3, 31, 1, 30, tzinfo=UTC), datetime(2024, 10, 27, 0, 30, tzinfo=UTC)]},
    ),
    (pa.array([1_000_000_001], pa.timestamp("ns")), {"text": ["1970-01-01T00:00:01"]}),
    (
        pa.array([2**62, 0], pa.timestamp("us", "UTC")),
        {"timestamp": [NO, datetime(1970, 1, 1, tzinfo=UTC)], "date": [NO, date(1970, 1, 1)]},
    ),
    (pa.array([0], pa.timestamp("s", "Asia/Tokyo")), {"timestamp": [datetime(1970, 1, 1, tzinfo=UTC)], "text": ["1970-01-01T00:00:00Z"]}),
    (pa.array([time(1, 2)]), {"text": ["01:02:00.000000"], "timestamp": [NO]}),
    (pa.array([timedelta(1)]), {"bigint": [NO]}),
]
OTHERS: list[tuple[pa.Array, dict[str, list[Any]]]] = [
    (pa.array(["7", "x"]).dictionary_encode(), {"bigint": [7, NO], "text": ["7", "x"]}),
    (pa.array(["7", None], pa.string_view()), {"bigint": [7, None]}),
    (pa.array(["yes"], pa.large_string()), {"boolean": [True]}),
    (pa.array([b"\xff", b"a"]), {"text": [NO, "a"]}),
    (pa.array([[1, 2], None]), {"json": ["[1,2]", None], "text": [NO, None], "double": [NO, None]}),
    (pa.array([{"b": 1, "a": None}]), {"json": ['{"a":null,"b":1}'], "text": [NO]}),
    (pa.nulls(1), {kind: [None] for kind in arrow_types()}),
]


@pytest.mark.parametrize(
    ("array", "wanted"), NUMBERS + TIMES + OTHERS, ids=lambda value: str(value.type) if isinstance(value, pa.Array) else ""
)
def test_every_arrow_type_becomes_the_declared_one_or_is_refused(array: pa.Array, wanted: dict[str, list[Any]]) -> None:
    """Would catch: true as 1.0, a moment as microseconds, 7.5 as 7, an integer that a double cannot hold, a value behind the year 9999."""
    for kind, values in wanted.items():
        column = cast_typed(array, field(kind, time_zone="Europe/Berlin"))
        assert column.array.type == arrow_types()[kind], kind
        found = column.array.to_pylist()
        assert [NO if row in column.faults else value for row, value in enumerate(found)] == values, kind
        assert all(found[row] is None for row in column.faults), kind


def test_words_for_nothing_are_nothing_in_typed_columns_too() -> None:
    """Would catch: -1 that the source writes for an absent number, landed as a number because the file is typed."""
    assert cast_typed(pa.array([-1, 5]), field("bigint", nulls=("-1",))).array.to_pylist() == [None, 5]
