"""Start, stop and describe everything that belongs to one home."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rapport import processes
from rapport.box import airflow_settings, connections, dashboards, services
from rapport.home import Home, HomeError
from rapport.warehouse import ops, server, server_place

Log = Callable[[str], None]
MARKER = "rapport-home"  # only a folder that holds this file is ever removed


def start_warehouse(home: Home, log: Log) -> None:
    """Start PostgreSQL and bring roles, schemas and grants to what this version needs."""
    claim(home)
    began = time.monotonic()
    ops.ensure_warehouse(home)
    log(f"warehouse ready at {services.address(home, services.POSTGRES)} ({time.monotonic() - began:.1f} s)")


def start_sources(home: Home, log: Log) -> bool:
    """Make the source systems reachable, the simulated company if need be; returns whether the data is simulated."""
    began = time.monotonic()
    sources = connections.declared_sources(home)
    connections.refuse_mixture(home, connections.needs_sandbox(home, sources))
    simulated = connections.prepare(home, sources)
    if simulated:
        log(f"sandbox company at {services.address(home, services.SANDBOX)} ({time.monotonic() - began:.1f} s)")
    return simulated


def start_airflow(home: Home, log: Log, seconds: float = 120.0) -> None:
    """Migrate Airflow's tables if need be, start its four processes and wait until each is well."""
    began = time.monotonic()
    airflow_settings.write_passwords(home)
    description = services.service(home, services.API_SERVER)
    if airflow_settings.migrate(home, description.env, Path(description.argv[0])):
        log(f"Airflow's tables made ({time.monotonic() - began:.1f} s)")
    for name in services.AIRFLOW:
        start(home, name)
    for name in services.AIRFLOW:
        wait_until_well(home, name, seconds)
    log(f"Airflow at {services.address(home, services.API_SERVER)} ({time.monotonic() - began:.1f} s)")


def start_superset(home: Home, log: Log, seconds: float = 120.0) -> None:
    """Bring Superset's tables, roles and users to what the checkout says, start it and wait for its login page."""
    if services.is_well(home, services.SUPERSET):
        return
    began = time.monotonic()
    dashboards.deploy(home, "bootstrap")
    start(home, services.SUPERSET)
    wait_until_well(home, services.SUPERSET, seconds)
    log(f"Superset at {services.address(home, services.SUPERSET)} ({time.monotonic() - began:.1f} s)")


def prepare(home: Home, log: Log) -> None:
    """Make all that the services of a server need before they start: databases, roles, tables, users. Starts nothing, safe to repeat."""
    start_warehouse(home, log)
    sources = connections.declared_sources(home)
    connections.write_connections(home, sources)
    description = services.service(home, services.API_SERVER)
    program = Path(description.argv[0])
    airflow_settings.migrate(home, description.env, program)
    if airflow_settings.uses_fab():
        airflow_settings.create_fab_users(home, description.env, program)
    else:
        airflow_settings.write_passwords(home)
    dashboards.deploy(home, "bootstrap")
    log("ready: the services can start")


def start_reaper(home: Home) -> None:
    """Start what holds people's statements to their time limit, and wait until it is at it."""
    start(home, services.REAPER)
    wait_until_well(home, services.REAPER, 60.0)


def up(home: Home, log: Log) -> None:
    """Start everything: the warehouse first, then Superset beside the sources and Airflow; safe to call again."""
    start_warehouse(home, log)
    start_reaper(home)
    with Beside(lambda: start_superset(home, log)):
        start_sources(home, log)
        start_airflow(home, log)


def down(home: Home, log: Log) -> list[str]:
    """Stop what this home started, those that use the warehouse first; returns the names of what ran."""
    users = [name for name in services.NAMES if name != services.POSTGRES]
    with ThreadPoolExecutor(len(users)) as pool:  # each may take seconds to finish what it is at
        stopped = [name for name, ran in zip(users, pool.map(lambda name: processes.stop(home, name), users), strict=True) if ran]
    if server.stop(home):
        stopped.append(services.POSTGRES)
    for name in stopped:
        log(f"stopped {name}")
    return stopped


def clean(home: Home, log: Log) -> None:
    """Stop everything and remove the home, the server's folders outside it and the simulated company's state.

    Raises:
        HomeError: the folder is not a home of ours.
    """
    if not home.path.exists():
        log(f"nothing to remove: {home.path} does not exist")
        return
    if not (home.path / MARKER).is_file():
        raise HomeError(f"{home.path} was not made by rapport (no file {MARKER} in it): remove it yourself if you mean to")
    down(home, log)
    for folder in server_place.remove_outside(home):
        log(f"removed {folder}")
    for folder in (home.path, home.sandbox_path):
        if (folder / MARKER).is_file():
            shutil.rmtree(folder)
            log(f"removed {folder}")


def claim(home: Home) -> None:
    """Mark the home, and the simulated company's folder if it is new, as made by us: `clean` removes nothing else."""
    is_new = not home.path.exists() or not any(home.path.iterdir()) or (home.path / "ports.json").is_file()
    home.dir("run")
    if is_new:
        (home.path / MARKER).touch()
    if not connections.is_own(home) and not home.sandbox_path.exists():
        home.sandbox_path.mkdir(mode=0o700, parents=True)
        (home.sandbox_path / MARKER).touch()


def start(home: Home, name: str) -> None:
    """Start the service `name` in the background if it does not run."""
    description = services.service(home, name)
    processes.start(home, name, description.argv, description.env, cwd=description.cwd)


def wait_until_well(home: Home, name: str, seconds: float) -> None:
    """Wait until a service is well.

    Raises:
        HomeError: it ended, or is not well after `seconds`; the message holds the end of its log.
    """
    deadline = time.monotonic() + seconds
    while not services.is_well(home, name):
        if processes.running(home, name) is None or time.monotonic() > deadline:
            ended = "ended" if processes.running(home, name) is None else f"is not well after {seconds:.0f} s"
            raise HomeError(f"{name} {ended}; `rapport doctor` looks for the cause. Its log ends with:\n{processes.last_lines(home, name)}")
        time.sleep(0.5)


class Beside:
    """Run a function beside the body of a `with`; its error is raised at the end of the body."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self._error = error

    def __enter__(self) -> Beside:
        self._thread.start()
        return self

    def wait(self) -> None:
        """Wait for the work and raise its error."""
        self._thread.join()
        if self._error:
            raise self._error

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.wait()
