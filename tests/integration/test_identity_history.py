"""Would catch: a history that depends on the order in which versions arrive, has holes, or lets today's account speak for last year's."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from identity_desk import Desk
from rapport.home import Home

ACCOUNT = {"id": "a-1", "name": "Quibblesworth Bakery", "created_at": "2025-01-01T00:00:00Z"}
CREATED = "2025-09-01T00:00:00Z"
PERIOD = "valid_from::date::text, valid_to::date::text"


def account(updated: str, **more: Any) -> dict[str, Any]:
    return ACCOUNT | {"updated_at": f"{updated}T00:00:00Z"} | more


def person(key: str, updated: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "created_at": "2025-01-02T00:00:00Z", "updated_at": f"{updated}T00:00:00Z"} | more


@pytest.fixture(scope="module")
def desk(module_warehouse: Home) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_HOME", str(module_warehouse.path))
        made = Desk(module_warehouse)
        # the newest first, then the oldest, then one between them that says the same as the oldest
        made.land("accounts", account("2026-03-01", segment="large", is_strategic=True, contract_end_date="2027-01-01"))
        made.land("persons", person("p-1", "2026-02-01", email="a@mail.example.org", country="AT", account_id="a-1"))
        made.build("dim_account", "dim_person")
        first = made.table("core.dim_account", "account_key, segment, strategic, is_current")
        assert [row[1:] for row in first] == [("large", "yes", True)]
        made.land("accounts", account("2025-02-01", segment="small", is_strategic=False))
        made.land("accounts", account("2025-06-01", segment="small", is_strategic=False))
        made.land("persons", person("p-1", "2025-03-01", email="a@mail.example.org", country="DE"))
        made.land("persons", person("p-2", "2025-09-01", email="A@mail.example.org ", country="CH", language="de", created_at=CREATED))
        made.land("tickets", *(ticket(day) for day in ("2025-06-30", "2026-02-28", "2026-03-01", "2026-05-01")))
        made.build("dim_person", "int_cases__tickets")
        yield made
    shutil.rmtree(module_warehouse.path / "inbox")


def ticket(day: str) -> dict[str, Any]:
    at = f"{day}T00:00:00Z"
    return {"id": f"t-{day}", "requester_id": "p-1", "account_id": "a-1", "status": "new", "created_at": at, "updated_at": at}


def test_a_late_older_version_lands_in_its_place(desk: Desk) -> None:
    assert desk.table("core.dim_account", f"{PERIOD}, is_current, segment, strategic, contract_end_date::text") == [
        ("1900-01-01", "2026-03-01", False, "small", "no", None),
        ("2026-03-01", "9999-12-31", True, "large", "yes", "2027-01-01"),
    ]


def test_a_person_is_what_its_records_said_by_then(desk: Desk) -> None:
    """p-1 and p-2 share an address. Of one country each the later statement counts: p-1's until p-2 is created, then p-2's.

    From 2026-02-01 p-1 says AT, the later word. The language is p-2's throughout: nobody else says one.
    """
    assert desk.table("core.dim_person", f"{PERIOD}, country, language, account_key is not null") == [
        ("1900-01-01", "2025-09-01", "DE", "de", False),
        ("2025-09-01", "2026-02-01", "CH", "de", False),
        ("2026-02-01", "9999-12-31", "AT", "de", True),
    ]


def test_an_event_sees_the_account_of_its_day(desk: Desk) -> None:
    assert desk.table("intermediate.int_cases__tickets", "created_day::text, segment, strategic") == [
        ("2025-06-30", "small", "no"),
        ("2026-02-28", "small", "no"),
        ("2026-03-01", "large", "yes"),
        ("2026-05-01", "large", "yes"),
    ]


def test_history_has_neither_hole_nor_overlap(desk: Desk) -> None:
    for dimension in ("person", "account"):
        rows = desk.table(f"core.dim_{dimension}", f"{dimension}_key, valid_from, valid_to")
        for before, after in itertools.pairwise(rows):
            assert before[0] != after[0] or before[2] == after[1]
