"""Would catch: a mistake in a declaration that shows only once personal data has landed in the clear."""

from __future__ import annotations

from pathlib import Path

import pytest
from rapport.authoring.check import check
from rapport.authoring.insert import insert
from rapport.authoring.propose import Proposal, propose
from rapport.authoring.scaffold import ENTITY_OF, Wanted, scaffold
from rapport.declarations import DeclarationError, load_source
from rapport.home import Home, checkout

DISGUISED = {"type": "text", "class": "personal", "kind": "disguised"}
GOOD = """\
source: desk
domain: support
system: Desk
owner: o
schedule: "0 * * * *"
connection: {protocol: rest, id: desk, auth: {type: bearer}}
streams:
  tickets:
    request: {path: /t}
    cursor: {field: updated, param: since}
    deletes: {sweep_days: 7}
    key: [id]
    clock: updated
    fields:
      id: {type: bigint, class: internal}
      updated: {type: timestamp, class: internal}
      body: {type: text, class: free_text}
    belongs_to: {nobody: "tickets without a requester"}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("RAPPORT_SOURCES", str(tmp_path / "sources"))
    (tmp_path / "root" / "dbt_project" / "models").mkdir(parents=True)
    (tmp_path / "root" / "dbt_project" / "models" / "input").symlink_to(checkout() / "dbt_project" / "models" / "input")
    return Home(path=tmp_path / "home", root=tmp_path / "root")


def write(home: Home, text: str) -> Path:
    file = home.sources_dir / "support" / "desk.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_a_good_declaration_has_nothing_to_say(home: Home) -> None:
    """Would catch a linter that cries wolf."""
    assert check(home, write(home, GOOD)) == []


def test_all_faults_are_told_at_once_each_with_its_line(home: Home) -> None:
    """Would catch an author sent round once for every fault, or to the wrong line."""
    bad = GOOD.replace("class: internal}\n      updated", "class: internel}\n      updated").replace("param: since", "parm: since")
    found = check(home, write(home, bad.replace("class: free_text", "clas: free_text")))
    assert {(one.line, one.is_error) for one in found} == {(10, True), (15, True), (17, True)}
    assert "parm: unknown key; known here:" in str(found[0]), found[0]
    assert "'internel' is not one of" in found[1].message


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("    deletes: {sweep_days: 7}\n    key: [id]\n", "", 8, "has no key"),
        ("    clock: updated\n", "", 8, "has a cursor and no clock"),
        ("    cursor: {field: updated, param: since}\n    deletes: {sweep_days: 7}\n", "", 8, "is read whole every time"),
        ("    deletes: {sweep_days: 7}\n", "", 8, "does not say how deletions are found"),
        ("body: {type: text, class: free_text}", "requesterEmail: {type: text, class: internal}", 17, "its name says e-mail"),
        ("body: {type: text, class: free_text}", "avatar_url: {type: text, class: public}", 17, "hash of an e-mail"),
        ('    belongs_to: {nobody: "tickets without a requester"}\n', "", 8, "does not say whose its records are"),
        ("streams:\n", "feeds: {tickets: stg_desk__tickets}\nstreams:\n", 7, "stg_desk__tickets.sql is missing"),
        ("source: desk", "source: other", 1, "must stand in support/other.yml"),
    ],
)
def test_what_is_likely_to_be_a_mistake_is_told(home: Home, old: str, new: str, line: int, says: str) -> None:
    """Would catch a stream nobody can merge, a deletion nobody follows, an e-mail in the clear, a feed without a model."""
    assert old in GOOD
    found = check(home, write(home, GOOD.replace(old, new)))
    assert any(one.line == line and says in one.message for one in found), [str(one) for one in found]


def test_a_note_says_that_a_field_is_not_personal(home: Home) -> None:
    """Would catch a linter that one can only silence by classing wrongly."""
    said = "email_count: {type: text, class: internal, note: how many mails were sent}"
    assert check(home, write(home, GOOD.replace("body: {type: text, class: free_text}", said))) == []


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("requester_email", ["a@example.com", None], {"type": "text", "class": "personal", "kind": "email", "directory": True}),
        ("contact", ["a@example.com", "b@example.com"], {"type": "text", "class": "personal", "kind": "email", "directory": True}),
        ("Phone", ["+49 30 1234567"], {"type": "text", "class": "personal", "kind": "phone", "directory": True}),
        ("source", ["203.0.113.9", "2001:db8::1"], {"type": "text", "class": "personal", "kind": "ip"}),
        ("fullName", ["Ann Lee"], {"type": "text", "class": "personal", "kind": "name", "directory": True}),
        ("file_name", ["a.txt"], {"type": "text", "class": "internal"}),
        ("page", ["https://x.example.com/a?e=1"], {"type": "text", "class": "personal", "kind": "url"}),
        ("avatar", ["https://x.example.com/0bc83cb571cd1c50ba6f3e8a78ef1346"], DISGUISED),
        ("digest", ["0bc83cb571cd1c50ba6f3e8a78ef1346"], DISGUISED),
        ("salary", [50_000], {"type": "bigint", "class": "sensitive"}),
        ("birth_date", ["1980-02-01"], {"type": "date", "class": "sensitive"}),
        ("state", ["open", "closed"], {"type": "text", "class": "internal"}),
        ("remark", ["I would like my money back please"], {"type": "text", "class": "free_text"}),
        ("subject", ["Hi"], {"type": "text", "class": "free_text"}),
        ("created", [1_767_225_600], {"type": "timestamp", "format": "epoch", "class": "internal"}),
        ("created_at", ["2026-01-01T00:00:00Z"], {"type": "timestamp", "class": "internal"}),
        ("amount", [1, 2.5], {"type": "double", "class": "internal"}),
        ("is_open", [True, None], {"type": "boolean", "class": "internal"}),
        ("items", [[{"a": 1}]], {"type": "json", "class": "free_text"}),
        ("empty", [None, ""], {"type": "text", "class": "free_text"}),
        ("имя", ["x"], {"type": "text", "class": "internal", "as": "field"}),
        ("taken", [1], {"type": "bigint", "class": "internal", "as": "taken_2"}),
    ],
)  # fmt: skip
def test_proposals_err_on_the_safe_side(name: str, values: list[object], expected: dict[str, object]) -> None:
    """Would catch a proposal that lets an identifier or a person's words land in the clear."""
    assert [found.said for found in propose(name, values, "customer", {"taken"})] == [expected]


