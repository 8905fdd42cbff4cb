"""Steps in Python between core and marts: computed once for the same rows, merged by key, refused aloud."""

from __future__ import annotations

import dataclasses

import pandas as pd
import psycopg
import pytest
from rapport.analysis import AnalysisError, Outcome, Step, Work, run_steps
from rapport.analysis.registry import in_order
from rapport.home import Home, checkout
from rapport.warehouse.analysis_tables import declared_tables, ensure_analysis_tables


@pytest.fixture
def desk(warehouse: Home) -> Home:
    """A warehouse in which `core.counted` holds two rows."""
    with psycopg.connect(warehouse.dsn("transformer"), autocommit=True) as conn:
        ensure_analysis_tables(conn, checkout() / "dbt_project")
        conn.execute("create table core.counted as select * from (values (1, 'a'), (2, 'b')) as t (id, word)")
        conn.execute("create table analysis.seen (id bigint primary key, size bigint)")
    return warehouse


def _count(work: Work) -> Outcome:
    seen = work.frame("select id, length(word) as size from core.counted order by id")
    if len(seen) < 2:
        return Outcome(refused="fewer than 2 rows")
    estimate = {"metric": "words", "grain": "month", "period_start": "2026-01-01", "value": float(len(seen)), "n": len(seen)}
    return Outcome({"seen": seen}, pd.DataFrame([estimate]))


STEP = Step("words", 1, ("core.counted",), ("seen",), _count)


def _rows(home: Home, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(home.dsn("transformer"), autocommit=True) as conn:
        return conn.execute(query).fetchall()  # type: ignore[call-overload]


def _state(home: Home, step: Step, **how: bool) -> tuple[str, str | None]:
    (result,) = run_steps(home, "run 1", wanted=[step], **how)
    return result.state, result.reason


def test_a_step_runs_when_what_it_reads_has_changed(desk: Home) -> None:
    """Would catch: a step that computes the same again every build, or keeps an old answer after a row, a version or a setting changed."""
    assert _state(desk, STEP) == ("computed", None)
    assert _state(desk, STEP) == ("unchanged", None)
    assert _state(desk, STEP, full_refresh=True) == ("computed", None)
    assert _state(desk, dataclasses.replace(STEP, version=2)) == ("computed", None)
    assert _state(desk, dataclasses.replace(STEP, version=2, settings=("surveys",))) == ("computed", None)
    _run(desk, "update core.counted set word = 'bcd' where id = 2")
    assert _state(desk, STEP) == ("computed", None)
    assert _rows(desk, "select id, size from analysis.seen order by id") == [(1, 1), (2, 3)]
    assert _rows(desk, "select step, metric, country, item, value, n, low from analysis.metric_estimate") == [
        ("words", "words", "all", "all", 2.0, 2, None)
    ]


def test_a_refusal_is_kept_and_takes_old_answers_away(desk: Home) -> None:
    """Would catch: a number that stays on the dashboard after its step refused to compute it."""
    run_steps(desk, "run 1", wanted=[STEP])
    _run(desk, "delete from core.counted where id = 2")
    assert _state(desk, STEP) == ("refused", "fewer than 2 rows")
    assert _state(desk, STEP) == ("unchanged", "fewer than 2 rows")
    assert _rows(desk, "select count(*) from analysis.seen") == [(0,)]
    assert _rows(desk, "select count(*) from analysis.metric_estimate") == [(0,)]


def test_a_merged_table_keeps_what_it_knew(desk: Home) -> None:
    """Would catch: a step over texts that rewrites all of history for one new text, or keeps the row of one that was erased."""

    def run(work: Work) -> Outcome:
        known = "false" if work.is_whole else "exists (select 1 from analysis.seen s where s.id = c.id)"
        return Outcome({"seen": work.frame(f"select id, length(word) as size from core.counted c where not {known}")})  # type: ignore[arg-type]

    gone = "not exists (select 1 from core.counted as c where c.id = seen.id)"
    step = Step("words", 1, ("core.counted",), ("seen",), run, merges={"seen": gone})
    run_steps(desk, "run 1", wanted=[step])
    _run(desk, "update core.counted set word = 'not looked at again' where id = 1")
    _run(desk, "insert into core.counted values (3, 'ccc')")
    _run(desk, "delete from core.counted where id = 2")
    run_steps(desk, "run 2", wanted=[step])
    assert _rows(desk, "select id, size from analysis.seen order by id") == [(1, 1), (3, 3)]
    run_steps(desk, "run 3", full_refresh=True, wanted=[step])
    assert _rows(desk, "select id, size from analysis.seen order by id") == [(1, 19), (3, 3)]


def test_a_wrong_step_is_refused_and_leaves_nothing(desk: Home) -> None:
    """Would catch: half a step's rows kept after it failed, or a table written that nobody declared."""

    def fail(work: Work) -> Outcome:
        raise ZeroDivisionError

    with pytest.raises(AnalysisError, match="step words failed: ZeroDivisionError"):
        run_steps(desk, "run 1", wanted=[dataclasses.replace(STEP, run=fail)])
    with pytest.raises(AnalysisError, match="gives seen, which it does not declare"):
        run_steps(desk, "run 1", wanted=[dataclasses.replace(STEP, writes=())])
    assert _rows(desk, "select count(*) from analysis.step") == [(0,)]


def test_steps_follow_what_they_read() -> None:
    """Would catch: a step that runs before the one whose table it reads, and circles that nobody sees."""
    last = Step("a", 1, ("analysis.seen",), (), _count)
    assert [step.name for step in in_order([last, STEP])] == ["words", "a"]
    with pytest.raises(AnalysisError, match="circle"):
        in_order([dataclasses.replace(last, writes=("other",)), dataclasses.replace(STEP, reads=("analysis.other",))])


def test_tables_of_analysis_hold_no_text_and_no_personal_value() -> None:
    """Would catch: a text, a token or a name that a step copies into a table no erasure looks at."""
    import yaml

    tables = declared_tables(checkout() / "dbt_project")
    assert {"step", "metric_estimate"} <= {table.name for table in tables}
    for file in (checkout() / "dbt_project" / "models" / "analysis").glob("*.yml"):
        for source in yaml.safe_load(file.read_text())["sources"]:
            for table in source["tables"]:
                for column in table["columns"]:
                    assert column["config"]["meta"]["privacy"] in {"public", "internal"}, (table["name"], column["name"])


def _run(home: Home, statement: str) -> None:
    with psycopg.connect(home.dsn("transformer"), autocommit=True) as conn:
        conn.execute(statement)  # type: ignore[call-overload]
