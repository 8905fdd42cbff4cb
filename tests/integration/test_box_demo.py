"""Would catch a demonstration that ends well on paper only: services down, ports open, passwords readable, nothing published."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request

import psycopg
from rapport import processes
from rapport.box import services

from tests.whole_box import Box


def test_everything_is_well_and_a_release_is_published(demo: Box) -> None:
    """Would catch a service that died during the pass, or a pass that published nothing."""
    state = demo.json("status")
    assert {one["name"]: one["healthy"] for one in state["services"]} == dict.fromkeys(services.NAMES, True)
    assert set(state["release"]) == {"id", "state", "published_at", "data_as_of"}
    assert state["release"]["state"] == "published"
    zendesk = next(source for source in state["sources"] if source["name"] == "zendesk")
    assert zendesk["domain"] == "support"
    for stream in zendesk["streams"]:
        assert set(stream) == {"name", "rows_landed", "rows_quarantined", "last_loaded_at", "gate"}
        assert stream["gate"] == "passed"
        assert stream["last_loaded_at"]
    tickets = next(stream for stream in zendesk["streams"] if stream["name"] == "tickets")
    assert demo.query("engineer", "select count(*) as n from core.fct_ticket")[0]["n"] == tickets["rows_landed"] > 1000


def test_nothing_listens_beyond_loopback(demo: Box) -> None:
    """Would catch a log server or an API on every interface, hard-coded in somebody's defaults."""
    listening = subprocess.run(["ss", "-ltnpH"], capture_output=True, text=True, check=True).stdout.splitlines()
    ours = {pid for name in services.NAMES for pid in processes.members(demo.home, name)}
    mine = [line for line in listening if any(f"pid={pid}," in line for pid in ours)]
    assert len(mine) >= 4, "control: the servers of this home are among those seen"
    assert [line for line in mine if not line.split()[3].startswith("127.0.0.1:")] == []


def test_the_table_at_the_end_logs_people_in(demo: Box) -> None:
    """Would catch a printed password that does not work, or one that is the same for everybody."""
    text = (demo.home.path / "secrets" / "demo.txt").read_text()
    logins = {role: demo.json("login", "--role", role) for role in ("analyst", "leader")}
    assert all(found["password"] in text and found["address"] in text for found in logins.values())
    assert len({found["password"] for found in logins.values()}) == len(logins)
    for found in logins.values():
        body = json.dumps({"username": found["user"], "password": found["password"], "provider": "db"}).encode()
        request = urllib.request.Request(f"{found['address']}/api/v1/security/login", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert json.loads(answer.read())["access_token"]


def test_secrets_are_closed_and_in_nobodys_command_line(demo: Box) -> None:
    """Would catch a secret with open mode, or one that `ps` shows to everybody on the machine."""
    files = list((demo.home.path / "secrets").iterdir())
    assert [file.name for file in files if file.stat().st_mode & 0o077] == []
    values = [text for file in files if len(text := file.read_text().strip()) >= 32 and "\n" not in text]
    assert len(values) > 10
    for name in services.NAMES:
        for pid in processes.members(demo.home, name):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as handle:  # noqa: PTH123 - may vanish meanwhile
                    command = handle.read().decode(errors="replace")
            except OSError:
                continue
            assert not any(value in command for value in values), f"{name} shows a secret in its command line"


def test_a_second_demo_is_quick_and_harmless(demo: Box) -> None:
    """Would catch a second `make demo` that extracts, builds or starts everything again."""
    before = {name: processes.running(demo.home, name) for name in services.NAMES}
    release = demo.json("status")["release"]
    began = time.monotonic()
    demo.rapport("demo")
    assert time.monotonic() - began < 60
    assert {name: processes.running(demo.home, name) for name in services.NAMES} == before
    assert demo.json("status")["release"] == release


def test_an_analyst_reads_marts_and_is_refused_raw_rows(demo: Box) -> None:
    """Would catch grants that exist in tests of the policy but not after a real publication."""
    for role in ("analyst", "leader"):
        assert demo.query(role, "select metric, value, n from marts_cx.metric_value where metric = 'csat_binary' limit 3")
        refused = demo.rapport("query", "--role", role, "select * from raw_zendesk.tickets", check=False)
        assert "permission denied for schema raw_zendesk" in refused.stderr
    cells = demo.json("metric", "csat_binary", "--grain", "month")
    assert [cell["period_start"] for cell in cells] == sorted({cell["period_start"] for cell in cells}, reverse=True)
    shown = next(cell for cell in cells if cell["value"] is not None)
    assert shown["ci_low"] <= shown["value"] <= shown["ci_high"]


def test_the_warehouse_survives_its_restart(run_home: Box) -> None:
    """Would catch data or grants lost between `down` and the next start; on a home of its own, beside the other."""
    count = "select count(*) as n from marts_cx.metric_value"
    before = run_home.query("leader", count)
    run_home.rapport("down")
    try:
        psycopg.connect(run_home.home.dsn("leader"), connect_timeout=2).close()
        raise AssertionError("control: the server must be down")
    except psycopg.OperationalError:
        pass
    run_home.rapport("run")
    assert run_home.query("leader", count) == before
