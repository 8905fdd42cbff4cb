"""Would catch: an extraction that reads everything again, loses its place, mixes two keys, or leaves no trace of a failure."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import psycopg
import pytest
from rapport.connect import ConnectError
from rapport.home import Home
from rapport.pipeline.extract import StreamResult, extract_stream
from rapport.pipeline.loads import ExtractError
from rapport.privacy import PrivacyKeyError
from sandbox_server import SandboxServer, serve


@pytest.fixture(scope="module")
def company() -> Iterator[SandboxServer]:
    with serve() as server:
        yield server


def extract(home: Home, company: SandboxServer, stream: str, **more: Any) -> StreamResult:
    connection = more.pop("connection", company.connections["zendesk"])
    return extract_stream(home, "zendesk", stream, run_id=more.pop("run_id", f"r{time.monotonic_ns()}"), connection=connection, **more)


def one(home: Home, query: str) -> tuple[Any, ...]:
    with psycopg.connect(home.dsn("loader")) as conn:
        row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return row


def test_a_second_run_fetches_only_what_is_new_and_a_full_refresh_lands_nothing_twice(warehouse: Home, company: SandboxServer) -> None:
    """Would catch: a cursor that is not kept, or a refresh that duplicates history."""
    first = extract(warehouse, company, "users")
    second = extract(warehouse, company, "users")
    full = extract(warehouse, company, "users", full_refresh=True)
    assert first.rows_landed == first.rows_fetched > 100
    assert second.rows_fetched < first.rows_fetched / 10
    assert (full.rows_fetched, full.rows_landed, full.rows_duplicate) == (first.rows_fetched, 0, first.rows_fetched)
    assert one(warehouse, "select count(*) from raw_zendesk.users") == (first.rows_landed,)
    loads = "select array_agg(state order by started_at), sum(rows_fetched) from ops.stream_load where stream = 'users'"
    assert one(warehouse, loads) == (["success"] * 3, first.rows_fetched * 2 + second.rows_fetched)


def test_landed_ids_equal_what_the_source_serves(warehouse: Home, company: SandboxServer) -> None:
    """Would catch: a page lost or a record dropped on the way."""
    extract(warehouse, company, "users")
    result = extract(warehouse, company, "groups")
    connection = company.connections["zendesk"]
    auth = (connection["login"], connection["password"])
    url, served = f"{connection['host']}/api/v2/groups.json", set()
    while url:
        body = httpx.get(url, auth=auth).json()
        served |= {group["id"] for group in body["groups"]}
        url = body["next_page"]
    with psycopg.connect(warehouse.dsn("loader")) as conn:
        landed = {row[0] for row in conn.execute("select id from raw_zendesk.groups")}
    assert landed == served
    assert result.rows_landed == len(served)


def test_free_text_is_not_read_before_the_people_it_may_name(warehouse: Home, company: SandboxServer) -> None:
    """Would catch: names landed in tickets because the users could not be read; redaction comes once."""
    with pytest.raises(ExtractError, match=r"zendesk\.tickets: .*extract zendesk\.users first"):
        extract(warehouse, company, "tickets")
    extract(warehouse, company, "users")
    assert extract(warehouse, company, "tickets").rows_landed > 100


def test_an_interrupted_load_resumes_behind_its_last_page_and_is_noted(warehouse: Home, company: SandboxServer) -> None:
    """Would catch: a killed process that leaves its load running for ever, or pages landed twice."""
    lines: list[str] = []

    def stop_in_the_middle(line: str) -> None:
        lines.append(line)
        if len([said for said in lines if said.startswith("GET")]) == 3:
            raise KeyboardInterrupt

    extract(warehouse, company, "users")
    with pytest.raises(KeyboardInterrupt):
        extract(warehouse, company, "ticket_events", log=stop_in_the_middle)
    (before,) = one(warehouse, "select count(*) from raw_zendesk.ticket_events")
    assert before > 0
    assert one(warehouse, "select state, error_code from ops.stream_load where stream = 'ticket_events'") == ("failed", "KeyboardInterrupt")
    with psycopg.connect(warehouse.dsn("loader"), autocommit=True) as conn:  # as a kill -9 would have left it
        conn.execute("update ops.stream_load set state = 'running', error_code = null, finished_at = null where stream = 'ticket_events'")
    rest = extract(warehouse, company, "ticket_events")
    states = "select array_agg(coalesce(error_code, state) order by started_at) from ops.stream_load where stream = 'ticket_events'"
    assert one(warehouse, states) == (["interrupted", "success"],)
    assert one(warehouse, "select count(*) from raw_zendesk.ticket_events") == (before + rest.rows_landed,)
    again = extract(warehouse, company, "ticket_events", full_refresh=True)
    assert again.rows_landed == 0
    assert again.rows_duplicate >= before + rest.rows_landed  # a page by time repeats the records of its last second


def test_another_key_is_refused_before_anything_lands(warehouse: Home, company: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a lost key replaced by a new one, so that every person becomes two."""
    extract(warehouse, company, "users")
    monkeypatch.setenv("RAPPORT_PRIVACY_MASTER_KEY", "ab" * 32)
    with pytest.raises(PrivacyKeyError, match="another privacy key"):
        extract(warehouse, company, "groups")
    monkeypatch.delenv("RAPPORT_PRIVACY_MASTER_KEY")
    assert extract(warehouse, company, "groups").rows_landed > 0


