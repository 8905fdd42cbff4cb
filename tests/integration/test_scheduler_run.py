"""What Airflow's own database says after `rapport demo`: the scheduler ran the chain, tied by assets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from rapport.declarations import sources_in_use

from tests.whole_box import Box

_STARTED_BY = (
    "select r.dag_id, r.run_id, r.run_type, r.state, a.name as asset, e.source_dag_id, e.source_task_id from dag_run as r"
    " left join dagrun_asset_event as x on x.dag_run_id = r.id left join asset_event as e on e.id = x.event_id"
    " left join asset as a on a.id = e.asset_id order by r.id"
)


@pytest.fixture(scope="module")
def ledger(demo: Box) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """A connection to Airflow's own database."""
    with psycopg.connect(demo.home.dsn("airflow", "airflow"), autocommit=True, row_factory=dict_row) as conn:
        yield conn


def _first_published(demo: Box) -> str:
    """The moment of the demonstration's release: later tests may make others."""
    return str(demo.query("engineer", "select min(published_at)::text as first from ops.release where state = 'published'")[0]["first"])


def test_every_source_ran_once_with_a_task_a_stream(demo: Box, ledger: psycopg.Connection[dict[str, Any]]) -> None:
    """Catches a demonstration that ran the pipeline past the scheduler, or a stream that no task extracted."""
    for name, source in sources_in_use(demo.home).items():
        # beside the run that the demonstration asked for, the timetable may have come round
        asked = "select run_id, state from dag_run where dag_id = %s and run_type = 'manual' and run_after <= %s"
        runs = ledger.execute(asked, [f"extract_{name}", _first_published(demo)]).fetchall()
        assert [run["state"] for run in runs] == ["success"]
        of_run = "select task_id, state from task_instance where dag_id = %s and run_id = %s"
        tasks = ledger.execute(of_run, [f"extract_{name}", runs[0]["run_id"]]).fetchall()
        assert sorted(task["task_id"] for task in tasks) == sorted([*(f"load_{stream}" for stream in source.streams), "announce"])
        assert {task["state"] for task in tasks} == {"success"}


def test_asset_events_started_the_build_and_the_dashboards(demo: Box, ledger: psycopg.Connection[dict[str, Any]]) -> None:
    """Catches a build that somebody has to start, and one that starts before its source has announced."""
    started = ledger.execute(_STARTED_BY).fetchall()
    builds = [run for run in started if run["dag_id"] == "build_warehouse" and run["run_type"] == "asset_triggered"]
    assert builds[0]["state"] == "success"
    told = {(run["asset"], run["source_dag_id"], run["source_task_id"]) for run in builds}
    assert told >= {(f"raw/{name}", f"extract_{name}", "announce") for name in sources_in_use(demo.home)}
    refreshes = [run for run in started if run["dag_id"] == "refresh_dashboards"]
    assert refreshes[0]["state"] == "success"
    told = {(run["asset"], run["source_dag_id"], run["source_task_id"]) for run in refreshes}
    assert told == {("release", "build_warehouse", "publish_release")}


def test_the_first_release_was_made_by_the_scheduler(demo: Box, ledger: psycopg.Connection[dict[str, Any]]) -> None:
    """Catches a demonstration whose release no run of the scheduler made."""
    built = {f"build_warehouse__{row['run_id']}" for row in ledger.execute("select run_id from dag_run where dag_id = 'build_warehouse'")}
    first = demo.query("engineer", "select run_id from ops.release where state = 'published' order by published_at limit 1")[0]["run_id"]
    assert first in built
    runs = demo.query("engineer", f"select trigger, state from ops.run where run_id = '{first}'")
    assert runs == [{"trigger": "asset", "state": "success"}]
