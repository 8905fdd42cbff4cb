"""Would catch a CRM API that loses records between pages, searches wrongly, tells of the archive, or gives more than the vendor does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.store import Store
from tests.unit.sandbox_company import client, login, shared_home

OBJECTS = "/hubspot/crm/v3/objects"
KINDS = ("contacts", "companies", "deals", "calls", "emails", "meetings", "notes")


@pytest.fixture(scope="module")
def api() -> TestClient:
    """The shared company's CRM, with its token."""
    found = client(shared_home())
    found.headers["Authorization"] = f"Bearer {login(shared_home(), 'hubspot')[1]}"
    return found


def listed(api: TestClient, kind: str, **params: str) -> list[dict[str, Any]]:
    """Return a list by following `after` to its end."""
    found, after = [], None
    while True:
        asked = {"limit": "50", **params} | ({"after": after} if after else {})
        body = api.get(f"{OBJECTS}/{kind}", params=asked).json()
        found += body["results"]
        after = body.get("paging", {}).get("next", {}).get("after")
        if after is None:
            return found


def search(api: TestClient, kind: str, **asked: Any) -> Any:
    return api.post(f"{OBJECTS}/{kind}/search", json=asked)


@pytest.mark.parametrize("kind", KINDS)
def test_lists_hold_every_record_once_and_the_archive_apart(api: TestClient, kind: str) -> None:
    """Would catch: a page boundary that drops or repeats a record, or archived records among the live ones."""
    counts = Store(shared_home()).counts()
    live, gone = listed(api, kind), listed(api, kind, archived="true")
    assert len({r["id"] for r in live}) == len(live) == counts[f"hubspot.{kind}"] > 0
    assert len(gone) == counts.get(f"hubspot.{kind}.archived", 0)
    assert not any(r["archived"] for r in live)
    assert all(r["archived"] and r["archivedAt"] >= r["createdAt"] for r in gone)
    assert not {r["id"] for r in live} & {r["id"] for r in gone}


def test_merged_contacts_vanish_and_are_named_by_the_one_that_stays(api: TestClient) -> None:
    """Would catch: a merge that looks like a deletion, or leaves both."""
    live = listed(api, "contacts", properties="hs_merged_object_ids")
    merged = {i for r in live if (i := r["properties"]["hs_merged_object_ids"])}
    assert merged
    assert not merged & {r["id"] for r in live + listed(api, "contacts", archived="true")}


def test_a_search_pages_sorts_and_filters_but_knows_no_associations(api: TestClient) -> None:
    """Would catch: an incremental reading that misses changes of the very moment, or is promised links that the vendor does not send."""
    filters = [{"propertyName": "lastmodifieddate", "operator": "GTE", "value": "2026-06-01T00:00:00Z"}]
    asked = {"filterGroups": [{"filters": filters}], "sorts": [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}]}
    first = search(api, "contacts", limit=20, **asked).json()
    second = search(api, "contacts", limit=20, after=first["paging"]["next"]["after"], **asked).json()
    stamps = [r["properties"]["lastmodifieddate"] for r in first["results"] + second["results"]]
    assert stamps == sorted(stamps)
    assert len({r["id"] for r in first["results"] + second["results"]}) == 40
    everything = [r["properties"]["lastmodifieddate"] for r in listed(api, "contacts")]
    assert first["total"] == sum(stamp >= "2026-06-01" for stamp in everything)
    filters[0]["value"] = stamps[0]  # the record of the very moment is among those not earlier than it
    assert search(api, "contacts", limit=1, **asked).json()["results"][0]["id"] == first["results"][0]["id"]
    assert not any("associations" in r or "propertiesWithHistory" in r for r in first["results"])
    assert any("associations" in r for r in listed(api, "contacts", associations="companies"))


@pytest.mark.parametrize(
    "asked",
    [{"limit": 201}, {"limit": 200, "after": 9_900}, {"filterGroups": [{"filters": []}] * 6}, {"sorts": ["a", "b"]},
     {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "LIKE", "value": "x"}]}]}],
)  # fmt: skip
def test_what_the_vendor_refuses_is_refused(api: TestClient, asked: dict[str, Any]) -> None:
    """Would catch: a search that gives more than 10,000 records, which the vendor never does."""
    refused = search(api, "contacts", **asked)
    assert (refused.status_code, refused.json()["category"]) == (400, "VALIDATION_ERROR")


def test_the_stages_of_deals_are_the_history_of_a_property(api: TestClient) -> None:
    """Would catch: deals whose history does not end where they stand, or stages that the pipeline does not name."""
    deals = listed(api, "deals", propertiesWithHistory="dealstage", properties="dealstage")
    stages = {s["id"] for p in api.get("/hubspot/crm/v3/pipelines/deals").json()["results"] for s in p["stages"]}
    for deal in deals:
        history = deal["propertiesWithHistory"]["dealstage"]
        assert history[0]["value"] == deal["properties"]["dealstage"]
        assert [h["timestamp"] for h in history] == sorted((h["timestamp"] for h in history), reverse=True)
        assert {h["value"] for h in history} <= stages
    assert api.get(f"{OBJECTS}/deals", params={"limit": "51", "propertiesWithHistory": "dealstage"}).status_code == 400


def test_strangers_are_refused_and_every_value_is_text(api: TestClient) -> None:
    """Would catch: an API that is kinder than the vendor's: numbers as numbers, or no token asked for."""
    assert client(shared_home()).get(f"{OBJECTS}/contacts").status_code == 401
    company = api.get(f"{OBJECTS}/companies", params={"properties": "annualrevenue,is_strategic,numberofemployees"})
    assert company.headers["x-hubspot-ratelimit-interval-milliseconds"] == "10000"
    assert {type(value) for record in company.json()["results"] for value in record["properties"].values()} == {str}
    labels = json.loads(api.get("/hubspot/calling/v1/dispositions").content)
    assert {d["label"] for d in labels} >= {"Connected", "No answer"}
    assert api.get("/hubspot/crm/v3/owners", params={"archived": "true"}).json()["results"]
