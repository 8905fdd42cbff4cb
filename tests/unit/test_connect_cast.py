"""Catches a value that lands as another value, or stops a page, because its type was not the declared one."""

# ruff: noqa: ARG005, E501 - the cases are a table: one line a group reads better than one line a value

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from rapport.connect.cast import cast_lists, cast_texts
from rapport.declarations import Stream
from rapport.declarations.build import build_source
from rapport.declarations.document import Document
from rapport.declarations.load import SCHEMA


def stream(**fields: str) -> Stream:
    lines = "\n".join(f"      {name}: {body}" for name, body in fields.items())
    document = Document(
        Path("t.yml"),
        "source: tiny\ndomain: crm\nsystem: T\nowner: o\nschedule: '0 * * * *'\nconnection: {protocol: files, path: /x}\n"
        f"streams:\n  s:\n    fields:\n{lines}\n",
    )
    document.check(SCHEMA)
    return build_source(document).streams["s"]


def of_type(declared: str, more: str = "") -> Stream:
    return stream(v=f"{{type: {declared}, class: internal{more}}}")


def at(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc,arg-type]


BAD = object()
NOON = "2024-05-01T12:00:00Z"
FROM_JSON: list[tuple[str, list[tuple[Any, Any]]]] = [
    ("text", [("a", "a"), ("", ""), (7, "7"), (7.5, "7.5"), (True, "true"), ("a\0b", "ab"), ("\ud800", BAD), ({"a": 1}, BAD), ([1], BAD), (math.nan, BAD)]),
    (
        "bigint",
        [(7, 7), (7.0, 7), (7.5, BAD), ("7", 7), ("-7", -7), ("7.0", 7), ("0x10", BAD), ("1_000", BAD), ("", None), (" ", None), (True, BAD),
         (2**63 - 1, 2**63 - 1), (2**63, BAD), (-(2**63), -(2**63)), (2**70, BAD), (math.inf, BAD), (math.nan, BAD), ("x", BAD), ({}, BAD), (1e300, BAD)],
    ),
    (
        "double",
        [(7, 7.0), (7.5, 7.5), ("7.5", 7.5), ("1e3", 1000.0), ("", None), (True, BAD), (2**53 + 1, BAD), (math.nan, BAD), (-math.inf, BAD), ("nan", BAD),
         ("1e999", BAD), ([], BAD)],
    ),
    (
        "boolean",
        [(True, True), (False, False), (1, True), (0, False), ("Yes", True), ("no", False), ("TRUE", True), ("0", False), ("", None), (2, BAD), ("maybe", BAD),
         (1.0, BAD), ({}, BAD)],
    ),
    (
        "timestamp",
        [(NOON, at(2024, 5, 1, 12)), ("2024-05-01T12:00:00.5+02:00", at(2024, 5, 1, 10, 0, 0, 500000)), ("2024-05-01T12:00:00.000+0000", at(2024, 5, 1, 12)),
         ("2024-05-01", at(2024, 5, 1)), ("2024-05-01 12:00:00", at(2024, 5, 1, 12)), ("2024-05-01T12:00:00.123456789Z", at(2024, 5, 1, 12, 0, 0, 123456)),
         ("", None), ("0000-00-00", BAD), ("0000-01-01T00:00:00Z", BAD), ("294276-01-01", BAD), ("infinity", BAD), ("2024-02-30T00:00:00Z", BAD), (7, BAD),
         (True, BAD), ({}, BAD)],
    ),
    (
        "date",
        [("2024-05-01", dt.date(2024, 5, 1)), ("2024-05-01T00:00:00Z", dt.date(2024, 5, 1)), ("2024-05-01 00:00:00", dt.date(2024, 5, 1)), ("", None),
         (NOON, BAD), ("2024-02-30", BAD), ("0000-00-00", BAD), ("01/05/2024", BAD), (20240501, BAD)],
    ),
    (
        "decimal",
        [("7.10", Decimal("7.1")), (7, Decimal(7)), (7.1, Decimal("7.1")), ("", None), (2**70, Decimal(2**70)), (True, BAD), ("1e100", BAD),
         (1e100, BAD), (math.nan, BAD), ("NaN", BAD), ("0.1234567891", BAD), ("7,10", BAD)],
    ),
    (
        "json",
        [({"b": 1, "a": [None]}, '{"a":[null],"b":1}'), ("a", '"a"'), (7, "7"), ({"a": "x\0y"}, '{"a":"xy"}'), ({"a": math.nan}, BAD), ({"a": "\ud800"}, BAD)],
    ),
]  # fmt: skip


