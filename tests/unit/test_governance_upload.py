"""Would catch: a sheet of a leader that is half kept, an error that names the wrong row, a newer version that loses the older."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from rapport.authoring import governance
from rapport.authoring.inbox_check import check
from rapport.cli import cli
from rapport.home import Home, HomeError

PROMISE = {
    "id": "mail_in_a_day",
    "touchpoint": "ask_by_email",
    "text": "We answer within a day.",
    "fact": "ticket",
    "measure": "first_reply_calendar_minutes",
    "kept": "at_most",
    "than": 1440,
    "valid_from": date(2026, 3, 1),
}
EARLY, LATE = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 5, 9, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in ("RAPPORT_SOURCES", "RAPPORT_ROOT", "RAPPORT_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RAPPORT_HOME", str(tmp_path / "home"))
    return Home.current()


def workbook(file: Path, rows: list[dict[str, Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    names = list(dict.fromkeys(name for row in rows for name in row))
    sheet.append(names)
    for row in rows:
        sheet.append([row.get(name) for name in names])
    book.save(file)
    return file


def kept(file: Path | None) -> list[dict[str, str]]:
    assert file is not None
    with file.open(newline="") as handle:
        return list(csv.DictReader(handle))


def test_a_workbook_is_kept_as_a_file_that_the_inbox_reads(home: Home, tmp_path: Path) -> None:
    done = governance.upload(home, "promises", workbook(tmp_path / "p.xlsx", [PROMISE]), "cx_lead", now=EARLY)
    assert (done.rows, done.faults) == (1, [])
    (row,) = kept(done.file)
    assert row["than"] == "1440" and row["valid_from"] == "2026-03-01"
    assert row["uploaded_by"] == "cx_lead" and row["updated_at"] == "2026-03-01T09:00:00.000Z"
    (checked,) = check(home)
    assert (checked.rows, checked.faults) == (1, [])


def test_a_later_upload_stands_beside_the_earlier(home: Home, tmp_path: Path) -> None:
    for at, than in ((EARLY, 1440), (LATE, 720), (LATE, 600)):
        governance.upload(home, "promises", workbook(tmp_path / "p.xlsx", [PROMISE | {"than": than}]), "cx_lead", now=at)
    listed = governance.uploads(home)
    assert [one["uploaded_at"] for one in listed] == ["2026-03-01T09:00:00.000Z", "2026-03-05T09:00:00.000Z", "2026-03-05T09:00:00.001Z"]
    assert [kept(Path(one["file"]))[0]["than"] for one in listed] == ["1440", "720", "600"]


def test_one_wrong_row_keeps_the_whole_sheet_out_and_every_fault_is_told(home: Home, tmp_path: Path) -> None:
    rows = [
        PROMISE,
        PROMISE | {"id": "b", "kept": "mostly"},
        PROMISE | {"id": "c", "touchpoint": "fax"},
        PROMISE | {"id": "d", "than": "soon"},
    ]
    rows += [PROMISE | {"id": "e", "measure": "score"}, PROMISE, PROMISE | {"id": None}]
    done = governance.upload(home, "promises", workbook(tmp_path / "p.xlsx", rows), "cx_lead", now=EARLY)
    assert (done.rows, done.file) == (0, None)
    assert not (home.path / "inbox" / "gov_promises").exists()
    told = [(fault.row, fault.column) for fault in done.faults]
    assert told == [(3, "kept"), (4, "touchpoint"), (5, "than"), (6, "measure"), (7, ""), (8, "id")]
    assert "there is no touchpoint fax" in done.faults[1].reason
    assert "row 2" in done.faults[4].reason


def test_a_column_that_nobody_reads_is_named(home: Home, tmp_path: Path) -> None:
    done = governance.upload(home, "targets", workbook(tmp_path / "t.xlsx", [{"metrik": "csat", "value": 0.9}]), "cx_lead")
    assert [(fault.row, fault.column) for fault in done.faults] == [(1, "metrik")]


@pytest.mark.parametrize(
    ("kind", "row", "column"),
    [
        ("targets", {"metric": "happiness", "value": 1}, "metric"),
        ("fivew", {"w": "who", "state": "should_be", "mix": "a=0.5; b=0.6"}, "mix"),
        ("fivew", {"w": "who", "state": "should_be", "mix": "half"}, "mix"),
        ("fivew", {"w": "whence", "state": "should_be"}, "w"),
        ("fivew", {"w": "who", "state": "as_is", "target": 1}, "evidence_metric"),
        ("decisions", {"id": "d", "title": "More staff", "decided_on": "2026-03-01"}, "metric"),
        (
            "decisions",
            {"id": "d", "title": "More staff", "kpi": "first_reply", "signal_on": "2026-03-02", "decided_on": "2026-03-01"},
            "decided_on",
        ),
        (
            "actions",
            {"id": "a", "title": "x y z", "owner": "cx", "metric": "csat", "opened_on": "2026-03-01", "due_on": "2026-02-01"},
            "due_on",
        ),
        (
            "forecasts",
            {"metric": "csat", "grain": "quarter", "period_start": "2026-02-01", "forecaster": "cx", "value": 0.8},
            "period_start",
        ),
    ],
)
def test_what_a_row_says_has_to_make_sense(home: Home, tmp_path: Path, kind: str, row: dict[str, Any], column: str) -> None:
    done = governance.upload(home, kind, workbook(tmp_path / "s.xlsx", [row]), "cx_lead")
    assert [(fault.row, fault.column) for fault in done.faults] == [(2, column)]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("kind", list(governance.KINDS))
def test_the_template_of_each_kind_can_be_uploaded(home: Home, tmp_path: Path, kind: str, form: str) -> None:
    """Would catch: an example that its own check refuses, or a kind whose columns the inbox does not know."""
    file = tmp_path / f"{kind}.{form}"
    governance.template(home, kind, file)
    done = governance.upload(home, kind, file, "cx_lead")
    assert (done.rows, done.faults) == (1, [])


def test_a_person_is_named_by_role_only(home: Home, tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="never a person's name"):
        governance.upload(home, "promises", workbook(tmp_path / "p.xlsx", [PROMISE]), "Ann Smith")


def test_the_command_tells_rows_and_fails(home: Home, tmp_path: Path) -> None:
    file = workbook(tmp_path / "p.xlsx", [PROMISE | {"kept": "mostly"}])
    said = CliRunner().invoke(cli, ["governance", "upload", "promises", str(file), "--as", "cx_lead"])
    assert said.exit_code == 1 and "row 2, kept: " in said.output
    done = CliRunner().invoke(cli, ["governance", "upload", "promises", str(workbook(file, [PROMISE])), "--as", "cx_lead"])
    assert done.exit_code == 0
    listed = CliRunner().invoke(cli, ["governance", "list", "--json"])
    assert [one["kind"] for one in json.loads(listed.output)] == ["promises"]
