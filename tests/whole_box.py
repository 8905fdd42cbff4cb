"""A home driven as a person drives it: by `rapport` commands, in an environment that names nothing but the home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapport.home import Home

SCALE = "0.2"  # a fifth of the simulated company: every table has rows, and a pass takes a fraction of the time


@dataclass(frozen=True)
class Box:
    """One home and the environment that its commands run in."""

    home: Home
    env: dict[str, str]

    @classmethod
    def at(cls, home: Home, **extra: str) -> Box:
        """Return the box of `home`; `extra` are further environment variables."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("RAPPORT_", "AIRFLOW", "DBT_"))}
        chosen = {"RAPPORT_HOME": str(home.path), "RAPPORT_ROOT": str(home.root), "RAPPORT_SANDBOX_SCALE": SCALE}
        return cls(home, {**kept, **chosen, **extra})

    def rapport(self, *arguments: str, check: bool = True, seconds: float = 900) -> subprocess.CompletedProcess[str]:
        """Run one `rapport` command; a failure shows what it printed."""
        argv = [str(Path(sys.prefix) / "bin" / "rapport"), *arguments]
        done = subprocess.run(argv, env=self.env, capture_output=True, text=True, check=False, timeout=seconds)
        if check and done.returncode != 0:
            raise AssertionError(f"rapport {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done

    def json(self, *arguments: str) -> Any:
        """Run a command with `--json` and return what it says."""
        return json.loads(self.rapport(*arguments, "--json").stdout)

    def query(self, role: str, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a statement run with the rights of a role."""
        return list(self.json("query", "--role", role, sql))
