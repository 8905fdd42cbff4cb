"""Servers that nobody here wrote, as processes of a test: a free port, a wait for the first answer, an end that leaves nothing running."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    argv: Sequence[str], log: Path, is_ready: Callable[[], bool], *, env: Mapping[str, str] | None = None, seconds: float = 120
) -> Iterator[None]:
    """Run a server until the block ends.

    It and its children are a group of their own, which is ended whole; should the tests be killed, the server ends too.

    Args:
        argv: the command, which stays in the foreground.
        log: takes what it prints.
        is_ready: asks whether it answers.
        env: variables beside this process's own.
        seconds: how long it may take to answer.

    Raises:
        AssertionError: it ended by itself or did not answer in time; the message has the end of its log.
    """
    with log.open("ab") as out:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *argv],
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        _wait(process, log, is_ready, seconds)
        yield
    finally:
        _end(process)


def _wait(process: subprocess.Popen[bytes], log: Path, is_ready: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"{log.stem} ended by itself:\n{log.read_text(errors='replace')[-2000:]}")
        if is_ready():
            return
        time.sleep(0.1)
    raise AssertionError(f"{log.stem} did not answer within {seconds:.0f} s:\n{log.read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen[bytes], grace: float = 10) -> None:
    """End the server, which ends its children; then whatever of its group has outlived it."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(grace)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
