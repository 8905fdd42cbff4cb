"""Would catch a web analytics API whose pages repeat or lose visits, whose time filters lie, or that gives away who did not consent."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.store import Store
from tests.unit.sandbox_company import client, login, shared_home


@pytest.fixture(scope="module")
def api() -> TestClient:
    return client(shared_home())


def _call(api: TestClient, **wish: Any) -> Any:
    query = {"module": "API", "method": "Live.getLastVisitsDetails", "idSite": 1, "format": "JSON"} | wish
    return api.post("/matomo/index.php", params=query, data={"token_auth": login(shared_home(), "matomo")[1]}).json()


def _visits(api: TestClient, **wish: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = _call(api, filter_limit=500, filter_offset=len(found), filter_sort_order="asc", **wish)
        found += page
        if len(page) < 500:
            return found


def test_strangers_and_wrong_calls_are_refused(api: TestClient) -> None:
    refused = api.get("/matomo/index.php?module=API&method=Live.getLastVisitsDetails&idSite=1&format=JSON&token_auth=guess")
    assert (refused.status_code, refused.json()["result"]) == (401, "error")
    assert _call(api, method="Live.shoe")["result"] == "error"
    assert _call(api, idSite=2)["result"] == "error"
    assert _call(api, date="yesterdayish", period="range")["result"] == "error"


def test_pages_add_up_to_every_visit_once_in_order(api: TestClient) -> None:
    visits = _visits(api)
    assert len({v["idVisit"] for v in visits}) == len(visits) == Store(shared_home()).counts()["matomo.visits"]
    moments = [v["lastActionTimestamp"] for v in visits]
    assert moments == sorted(moments)
    assert _call(api, filter_limit=1)[0]["idVisit"] == visits[-1]["idVisit"]


def test_min_timestamp_and_periods_split_the_visits(api: TestClient) -> None:
    visits = _visits(api)
    middle = visits[len(visits) // 2]["lastActionTimestamp"]
    later = _visits(api, minTimestamp=middle)
    assert later == [v for v in visits if v["lastActionTimestamp"] > middle]
    october = _visits(api, period="month", date="2025-10-15")
    assert october == _visits(api, period="range", date="2025-10-01,2025-10-31")
    assert 0 < len(october) < len(visits)
    days = [_visits(api, period="day", date=f"2025-10-{d:02d}") for d in range(1, 32)]
    assert [v for day in days for v in day] == october


def test_visits_without_consent_name_nobody_and_bots_stay_for_no_time(api: TestClient) -> None:
    visits = _visits(api)
    refused = [v for v in visits if v["dimension1"] == "denied"]
    assert refused
    assert not any(v["userId"] for v in refused)
    assert {v["visitIp"] for v in refused} == {"192.0.0.0"}
    assert any("@" in (v["userId"] or "") for v in visits)
    bots = [v for v in visits if v["browserFamily"] == "Bot"]
    assert bots
    assert {v["visitDuration"] for v in bots} == {"0"}


def test_tasks_are_completed_only_after_they_were_started(api: TestClient) -> None:
    started = completed = 0
    for visit in _visits(api):
        events = [(a["eventName"], a["eventAction"]) for a in visit["actionDetails"] if a["type"] == "event"]
        started += sum(action == "start" for _, action in events)
        completed += sum(action == "complete" for _, action in events)
        assert all((name, "start") in events for name, action in events if action == "complete")
        assert int(visit["actions"]) == len(visit["actionDetails"])
    assert 0.4 < completed / started < 0.95
