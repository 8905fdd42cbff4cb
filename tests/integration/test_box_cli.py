"""Would catch commands that touch what is not theirs, or answer with something else than they promise."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from rapport.box import lifecycle, services
from rapport.home import Home
from rapport.warehouse import server

from tests.conftest import remove_home, temporary_home
from tests.whole_box import Box


@pytest.fixture
def box() -> Iterator[Box]:
    home = temporary_home()
    yield Box.at(home)
    remove_home(home)


def test_status_of_a_home_that_never_ran_makes_nothing(box: Box) -> None:
    """Would catch a look that reserves ports and makes secrets."""
    state = box.json("status")
    assert state["release"] == {"id": None, "state": None, "published_at": None, "data_as_of": None}
    assert [one["healthy"] for one in state["services"]] == [False]
    assert not box.home.path.exists()


def test_url_and_query_use_the_roles_own_rights(warehouse: Home) -> None:
    """Would catch a command line that asks as somebody mightier than the role named."""
    box = Box.at(warehouse)
    address = box.rapport("url", "--role", "analyst").stdout.strip()
    with psycopg.connect(address) as conn:
        assert conn.execute("select current_user").fetchone() == ("analyst",)
    assert box.query("engineer", "select current_user as who, 1.50::numeric as n, null as nothing") == [
        {"who": "engineer", "n": 1.5, "nothing": None}
    ]
    refused = box.rapport("query", "--role", "analyst", "select * from vault.secret", check=False)
    assert refused.returncode == 1
    assert refused.stderr == "rapport: analyst: permission denied for schema vault (42501)\n"
    assert box.rapport("query", "--role", "nobody", "select 1", check=False).returncode == 2


def test_login_keeps_the_password_closed(box: Box) -> None:
    """Would catch a password that others can read, or a new one at each question."""
    first, again = box.json("login", "--role", "analyst"), box.json("login", "--role", "analyst")
    assert first == again
    assert first["user"] == "analyst"
    assert first["address"].startswith("http://127.0.0.1:")
    files = [file for file in (box.home.path / "secrets").iterdir() if file.read_text() == first["password"]]
    assert [oct(file.stat().st_mode & 0o777) for file in files] == ["0o400"]
    assert box.json("login", "--role", "leader")["password"] != first["password"]


def test_down_stops_its_own_server_and_not_the_neighbours(box: Box, server_home: Home) -> None:
    """Would catch one home's `down` ending another home's server, or a stranger's process."""
    bystander = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        server.start(box.home)
        assert box.home.port("postgres") != server_home.port("postgres")
        assert "stopped postgres" in box.rapport("down").stdout
        assert not server.is_ready(box.home)
        assert server.is_ready(server_home)
        assert bystander.poll() is None
        assert "nothing was running" in box.rapport("down").stdout
    finally:
        bystander.kill()
        bystander.wait()


def test_clean_removes_a_home_and_refuses_any_other_folder(box: Box) -> None:
    """Would catch `make clean` with a wrong RAPPORT_HOME removing somebody's folder."""
    precious = box.home.path / "precious.txt"
    precious.parent.mkdir(parents=True)
    precious.write_text("mine")
    refused = box.rapport("clean", "--yes", check=False)
    assert (refused.returncode, precious.read_text()) == (1, "mine")
    assert "remove it yourself" in refused.stderr
    precious.unlink()
    lifecycle.start_warehouse(box.home, lambda _line: None)
    box.rapport("clean", "--yes")
    assert not box.home.path.exists()
    assert box.home.path.parent.exists()


def test_service_runs_in_the_foreground(box: Box) -> None:
    """Would catch `rapport service`, which compose files call, starting something else or going to the background."""
    unknown = box.rapport("service", "unheard-of", check=False)
    assert unknown.returncode == 1
    assert "choose one of postgres, sandbox, airflow-api-server" in unknown.stderr
    argv = [str(Path(sys.prefix) / "bin" / "rapport"), "service", "postgres"]
    with subprocess.Popen(argv, env=box.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 30
        while not server.is_ready(box.home) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert server.is_ready(box.home)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    assert not server.is_ready(box.home)


def test_environments_of_services_hold_nothing_of_the_callers(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch a caller's token, or a caller's Airflow settings, reaching the box's processes."""
    monkeypatch.setenv("CLOUD_TOKEN", "planted-secret")
    monkeypatch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "True")
    monkeypatch.setenv("RAPPORT_TENANT", "acme")
    for name in services.NAMES:
        found = services.service(box.home, name).env
        assert "planted-secret" not in found.values()
        assert found.get("AIRFLOW__CORE__LOAD_EXAMPLES", "False") == "False"
        assert name == services.POSTGRES or found["RAPPORT_TENANT"] == "acme"


def test_a_warehouse_that_held_the_simulated_company_goes_on_saying_so(
    warehouse: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Would catch the watermark "simulated company" vanishing when real files are read into the same warehouse."""
    with psycopg.connect(warehouse.dsn("loader")) as conn:
        conn.execute("insert into ops.setting values ('is_sandbox', 'true')")
    monkeypatch.setenv("RAPPORT_SOURCES", str(warehouse.root / "examples" / "exports"))
    monkeypatch.setenv("RAPPORT_EXPORTS_DIR", str(tmp_path))
    assert lifecycle.start_sources(warehouse, lambda _line: None) is False
    with psycopg.connect(warehouse.dsn("loader")) as conn:
        assert conn.execute("select value from ops.setting where key = 'is_sandbox'").fetchone() == ("true",)
