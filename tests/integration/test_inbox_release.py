"""Would catch: a company with files alone that gets no release or wrong numbers; a bad file that stops the rest; a name that lands."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rapport.home import checkout
from rapport.pipeline.extract import extract_stream
from rapport.privacy.sweep import Sweep
from rapport.warehouse import server, server_place

from tests.conftest import remove_home, temporary_home
from tests.whole_box import Box

sys.path.append(str(checkout() / "superset"))

from bundle import spec

READING = spec.load_datasets()["metric_reading"].sql
START = dt.datetime(2025, 5, 5, 8, 0, tzinfo=dt.UTC)
CANARIES = {
    "mail": ["xaviera.quillfeather@mail.example.org"],
    "name": ["Xaviera Quillfeather", "Quillfeather"],
    "phone": ["+49 30 55501977", "+493055501977"],
    "account": ["Quibblesworth Bakery"],
}
REPLIED = {1: 10, 2: 20, 3: 30, 4: 40, 5: 50, 6: 60}  # ticket -> minutes until the first public comment of an agent
SOLVED = {number: 60 * number for number in REPLIED}  # ticket -> minutes until it was solved for the last time
JUNE = {"created_at": "2025-06-10T08:00:00Z", "updated_at": "2025-06-11T08:00:00Z"}
Row = dict[str, Any]


def _after(minutes: int) -> str:
    return (START + dt.timedelta(minutes=minutes)).isoformat()


def _csv(file: Path, rows: list[Row], **how: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="", **how) as handle:
        out = csv.DictWriter(handle, list(rows[0]), restval="")
        out.writeheader()
        out.writerows(rows)


def _ticket(number: int, **more: Any) -> Row:
    requester = "p-1" if number < 6 else "p-2"
    row = {"id": f"t-{number}", "requester_id": requester, "status": "solved", "group_name": "Billing", "channel": "email"}
    return row | {"created_at": _after(0), "updated_at": _after(600)} | more


def _events() -> Iterator[Row]:
    for number, minutes in REPLIED.items():
        steps: list[tuple[int, Row]] = [
            (0, {"event_type": "comment", "actor_type": "requester", "comment": "Xaviera Quillfeather here, please call +49 30 55501977."}),
            (5, {"event_type": "comment", "actor_type": "bot", "comment": "We have received your message."}),
            (minutes, {"event_type": "comment", "actor_type": "agent", "comment": "Done, see xaviera.quillfeather@mail.example.org"}),
            (SOLVED[number], {"event_type": "status", "actor_type": "agent", "from_value": "open", "to_value": "solved"}),
        ]
        if number == 6:
            steps += [(100, {"event_type": "status", "to_value": "solved"}), (200, {"event_type": "status", "to_value": "open"})]
        for step, (at, row) in enumerate(steps):
            place = {"id": f"t-{number}-{step}", "ticket_id": f"t-{number}", "happened_at": _after(at), "updated_at": _after(at)}
            yield place | {"is_public": row["event_type"] == "comment"} | row


def _fill(inbox: Path) -> None:
    person = {"id": "p-1", "email": "xaviera.quillfeather@mail.example.org", "name": "Xaviera Quillfeather", "phone": "+49 30 55501977"}
    person |= {"account_id": "a-1", "country": "DE", "updated_at": _after(0)}
    _csv(inbox / "persons" / "crm.csv", [person], encoding="utf-8-sig")
    more = {"id": "p-2", "email": "second@mail.example.org", "account_id": "a-2", "country": "AT", "updated_at": _after(0)}
    (inbox / "persons" / "more.jsonl").write_text(json.dumps(more) + "\n")
    (inbox / "persons" / "latin.csv").write_bytes(b"id,name,updated_at\np-3,J\xfcrgen,2025-05-05\n")
    (inbox / "accounts").mkdir()
    accounts = {"id": ["a-1", "a-2"], "name": ["Quibblesworth Bakery", "Large"], "segment": ["small", "large"]}
    pq.write_table(pa.table(accounts | {"updated_at": [START, START]}), inbox / "accounts" / "accounts.parquet")
    _csv(inbox / "tickets" / "may.csv", [_ticket(number) for number in REPLIED])
    rows = [_ticket(20, **JUNE), _ticket(21, status="sovled"), _ticket(22, created_at="yesterday"), _ticket(23, id="")]
    _csv(inbox / "tickets" / "rows.csv", [*rows, _ticket(24, id="xaviera.quillfeather@mail.example.org")])
    misspelt = {"statsu" if key == "status" else key: value for key, value in _ticket(30, **JUNE).items()}
    _csv(inbox / "tickets" / "misspelt.csv", [misspelt])
    (inbox / "tickets" / "headless.csv").write_text("id,status\nt-40,new\n")
    (inbox / "tickets" / "notes.txt").write_text("no table\n")
    (inbox / "tickets" / "tickets.csv.example").write_text("id,status\nt-99,new\n")
    (inbox / "ticket_events").mkdir()
    lines = [json.dumps(row) for row in _events()]
    (inbox / "ticket_events" / "may.jsonl").write_text("\n".join([*lines, "{not json", json.dumps({"id": "x", "hapened_at": "x"})]) + "\n")


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    """A home that has files in its inbox and no connection at all, published; then one file is mended and two streams are read again."""
    made = Box.at(temporary_home("rapport-inbox-"))
    try:
        made.rapport("init", str(made.home.path))
        inbox = made.home.path / "inbox"
        _fill(inbox)
        made.rapport("run")
        _csv(inbox / "tickets" / "misspelt.csv", [_ticket(30, **JUNE)])
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("RAPPORT_HOME", str(made.home.path))
            for source, stream in (("inbox_crm", "persons"), ("inbox_support", "tickets")):
                extract_stream(made.home, source, stream, run_id="again")
        yield made
    finally:
        made.rapport("down", check=False)
        remove_home(made.home)


@pytest.fixture(scope="module")
def conn(box: Box) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server.admin_dsn(box.home, "rapport"), autocommit=True) as made:
        yield made


def _rows(conn: psycopg.Connection, query: str) -> list[tuple[Any, ...]]:
    return conn.execute(query.encode()).fetchall()


def _value(conn: psycopg.Connection, metric: str, segment: str = "all") -> tuple[Any, ...]:
    [row] = _rows(
        conn,
        f"select value, n from marts_cx.metric_value where metric = '{metric}' and grain = 'month' and period_start = '2025-05-01'"
        f" and (country, segment, industry, strategic, channel, queue, survey) = ('all', '{segment}', 'all', 'all', 'all', 'all', 'all')",
    )
    return row


def test_the_numbers_are_those_counted_by_hand(conn: psycopg.Connection) -> None:
    """Would catch: a layout whose columns reach the wrong column of an entity, or ids that do not join."""
    assert _value(conn, "first_response_calendar_median") == (35.0, 6)
    assert _value(conn, "first_response_calendar_median", "small") == (30.0, 5)
    assert _value(conn, "resolution_calendar_median") == (210.0, 6)
    assert _value(conn, "reopen_rate") == (pytest.approx(1 / 6), 6)


def test_a_bad_file_or_row_is_named_and_the_rest_loads(conn: psycopg.Connection) -> None:
    """Would catch: a misspelt column that stops the stream, a row that vanishes without file and line, a value in a reason."""
    told = _rows(
        conn,
        "select q.stream, q.field, q.reason, q.rows from ops.quarantine as q join ops.stream_load using (load_id)"
        " where run_id <> 'again' order by 1, 2, 3",
    )
    assert told == [
        ("persons", "name", "bytes that are not UTF-8 (persons/latin.csv, line 2)", 1),
        ("ticket_events", "(row)", "columns that are not known: hapened_at (is it happened_at?) (ticket_events/may.jsonl, line 28)", 1),
        ("ticket_events", "(row)", "not a JSON object (ticket_events/may.jsonl, line 27)", 1),
        ("tickets", "(file)", "tickets/headless.csv: required columns are missing: created_at, updated_at", 1),
        ("tickets", "(file)", "tickets/misspelt.csv: columns that are not known: statsu (is it status?)", 1),
        ("tickets", "(file)", "tickets/notes.txt: its name ends in none of .csv, .jsonl, .parquet, .xlsx", 1),
        ("tickets", "created_at", "not a time (tickets/rows.csv, line 4)", 1),
        ("tickets", "id", "a value is required (tickets/rows.csv, line 5)", 1),
        ("tickets", "id", "an e-mail address as an id: use an id that names nobody (tickets/rows.csv, line 6)", 1),
        ("tickets", "status", "not one of new, open, pending, hold, solved, closed, deleted (tickets/rows.csv, line 3)", 1),
    ]
    assert _rows(conn, "select state from ops.run") == [("success",)], "bad files hold no release back"


def test_a_mended_file_is_read_and_no_other_again(conn: psycopg.Connection) -> None:
    """Would catch: a refused file that is never looked at again, and files that are read at every run."""
    read = _rows(conn, "select stream, rows_fetched, rows_landed from ops.stream_load where run_id = 'again' order by 1")
    assert read == [("persons", 0, 0), ("tickets", 1, 1)]
    june = "select id from raw_inbox_support.tickets where created_at > '2025-06-01' order by 1"
    assert _rows(conn, june) == [("t-20",), ("t-30",)]


def test_every_metric_has_a_row_and_says_what_is_missing(box: Box, conn: psycopg.Connection) -> None:
    """Would catch: a Voice tile that is blank, or zero, because nobody asks customers yet."""
    assert _rows(conn, "select metric from marts_cx.metric_definition except select metric from marts_cx.metric_value") == []
    reasons = dict(_rows(conn, "select metric, min(suppressed_reason) from marts_cx.metric_value where value is null group by metric"))
    assert reasons["nps_relationship"] == reasons["csat"] == "source not connected: survey"
    assert reasons["web_sessions"] == "source not connected: website"
    tiles = {row["metric"]: row for row in box.query("analyst", f"select * from ({READING}) as reading where is_headline")}
    assert tiles["nps_relationship"]["value_text"] == "no data"
    assert tiles["nps_relationship"]["missing_text"] == "No survey system is connected yet."
    assert tiles["web_sessions"]["missing_text"] == "No website analytics is connected yet."
    assert tiles["first_response_calendar_median"]["missing_text"] is None
    given = dict(_rows(conn, "select entity, sources from marts_cx.source_coverage"))
    assert (given["tickets"], given["survey_answers"], given["schedules"]) == ("inbox_support", None, None)


def test_no_clear_identifier_lands(box: Box, conn: psycopg.Connection) -> None:
    """Would catch: a layout that keeps a name, an address or a phone number; the files themselves are the positive control."""
    control = Sweep(CANARIES)
    control.folder(box.home.path / "inbox")
    assert control.found == set(CANARIES)
    sweep = Sweep(CANARIES)
    sweep.database(conn)
    for folder in (box.home.path / "logs", box.home.path / "dbt", *server_place.outside_folders(box.home)):
        sweep.folder(Path(folder))
    assert not sweep.hits
    assert _rows(conn, "select count(*) from raw_inbox_support.ticket_events where comment_redacted like '%<PERSON>%'") == [(6,)]
