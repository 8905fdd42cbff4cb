"""A real Request Tracker 5 from Debian's packages, with a configuration, database and folders of its own."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.servers.processes import free_port, running

PACKAGES = "request-tracker5 rt5-standalone rt5-db-sqlite starman"
_SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
_LIBRARY = "/usr/share/request-tracker5/lib"
_CONFIG = """
Set($rtname, 'example.test');
Set($Organization, 'example.test');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/rt.sqlite');
Set($WebSessionClass, 'Apache::Session::File');
Set($MailCommand, 'testfile');
Set($Timezone, 'UTC');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
$RT::VarPath = '{folder}';
$RT::MasonDataDir = '{folder}/mason';
$RT::MasonSessionDir = '{folder}/sessions';
1;
"""


@dataclass(frozen=True)
class RequestTracker:
    """A running server.

    Attributes:
        host: its address.
        folder: configuration, database and log.
    """

    host: str
    folder: Path

    def call(self, method: str, path: str, json: Any = None, text: str | None = None, login: str = "root") -> Any:
        """Ask REST 2.0 as an agent, as its interface for people does, and return the answer."""
        headers = {"Content-Type": "text/plain"} if text is not None else {}
        answer = httpx.request(
            method,
            f"{self.host}/REST/2.0/{path}",
            json=json,
            content=text,
            headers=headers,
            auth=(login, "password"),
            timeout=60,
        )
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json() if answer.content else None

    def perl(self, code: str) -> str:
        """Run Perl with RT's own classes, and return what it prints."""
        done = subprocess.run(
            ["perl", f"-I{_LIBRARY}", "-e", f"use RT -init; {code}"],
            env={**os.environ, **environment(self.folder)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr[-1000:]
        return done.stdout

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return rows of the server's own database."""
        with closing(sqlite3.connect(f"file:{self.folder}/rt.sqlite?mode=ro", uri=True, timeout=30)) as database:
            return database.execute(query).fetchall()

    def write(self, statement: str) -> None:
        """Change the server's database behind its back."""
        with closing(sqlite3.connect(self.folder / "rt.sqlite", timeout=30)) as database, database:
            database.execute(statement)


def environment(folder: Path) -> dict[str, str]:
    """Return the variables by which RT's programs find the configuration in `folder` and nothing of the machine's."""
    return {"RT_SITE_CONFIG": str(folder / "RT_SiteConfig.pm"), "RT_SITE_CONFIG_DIR": str(folder / "conf.d"), "TMPDIR": str(folder / "tmp")}


@contextmanager
def serve(folder: Path) -> Iterator[RequestTracker]:
    """Set up and serve Request Tracker on a free port until the block ends."""
    if not _SERVER.is_file():
        raise RuntimeError(f"Request Tracker is not installed: apt-get install --no-install-recommends {PACKAGES}")
    for name in ("conf.d", "mason", "sessions", "tmp"):
        (folder / name).mkdir(parents=True)
    port = free_port()
    (folder / "RT_SiteConfig.pm").write_text(_CONFIG.format(port=port, folder=folder))
    made = subprocess.run(
        ["/usr/sbin/rt-setup-database-5", "--action", "init", "--skip-create"],
        env={**os.environ, **environment(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert made.returncode == 0, f"{made.stdout[-1000:]}{made.stderr[-1000:]}"
    server = RequestTracker(f"http://127.0.0.1:{port}", folder)
    argv = [str(_SERVER), "--server", "Starman", "--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    with running(argv, folder / "rt-server.log", lambda: _answers(server.host), env=environment(folder)):
        yield server


def _answers(host: str) -> bool:
    try:
        return httpx.get(f"{host}/REST/2.0/rt", auth=("root", "password"), timeout=30).is_success
    except httpx.TransportError:
        return False
