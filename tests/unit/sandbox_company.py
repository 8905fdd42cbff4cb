"""A small simulated company for the sandbox's own tests, made once a run."""

from __future__ import annotations

import atexit
import json
import shutil
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from starlette.testclient import TestClient

from sandbox.company.params import Settings
from sandbox.make import ensure
from sandbox.server import application, site_of
from sandbox.vendors.catalogue import VENDORS

SCALE = 0.1


@lru_cache(maxsize=1)
def shared_home() -> Path:
    """Return the home of a company that no test changes."""
    home = Path(mkdtemp(prefix="rapport-test-sandbox-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    ensure(Settings(home, SCALE, vendors=tuple(VENDORS)))
    return home


def client(home: Path) -> TestClient:
    """Return a client of the served company, without credentials."""
    return TestClient(application(site_of(Settings(home, SCALE))))


def login(home: Path, source: str) -> tuple[str, str]:
    """Return the credentials that the sandbox accepts for a source."""
    assert source in VENDORS
    known = json.loads((home / "credentials.json").read_text())[source]
    return known["login"], known["password"]


def truth(home: Path) -> dict[str, Any]:
    """Return what the company wrote down about itself."""
    return json.loads((home / "truth.json").read_text())