def check(given: Stream, cases: list[tuple[Any, Any]], table: pa.Table, rejected: list[Any]) -> None:
    bad = [value for value, wanted in cases if wanted is BAD]
    assert [repr(r.record["v"]) for r in rejected] == [repr(value) for value in bad]
    wanted = [wanted for _, wanted in cases if wanted is not BAD]
    found = table.column("v").to_pylist()
    assert table.schema.equals(given.arrow_schema)
    assert found == wanted
    assert [type(value) for value in found] == [type(value) for value in wanted]
    assert all(r.field == "v" and r.reason for r in rejected)


@pytest.mark.parametrize(("declared", "cases"), FROM_JSON, ids=[name for name, _ in FROM_JSON])
def test_values_from_json_keep_their_value_or_are_refused(declared: str, cases: list[tuple[Any, Any]]) -> None:
    given = of_type(declared)
    table, rejected, _ = cast_lists(given, {"v": [value for value, _ in cases]}, lambda row: {"v": cases[row][0]})
    check(given, cases, table, rejected)


@pytest.mark.parametrize(("declared", "cases"), FROM_JSON, ids=[name for name, _ in FROM_JSON])
def test_a_value_alone_in_its_page_is_cast_as_in_a_mixed_one(declared: str, cases: list[tuple[Any, Any]]) -> None:
    """The bulk path takes uniform columns: it must agree with the value-by-value path."""
    given = of_type(declared)
    for case in cases:
        table, rejected, _ = cast_lists(given, {"v": [case[0], None]}, lambda row, case=case: {"v": case[0]})  # type: ignore[misc]
        if case[1] is BAD:
            assert (table.num_rows, len(rejected)) == (1, 1), case
        else:
            assert table.column("v").to_pylist() == [case[1], None], case


FROM_TEXT: list[tuple[str, list[tuple[str | None, Any]]]] = [
    ("text", [("a", "a"), (" a ", " a "), (None, None), ("x\0y", "xy")]),
    ("bigint", [("7", 7), (" 7 ", 7), (" ", None), (None, None), ("7.5", BAD), ("7.0", 7), ("99999999999999999999", BAD), ("0x10", BAD)]),
    ("double", [("7", 7.0), ("7.25", 7.25), (" ", None), ("inf", BAD), ("1e3", 1000.0), ("7,5", BAD)]),
    ("boolean", [("Yes", True), ("No", False), ("1", True), ("0", False), ("", None), ("Y", True), ("?", BAD)]),
    (
        "timestamp",
        [
            (NOON, at(2024, 5, 1, 12)),
            ("2024-05-01", at(2024, 5, 1)),
            ("2024-05-01 12:00:00", at(2024, 5, 1, 12)),
            ("", None),
            ("soon", BAD),
        ],
    ),
    ("date", [("2024-05-01", dt.date(2024, 5, 1)), ("", None), ("2024-13-01", BAD)]),
    ("decimal", [("1.25", Decimal("1.25")), ("", None), ("x", BAD)]),
    ("json", [('{"b":1,"a":2}', '{"a":2,"b":1}'), ("", None), ("{", BAD), ("[1]", "[1]")]),
]


