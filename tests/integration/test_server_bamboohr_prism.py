"""Would catch: a request to BambooHR that its own description forbids, and an answer in the form it describes that cannot be read.

Prism serves the vendor's OpenAPI file. It holds every request against the description (path, parameters and their formats, credentials)
and answers from it. It has no memory: that only changed employees come, that `fields` is heeded, and which names of fields there are, the
description cannot tell and this cannot show. Values come from below: the vendor's file has almost no examples; each is held against the
vendor's schema before it is served.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rapport.connect import ConnectError, Page, pages
from rapport.declarations import Source, Stream, load_source
from rapport.home import checkout

from tests.servers.prism import serve

SOURCE: Source = load_source(checkout() / "sources" / "hr" / "bamboohr.yml")
CHANGED = "/api/v1/employees/changed"
AT = "2026-03-01T09:30:00+00:00"
EMPLOYEE = {
    "id": "7",
    "firstName": "Eva",
    "lastName": "Esser",
    "preferredName": None,
    "status": "Active",
    "workEmail": "eva@desk.example",
    "mobilePhone": "+49 170 7654321",
    "hireDate": "2020-01-31",
    "terminationDate": "0000-00-00",
    "department": "Support",
    "jobTitle": "Agent",
    "supervisorEId": "8",
    "customCustomerFacing": "Yes",
}
ROW = {"id": "70", "date": "2020-01-31"}
TIME_OFF = {
    "id": 71,
    "employeeId": 7,
    "name": "Eva Esser",
    "start": "2026-02-27",
    "end": "2026-03-02",
    "created": "2026-02-01",
    "status": {"lastChanged": "2026-02-03", "lastChangedByUserId": 1, "status": "approved"},
    "type": {"id": 78, "name": "Sick", "icon": "face-mask"},
    "amount": {"unit": "hours", "amount": 16},
    "actions": {"view": True},
    "dates": {"2026-02-27": 8, "2026-03-02": 8},
}
ANSWERS: dict[str, Any] = {
    CHANGED: {
        "latest": AT,
        "employees": {
            "7": {"id": "7", "action": "Updated", "lastChanged": AT},
            "9": {"id": "9", "action": "Deleted", "lastChanged": AT},
        },
    },
    "/api/v1/employees/{id}": EMPLOYEE,
    "/api/v1/time_off/requests": [TIME_OFF],
    f"{CHANGED}/tables/{{table}}": {"table": "jobInfo", "employees": {"7": {"lastChanged": AT, "rows": [ROW]}}},
}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    shared = os.environ.get("RAPPORT_SHARED")
    description = Path(shared or "") / "data" / "bamboohr" / "public.yaml"
    if not shared or not description.is_file():
        pytest.fail(
            "RAPPORT_SHARED has to name the folder that holds data/bamboohr/public.yaml: the vendor's, which is no part of the project"
        )
    with serve(description, tmp_path_factory.mktemp("prism"), ANSWERS) as host:
        yield {"host": host, "login": "a-key", "password": "x", "extra": {"network": "private"}}


def read(connection: dict[str, Any], stream: Stream, source: Source = SOURCE) -> list[Page]:
    return list(pages(source, stream, connection, {"since": "2026-02-01T00:00:00+00:00"}, log=[].append))


@pytest.mark.parametrize("name", SOURCE.streams)
def test_every_request_is_one_the_vendor_describes_and_every_answer_is_read(connection: dict[str, Any], name: str) -> None:
    """Would catch: a path, parameter or format of ours that BambooHR does not know; a list looked for where it does not stand."""
    found = read(connection, SOURCE.streams[name])
    assert [row for page in found for row in page.table.to_pylist()], "nothing was read"
    assert [(reject.field, reject.reason) for page in found for reject in page.rejected] == []
    assert sum((page.undeclared for page in found), Counter()) == Counter()


def test_the_values_are_those_of_the_answers(connection: dict[str, Any]) -> None:
    """Would catch: an id that stays text, a date of zeros that lands, a change that comes without its time."""
    read_of = {
        name: [row for page in read(connection, stream) for row in page.table.to_pylist()] for name, stream in SOURCE.streams.items()
    }
    first = read_of["employees"][0]
    assert (first["id"], str(first["hire_date"]), first["termination_date"], first["is_customer_facing"]) == (7, "2020-01-31", None, True)
    assert {row["last_changed_at"].isoformat() for name in read_of if name != "time_off" for row in read_of[name]} == {AT}
    away = read_of["time_off"][0]
    assert (away["employee_id"], str(away["end_date"]), away["type_name"], away["amount"]) == (7, "2026-03-02", "Sick", 16.0)
    assert [(row["id"], row["action"]) for row in read_of["employee_changes"]] == [(7, "Updated"), (9, "Deleted")]
    assert [(row["id"], row["employee_id"]) for row in read_of["job_info"]] == [(70, 7)]


def test_prism_refuses_what_the_description_forbids(connection: dict[str, Any]) -> None:
    """Would catch: a mock that lets everything through, so that the tests above prove nothing."""
    stream = SOURCE.streams["employee_changes"]
    assert stream.cursor is not None
    wrong_format = replace(stream, cursor=replace(stream.cursor, format="epoch"))
    with pytest.raises(ConnectError, match="answered 400"):
        read(connection, wrong_format)
    with pytest.raises(ConnectError, match="answered 400"):
        read(connection, replace(stream, cursor=None))
    with pytest.raises(ConnectError, match="answered 404"):
        read(connection, replace(stream, options={**stream.options, "request": {"path": "/api/v1/changed/employees"}}))
    with pytest.raises(ConnectError, match="answered 401"):
        read(connection, stream, replace(SOURCE, connection=replace(SOURCE.connection, auth={"type": "none"})))
