"""The ledger of runs, and the question whether a build is due."""

from __future__ import annotations

import psycopg
import pytest
from rapport.home import Home
from rapport.pipeline.runs import close_run, foreground_run, is_build_due, open_run


def _execute(home: Home, statement: str) -> None:
    with psycopg.connect(home.dsn("publisher")) as conn:
        conn.execute(statement.encode())


def _load(home: Home, landed: int, moment: str = "now()") -> None:
    _execute(
        home,
        "insert into ops.stream_load (load_id, run_id, source, domain, stream, started_at, finished_at, state, rows_landed)"
        f" values (gen_random_uuid(), 'r', 'desk', 'support', 'tickets', {moment}, {moment}, 'success', {landed})",
    )


@pytest.fixture
def released(warehouse: Home) -> Home:
    """A home that published a release of today from the rows that were there."""
    _load(warehouse, 10, "now() - interval '2 hours'")
    _execute(
        warehouse,
        "insert into ops.gate (run_id, gate, relation, expectation, success, checked_at)"
        " values ('run 1', 'raw', 'raw_desk.tickets', 'rule', true, now() - interval '1 minute')",
    )
    _execute(warehouse, "insert into ops.release (release_id, run_id, state) values ('release 1', 'run 1', 'published')")
    return warehouse


def test_nothing_new_needs_no_build(released: Home) -> None:
    """Catches five extractions that end near each other and start five builds."""
    assert not is_build_due(released)
    _load(released, 0)
    assert not is_build_due(released)


def test_new_rows_need_a_build(released: Home) -> None:
    """Catches rows that nobody ever sees because a build was skipped."""
    _load(released, 1)
    assert is_build_due(released)


def test_rows_landed_while_the_build_ran_need_another(released: Home) -> None:
    """Catches rows that landed after the gate had looked and before the release was published."""
    _execute(released, "update ops.release set published_at = now() + interval '1 second'")
    _load(released, 1, "now() - interval '30 seconds'")
    assert is_build_due(released)


def test_a_blocked_release_leaves_the_rows_new(released: Home) -> None:
    """Catches a blocked run that counts as the release of its rows."""
    _load(released, 1)
    _execute(
        released,
        "insert into ops.gate (run_id, gate, relation, expectation, success) values ('run 2', 'raw', 'raw_desk.tickets', 'rule', false)",
    )
    _execute(released, "insert into ops.release (release_id, run_id, state, reason) values ('release 2', 'run 2', 'blocked', 'a rule')")
    assert is_build_due(released)


def test_a_new_day_and_a_first_release_need_a_build(released: Home) -> None:
    """Catches open periods and ages that stand still on a quiet day."""
    _execute(released, "update ops.release set published_at = now() - interval '1 day'")
    assert is_build_due(released)
    _execute(released, "delete from ops.release")
    assert is_build_due(released)


def test_a_blocked_run_stays_blocked(warehouse: Home) -> None:
    """Catches a gate's refusal that is later told as a technical failure, and a repeated task that never closes its run."""
    for run_id, ends in (("a", ["blocked", "failed"]), ("b", ["failed"]), ("c", ["success"])):
        open_run(warehouse, run_id, "asset")
        for state in ends:
            close_run(warehouse, run_id, state)
    with psycopg.connect(warehouse.dsn("analyst")) as conn:
        assert conn.execute("select run_id, state from ops.run order by 1").fetchall() == [
            ("a", "blocked"),
            ("b", "failed"),
            ("c", "success"),
        ]
    open_run(warehouse, "b", "asset")
    close_run(warehouse, "b", "success")
    with psycopg.connect(warehouse.dsn("analyst")) as conn:
        assert conn.execute("select state, finished_at >= started_at from ops.run where run_id = 'b'").fetchall() == [("success", True)]


def test_a_killed_run_does_not_run_for_ever(warehouse: Home) -> None:
    """Catches a run of a dead process that every status shows as under way, and a living one that is taken for dead."""
    open_run(warehouse, "killed", "cli")  # as a process leaves it that was killed: its lock went with it
    open_run(warehouse, "scheduled", "asset")

    def running() -> set[str]:
        with psycopg.connect(warehouse.dsn("analyst")) as conn:
            return {row[0] for row in conn.execute("select run_id from ops.run where state = 'running'")}

    with foreground_run(warehouse, "first", "cli"):
        assert running() == {"first", "scheduled"}
        with pytest.raises(RuntimeError), foreground_run(warehouse, "second", "cli"):
            assert running() == {"first", "second", "scheduled"}
            raise RuntimeError
        assert running() == {"first", "scheduled"}
        close_run(warehouse, "first", "success")
