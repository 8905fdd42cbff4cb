"""Superset's deploy script, run in Superset's own environment."""

from __future__ import annotations

import subprocess
from pathlib import Path

from rapport import processes
from rapport.box import services
from rapport.home import Home, HomeError


def deploy(home: Home, phase: str) -> str:
    """Run one phase (`bootstrap` or `publish`) of `superset/deploy.py`; its lines go to `logs/superset-<phase>.log`.

    Returns:
        Its last line: what was done, in numbers, as JSON.

    Raises:
        HomeError: it failed; the message holds the end of its log.
    """
    python = _python(home)
    name = f"superset-{phase}"
    log = home.dir("logs") / f"{name}.log"
    # two at once, for instance the first release while Superset is still being set up, would trip over each other
    with processes.locked(home, "superset-deploy"), log.open("ab") as output:
        log.chmod(0o600)
        argv = [str(python), str(home.root / "superset" / "deploy.py"), phase]
        env = services.superset_environment(home)
        done = subprocess.run(argv, env=env, cwd=home.root, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise HomeError(f"superset/deploy.py {phase} failed; {log} ends with:\n{processes.last_lines(home, name)}")
    return processes.last_lines(home, name).rstrip().rpartition("\n")[2].strip()


def _python(home: Home) -> Path:
    python = services.superset_python(home)
    if not python.is_file():
        raise HomeError(f"Superset's environment is missing ({python}): run `make setup`")
    return python


def validate(home: Home) -> tuple[str, bool]:
    """Check the bundle in git with the generator's own check, which needs neither a warehouse nor Superset.

    Returns:
        What it said, and whether the bundle is sound.

    Raises:
        HomeError: Superset's environment is missing.
    """
    done = subprocess.run(
        [str(_python(home)), "-m", "bundle", "validate"], cwd=home.root / "superset", capture_output=True, text=True, check=False
    )
    return (done.stdout + done.stderr).rstrip(), done.returncode == 0


def login(home: Home, role: str) -> dict[str, str]:
    """Return where and as whom `role` logs in: `address`, `user` and `password` (kept with mode 0400 in the home)."""
    return {
        "address": str(services.address(home, services.SUPERSET)),
        "user": role,
        "password": home.secret(f"superset_{role}"),
    }
