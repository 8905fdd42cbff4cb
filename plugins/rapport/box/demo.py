"""The demonstration: everything started, the pipeline run by Airflow's own scheduler, and where to look."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg

from rapport import processes
from rapport.box import dashboards, lifecycle, services
from rapport.box.airflow_client import AirflowClient
from rapport.declarations import sources_in_use
from rapport.home import Home, HomeError
from rapport.pipeline.order import in_order
from rapport.pipeline.runs import is_build_due

Log = Callable[[str], None]
BUILD, REFRESH = "build_warehouse", "refresh_dashboards"
_DONE = {"success", "failed"}
_PEOPLE = {"analyst": "Support, Voice & drivers, Pipeline & lineage; SQL Lab", "leader": "Support, Voice & drivers"}


def demo(home: Home, log: Log, *, fresh: bool = False) -> None:
    """Start everything, run the pipeline once through Airflow and print addresses, users and passwords.

    Nothing is run when a release stands already, unless `fresh`: a second call is quick and harmless.

    Raises:
        HomeError: a service does not start, or a run fails; the message says where to look.
    """
    began = time.monotonic()
    with Memory(home) as memory:
        lifecycle.start_warehouse(home, log)
        lifecycle.start_reaper(home)
        with lifecycle.Beside(lambda: lifecycle.start_superset(home, log)):
            lifecycle.start_sources(home, log)
            lifecycle.start_airflow(home, log)
            if fresh or not _has_release(home):
                _Pass(home, log).run()
            else:
                log("a release stands already; `rapport demo --fresh` would run the pipeline again")
    for line in _table(home):
        log(line)
    log(f"{time.monotonic() - began:.0f} s in all; at most {memory.peak / 2**30:.1f} GB of memory")


class _Pass:
    """One pass of the pipeline through Airflow's scheduler, with its progress."""

    def __init__(self, home: Home, log: Log) -> None:
        self._home, self._log = home, log
        self._client = AirflowClient(home)
        self._shown: set[object] = set()
        with psycopg.connect(home.dsn("engineer")) as conn:
            row = conn.execute("select now()").fetchone()
        self._began: datetime = row[0] if row else datetime.now(UTC)

    def run(self) -> None:
        """Trigger the extractions, those that know people's names first, then follow build and dashboards to their end."""
        sources = sources_in_use(self._home)
        self._wait_for_dags([*(f"extract_{name}" for name in sources), BUILD, REFRESH])
        for group in in_order(sources.values()):
            names = [source.name for source in group]
            runs = {f"extract_{name}": self._client.trigger(f"extract_{name}") for name in names}
            self._log(f"extracting {', '.join(names)}")
            self._follow(partial(self._are_done, runs))
            if failed := [dag for dag, run in runs.items() if self._state(dag, run) == "failed"]:
                raise HomeError(
                    f"{', '.join(failed)} failed: read its log at {services.address(self._home, services.API_SERVER)}/dags/{failed[0]}"
                )
        self._log("building the warehouse")
        self._follow(self._is_built, dags=[BUILD], seconds=3600)
        self._raise_if_blocked()
        self._log("refreshing the dashboards")
        self._follow(lambda: self._is_settled(REFRESH), dags=[REFRESH], seconds=900)
        newest = self._fresh_runs(REFRESH)[0]
        if newest["state"] == "failed":
            raise HomeError(f"{REFRESH} failed: read {self._home.path}/logs/superset-publish.log")

    def _wait_for_dags(self, wanted: list[str], seconds: float = 90.0) -> None:
        deadline = time.monotonic() + seconds
        while missing := [dag for dag in wanted if dag not in self._client.dags()]:
            if time.monotonic() > deadline:
                errors = "\n".join(self._client.import_errors())
                raise HomeError(f"Airflow does not show {', '.join(missing)} after {seconds:.0f} s\n{errors}".rstrip())
            time.sleep(1)

    def _state(self, dag: str, run: str) -> str:
        return next((str(one["state"]) for one in self._client.runs(dag) if one["dag_run_id"] == run), "unknown")

    def _are_done(self, runs: dict[str, str]) -> bool:
        return {self._state(dag, run) for dag, run in runs.items()} <= _DONE

    def _is_built(self) -> bool:
        """Whether no build runs and either the last one failed or the release holds all that was extracted."""
        if not self._is_settled(BUILD):
            return False
        return self._fresh_runs(BUILD)[0]["state"] == "failed" or not is_build_due(self._home)

    def _fresh_runs(self, dag: str) -> list[dict[str, Any]]:
        return [run for run in self._client.runs(dag) if run["queued_at"] and run["queued_at"] >= self._began]

    def _is_settled(self, dag: str) -> bool:
        runs = self._fresh_runs(dag)
        return bool(runs) and all(run["state"] in _DONE for run in runs)

    def _follow(self, is_done: Callable[[], bool], *, dags: list[str] | None = None, seconds: float = 3600.0) -> None:
        deadline = time.monotonic() + seconds
        while not is_done():
            self._show_loads()
            self._show_tasks(dags or [])
            if time.monotonic() > deadline:
                raise HomeError(f"not finished after {seconds:.0f} s: see {services.address(self._home, services.API_SERVER)}")
            time.sleep(2)
        self._show_loads()
        self._show_tasks(dags or [])

    def _show_loads(self) -> None:
        with psycopg.connect(self._home.dsn("engineer")) as conn:
            done = conn.execute(
                "select load_id, source || '.' || stream, rows_landed, rows_quarantined, extract(epoch from finished_at - started_at)"
                " from ops.stream_load where started_at >= %s and state = 'success' order by finished_at",
                [self._began],
            ).fetchall()
        for load, stream, landed, set_aside, seconds in done:
            if load not in self._shown:
                self._shown.add(load)
                aside = f", {set_aside:,} set aside" if set_aside else ""
                self._log(f"  {stream:<34} {landed:>9,} rows {seconds:>7.1f} s{aside}")

    def _show_tasks(self, dags: list[str]) -> None:
        for dag in dags:
            for run in self._fresh_runs(dag):
                for task in self._client.tasks(dag, run["dag_run_id"]):
                    mark = (run["dag_run_id"], task["task_id"], task["state"])
                    if task["state"] in {"success", "failed"} and mark not in self._shown:
                        self._shown.add(mark)
                        word = "" if task["state"] == "success" else "  FAILED"
                        self._log(f"  {dag + '.' + task['task_id']:<34} {'':>14} {task['duration'] or 0:>7.1f} s{word}")

    def _raise_if_blocked(self) -> None:
        with psycopg.connect(self._home.dsn("engineer")) as conn:
            row = conn.execute("select state, reason from ops.release order by published_at desc limit 1").fetchone()
        if row is None or row[0] != "published":
            reason = row[1] if row else "the build failed before it could publish"
            address = services.address(self._home, services.API_SERVER)
            raise HomeError(f"no release was published: {reason}. See {address}/dags/{BUILD}")


