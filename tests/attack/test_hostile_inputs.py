"""Would catch: one hostile value that stops a load, passes privacy, or is taken for another value.

Every input is served over HTTP, or laid down as a file, beside good records; what lands is read from the warehouse. The page
`docs/reference/hostile-inputs.md` is made of the same table.
"""

# ruff: noqa: E501 - a table is read by its rows
from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rapport.connect import ConnectError
from rapport.home import Home, checkout
from rapport.pipeline.extract import StreamResult, extract_stream

from tests.unit.connect_server import Request, vendor

PAGE = checkout() / "docs" / "reference" / "hostile-inputs.md"
FIELDS = """\
      id: {type: bigint, class: internal}
      at: {type: timestamp, class: internal}
      email: {type: text, class: personal, kind: email}
      amount: {type: double, class: internal}
      units: {type: bigint, class: internal}
      day: {type: date, class: internal}
      plan: {type: text, class: internal}
      page: {type: text, class: personal, kind: url}
      text: {type: text, class: free_text}
      more: {type: json, class: free_text}
"""
REST = f"""\
source: hostile
domain: support
system: T
owner: o
schedule: "0 * * * *"
region: US
connection: {{protocol: rest, id: hostile, network: private, auth: {{type: bearer}}}}
streams:
  records:
    request: {{path: /records}}
    key: [id]
    fields:
{FIELDS}
  pages:
    request: {{path: /pages}}
    key: [id]
    fields:
{FIELDS}
"""
FILES = f"""\
source: hostile_files
domain: crm
system: T
owner: o
schedule: "0 * * * *"
connection: {{protocol: files, path: "%s"}}
streams:
  rows:
    files: "*.csv"
    format: csv
    fields:
{FIELDS}
"""
QUARANTINED = "quarantined"


@dataclass(frozen=True)
class Case:
    """One hostile record.

    Attributes:
        number: of the input in the table; the record's id.
        what: in words.
        body: the record's members as JSON text, without its id.
        lands: landed column -> value, or QUARANTINED.
        outcome: in words.
    """

    number: int
    what: str
    body: str
    lands: Any
    outcome: str


def _json(**members: Any) -> str:
    return json.dumps(members, ensure_ascii=False)[1:-1]


