"""Catches a declaration that is wrong but accepted: a field without a class, two names for one column, a key that does not land."""

# ruff: noqa: E501 - the cases are a table

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from rapport.declarations import DeclarationError, Source, load_source, load_sources
from rapport.declarations.naming import column_name

HEAD = "source: tiny\ndomain: crm\nsystem: T\nowner: o\nschedule: '0 * * * *'\nconnection: {protocol: files, path: /x}\nstreams:\n  s:\n"


def write(folder: Path, body: str, head: str = HEAD) -> Path:
    file = folder / "crm" / "tiny.yml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(head + "".join(f"    {line}\n" for line in body.splitlines()))
    return file


def load(folder: Path, body: str, head: str = HEAD) -> Source:
    return load_source(write(folder, body, head))


GOOD = """key: [Id]
clock: ChangedAt
deleted: {field: state, equals: [gone, 7]}
fields:
  Id: {type: bigint, class: internal}
  ChangedAt: {type: timestamp, class: internal}
  state: {type: text, class: internal, accepted: [here, gone]}
  Email: {type: text, class: personal, kind: email, domain: {by: state, employee: [here], else: customer}, directory: true}
  phone: {type: text, class: personal, kind: phone}
  notes: {type: text, class: free_text}
  name: {type: text, class: personal, kind: name}
  salary: {type: decimal, class: sensitive, band: [0, 1000, 5000]}
  born: {type: date, class: sensitive, treatment: truncate}
  page: {type: text, class: personal, kind: url}
  a.bC: {type: json, class: internal}
  gone: {ignore: "nobody needs it here"}
"""


def test_a_declaration_says_what_lands(tmp_path: Path) -> None:
    source = load(tmp_path, GOOD)
    stream = source.streams["s"]
    assert (stream.key, stream.clock, stream.order, source.raw_schema) == (("id",), "changed_at", 0, "raw_tiny")
    assert stream.arrow_schema.names == ["id", "changed_at", "state", "email", "phone", "notes", "name", "salary", "born", "page", "a_b_c"]
    assert {field.name: str(field.type) for field in stream.landed_schema} == {
        "id": "int64",
        "changed_at": "timestamp[us, tz=UTC]",
        "state": "string",
        "email_customer_token": "string",
        "email_employee_token": "string",
        "phone_token": "string",
        "notes_redacted": "string",
        "notes_length": "int64",
        "salary_band": "string",
        "born_truncated": "date32[day]",
        "page_truncated": "string",
        "a_b_c": "string",
    }
    assert stream.ignored == {"gone": "nobody needs it here"}
    assert stream.by_column["email"].domain.values == {"here": "employee"}
    assert (stream.by_column["phone"].vault, stream.by_column["name"].vault) == (True, False)


def test_deleted_rows_are_marked_by_value_or_by_presence(tmp_path: Path) -> None:
    table = pa.table({"state": ["gone", "here", None, "7"]})
    marker = load(tmp_path, GOOD).streams["s"].deleted
    assert marker is not None
    assert marker.mask(table).to_pylist() == [True, False, False, True]
    filled = load(tmp_path, GOOD.replace(", equals: [gone, 7]", "")).streams["s"].deleted
    assert filled is not None
    assert filled.mask(table).to_pylist() == [True, True, False, True]
    boolean = (
        load(tmp_path, GOOD.replace("equals: [gone, 7]", "equals: false").replace("state: {type: text,", "state: {type: boolean,"))
        .streams["s"]
        .deleted
    )
    assert boolean is not None
    assert boolean.mask(pa.table({"state": [True, False, None]})).to_pylist() == [False, True, False]


