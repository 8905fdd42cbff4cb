"""Would catch: a row of a real export that is lost on the way, a file or column that nobody declared, a clear identifier that lands."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from rapport.declarations import Source, load_sources
from rapport.home import checkout
from rapport.warehouse import server

from tests.conftest import remove_home, temporary_home
from tests.whole_box import Box

SOURCES = checkout() / "examples" / "exports"
FOLDERS = {
    "export_salesforce": "fivetran_salesforce",
    "export_zendesk": "fivetran_zendesk",
    "export_qualtrics": "fivetran_qualtrics",
    "export_workday": "fivetran_workday",
    "export_weblog": "weblogs",
    "export_hubspot": "fivetran_hubspot",
    "export_telco": "ibm_telco",
    "export_reviews": "reviews",
    "export_stackoverflow": "stackoverflow",
}
REPEATED = ("_snowflake.csv", "_postgres.csv", "_databricks.csv")  # a table again, as one database engine wants it
INPUT = {"export_hubspot": "tickets", "export_telco": "accounts", "export_reviews": "mentions", "export_stackoverflow": "survey_answers"}
CORE = {
    "crm": ("core.fct_interaction", "export_salesforce"),
    "support": ("core.fct_ticket", "export_zendesk"),
    "survey": ("core.fct_survey_answer", "export_qualtrics"),
    "website": ("core.fct_web_event", "export_weblog"),
    "hr": ("core_ex.dim_employee", "export_workday"),
}
RELEASED = "(select run_id from ops.release where state = 'published' order by published_at desc limit 1)"
NEWEST = f"select * from ops.reconciliation where run_id = {RELEASED}"
LAST_RUN = "(select run_id from ops.run order by started_at desc limit 1)"
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}")
ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")


@pytest.fixture(scope="module")
def exports() -> Path:
    """The folder of real exports, which is no part of the project."""
    shared = os.environ.get("RAPPORT_SHARED")
    if not shared or not (Path(shared) / "data" / "fivetran_zendesk").is_dir():
        pytest.fail("RAPPORT_SHARED has to name the folder that holds data/fivetran_*: real exports, which are no part of the project")
    return Path(shared) / "data"


@pytest.fixture(scope="module")
def box(exports: Path) -> Iterator[Box]:
    """A home in which `rapport run` has read the exports twice."""
    made = Box.at(temporary_home("rapport-exports-"), RAPPORT_SOURCES=str(SOURCES), RAPPORT_EXPORTS_DIR=str(exports))
    try:
        made.rapport("run")
        made.rapport("run")
        yield made
    finally:
        made.rapport("down", check=False)
        remove_home(made.home)


@pytest.fixture(scope="module")
def conn(box: Box) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server.admin_dsn(box.home, "rapport"), autocommit=True) as made:
        yield made


def _rows(conn: psycopg.Connection, query: str) -> list[tuple[Any, ...]]:
    return conn.execute(query.encode()).fetchall()


def _declared() -> dict[str, Source]:
    return load_sources(SOURCES)


def _lines(file: Path) -> int:
    if file.suffix != ".csv":
        return sum(1 for _ in file.open("rb"))
    with file.open(newline="", encoding="utf-8-sig") as text:
        return sum(1 for row in csv.reader(text) if row) - 1


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def test_every_file_is_declared_and_every_column_of_it(exports: Path) -> None:
    """Would catch: a table of an export that nobody reads, and a column that would be set aside."""
    for name, source in _declared().items():
        folder = exports / FOLDERS[name]
        read = {str(stream.options["files"]): stream for stream in source.streams.values()}
        found = {file.name for file in folder.glob("*.csv") if not file.name.endswith(REPEATED)}
        assert found == {pattern for pattern in read if pattern.endswith(".csv")}, name
        for file in found:
            with (folder / file).open(newline="", encoding="utf-8-sig") as text:
                header = {column.strip() for column in next(csv.reader(text))}
            stream = read[file]
            declared = {field.path for field in stream.fields} - {"_file", "_line"}
            assert header == declared | set(stream.ignored), f"{name}: {file}"


def test_every_row_of_every_file_is_landed_a_duplicate_or_set_aside(conn: psycopg.Connection, exports: Path) -> None:
    """Would catch: rows lost between a file and its raw table, and a file that is read twice."""
    counts = "source, stream, rows_fetched, rows_landed, rows_duplicate, rows_quarantined"
    counted = {(row[0], row[1]): row[2:] for row in _rows(conn, f"select {counts} from ({NEWEST}) as r")}
    wanted = {(name, stream.name): stream for name, source in _declared().items() for stream in source.streams.values()}
    assert counted.keys() == wanted.keys()
    for (name, stream_name), stream in wanted.items():
        lines = sum(_lines(file) for file in (exports / FOLDERS[name]).glob(str(stream.options["files"])))
        fetched, landed, duplicate, quarantined = counted[name, stream_name]
        assert lines > 0
        assert (fetched, landed + duplicate + quarantined) == (lines, lines), f"{name}.{stream_name}"
        table = sql.SQL("select count(*) from {}").format(sql.Identifier(f"raw_{name}", stream_name))
        assert conn.execute(table).fetchone() == (landed,), f"{name}.{stream_name}"


def test_at_most_one_row_in_a_hundred_is_set_aside_and_no_stream_whole(conn: psycopg.Connection) -> None:
    """Would catch: a declaration whose types do not fit the vendor's real values."""
    [(fetched, aside)] = _rows(conn, f"select sum(rows_fetched), sum(rows_quarantined) from ({NEWEST}) as r")
    assert aside <= fetched / 100
    assert _rows(conn, f"select source, stream from ({NEWEST}) as r where rows_landed + rows_duplicate = 0") == []
    assert _rows(conn, "select source, stream, field from ops.quarantine where reason = 'not declared'") == []