@pytest.mark.parametrize(("declared", "cases"), FROM_TEXT, ids=[name for name, _ in FROM_TEXT])
def test_text_of_files_is_cast_mixed_and_alone(declared: str, cases: list[tuple[str | None, Any]]) -> None:
    given = of_type(declared)
    texts = pa.array([value for value, _ in cases], pa.string())
    table, rejected, _ = cast_texts(given, len(cases), {"v": texts}, lambda row: {"v": cases[row][0]})
    check(given, cases, table, rejected)
    for value, wanted in cases:
        table, rejected, _ = cast_texts(given, 1, {"v": pa.array([value], pa.string())}, lambda row: {})
        assert (len(rejected), table.column("v").to_pylist()) == ((1, []) if wanted is BAD else (0, [wanted])), (declared, value)


@pytest.mark.parametrize(
    ("more", "value", "wanted"),
    [
        (", format: epoch", 1714564800, at(2024, 5, 1, 12)),
        (", format: epoch", "1714564800", at(2024, 5, 1, 12)),
        (", format: epoch", 1714564800.25, at(2024, 5, 1, 12, 0, 0, 250000)),
        (", format: epoch", 10**15, BAD),
        (", format: epoch", -(10**15), BAD),
        (", format: epoch", NOON, BAD),
        (
            ", format: parts",
            {"__class__": "datetime", "year": 2024, "month": 5, "day": 1, "hour": 12, "microsecond": 7},
            at(2024, 5, 1, 12, 0, 0, 7),
        ),
        (", format: parts, time_zone: Europe/Berlin", {"year": 2024, "month": 5, "day": 1, "hour": 14}, at(2024, 5, 1, 12)),
        (", format: parts", {"year": 2024, "month": 2, "day": 30}, BAD),
        (", format: parts", {"year": 2024, "month": True, "day": 1}, BAD),
        (", format: parts", {"year": 2024}, BAD),
        (", format: parts", NOON, BAD),
        (", format: epoch_ms", 1714564800123, at(2024, 5, 1, 12, 0, 0, 123000)),
        (', format: "%d/%b/%Y:%H:%M:%S %z"', "01/May/2024:14:00:00 +0200", at(2024, 5, 1, 12)),
        (', format: "%d.%m.%Y"', "01.05.2024", at(2024, 5, 1)),
        (', time_zone: "Europe/Berlin"', "2024-05-01 14:00:00", at(2024, 5, 1, 12)),
        (', time_zone: "Europe/Berlin"', NOON, at(2024, 5, 1, 12)),
    ],
)
def test_times_are_read_as_the_declaration_says(more: str, value: Any, wanted: Any) -> None:
    for values in ([value], [value, None], [value, {}]):
        table, rejected, _ = cast_lists(of_type("timestamp", more), {"v": values}, lambda row: {})
        found = table.column("v").to_pylist()
        assert (value not in found and wanted not in found and len(rejected) >= 1) if wanted is BAD else found[0] == wanted


def test_a_record_without_its_key_is_refused_and_the_rest_of_its_page_lands() -> None:
    given = stream(id="{type: bigint, class: internal}", v="{type: double, class: internal}")
    given = Stream(name="s", fields=given.fields, key=("id",))
    records = [{"id": 1, "v": 1.5}, {"id": None, "v": 2}, {"id": 3, "v": "x"}]
    table, rejected, _ = cast_lists(given, {"id": [1, None, 3], "v": [1.5, 2, "x"]}, lambda row: records[row])
    assert table.to_pylist() == [{"id": 1, "v": 1.5}]
    assert [(r.key, r.field) for r in rejected] == [(None, "id"), ("3", "v")]
    assert "x" not in rejected[1].reason.split()


def test_a_personal_key_is_not_spelled_out() -> None:
    given = stream(mail="{type: text, class: personal, kind: email}", v="{type: double, class: internal}")
    given = Stream(name="s", fields=given.fields, key=("mail",))
    _, rejected, _ = cast_lists(given, {"mail": ["a@b.c"], "v": ["x"]}, lambda row: {})
    assert rejected[0].key is None


def test_stripped_nul_characters_are_counted() -> None:
    given = stream(a="{type: text, class: internal}", b="{type: text, class: internal}")
    _, _, stripped = cast_lists(given, {"a": ["x\0", "y"], "b": ["\0", 7]}, lambda row: {})
    assert stripped == 2
