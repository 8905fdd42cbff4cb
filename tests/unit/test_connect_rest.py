"""Catches pages lost, read twice or never ended, credentials or data that leave by another door, and records misread."""

# ruff: noqa: ARG005 - an answer need not look at its request

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from rapport.connect import ConnectError, Page, bodies, client, pages, retries, shared

from tests.unit.connect_server import Request, Vendor, declared, vendor

ROWS = [{"id": n, "at": f"2024-05-01T00:00:0{n}Z"} for n in range(1, 6)]
FIELDS = "  key: [id]\n  fields:\n    id: {type: bigint, class: internal}\n    at: {type: timestamp, class: internal}"
PLAIN = "s:\n  request: {path: /rows}\n  records: rows\n" + FIELDS


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []
    monkeypatch.setattr(client.time, "sleep", waits.append)
    monkeypatch.setattr(client.Client.__init__, "__defaults__", (waits.append,))
    for kept in ("_limiters", "_granted"):  # what streams of a process share: another test's server may have had the same port
        monkeypatch.setattr(shared, kept, {})
    return waits


def read(running: Vendor, streams: str, cursor: dict[str, Any] | None = None, **connection: Any) -> list[Page]:
    source = declared(streams, **({"connection": connection.pop("said")} if "said" in connection else {}))
    connection["extra"] = {**running.connection["extra"], **connection.get("extra", {})}
    return list(pages(source, source.streams["s"], {**running.connection, **connection}, cursor, log=running.lines.append))


def ids(found: list[Page]) -> list[int]:
    return [number for page in found for number in page.table.column("id").to_pylist()]


def paged(kind: str) -> Any:
    """A vendor with five records in pages of two."""

    def answer(request: Request) -> Any:
        first = int(request.params.get("from", 0)) if kind != "page" else (int(request.params.get("from", 1)) - 1) * 2
        rows, following = ROWS[first : first + 2], first + 2
        body: dict[str, Any] = {"rows": rows, "end": following >= 5, "next": None}
        if following < 5 or kind == "cursor_url":
            body["next"] = str(following) if kind == "cursor_token" else f"http://{request.headers['host']}/rows?from={following}"
        return body

    return answer


@pytest.mark.parametrize(
    "paging",
    [
        "{type: cursor_url, next: next, stop: end}",
        "{type: next_url, next: next}",
        "{type: cursor_token, next: next, param: from}",
        "{type: offset, param: from, size: 2}",
        "{type: page, param: from, size: 2}",
    ],
)
def test_every_kind_of_paging_reads_every_record_once(paging: str) -> None:
    """Would catch: a page lost, or read twice, by one of the ways to page."""
    kind = paging[7:].split(",", maxsplit=1)[0]
    with vendor(paged(kind)) as running:
        found = read(running, PLAIN + f"\n  paging: {paging}")
    assert ids(found) == [1, 2, 3, 4, 5]
    assert [page.fetched for page in found] == [2, 2, 1]


CURSOR = (
    PLAIN + "\n  paging: {type: cursor_url, next: next, stop: end}\n  cursor: {field: at, param: from, format: epoch, start: '1970-01-01'}"
)


def test_a_run_resumes_at_the_address_the_vendor_gave_and_not_at_the_host_it_gave() -> None:
    """Would catch: a run that begins again every time, or one led to another host by what was remembered."""
    with vendor(paged("cursor_url")) as running:
        state = read(running, CURSOR)[-1].cursor
        assert state is not None
        assert state["next"] == "/rows?from=6"
        again = read(running, CURSOR, cursor=state)
    assert ids(again) == []
    assert running.requests[-1].params == {"from": "6"}


