"""Would catch reports that differ from the other HR system's staff, or a report service more generous than the vendor's."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from sandbox.store import Store
from tests.unit.sandbox_company import client, login, shared_home

REPORTS = "/workday/ccx/service/customreport2/haldenmark/ISU_Rapport"


@pytest.fixture(scope="module")
def api() -> TestClient:
    served = client(shared_home())
    served.auth = login(shared_home(), "workday")
    return served


def report(api: TestClient, name: str) -> list[dict[str, Any]]:
    return list(api.get(f"{REPORTS}/{name}", params={"format": "json"}).json()["Report_Entry"])


def test_the_staff_is_the_other_hr_systems(api: TestClient) -> None:
    """Would catch: two systems of one company that employ different people."""
    theirs = [orjson.loads(b) for _, _, b in Store(shared_home()).page("bamboohr.employees", (-(1 << 40), 0), 1 << 40, 1 << 40)]
    workers = report(api, "RPT_Workers")
    assert {w["primaryWorkEmail"]: w["Active_Status"] == "1" for w in workers} == {e["workEmail"]: e["status"] == "Active" for e in theirs}
    left = {w["Employee_ID"]: w["Termination_Date"] for w in workers if "Termination_Date" in w}
    assert left == {t["Employee_ID"]: t["Termination_Date"] for t in report(api, "RPT_Terminations")}
    organizations = {o["Reference_ID"] for o in report(api, "RPT_Organizations")}
    assert {w["Supervisory_Organization_ID"] for w in workers} <= organizations


def test_strangers_other_reports_and_other_formats_get_nothing(api: TestClient) -> None:
    """Would catch: a report that needs no credentials, or JSON where the vendor sends XML."""
    assert client(shared_home()).get(f"{REPORTS}/RPT_Workers?format=json").status_code == 401
    assert api.get(f"{REPORTS}/RPT_Salaries?format=json").status_code == 400
    assert api.get(f"{REPORTS}/RPT_Workers").headers["content-type"].startswith("text/xml")
