"""A small simulated company in a process of its own, for tests of the declarations against vendor-shaped APIs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapport.home import checkout


@dataclass
class Company:
    folder: Path

    @property
    def connections(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "connections.json").read_text()))

    def command(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "sandbox", *arguments], cwd=checkout(), env=self.environment, check=True, capture_output=True)

    @property
    def environment(self) -> dict[str, str]:
        wanted = {"HOME": str(self.folder), "SCALE": "0.05", "SEED": "7", "VENDORS": "all"}
        return {**os.environ, **{f"RAPPORT_SANDBOX_{name}": value for name, value in wanted.items()}}


@contextmanager
def running_company(folder: Path) -> Iterator[Company]:
    """Serve every system of a company of about 1/20 of the default size from `folder`, on a free loopback port."""
    company = Company(folder)
    log = (folder / "serve.log").open("w")
    process = subprocess.Popen([sys.executable, "-m", "sandbox", "serve"], cwd=checkout(), env=company.environment, stdout=log, stderr=log)
    try:
        _wait(company, process)
        yield company
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait(company: Company, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the company did not start: {(company.folder / 'serve.log').read_text()[-2000:]}"
        try:
            host = next(iter(company.connections.values()))["host"].rsplit("/", 1)[0]
            with urllib.request.urlopen(f"{host}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("the company did not answer in 90 seconds")
