"""What leaders supply by spreadsheet: a template to fill in, a check row by row, and a place in the inbox that keeps every version.

A sheet is checked whole. Nothing of it is kept unless every row is right; then its rows become one file of the inbox, which the next run
reads like any other. Whoever supplies it is named by a role, never by name.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from rapport.authoring import inbox
from rapport.authoring.governance_rules import RULES, Known, known_of
from rapport.authoring.inbox_check import check
from rapport.home import Home, HomeError

KINDS = {
    "promises": "gov_promises",
    "fivew": "gov_fivew_items",
    "targets": "gov_targets",
    "decisions": "gov_decisions",
    "actions": "gov_actions",
    "forecasts": "gov_forecasts",
}
# A row of these is known by what it is about; people need not think of an id.
_IDS = {"targets": ("metric",), "fivew": ("w", "state"), "forecasts": ("metric", "grain", "period_start", "forecaster")}
_OURS = ("uploaded_by", "updated_at", "is_deleted")
_ROLE = re.compile(r"^[a-z][a-z0-9_]*$")
_MOST_ROWS = 10_000


@dataclass(frozen=True)
class Fault:
    """What is wrong with one row of a sheet.

    Attributes:
        row: number of the row as the sheet shows it, 1 being the names; None for the whole sheet.
        column: name of the column; empty for the whole row.
        reason: what is wrong and what to write instead.
    """

    row: int | None
    column: str
    reason: str


@dataclass(frozen=True)
class Uploaded:
    """What became of a sheet: `rows` kept in `file`, or `faults` and nothing kept."""

    rows: int
    file: Path | None
    faults: list[Fault]


def columns(home: Home, kind: str) -> list[dict[str, Any]]:
    """Return the columns a person fills in, as `rapport.authoring.inbox` describes them.

    Raises:
        HomeError: there is no such kind.
    """
    hidden = {*_OURS, *(("id",) if kind in _IDS else ())}
    return [column for column in _layout(home, kind).columns() if column["name"] not in hidden]


def template(home: Home, kind: str, file: Path) -> None:
    """Write a sheet with the names of the columns and an invented row; a workbook has a second sheet that explains them.

    Raises:
        HomeError: there is no such kind, or the file is neither .xlsx nor .csv.
    """
    wanted = columns(home, kind)
    head = [column["name"] for column in wanted]
    example = [column["example"] for column in wanted]
    if file.suffix == ".csv":
        with file.open("w", newline="", encoding="utf-8") as handle:
            csv.writer(handle).writerows([head, example])
        return
    if file.suffix != ".xlsx":
        raise HomeError(f"{file.name}: name it .xlsx or .csv")
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = kind
    sheet.append(head)
    sheet.append(example)
    notes = book.create_sheet("columns")
    notes.append(["column", "has to be filled", "meaning", "one of"])
    for column in wanted:
        notes.append([column["name"], "yes" if column["is_required"] else "", column["meaning"], ", ".join(column["accepted"])])
    book.save(file)


def upload(home: Home, kind: str, file: Path, role: str, *, now: datetime | None = None) -> Uploaded:
    """Check a sheet and, if every row is right, keep it as one file of the inbox.

    Args:
        home: the installation.
        kind: one of `KINDS`.
        file: .xlsx (its first sheet) or .csv.
        role: role of whoever supplies it, such as `cx_lead`.
        now: the time of the upload, for tests.

    Raises:
        HomeError: there is no such kind, file or role.
    """
    layout = _layout(home, kind)
    if not _ROLE.match(role):
        raise HomeError(f"{role!r} is no role: write a word such as cx_lead, never a person's name or address")
    found = list(_read(file))
    if len(found) > _MOST_ROWS + 1:
        raise HomeError(f"{file.name} has more than {_MOST_ROWS:,} rows")
    if not found:
        return Uploaded(0, None, [Fault(None, "", "the sheet is empty: `rapport governance template` makes one to fill in")])
    head, rows = [str(name).strip() for name in found[0][1]], found[1:]
    at = _free_time(home, layout, (now or datetime.now(UTC)).astimezone(UTC))
    faults = _head_faults(head, {str(column["name"]) for column in columns(home, kind)})
    records = [(number, _record(kind, head, values, role, at)) for number, values in rows]
    if not faults:
        faults = [*_row_faults(kind, records, known_of(home)), *_cast_faults(home, layout, records)]
    if faults or not records:
        return Uploaded(0, None, sorted(faults, key=lambda fault: (fault.row or 0, fault.column)))
    return Uploaded(len(records), _keep(home, layout, records, role, at), [])


def uploads(home: Home) -> list[dict[str, Any]]:
    """Return one object a sheet that was kept: `kind, file, rows, uploaded_by, uploaded_at`, oldest first."""
    kept = []
    for kind, entity in KINDS.items():
        for file in sorted((home.path / "inbox" / entity).glob("*.csv")):
            with file.open(newline="", encoding="utf-8") as handle:
                rows = list(csv.DictReader(handle))
            first = rows[0] if rows else {}
            by, at = first.get("uploaded_by", ""), first.get("updated_at", "")
            kept.append({"kind": kind, "file": str(file), "rows": len(rows), "uploaded_by": by, "uploaded_at": at})
    return sorted(kept, key=lambda one: str(one["uploaded_at"]))


def _layout(home: Home, kind: str) -> inbox.Layout:
    if kind not in KINDS:
        raise HomeError(f"there is nothing called {kind}: choose one of {', '.join(KINDS)}")
    return inbox.layout(home, KINDS[kind])


def _read(file: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield number and values of each row of a sheet that holds one."""
    if not file.is_file():
        raise HomeError(f"there is no file {file}")
    if file.suffix == ".csv":
        try:
            with file.open(newline="", encoding="utf-8-sig") as handle:
                start = handle.read(4096)
                handle.seek(0)
                delimiter = ";" if start.split("\n", 1)[0].count(";") > start.split("\n", 1)[0].count(",") else ","
                for number, row in enumerate(csv.reader(handle, delimiter=delimiter), start=1):
                    if any(value.strip() for value in row):
                        yield number, row
        except UnicodeDecodeError:
            raise HomeError(f"{file.name} is not UTF-8: save it as CSV UTF-8, or as .xlsx") from None
        return
    from rapport.connect import ConnectError
    from rapport.connect.excel import sheet_rows

    try:
        yield from sheet_rows(file)
    except ConnectError as error:
        raise HomeError(str(error)) from None


