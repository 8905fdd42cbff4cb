"""Would catch: a release seen in part, rows rewritten that did not change, a block that touches data, an audit that lets people through."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from rapport.home import Home
from rapport.warehouse import publish as publishing
from rapport.warehouse.audit import audit_marts
from rapport.warehouse.dbt import manifest_file
from rapport.warehouse.dbt_project import ensure_build_tables
from rapport.warehouse.publish import PublishError, block, publish

VALUE_COLUMNS = (
    "metric text, version bigint, grain text, period_start date, country text, segment text, industry text, strategic text, channel text,"
    " queue text, survey text, touchpoint text, stage text, role text, reason text, item text, value float,"
    " ci_low float, ci_high float, n bigint, n_eligible bigint, coverage_rate float, change float,"
    " change_ci_low float, change_ci_high float, suppressed_reason text, restated boolean, release_id text"
)
CUTS = ("country", "segment", "industry", "strategic", "channel", "queue", "survey", "touchpoint", "stage", "role", "reason", "item")
KEY = ["metric", "version", "grain", "period_start", *CUTS]
TABLES = {
    "metric_value": (VALUE_COLUMNS, KEY),
    "metric_definition": ("metric text, version bigint, privacy_k bigint", ["metric"]),
    "voice_score_distribution": (
        "month date, measure text, survey text, score float, answers bigint",
        ["month", "measure", "survey", "score"],
    ),
    "dim_person": ("person_key text, country text", ["person_key"]),
}


def note_marts(home: Home, **extra: dict[str, str]) -> None:
    """Write the part of dbt's manifest that publish and audit read; `extra` gives a table further columns with their privacy class."""
    nodes = {}
    for name, (columns, key) in TABLES.items():
        classes = {column.split()[0]: "internal" for column in columns.split(", ")} | extra.get(name, {})
        nodes[name] = {
            "resource_type": "model",
            "schema": "next_marts_cx",
            "alias": name,
            "config": {"meta": {"key": key}},
            "columns": {column: {"config": {"meta": {"privacy": privacy}}} for column, privacy in classes.items()},
        }
    manifest_file(home).parent.mkdir(parents=True, exist_ok=True)
    manifest_file(home).write_text(json.dumps({"nodes": nodes}))


def run(home: Home, *statements: str, role: str = "transformer") -> list[tuple[Any, ...]]:
    with psycopg.connect(home.dsn(role)) as conn:
        for statement in statements:
            cursor = conn.execute(statement)
        return cursor.fetchall() if cursor.description else []


def value(month: str, number: float, n: int = 50) -> str:
    cuts = ", ".join(["'all'"] * len(CUTS))
    rest = f"{number}, {number - 1}, {number + 1}, {n}, {n}, 1, null, null, null, null, false, null"
    return f"insert into next_marts_cx.metric_value values ('nps', 1, 'month', '{month}-01', {cuts}, {rest})"


@pytest.fixture
def built(warehouse: Home) -> Home:
    """A home whose next marts were made by hand."""
    note_marts(warehouse)
    run(warehouse, *(f"create table next_marts_cx.{name} ({columns})" for name, (columns, _) in TABLES.items()))
    run(
        warehouse,
        "insert into next_marts_cx.metric_definition values ('nps', 1, 5)",
        "insert into next_marts_cx.dim_person values ('p1', 'DE'), ('p2', 'US')",
        "comment on table next_marts_cx.dim_person is 'Customers.'",
        "comment on column next_marts_cx.dim_person.country is 'Country.'",
        value("2026-01", 30),
        value("2026-02", 31),
    )
    return warehouse