PLAIN = 100  # the record that others are compared with
DEEP = '"more": ' + "[" * 900 + "]" * 900
CASES = [
    Case(PLAIN, "an ordinary record", _json(email="ann.lee@corp.example", text="fine", at="2026-03-01T10:00:00Z"), {"text_redacted": "fine"}, "lands"),
    Case(1, "NUL in a text", _json(text="a\0b", plan="x\0y"), {"text_redacted": "ab", "plan": "xy"}, "NUL is taken out and counted"),
    Case(2, "half a character (a lone surrogate)", r'"text": "a\ud800b"', QUARANTINED, "the record is quarantined"),
    Case(4, "a byte order mark amid a text", _json(text="a\ufeffb"), {"text_redacted": "ab"}, "taken out"),
    Case(6, "bidirectional override", _json(text="pay \u202egnp.exe"), {"text_redacted": "pay gnp.exe"}, "taken out"),
    Case(7, "zero-width character in an e-mail", _json(email="ann\u200b.lee@corp.example"), {"email_token": "same"}, "the same token as without"),
    Case(8, "full-width e-mail", _json(email="ａｎｎ.ｌｅｅ＠ｃｏｒｐ.ｅｘａｍｐｌｅ"), {"email_token": "same"}, "the same token as the plain one"),
    Case(9, "look-alike letters in the domain", _json(email="ann.lee@c\u043erp.example"), {"email_token": "other"}, "another token: never merged"),
    Case(10, "letters that change length when folded", _json(email="\u0130stanbul.stra\u00dfe@corp.example"), {"email_token": "other"}, "a token of its own"),
    Case(11, "e-mail with two @", _json(email="a@b@corp.example"), {"email_token": None}, "no token, and counted"),
    Case(12, "text of 5 MB", _json(text="word " * 1_000_000), {"text_length": 5_000_000}, "lands, redacted"),
    Case(14, "a million combining marks", _json(text="e" + "\u0301" * 1_000_000, plan="ok"), {"plan": "ok"}, "lands in bounded time"),
    Case(16, "the number 1e100000", '"amount": 1e100000', QUARANTINED, "quarantined: no double holds it"),
    Case(17, "an integer beyond 64 bits", '"units": 18446744073709551616', QUARANTINED, "quarantined"),
    Case(18, "NaN and infinity", '"amount": NaN', QUARANTINED, "quarantined"),
    Case(19, "the escape of NUL in JSON", r'"more": {"a": "x\u0000y"}, "plan": "ok"', {"plan": "ok"}, "taken out: jsonb would refuse it"),
    Case(20, "the date 0000-00-00", _json(day="0000-00-00"), QUARANTINED, "quarantined, unless declared as `nulls`"),
    Case(21, "the year 294276, and infinity", _json(at="294276-01-01T00:00:00Z"), QUARANTINED, "quarantined"),
    Case(22, "a time that a DST night leaves out, and one in the future", _json(at="2026-03-29T02:30:00+01:00"), {"at": "2026-03-29 01:30:00+00"}, "lands as the moment it names; the raw gate judges the future"),
    Case(30, "HTML that runs", _json(text='<script>alert(1)</script>hello <img src=x onerror="go()">'), {"no": ("<", "script", "onerror")}, "tags are gone"),
    Case(31, "a link that runs", _json(text="[click](javascript:alert(1))"), {"no": ("](",)}, "no longer a link"),
    Case(32, "a template", _json(text="{{ config.SECRET_KEY }} {% raw %}"), {"no": ("{{", "{%")}, "no longer a template"),
    Case(33, "a spreadsheet formula", _json(text="=HYPERLINK(1)", plan="ok"), {"plan": "ok"}, "lands as text; exports put an apostrophe before it"),
    Case(40, "a type that changes", '"amount": {"value": 3}', QUARANTINED, "quarantined"),
    Case(42, "an identifier in the wrong field", _json(text="call +1 202 555 0143 or ann.lee@corp.example", page="https://x.example/a?mail=ann.lee@corp.example", plan="ann.lee@corp.example"), {"no": ("555", "ann.lee")}, "redacted in texts, cut from addresses, a type tag in codes"),
    Case(43, "an order to a machine, with line breaks and colours", _json(text="ignore all rules\r\nERROR root: hacked \x1b[31mred"), {"no": ("\x1b", "\r")}, "text like any other; no log line holds it"),
]  # fmt: skip
NAMES = [
    (35, "a column that breaks out of SQL", 'x"; drop table raw_hostile.records; --'),
    (36, "a column longer than 63 bytes", "c" * 80),
    (37, "columns that differ in case only", "EMAIL"),
    (38, "a column in another script", "имя"),
    (41, "a new column that holds personal data", "private_phone"),
]


def _page(request: Request) -> Any:
    records = [f'{{"id": {case.number}, {case.body}}}' for case in CASES]
    records += [f'{{"id": {number}, {json.dumps(name)}: "+1 202 555 0143"}}' for number, _, name in NAMES]
    wide = ", ".join(f'"w{number}": 1' for number in range(1500))
    records += ['{"id": 39, ' + wide + "}", '{"id": 23, "plan": "first"}', '{"id": 23, "plan": "second"}', '{"plan": "no key"}']
    return 200, {}, ("[" + ",".join(records) + "]").encode("utf-8", "surrogatepass")


@dataclass
class Landed:
    """What one extraction of all hostile records left."""

    home: Home
    result: StreamResult
    rows: dict[int, list[dict[str, Any]]]
    quarantine: list[tuple[str, str, int]]
    lines: list[str]


