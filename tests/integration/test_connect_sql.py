"""Catches rows of a database lost, doubled or misread, a database that is written to, and words of it in a log or an error."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from rapport.connect import ConnectError, Page, count, keys, pages
from rapport.home import Home
from rapport.warehouse import server

from tests.unit.connect_server import declared

ROLE, SECRET = "shop_reader", "a-word-that-nobody-logs"
STREAM = """s:
  table: shop.customers
  key: [id]
  clock: changed_at
  cursor: {field: changed_at, or_field: made_at, start: "2024-01-01T00:00:00"}
  fields:
    id: {type: bigint, class: internal}
    name: {type: text, class: internal}
    is_vip: {type: boolean, class: internal}
    rating: {type: double, class: internal}
    spent: {type: decimal, class: internal}
    born: {type: date, class: internal}
    made_at: {type: timestamp, class: internal}
    changed_at: {type: timestamp, class: internal, time_zone: Europe/Berlin}
    tags: {type: json, class: internal}
    mood: {type: text, class: internal}
    account: {type: text, class: internal}
"""
TABLE = """
create schema shop;
create type shop.mood as enum ('glad', 'sour');
create table shop.customers (id int primary key, name varchar(40), is_vip bool, rating real, spent numeric(12, 2), born date,
  made_at timestamptz, changed_at timestamp, tags jsonb, mood shop.mood, account uuid, "Secret" text);
insert into shop.customers values
  (1, 'né€', true, 1.5, 12.50, '1990-02-03', '2024-03-01 10:00+02', null, '{"b": [1, 2], "a": null}', 'glad', gen_random_uuid(), 'x'),
  (2, null, false, 'NaN', 1, null, '2024-03-01 11:00+02', '2024-07-01 12:00:00.123456', '"word"', null, null, 'x'),
  (3, 'c', null, null, 'NaN', 'infinity', null, null, null, 'sour', null, 'x'),
  (4, 'd', null, 0.25, 7, null, '2023-12-01 10:00+00', '2024-03-01 09:30', '[]', null, null, 'x');
"""


@pytest.fixture
def shop(warehouse: Home) -> Iterator[dict[str, Any]]:
    """A database of a shop, and how a source reaches it: with a role that could write."""
    admin = server.admin_dsn(warehouse)
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute(f"create role {ROLE} login password '{SECRET}'".encode())
        conn.execute("create database shop")
    with psycopg.connect(server.admin_dsn(warehouse, "shop"), autocommit=True) as conn:
        conn.execute(TABLE)
        conn.execute(f"grant all on schema shop to {ROLE}; grant all on all tables in schema shop to {ROLE}".encode())
    place = urlsplit(admin)
    yield {
        "host": f"postgresql://{place.hostname}:{place.port}/shop",
        "login": ROLE,
        "password": SECRET,
        "admin": server.admin_dsn(warehouse, "shop"),
    }
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute("drop database shop with (force)")
        conn.execute(f"drop role {ROLE}".encode())


def read(connection: dict[str, Any], streams: str = STREAM, cursor: dict[str, Any] | None = None) -> tuple[list[Page], str]:
    source = declared(streams, "{protocol: sql, id: shop}")
    lines: list[str] = []
    found = list(pages(source, source.streams["s"], connection, cursor, log=lines.append))
    return found, "\n".join(lines)


def rows(found: list[Page], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in columns) for page in found for row in page.table.to_pylist()]


def test_postgresql_gives_the_values_it_holds_and_only_what_is_new(shop: dict[str, Any]) -> None:
    """Would catch: a column read as another type, a time in the wrong zone, a row of a null cursor lost, a second run reading all."""
    found, said = read(shop)
    assert sorted((reject.key, reject.field) for page in found for reject in page.rejected) == [("2", "rating"), ("3", "spent")]
    assert sorted(rows(found, "id", "name", "is_vip", "rating", "spent", "born", "tags", "mood")) == [
        (1, "né€", True, 1.5, Decimal("12.500000000"), date(1990, 2, 3), '{"a":null,"b":[1,2]}', "glad"),
        (4, "d", None, 0.25, Decimal("7.000000000"), None, "[]", None),
    ]
    times = dict(zip((row[0] for row in rows(found, "id")), rows(found, "made_at", "changed_at"), strict=True))
    assert times[1] == (datetime(2024, 3, 1, 8, tzinfo=UTC), None)
    assert times[4] == (datetime(2023, 12, 1, 10, tzinfo=UTC), datetime(2024, 3, 1, 8, 30, tzinfo=UTC)), "09:30 in Berlin"
    assert found[-1].undeclared == {"Secret": 4}
    assert found[-1].cursor == {"since": "2024-03-01T08:30:00+00:00"}, "row 2 is set aside and moves nothing"
    with psycopg.connect(shop["admin"], autocommit=True) as conn:
        conn.execute("update shop.customers set rating = 1, name = 'now right' where id = 2")
        conn.execute("insert into shop.customers (id, made_at) values (5, '2024-08-01 00:00+00')")
    again, _ = read(shop, cursor=found[-1].cursor)
    assert sorted(rows(again, "id")) == [(2,), (4,), (5,)], "the row of the very starting point comes again; row 3 is set aside again"
    assert again[-1].cursor == {"since": "2024-08-01T00:00:00+00:00"}
    source = declared(STREAM, "{protocol: sql, id: shop}")
    log: list[str] = []
    assert count(source, source.streams["s"], shop, log=log.append) == 5
    served = [table.to_pydict() for table in keys(source, source.streams["s"], shop, log=log.append)]
    assert sorted(key for table in served for key in table["id"]) == [1, 2, 3, 4, 5]
    assert "127.0.0.1" in said
    assert SECRET not in said + "".join(log)


def test_a_reading_cut_short_goes_on_where_it_was(shop: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a table read into memory whole, and rows lost between the pages of two runs."""
    monkeypatch.setattr("rapport.connect.sqldatabase.BATCH_BYTES", "200000")
    with psycopg.connect(shop["admin"], autocommit=True) as conn:
        conn.execute(
            "insert into shop.customers (id, changed_at)"
            " select n, timestamp '2025-01-01' + n / 7 * interval '1 second' from generate_series(1000, 20999) as n"
        )
    source = declared(STREAM, "{protocol: sql, id: shop}")
    first: list[Page] = []
    for page in pages(source, source.streams["s"], shop, None, log=print):
        first.append(page)
        if len(first) == 3:
            break
    assert sum(page.fetched for page in first) < 20_000
    rest, _ = read(shop, cursor=first[-1].cursor)
    assert len(rest) > 2
    assert {key for (key,) in rows(first + rest, "id")} == {1, 4, *range(1000, 21_000)}
    assert sum(page.fetched for page in first + rest) < 20_100


