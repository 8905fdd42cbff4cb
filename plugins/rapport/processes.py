"""Processes that outlive the command that starts them, and can be found again later.

A process is remembered by its number, its start time and the machine's boot, so that a number which the system has
given to somebody else in the meantime is never taken for ours, nor stopped. Each runs in a session of its own: stopping
it stops its children too, and nothing else.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rapport.home import Home

_children: dict[int, subprocess.Popen[bytes]] = {}  # started by this very interpreter: polled, so that none stays a zombie


@dataclass(frozen=True)
class Record:
    """A started process: its number and the moment it began (clock ticks since boot, and which boot)."""

    pid: int
    ticks: int
    boot: str


@contextmanager
def locked(home: Home, name: str) -> Iterator[None]:
    """Hold the lock `name` of a home: one process at a time, freed by the system when the holder dies."""
    with (home.dir("run") / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def start(home: Home, name: str, argv: Sequence[str], env: Mapping[str, str], *, cwd: Path | None = None) -> int:
    """Start `argv` detached as the service `name`; its output is appended to `logs/<name>.log`.

    `env` is the whole environment of the process. Its working folder is the root folder unless `cwd` says otherwise, so
    that no folder of a user is kept busy.

    Returns:
        The process number; the running one's if the service runs already.
    """
    with locked(home, f"start-{name}"):
        if (record := running(home, name)) is not None:
            return record.pid
        log = home.dir("logs") / f"{name}.log"
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as output:
            child = subprocess.Popen(
                list(argv),
                env=dict(env),
                cwd=cwd or "/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _children[child.pid] = child
        write_record(home, name, child.pid)
        return child.pid


def write_record(home: Home, name: str, pid: int) -> None:
    """Remember that the process `pid` is the service `name` of this home."""
    record = {"pid": pid, "ticks": _ticks(pid) or 0, "boot": _boot()}
    file = _file(home, name)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(record))
    draft.replace(file)


def running(home: Home, name: str) -> Record | None:
    """Return the record of the service `name` if its process is alive, else None."""
    record = _read(home, name)
    return record if record and _is_alive(record) else None


def stop(home: Home, name: str, *, first: signal.Signals = signal.SIGTERM, grace: float = 15.0) -> bool:
    """Stop the service `name` and every process of its session.

    `first` is the signal that asks politely; after `grace` seconds the rest is killed.

    Returns:
        Whether there was anything to stop.
    """
    record = _read(home, name)
    if record is None:
        return False
    members = _session(record)
    if _is_alive(record):
        with suppress(ProcessLookupError):
            os.kill(record.pid, first)
    deadline = time.monotonic() + grace
    while _is_alive(record) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = _session(record)
    for pid in left:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 5.0
    while (left := _session(record)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in left:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    _file(home, name).unlink(missing_ok=True)
    return bool(members)


def members(home: Home, name: str) -> list[int]:
    """Return the numbers of the live processes of the service `name`: its own and its children's."""
    record = _read(home, name)
    return sorted({*_session(record), *descendants(record.pid if _is_alive(record) else 0)}) if record else []


def descendants(pid: int) -> list[int]:
    """Return the numbers of a process's children and their children; none for number 0."""
    parents = {
        int(entry.name): int(fields[1]) for entry in Path("/proc").iterdir() if entry.name.isdigit() and (fields := _stat(int(entry.name)))
    }
    found, young = [], [pid] if pid else []
    while young:
        young = [child for child, parent in parents.items() if parent in young]
        found += young
    return found


def pss_bytes(pids: Sequence[int]) -> int:
    """Return the memory of processes, shared pages split among those that share them (PSS), in bytes."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
                    break
    return total


def last_lines(home: Home, name: str, lines: int = 8) -> str:
    """Return the end of a service's log, for an error message that has to show why it did not start."""
    with suppress(OSError):
        return "\n".join((home.dir("logs") / f"{name}.log").read_text(errors="replace").splitlines()[-lines:])
    return ""


def _file(home: Home, name: str) -> Path:
    return home.dir("run") / f"{name}.json"


def _read(home: Home, name: str) -> Record | None:
    with suppress(FileNotFoundError, json.JSONDecodeError, KeyError):
        data = json.loads(_file(home, name).read_text())
        return Record(int(data["pid"]), int(data["ticks"]), str(data["boot"]))
    return None


def _is_alive(record: Record) -> bool:
    if child := _children.get(record.pid):
        child.poll()
    return record.boot == _boot() and record.ticks != 0 and _ticks(record.pid) == record.ticks


def _session(record: Record) -> list[int]:
    """Live processes of the session that the recorded process leads, or led before it died."""
    if record.boot != _boot():
        return []
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        fields = _stat(int(entry.name))
        # a session keeps its leader's number after the leader's death; nothing in it can be older than the leader
        if fields and int(fields[3]) == record.pid and int(fields[19]) >= record.ticks and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/<pid>/stat from the third (state) on; None if there is no such process."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return None


def _ticks(pid: int) -> int | None:
    fields = _stat(pid)
    return int(fields[19]) if fields and fields[0] != "Z" else None


def _boot() -> str:
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return ""
