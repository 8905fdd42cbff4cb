"""Would catch simulated and real people meeting in one warehouse."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rapport.box.connections import OWN, connect, needs_sandbox
from rapport.declarations import Source, load_sources
from rapport.home import Home, HomeError, checkout


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(path=tmp_path / "home", root=checkout())


@pytest.fixture
def sources() -> dict[str, Source]:
    zendesk = load_sources(checkout() / "sources")["zendesk"]
    other = replace(zendesk, name="otherdesk", connection=replace(zendesk.connection, id="otherdesk"))
    return {"zendesk": zendesk, "otherdesk": other}


def _connect(home: Home, **connections: bool) -> None:
    """Write a connection for each name; the value says whether it is the simulated company's."""
    body = {
        name: {"host": "https://desk.example.com", "extra": {"sandbox": True} if simulated else {}}
        for name, simulated in connections.items()
    }
    (home.dir("secrets") / "connections.json").write_text(json.dumps(body))


def test_a_home_without_connections_uses_the_sandbox(home: Home, sources: dict[str, Source]) -> None:
    """Would catch a first `make demo` that finds no source."""
    assert needs_sandbox(home, sources)


def test_a_home_with_the_sandboxes_connections_goes_on_using_it(home: Home, sources: dict[str, Source]) -> None:
    """Would catch a second start that takes the copied connections for real ones."""
    _connect(home, zendesk=True, otherdesk=True)
    assert needs_sandbox(home, sources)


def test_real_connections_leave_the_sandbox_out(home: Home, sources: dict[str, Source]) -> None:
    """Would catch the simulated company being started beside a real one."""
    _connect(home, zendesk=False, otherdesk=False)
    assert not needs_sandbox(home, sources)


def test_a_system_without_a_connection_is_left_out_and_nothing_simulated_takes_its_place(home: Home, sources: dict[str, Source]) -> None:
    """Would catch simulated tickets filling in for a real system whose connection was forgotten, or one such system stopping all others."""
    _connect(home, zendesk=False)
    assert not needs_sandbox(home, sources)


def test_simulated_beside_real_connections_is_refused_by_name(home: Home, sources: dict[str, Source]) -> None:
    """Would catch a copied connection of the simulated company beside a real one."""
    _connect(home, zendesk=False, otherdesk=True)
    with pytest.raises(HomeError, match=r"otherdesk leads to the simulated company.*real zendesk"):
        needs_sandbox(home, sources)


def test_a_home_of_a_company_never_gets_the_sandbox(home: Home, sources: dict[str, Source]) -> None:
    """Would catch `rapport run` in a new company's home filling it with the simulated company."""
    home.dir("secrets")
    (home.path / OWN).touch()
    assert not needs_sandbox(home, sources)
    _connect(home, zendesk=True)
    with pytest.raises(HomeError, match="simulated company"):
        needs_sandbox(home, sources)


def test_a_real_connection_in_the_environment_counts(home: Home, sources: dict[str, Source], monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch a connection given by the environment being overlooked."""
    monkeypatch.setenv("RAPPORT_CONN_ZENDESK", json.dumps({"host": "https://desk.example.com"}))
    assert not needs_sandbox(home, sources)


def test_a_kept_connection_can_be_read_by_this_account_alone_and_beside_others(home: Home) -> None:
    """Would catch a password that others on the machine can read, or a second connection that wipes out the first."""
    connect(home, "zendesk", {"host": "https://a.example.com", "password": "p"})
    connect(home, "otherdesk", {"host": "https://b.example.com"})
    assert [(home.connection(name) or {})["host"] for name in ("zendesk", "otherdesk")] == [
        "https://a.example.com",
        "https://b.example.com",
    ]
    assert ((home.path / "secrets" / "connections.json").stat().st_mode & 0o777) == 0o400


def test_no_real_system_is_connected_in_a_home_of_the_simulated_company(home: Home) -> None:
    """Would catch a first real system connected in the demonstration's home."""
    _connect(home, zendesk=True)
    with pytest.raises(HomeError, match="rapport init"):
        connect(home, "otherdesk", {"host": "https://b.example.com"})


def test_sources_of_files_need_no_company(home: Home, sources: dict[str, Source]) -> None:
    """Would catch the sandbox being started for a folder of exports."""
    files = {name: replace(source, connection=replace(source.connection, id=None, protocol="files")) for name, source in sources.items()}
    assert not needs_sandbox(home, files)
