"""Catches tickets and comments that the connector loses, doubles or joins to the wrong ticket, against what the API itself serves."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from rapport.connect import Page, pages
from rapport.declarations import Source, load_source
from rapport.home import checkout

from tests.contract.sandbox_company import Company, running_company

SOURCE: Source = load_source(checkout() / "sources" / "support" / "zendesk.yml")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with running_company(tmp_path_factory.mktemp("company")) as running:
        yield running


def read(company: Company, name: str, cursor: dict[str, Any] | None = None) -> list[Page]:
    return list(pages(SOURCE, SOURCE.streams[name], company.connections["zendesk"], cursor, log=[].append))


def ids(found: list[Page]) -> Counter[Any]:
    return Counter(value for page in found for value in page.table.column("id").to_pylist())


def raw(company: Company, path: str) -> dict[str, Any]:
    """Ask the API with nothing of the connector: the oracle."""
    said = company.connections["zendesk"]
    request = urllib.request.Request(path if path.startswith("http") else said["host"] + path)
    request.add_header("Authorization", "Basic " + base64.b64encode(f"{said['login']}:{said['password']}".encode()).decode())
    with urllib.request.urlopen(request, timeout=20) as answer:
        return dict(json.loads(answer.read()))


def test_the_tickets_read_are_the_tickets_served(company: Company) -> None:
    served: list[int] = []
    body = raw(company, "/api/v2/incremental/tickets/cursor.json?start_time=1&per_page=100")
    while True:
        served += [ticket["id"] for ticket in body["tickets"]]
        if body["end_of_stream"]:
            break
        body = raw(company, body["after_url"])
    assert ids(read(company, "tickets")) == Counter(served)


def test_ticket_events_are_the_child_events_served_once_each_after_keys(company: Company) -> None:
    found = read(company, "ticket_events")
    assert len(found) > 1
    body = raw(company, "/api/v2/incremental/ticket_events.json?start_time=1&include=comment_events")
    first = [child["id"] for event in body["ticket_events"] for child in event["child_events"]]
    assert Counter(first) == Counter(found[0].table.column("id").to_pylist())
    comments = [
        row
        for row in found[0].table.select(["event_type", "body", "ticket_id", "audit_created_at"]).to_pylist()
        if row["event_type"] == "Comment"
    ]
    assert comments
    assert all(row["body"] and row["ticket_id"] and row["audit_created_at"] for row in comments)
