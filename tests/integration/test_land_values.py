"""Would catch: a fast path that writes another value than it was given, without an error."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from psycopg import sql
from rapport.declarations.schemas import arrow_types
from rapport.home import Home
from rapport.land.copying import copy_arrow, temporary_table
from rapport.land.encoding import HEAD, TAIL
from rapport.land.tables import _TYPES

CHANCE = random.Random(5)  # noqa: S311 - made data
EDGES: dict[str, list[Any]] = {
    "text": ["", " ", "é\u2028\U0001f600", 'a "b", \\. \\N\n\t', "x" * 70_000, "\\x00"],
    "bigint": [0, -1, 7, 2**63 - 1, -(2**63), 2**53 + 1],
    "double": [0.0, -0.0, 7.0, 0.1 + 0.2, 5e-324, -1.7976931348623157e308],
    "boolean": [True, False],
    "timestamp": [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, UTC), datetime(2000, 1, 1, tzinfo=UTC)],
    "date": [date(1, 1, 1), date(9999, 12, 31), date(2000, 1, 1), date(1999, 12, 31)],
    "decimal": [Decimal("0E-9"), Decimal("-0.000000001"), Decimal("9" * 29 + "." + "9" * 9), Decimal("10000"), Decimal("0.0001")],
    "json": ['{"b": [1, null, "é"], "a": 7.50}', "null", '"x"', "[]"],
}
MORE = {
    "text": lambda: "".join(chr(CHANCE.choice([65, 233, 0x4E2D, 0x1F600])) for _ in range(CHANCE.randrange(9))),
    "bigint": lambda: CHANCE.randrange(-(2**63), 2**63),
    "double": lambda: CHANCE.uniform(-1, 1) * 10 ** CHANCE.randrange(-300, 300),
    "boolean": lambda: CHANCE.random() < 0.5,
    "timestamp": lambda: datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=CHANCE.randrange(315_537_897_600_000_000)),
    "date": lambda: date.fromordinal(CHANCE.randrange(1, 3_652_059)),
    "decimal": lambda: Decimal(CHANCE.randrange(-(10 ** CHANCE.randrange(1, 38)), 10**37)).scaleb(-9),
    "json": lambda: f'{{"n": {CHANCE.randrange(10**20)}, "t": "{CHANCE.random()}"}}',
}


@pytest.fixture
def conn(warehouse: Home) -> Iterator[psycopg.Connection]:
    with psycopg.connect(warehouse.dsn("loader")) as connection:
        yield connection


def values(declared: str, rows: int) -> list[Any]:
    """Return edge values, then made ones, an eighth of them null."""
    made = [None if CHANCE.random() < 0.125 else MORE[declared]() for _ in range(rows - len(EDGES[declared]))]
    return [*EDGES[declared], *made]


def written(value: Any) -> str | None:
    """Return a value as one would write it in SQL: another way into the database than the one under test."""
    return None if value is None else repr(value) if isinstance(value, float) else str(value)


@pytest.mark.parametrize("nulls", [True, False])
def test_every_declared_type_arrives_as_the_value_it_was_and_with_the_hash_that_text_would_give(
    conn: psycopg.Connection, nulls: bool
) -> None:
    """Would catch: binary COPY that turns 7 into 3.5e-323 or shifts a date, and a new way of writing that lands every record again."""
    rows = 3000
    columns = {declared: values(declared, rows) for declared in _TYPES}
    if not nulls:
        columns = {name: [value if value is not None else EDGES[name][0] for value in held] for name, held in columns.items()}
    arrays = [pa.array(held, arrow_types()[name]) for name, held in columns.items()]
    whole = pa.table(arrays, names=list(columns))
    table = pa.concat_tables([whole.slice(0, 1000), whole.slice(1000)])  # chunks, and offsets that do not begin at nought
    made = temporary_table(conn, "_made", [("at", "serial"), *_TYPES.items()])
    copy_arrow(conn, made, table.slice(3))
    by_text = temporary_table(conn, "_text", [("at", "serial"), *_TYPES.items()])
    with conn.cursor() as cursor:
        cursor.executemany(
            sql.SQL("insert into {} ({}) values ({})").format(
                by_text,
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join(sql.SQL("%s::text::{}").format(sql.SQL(kind)) for kind in _TYPES.values()),
            ),
            [[written(value) for value in row] for row in zip(*(held[3:] for held in columns.values()), strict=True)],
        )
    differing = conn.execute(
        sql.SQL(
            "select count(*) filter (where m.* is distinct from t.*),"
            " count(*) filter (where hash_record_extended(m, 0) <> hash_record_extended(t, 0)), count(*)"
            " from {} m full join {} t using (at)"
        ).format(made, by_text)
    ).fetchone()
    assert differing == (0, 0, rows - 3)
    names = [name for name in columns if name != "json"]
    found = conn.execute(sql.SQL("select {} from {} order by at").format(sql.SQL(", ").join(map(sql.Identifier, names)), made)).fetchall()
    assert found == list(zip(*(columns[name][3:] for name in names), strict=True))


def test_an_arrow_type_that_is_not_the_columns_own_is_refused(conn: psycopg.Connection) -> None:
    """Would catch: bytes of one type taken for another's."""
    others = [
        *(pa.int8(), pa.int16(), pa.int32(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64(), pa.float16(), pa.float32()),
        *(pa.large_string(), pa.string_view(), pa.large_binary(), pa.binary(), pa.date64(), pa.time64("us"), pa.duration("us"), pa.null()),
        *(pa.timestamp("us"), pa.timestamp("ms", "UTC"), pa.timestamp("ns", "UTC"), pa.timestamp("us", "Europe/Berlin")),
        *(pa.list_(pa.int64()), pa.struct([("a", pa.int64())]), pa.dictionary(pa.int32(), pa.string())),
    ]
    for declared, own in arrow_types().items():
        target = temporary_table(conn, f"_{declared}", [("value", _TYPES[declared])])
        for kind in [*others, *(kind for kind in arrow_types().values() if kind != own)]:
            with pytest.raises(TypeError, match="column value: no form of"):
                copy_arrow(conn, target, pa.table({"value": pa.nulls(1, kind)}))
        copy_arrow(conn, target, pa.table({"value": pa.nulls(1, own)}))


def test_without_the_check_the_server_takes_bytes_of_another_type(conn: psycopg.Connection) -> None:
    """Would catch: a check that has become needless, or a test of it that could not fail."""
    conn.execute("create temporary table _one (value double precision)")
    with conn.cursor().copy("copy _one from stdin (format binary)") as copy:
        copy.write(HEAD + struct.pack(">hiq", 1, 8, 7) + TAIL)
    assert conn.execute("select value from _one").fetchone() == (3.5e-323,)