@pytest.mark.parametrize(
    ("field", "column"),
    [("AccountId", "account_id"), ("via.channel", "via_channel"), ("Tier__c", "tier_c"), ("HTTPStatus", "http_status"), ("_fivetran_id", "fivetran_id"),
     ("QID1_TEXT", "qid1_text"), ("e-mail", "e_mail"), ("firstName2", "first_name2"), ("parent.id", "parent_id")],
)  # fmt: skip
def test_columns_are_snake_case(field: str, column: str) -> None:
    assert column_name(field) == column


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("  notes: {type: text, class: free_text}", "  notes: {type: text}", 18, "'class' is a required property"),
        ("  notes: {type: text, class: free_text}", "  notes: {type: text, class: secret}", 18, "'secret' is not one of"),
        ("  notes: {type: text, class: free_text}", "  notes: {type: text, class: free_text, colour: red}", 18, "unknown key; known here: accepted"),
        ("  notes: {type: text, class: free_text}", "  notes: {type: text, class: free_text, treatment: keep}", 18, "may not be treated by keep"),
        ("  notes: {type: text, class: free_text}", "  notes: {type: bigint, class: free_text}", 18, "only text and json can be redacted"),
        ("  notes: {type: text, class: free_text}", "  e_mail: {type: text, class: internal}\n  e-mail: {type: text, class: internal}", 19, "as 'e_mail' does"),
        ("  notes: {type: text, class: free_text}", "  email: {type: text, class: internal}", 18, "as 'Email' does"),
        ("  notes: {type: text, class: free_text}", "  email_customer_token: {type: text, class: internal}", 18, "as 'Email' does"),
        ("  notes: {type: text, class: free_text}", "  имя: {type: text, class: internal}", 18, "`as: name`"),
        ("  notes: {type: text, class: free_text}", "  n: {type: text, class: internal, as: _load_id}", 18, "used by the platform"),
        ("  notes: {type: text, class: free_text}", "  n: {type: text, class: internal, as: " + "x" * 64 + "}", 18, "longer than 63 bytes"),
        ("  notes: {type: text, class: free_text}", "  'x\"; drop': {type: text, class: internal, as: 'x\"; drop'}", 18, "no column name"),
        ("  notes: {type: text, class: free_text}", "  Id: {type: text, class: internal}", 18, "stands twice"),
        ("  notes: {type: text, class: free_text}", "  7: {type: text, class: internal}", 18, "put it in quotes"),
        ("  notes: {type: text, class: free_text}", "  w: {type: text, class: personal}", 18, "needs `kind`"),
        ("  notes: {type: text, class: free_text}", "  w: {type: text, class: personal, kind: name, treatment: token}", 18, "a token needs a kind"),
        ("  notes: {type: text, class: free_text}", "  w: {type: text, class: personal, kind: disguised, treatment: truncate}", 18, "can only be dropped"),
        ("  notes: {type: text, class: free_text}", "  w: {type: text, class: internal, format: iso}", 18, "timestamps and dates only"),
        ("  notes: {type: text, class: free_text}", "  w: {type: bigint, class: sensitive, band: [5, 1]}", 18, "ascending order"),
        ("  notes: {type: text, class: free_text}", "  w: {ignore: no}", 18, "say in a few words"),
        ("  notes: {type: text, class: free_text}", "  w: {type: text, class: free_text, accepted: [a]}", 18, "only on a field that is kept"),
        ("key: [Id]", "key: [Ident]", 9, "names the field 'Ident'"),
        ("key: [Id]", "key: [notes]", 9, "lands as 2 columns"),
        ("key: [Id]", "key: [name]", 9, "lands as 0 columns"),
        ("clock: ChangedAt", "clock: state", 10, "must be a timestamp or date"),
        ("by: state, employee", "by: nothing, employee", 16, "is decided by 'nothing'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    file = write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(DeclarationError) as caught:
        load_source(file)
    assert says in str(caught.value)
    assert caught.value.line == line, str(caught.value)
    assert str(caught.value).startswith(f"{file}:{line}: ")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("protocol: files, path: /x", "protocol: rest, id: a", "'auth' is a required"),
        ("protocol: files, path: /x", "protocol: files", "'path' is a required"),
        ("protocol: files, path: /x", "protocol: rest, id: a, auth: {type: header}", "'name' is a required"),
        ("schedule: '0 * * * *'", "schedule: hourly", "cron"),
        ("domain: crm", "domain: sales", "'sales' is not one of"),
        ("source: tiny", "source: other", "must stand in crm/other.yml"),
    ],
)
def test_heads_are_checked_too(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        load(tmp_path, GOOD, HEAD.replace(old, new))
    assert says in str(caught.value)


def test_a_folder_gives_its_sources_by_name(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert list(load_sources(tmp_path)) == ["tiny"]
    (tmp_path / "crm" / "tiny.yml").write_text("a: [")
    with pytest.raises(DeclarationError, match="not YAML"):
        load_sources(tmp_path)


def test_reading_declarations_does_not_load_heavy_libraries(tmp_path: Path) -> None:
    """The scheduler parses declarations every few seconds: Arrow there would cost it a third of a second each time."""
    write(tmp_path, GOOD)
    code = (
        "import sys; from pathlib import Path; from rapport.declarations import load_sources\n"
        f"s = load_sources(Path({str(tmp_path)!r}))['tiny']; assert s.streams['s'].order == 0\n"
        "print([m for m in ('pyarrow', 'httpx', 'dlt', 'airflow', 'pandas') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    control = subprocess.run(
        [sys.executable, "-c", code.replace(".order == 0", ".arrow_schema is not None")], capture_output=True, text=True, check=True
    )
    assert "pyarrow" in control.stdout
