"""A home of the benchmark's own, removed afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rapport.home import Home, checkout
from rapport.warehouse import ops, roles, server, server_place


def python(home: Home) -> str:
    """Return the platform environment's interpreter."""
    return str(home.root / ".venv" / "bin" / "python")


@contextmanager
def warehouse_home() -> Iterator[Home]:
    """A home with a running, empty warehouse."""
    folder = Path(tempfile.mkdtemp(prefix="rapport-bench-"))
    folder.chmod(0o755)
    home = Home(path=folder / "home", root=checkout())
    server.start(home)
    try:
        roles.ensure_roles(home)
        ops.prepare_database(home)
        roles.enforce(home)
        yield home
    finally:
        server.stop(home, grace=10)
        server_place.remove_outside(home)
        shutil.rmtree(folder, ignore_errors=True)