def test_a_query_asks_with_the_starting_point_and_nothing_is_ever_written(shop: dict[str, Any]) -> None:
    """Would catch: `{since}` pasted into the words, a select that leaves its parentheses, a declaration that changes the source."""
    asked = STREAM.replace(
        "table: shop.customers", "query: \"select *, ': colon; (' as c from shop.customers where made_at >= {since} -- all\""
    )
    found, _ = read(shop, asked.replace(", or_field: made_at", "").replace("field: changed_at", "field: made_at"))
    assert sorted(rows(found, "id")) == [(1,)]
    for words in (
        "delete from shop.customers",
        "select 1) as q; delete from shop.customers; select (1",
        "select 1; select 2",
        "select (1))) (",
    ):
        with pytest.raises(ConnectError, match="has to be one select"):
            read(shop, STREAM.replace("table: shop.customers", f'query: "{words}"'))
    with psycopg.connect(shop["admin"], autocommit=True) as conn:
        conn.execute("create function shop.strike() returns setof shop.customers language sql as 'delete from shop.customers returning *'")
        with pytest.raises(ConnectError, match="SQLSTATE 25006"):
            read(shop, STREAM.replace("table: shop.customers", 'query: "select * from shop.strike()"'))
        assert conn.execute("select count(*) from shop.customers").fetchone() == (4,)
        struck = conn.execute("select count(*) from shop.strike()").fetchone()
    assert struck == (4,), "the positive control: the function does delete"


def test_what_cannot_be_read_is_said_without_a_word_of_the_database(shop: dict[str, Any]) -> None:
    """Would catch: a password or a row in an error, and a column that is missing taken for an empty one."""
    cases = [
        ({**shop, "password": "wrong"}, STREAM, "the database refused it"),
        ({**shop, "host": "no address"}, STREAM, "no address of a database"),
        ({**shop, "host": "nosuch://x/y"}, STREAM, "no driver for nosuch"),
        (shop, STREAM.replace("shop.customers", "shop.nowhere"), "SQLSTATE 42P01"),
        (shop, STREAM.replace("key: [id]", "key: [ident]").replace("    id:", "    ident:"), "no column ident"),
        (shop, STREAM.replace("  table:", "  query: select 1\n  table:"), "not both"),
    ]
    for connection, streams, words in cases:
        with pytest.raises(ConnectError, match=words) as caught:
            read(connection, streams)
        assert SECRET not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None


def test_sqlite_is_read_by_rows_with_times_as_text_and_mixed_values(tmp_path: Path) -> None:
    """Would catch: an engine without types of its own misread, a file made by looking for it, a text cursor compared in another form."""
    file = tmp_path / "shop.db"
    with pytest.raises(ConnectError, match="is not there"):
        read({"host": f"sqlite:///{file}"})
    assert not file.exists()
    with sqlite3.connect(file) as conn:
        conn.execute("create table customers (id, name, is_vip, rating, spent, born, made_at, changed_at, tags)")
        conn.executemany(
            "insert into customers values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (1, "né€", 1, 1, "12.5", "1990-02-03", "2024-03-01T10:00:00+02:00", "2024-03-01 12:00:00", '{"a": 1}'),
                ("2", b"\xff", "no", 2.5, 7, None, None, "2024-03-01 12:00:00.5", None),
                (3, 7, None, "x", None, None, None, "2024-03-02 00:00:00", None),
                (4, "d", None, None, None, None, None, None, None),
            ],
        )
    conn.close()
    streams = STREAM.replace("shop.customers", "customers").replace(", or_field: made_at", "")
    found, said = read({"host": f"sqlite:///{file}"}, streams)
    assert sorted((reject.key, reject.field) for page in found for reject in page.rejected) == [("2", "name"), ("3", "rating")]
    assert sorted(rows(found, "id", "name", "is_vip", "rating", "spent", "changed_at")) == [
        (1, "né€", True, 1.0, Decimal("12.5"), datetime(2024, 3, 1, 11, tzinfo=UTC)),
        (4, "d", None, None, None, None),
    ]
    again, _ = read({"host": f"sqlite:///{file}"}, streams, {"since": "2024-03-01T11:00:00.400000+00:00"})
    assert sorted(reject.key or "" for page in again for reject in page.rejected) == ["2", "3"], "text of that second and later"
    assert sorted(rows(again, "id")) == [(1,), (4,)]
    assert "sqlite at a file" in said
