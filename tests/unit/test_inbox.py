"""Would catch: a layout that an export cannot fill, a page that tells another story than the reader, a check that passes a bad file."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner, Result
from rapport.authoring import inbox
from rapport.cli import cli
from rapport.connect import Page, pages
from rapport.connect.strict import FILE
from rapport.declarations.model import Source
from rapport.home import Home, checkout
from rapport.quality.raw_rules import Landed, stream_checks

from tests.unit.connect_server import declared

MODELS = checkout() / "dbt_project" / "models"
KNOWN = inbox.layouts(Home(path=Path("/nowhere"), root=checkout()))
CSV = "id,email,updated_at\np-1,a@mail.example.org,2026-03-02\n"
STRICT = """s:
  files: "*"
  strict: true
  optional: true
  key: [Id]
  clock: changed
  fields:
    Id: {type: text, class: internal, required: true}
    word: {type: text, class: internal, accepted: [a, b]}
    changed: {type: timestamp, class: internal, required: true}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A company's home, chosen by the environment as for a person."""
    for name in ("RAPPORT_SOURCES", "RAPPORT_ROOT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RAPPORT_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "inbox" / "persons").mkdir(parents=True)
    return Home.current()


def rapport(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["inbox", *arguments])


def strict(folder: Path, streams: str = STRICT) -> tuple[Source, list[Page]]:
    source = declared(streams, f'{{protocol: files, path: "{folder}"}}')
    return source, list(pages(source, source.streams["s"], None, None, log=[].append))


def kept(found: list[Page]) -> list[str]:
    return [row["id"] for page in found for row in page.table.to_pylist()]


def refused(found: list[Page]) -> list[str]:
    return [reason for page in found for (field, reason) in page.remarks if field == FILE]


HISTORY = {"version_at", "is_newest"}  # what only the history of a person's record is made of


def _columns(file: Path) -> list[str]:
    return [column["name"] for column in yaml.safe_load(file.read_text())["models"][0]["columns"]]


# --- the layouts -------------------------------------------------------------------------------------------------------
def test_every_vendor_neutral_entity_has_a_layout_that_fills_all_its_columns() -> None:
    """Would catch: an entity, or a column of one, that a company without a connector cannot give."""
    entities = {file.stem.removeprefix("input__") for file in (MODELS / "input").glob("*.yml")}
    assert KNOWN.keys() == entities
    for entity, layout in KNOWN.items():
        assert layout.source.feeds[entity] == (f"stg_inbox__{entity}",)
        staged = set(_columns(MODELS / "staging" / "inbox" / f"stg_inbox__{entity}.yml")) - HISTORY
        assert staged == set(_columns(MODELS / "input" / f"input__{entity}.yml")) - {"_built_at"}, entity


def test_every_column_says_what_it_means_and_nothing_personal_stays_clear() -> None:
    """Would catch: a column nobody can fill for want of a word or an example, and a person's column that lands as it is."""
    for layout in KNOWN.values():
        assert {"id", "updated_at", "is_deleted"} <= {field.path for field in layout.stream.fields}
        assert layout.stream.description
        for field in layout.stream.fields:
            assert field.note, f"{layout.entity}.{field.path}"
            assert field.example, f"{layout.entity}.{field.path}"
            assert field.privacy_class in {"public", "internal"} or field.treatment != "keep"


def test_employees_have_tokens_of_their_own_domain() -> None:
    """Would catch: an employee who could be joined with a customer."""
    for entity, columns in {"employees": ("email", "name"), "trainings": ("employee_email",)}.items():
        fields = {field.path: field for field in KNOWN[entity].stream.fields}
        assert {fields[column].domain.otherwise for column in columns} == {"employee"}
    answers = {field.path: field for field in KNOWN["survey_answers"].stream.fields}["email"]
    assert (answers.domain.by, dict(answers.domain.values), answers.domain.otherwise) == (
        "survey_type",
        {"employee": "employee"},
        "customer",
    )


def test_the_pages_say_what_the_declarations_say() -> None:
    """Would catch: a page of the reference that was not written anew (`rapport docs`)."""
    folder = checkout() / "docs" / "reference" / "inbox"
    wanted = {f"{entity}.md": inbox.page(layout) for entity, layout in KNOWN.items()} | {"README.md": inbox.index(KNOWN)}
    assert {file.name: file.read_text() for file in folder.glob("*.md")} == wanted


# --- the command -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_template_is_a_file_that_would_land(home: Home, form: str) -> None:
    """Would catch: an example that the check itself refuses, and a template that is read as data."""
    for entity in KNOWN:
        assert rapport("template", entity, "--format", form).exit_code == 0
        example = home.path / "inbox" / entity / f"{entity}.{form}.example"
        assert json.loads(rapport("list", "--json").stdout)[0]["files"] == 0
        assert rapport("check", str(example)).exit_code == 1, "an example is not read"
        example.rename(example.with_name(f"mine.{form}"))
        told = rapport("check", str(example.with_name(f"mine.{form}")), "--json")
        assert told.exit_code == 0, told.output
        assert json.loads(told.stdout) == [{"name": f"mine.{form}", "rows": 1, "faults": []}]
        example.with_name(f"mine.{form}").unlink()


def test_describe_tells_a_person_and_a_program_the_same(home: Home) -> None:
    """Would catch: a description without class, accepted values or example; an unknown entity answered with a trace."""
    columns = {column["name"]: column for column in json.loads(rapport("describe", "survey_answers", "--json").stdout)}
    assert columns["email"] == {
        "name": "email",
        "type": "text",
        "class": "personal",
        "meaning": "The respondent's address; of an employee survey it lands in the employees' own domain",
        "is_required": False,
        "accepted": [],
        "example": "a.miller@example.org",
        "lands": "as a keyed token (customer or employee)",
    }
    assert columns["measure"]["is_required"]
    assert "ces" in columns["measure"]["accepted"]
    printed = rapport("describe", "survey_answers").stdout
    assert all(name in printed and column["meaning"] in printed for name, column in columns.items())
    assert "choose one of" in str(rapport("describe", "peple").exception)


def test_check_names_file_line_and_column_and_never_a_value(home: Home, tmp_path: Path) -> None:
    """Would catch: a check that prints the person it found, passes a bad file, or overlooks a file that lies in no folder."""
    folder = home.path / "inbox" / "persons"
    (folder / "good.csv").write_text(CSV)
    (folder / "rows.csv").write_text(CSV + "p-2,b@mail.example.org,soon\n,c@mail.example.org,2026-03-02\n")
    (folder / "name.csv").write_text(CSV.replace("updated_at", "Updated At"))
    (home.path / "inbox" / "tickts").mkdir()
    told = rapport("check", "--json")
    assert told.exit_code == 1
    found = {one["name"]: (one["rows"], [(f["line"], f["column"]) for f in one["faults"]]) for one in json.loads(told.stdout)}
    assert found == {
        "persons/good.csv": (1, []),
        "persons/rows.csv": (1, [(3, "updated_at"), (4, "id")]),
        "persons/name.csv": (0, [(None, FILE)]),
        "tickts": (0, [(None, FILE)]),
    }
    printed = rapport("check").stdout
    assert "line 3, updated_at: not a time" in printed
    assert "Updated At (is it updated_at?)" in printed
    assert "@mail" not in printed + told.stdout
    elsewhere = tmp_path / "export.csv"
    elsewhere.write_text(CSV)
    assert "--entity" in str(rapport("check", str(elsewhere)).exception)
    assert rapport("check", str(elsewhere), "--entity", "persons").exit_code == 0


# --- strict streams ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("b.csv", b"Id,wrd,changed\nx,a,2026-03-02\n", "b.csv: columns that are not known: wrd (is it word?)"),
        ("b.csv", b"Id,word\nx,a\n", "b.csv: required columns are missing: changed"),
        ("b.csv", b"Id;word;changed\nx;a;2026-03-02\n", "another delimiter"),
        ("b.csv", b'Id,word,changed\nx,a,2026-03-02\ny,"a,2026-03-02\nz,b,2026-03-02\n', "a quote is opened in line 3 and never closed"),
        ("b.parquet", b"PAR1 and no more", "not readable as Parquet"),
        ("b.docx", b"Id,changed\nx,2026-03-02\n", "its name ends in none of"),
    ],
)
def test_a_bad_file_is_set_aside_whole_and_the_others_are_read(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    """Would catch: one wrong file that ends the stream, or lands in part."""
    for good in ("a.csv", "c.csv"):
        (tmp_path / good).write_text(f"Id,changed\n{good[0]},2026-03-02\n")
    (tmp_path / name).write_bytes(content)
    source, found = strict(tmp_path)
    assert kept(found) == ["a", "c"]
    assert [reason in told for told in refused(found)] == [True]
    assert sum(page.fetched for page in found) == 2, "a file set aside is no row"
    assert not list(pages(source, source.streams["s"], None, found[-1].cursor, log=[].append)), "and is not read again until it changes"


def test_a_misspelt_column_of_parquet_and_of_json_lines_is_refused_too(tmp_path: Path) -> None:
    """Would catch: a kind of file whose unknown columns are left out in silence, as those of vendors are."""
    pq.write_table(pa.table({"Id": ["x"], "wrd": ["a"], "changed": ["2026-03-02"]}), tmp_path / "a.parquet")
    (tmp_path / "b.jsonl").write_text('{"Id": "y", "changed": "2026-03-02"}\n{"Id": "z", "wrd": "a", "changed": "2026-03-02"}\n{"Id: 1}\n')
    _, found = strict(tmp_path)
    assert kept(found) == ["y"]
    assert refused(found) == ["a.parquet: columns that are not known: wrd (is it word?)"]
    assert [reject.reason for page in found for reject in page.rejected] == [
        "columns that are not known: wrd (is it word?) (b.jsonl, line 2)",
        "not a JSON object (b.jsonl, line 3)",
    ]


ROWS = [
    ["good", "a", "2026-03-02"],
    ["blank", "", "2026-03-02"],
    ["word", "c", "2026-03-02"],
    ["past", "a", "1926-03-02"],
    ["future", "a", "2926-03-02"],
    ["undated", "a", ""],
    ["x@mail.example.org", "a", "2026-03-02"],
]


def test_a_bad_row_costs_itself_and_says_where_it_stands(tmp_path: Path) -> None:
    """Would catch: a value that a person mistyped and that fails everybody's gate, or lands; a line that is counted wrongly."""
    with (tmp_path / "a.csv").open("w", newline="") as handle:
        csv.writer(handle, quoting=csv.QUOTE_ALL).writerows([["Id", "word", "changed"], *ROWS, ["torn"], ["late", "c", "2026-03-02"]])
    _, found = strict(tmp_path)
    assert kept(found) == ["good", "blank"]
    told = {(reject.field, reject.reason, reject.line) for page in found for reject in page.rejected}
    assert told == {
        ("word", "not one of a, b (a.csv, lines 4, 10)", 4),
        ("word", "not one of a, b (a.csv, lines 4, 10)", 10),
        ("changed", "before 1990 or in the future (a.csv, lines 5, 6)", 5),
        ("changed", "before 1990 or in the future (a.csv, lines 5, 6)", 6),
        ("changed", "a value is required (a.csv, line 7)", 7),
        ("Id", "an e-mail address as an id: use an id that names nobody (a.csv, line 8)", 8),
        ("(row)", "1 values where the header names 3 (a.csv, line 9)", 9),
    }


def test_other_streams_are_judged_as_before(tmp_path: Path) -> None:
    """Would catch: strictness that reaches vendors' exports, whose new columns must not stop them: the control of the tests above."""
    (tmp_path / "a.csv").write_text("Id,word,changed,new\n" + "\n".join(",".join([*row, "n"]) for row in ROWS if row[2]) + "\n")
    _, found = strict(tmp_path, STRICT.replace("  strict: true\n", ""))
    assert kept(found) == [row[0] for row in ROWS if row[2]]
    assert [dict(page.undeclared) for page in found] == [{"new": 6}]


def test_one_bad_row_alone_does_not_hold_a_release_back(tmp_path: Path) -> None:
    """Would catch: a gate that lets one mistyped file of one row block every dashboard; of vendors it has to."""

    def judged(streams: str) -> str:
        source, _ = strict(tmp_path, streams)
        checks = stream_checks(source, source.streams["s"], Landed(since=None), now=_now())
        return " ".join(str(rule) for check in checks for rule in check.rules if rule.name == "quarantine_is_small")

    alone = "sum(rows_landed) + sum(rows_duplicate) = 0"
    assert alone in judged(STRICT.replace("  strict: true\n", ""))
    assert alone not in judged(STRICT)
    assert "sum(rows_quarantined) >" in judged(STRICT), "many bad rows still do"


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)
