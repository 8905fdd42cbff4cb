"""A real Roundup issue tracker on loopback, made anew for a test, with SQLite, behind the standard library's WSGI server."""

from __future__ import annotations

import json
import secrets
import sqlite3
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapport.home import checkout

from tests.servers.processes import free_port, running

PYTHON = checkout() / ".venv-servers" / "bin" / "python"
_SERVE = """
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from roundup.cgi.wsgi_handler import RequestDispatcher

class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass

make_server("127.0.0.1", int(sys.argv[2]), RequestDispatcher(sys.argv[1]), Server, Quiet).serve_forever()
"""
_CHANGE = """
import json, sys
import roundup.instance
from roundup.date import Date
from roundup.password import Password

db = roundup.instance.open(sys.argv[1]).open("admin")
for kind, how, values in json.load(sys.stdin):
    items = db.getclass(kind)
    values = {name: Date(value) if name in ("date",) else value for name, value in values.items()}
    if "password" in values:
        values["password"] = Password(values["password"], config=db.config)
    if how == "create":
        items.create(**values)
    elif how == "retire":
        items.retire(values["id"])
    else:
        items.set(values.pop("id"), **values)
db.commit()
db.close()
"""


@dataclass(frozen=True)
class Roundup:
    """A running tracker: its folder, address and the administrator's password."""

    folder: Path
    host: str
    password: str

    def change(self, *changes: tuple[str, str, dict[str, Any]]) -> None:
        """Create, set or retire items, as (class, how, values), in the tracker's own code."""
        subprocess.run([PYTHON, "-c", _CHANGE, str(self.folder)], input=json.dumps(changes), text=True, check=True, timeout=60)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the tracker's own database."""
        with closing(sqlite3.connect(self.folder / "db" / "db")) as conn:
            return conn.execute(sql).fetchall()


@contextmanager
def serve(folder: Path) -> Iterator[Roundup]:
    """Make a tracker below `folder` and serve it until the block ends."""
    if not PYTHON.exists():
        raise AssertionError(f"{PYTHON} is missing: make .venv-servers/.synced")
    tracker, port, password = folder / "tracker", free_port(), secrets.token_hex(8)
    admin = [PYTHON.with_name("roundup-admin"), "-i", str(tracker)]
    subprocess.run([*admin, "install", "classic", "sqlite"], check=True, capture_output=True, timeout=60)
    settings = tracker / "config.ini"
    text = settings.read_text().replace("#web = NO DEFAULT", f"web = http://127.0.0.1:{port}/")
    settings.write_text(text.replace("#domain = NO DEFAULT", "domain = desk.example.com").replace("#host = NO DEFAULT", "host = localhost"))
    subprocess.run([*admin, "initialise", password], check=True, capture_output=True, timeout=60)
    running_tracker = Roundup(tracker, f"http://127.0.0.1:{port}", password)
    with running([str(PYTHON), "-c", _SERVE, str(tracker), str(port)], folder / "roundup.log", lambda: _answers(port)):
        yield running_tracker


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/rest", timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
