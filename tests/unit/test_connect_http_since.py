"""Catches a starting point written so that records of the same second, of an ambiguous hour or of a wrong year are lost."""

# ruff: noqa: ARG005 - an answer need not look at its request

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rapport.connect import ConnectError, Page, pages
from rapport.connect.progress import written
from rapport.declarations import Cursor

from tests.unit.connect_server import Request, Vendor, declared, vendor
from tests.unit.test_connect_rest import ids, no_waiting

__all__ = ["no_waiting"]  # the fixture holds here too

NOON = datetime(2024, 5, 1, 12, 34, 56, 789000, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("cursor", "wanted"),
    [
        ({}, "2024-05-01T12:34:56Z"),
        ({"format": "date"}, "2024-05-01"),
        ({"format": "epoch"}, 1714566896),
        ({"format": "epoch_ms"}, 1714566896789),
        ({"format": "%d.%m.%Y %H:%M"}, "01.05.2024 12:34"),
        ({"format": "%Y-%m-%dT%H:%M:%S.%fZ"}, "2024-05-01T12:34:56.789000Z"),
        ({"time_zone": "Asia/Tokyo"}, "2024-05-01T21:34:56+09:00"),
        ({"time_zone": "America/New_York", "format": "%Y-%m-%d %H:%M:%S"}, "2024-05-01 08:34:56"),
        ({"is_inclusive": False}, "2024-05-01T12:34:56Z"),
        ({"is_inclusive": False, "precision": "second"}, "2024-05-01T12:34:55Z"),
        ({"is_inclusive": False, "precision": "minute"}, "2024-05-01T12:33:00Z"),
        ({"is_inclusive": False, "precision": "day", "format": "date", "time_zone": "Pacific/Auckland"}, "2024-05-01"),
        ({"precision": "day", "format": "epoch"}, 1714521600),
    ],
)
def test_the_starting_point_is_written_as_the_vendor_wants_it(cursor: dict[str, Any], wanted: Any) -> None:
    """Would catch: a format, zone or precision that the vendor reads as a later moment."""
    assert written(NOON, Cursor(field="at", **cursor)) == wanted


@pytest.mark.parametrize("fold", [0, 1])
def test_an_ambiguous_local_hour_is_never_read_as_a_later_one(fold: int) -> None:
    """Would catch: records of the hour that comes twice when summer time ends, read by a vendor that takes the second for the first."""
    moment = datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN, fold=fold).astimezone(UTC)
    text = written(moment, Cursor(field="at", format="%Y-%m-%d %H:%M:%S", time_zone="Europe/Berlin"))
    as_read = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BERLIN, fold=1)  # the later of the two readings
    assert moment - timedelta(hours=3) <= as_read.astimezone(UTC) <= moment


FIELDS = """
  key: [id]
  fields:
    id: {type: bigint, class: internal}
    created: {type: timestamp, class: internal}
    changed: {type: timestamp, class: internal}
"""


class Journal:
    """A source whose search compares as its `operator` says, on times cut to the second."""

    def __init__(self, is_strict: bool) -> None:
        self.rows: list[dict[str, Any]] = []
        self.is_strict = is_strict
        self.asked: list[str] = []

    def put(self, number: int, created: str, changed: str | None = None) -> None:
        self.rows = [row for row in self.rows if row["id"] != number]
        self.rows.append({"id": number, "created": f"2024-05-01T{created}Z", "changed": changed and f"2024-05-01T{changed}Z"})

    def __call__(self, request: Request) -> Any:
        text = json.loads(request.body)["query"] if request.body else request.params["query"]
        since = datetime.fromisoformat(text.split("'")[1])
        self.asked.append(text)

        def moment(row: dict[str, Any]) -> datetime:
            return datetime.fromisoformat(row["changed"] or row["created"]).replace(microsecond=0)

        found = sorted((row for row in self.rows if moment(row) > since or (not self.is_strict and moment(row) == since)), key=moment)
        return {"rows": found}


def read(running: Vendor, stream: str, cursor: dict[str, Any] | None = None, extra: dict[str, Any] | None = None) -> list[Page]:
    source = declared(stream)
    connection = {**running.connection, "extra": {"network": "private", **(extra or {})}}
    return list(pages(source, source.streams["s"], connection, cursor, log=running.lines.append))


REQUESTS = {
    "params": "{path: /find, params: {query: \"LastUpdated > '{since}'\"}}",
    "json": "{path: /find, method: POST, json: {query: \"LastUpdated > '{since}'\", limit: 3}}",
}


