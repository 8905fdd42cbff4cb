"""Would catch a CRM API that misreads a query, loses records between batches, shows deleted records to `query`, or lets strangers in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.store import Store
from sandbox.vendors.salesforce.soql import MalformedQueryError, parse
from tests.unit.sandbox_company import client, shared_home

DATA = "/salesforce/services/data/v62.0"


def _token_request(grant: str, **changes: str) -> tuple[TestClient, dict[str, str]]:
    known = json.loads((shared_home() / "credentials.json").read_text())["salesforce"]
    wish = {"grant_type": grant, "client_id": known["client_id"], "client_secret": known["client_secret"]}
    if grant == "password":
        wish |= {"username": known["login"], "password": known["password"]}
    return client(shared_home()), wish | changes


@pytest.fixture(scope="module")
def api() -> TestClient:
    served = client(shared_home())
    _, wish = _token_request("client_credentials")
    token = served.post("/salesforce/services/oauth2/token", data=wish).json()
    served.headers["Authorization"] = f"{token['token_type']} {token['access_token']}"
    return served


def _query(api: TestClient, soql: str, *, all_rows: bool = False, batch: int = 2000) -> list[dict[str, Any]]:
    options = {"Sforce-Query-Options": f"batchSize={batch}"}
    body = api.get(f"{DATA}/{'queryAll' if all_rows else 'query'}", params={"q": soql}, headers=options).json()
    found, total = body["records"], body["totalSize"]
    while not body["done"]:
        body = api.get("/salesforce" + body["nextRecordsUrl"]).json()
        found += body["records"]
    assert len(found) == total
    return found


def test_tokens_are_given_to_those_who_know_the_secrets_only(api: TestClient) -> None:
    for grant in ("password", "client_credentials"):
        served, wish = _token_request(grant)
        good = served.post("/salesforce/services/oauth2/token", data=wish)
        assert good.status_code == 200
        assert good.json()["instance_url"].endswith("/salesforce")
        assert served.post("/salesforce/services/oauth2/token", data=wish | {"client_secret": "x"}).status_code == 400
    served, wish = _token_request("password", password="x")
    assert served.post("/salesforce/services/oauth2/token", data=wish).json()["error"] == "invalid_grant"
    refused = client(shared_home()).get(f"{DATA}/query", params={"q": "SELECT Id FROM Contact"})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


def test_batches_add_up_to_every_record_once(api: TestClient) -> None:
    tasks = _query(api, "SELECT Id, Subject FROM Task", batch=200)
    assert len({t["Id"] for t in tasks}) == len(tasks) == Store(shared_home()).counts()["salesforce.Task"]
    assert len(tasks) > 400
    assert set(tasks[0]) == {"attributes", "Id", "Subject"}


def test_deleted_and_merged_contacts_come_with_query_all_only(api: TestClient) -> None:
    soql = "SELECT Id, IsDeleted, MasterRecordId FROM Contact"
    live, everything = _query(api, soql), _query(api, soql, all_rows=True)
    assert not any(r["IsDeleted"] for r in live)
    assert sum(r["IsDeleted"] for r in everything) == len(everything) - len(live) > 0
    assert {r["MasterRecordId"] for r in everything} - {None} <= {r["Id"] for r in everything}


def test_conditions_and_order_are_applied(api: TestClient) -> None:
    since = "2026-06-01T00:00:00Z"
    found = _query(
        api,
        f"SELECT Id, SystemModstamp FROM Account WHERE SystemModstamp >= {since} AND IsDeleted = false ORDER BY SystemModstamp ASC, Id ASC",
    )
    stamps = [r["SystemModstamp"] for r in found]
    assert stamps == sorted(stamps)
    assert min(stamps) >= "2026-06-01"
    earlier = _query(api, f"SELECT Id FROM Account WHERE SystemModstamp < {since}")
    assert len(found) + len(earlier) == Store(shared_home()).counts()["salesforce.Account"]
    won = _query(api, "select Id, StageName from Opportunity where StageName in ('Closed Won', 'Closed Lost') and IsWon = true limit 7")
    assert {r["StageName"] for r in won} == {"Closed Won"}
    assert len(won) == 7
    count = api.get(f"{DATA}/query", params={"q": "SELECT COUNT() FROM Account"}).json()
    assert count == {"totalSize": len(found) + len(earlier), "done": True, "records": []}


@pytest.mark.parametrize(
    ("soql", "code"),
    [("SELECT Shoe FROM Contact", "INVALID_FIELD"), ("SELECT Id FROM Shoe", "INVALID_TYPE"), ("DELETE Contact", "MALFORMED_QUERY"),
     ("SELECT Id FROM Contact WHERE Name ~ 'x'", "MALFORMED_QUERY")],
)  # fmt: skip
def test_wrong_queries_are_refused_as_the_vendor_does(api: TestClient, soql: str, code: str) -> None:
    refused = api.get(f"{DATA}/query", params={"q": soql})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, code)


def test_locators_and_literals_are_checked(api: TestClient) -> None:
    assert api.get(f"{DATA}/query/01gNOTHING-2000").json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    with pytest.raises(MalformedQueryError):
        parse("SELECT Id FROM Contact WHERE Name = unquoted")


def test_history_ends_where_the_opportunity_stands(api: TestClient) -> None:
    stages: dict[str, str] = {}
    for entry in _query(api, "SELECT OpportunityId, StageName, CreatedDate FROM OpportunityHistory ORDER BY CreatedDate ASC, Id ASC"):
        stages[entry["OpportunityId"]] = entry["StageName"]
    assert stages == {o["Id"]: o["StageName"] for o in _query(api, "SELECT Id, StageName FROM Opportunity")}


def test_describe_names_every_field_that_a_query_may_ask(api: TestClient) -> None:
    for name in ("User", "Account", "Contact", "Lead", "Opportunity", "OpportunityHistory", "Task", "Event"):
        fields = [f["name"] for f in api.get(f"{DATA}/sobjects/{name}/describe").json()["fields"]]
        assert set(_query(api, f"SELECT {', '.join(fields)} FROM {name} LIMIT 1")[0]) == {*fields, "attributes"}
