"""Would catch: a demonstration that pays for systems it does not serve, or a company that forgets how it is seen when it moves on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sandbox.__main__ import main
from sandbox.company.params import Settings
from sandbox.make import advance, ensure
from sandbox.server import application, connections, site_of
from sandbox.store import Store
from sandbox.vendors import catalogue

SMALL = 0.02


def _sources(home: Path) -> set[str]:
    return {stream.partition(".")[0] for stream in Store(home).counts()}


def test_only_what_is_served_is_rendered_and_handed_out(tmp_path: Path) -> None:
    """Would catch: records, routes or credentials of systems nobody asked for."""
    site = site_of(Settings(tmp_path, SMALL, vendors=("zendesk", "bamboohr")))
    assert _sources(tmp_path) == {"zendesk", "bamboohr"}
    assert set(connections(site, 1)) == set(json.loads((tmp_path / "credentials.json").read_text())) == {"zendesk", "bamboohr"}
    with TestClient(application(site)) as client:
        assert client.get("/zendesk/api/v2/groups.json").status_code == 401
        assert client.get("/matomo/index.php").status_code == 404


def test_a_company_is_seen_as_before_when_it_moves_on_and_otherwise_when_asked(tmp_path: Path) -> None:
    """Would catch: an `advance` without a choice that brings back the default systems, or a choice that leaves the old ones in place."""
    ensure(Settings(tmp_path, SMALL, vendors=("qualtrics",)))
    advance(Settings(tmp_path, SMALL), 1)
    assert _sources(tmp_path) == {"qualtrics"}
    assert ensure(Settings(tmp_path, SMALL, vendors=("matomo",))).advanced == 1
    assert _sources(tmp_path) == {"matomo"}


def test_a_system_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Would catch: a typing error that serves the default company instead."""
    assert main(["serve", "--vendors", "zendesk,shoes"]) == 2
    assert "no vendor shoes" in capsys.readouterr().err
    assert catalogue.chosen("matomo, zendesk") == ("zendesk", "matomo")
    assert catalogue.chosen("all") == tuple(catalogue.VENDORS)
    assert catalogue.chosen("") is None


def test_the_default_company_imports_no_further_system() -> None:
    """Would catch: a start that grows with every system the sandbox learns."""
    said = "import sys, sandbox.server; print(*sorted(m for m in sys.modules if m.startswith('sandbox.vendors.')))"
    loaded = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert not {f"sandbox.vendors.{name}.api" for name in catalogue.VENDORS} & set(loaded)
