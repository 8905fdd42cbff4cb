"""Would catch a way through Superset to what a person's role may not read, or to being somebody else."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser
from screen import logged_in

from tests.whole_box import Box


def address(box: Box) -> str:
    """Return where Superset listens."""
    return str(box.json("login", "--role", "analyst")["address"])


class Person:
    """One user of Superset's API, logged in."""

    def __init__(self, box: Box, role: str) -> None:
        self.http = httpx.Client(base_url=address(box), timeout=120)
        body = {"username": role, "password": box.home.secret(f"superset_{role}"), "provider": "db", "refresh": False}
        token = self.http.post("/api/v1/security/login", json=body).raise_for_status().json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"
        self.http.headers["X-CSRFToken"] = self.http.get("/api/v1/security/csrf_token/").raise_for_status().json()["result"]
        self.http.headers["Referer"] = address(box)

    def sql(self, text: str, database: int) -> httpx.Response:
        """Run a statement in SQL Lab."""
        return self.http.post(
            "/api/v1/sqllab/execute/", json={"database_id": database, "sql": text, "schema": "marts_cx", "runAsync": False}
        )

    def chart_data(self, payload: dict[str, Any]) -> httpx.Response:
        """Ask for a chart's data."""
        return self.http.post("/api/v1/chart/data", json=payload)


@pytest.fixture(scope="module")
def people(demo: Box) -> dict[str, Person]:
    return {role: Person(demo, role) for role in ("admin", "analyst", "leader", "hr")}


@pytest.fixture(scope="module")
def connections(people: dict[str, Person]) -> dict[str, int]:
    found = people["admin"].http.get("/api/v1/database/").raise_for_status().json()["result"]
    return {entry["database_name"].removeprefix("Warehouse as "): entry["id"] for entry in found}


@pytest.fixture(scope="module")
def stored(demo: Box, browser: Browser) -> dict[str, Any]:
    """A request of the Support dashboard, as the browser sends it for a leader."""
    sent: list[dict[str, Any]] = []
    with logged_in(browser, demo, "leader") as screen:
        screen.page.on("request", lambda r: sent.append(r.post_data_json) if "/api/v1/chart/data" in r.url else None)
        screen.open("support")
    return next(payload for payload in sent if payload["form_data"].get("viz_type") == "table")


def test_analyst_reads_the_marts_and_only_those(people: dict[str, Person], connections: dict[str, int]) -> None:
    """Would catch raw rows, tokens or employees in SQL Lab; the first statement is the positive control."""
    analyst = people["analyst"]
    allowed = analyst.sql("select count(*) as n from marts_cx.metric_value", connections["analyst"])
    assert allowed.status_code == 200, allowed.text
    assert allowed.json()["data"][0]["n"] > 0
    for relation in (
        "raw_zendesk.tickets",
        "core.dim_person",
        "core_ex.dim_employee",
        "vault.secret",
        "marts_ex.x",
        "pg_catalog.pg_authid",
    ):
        refused = analyst.sql(f"select * from {relation}", connections["analyst"])
        assert refused.status_code >= 400, relation


@pytest.mark.parametrize(
    "statement",
    [
        "set role leader",
        "reset role",
        "select set_config('role', 'leader', false)",
        "select 1; set role leader; select current_user",
        "create table marts_cx.mine as select 1",
        "delete from marts_cx.metric_value",
        "select pg_sleep(1)",
        "do $$ begin end $$",
    ],
)
def test_analyst_cannot_become_someone_else_or_write(people: dict[str, Person], connections: dict[str, int], statement: str) -> None:
    """Would catch a session that changes its role or the warehouse."""
    assert people["analyst"].sql(statement, connections["analyst"]).status_code >= 400


def test_nobody_writes_sql_on_another_audiences_connection(people: dict[str, Person], connections: dict[str, int]) -> None:
    """Would catch SQL on the leader's or the HR partners' connection, the platform administrator's included."""
    for audience in ("leader", "hr"):
        assert people["analyst"].sql("select 1", connections[audience]).status_code >= 400
        assert people["admin"].sql("select 1", connections[audience]).status_code >= 400
    assert people["admin"].sql("select 1", connections["analyst"]).status_code == 200


@pytest.mark.parametrize("role", ["leader", "hr"])
def test_readers_have_no_sql_lab(people: dict[str, Person], connections: dict[str, int], role: str) -> None:
    """Would catch a reader who writes SQL on any connection."""
    for number in connections.values():
        assert people[role].sql("select 1", number).status_code >= 400
    assert people[role].http.get("/api/v1/database/").json().get("result", []) == []


def test_reader_gets_the_stored_chart_and_nothing_wider(people: dict[str, Person], stored: dict[str, Any]) -> None:
    """Would catch other columns, dropped filters, or own SQL through the chart's address."""
    leader = people["leader"]
    query = stored["queries"][0]

    def ask(**changes: Any) -> int:
        return leader.chart_data({**stored, "queries": [{**query, **changes}]}).status_code

    assert ask() == 200
    assert ask(columns=[*query["columns"], "domain"]) == 403
    assert ask(filters=[]) == 403
    assert ask(extras={"having": "", "where": "1 = 1"}) == 403
    assert ask(columns=[], metrics=[{"expressionType": "SQL", "sqlExpression": "count(*)", "label": "n"}]) == 403
    elsewhere = {**stored, "form_data": {key: value for key, value in stored["form_data"].items() if key != "dashboardId"}}
    assert leader.chart_data(elsewhere).status_code == 403
    assert people["hr"].chart_data(stored).status_code == 403


def test_nobody_gets_in_without_a_password_of_this_home(demo: Box) -> None:
    """Would catch default passwords and addresses that answer anonymously."""
    superset = address(demo)
    for name, password in (("admin", "admin"), ("admin", "general"), ("analyst", "analyst"), ("superset", "superset")):
        body = {"username": name, "password": password, "provider": "db"}
        assert httpx.post(f"{superset}/api/v1/security/login", json=body, timeout=60).status_code == 401
    for path in ("/api/v1/chart/", "/api/v1/dashboard/", "/api/v1/database/", "/api/v1/security/users/", "/swagger/v1"):
        assert httpx.get(superset + path, timeout=60).status_code in (302, 401, 403, 404), path


def test_pages_may_load_nothing_from_elsewhere(demo: Box) -> None:
    """Would catch a content policy that names a host, or allows inline scripts."""
    policy = httpx.get(address(demo) + "/login/", timeout=60).headers["content-security-policy"]
    assert "http:" not in policy
    assert "https:" not in policy
    assert "unsafe-inline" not in next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert "frame-ancestors 'none'" in policy
