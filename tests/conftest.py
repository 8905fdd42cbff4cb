"""Fixtures that need real servers: one PostgreSQL for the whole test run, a fresh database for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from rapport.home import Home, checkout
from rapport.warehouse import dbt, ops, roles, server, server_place

from tests.whole_box import Box

_TEMPLATE = "rapport_template"

# Tests against data that this project did not write and does not ship: CI sets the variable, a newcomer need not.
_OUTSIDE_DATA = [
    "integration/test_exports_release.py",
    "integration/test_golden_metrics.py",
    "integration/test_server_bamboohr_prism.py",
]
collect_ignore = [] if os.environ.get("RAPPORT_SHARED") else _OUTSIDE_DATA


def pytest_report_header() -> str | None:
    """Say which tests a run without outside data leaves out."""
    return f"RAPPORT_SHARED is not set: {', '.join(_OUTSIDE_DATA)} are left out (see CONTRIBUTING.md)" if collect_ignore else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share tests out among processes so that no whole run is made twice."""
    from tests.processes import Together

    return Together(config, log)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by what they are for: what is compressed holds the time, and processes have to agree on the names of tests."""
    return argname if isinstance(val, bytes) else None


def temporary_home(prefix: str = "rapport-test-") -> Home:
    """Return a new home in a folder of its own that the server's account may enter, as a real home is."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o755)
    return Home(path=folder / "home", root=checkout())


def remove_home(home: Home) -> None:
    """Stop the home's server and remove its folders."""
    server.stop(home, grace=10)
    server_place.remove_outside(home)
    shutil.rmtree(home.path.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def server_home() -> Iterator[Home]:
    """A home with a running PostgreSQL and all roles; its database `rapport` is a template that tests do not touch."""
    home = temporary_home()
    server.start(home, settings={"fsync": "off", "full_page_writes": "off", "max_wal_size": "512MB"})
    try:
        roles.ensure_roles(home)
        ops.prepare_database(home)
        with psycopg.connect(server.admin_dsn(home), autocommit=True) as conn:
            conn.execute(sql.SQL("alter database rapport rename to {}").format(sql.Identifier(_TEMPLATE)))
        yield home
    finally:
        remove_home(home)


@pytest.fixture(scope="session", autouse=True)
def builds_without_dbt_tests() -> Iterator[None]:
    """Leave dbt's own tests out of builds in this process: they take long, and whole runs (`run_home`, `demo`) make them."""
    plain = dbt.invoke

    def invoke(home: Home, arguments: list[str], **others: Any) -> list[Any]:
        return plain(home, [*arguments, "--exclude-resource-type", "test"] if arguments[0] == "build" else arguments, **others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbt, "invoke", invoke)
        yield


def _fresh(home: Home) -> Home:
    with psycopg.connect(server.admin_dsn(home), autocommit=True) as conn:
        conn.execute("drop database if exists rapport with (force)")
        conn.execute(sql.SQL("create database rapport template {}").format(sql.Identifier(_TEMPLATE)))
    roles.enforce(home)  # a database's own grants are not copied with its template
    return home


@pytest.fixture
def warehouse(server_home: Home) -> Home:
    """A home whose database `rapport` is fresh: roles, schemas, `ops` and `vault` are there, and no rows."""
    return _fresh(server_home)


@pytest.fixture(scope="module")
def module_warehouse(server_home: Home) -> Home:
    """The same, fresh once for all tests of a module; do not mix with `warehouse` in one module."""
    return _fresh(server_home)


@pytest.fixture(scope="session")
def run_home() -> Iterator[Box]:
    """A home in which `rapport run` has published one release of the simulated company; no Airflow, no Superset."""
    box = Box.at(temporary_home("rapport-run-"))
    try:
        box.rapport("run")
        yield box
    finally:
        _remove(box)


@pytest.fixture(scope="session")
def demo() -> Iterator[Box]:
    """A home in which `rapport demo` has run to its end: everything is up and one release is published."""
    box = Box.at(temporary_home("rapport-demo-"))
    try:
        done = box.rapport("demo", seconds=1800)
        said = box.home.dir("secrets") / "demo.txt"  # it holds passwords
        said.touch(mode=0o600)
        said.write_text(done.stdout)
        yield box
    finally:
        _remove(box)


def _remove(box: Box) -> None:
    box.rapport("down", check=False)
    remove_home(box.home)
