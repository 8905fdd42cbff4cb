"""Would catch: somebody erased who lands again, or somebody else who is kept out with them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from rapport.declarations import Source, load_source
from rapport.privacy import Keyring
from rapport.privacy.tombstones import Gatekeeper, Tombstones

DESK = """\
source: desk
domain: support
system: Desk
owner: o
schedule: "0 * * * *"
connection: {protocol: files, id: desk}
streams:
  people:
    files: people.csv
    format: csv
    key: [id]
    subject: [email]
    fields:
      id: {type: bigint, class: internal}
      email: {type: text, class: personal, kind: email, domain: {by: role, employee: [agent], else: customer}}
      role: {type: text, class: internal}
  tickets:
    files: tickets.csv
    format: csv
    key: [id]
    belongs_to: [{field: person, stream: people}, {field: shared, item: id, stream: people}]
    mentions: {field: submitter, stream: people}
    fields:
      id: {type: bigint, class: internal}
      person: {type: bigint, class: internal}
      shared: {type: json, class: internal}
      submitter: {type: bigint, class: internal}
      cc: {type: text, class: personal, kind: email}
"""
KEYRING = Keyring(b"0123456789abcdef0123456789abcdef", "test")


@pytest.fixture
def desk(tmp_path: Path) -> Source:
    file = tmp_path / "support" / "desk.yml"
    file.parent.mkdir()
    file.write_text(DESK)
    return load_source(file)


def erased(*addresses: str, people: tuple[str, ...] = ()) -> Tombstones:
    empty = Tombstones(KEYRING)
    hashes = [empty.of_token(token) for token in KEYRING.tokens("customer", "email", addresses).to_pylist()]
    return Tombstones(KEYRING, [*hashes, *(empty.of_record("desk", "people", ("id",), (name,)) for name in people)])


def left(desk: Source, stream: str, tombstones: Tombstones, rows: list[dict[str, object]]) -> tuple[list[dict[str, object]], int]:
    declared = desk.streams[stream]
    full = [{name: row.get(name) for name in declared.arrow_schema.names} for row in rows]
    found = Gatekeeper(desk, declared, KEYRING, tombstones).take_out(pa.Table.from_pylist(full, schema=declared.arrow_schema))
    return found.table.to_pylist(), found.erased


def test_a_person_is_known_again_by_address_and_by_record(desk: Source) -> None:
    """Would catch a new record of the same address, a changed address of the same record, and another spelling of either."""
    rows = [{"id": 1, "email": "new@x.example"}, {"id": 7, "email": " Ann@X.example"}, {"id": 8, "email": "bob@x.example"}]
    kept, gone = left(desk, "people", erased("ann@x.example", people=("1",)), rows)
    assert [row["id"] for row in kept] == [8]
    assert gone == 2


def test_an_employee_of_the_same_address_is_another_one(desk: Source) -> None:
    """Would catch domains that run into each other at the door."""
    kept, gone = left(desk, "people", erased("ann@x.example"), [{"id": 7, "email": "ann@x.example", "role": "agent"}])
    assert (len(kept), gone) == (1, 0)


def test_what_belongs_to_somebody_erased_stays_out_and_what_names_them_is_cut(desk: Source) -> None:
    """Would catch a child record of nobody, a whole ticket lost for a copy, and a list of several that counts as one person's."""
    rows = [
        {"id": 1, "person": 5},
        {"id": 2, "person": 6, "submitter": 5, "cc": "ann@x.example"},
        {"id": 3, "shared": '[{"id": 5}]'},
        {"id": 4, "shared": '[{"id": 5}, {"id": 6}]', "cc": "bob@x.example"},
    ]
    kept, gone = left(desk, "tickets", erased("ann@x.example", people=("5",)), rows)
    assert gone == 2
    assert [(row["id"], row["submitter"], row["cc"]) for row in kept] == [(2, None, None), (4, None, "bob@x.example")]
    assert kept[1]["shared"] == '[{"id": 6}]'


def test_without_tombstones_nothing_is_looked_at(desk: Source) -> None:
    """Would catch a door that costs time where nobody was ever erased."""
    declared = desk.streams["people"]
    table = pa.Table.from_pylist([{"id": 1, "email": "a@x.example", "role": None}], schema=declared.arrow_schema)
    assert Gatekeeper(desk, declared, KEYRING, Tombstones(KEYRING)).take_out(table).table is table


def test_a_tombstone_says_nothing_without_the_key() -> None:
    """Would catch a hash that anybody who holds the tokens can make, or that is the same for every tenant."""
    token = KEYRING.tokens("customer", "email", ["ann@x.example"]).to_pylist()[0]
    other = Keyring(b"0123456789abcdef0123456789abcdef", "other")
    assert Tombstones(KEYRING).of_token(token) != Tombstones(other).of_token(token)
    assert Tombstones(KEYRING).of_token(token) != Tombstones(KEYRING).of_record("token", token, (), ())