class Memory:
    """Watches the memory of all processes of a home while the body of a `with` runs; `peak` is in bytes (PSS)."""

    def __init__(self, home: Home, every: float = 5.0) -> None:
        """Watch `home`, looking every so many seconds."""
        self._home, self._every = home, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak = 0

    def look(self) -> None:
        """Measure once."""
        pids = {os.getpid(), *processes.descendants(os.getpid())}
        for name in services.NAMES:
            pids.update(processes.members(self._home, name))
        self.peak = max(self.peak, processes.pss_bytes(sorted(pids)))

    def _watch(self) -> None:
        while not self._stop.wait(self._every):
            self.look()

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.look()


def _has_release(home: Home) -> bool:
    with psycopg.connect(home.dsn("engineer")) as conn:
        return conn.execute("select 1 from ops.release where state = 'published' limit 1").fetchone() is not None


def _table(home: Home) -> list[str]:
    superset = services.address(home, services.SUPERSET)
    airflow = services.address(home, services.API_SERVER)
    rows = [("where", "user", "password", "what for")]
    for role, purpose in _PEOPLE.items():
        found = dashboards.login(home, role)
        rows.append((found["address"], found["user"], found["password"], purpose))
    rows.append((str(airflow), "engineer", home.secret("airflow_engineer_user"), "DAGs, runs and logs"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["", *("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows), ""]
    lines.append(f'Open first: {superset}/superset/dashboard/support/ as analyst. SQL: psql "$(rapport url --role analyst)"')
    return lines
