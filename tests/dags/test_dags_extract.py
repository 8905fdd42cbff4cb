"""`extract_zendesk` run by Airflow's own test runner, against the simulated helpdesk and a real warehouse."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rapport.box import airflow_settings, services
from rapport.declarations import load_sources
from rapport.home import Home

from tests.sandbox_server import SandboxServer, serve

RUNNER = Path(__file__).with_name("run_dag.py")


@pytest.fixture(scope="module")
def desk() -> Iterator[SandboxServer]:
    with serve(0.05) as served:
        yield served


@pytest.fixture(scope="module")
def ran(module_warehouse: Home, desk: SandboxServer) -> tuple[Home, dict[str, Any], str]:
    """The home, what the run says of itself, and everything it printed."""
    home = module_warehouse
    airflow_settings.write_connections(home, {"zendesk": desk.connections["zendesk"]})
    env = {**services.environment(home), **airflow_settings.environment(home)}
    airflow_settings.migrate(home, env, Path(sys.executable).with_name("airflow"))
    command = [sys.executable, str(RUNNER), str(home.root / "dags"), "extract_zendesk"]
    done = subprocess.run(command, env=env, cwd=home.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return home, json.loads(done.stdout.strip().splitlines()[-1]), done.stdout + done.stderr


def test_every_stream_is_landed_by_its_own_task(ran: tuple[Home, dict[str, Any], str]) -> None:
    """Catches a task that succeeds without landing its stream, and a run that the ledger does not know."""
    home, said, _ = ran
    streams = load_sources(home.sources_dir)["zendesk"].streams
    assert said["state"] == "success"
    assert said["tasks"] == {f"load_{stream}": "success" for stream in streams} | {"announce": "success"}
    with psycopg.connect(home.dsn("analyst")) as conn:
        loads = conn.execute("select stream, state, rows_landed, run_id from ops.stream_load").fetchall()
        runs = conn.execute("select run_id, trigger, state, finished_at is not null from ops.run").fetchall()
    assert sorted(load[0] for load in loads) == sorted(streams)
    assert {load[1] for load in loads} == {"success"}
    assert {load[0]: load[2] for load in loads}["tickets"] > 100
    assert runs == [(f"extract_zendesk__{said['run_id']}", "manual", "success", True)]
    assert {load[3] for load in loads} == {runs[0][0]}


def test_no_credential_stands_in_logs_or_in_airflows_database(ran: tuple[Home, dict[str, Any], str], desk: SandboxServer) -> None:
    """Catches a connection that is returned by a task, printed, or rendered into the metadata database."""
    home, _, printed = ran
    secret = str(desk.connections["zendesk"]["password"])
    kept = (home.dir("secrets") / airflow_settings.CONNECTIONS).read_text()
    assert secret in kept  # the control: this is the secret, and it was used
    logs = [file for file in home.dir("logs").rglob("*") if file.is_file()]
    assert secret not in printed
    assert [file for file in logs if secret in file.read_text(errors="replace")] == []
    with psycopg.connect(home.dsn("airflow", "airflow")) as conn:
        counts = [str(row[0]) for row in conn.execute("select value::text from xcom").fetchall()]
        fields = [str(row[0]) for row in conn.execute("select rendered_fields::text from rendered_task_instance_fields").fetchall()]
    assert any("rows_landed" in value for value in counts)
    assert [value for value in counts + fields if secret in value] == []
