"""Would catch: an identifier in the clear in anything that a whole demonstration leaves behind, Airflow, dbt, gates and Superset included.

The server's own data files are swept after landing (test_canary_landing.py); here every table of every database is read instead, and
every other file of the home.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import psycopg
import pytest
from rapport.privacy.sweep import Sweep
from rapport.warehouse import server

from tests.whole_box import Box

_DATABASES = ("rapport", "airflow", "superset", "postgres")


@pytest.fixture(scope="module")
def needles(demo: Box) -> dict[str, list[str]]:
    """The planted identifiers, by the form in which they would stand somewhere."""
    env = {**os.environ, **demo.env, "RAPPORT_SANDBOX_HOME": str(demo.home.sandbox_path)}
    argv = [sys.executable, "-m", "sandbox", "canaries", "--json"]
    done = subprocess.run(argv, env=env, cwd=demo.home.root, capture_output=True, text=True, check=True)
    return {canary["id"]: canary["forms"] for canary in json.loads(done.stdout)}


def test_the_sweep_finds_all_fifty_in_the_simulated_company(demo: Box, needles: dict[str, list[str]]) -> None:
    """Would catch: a blind sweep, or a company without canaries, either of which would let the other tests pass."""
    sweep = Sweep(needles)
    sweep.look("company", (demo.home.sandbox_path / "company.sqlite").read_bytes())
    assert len(needles) == 50
    assert sweep.found == set(needles)


@pytest.mark.parametrize("database", _DATABASES)
def test_no_identifier_stands_in_a_database(demo: Box, needles: dict[str, list[str]], database: str) -> None:
    """Would catch: a leak through a model, a rendered template, a task's return value, a saved query or a cached result."""
    sweep = Sweep(needles)
    with psycopg.connect(server.admin_dsn(demo.home, database), autocommit=True) as conn:
        assert sweep.database(conn) > 50
    assert not sweep.hits


def test_no_identifier_stands_in_a_file_of_the_home(demo: Box, needles: dict[str, list[str]]) -> None:
    """Would catch: a leak into task logs, dbt artefacts, Data Docs, Superset's caches or any other state."""
    sweep, swept = Sweep(needles), {}
    for folder in sorted(path for path in demo.home.path.iterdir() if path.is_dir() and path.name != "pg"):
        swept[folder.name] = sweep.folder(folder)
    assert not sweep.hits
    assert all(swept.get(name, 0) > 0 for name in ("logs", "dbt", "gx", "superset", "secrets")), swept
