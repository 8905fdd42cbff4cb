"""What usually goes wrong, looked for in order, each finding with what to do about it."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rapport import processes
from rapport.box import services
from rapport.home import LOOPBACK, Home
from rapport.warehouse import server

_NEEDED_GB, _LOW_GB = 6.0, 2.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, and what to do if it is not."""

    is_well: bool
    what: str
    advice: str = ""


def examine(home: Home) -> list[Finding]:
    """Look for what usually goes wrong; changes nothing."""
    found: list[Finding] = []
    for look in (_python, _environments, _disk, _home_closed, _services, _ports, _second_clone):
        found += look(home)
    return found


def _python(_: Home) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    supported = (3, 11) <= sys.version_info[:2] <= (3, 12)
    yield Finding(supported, f"Python {version}", "use Python 3.11 or 3.12: `rm -rf .venv .venv-* && make setup PYTHON=python3.12`")


def _environments(home: Home) -> Iterator[Finding]:
    yield Finding(
        (home.root / "uv.lock").is_file(), f"locked versions in {home.root / 'uv.lock'}", "the file is missing: restore it from git"
    )
    python = services.superset_python(home)
    yield Finding(python.is_file(), f"Superset's environment at {python.parent.parent}", "it is missing: run `make setup`")


def _disk(home: Home) -> Iterator[Finding]:
    folder = next(parent for parent in (home.path, *home.path.parents) if parent.exists())
    free = shutil.disk_usage(folder).free / 2**30
    needed = _LOW_GB if (home.path / "ports.json").is_file() else _NEEDED_GB
    advice = (
        f"free some space or set RAPPORT_HOME to a larger disk: less than {needed:.0f} GB is left, and PostgreSQL stops when it is full"
    )
    yield Finding(free >= needed, f"{free:.0f} GB free for {home.path}", advice)


def _home_closed(home: Home) -> Iterator[Finding]:
    if not home.path.exists():
        yield Finding(True, f"{home.path} does not exist yet")
        return
    owner = home.path.stat().st_uid
    advice = f"it belongs to user {owner}: run as that user, or set RAPPORT_HOME to a folder of your own"
    yield Finding(owner == os.geteuid(), f"{home.path} belongs to this account", advice)
    secrets = home.path / "secrets"
    exposed = [file.name for file in (secrets, *secrets.glob("*")) if file.stat().st_mode & 0o077] if secrets.is_dir() else []
    yield Finding(
        not exposed, "secrets are closed to others", f"others can read {', '.join(exposed)}: `chmod go-rwx {secrets} {secrets}/*`"
    )


def _services(home: Home) -> Iterator[Finding]:
    started = [name for name in services.NAMES if (home.path / "run" / f"{name}.json").is_file()]
    well = services.health(home) if started else {}
    for name in started:
        log = home.path / "logs" / f"{name}.log"
        if processes.running(home, name) is None:
            yield Finding(
                False, f"{name} was started and does not run", f"after a reboot or a crash: `rapport up` starts it again; {log} says why"
            )
        else:
            yield Finding(well[name], f"{name} answers", f"it runs but is not well: read {log}, then `rapport down && rapport up`")


def _ports(home: Home) -> Iterator[Finding]:
    owners = {"airflow": services.API_SERVER}
    for name, port in home.ports().items():
        service = owners.get(name, name)
        is_external = service == services.POSTGRES and server.is_external()
        if service in services.NAMES and processes.running(home, service) is None and not is_external:
            advice = f"another program listens on {LOOPBACK}:{port}: stop it, or remove {name} from {home.path}/ports.json for a new port"
            yield Finding(_is_free(port), f"port {port} is free for {service}", advice)


def _second_clone(home: Home) -> Iterator[Finding]:
    """Find services that run on this home from another checkout: two would write one warehouse with two versions."""
    others = set()
    for name in services.NAMES:
        record = processes.running(home, name)
        if record and name not in (services.POSTGRES,):
            folder = Path(f"/proc/{record.pid}/cwd").resolve()
            if folder != home.root and folder != Path("/"):
                others.add(str(folder))
    yield Finding(
        not others, "no other clone runs on this home", f"{', '.join(sorted(others))} does: `rapport down` there, or set RAPPORT_HOME here"
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
