"""Would catch: a system that is not connected stopping the others, or one that is being left out in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rapport.declarations import DeclarationError, sources_in_use, sources_left_out
from rapport.home import Home, checkout

FIELDS = "key: [id], fields: {id: {type: bigint, class: internal}}"
REST = f"connection: {{protocol: rest, id: %s, auth: {{type: bearer}}}}\nstreams: {{s: {{request: {{path: /s}}, {FIELDS}}}}}\n"
FILES = f"connection: {{protocol: files, path: '%s'}}\nstreams: {{s: {{files: 'tickets/*', {FIELDS}}}}}\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name, body in {
        "desk": REST % "desk",
        "crm": REST % "crm",
        "logs": FILES % "${LOGS_DIR}",
        "box": FILES % "${RAPPORT_HOME}/inbox",
    }.items():
        file = tmp_path / "sources" / "support" / f"{name}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"source: {name}\ndomain: support\nsystem: T\nowner: o\nschedule: '0 * * * *'\n{body}")
    monkeypatch.setenv("RAPPORT_SOURCES", str(tmp_path / "sources"))
    monkeypatch.delenv("LOGS_DIR", raising=False)
    return Home(path=tmp_path / "home", root=checkout())


def _connect(home: Home, *names: str) -> None:
    (home.dir("secrets") / "connections.json").write_text(json.dumps({name: {"host": "https://x.example.com"} for name in names}))


def test_a_home_that_knows_no_connection_has_chosen_nothing(home: Home) -> None:
    """Would catch a first start that finds no source at all."""
    assert list(sources_in_use(home)) == ["box", "crm", "desk", "logs"]


def test_what_is_connected_is_used_and_the_rest_says_what_it_lacks(home: Home) -> None:
    """Would catch one missing connection ending every run, or a source left out without a word."""
    _connect(home, "desk")
    assert list(sources_in_use(home)) == ["desk"]
    left = sources_left_out(home)
    assert "RAPPORT_CONN_CRM" in left["crm"]
    assert "LOGS_DIR" in left["logs"]
    assert str(home.path / "inbox") in left["box"]


def test_files_count_once_they_are_there(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Would catch an empty inbox taken for a source, another folder's file or an example for data, and a dropped file overlooked."""
    _connect(home, "desk")
    monkeypatch.setenv("LOGS_DIR", str(tmp_path))
    folder = home.path / "inbox" / "tickets"
    folder.mkdir(parents=True)
    (folder / "tickets.csv.example").touch()
    (home.dir("inbox") / "persons").mkdir()
    (home.path / "inbox" / "persons" / "persons.csv").touch()
    assert list(sources_in_use(home)) == ["desk", "logs"]
    (folder / "tickets.csv").touch()
    assert list(sources_in_use(home)) == ["box", "desk", "logs"]


def test_the_environment_may_name_them(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch connections that only Airflow knows being unusable, and a misspelt name meaning none."""
    monkeypatch.setenv("RAPPORT_SOURCES_IN_USE", "crm, desk")
    assert list(sources_in_use(home)) == ["crm", "desk"]
    monkeypatch.setenv("RAPPORT_SOURCES_IN_USE", "crm,dsk")
    with pytest.raises(DeclarationError, match="names dsk"):
        sources_in_use(home)
