"""Would catch a mention feed that loses mentions between pages, keeps what was deleted, or answers at another pace than planted."""

from __future__ import annotations

from statistics import median
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.company.mentions import mentions
from sandbox.company.params import Params, Settings
from sandbox.company.people import make_accounts, make_persons
from tests.unit.sandbox_company import client, login, shared_home, truth


@pytest.fixture(scope="module")
def api() -> TestClient:
    served = client(shared_home())
    served.headers["Authorization"] = f"Bearer {login(shared_home(), 'mentions')[1]}"
    return served


def read(api: TestClient, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        body = api.get("/mentions/v1/mentions", params=params).json()
        found += body["data"]
        if not body["meta"]["has_more"]:
            assert body["meta"]["next_cursor"] is None
            return found
        params = {"cursor": body["meta"]["next_cursor"], "limit": params.get("limit", 50)}


def test_pages_hold_every_mention_once_in_order_of_change(api: TestClient) -> None:
    """Would catch: a record lost or repeated where pages meet, also among those of one second."""
    everything = read(api, limit=37)
    assert [m["id"] for m in everything] == [m["id"] for m in read(api, limit=200)]
    assert len({m["id"] for m in everything}) == len(everything)
    assert api.get("/mentions/v1/mentions/count").json()["count"] == sum(not m["is_deleted"] for m in everything) < len(everything)
    assert [m["updated_at"] for m in everything] == sorted(m["updated_at"] for m in everything)
    middle = everything[len(everything) // 2]["updated_at"]
    assert [m["id"] for m in read(api, updated_since=middle)] == [m["id"] for m in everything if m["updated_at"] >= middle]


def test_strangers_and_wrong_requests_are_refused(api: TestClient) -> None:
    """Would catch: a feed that answers anybody."""
    assert client(shared_home()).get("/mentions/v1/mentions").status_code == 401
    assert api.get("/mentions/v1/mentions", params={"updated_since": "yesterday"}).status_code == 400


def test_of_a_deleted_mention_nothing_personal_is_left(api: TestClient) -> None:
    """Would catch: a feed that goes on handing out what its author took back."""
    deleted = [m for m in read(api, limit=200) if m["is_deleted"]]
    assert deleted
    assert {(m["text"], m["author"], m["url"]) for m in deleted} == {(None, None, None)}


def test_threads_hang_together(api: TestClient) -> None:
    """Would catch: an answer of the company whose time is not the one its question carries."""
    by_id = {m["id"]: m for m in read(api, limit=200)}
    own = [m for m in by_id.values() if m["is_own"] and m["type"] == "reply" and m["parent_id"] in by_id]
    assert own
    assert {by_id[m["parent_id"]]["replied_at"] == m["posted_at"] for m in own} == {True}


def test_the_planted_pace_and_silence_can_be_measured() -> None:
    """Would catch: a truth that the records do not show."""
    settings, params = Settings(shared_home(), 0.5), Params()
    persons = make_persons(settings, params, make_accounts(settings, params))
    asked = [m for m in mentions(settings, params, persons) if m.expects_reply]
    waits = [(m.replied_at - m.at) / 60 for m in asked if m.replied_at is not None]
    assert abs(1 - len(waits) / len(asked) - params.mention_unanswered_share) < 0.03
    assert 0.9 < median(waits) / params.mention_reply_median_minutes < 1.15
    told = truth(shared_home())["mentions"]
    assert 0.15 < told["unanswered_share"] < 0.4
