"""Would catch a helpdesk API that loses conversations between pages, answers a search otherwise than the vendor, or loses parts."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.company.params import DAY
from sandbox.store import Store
from tests.unit.sandbox_company import client, login, shared_home, truth


@pytest.fixture(scope="module")
def api() -> TestClient:
    """The shared company's helpdesk, with its token."""
    found = client(shared_home())
    found.headers.update({"Authorization": f"Bearer {login(shared_home(), 'intercom')[1]}", "Intercom-Version": "2.11"})
    return found


def search(api: TestClient, stream: str, query: dict[str, Any] | None = None, size: int = 150) -> list[dict[str, Any]]:
    """Return everything that fits, by following the cursor."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        paging = {"per_page": size} | ({"starting_after": after} if after else {})
        asked = {"pagination": paging, "sort": {"field": "updated_at", "order": "ascending"}} | ({"query": query} if query else {})
        body = api.post(f"/intercom/{stream}/search", json=asked).json()
        found += body["data" if stream == "contacts" else "conversations"]
        assert body["total_count"] >= len(found)
        after = body["pages"].get("next", {}).get("starting_after")
        if after is None:
            return found


def later(moment: int) -> dict[str, Any]:
    return {"operator": "AND", "value": [{"field": "updated_at", "operator": ">", "value": str(moment)}]}


def test_searches_give_every_record_once_in_order(api: TestClient) -> None:
    """Would catch: a page boundary that drops or repeats a record."""
    counts = Store(shared_home()).counts()
    for stream in ("contacts", "conversations"):
        found = search(api, stream)
        assert len({r["id"] for r in found}) == len(found) == counts[f"intercom.{stream}"]
        assert [r["updated_at"] for r in found] == sorted(r["updated_at"] for r in found)
    assert not any("conversation_parts" in r for r in found)


def test_contacts_are_found_by_days_and_conversations_by_seconds(api: TestClient) -> None:
    """Would catch: a sandbox in which a connector that ignores the vendor's rule loses nothing."""
    people = search(api, "contacts")
    moment = people[len(people) // 2]["updated_at"]
    assert {r["id"] for r in search(api, "contacts", later(moment))} == {r["id"] for r in people if r["updated_at"] // DAY > moment // DAY}
    talks = search(api, "conversations")
    moment = talks[len(talks) // 2]["updated_at"]
    assert {r["id"] for r in search(api, "conversations", later(moment))} == {r["id"] for r in talks if r["updated_at"] > moment}


def test_parts_come_with_one_conversation_only_and_tell_its_state(api: TestClient) -> None:
    """Would catch: parts out of order, or a history that does not end where the conversation stands."""
    kinds: Counter[str] = Counter()
    for talk in search(api, "conversations")[::7]:
        detail = api.get(f"/intercom/conversations/{talk['id']}", params={"display_as": "plaintext"}).json()
        parts = detail["conversation_parts"]["conversation_parts"]
        kinds.update(p["part_type"] for p in parts)
        assert {**detail, "source": None, "conversation_parts": None} == {**talk, "source": None, "conversation_parts": None}
        assert [p["created_at"] for p in parts] == sorted(p["created_at"] for p in parts)
        moves = [p["part_type"] for p in parts if p["part_type"] in ("open", "close", "snoozed")]
        assert {"open": "open", "close": "closed", "snoozed": "snoozed"}[moves[-1] if moves else "open"] == detail["state"]
        assert "<p>" not in detail["source"]["body"] + "".join(p["body"] or "" for p in parts)
    assert set(kinds) == {"comment", "note", "assignment", "open", "close", "snoozed"}


def test_deleted_tickets_are_gone_and_merged_ones_name_their_target(api: TestClient) -> None:
    """Would catch: another number of tickets than the company has."""
    talks = {r["id"]: r for r in search(api, "conversations")}
    merged = {r["id"]: r["custom_attributes"]["merged_into"] for r in talks.values() if "merged" in [t["name"] for t in r["tags"]["tags"]]}
    assert {int(k) - 215_400_000_000_000: int(v) - 215_400_000_000_000 for k, v in merged.items() if v} == {
        int(k): v for k, v in truth(shared_home())["merges"].items()
    }
    zendesk = [b for _, b in Store(shared_home()).by_key("zendesk.tickets", 0, 1 << 40)]
    assert len(talks) == sum(b'"status":"deleted"' not in body for body in zendesk)


def test_companies_come_by_pages_and_short_lists_whole(api: TestClient) -> None:
    """Would catch: a company missed at a page's end."""
    found, page = [], 1
    while True:
        body = api.post("/intercom/companies/list", params={"page": page, "per_page": 60}).json()
        found += [c["id"] for c in body["data"]]
        if page == body["pages"]["total_pages"]:
            break
        page += 1
    assert len(set(found)) == len(found) == body["total_count"] == Store(shared_home()).counts()["intercom.companies"]
    for name, key in (("admins", "admins"), ("teams", "teams"), ("tags", "data")):
        assert len(api.get(f"/intercom/{name}").json()[key]) == Store(shared_home()).counts()[f"intercom.{name}"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [({"pagination": {"per_page": 151}}, "parameter_invalid"), ({"query": later(1)["value"][0] | {"operator": ">="}}, "invalid_operator"),
     ({"query": {"operator": "AND", "value": [later(1)["value"][0]] * 16}}, "invalid_value")],
)  # fmt: skip
def test_what_the_vendor_refuses_is_refused(api: TestClient, asked: dict[str, Any], code: str) -> None:
    """Would catch: a search that understands more than the vendor's."""
    refused = api.post("/intercom/contacts/search", json=asked)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, code)


def test_strangers_and_unknown_versions_are_refused_and_limits_are_told(api: TestClient) -> None:
    """Would catch: an API that answers without a token, or to a version that it does not know."""
    assert client(shared_home()).get("/intercom/admins").status_code == 401
    assert api.get("/intercom/admins", headers={"Intercom-Version": "9.9"}).json()["errors"][0]["code"] == "intercom_version_invalid"
    said = api.get("/intercom/admins").headers
    assert int(said["x-ratelimit-remaining"]) < int(said["x-ratelimit-limit"])
    assert "retry-after" not in said