@pytest.fixture(scope="module")
def landed(module_warehouse: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landed]:
    folder = tmp_path_factory.mktemp("sources")
    (folder / "support").mkdir()
    (folder / "support" / "hostile.yml").write_text(REST)
    lines: list[str] = []
    with pytest.MonkeyPatch.context() as patch, vendor(_page) as running:
        patch.setenv("RAPPORT_SOURCES", str(folder))
        result = extract_stream(module_warehouse, "hostile", "records", run_id="r1", connection=running.connection, log=lines.append)
        with psycopg.connect(module_warehouse.dsn("loader")) as conn:
            conn.execute("set time zone 'UTC'")
            cursor = conn.execute("select * from raw_hostile.records")
            names = [column.name for column in cursor.description or ()]
            rows: dict[int, list[dict[str, Any]]] = {}
            for row in cursor:
                values = dict(zip(names, row, strict=True))
                rows.setdefault(values["id"], []).append(values)
            quarantine = [tuple(row) for row in conn.execute("select field, reason, rows from ops.quarantine where source = 'hostile'")]
        yield Landed(module_warehouse, result, rows, quarantine, lines)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.number}" for case in CASES])
def test_a_hostile_value_lands_harmless_or_not_at_all(landed: Landed, case: Case) -> None:
    """Would catch a value that stops the page, lands as another, or brings an identifier or a command with it."""
    if case.lands == QUARANTINED:
        assert case.number not in landed.rows
        return
    (row,) = landed.rows[case.number]
    plain = landed.rows[PLAIN][0]["email_token"]
    for column, expected in case.lands.items():
        if column == "no":
            assert not [word for word in expected for value in row.values() if word in str(value)]
        elif expected in {"same", "other"}:
            assert row[column] is not None
            assert (row[column] == plain) is (expected == "same")
        else:
            value = row[column]
            assert (str(value) if column == "at" else value) == (expected if column != "at" else f"{expected}:00")


def test_hostile_names_are_quarantined_by_name_and_the_records_land(landed: Landed) -> None:
    """Would catch a column made of data or of SQL, two columns that overwrite each other, and 1,500 columns that stop a load."""
    told = {field for field, reason, _ in landed.quarantine if reason == "not declared"}
    for number, _, name in NAMES:
        assert len(landed.rows[number]) == 1
        assert name in told or any("name that" in field for field in told), (number, told)
    assert len(landed.rows[39]) == 1
    assert {"w0", "w1499", "private_phone", "EMAIL"} <= told
    assert not [column for column in landed.rows[PLAIN][0] if "drop" in column or column == "EMAIL"]


def test_nothing_is_lost_and_ids_that_stand_twice_are_two_versions(landed: Landed) -> None:
    """Would catch a record that vanished: fetched is landed, duplicate and quarantined together."""
    result = landed.result
    assert result.rows_fetched == result.rows_landed + result.rows_duplicate + result.rows_quarantined
    assert [row["plan"] for row in landed.rows[23]] in (["first", "second"], ["second", "first"])
    with psycopg.connect(landed.home.dsn("loader")) as conn:
        row = conn.execute("select count(*) from ops.quarantine where source = 'hostile' and reason like '%key%'").fetchone()
    assert row is not None
    assert row[0] == 1


def test_no_log_line_and_no_reason_holds_a_value(landed: Landed) -> None:
    """Would catch personal data in a task's log, and a value that forges a line of it."""
    said = "\n".join([*landed.lines, *(f"{field} {reason}" for field, reason, _ in landed.quarantine)])
    for word in ("0143", "ann", "hacked", "alert", "\x1b", "294276", "0000-00-00"):
        assert word not in said


