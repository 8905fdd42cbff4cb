"""Time whole commands in turn (A B A B …), so that a drift of the machine meets all alike; the database server's share is counted too."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

_SAMPLE_SECONDS = 0.1
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Runs:
    """What the runs of one command cost.

    Attributes:
        wall: seconds.
        cpu: seconds of CPU of the command.
        memory: largest resident memory of the command, MB.
        server_cpu: seconds of CPU that the database server spent meanwhile; 0 if none was watched.
        server_memory: largest memory of the server's processes beside what they share, MB.
    """

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    server_cpu: list[float] = field(default_factory=list)
    server_memory: list[float] = field(default_factory=list)

    def median(self, figure: str) -> float:
        """Return the median of a figure."""
        return statistics.median(getattr(self, figure))

    def add(self, **figures: float) -> None:
        """Add one run."""
        for name, value in figures.items():
            getattr(self, name).append(value)


@dataclass(frozen=True)
class Command:
    """A command to time; `before` sets the stage and is not counted."""

    name: str
    argv: Sequence[str]
    before: Callable[[], None] = lambda: None
    env: Mapping[str, str] | None = None


def interleaved(commands: Sequence[Command], rounds: int = 3, postmaster: int | None = None) -> dict[str, Runs]:
    """Run the commands in turn, `rounds` times each, and return what each cost.

    Args:
        commands: what to run.
        rounds: how often.
        postmaster: process number of the database server whose work counts too.

    Raises:
        RuntimeError: a command failed; its last words are in the message.
    """
    found = {command.name: Runs() for command in commands}
    for number in range(rounds):
        for command in commands:
            command.before()
            figures = _once(command, postmaster)
            found[command.name].add(**figures)
            said = "  ".join(f"{name} {value:.2f}" for name, value in figures.items())
            print(f"  round {number + 1}/{rounds}  {command.name:<32} {said}", flush=True)
    return found


def _once(command: Command, postmaster: int | None) -> dict[str, float]:
    watch = _Watch(postmaster)
    with tempfile.TemporaryFile() as words:
        began = time.monotonic()
        with subprocess.Popen(
            list(command.argv), env={**os.environ, **(command.env or {})}, stdout=words, stderr=subprocess.STDOUT
        ) as process:
            watch.begin(process.pid)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - began
        watch.end()
        if process.returncode != 0:
            words.seek(0)
            raise RuntimeError(f"{command.name} failed:\n{words.read().decode(errors='replace')[-2000:]}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, **watch.figures()}


class _Watch:
    """Looks now and then at the memory of a command and of the database server."""

    def __init__(self, postmaster: int | None) -> None:
        self._postmaster = postmaster
        self._memory = self._server_memory = 0.0
        self._ended = Event()
        self._before = _ticks(postmaster) if postmaster else 0

    def begin(self, command: int) -> None:
        self._thread = Thread(target=self._look, args=(command,))
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def figures(self) -> dict[str, float]:
        server_cpu = (_ticks(self._postmaster) - self._before) / _TICKS if self._postmaster else 0.0
        return {"memory": self._memory, "server_cpu": server_cpu, "server_memory": self._server_memory}

    def _look(self, command: int) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            self._memory = max(self._memory, _megabytes(command, "VmHWM"))
            if self._postmaster:
                private = sum(_megabytes(child, "RssAnon") for child in _children(self._postmaster))
                self._server_memory = max(self._server_memory, private)


def _children(parent: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def _ticks(postmaster: int) -> int:
    """Return the CPU of the server and of every process that it ever had."""
    total = 0
    for process in (postmaster, *_children(postmaster)):
        try:
            figures = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(map(int, figures[11:15] if process == postmaster else figures[11:13]))
    return total


def _megabytes(process: int, figure: str) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{figure}:")) / 1024