def test_a_release_is_read_by_those_who_may_and_its_comments_come_along(built: Home) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        run(built, "select * from marts_cx.dim_person", role="analyst")
    release = publish(built, "run")
    assert release.rows_changed == 5
    assert run(built, "select count(*) from marts_cx.dim_person", role="analyst") == [(2,)]
    assert run(built, "select count(*) from marts_cx.dim_person", role="leader") == [(2,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(built, "select * from marts_cx.dim_person", role="hr")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(built, "select * from next_marts_cx.dim_person", role="analyst")
    comments = "select obj_description('marts_cx.dim_person'::regclass), col_description('marts_cx.dim_person'::regclass, 2)"
    assert run(built, comments, role="analyst") == [("Customers.", "Country.")]
    assert run(built, "select release_id, state, reason from marts_cx.release_status", role="leader") == [
        (release.release_id, "published", None)
    ]


def test_only_what_changed_is_written(built: Home) -> None:
    first = publish(built, "run 1")
    assert publish(built, "run 2").rows_changed == 0
    run(built, "update next_marts_cx.metric_value set value = 40 where period_start = '2026-02-01'", value("2026-03", 33))
    run(built, "delete from next_marts_cx.dim_person where person_key = 'p2'")
    third = publish(built, "run 3")
    assert third.rows_changed == 3
    rows = run(built, "select to_char(period_start, 'MM'), value, release_id from marts_cx.metric_value order by 1", role="analyst")
    assert rows == [("01", 30, first.release_id), ("02", 40, third.release_id), ("03", 33, third.release_id)]
    assert run(built, "select person_key from marts_cx.dim_person", role="analyst") == [("p1",)]


def test_a_value_that_changes_after_its_period_is_restated(built: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_data_as_of", lambda _conn: datetime(2026, 2, 10, tzinfo=UTC))
    publish(built, "run 1")
    run(built, "update next_marts_cx.metric_value set value = value + 1")
    publish(built, "run 2")
    rows = run(built, "select to_char(period_start, 'MM'), restated from marts_cx.metric_value order by 1", role="analyst")
    assert rows == [("01", True), ("02", False)]  # February was still open


def test_a_relation_that_changes_its_shape_is_swapped_whole(built: Home) -> None:
    publish(built, "run 1")
    run(built, "alter table next_marts_cx.dim_person add column language text default 'de'")
    release = publish(built, "run 2")
    assert release.swapped == ("marts_cx.dim_person",)
    assert run(built, "select distinct language from marts_cx.dim_person", role="analyst") == [("de",)]


def test_a_reader_never_sees_half_a_release(built: Home) -> None:
    publish(built, "run 1")
    with psycopg.connect(built.dsn("analyst")) as reader:
        reader.execute("set transaction isolation level repeatable read")
        before = reader.execute("select sum(value) from marts_cx.metric_value").fetchall()
        run(built, "update next_marts_cx.metric_value set value = 0", "delete from next_marts_cx.dim_person")
        publish(built, "run 2")  # does not wait for the reader
        assert reader.execute("select sum(value) from marts_cx.metric_value").fetchall() == before
        assert reader.execute("select count(*) from marts_cx.dim_person").fetchall() == [(2,)]
    assert run(built, "select sum(value) from marts_cx.metric_value", role="analyst") == [(0,)]


def test_a_reader_who_holds_a_changed_relation_stops_the_release_whole(built: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_LOCK_TIMEOUT", "200ms")
    monkeypatch.setattr(publishing, "_TRIES", 2)
    monkeypatch.setattr(publishing, "_PAUSE", 0.01)
    publish(built, "run 1")
    run(built, "alter table next_marts_cx.dim_person add column language text", "update next_marts_cx.metric_value set value = 0")
    with psycopg.connect(built.dsn("analyst")) as reader:
        reader.execute("select * from marts_cx.dim_person")
        with pytest.raises(PublishError, match="long queries"):
            publish(built, "run 2")
    assert run(built, "select sum(value) from marts_cx.metric_value", role="analyst") == [(61,)]
    assert publish(built, "run 3").rows_changed > 0


def test_a_block_leaves_the_data_and_says_why(built: Home) -> None:
    block(built, "run 0", "nothing is there yet")
    assert run(built, "select release_id, state, reason from marts_cx.release_status", role="analyst") == [
        (None, "blocked", "nothing is there yet")
    ]
    release = publish(built, "run 1")
    run(built, "update next_marts_cx.metric_value set value = 0")
    block(built, "run 2", "the gate on marts: a share is above 1")
    assert run(built, "select sum(value) from marts_cx.metric_value", role="analyst") == [(61,)]
    status = run(built, "select release_id, state, reason from marts_cx.release_status", role="leader")
    assert status == [(release.release_id, "blocked", "the gate on marts: a share is above 1")]
    assert run(built, "select state from ops.release order by published_at", role="analyst") == [("blocked",), ("published",), ("blocked",)]
    publish(built, "run 3")
    assert run(built, "select state, reason from marts_cx.release_status", role="leader") == [("published", None)]


def test_the_audit_passes_a_clean_release(built: Home) -> None:
    result = audit_marts(built)
    assert result.passed, result.reason
    assert result.judged > 30


@pytest.mark.parametrize(
    ("breach", "says"),
    [
        ("update next_marts_cx.metric_value set suppressed_reason = 'fewer than 5' where period_start = '2026-01-01'", "hidden cells"),
        ("update next_marts_cx.metric_value set n = 4", "fewer cases"),
        ("update next_marts_cx.metric_definition set privacy_k = 51", "fewer cases"),
        (
            "update next_marts_cx.metric_value set value = null, ci_low = null, ci_high = null, n = null, n_eligible = null,"
            " coverage_rate = null, suppressed_reason = 'fewer than 5' where period_start = '2026-01-01';"
            " update next_marts_cx.metric_value set change = 1 where period_start = '2026-02-01'",
            "against a hidden period",
        ),
        ("insert into next_marts_cx.voice_score_distribution values ('2026-01-01', 'csat', 's', 5, 4)", "fewer than five answers"),
    ],
)
def test_the_audit_refuses_what_would_give_a_person_away(built: Home, breach: str, says: str) -> None:
    run(built, *breach.split(";"))
    result = audit_marts(built)
    assert not result.passed
    assert says in result.reason


@pytest.mark.parametrize(
    ("column", "privacy", "refused"),
    [
        *[(name, "internal", True) for name in ("employee_key", "assignee_id", "email_token", "source_id", "agent_user_id")],
        ("birthday_band", "personal", True),
        ("diagnosis", "sensitive", True),
        ("public_agent_replies", "internal", False),
        ("comment_redacted", "free_text", False),
    ],
)
def test_the_audit_reads_the_columns(built: Home, column: str, privacy: str, refused: bool) -> None:
    note_marts(built, dim_person={column: privacy})
    result = audit_marts(built)
    assert result.passed is not refused
    assert (column in result.reason) is refused


def test_a_mart_that_is_added_to_is_published_by_what_was_written(warehouse: Home) -> None:
    """Would catch: rows written or removed that readers do not see, the build's stamp shown, a part only of a mart made anew."""
    node: dict[str, Any] = {"resource_type": "model", "schema": "next_marts_cx", "alias": "fct_contact"}
    node |= {"config": {"meta": {"key": ["contact_key"]}, "incremental_strategy": "tracked"}, "columns": {}}
    manifest_file(warehouse).parent.mkdir(parents=True, exist_ok=True)
    manifest_file(warehouse).write_text(json.dumps({"nodes": {"fct_contact": node}}))
    with psycopg.connect(warehouse.dsn("transformer")) as conn:
        ensure_build_tables(conn, "salt")
    mark = "insert into intermediate.build_mark values ('next_marts_cx.fct_contact', '{0}', {1}, '{0}', {2}) on conflict (relation)"
    mark += " do update set built_at = excluded.built_at, whole_at = excluded.whole_at"
    row = "insert into next_marts_cx.fct_contact values ('{}', {}, '{}')"
    shown = "select string_agg(contact_key || value, ' ' order by contact_key) from marts_cx.fct_contact"
    run(warehouse, "create table next_marts_cx.fct_contact (contact_key text, value int, _built_at timestamp)")
    run(warehouse, mark.format("2026-01-01", "true", "'2026-01-01'"), *(row.format(key, 1, "2026-01-01") for key in "ab"))
    assert publish(warehouse, "first").rows_changed == 2
    with pytest.raises(psycopg.errors.UndefinedColumn):
        run(warehouse, "select _built_at from marts_cx.fct_contact", role="analyst")
    run(
        warehouse,
        "delete from next_marts_cx.fct_contact",
        "insert into intermediate.removed_row values ('next_marts_cx.fct_contact', array['b'], '2026-01-02')",
        *(row.format(key, 2, "2026-01-02") for key in "ac"),
        row.format("unseen", 3, "2026-01-01"),
        mark.format("2026-01-02", "false", "'2026-01-01'"),
    )
    assert publish(warehouse, "second").rows_changed == 3
    assert run(warehouse, shown, role="analyst") == [("a2 c2",)]  # what was not stamped was not looked at
    assert publish(warehouse, "third").rows_changed == 0
    run(warehouse, mark.format("2026-01-03", "true", "'2026-01-03'"))
    assert publish(warehouse, "made anew").rows_changed == 1
    assert run(warehouse, shown, role="analyst") == [("a2 c2 unseen3",)]
