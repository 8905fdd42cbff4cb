"""Would catch a helpdesk API that loses or repeats records while paging, lets strangers in, or hides the faults a test asked for."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.company.params import Settings
from sandbox.faults import Faults, bad_rows
from sandbox.make import advance
from sandbox.store import Store
from tests.unit.sandbox_company import SCALE, client, login, shared_home


@pytest.fixture(scope="module")
def api() -> TestClient:
    """The shared company's helpdesk, logged in."""
    found = client(shared_home())
    found.auth = login(shared_home(), "zendesk")
    return found


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Path, TestClient]]:
    """A company of the test's own, logged in."""
    home = tmp_path / "company"
    shutil.copytree(shared_home(), home)
    served = client(home)
    served.auth = login(home, "zendesk")
    yield home, served


def _by_cursor(api: TestClient, stream: str, *, start: int = 0, size: int = 100) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    url = f"/zendesk/api/v2/incremental/{stream}/cursor.json?start_time={start}&per_page={size}"
    while True:
        body = api.get(url).json()
        found += body[stream]
        if body["end_of_stream"]:
            return found
        url = body["after_url"]


def _by_time(api: TestClient, stream: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    url = f"/zendesk/api/v2/incremental/{stream}.json?start_time=0{query}"
    while True:
        body = api.get(url).json()
        found += body[stream]
        if body["end_of_stream"]:
            return found
        url = body["next_page"]


def test_strangers_are_refused(api: TestClient) -> None:
    path = "/zendesk/api/v2/groups.json"
    assert client(shared_home()).get(path).status_code == 401
    assert client(shared_home()).get(path, auth=(login(shared_home(), "zendesk")[0], "wrong")).status_code == 401
    assert api.get(path).status_code == 200


def test_start_time_is_required_and_older_than_a_minute(api: TestClient) -> None:
    now = Settings(shared_home(), SCALE).now
    path = "/zendesk/api/v2/incremental/tickets/cursor.json"
    assert api.get(path).status_code == 400
    assert api.get(path, params={"start_time": now - 30}).status_code == 422
    assert api.get(path, params={"start_time": now - 61}).status_code == 200
    assert api.get(path, params={"cursor": "not a cursor"}).status_code == 400


@pytest.mark.parametrize("stream", ["tickets", "users"])
def test_cursor_paging_serves_every_record_once_in_order(api: TestClient, stream: str) -> None:
    records = _by_cursor(api, stream)
    assert len({r["id"] for r in records}) == len(records) == Store(shared_home()).counts()[f"zendesk.{stream}"]
    clock = "generated_timestamp" if stream == "tickets" else "updated_at"
    assert [r[clock] for r in records] == sorted(r[clock] for r in records)


@pytest.mark.parametrize(("stream", "query"), [("organizations", "&per_page=50"), ("ticket_events", "&include=comment_events")])
def test_time_based_paging_serves_every_record(api: TestClient, stream: str, query: str) -> None:
    assert {r["id"] for r in _by_time(api, stream, query)} == {r["id"] for r in _by_time(api, stream)}
    assert len({r["id"] for r in _by_time(api, stream)}) == Store(shared_home()).counts()[f"zendesk.{stream}"]


def test_events_and_tickets_tell_the_same_story(api: TestClient) -> None:
    tickets = {t["id"]: t for t in _by_cursor(api, "tickets")}
    status: dict[int, str] = {}
    comments: Counter[int] = Counter()
    for event in _by_time(api, "ticket_events", "&include=comment_events"):
        for child in event["child_events"]:
            status[event["ticket_id"]] = child.get("status", status.get(event["ticket_id"], ""))
            comments[event["ticket_id"]] += child["event_type"] == "Comment"
    assert {i for i, t in tickets.items() if t["status"] != "deleted" and t["status"] != status[i]} == set()
    assert min(comments[i] for i in tickets) >= 1
    merged = [t for t in tickets.values() if "closed_by_merge" in t["tags"]]
    assert merged
    assert all(t["status"] in ("closed", "deleted") for t in merged)


def test_comment_texts_come_only_with_the_include(api: TestClient) -> None:
    with_text = json.dumps(_by_time(api, "ticket_events", "&include=comment_events")[:200])
    without = json.dumps(_by_time(api, "ticket_events")[:200])
    assert '"html_body"' in with_text
    assert '"html_body"' not in without
    assert '"comment_present": true' in without


def test_sideloads_hold_the_people_and_groups_of_the_page(api: TestClient) -> None:
    body = api.get("/zendesk/api/v2/incremental/tickets/cursor.json?start_time=0&per_page=20&include=users,groups").json()
    assert {t["requester_id"] for t in body["tickets"]} <= {u["id"] for u in body["users"]}
    assert {t["group_id"] for t in body["tickets"]} == {g["id"] for g in body["groups"]}


def test_offset_and_cursor_paging_of_ratings_agree(api: TestClient) -> None:
    offset, url = [], "/zendesk/api/v2/satisfaction_ratings.json"
    while url:
        body = api.get(url).json()
        offset += [r["id"] for r in body["satisfaction_ratings"]]
        url = body["next_page"]
    cursor, url = [], "/zendesk/api/v2/satisfaction_ratings.json?page[size]=100"
    while url:
        body = api.get(url).json()
        cursor += [r["id"] for r in body["satisfaction_ratings"]]
        url = body["links"]["next"]
    assert offset == cursor
    assert len(set(offset)) == Store(shared_home()).counts()["zendesk.satisfaction_ratings"]


def test_schedules_of_three_zones_have_hours_and_holidays(api: TestClient) -> None:
    schedules = api.get("/zendesk/api/v2/business_hours/schedules.json").json()["schedules"]
    assert len({s["time_zone"] for s in schedules}) == 3
    for schedule in schedules:
        assert all(0 <= i["start_time"] < i["end_time"] <= 7 * 1440 for i in schedule["intervals"])
        assert api.get(f"/zendesk/api/v2/business_hours/schedules/{schedule['id']}/holidays.json").json()["holidays"]
    assert api.get("/zendesk/api/v2/business_hours/schedules/1/holidays.json").status_code == 404


def test_a_served_company_moves_on_and_the_old_cursor_finds_the_news(own: tuple[Path, TestClient]) -> None:
    home, served = own
    first = served.get("/zendesk/api/v2/incremental/tickets/cursor.json?start_time=0&per_page=1000").json()
    while not first["end_of_stream"]:
        first = served.get(first["after_url"]).json()
    assert served.get(first["after_url"]).json()["tickets"] == []
    advance(Settings(home, SCALE), 2)
    news = served.get(first["after_url"]).json()["tickets"]
    assert news
    assert {"new", "closed"} & {t["status"] for t in news}


def test_bad_rows_are_served_while_the_fault_is_set_and_only_then(own: tuple[Path, TestClient]) -> None:
    home, served = own
    path = "/zendesk/api/v2/incremental/tickets/cursor.json?start_time=0&per_page=10"
    clean = served.get(path).json()["tickets"]
    Faults(home).set(["bad_rows=zendesk.tickets"])
    spoilt = served.get(path).json()["tickets"]
    assert spoilt[:10] == clean
    assert any(t["id"] is None for t in spoilt)
    assert any(t["created_at"].startswith("2099") for t in spoilt)
    assert any(t["status"] == "exploded" for t in spoilt)
    assert any(n > 1 for n in Counter(t["id"] for t in spoilt if t["id"]).values())
    assert served.get("/zendesk/api/v2/groups.json").status_code == 200
    Faults(home).clear()
    assert served.get(path).json()["tickets"] == clean


def test_every_vendor_record_can_be_spoilt() -> None:
    for stream in (
        "zendesk.tickets",
        "salesforce.Contact",
        "salesforce.Opportunity",
        "qualtrics.SV_hgRelationship001",
        "matomo.visits",
        "bamboohr.employees",
    ):
        record = json.loads(Store(shared_home()).page(stream, (0, ""), 1 << 40, 1)[0][2])
        no_key, twin, future, unknown = bad_rows(record)
        key = next(k for k in ("id", "Id", "idVisit", "responseId") if k in record)
        assert no_key[key] is None
        assert twin[key] == record[key]
        assert "2099" in json.dumps(future) or "4070908800" in json.dumps(future), stream
        assert (twin != record and "exploded" in json.dumps(unknown)) or stream == "salesforce.Contact"


def test_other_faults_answer_as_the_vendor_would(own: tuple[Path, TestClient]) -> None:
    home, served = own
    Faults(home).set(["server_error=zendesk.tickets", "extra_field=zendesk.users", "rate_limit=zendesk"])
    answers = [served.get("/zendesk/api/v2/groups.json") for _ in range(3)]
    assert [a.status_code for a in answers].count(429) == 1
    assert [a.headers["retry-after"] for a in answers if a.status_code == 429] == ["1"]
    assert served.get("/zendesk/api/v2/incremental/tickets/cursor.json?start_time=0").status_code == 500
    users = served.get("/zendesk/api/v2/incremental/users/cursor.json?start_time=0&per_page=3").json()["users"]
    assert all("shadow_score" in u for u in users)
    with pytest.raises(ValueError, match=r"kind=source\.stream"):
        Faults(home).set(["explode=zendesk"])
