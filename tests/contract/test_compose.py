"""Would catch: a compose file that no engine reads, or one that does something the box does not do."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from rapport.box import services
from rapport.home import checkout

COMPOSE = checkout() / "docker-compose.yml"
CHECKER = checkout() / ".venv-lint" / "bin" / "check-jsonschema"


def _valid(file: Path) -> bool:
    argv = [str(CHECKER), "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def declared() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text())["services"])


def test_it_follows_the_compose_schema(tmp_path: Path) -> None:
    """Would catch: a key that no engine knows; the control is a file with such a key."""
    spoilt = tmp_path / "docker-compose.yml"
    spoilt.write_text(COMPOSE.read_text().replace("restart: unless-stopped", "restrat: unless-stopped"))
    assert _valid(COMPOSE)
    assert not _valid(spoilt)


def test_every_process_of_the_box_is_there_by_the_same_command(declared: dict[str, Any]) -> None:
    """Would catch: a service that a server lacks, or one that is started in a way of its own."""
    commands = {name: body["command"] for name, body in declared.items() if name not in {"redis", "prepare"}}
    wanted = {name: ["rapport", "service", name] for name in services.NAMES if name not in {services.POSTGRES, services.SANDBOX}}
    assert commands == wanted
    assert declared["prepare"]["command"] == ["rapport", "prepare"]


def test_nothing_is_published_beyond_loopback(declared: dict[str, Any]) -> None:
    """Would catch: a port that the whole network reaches without a proxy in between."""
    ports = [port for body in declared.values() for port in body.get("ports", [])]
    assert ports
    assert all(str(port).startswith("127.0.0.1:") for port in ports)