def test_a_run_cut_short_does_not_move_the_starting_point_of_an_unordered_stream() -> None:
    """Would catch: records never read, because a run that was cut short had seen newer ones before them."""
    said = PLAIN + "\n  paging: {type: next_url, next: next}\n  cursor: {field: at, param: since, overlap_seconds: 1}"
    with vendor(paged("next_url")) as running:
        found = read(running, said, cursor={"since": "2024-01-01T00:00:00+00:00"})
        assert [page.cursor for page in found] == [{"since": "2024-01-01T00:00:00+00:00"}] * 2 + [{"since": "2024-05-01T00:00:05+00:00"}]
        assert running.requests[0].params == {"since": "2023-12-31T23:59:59Z"}
        ordered = read(running, said.replace("overlap_seconds: 1", "sorted: true"))
    assert [page.cursor for page in ordered] == [{"since": f"2024-05-01T00:00:0{n}+00:00"} for n in (2, 4, 5)]


def test_endless_paging_is_stopped() -> None:
    """Would catch: a run that never ends, because each page names itself as the next."""
    with vendor(lambda request: {"rows": ROWS[:1], "next": "/rows"}) as running, pytest.raises(ConnectError, match="circle"):
        read(running, PLAIN + "\n  paging: {type: next_url, next: next}")


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/latest", "https://evil.example/rows", "file:///etc/passwd", "//evil.example/x"]
)
def test_a_next_page_on_another_host_is_refused_and_gets_no_credentials(address: str) -> None:
    """Would catch: credentials handed to whichever host an answer names."""
    with (
        vendor(lambda request: {"rows": ROWS[:1], "next": address}) as running,
        pytest.raises(ConnectError, match="another host") as caught,
    ):
        read(running, PLAIN + "\n  paging: {type: next_url, next: next}")
    assert caught.value.code == "egress"


def test_a_redirect_is_followed_within_the_host_only() -> None:
    """Would catch: a vendor that moved an address within its host, refused; or one that sends the reader elsewhere, followed."""

    def answer(request: Request) -> Any:
        if request.path == "/rows":
            return 302, {"location": "/moved"}, {}
        return {"rows": ROWS}

    with vendor(answer) as running:
        assert ids(read(running, PLAIN)) == [1, 2, 3, 4, 5]
    with vendor(lambda request: {"rows": ROWS}) as other, vendor(lambda request: (302, {"location": other.host + "/rows"}, {})) as running:
        with pytest.raises(ConnectError, match="another host"):
            read(running, PLAIN)
        assert other.requests == []


def test_plain_http_is_for_this_machine_only() -> None:
    """Would catch: credentials sent over the internet in the clear."""
    source = declared(PLAIN)
    with pytest.raises(ConnectError, match="https"):
        list(pages(source, source.streams["s"], {"host": "http://crm.example"}, None, log=lambda line: None))


