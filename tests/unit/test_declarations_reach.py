"""Would catch: records of a person that an erasure never looks for, because a declaration names nothing, or the wrong thing."""

from __future__ import annotations

from pathlib import Path

import pytest
from rapport.declarations import DeclarationError, load_source
from rapport.declarations.reach import Link, unreached

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
    subject: [contact.email]
    fields:
      id: {type: bigint, class: internal}
      contact.email: {type: text, class: personal, kind: email, as: email}
      name: {type: text, class: personal, kind: name}
  tickets:
    files: tickets.csv
    format: csv
    key: [id]
    belongs_to: {field: person, stream: people}
    mentions: [{field: cc, item: id, stream: people}, {field: other, system: of}]
    fields:
      id: {type: bigint, class: internal}
      person: {type: bigint, class: internal}
      cc: {type: json, class: internal}
      other: {type: text, class: internal}
      of: {type: text, class: internal}
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "support" / "desk.yml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


def test_a_stream_says_whose_its_records_are(tmp_path: Path) -> None:
    """Would catch a link that is read as another one."""
    source = load_source(write(tmp_path, DESK))
    people, tickets = source.streams["people"].reach, source.streams["tickets"].reach
    assert people is not None
    assert tickets is not None
    assert people.subject == ("email",)
    assert tickets.belongs_to == (Link(("person",), "desk", "people"),)
    assert tickets.mentions == (Link(("cc",), "desk", "people", item="id"), Link(("other",), "", system="of"))
    assert unreached({"desk": source}) == []


def test_a_stream_that_says_nothing_is_told(tmp_path: Path) -> None:
    """Would catch a new stream with a key of a person that nobody thought of; and a link into a source that has no such stream."""
    without = DESK.replace("    belongs_to: {field: person, stream: people}\n", "")
    without = without.replace("    mentions: [{field: cc, item: id, stream: people}, {field: other, system: of}]\n", "")
    silent = load_source(write(tmp_path, without))
    assert unreached({"desk": silent}) == ["desk.tickets"]
    astray = load_source(write(tmp_path, DESK.replace("person, stream: people", "person, stream: desk2.persons")))
    assert unreached({"desk": astray}) == []
    assert unreached({"desk": astray, "desk2": load_source(write(tmp_path, DESK))}) == ["desk.tickets -> desk2.persons"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("belongs_to: {field: person, stream: people}", "belongs_to: {field: persn, stream: people}", "does not declare"),
        ("belongs_to: {field: person, stream: people}", "belongs_to: {field: person, stream: peple}", "leads to the stream 'peple'"),
        ("belongs_to: {field: person, stream: people}", "belongs_to: {field: [id, person], stream: people}", "names 2 fields for 1"),
        ("belongs_to: {field: person, stream: people}", "belongs_to: {nobody: because}", "too short"),
        ("subject: [contact.email]", "subject: [name]", "drop leaves nothing"),
        ("    belongs_to: {field: person, stream: people}\n", "", "say whose the records are first"),
    ],
)
def test_a_wrong_link_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    """Would catch a spelling mistake that makes a stream look reached."""
    with pytest.raises(DeclarationError, match=says):
        load_source(write(tmp_path, DESK.replace(old, new)))
