"""The sandbox company as a process of its own, for tests that speak to it over HTTP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rapport.home import checkout


@dataclass(frozen=True)
class SandboxServer:
    """A served company.

    Attributes:
        home: its state folder.
        connections: source -> how to reach it.
        environment: what commands about it need.
    """

    home: Path
    connections: dict[str, dict[str, Any]]
    environment: dict[str, str]

    def command(self, *arguments: str) -> str:
        """Run `python -m sandbox ...` on this company and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", *arguments],
            cwd=checkout(),
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return done.stdout

    def canaries(self) -> list[dict[str, Any]]:
        """Return the planted identifiers and where they stand."""
        planted: list[dict[str, Any]] = json.loads(self.command("canaries", "--json"))
        return planted


@contextmanager
def serve(scale: float = 0.1, vendors: str = "") -> Iterator[SandboxServer]:
    """Serve a company of `scale` on a free port until the block ends, through the systems of a list with commas (default: the default)."""
    with tempfile.TemporaryDirectory(prefix="rapport-test-sandbox-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = os.environ | {"RAPPORT_SANDBOX_HOME": folder, "RAPPORT_SANDBOX_SCALE": str(scale), "RAPPORT_SANDBOX_VENDORS": vendors}
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "serve", "--port", str(port)],
            cwd=checkout(),
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(process, port, Path(folder) / "connections.json")
            connections = json.loads((Path(folder) / "connections.json").read_text())
            yield SandboxServer(Path(folder), connections, environment)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(process: subprocess.Popen[bytes], port: int, connections: Path, seconds: float = 300.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the sandbox ended by itself"
        try:
            if connections.exists() and httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"the sandbox did not answer within {seconds:.0f} s")