def in_seconds(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
@pytest.mark.parametrize(
    ("retry_after", "shortest", "longest"),
    [
        (None, 0.5, 1.0),
        ("7", 6.9, 7.0),
        ("1000000000", 119.9, 120.0),
        ("1e9", 119.9, 120.0),
        ("in 3600 s", 119.9, 120.0),
        ("in -60 s", 0.0, 0.0),
        ("-5", 0.0, 0.0),
        ("nan", 0.5, 1.0),
        ("soon", 0.5, 1.0),
    ],
)
def test_a_busy_vendor_is_asked_again_and_never_waited_for_longer_than_two_minutes(
    status: int, retry_after: str | None, shortest: float, longest: float, no_waiting: list[float]
) -> None:
    """Would catch: a vendor's pause not kept, or a run that waits as many years as a vendor says."""
    if retry_after and retry_after.startswith("in "):
        retry_after = in_seconds(int(retry_after.split()[1]))
    headers = {"retry-after": retry_after, "x-ratelimit-reset": "9"} if retry_after else {}
    with vendor(lambda request: (status, headers, {}) if len(running.requests) == 1 else {"rows": ROWS}) as running:
        assert len(ids(read(running, PLAIN))) == 5
    assert len(no_waiting) <= 1
    assert shortest <= sum(no_waiting) <= longest


def test_the_end_of_a_vendors_window_is_waited_for(no_waiting: list[float]) -> None:
    """Would catch: six attempts wasted within a window that the vendor says ends in a minute."""
    ends = [str(int(datetime.now(UTC).timestamp()) + 60), "60"]
    for name, end in zip(("x-ratelimit-reset", "ratelimit-reset"), ends, strict=True):
        no_waiting.clear()
        with vendor(
            lambda request, name=name, end=end: (429, {name: end}, {}) if len(running.requests) == 1 else {"rows": ROWS}
        ) as running:
            read(running, PLAIN)
        assert 50 <= sum(no_waiting) <= 60


def test_a_vendor_that_stays_busy_is_given_up() -> None:
    """Would catch: a run that asks for ever, or one that asks again what will never be answered."""
    for status, times in ((429, retries.ATTEMPTS), (503, retries.ATTEMPTS), (400, 1), (404, 1), (501, 1)):
        with vendor(lambda request, status=status: (status, {}, {})) as running, pytest.raises(ConnectError, match=f"answered {status}"):
            read(running, PLAIN)
        assert len(running.requests) == times


def test_half_a_body_is_asked_for_again_and_given_up_at_last() -> None:
    """Would catch: half a page taken for a whole one, or a run lost to one broken answer."""
    with vendor(lambda request: (200, {}, b'{"rows": [{"id": 1') if len(running.requests) < 3 else {"rows": ROWS}) as running:
        assert len(ids(read(running, PLAIN))) == 5
    with vendor(lambda request: (200, {}, b"{")) as running, pytest.raises(ConnectError, match="whole body"):
        read(running, PLAIN)
    assert len(running.requests) == retries.ATTEMPTS


def test_a_gzip_bomb_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a small answer that unpacks to more than the machine holds."""
    bomb = gzip.compress(b"[" + b"0," * 5_000_000 + b"0]")
    monkeypatch.setattr(bodies, "BODY_LIMIT", 1 << 20)
    with vendor(lambda request: (200, {"content-encoding": "gzip"}, bomb)) as running, pytest.raises(ConnectError, match="smaller pages"):
        read(running, PLAIN)
    assert len(bomb) < 1 << 20


def test_hostile_json_costs_single_records_and_not_the_page() -> None:
    """Would catch: a page lost to one number that JSON should not hold, or a crash of the parser."""
    rows = b'[{"id": 1}, {"id": NaN}, {"id": 1e100000}, {"id": ' + b"9" * 5000 + b'}, {"id": "\\ud800"}, {"id": 6}]'
    with vendor(lambda request: (200, {}, b'{"rows": ' + rows + b"}")) as running:
        found = read(running, PLAIN)
        assert ids(found) == [1, 6]
        assert len(found[0].rejected) == 4
    deep = b'{"rows": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    with vendor(lambda request: (200, {}, deep)) as running, pytest.raises(ConnectError, match="nested"):
        read(running, PLAIN)


def test_the_http_library_logs_no_addresses(caplog: pytest.LogCaptureFixture) -> None:
    """Would catch: addresses with ids of people in the log, written by a library."""
    with caplog.at_level("INFO"), vendor(lambda request: {"rows": ROWS}) as running:
        read(running, PLAIN + "\n  cursor: {field: at, param: who, start: '2024-01-01'}")
        assert caplog.records == []
        with caplog.at_level("INFO", logger="httpx"):  # the control: so it would have been
            read(running, PLAIN)
        assert "/rows" in caplog.text


def test_errors_hold_no_data_of_the_answer() -> None:
    """Would catch: an error message of the vendor with a person's address in our log."""
    with vendor(lambda request: (400, {}, {"error": "jane@doe.example is unknown"})) as running, pytest.raises(ConnectError) as caught:
        read(running, PLAIN)
    assert "jane" not in str(caught.value)
    assert not any("jane" in line for line in running.lines)