@pytest.mark.parametrize("domain", CORE)
def test_every_domain_reaches_core(conn: psycopg.Connection, domain: str) -> None:
    """Would catch: a source that lands and that no staging model hands on."""
    relation, source = CORE[domain]
    [(rows,)] = _rows(conn, f"select count(*) from {relation} where source = '{source}'")
    assert rows > 0
    assert _rows(conn, f"select 1 from ({NEWEST}) as r where source = '{source}' and rows_core > 0 limit 1") == [(1,)]


@pytest.mark.parametrize("source", INPUT)
def test_every_source_reaches_its_entity_whole(conn: psycopg.Connection, exports: Path, source: str) -> None:
    """Would catch: a staging model that leaves out or doubles rows of its table, and a value that means something else there."""
    model = next(name for name in _declared()[source].feeds[INPUT[source]])
    pattern = {"tickets": "ticket_data.csv"}.get(INPUT[source], "*.csv")
    (file,) = (exports / FOLDERS[source]).glob(pattern)
    assert _rows(conn, f"select count(*) from input.input__{INPUT[source]} where source = '{source}'") == [(_lines(file),)], model
    if source == "export_reviews":
        verdicts = [row["score"] == "great" for row in csv.DictReader(file.open(newline=""))]
        found = _rows(conn, "select sum(rating), count(text_redacted), count(*) from input.input__mentions")
        assert found == [(sum(verdicts), len(verdicts), len(verdicts))]
    if source == "export_stackoverflow":
        scores = [float(row["CareerSatisfaction"]) for row in csv.DictReader(file.open(newline=""))]
        assert _rows(conn, f"select sum(score) from input.input__survey_answers where source = '{source}'") == [(sum(scores),)]


def test_the_reconciliation_says_where_the_difference_went(conn: psycopg.Connection) -> None:
    """Would catch: a stream beside others of its entity that is counted with their rows."""
    followed = "select source, stream, rows_landed, rows_staged, rows_core, explanation from ({}) as r where rows_staged is not null"
    for source, stream, landed, staged, core, explanation in _rows(conn, followed.format(NEWEST)):
        assert staged <= landed, f"{source}.{stream}"
        if staged < landed or (core is not None and core != staged):
            assert explanation, f"{source}.{stream}"


def test_a_second_reading_of_the_same_files_lands_nothing_and_publishes(conn: psycopg.Connection) -> None:
    """Would catch: a gate that takes unchanged files for lost rows, and rows doubled by the second run."""
    assert [state for (state,) in _rows(conn, "select state from ops.run order by started_at")] == ["success", "success"]
    [(again,)] = _rows(conn, f"select sum(rows_fetched) from ops.stream_load where run_id = {LAST_RUN}")
    assert again == 0


def test_a_visit_ends_after_half_an_hour_of_silence(conn: psycopg.Connection) -> None:
    """Would catch: visits that run on over nights, or one visit a request."""
    visits = (
        "select visitor_token, session_id, min(happened_at) as began, max(happened_at) as ended, max(session_duration_seconds) as seconds"
        " from input.input__web_events group by 1, 2"
    )
    next_of = "lead(began) over (partition by visitor_token order by began)"
    [(count, shortest_silence, wrong)] = _rows(
        conn,
        f"select count(*), min(silence), count(*) filter (where abs(seconds - extract(epoch from ended - began)) > 0.001)"
        f" from (select *, {next_of} - ended as silence from ({visits}) as visits) as spaced",
    )
    assert count > 100
    assert shortest_silence.total_seconds() > 30 * 60
    assert wrong == 0
    steps = "select happened_at - lag(happened_at) over (partition by session_id order by happened_at) as step from input.input__web_events"
    [(longest,)] = _rows(conn, f"select max(step) from ({steps}) as steps")
    assert 0 < longest.total_seconds() <= 30 * 60


def test_no_mail_or_network_address_of_the_files_is_anywhere_in_the_warehouse(conn: psycopg.Connection, exports: Path) -> None:
    """Would catch: a column declared internal that holds an address; the files themselves are the positive control."""
    texts = {name: "\n".join(_text(file) for file in sorted((exports / folder).iterdir())) for name, folder in FOLDERS.items()}
    known = {address for text in texts.values() for address in MAIL.findall(text)}
    known |= {line.split(" ", 1)[0] for line in texts["export_weblog"].splitlines()} | set(ADDRESS.findall(texts["export_qualtrics"]))
    assert len(known) > 50
    held = set()
    tables = "select schemaname, tablename from pg_tables where schemaname !~ '^(pg_|information_schema)'"
    for schema, table in _rows(conn, tables):
        rows = conn.execute(sql.SQL("select row_to_json(t)::text from {} as t").format(sql.Identifier(schema, table)))
        for (row,) in rows:
            held |= known.intersection(MAIL.findall(row)) | known.intersection(ADDRESS.findall(row))
    assert not held
