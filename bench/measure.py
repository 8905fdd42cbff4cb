"""Time whole commands in turn (A B A B …), so that a drift of the machine meets both alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Runs:
    """What the runs of one command cost: wall and CPU seconds, peak resident memory of its largest process in MB."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def median(self, figure: str) -> float:
        """Return the median of `wall`, `cpu` or `memory`."""
        return statistics.median(getattr(self, figure))


@dataclass(frozen=True)
class Command:
    """A command to time; `before` sets the stage and is not counted."""

    name: str
    argv: Sequence[str]
    before: Callable[[], None] = lambda: None
    env: Mapping[str, str] | None = None


def interleaved(commands: Sequence[Command], rounds: int = 3) -> dict[str, Runs]:
    """Run the commands in turn, `rounds` times each, and return what each cost.

    Raises:
        RuntimeError: a command failed; its last words are in the message.
    """
    found = {command.name: Runs() for command in commands}
    for number in range(rounds):
        for command in commands:
            command.before()
            wall, cpu, memory = _once(command)
            print(f"  round {number + 1}/{rounds}  {command.name:<28} {wall:7.2f} s wall  {cpu:7.2f} s CPU  {memory:6.0f} MB", flush=True)
            runs = found[command.name]
            runs.wall.append(wall)
            runs.cpu.append(cpu)
            runs.memory.append(memory)
    return found


def _once(command: Command) -> tuple[float, float, float]:
    began = time.monotonic()
    with subprocess.Popen(
        list(command.argv), env={**os.environ, **(command.env or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        words = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command.name} failed:\n{words.decode(errors='replace')[-2000:]}")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