def test_an_object_is_proposed_part_by_part_and_staff_get_tokens_of_their_own() -> None:
    """Would catch a whole object landing as JSON, and employees' tokens among the customers'."""
    found = propose("owner", [{"id": 1, "email": "a@example.com"}, {"id": 2, "email": None, "via": {"channel": "web"}}], "employee", set())
    assert {one.name: one.said.get("domain") for one in found} == {"owner.id": None, "owner.email": "employee", "owner.via.channel": None}


def test_written_proposals_make_a_declaration_that_holds(home: Home) -> None:
    """Would catch lines that YAML reads differently, or an author's comments lost."""
    file = write(home, GOOD.replace("key: [id]", "key: [id]   # theirs"))
    insert(
        file,
        "tickets",
        [Proposal("via.channel", {"type": "text", "class": "internal"}, ""), Proposal("имя: x", {"ignore": "a word of theirs"}, "")],
    )
    source = load_source(file)
    assert [field.name for field in source.streams["tickets"].fields] == ["id", "updated", "body", "via.channel"]
    assert source.streams["tickets"].ignored == {"имя: x": "a word of theirs"}
    assert "# theirs" in file.read_text()


@pytest.mark.parametrize("protocol", ["rest", "soql", "export_job", "jsonrpc", "sql", "files"])
def test_a_scaffold_can_be_used_as_it_is(home: Home, protocol: str) -> None:
    """Would catch a scaffold whose first check fails, whose model is too long, or that overwrites someone's work."""
    for domain, entity in ENTITY_OF.items():
        wanted = Wanted(domain, f"new_{domain}", protocol, "things", entity)
        written = scaffold(home, wanted)
        assert not [str(one) for one in check(home, written[0]) if one.is_error]
        sql = next(file for file in written if file.suffix == ".sql")
        assert len(sql.read_text().splitlines()) <= 40
    with pytest.raises(DeclarationError, match="not overwritten"):
        scaffold(home, wanted)
