"""Catches CRM records lost between batches, fields asked for that an installation lacks, and new ones that nobody notices."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from rapport.connect import ConnectError, Page, count, keys, pages

from tests.unit.connect_server import Request, Vendor, declared, vendor

SAID = """s:
  object: Account
  cursor: {field: SystemModstamp, sorted: true, overlap_seconds: 60}
  key: [Id]
  clock: SystemModstamp
  fields:
    Id: {type: text, class: internal}
    Tier__c: {type: text, class: internal, as: tier}
    Owner.Name: {type: text, class: internal, as: owner}
    Fax: {ignore: "nobody sends one any more"}
    SystemModstamp: {type: timestamp, class: internal}
"""
LOGIN = "{protocol: soql, id: sf, auth: {type: oauth2_password, token_path: /services/oauth2/token}, api_version: v62.0}"


def row(number: int) -> dict[str, Any]:
    stamp = f"2024-05-01T00:00:0{number}.000+0000"
    return {"attributes": {"type": "Account"}, "Id": f"A{number}", "Owner": {"Name": "n"}, "SystemModstamp": stamp}


def answer(request: Request) -> Any:
    if request.path == "/services/oauth2/token":
        return {"access_token": "t", "instance_url": "https://elsewhere.example"}
    if request.path.endswith("/sobjects/Account/describe"):
        return {"fields": [{"name": name} for name in ("Id", "Fax", "SystemModstamp", "Shoe_Size__c")]}
    if request.path.endswith("/queryAll"):
        return {"done": False, "nextRecordsUrl": "/services/data/v62.0/query/01g-2", "records": [row(1), row(2)]}
    return {"done": True, "records": [row(3)]}


def read(running: Vendor, cursor: dict[str, Any] | None = None) -> list[Page]:
    source = declared(SAID, LOGIN)
    return list(pages(source, source.streams["s"], running.connection, cursor, log=running.lines.append))


def test_all_batches_are_read_and_each_moves_the_starting_point() -> None:
    """Would catch: the second batch lost, or read again after every interruption."""
    with vendor(answer) as running:
        found = read(running)
    rows = [value for page in found for value in page.table.to_pylist()]
    assert [(value["id"], value["tier"], value["owner"]) for value in rows] == [(f"A{n}", None, "n") for n in (1, 2, 3)]
    assert [page.cursor for page in found] == [{"since": f"2024-05-01T00:00:0{n}+00:00"} for n in (2, 3)]
    assert [page.undeclared for page in found] == [Counter({"Shoe_Size__c": 2}), Counter({"Shoe_Size__c": 1})]
    assert {request.headers["authorization"] for request in running.requests[1:]} == {"Bearer t"}


def test_the_query_asks_only_for_what_is_there_and_new() -> None:
    """Would catch: a query refused for a field that this installation lacks, or one that reads everything each time."""
    with vendor(answer) as running:
        read(running)
        read(running, {"since": "2024-05-01T00:00:03+00:00"})
    asked = [request.params["q"] for request in running.requests if request.path.endswith("/queryAll")]
    names = "SELECT Id, Owner.Name, SystemModstamp FROM Account"
    assert asked == [
        f"{names} ORDER BY SystemModstamp, Id",
        f"{names} WHERE SystemModstamp >= 2024-04-30T23:59:03Z ORDER BY SystemModstamp, Id",
    ]


def test_a_locator_that_leads_in_a_circle_is_an_error() -> None:
    """Would catch: a run that never ends."""

    def circle(request: Request) -> Any:
        return (
            {**answer(request), "done": False, "nextRecordsUrl": "/services/data/v62.0/query/01g-2"}
            if "/query" in request.path
            else answer(request)
        )

    with vendor(circle) as running, pytest.raises(ConnectError, match="circle"):
        read(running)


def test_the_number_and_the_keys_are_those_of_records_that_are_not_deleted() -> None:
    """Would catch: a count of deleted records, which no reading of the current ones ever equals, or a sweep that reads every field."""
    said = (
        SAID.replace("  clock:", "  deleted: {field: IsDeleted, equals: true}\n  clock:")
        + "    IsDeleted: {type: boolean, class: internal}\n"
    )

    def vendor_answer(request: Request) -> Any:
        if "COUNT()" in request.params.get("q", ""):
            return {"totalSize": 2, "done": True, "records": []} if request.path.endswith("/query") else (400, {}, {})
        if request.path.endswith("/describe"):
            return {"fields": [{"name": name} for name in ("Id", "IsDeleted", "SystemModstamp")]}
        body = answer(request)
        return (
            {**body, "records": [{**found, "IsDeleted": found["Id"] == "A2"} for found in body["records"]]} if "records" in body else body
        )

    with vendor(vendor_answer) as running:
        source = declared(said, LOGIN)
        arguments = (source, source.streams["s"], running.connection)
        assert count(*arguments, log=running.lines.append) == 2
        tables = list(keys(*arguments, log=running.lines.append))
    assert [row for table in tables for row in table.to_pylist()] == [{"id": "A1"}, {"id": "A3"}]
    asked = [request.params["q"] for request in running.requests if request.path.endswith("/queryAll")]
    assert asked == ["SELECT Id, IsDeleted FROM Account ORDER BY SystemModstamp, Id"]
