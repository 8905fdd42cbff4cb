"""Would catch a doctor that says all is well on a machine where it is not; the well machine is each test's control."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest
from rapport import processes
from rapport.box import doctor
from rapport.home import LOOPBACK, Home, checkout


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(path=tmp_path / "home", root=checkout())


def _complaints(home: Home) -> list[doctor.Finding]:
    return [finding for finding in doctor.examine(home) if not finding.is_well]


def _only(home: Home, words: str, advice: str) -> None:
    found = _complaints(home)
    assert len(found) == 1, found
    assert words in found[0].what
    assert advice in found[0].advice


def test_a_taken_port_is_named(home: Home) -> None:
    """Would catch "PostgreSQL did not start" without the reason."""
    port = home.port("postgres")
    assert not _complaints(home)
    with socket.socket() as other:
        other.bind((LOOPBACK, port))
        other.listen()
        _only(home, f"port {port} is free for postgres", "another program listens")
    assert not _complaints(home)


def test_services_that_a_reboot_ended_are_named(home: Home) -> None:
    """Would catch a home that looks started because its records are still there."""
    with subprocess.Popen(["sleep", "60"]) as process:
        processes.write_record(home, "superset", process.pid)
        process.kill()
    _only(home, "superset was started and does not run", "`rapport up` starts it again")


def test_a_disk_nearly_full_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch a warehouse that stops in the middle of a load."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(2**40, 2**40, 2**30))
    _only(home, "1 GB free", "RAPPORT_HOME")


def test_a_wrong_python_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch an environment made with an interpreter that the locked versions do not support."""
    monkeypatch.setattr(sys, "version_info", (3, 13, 1))
    _only(home, "Python 3.13.1", "3.11 or 3.12")


def test_secrets_open_to_others_are_named(home: Home) -> None:
    """Would catch a copied home whose secrets everybody can read."""
    home.secret("loader")
    assert not _complaints(home)
    (home.path / "secrets" / "loader").chmod(0o444)
    _only(home, "secrets are closed", "others can read loader")


def test_missing_locks_and_environments_are_named(tmp_path: Path) -> None:
    """Would catch a checkout without its lock file, or a setup that stopped half way."""
    found = _complaints(Home(path=tmp_path / "home", root=tmp_path))
    assert ["uv.lock" in found[0].what, "Superset's environment" in found[1].what] == [True, True]


@pytest.fixture
def another_clone(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    folder = tmp_path / "clone"
    folder.mkdir()
    process = subprocess.Popen(["sleep", "60"], cwd=folder)
    yield process
    process.kill()
    process.wait()


def test_a_second_clone_on_the_same_home_is_named(
    home: Home, another_clone: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Would catch two versions of the platform writing one warehouse."""
    monkeypatch.setattr(doctor.services, "health", lambda _: dict.fromkeys(doctor.services.NAMES, True))
    processes.write_record(home, "superset", another_clone.pid)
    _only(home, "no other clone runs", "/clone does")
    file = home.path / "run" / "superset.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "boot": "another"}))
    assert not any("clone" in finding.what for finding in _complaints(home))