def test_a_wrong_password_is_noted_by_its_cause(warehouse: Home, company: SandboxServer) -> None:
    """Would catch: a load that failed and looks as if it had never been tried."""
    with pytest.raises(ConnectError):
        extract(warehouse, company, "users", connection=company.connections["zendesk"] | {"password": "wrong"})
    assert one(warehouse, "select state, error_code from ops.stream_load") == ("failed", "connect_auth")


def test_an_unexpected_error_is_told_by_class_and_place_only(
    warehouse: Home, company: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Would catch: a library's message that quotes the value it choked on."""

    def choke(*_arguments: object, **_more: object) -> None:
        raise ValueError("cannot read 'jane.doe@example.com'")

    monkeypatch.setattr("rapport.pipeline.landing.treat", choke)
    with pytest.raises(ExtractError) as caught:
        extract(warehouse, company, "users")
    assert "ValueError at " in str(caught.value)
    assert "jane" not in repr([caught.value, caught.value.__cause__, caught.value.__context__])


def test_bad_records_are_sealed_and_the_rest_lands(warehouse: Home, company: SandboxServer) -> None:
    """Would catch: one bad record that stops a stream, or that lands."""
    extract(warehouse, company, "users")
    good = extract(warehouse, company, "tickets").rows_fetched
    company.command("fault", "--set", "bad_rows=zendesk.tickets")
    try:
        result = extract(warehouse, company, "tickets", full_refresh=True)
    finally:
        company.command("fault", "--clear")
    assert result.rows_quarantined >= 1
    assert result.rows_fetched == result.rows_landed + result.rows_duplicate + result.rows_quarantined
    assert result.rows_duplicate == good
    (aside,) = one(warehouse, "select sum(rows) from ops.quarantine where stream = 'tickets' and reason <> 'not declared'")
    assert aside >= result.rows_quarantined


def test_a_simulated_company_is_noted_for_good(warehouse: Home, company: SandboxServer) -> None:
    """Would catch: dashboards of a simulated company that do not say so."""
    extract(warehouse, company, "users")
    plain = replace(company, connections=json.loads(json.dumps(company.connections)))
    plain.connections["zendesk"]["extra"] = {"network": "private"}
    extract(warehouse, plain, "users")
    assert one(warehouse, "select value from ops.setting where key = 'is_sandbox'") == ("true",)
