"""Catches values of typed files that change on the way, and CSV columns whose fast reading and careful reading differ."""

from __future__ import annotations

import io
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rapport.connect import ConnectError, count, keys, pages

from tests.unit.connect_server import declared
from tests.unit.test_connect_files import read, rows

ALL = """s:
  files: "x.*"
  format: csv
  key: [id]
  fields:
    id: {type: bigint, class: internal}
    n: {type: bigint, class: internal}
    x: {type: double, class: internal}
    d: {type: decimal, class: internal}
    b: {type: boolean, class: internal}
    day: {type: date, class: internal}
    at: {type: timestamp, class: internal}
    t: {type: text, class: internal}
"""
NAMES = ("id", "n", "x", "d", "b", "day", "at", "t")


def odd_value(rng: random.Random, column: str) -> str:
    common = {
        "n": ["7", "-3", "+4", "007", "0x10", "7.0", "7.5", "1e3", "9223372036854775808", " 5 ", "1_0"],
        "x": ["1.5", "-2", "1e400", "nan", "inf", ".5", "1.", "0x1p3", "12345678901234567890"],
        "d": ["1.25", "1.1234567891", "1e3", "nan", "-0.5", "1" * 30],
        "b": ["true", "No", "1", "0", "T", "tRuE", "maybe"],
        "day": ["2024-01-01", "2024-02-30", "0000-01-01", "2024-01-01 00:00:00", "2024-1-1"],
        "at": [
            "2024-01-01T10:00:00Z",
            "2024-01-01 10:00:00",
            "2024-01-01T10:00:00.1234567Z",
            "2024-01-01T10:00:00+02:00",
            "never",
            "2024-01-01",
        ],
        "t": ["a", "NA", "né", '"quoted, ""text"""', "0x10"],
    }
    return rng.choice([*common[column], "", " "])


@pytest.mark.parametrize("seed", range(6))
def test_a_file_read_fast_gives_what_each_of_its_rows_gives_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Would catch: Arrow's own idea of a number or time let in by the fast way, rows lost or doubled where a column falls back to text."""
    monkeypatch.setattr("rapport.connect.csvfile.BLOCK", 400)
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    plain = {"n": "7", "x": "1.5", "d": "2", "b": "true", "day": "2024-01-01", "at": "2024-01-01T10:00:00Z", "t": "a"}
    lines = []
    for number in range(120):
        odd = rng.random() < 0.05 * seed
        values = [odd_value(rng, name) if odd and rng.random() < 0.3 else plain[name] for name in NAMES[1:]]
        lines.append(",".join([str(number), *values]) + (",torn" if rng.random() < 0.02 else ""))
    head = ",".join(NAMES) + "\n"
    (tmp_path / "x.csv").write_text(head + "\n".join(lines) + "\n")
    whole = read(tmp_path, ALL)
    alone_rows, alone_faults = [], Counter[tuple[str, str]]()
    for number, line in enumerate(lines):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "x.csv").write_text(head + line + "\n")
        (page,) = read(folder, ALL)
        alone_rows += rows([page], *NAMES)
        alone_faults.update((str(number + 2), reject.field) for reject in page.rejected)
    assert rows(whole, *NAMES) == alone_rows
    assert Counter((str(reject.line), reject.field) for page in whole for reject in page.rejected) == alone_faults
    assert sum(page.fetched for page in whole) == 120
    assert len(whole) > 3


def test_names_given_lines_skipped_and_a_key_that_is_not_there(tmp_path: Path) -> None:
    """Would catch: the first row of a file without names taken for names, a report's title taken for them, a key column misspelt."""
    said = ALL.replace("  key:", "  header: [id, n]\n  skip_lines: 2\n  key:")
    (tmp_path / "x.csv").write_bytes("Report of the Müller\nof today\n1,2\n3,x\n".encode("utf-16"))
    (page,) = read(tmp_path, said)
    assert rows([page], "id", "n") == [(1, 2)]
    assert [(reject.key, reject.line) for reject in page.rejected] == [("3", 4)]
    (tmp_path / "x.csv").write_text("title\nident,n\n1,2\n")
    with pytest.raises(ConnectError, match="column id is part of the key"):
        read(tmp_path, ALL.replace("  key:", "  skip_lines: 1\n  key:"))


TABLE = {
    "id": pa.array([1, 2, 3], pa.int32()),
    "n": pa.array([1.0, 2.5, None]),
    "x": pa.array([1, None, 3]),
    "d": pa.array([Decimal("1.25"), None, Decimal("-3.00")]),
    "b": pa.array([True, False, None]),
    "day": pa.array([date(2024, 1, 1), None, date(1, 1, 1)]),
    "at": pa.array([datetime(2024, 1, 1, 10, tzinfo=UTC), None, None], pa.timestamp("ns", "UTC")),
    "t": pa.array(["a", "b", None]).dictionary_encode(),
    "extra": pa.array([{"deep": 1}, None, {"deep": 2}]),
}
WANTED = [
    (1, 1, 1.0, Decimal("1.25"), True, date(2024, 1, 1), datetime(2024, 1, 1, 10, tzinfo=UTC), "a", 1),
    (3, None, 3.0, Decimal("-3"), None, date(1, 1, 1), None, None, 2),
]