def _record(kind: str, head: list[str], values: Sequence[Any], role: str, at: datetime) -> dict[str, str]:
    record = {name: _text(value) for name, value in zip(head, values, strict=False) if name}
    if kind in _IDS:
        record["id"] = "-".join(record.get(name, "") for name in _IDS[kind])
    return {**record, "uploaded_by": role, "updated_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


def _text(value: Any) -> str:
    """Return a cell as the inbox writes it: a whole number without its point, a day without its midnight, one line."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def _head_faults(head: list[str], known: set[str]) -> list[Fault]:
    faults = [
        Fault(1, name, f"there is no such column; there are {', '.join(sorted(known))}") for name in head if name and name not in known
    ]
    return faults + [Fault(1, name, "stands twice") for name in sorted({name for name in head if name and head.count(name) > 1})]


def _row_faults(kind: str, records: list[tuple[int, dict[str, str]]], known: Known) -> Iterator[Fault]:
    seen: dict[tuple[str, str], int] = {}
    for number, record in records:
        for column, reason in RULES[kind](record, known):
            yield Fault(number, column, reason)
        key = record.get("id", ""), record.get("valid_from", "")
        if key in seen:
            yield Fault(number, "", f"says the same as row {seen[key]}: keep one")
        seen[key] = number


def _cast_faults(home: Home, layout: inbox.Layout, records: list[tuple[int, dict[str, str]]]) -> Iterator[Fault]:
    """Yield what the reader of the inbox would refuse, by the rows of the sheet."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sheet.csv"
        _write(file, layout, records)
        for fault in check(home, [file], layout.entity)[0].faults:
            row = records[fault.line - 2][0] if fault.line is not None else None
            yield Fault(row, "" if fault.column.startswith("(") else fault.column, fault.reason)


def _free_time(home: Home, layout: inbox.Layout, at: datetime) -> datetime:
    """Return `at`, or the first millisecond after it at which nothing else was supplied: of two versions one has to be the newer."""
    folder = home.path / "inbox" / layout.entity
    while any(folder.glob(f"{_stamp(at)}-*")):
        at += timedelta(milliseconds=1)
    return at


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S}{at.microsecond // 1000:03d}Z"


def _keep(home: Home, layout: inbox.Layout, records: list[tuple[int, dict[str, str]]], role: str, at: datetime) -> Path:
    folder = home.dir("inbox") / layout.entity
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"{_stamp(at)}-{role}.csv"
    unfinished = folder / f".{file.name}"  # files that begin with a point are not read
    _write(unfinished, layout, records)
    unfinished.rename(file)
    return file


def _write(file: Path, layout: inbox.Layout, records: list[tuple[int, dict[str, str]]]) -> None:
    names = [field.path for field in layout.stream.fields]
    with file.open("w", newline="", encoding="utf-8") as handle:
        out = csv.DictWriter(handle, names, restval="", lineterminator="\n")
        out.writeheader()
        out.writerows(record for _, record in records)
