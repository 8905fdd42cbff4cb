"""Would catch an HR API whose answers depart from the vendor's published schema, or whose change list misses who changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from starlette.testclient import TestClient

from sandbox.store import Store
from tests.unit.sandbox_company import client, login, shared_home

V1 = "/bamboohr/api/gateway.php/haldenmark/v1"
CHANGE = {
    "type": "object",
    "required": ["id", "action", "lastChanged"],
    "properties": {"action": {"enum": ["Inserted", "Updated", "Deleted"]}},
}
TABLE = {"type": "object", "required": ["lastChanged", "rows"], "properties": {"rows": {"type": "array"}}}
OWN: dict[str, dict[str, Any]] = {  # the parts of the published schemas that decide, in few words
    "/employees/changed": {
        "type": "object",
        "required": ["latest", "employees"],
        "properties": {"latest": {"type": "string"}, "employees": {"additionalProperties": CHANGE}},
    },
    "/employees/changed/tables/{table}": {
        "type": "object",
        "required": ["table", "employees"],
        "properties": {"employees": {"additionalProperties": TABLE}},
    },
    "/employees/{id}/tables/{table}": {
        "type": "array",
        "items": {"type": "object", "properties": {"id": {"type": "string"}, "employeeId": {"type": "string"}}},
    },
    "/meta/fields": {"type": "array", "items": {"required": ["id", "name", "type"]}},
    "/meta/tables": {"type": "array", "items": {"properties": {"alias": {"type": "string"}, "fields": {"type": "array"}}}},
    "/time_off/requests": {
        "type": "array",
        "items": {
            "required": ["id", "employeeId", "start", "end", "status", "type", "amount", "dates"],
            "properties": {"id": {"type": "integer"}, "dates": {"additionalProperties": {"type": "number"}}},
        },
    },
    "/employees/directory": {"type": "object", "properties": {"fields": {"type": "array"}, "employees": {"type": "array"}}},
}


def _published() -> dict[str, dict[str, Any]]:
    """Return the vendor's own schemas where the document is at hand (`RAPPORT_SHARED`), else the few words above."""
    shared = os.environ.get("RAPPORT_SHARED")
    path = Path(shared) / "data" / "bamboohr" / "public.yaml" if shared else None
    if path is None or not path.exists():
        return OWN
    document = yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    found = {}
    for operation in OWN:
        content = document["paths"]["/api/v1" + operation]["get"]["responses"]["200"]["content"]["application/json"]
        found[operation] = content["schema"] | {"components": document["components"]}
    return found


@pytest.fixture(scope="module")
def api() -> TestClient:
    served = client(shared_home())
    served.auth = (login(shared_home(), "bamboohr")[0], "x")
    return served


@pytest.mark.parametrize("schemas", [OWN, _published()], ids=["in-few-words", "published"])
@pytest.mark.parametrize("operation", list(OWN))
def test_answers_fit_the_schema(api: TestClient, operation: str, schemas: dict[str, dict[str, Any]]) -> None:
    path = operation.replace("{table}", "jobInfo").replace("{id}", "all")
    body = api.get(V1 + path, params={"since": "2026-01-01T00:00:00Z", "start": "2026-01-01", "end": "2026-03-31"}).json()
    jsonschema.validate(body, schemas[operation])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate("neither object nor array", OWN[operation] | {"type": ["object", "array"]})


def test_strangers_and_wrong_requests_are_refused(api: TestClient) -> None:
    assert client(shared_home()).get(f"{V1}/employees/directory").status_code == 401
    assert api.get(f"{V1}/employees/changed").status_code == 400
    assert api.get(f"{V1}/employees/changed", params={"since": "2026-01-01T00:00:00Z", "type": "shoe"}).status_code == 400
    assert api.get(f"{V1}/employees/9999999").status_code == 404
    assert api.get(f"{V1}/employees/all/tables/shoes").status_code == 404
    assert api.get(f"{V1}/time_off/requests", params={"start": "2026-01-01", "end": "soon"}).status_code == 400
    assert api.get(f"{V1}/employees/101?fields={','.join(str(n) for n in range(401))}").status_code == 400


def test_changes_since_the_beginning_are_everybody_and_later_ones_fewer(api: TestClient) -> None:
    everybody = api.get(f"{V1}/employees/changed", params={"since": "2000-01-01T00:00:00Z"}).json()
    assert len(everybody["employees"]) == Store(shared_home()).counts()["bamboohr.employees"]
    assert everybody["latest"] == max(e["lastChanged"] for e in everybody["employees"].values())
    later = api.get(f"{V1}/employees/changed", params={"since": "2026-09-01T00:00:00Z"}).json()["employees"]
    assert set(later) == {k for k, e in everybody["employees"].items() if e["lastChanged"] > "2026-09-01T00:00:00Z"}
    assert 0 < len(later) < len(everybody["employees"])
    assert api.get(f"{V1}/employees/changed", params={"since": everybody["latest"]}).json()["employees"] == {}


def test_an_employee_has_the_fields_asked_for_and_tables_that_agree(api: TestClient) -> None:
    names = [f["alias"] for f in api.get(f"{V1}/meta/fields").json()]
    ids = list(api.get(f"{V1}/employees/changed", params={"since": "2000-01-01T00:00:00Z"}).json()["employees"])
    left = 0
    for key in ids[::9]:
        employee = api.get(f"{V1}/employees/{key}", params={"fields": ",".join(names)}).json()
        assert set(employee) == {*names, "id"}
        jobs = api.get(f"{V1}/employees/{key}/tables/jobInfo").json()
        statuses = api.get(f"{V1}/employees/{key}/tables/employmentStatus").json()
        assert employee["department"] == jobs[-1]["department"]
        assert (employee["status"] == "Inactive") == (statuses[-1]["employmentStatus"] == "Terminated")
        left += employee["status"] == "Inactive"
    assert left
    assert set(api.get(f"{V1}/employees/{ids[0]}").json()) == {"id", "firstName", "lastName"}


def test_time_off_touches_the_span_that_is_asked_for_and_its_days_add_up(api: TestClient) -> None:
    """Would catch: a span that leaves out who was away across its border; hours that are not those of the days."""
    every = api.get(f"{V1}/time_off/requests", params={"start": "2000-01-01", "end": "2100-01-01"}).json()
    month = api.get(f"{V1}/time_off/requests", params={"start": "2026-03-01", "end": "2026-03-31"}).json()
    assert [r for r in every if r["start"] <= "2026-03-31" and r["end"] >= "2026-03-01"] == month
    assert any(r["start"] < "2026-03-01" for r in month)
    assert all(sum(r["dates"].values()) == r["amount"]["amount"] for r in every)
    assert {r["status"]["status"] for r in every} == {"approved", "canceled", "requested"}
    called_off = api.get(f"{V1}/time_off/requests", params={"start": "2000-01-01", "end": "2100-01-01", "status": "canceled"}).json()
    assert 0 < len(called_off) < len(every) / 10
    overtime = api.get(f"{V1}/employees/changed/tables/customOvertime", params={"since": "2000-01-01T00:00:00Z"}).json()["employees"]
    assert len(overtime) > 500
    assert all(0.5 <= float(row["customHours"]) <= 4 for table in overtime.values() for row in table["rows"])