@pytest.mark.parametrize("place", ["params", "json"])
def test_a_strict_filter_of_whole_seconds_loses_no_record_of_the_same_second(place: str) -> None:
    """Would catch: a record written in the second at which the last run stopped, or one never changed, whose second date is empty."""
    journal = Journal(is_strict=True)
    journal.put(1, "10:00:00")
    journal.put(2, "10:00:01", "10:00:05.200000")
    stream = f"s:\n  request: {REQUESTS[place]}\n  records: rows\n"
    stream += "  cursor: {field: changed, or_field: created, inclusive: false, precision: second}" + FIELDS
    with vendor(journal) as running:
        first = read(running, stream)
        journal.put(3, "10:00:05.900000")
        second = read(running, stream, first[-1].cursor)
        third = read(running, stream, second[-1].cursor)
    assert (ids(first), ids(second), ids(third)) == ([1, 2], [2, 3], [2, 3]), "what comes twice is a duplicate when it lands"
    assert journal.asked[0] == "LastUpdated > '1969-12-31T23:59:59Z'", "the first run's query is whole, too"
    assert journal.asked[1:] == ["LastUpdated > '2024-05-01T10:00:04Z'"] * 2
    assert third[-1].cursor == {"since": "2024-05-01T10:00:05.900000+00:00"}


def test_a_start_and_an_overlap_hold_inside_a_query_and_in_a_path() -> None:
    """Would catch: a template that forgets where to begin or how far to go back, or text in a path that makes another path."""
    stream = "s:\n  request: {path: '/changed/{since}'}\n  records: rows\n"
    stream += "  cursor: {field: created, format: '%Y/%m/%d', overlap_seconds: 86400, start: '2024-01-01'}" + FIELDS
    with vendor(lambda request: {"rows": [{"id": 1, "created": "2024-05-01T10:00:00Z"}]}) as running:
        cursor = read(running, stream)[-1].cursor
        read(running, stream, cursor)
    assert [request.path for request in running.requests] == ["/changed/2024%2F01%2F01", "/changed/2024%2F04%2F30"]


def test_the_cursor_never_goes_back_and_never_runs_ahead_of_the_present() -> None:
    """Would catch: a source that answers with old records moves the start back; one record of the year 2999 hides all that follow."""
    stream = "s:\n  request: {path: /rows}\n  records: rows\n  cursor: {field: created, param: since}" + FIELDS
    with vendor(lambda request: {"rows": [{"id": 1, "created": "2020-01-01T00:00:00Z"}]}) as running:
        assert read(running, stream, {"since": "2024-05-01T00:00:00+00:00"})[-1].cursor == {"since": "2024-05-01T00:00:00+00:00"}
    before = datetime.now(UTC)
    with vendor(lambda request: {"rows": [{"id": 1, "created": "2999-01-01T00:00:00Z"}]}) as running:
        cursor = read(running, stream)[-1].cursor
        assert cursor is not None
        assert before <= datetime.fromisoformat(cursor["since"]) <= datetime.now(UTC)
        ahead = read(running, stream, extra={"sandbox": True})[-1].cursor
        assert ahead == {"since": "2999-01-01T00:00:00+00:00"}, "the simulated company has a calendar of its own"


def test_times_of_a_vendor_format_and_zone_move_the_cursor() -> None:
    """Would catch: a cursor that stands still because its field is no ISO text, or that is hours off because its zone is not heeded."""
    stream = """s:
  request: {path: /rows}
  records: rows
  cursor: {field: at, param: since, format: epoch_ms}
  fields:
    at: {type: timestamp, format: "%d.%m.%Y %H:%M", time_zone: Europe/Berlin, class: internal}
"""
    with vendor(lambda request: {"rows": [{"at": "01.05.2024 12:00"}, {"at": "nonsense"}]}) as running:
        first = read(running, stream)
        read(running, stream, first[-1].cursor)
    assert first[-1].cursor == {"since": "2024-05-01T10:00:00+00:00"}
    assert running.requests[-1].params == {"since": "1714557600000"}


def test_a_template_without_a_cursor_is_an_error_of_the_declaration() -> None:
    """Would catch: the letters {since} sent to a vendor, which answers with nothing."""
    stream = "s:\n  request: {path: /rows, params: {q: \"a > '{since}'\"}}" + FIELDS
    with vendor(lambda request: []) as running, pytest.raises(ConnectError, match="declares no `cursor`"):
        read(running, stream)
    other = "s:\n  request: {path: '/{connection.tenant}/rows'}" + FIELDS
    with vendor(lambda request: []) as running, pytest.raises(ConnectError, match="extra"):
        read(running, other)
    assert running.requests == []
