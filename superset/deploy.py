"""Bring this home's Superset to what the checkout says. One process, safe to run again.

    python superset/deploy.py bootstrap   # schema, permissions, roles, users, connections: needs no warehouse table
    python superset/deploy.py publish     # after a release: dashboards, access, prune, fresh cache, self-test
    python superset/deploy.py             # both

Exit code 0: everything is as git says and every chart answered every role that may see it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "plugins")]
os.environ.setdefault("SUPERSET_CONFIG_PATH", str(HERE / "superset_config.py"))

SHOWN = 20


def main(argv: list[str] | None = None) -> int:
    """Run one phase or both; print one line a step with its seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("phase", nargs="?", choices=("bootstrap", "publish", "all"), default="all")
    phase = parser.parse_args(argv).phase
    steps = Steps()

    from deploying.phases import bootstrap, publish
    from rapport.home import Home
    from superset.app import create_app

    home = Home.current()
    app = create_app()
    steps.done("Superset loaded")
    problems: list[str] = []
    with app.test_request_context():
        if phase in ("bootstrap", "all"):
            bootstrap(home, steps.done)
        if phase in ("publish", "all"):
            problems = publish(home, steps.done)
    for problem in problems[:SHOWN]:
        print(f"  ! {problem}", file=sys.stderr)
    if len(problems) > SHOWN:
        print(f"  ! and {len(problems) - SHOWN} more", file=sys.stderr)
    summary = {"phase": phase, "seconds": steps.total(), "cpu_seconds": round(time.process_time(), 1), "problems": len(problems)}
    print(json.dumps(summary))
    return 1 if problems else 0


class Steps:
    """Prints what was done and how long it took."""

    def __init__(self) -> None:
        """Start the clock."""
        self._start = self._last = time.monotonic()

    def done(self, what: str) -> None:
        """Print `what` with the seconds since the previous step."""
        now = time.monotonic()
        print(f"  superset: {what} ({now - self._last:.1f} s)", flush=True)
        self._last = now

    def total(self) -> float:
        """Seconds since the start."""
        return round(time.monotonic() - self._start, 1)


if __name__ == "__main__":
    sys.exit(main())
