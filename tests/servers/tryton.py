"""A real Tryton 8.2 from PyPI, on a database of its own in the tests' PostgreSQL."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg import sql
from rapport.home import Home, checkout
from rapport.warehouse import server

from tests.servers.processes import free_port, running

DATABASE = "tryton"
MODULES = ("party", "company", "sale_opportunity")
_BIN = checkout() / ".venv-servers" / "bin"
_DESK = Path(__file__).with_name("tryton_desk.py")
_CONFIG = """
[database]
uri = {uri}/
[web]
listen = 127.0.0.1:{port}
"""


@dataclass(frozen=True)
class Tryton:
    """A running server.

    Attributes:
        host: its address.
        folder: configuration and log.
        dsn: its own database.
    """

    host: str
    folder: Path
    dsn: str

    def desk(self, work: str) -> dict[str, Any]:
        """Let people work with it, by Tryton's own client library: a function of `tryton_desk.py`, and what it returns."""
        return dict(json.loads(_run(str(_BIN / "python"), str(_DESK), str(self.folder / "trytond.conf"), DATABASE, work)))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return rows of the server's own database."""
        with psycopg.connect(self.dsn) as conn:
            return conn.execute(query.encode()).fetchall()

    def write(self, statement: str) -> None:
        """Change the server's database behind its back."""
        with psycopg.connect(self.dsn) as conn:
            conn.execute(statement.encode())


@contextmanager
def serve(home: Home, folder: Path) -> Iterator[Tryton]:
    """Set up and serve Tryton on a free port until the block ends; its database and role live as long."""
    if not (_BIN / "trytond").is_file():
        raise RuntimeError("Tryton is not installed: make .venv-servers/.synced (make test does it)")
    folder.mkdir()
    host, database_port = home.database_host()
    password = secrets.token_hex(16)
    uri = f"postgresql://{DATABASE}:{password}@{host}:{database_port}"
    port = free_port()
    (folder / "trytond.conf").write_text(_CONFIG.format(uri=uri, port=port))
    (folder / "trytond.conf").chmod(0o600)
    with psycopg.connect(server.admin_dsn(home), autocommit=True) as conn:
        conn.execute(sql.SQL("create role {} login password {}").format(sql.Identifier(DATABASE), password))
        conn.execute(sql.SQL("create database {0} owner {0}").format(sql.Identifier(DATABASE)))
        try:
            (folder / "password").write_text(secrets.token_hex(16))
            command = ["-c", str(folder / "trytond.conf"), "-d", DATABASE, "--email", "admin@desk.example", "--activate-dependencies"]
            _run(str(_BIN / "trytond-admin"), *command, "-u", *MODULES, TRYTONPASSFILE=str(folder / "password"))
            address = f"http://127.0.0.1:{port}"
            argv = [str(_BIN / "trytond"), "-c", str(folder / "trytond.conf"), "-d", DATABASE]
            with running(argv, folder / "trytond.log", lambda: _answers(address)):
                yield Tryton(address, folder, f"{uri}/{DATABASE}")
        finally:
            conn.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(DATABASE)))
            conn.execute(sql.SQL("drop role {}").format(sql.Identifier(DATABASE)))


def _answers(host: str) -> bool:
    try:
        return httpx.get(f"{host}/{DATABASE}/rest/model/party.party", timeout=30).status_code == httpx.codes.UNAUTHORIZED
    except httpx.TransportError:
        return False


def _run(*argv: str, **environment: str) -> str:
    done = subprocess.run(
        argv, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, f"{Path(argv[0]).name}: {done.stderr[-1500:]}"
    return done.stdout