BODIES: list[tuple[int, str, bytes, dict[str, str], str]] = [
    (3, "bytes that are not UTF-8", b'[{"id": 1, "text": "\xff\xfe"}]', {}, "the page is refused after retries; nothing of it lands"),
    (15, "JSON nested 100,000 deep", b'[{"id": 1, "more": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]", {}, "the page is refused"),
    (13, "a field of 300 MB", gzip.compress(b'[{"id": 1, "text": "' + b"a" * (300 << 20) + b'"}]', 1), {"content-encoding": "gzip"}, "the page is refused at 256 MiB"),
    (28, "a gzip bomb", gzip.compress(bytes(8 << 20), 9) * 400, {"content-encoding": "gzip"}, "the page is refused at 256 MiB"),
]  # fmt: skip


@pytest.mark.parametrize("hostile", BODIES, ids=[str(body[0]) for body in BODIES])
def test_a_hostile_page_is_refused_and_the_process_lives(
    landed: Landed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hostile: Any
) -> None:
    """Would catch a page that eats the memory, the stack or the patience of the loader."""
    (tmp_path / "support").mkdir()
    (tmp_path / "support" / "hostile.yml").write_text(REST)
    monkeypatch.setenv("RAPPORT_SOURCES", str(tmp_path))
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    _, _, body, headers, _ = hostile
    with vendor(lambda _: (200, headers, body)) as running, pytest.raises(ConnectError, match=r"hostile\.pages"):
        extract_stream(landed.home, "hostile", "pages", run_id="r2", connection=running.connection)


FILE_CASES: list[tuple[int, str, bytes, list[tuple[Any, ...]], str]] = [
    (5, "a file in UTF-16", "id,plan\n1,größer\n".encode("utf-16"), [(1, "größer")], "read by its byte order mark"),
    (34, "quotes, line breaks and semicolons in a CSV", b'id,plan\n2,"a ""b"";\nc"\n', [(2, 'a "b";\nc')], "read as written"),
]


def test_hostile_files_are_read_as_written(landed: Landed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch a file in another encoding read as rubbish, and a record cut at a line break inside quotes."""
    (tmp_path / "crm").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "crm" / "hostile_files.yml").write_text(FILES % (tmp_path / "data"))
    for number, _, content, _, _ in FILE_CASES:
        (tmp_path / "data" / f"{number}.csv").write_bytes(content)
    monkeypatch.setenv("RAPPORT_SOURCES", str(tmp_path))
    extract_stream(landed.home, "hostile_files", "rows", run_id="r3")
    with psycopg.connect(landed.home.dsn("loader")) as conn:
        found = conn.execute("select id, plan from raw_hostile_files.rows order by id").fetchall()
    assert found == [row for _, _, _, rows, _ in FILE_CASES for row in rows]


ELSEWHERE = {25: "endless paging", 26: "a next page on the metadata service", 27: "a redirect to a file or to this machine", 29: "429 with Retry-After of 1e9 seconds"}  # fmt: skip


def page() -> str:
    """Return the reference page."""
    rows = [(case.number, case.what, case.outcome) for case in CASES if case.number != PLAIN]
    rows += [(number, what, "quarantined by name and count; the record lands") for number, what, _ in NAMES]
    rows += [
        (39, "1,500 columns", "quarantined by name and count; the record lands"),
        (23, "an id twice in a page", "two versions; staging takes one"),
    ]
    rows += [(number, what, outcome) for number, what, _, _, outcome in BODIES]
    rows += [(number, what, outcome) for number, what, _, _, outcome in FILE_CASES]
    rows += [(24, "a cursor that goes back", "the start never moves back: `tests/unit/test_connect_http_since.py`")]
    rows += [(number, what, "see the [fault matrix](fault-matrix.md)") for number, what in ELSEWHERE.items()]
    lines = "\n".join(f"| {number} | {what} | {outcome} |" for number, what, outcome in sorted(rows))
    return (
        "# Hostile inputs\n\nWhat a source may send, by accident or on purpose, and what becomes of it. Each line is served to the real"
        " extraction by `tests/attack/test_hostile_inputs.py`,\nwhich also writes this page (`RAPPORT_WRITE_DOCS=1`).\n\n"
        f"| | input | what happens |\n|---|---|---|\n{lines}\n"
    )


def test_the_page_says_what_is_tested() -> None:
    """Would catch a page that promises what no test holds, and an input of the 43 that nobody tests."""
    if os.environ.get("RAPPORT_WRITE_DOCS"):
        PAGE.write_text(page())
    assert PAGE.read_text() == page()
    assert {
        int(line.split("|")[1]) for line in page().splitlines() if line.startswith("| ") and line.split("|")[1].strip().isdigit()
    } == set(range(1, 44))
