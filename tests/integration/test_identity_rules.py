"""Would catch: two persons taken for one, one taken for two, a rule that joins what it may not, and labels that depend on the order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from identity_desk import Desk
from rapport.home import Home

NUMBERS = {"shared": "+49 30 5550100", "other": "+49 30 5550123"}
CHAIN = 60


def person(key: str, name: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "name": name, "created_at": "2025-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "country": "DE"} | more


def decision(key: str, said: str, a: str, b: str, **more: Any) -> dict[str, Any]:
    pair = {"source_a": "inbox", "source_id_a": a, "source_b": "inbox", "source_id_b": b}
    return {"id": key, "decision": said, "updated_at": "2026-01-02T00:00:00Z"} | pair | more


FIRST = [
    person("mail-1", "Anna Miller", email="Anna@Mail.example.org"),
    person("mail-2", "Miller, Anna", email=" anna@mail.example.org", phone=NUMBERS["other"]),
    person("phone-1", "A. Miller", email="am@other.example.org", phone="030 5550123".replace("030", "+49 30")),
    person("desk-1", "Bert Jones", phone=NUMBERS["shared"]),  # one number, two families: nobody is recognised by it alone
    person("desk-2", "Carla Smith", phone=NUMBERS["shared"]),
    person("role-1", "Dora Reed", email="info@shop.example.org"),
    person("role-2", "Emil Reed", email="info@shop.example.org"),
    *(person(f"four-{n}", "Fay Stone", email="front@shop.example.org") for n in range(4)),  # one of four is nobody's own
    person("id-1", "Gus Hill", email="gus@mail.example.org"),
    person("id-2", "Gus Hill", external_source="inbox", external_id="id-1"),
    *(person(f"name-{n}", f"Ann {'ABCDEF'[n]}family", external_source="inbox", external_id="name-0") for n in range(6)),
    *(person(f"chain-{n}", "Ida Long", external_source="inbox", external_id=f"chain-{n + 1}") for n in range(CHAIN)),
    person("part-1", "Jo Berg", email="berg@mail.example.org"),
    person("part-2", "Jo Berg", email="berg@mail.example.org"),
    person("made-1", "Kai Ott", email="kai@mail.example.org"),
    person("made-2", "Kai Otto", email="ko@mail.example.org"),
    person("late-1", "Lea Fox", email="lea@mail.example.org"),
    person("late-2", "Lea Fox", email="fox@mail.example.org"),
    person("like-1", "Max Rau", email="max@mail.example.org", account_id="a-1"),
    person("like-2", "Max Rau", email="rau@mail.example.org", account_id="a-1"),
]
ACCOUNT = {"id": "a-1", "name": "Quibblesworth Bakery", "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z"}
LATER = [
    person("late-3", "Lea Fox", email="lea@mail.example.org", created_at="2026-02-01T00:00:00Z")
    | {"external_source": "inbox", "external_id": "late-2"},
    person("mail-2", "Miller, Anna", is_deleted=True, updated_at="2026-02-01T00:00:00Z"),
]


def keys(desk: Desk) -> dict[str, tuple[str, str, float]]:
    return {row[0]: (row[1], row[2], row[3]) for row in desk.table("core.bridge_identity", "source_id, person_key, rule, confidence")}


@pytest.fixture(scope="module")
def desk(module_warehouse: Home) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_HOME", str(module_warehouse.path))
        made = Desk(module_warehouse)
        made.land("persons", *FIRST)
        made.land("accounts", ACCOUNT)
        made.land("identity_overrides", decision("d-1", "separate", "part-1", "part-2"), decision("d-2", "merge", "made-2", "made-1"))
        made.build("bridge_identity", "identity_candidate", "identity_frozen")
        yield made
    shutil.rmtree(module_warehouse.path / "inbox")


@pytest.fixture(scope="module")
def before(desk: Desk) -> dict[str, tuple[str, str, float]]:
    return keys(desk)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("mail-1", "mail-2", True),
        ("mail-1", "phone-1", True),  # by way of mail-2: one address, then one number and family name
        ("desk-1", "desk-2", False),
        ("role-1", "role-2", False),
        ("four-0", "four-1", False),
        ("id-1", "id-2", True),
        ("name-0", "name-5", False),
        ("chain-0", f"chain-{CHAIN - 1}", True),
        ("part-1", "part-2", False),
        ("made-1", "made-2", True),
        ("late-1", "late-2", False),
        ("like-1", "like-2", False),
    ],
)
def test_rules_join_what_they_may(before: dict[str, tuple[str, str, float]], one: str, other: str, is_same: bool) -> None:
    assert (before[one][0] == before[other][0]) == is_same


def test_every_record_says_by_which_rule(before: dict[str, tuple[str, str, float]]) -> None:
    said = {record: before[record][1:] for record in ("mail-1", "phone-1", "id-2", "desk-1", "name-3", "made-1")}
    assert said == {
        "mail-1": ("email", 0.98),
        "phone-1": ("phone_and_surname", 0.95),
        "id-2": ("external_id", 1.0),
        "desk-1": ("own", 1.0),
        "name-3": ("frozen", 1.0),
        "made-1": ("decision", 1.0),
    }


def test_a_cluster_of_too_many_names_is_frozen_and_a_likeness_waits_for_a_person(desk: Desk) -> None:
    assert desk.table("core.identity_frozen", "frozen_reason, records, names, emails") == [("more than 5 names", 6, 6, 0)]
    pairs = desk.table("core.identity_candidate", "source_id_a, source_id_b, rule")
    assert pairs == [("like-1", "like-2", "name_company_country")]


def test_a_record_that_joins_two_persons_keeps_the_older_key_and_one_that_goes_parts_them(
    desk: Desk, before: dict[str, tuple[str, str, float]]
) -> None:
    """The labels made anew are those of a build from nothing, and nobody else's key changes."""
    for row in LATER:
        desk.land("persons", row)
    desk.build("bridge_identity")
    after = keys(desk)
    desk.build("bridge_identity", full_refresh=True)
    assert keys(desk) == after
    assert after["late-1"][0] == after["late-2"][0] == after["late-3"][0] in {before["late-1"][0], before["late-2"][0]}
    assert "mail-2" not in after
    assert after["mail-1"][0] != after["phone-1"][0]
    moved = {"late-1", "late-2", "mail-1", "mail-2", "phone-1"}
    assert {record: key for record, (key, *_) in after.items() if record in before and record not in moved} == {
        record: key for record, (key, *_) in before.items() if record not in moved
    }