def test_parquet_is_cast_to_the_declaration_row_group_by_row_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a double in a bigint column let through, a column of an object lost, a cut file that passes for an empty one."""
    said = ALL.replace("csv", "parquet") + "    extra.deep: {type: bigint, class: internal, as: deep}\n"
    pq.write_table(pa.table({**TABLE, "stranger": pa.array(["x"] * 3)}), tmp_path / "x.parquet", row_group_size=2)
    (page,) = read(tmp_path, said)
    assert rows([page], *NAMES, "deep") == WANTED
    assert [(reject.key, reject.field, reject.reason, reject.line) for reject in page.rejected] == [("2", "n", "not an integer", 2)]
    assert page.undeclared == Counter({"stranger": 3})
    source = declared(said, f'{{protocol: files, path: "{tmp_path}"}}')
    assert count(source, source.streams["s"], None, log=print) == 3
    assert [key for table in keys(source, source.streams["s"], None, log=print) for key in table["id"].to_pylist()] == [1, 2, 3]
    monkeypatch.setattr("rapport.connect.parquet.ROWS", 2)
    pq.write_table(pa.table({"id": pa.array(range(5000))}), tmp_path / "x.parquet")
    assert [page.fetched for page in read(tmp_path, said)] == [1000] * 5, "never more at once than asked for, never a page of nothing"
    content = (tmp_path / "x.parquet").read_bytes()
    for damaged in (content[:-9], b"PAR1" + bytes(50), b""):
        (tmp_path / "x.parquet").write_bytes(damaged)
        with pytest.raises(ConnectError, match="not readable as Parquet"):
            read(tmp_path, said)


def workbook(*lines: list[Any], title: str = "Data") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    sheet = book.create_sheet(title)
    for line in lines:
        sheet.append(line)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def test_a_sheet_of_excel_gives_its_values_and_not_what_is_shown(tmp_path: Path) -> None:
    """Would catch: a date as its serial number, an id with `.0`, an empty line counted, a wrong sheet, a workbook that is none."""
    said = ALL.replace("format: csv", "format: excel\n  sheet: Data\n  skip_lines: 1\n  nulls: [n/a]")
    at = datetime(2024, 1, 1, 10, 30)  # noqa: DTZ001 - Excel knows no zones
    (tmp_path / "x.xlsx").write_bytes(
        workbook(
            ["Report"],
            [*NAMES, "stranger"],
            [1, 7.0, 1.5, 2.25, True, date(2024, 1, 1), at, 4711, "y"],
            [],
            [2, 7.5, "n/a", None, "no", "2024-01-02", None, None],
            [3, None, "1.5", None, None, at, None, timedelta(hours=30)],
        )
    )
    (page,) = read(tmp_path, said)
    assert rows([page], *NAMES) == [(1, 7, 1.5, Decimal("2.25"), True, date(2024, 1, 1), datetime(2024, 1, 1, 10, 30, tzinfo=UTC), "4711")]
    assert [(reject.key, reject.field, reject.line) for reject in page.rejected] == [("2", "n", 5), ("3", "day", 6)]
    assert (page.fetched, page.undeclared) == (3, Counter({"stranger": 3}))
    for content, words in ((b"id,n\n1,2\n", "not a workbook"), (workbook(["id"], [1], title="Other"), "has no sheet Data")):
        (tmp_path / "x.xlsx").write_bytes(content)
        with pytest.raises(ConnectError, match=words):
            read(tmp_path, said)


def test_a_file_that_changes_while_it_is_read_does_not_count_as_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: half of one file and half of another landed as one, and remembered as read."""
    monkeypatch.setattr("rapport.connect.csvfile.BLOCK", 64)
    file = tmp_path / "x.csv"
    whole = "id,n\n" + "".join(f"{number},1\n" for number in range(100))
    source = declared(ALL, f'{{protocol: files, path: "{tmp_path}"}}')
    changes = (lambda: file.write_text(whole + "1000,1\n"), lambda: file.write_text(whole[:60]), file.unlink)
    for change in changes:
        file.write_text(whole)
        served = pages(source, source.streams["s"], None, None, log=print)
        seen = [next(served)]
        change()
        with pytest.raises(ConnectError, match=r"changed while it was read|has gone|cut off"):
            seen += served
        assert [page.cursor for page in seen] == [None] * len(seen)


def test_a_long_row_is_read_in_longer_steps_and_no_row_comes_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a long text that ends the reading of its file, or rows before it that are landed again by the second attempt."""
    monkeypatch.setattr("rapport.connect.csvfile.BLOCK", 4096)
    lines = [f"{number},{'x' * (2000 if number == 300 else 5)}\n" for number in range(600)]
    lines[450] = "450,torn,row\n"
    (tmp_path / "x.csv").write_text("id,t\n" + "".join(lines))
    found = read(tmp_path, ALL)
    assert [key for (key,) in rows(found, "id")] == [number for number in range(600) if number != 450]
    assert [(reject.field, reject.line) for page in found for reject in page.rejected] == [("(row)", 452)]
    (tmp_path / "x.csv").write_text("id,t\n1,a\n2," + "x" * 20_000 + "\n")
    with pytest.raises(ConnectError, match="a row of more than"):
        read(tmp_path, ALL)
