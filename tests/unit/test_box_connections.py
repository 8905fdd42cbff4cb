"""Would catch simulated and real people meeting in one warehouse."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rapport.box.connections import needs_sandbox
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


def test_a_missing_connection_beside_a_real_one_is_an_error_that_names_both(home: Home, sources: dict[str, Source]) -> None:
    """Would catch simulated tickets filling in for a real system whose connection was forgotten."""
    _connect(home, zendesk=False)
    with pytest.raises(HomeError, match=r"no connection for otherdesk.*RAPPORT_CONN_OTHERDESK.*real zendesk"):
        needs_sandbox(home, sources)


def test_a_real_connection_in_the_environment_counts(home: Home, sources: dict[str, Source], monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch a connection given by the environment being overlooked."""
    monkeypatch.setenv("RAPPORT_CONN_ZENDESK", json.dumps({"host": "https://desk.example.com"}))
    with pytest.raises(HomeError, match="no connection for otherdesk"):
        needs_sandbox(home, sources)


def test_sources_of_files_need_no_company(home: Home, sources: dict[str, Source]) -> None:
    """Would catch the sandbox being started for a folder of exports."""
    files = {name: replace(source, connection=replace(source.connection, id=None, protocol="files")) for name, source in sources.items()}
    assert not needs_sandbox(home, files)
