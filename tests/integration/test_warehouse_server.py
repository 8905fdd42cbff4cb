"""Would catch a server that dies with its caller, opens itself to the network, or writes rows to its log."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
from rapport import processes
from rapport.home import Home
from rapport.warehouse import server, server_place
from rapport.warehouse.server_place import prepare

from tests.conftest import remove_home, temporary_home

PLANTED = "alice.planted@example.com"


def _fail(home: Home) -> None:
    """Make the server refuse rows in the three ways that put values into error messages."""
    with psycopg.connect(server.admin_dsn(home), autocommit=True) as conn:
        conn.execute("create temporary table person (id integer not null unique, email text not null)")
        conn.execute("insert into person values (1, %s)", [PLANTED])
        for statement in (
            f"insert into person values (null, '{PLANTED}')",
            f"insert into person values (1, '{PLANTED}')",
            f"select cast('{PLANTED}' as integer)",
        ):
            with pytest.raises(psycopg.Error):
                conn.execute(statement)


def test_rows_never_reach_the_server_log() -> None:
    """Would catch a log setting that writes the row of a failed insert; with the usual settings the row does get there."""
    home = temporary_home()
    try:
        log = home.dir("logs") / "postgres.log"
        server.start(home)
        _fail(home)
        server.stop(home)
        assert PLANTED not in log.read_text()
        server.start(home, settings={"log_min_messages": "warning", "log_error_verbosity": "default", "log_min_error_statement": "error"})
        _fail(home)
        server.stop(home)
        assert log.read_text().count(PLANTED) >= 3, "positive control: the planted value must be found with PostgreSQL's defaults"
    finally:
        remove_home(home)


def test_listens_on_loopback_and_refuses_a_wrong_password(server_home: Home) -> None:
    """Would catch `trust` authentication and a server that other machines can reach."""
    with psycopg.connect(server.admin_dsn(server_home)) as conn:
        listening = conn.execute("show listen_addresses").fetchone()
        checksums = conn.execute("show data_checksums").fetchone()
    assert listening == ("127.0.0.1",)
    assert checksums == ("on",)
    port = server_home.port("postgres")
    for host in ("127.0.0.1", str(prepare(server_home).socket)):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(host=host, port=port, user="analyst", password="analyst", dbname="rapport")
    taken = subprocess.run(["ss", "-ltnH", f"sport = :{port}"], capture_output=True, text=True, check=True).stdout.split()
    assert [word for word in taken if word.endswith(f":{port}")] == [f"127.0.0.1:{port}"]


def test_data_folder_is_closed_and_not_run_by_root(server_home: Home) -> None:
    """Would catch a server that runs as root or leaves its files readable."""
    place = prepare(server_home)
    assert place.data.stat().st_mode & 0o077 == 0
    assert place.socket is not None
    assert place.socket.stat().st_mode & 0o077 == 0
    record = processes.running(server_home, "postgres")
    assert record is not None
    assert Path(f"/proc/{record.pid}").stat().st_uid != 0


def test_starts_again_after_a_power_cut_whose_number_is_taken() -> None:
    """Would catch a server that refuses to start because `postmaster.pid` names a living, unrelated process."""
    home = temporary_home()
    try:
        server.start(home)
        place = prepare(home)
        lines = (place.data / "postmaster.pid").read_text().splitlines()
        server.stop(home)
        impostor = subprocess.Popen(place.as_account(["sleep", "60"]), cwd="/")
        try:
            place.write("postmaster.pid", "\n".join([str(impostor.pid), *lines[1:]]) + "\n")
            server.start(home)
            assert server.is_ready(home)
        finally:
            impostor.kill()
            impostor.wait()
    finally:
        remove_home(home)


def test_a_recorded_number_of_somebody_else_is_never_stopped() -> None:
    """Would catch `down` killing a stranger's process that got our number after a reboot."""
    home = temporary_home()
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        processes.write_record(home, "postgres", stranger.pid)
        assert processes.running(home, "postgres") is not None, "positive control: the true record is recognised"
        file = home.dir("run") / "postgres.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), "boot": "another-boot"}))
        assert processes.running(home, "postgres") is None
        assert not server.stop(home)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
        remove_home(home)


def test_works_below_a_folder_that_the_server_account_cannot_enter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch a clone below a closed home folder, where the server's account reads neither binaries nor data."""
    home = temporary_home()
    closed = home.path.parent
    package = server_place._wheel_binaries().parents[1]
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, closed / folder.name, symlinks=True)
    monkeypatch.setattr(server_place, "_wheel_binaries", lambda: closed / package.name / "pginstall" / "bin")
    closed.chmod(0o700)
    try:
        server.start(home)
        assert server.is_ready(home)
        place = server_place.prepare(home)
        for path in (place.data, place.bin):
            assert (closed in path.parents) == (os.geteuid() != 0)
    finally:
        remove_home(home)
        assert not place.data.exists()
