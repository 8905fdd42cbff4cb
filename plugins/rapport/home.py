"""Where one installation keeps its state: folders, ports, secrets and addresses.

A *home* is a folder. Two homes run side by side: each has its own ports, secrets, database and logs.
This module imports nothing but the standard library, so that every process, Superset's included, can use it.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

LOOPBACK = "127.0.0.1"


class HomeError(RuntimeError):
    """The home cannot be used as it is; the message says what to do."""


def checkout() -> Path:
    """Return the folder that holds `dags/`, `dbt_project/` and the rest (`RAPPORT_ROOT`, or two above the package)."""
    configured = os.environ.get("RAPPORT_ROOT")
    return Path(configured).resolve() if configured else Path(__file__).resolve().parents[2]


def _default_path() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/rapport")
    return checkout() / ".rapport"


@dataclass(frozen=True)
class Home:
    """One installation's state folder.

    Attributes:
        path: the state folder.
        root: the checkout whose code runs on it.
    """

    path: Path
    root: Path

    @classmethod
    def current(cls) -> Home:
        """Return the home that the environment names: `RAPPORT_HOME`, or the default of this account."""
        configured = os.environ.get("RAPPORT_HOME")
        path = Path(configured).expanduser().resolve() if configured else _default_path()
        return cls(path=path, root=checkout())

    @property
    def sources_dir(self) -> Path:
        """Folder of the source declarations in use (`RAPPORT_SOURCES`)."""
        configured = os.environ.get("RAPPORT_SOURCES")
        return Path(configured).expanduser().resolve() if configured else self.root / "sources"

    @property
    def sandbox_path(self) -> Path:
        """State of the simulated company: outside the home, because it holds people in the clear."""
        configured = os.environ.get("RAPPORT_SANDBOX_HOME")
        return Path(configured).expanduser().resolve() if configured else self.path.with_name(self.path.name + "-sandbox")

    @property
    def tenant(self) -> str:
        """Name of the tenant: part of every token's key."""
        return os.environ.get("RAPPORT_TENANT", "default")

    @property
    def bind(self) -> str:
        """Address that servers listen on: loopback, unless `RAPPORT_BIND` says otherwise (containers)."""
        return os.environ.get("RAPPORT_BIND", LOOPBACK)

    def dir(self, name: str) -> Path:
        """Return the sub-folder `name`, made with mode 0700 if it is not there."""
        folder = self.path / name
        if not folder.is_dir():
            self.path.mkdir(parents=True, exist_ok=True, mode=0o755)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    # ports ---------------------------------------------------------------------------------------------------------
    def port(self, service: str) -> int:
        """Return the port of `service`: `RAPPORT_PORT_<SERVICE>`, or one chosen free once and recorded in `ports.json`."""
        if configured := os.environ.get(f"RAPPORT_PORT_{service.upper()}"):
            return int(configured)
        if service in (ports := self.ports()):
            return ports[service]
        self.dir("run")
        with (self.path / "ports.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two processes may ask at once; the second sees the first's answer
            ports = self.ports()
            if service not in ports:
                taken = set(ports.values())
                while (port := _free_port()) in taken:
                    pass
                ports[service] = port
                _write(self.path / "ports.json", json.dumps(ports, indent=1, sort_keys=True), 0o644)
            return ports[service]

    def ports(self) -> dict[str, int]:
        """Return the ports recorded so far, by service."""
        with suppress(FileNotFoundError):
            return dict(json.loads((self.path / "ports.json").read_text()))
        return {}

    # secrets -------------------------------------------------------------------------------------------------------
    def secret(self, name: str, length: int = 32) -> str:
        """Return the secret `name`; a new random one of `length` bytes is kept (mode 0400) on first use.

        `RAPPORT_SECRET_<NAME>` in the environment wins over the file.
        """
        if from_environment := os.environ.get(f"RAPPORT_SECRET_{name.upper()}"):
            return from_environment
        file = self.dir("secrets") / name
        with suppress(FileNotFoundError):
            return file.read_text().strip()
        draft = file.with_name(f".{name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(length))
        with suppress(FileExistsError):  # another process was quicker: its secret stands
            os.link(draft, file)
        draft.unlink()
        return file.read_text().strip()

    def connection(self, connection_id: str) -> dict[str, Any] | None:
        """Return how to reach a source system, or None if nobody has said so.

        Looked up in `RAPPORT_CONN_<ID>` (a JSON object), then in `secrets/connections.json`.

        Returns:
            A dict with `host`, `login`, `password` and `extra`.
        """
        text = os.environ.get(f"RAPPORT_CONN_{connection_id.upper()}")
        if text:
            return _object(text, f"RAPPORT_CONN_{connection_id.upper()}")
        file = self.path / "secrets" / "connections.json"
        with suppress(FileNotFoundError):
            found = _object(file.read_text(), str(file)).get(connection_id)
            return dict(found) if found else None
        return None

    # databases -----------------------------------------------------------------------------------------------------
    def dsn(self, role: str, database: str = "rapport") -> str:
        """Return the address of `database` for the PostgreSQL role `role`, its password included."""
        host, port = self.database_host()
        return f"postgresql://{role}:{quote(self.secret(role), safe='')}@{host}:{port}/{database}"

    def database_host(self) -> tuple[str, int]:
        """Return host and port of the warehouse: `RAPPORT_WAREHOUSE_URL`'s, or the embedded server's."""
        external = os.environ.get("RAPPORT_WAREHOUSE_URL")
        if not external:
            return LOOPBACK, self.port("postgres")
        parts = urlsplit(external)
        if not parts.hostname:
            raise HomeError("RAPPORT_WAREHOUSE_URL names no host: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
        return parts.hostname, parts.port or 5432


def _free_port() -> int:
    """Return a loopback port nobody listens on, below the range that outgoing connections are given theirs from."""
    for _ in range(1000):
        port = 20000 + secrets.randbelow(12000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port
    raise HomeError("no free port between 20000 and 32000 on 127.0.0.1: stop what listens there, see `ss -ltn`")


def _write(file: Path, text: str, mode: int) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_text(text)
    draft.chmod(mode)
    draft.replace(file)


def _object(text: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise HomeError(f"{where} is not JSON (line {error.lineno}): write an object of connections") from None
    if not isinstance(value, dict):
        raise HomeError(f"{where} must hold a JSON object")
    return value
