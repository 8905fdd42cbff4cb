"""What the scheduler sees in the DAG folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rapport.declarations import load_sources
from rapport.home import checkout

HEADINGS = ["Moves", "Upstream", "Downstream", "Schedule", "Running it again", "Connections", "If it is late", "Look first at"]
READER = Path(__file__).with_name("read_dags.py")


def read(folder: Path, sources: Path, scratch: Path) -> dict[str, Any]:
    """Return what a DAG folder holds, read in a process of its own with an Airflow home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "RAPPORT"))}
    env = {**kept, "AIRFLOW_HOME": str(scratch / "airflow"), "RAPPORT_HOME": str(scratch / "home"), "RAPPORT_SOURCES": str(sources)}
    env |= {"AIRFLOW__CORE__LOAD_EXAMPLES": "False", "RAPPORT_ROOT": str(checkout())}
    done = subprocess.run([sys.executable, str(READER), str(folder)], env=env, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found | {"home_made": (scratch / "home").exists()}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return read(checkout() / "dags", checkout() / "sources", tmp_path_factory.mktemp("dags"))


def test_exactly_the_expected_dags_are_found(found: dict[str, Any]) -> None:
    """Catches a DAG that vanished, an import error that hides one, and a test that passes on an empty folder."""
    others = {"build_warehouse", "refresh_dashboards", "erase_subject", "apply_retention", "mail_scorecard", "rotate_keys"}
    expected = {f"extract_{name}" for name in load_sources(checkout() / "sources")} | others
    assert found["errors"] == {}
    assert set(found["dags"]) == expected
    assert "extract_zendesk" in expected


def test_a_broken_declaration_is_an_import_error_with_its_line(tmp_path: Path) -> None:
    """Catches a broken declaration that silently loses its DAG: the positive control of the test above."""
    file = tmp_path / "sources" / "support" / "desk.yml"
    file.parent.mkdir(parents=True)
    file.write_text("source: desk\ndomain: nowhere\n")
    broken = read(checkout() / "dags", tmp_path / "sources", tmp_path)
    assert any("desk.yml:" in error for error in broken["errors"].values())
    assert "extract_desk" not in broken["dags"]


def test_reading_the_folder_is_quick_and_touches_nothing(found: dict[str, Any]) -> None:
    """Catches work at import: secrets read, connections opened, heavy libraries loaded every time the folder is parsed."""
    assert found["seconds"] < 3.0
    assert found["heavy"] == []
    assert found["home_made"] is False
    assert any(path.endswith("zendesk.yml") for path in found["opened"])  # what is opened is seen
    assert [path for path in found["opened"] if "/secrets/" in path] == []


def test_every_page_has_the_same_headings(found: dict[str, Any]) -> None:
    """Catches a DAG whose page does not say how to run it again, or what breaks if it is late."""
    for dag_id, dag in found["dags"].items():
        missing = [heading for heading in HEADINGS if f"**{heading}**" not in (dag["page"] or "")]
        assert (dag_id, missing) == (dag_id, [])


def test_tags_owners_and_limits_are_set(found: dict[str, Any]) -> None:
    """Catches a DAG that nobody owns, that is tagged out of the vocabulary, runs beside itself, catches up or never ends."""
    steps = {"step:extract", "step:build", "step:refresh", "step:rights", "step:mail"}
    domains = {f"domain:{source.domain}" for source in load_sources(checkout() / "sources").values()}
    for dag_id, dag in found["dags"].items():
        assert len(set(dag["tags"]) & steps) == 1, dag_id
        assert set(dag["tags"]) <= steps | domains, dag_id
        assert (dag["max_active_runs"], dag["catchup"], dag["has_start_date"], dag["has_timeout"]) == (1, False, False, True), dag_id
        for task_id, task in dag["tasks"].items():
            assert task["owner"] not in {"", "airflow"}, (dag_id, task_id)
            assert task["retries"] >= 1 or dag_id in {"erase_subject", "rotate_keys"}, (dag_id, task_id)  # a refusal stands, a key is made
            assert task["has_timeout"], (dag_id, task_id)


def test_an_extract_dag_follows_its_declaration(found: dict[str, Any]) -> None:
    """Catches a stream without a task, free text extracted before the directory is filled, and an event told too early."""
    for name, source in load_sources(checkout() / "sources").items():
        dag = found["dags"][f"extract_{name}"]
        tasks = dag["tasks"]
        assert set(tasks) == {f"load_{stream}" for stream in source.streams} | {"announce"}
        directory = sorted(f"load_{stream.name}" for stream in source.streams.values() if stream.feeds_directory)
        for stream in source.streams.values():
            assert tasks[f"load_{stream.name}"]["after"] == ([] if stream.feeds_directory else directory)
            assert tasks[f"load_{stream.name}"]["outlets"] == []
        assert tasks["announce"]["after"] == sorted(f"load_{stream}" for stream in source.streams)
        assert tasks["announce"]["outlets"] == [f"raw/{name}"]
        assert dag["schedule"] == source.schedule
        assert dag["params"] == ["full_refresh", "since"]


def test_the_chain_is_tied_by_assets(found: dict[str, Any]) -> None:
    """Catches a build that no source starts, a gate that a publication does not wait for, and dashboards that nobody refreshes."""
    build, refresh = found["dags"]["build_warehouse"], found["dags"]["refresh_dashboards"]
    assert build["assets"] == [f"raw/{name}" for name in load_sources(checkout() / "sources")]
    assert refresh["assets"] == ["release"]
    order = ["check_news", "gate_raw", "build_staging", "build_intermediate", "build_core", "analyse", "build_marts"]
    order += ["gate_marts", "audit_release", "publish_release"]
    assert {name: task["after"] for name, task in build["tasks"].items()} == {
        name: [before] if before else [] for before, name in zip(["", *order], order, strict=False)
    }
    assert [name for name, task in build["tasks"].items() if task["outlets"]] == ["publish_release"]
    assert build["tasks"]["publish_release"]["outlets"] == ["release"]


def test_dag_files_hold_wiring_only() -> None:
    """Catches logic that grows in the DAG folder, where nothing types or reuses it."""
    files = list((checkout() / "dags").glob("*.py"))
    names = {
        "extract.py",
        "build_warehouse.py",
        "refresh_dashboards.py",
        "erase_subject.py",
        "apply_retention.py",
        "mail_scorecard.py",
        "rotate_keys.py",
    }
    assert {file.name for file in files} == names
    assert all(len(file.read_text().splitlines()) <= 80 for file in files)


def test_the_timetable_names_every_dag(found: dict[str, Any]) -> None:
    """Catches a timetable that forgets a DAG or tells a schedule it does not have."""
    page = (checkout() / "dags" / "README.md").read_text()
    for dag_id, dag in found["dags"].items():
        lines = [line for line in page.splitlines() if f"`{dag_id}`" in line and line.startswith("|")]
        assert len(lines) == 1, dag_id
        assert not dag_id.startswith("extract_") or f"`{dag['schedule']}`" in lines[0]
