"""Superset's deploy script, run in Superset's own environment."""

from __future__ import annotations

import subprocess

from rapport import processes
from rapport.box import services
from rapport.home import Home, HomeError


def deploy(home: Home, phase: str) -> None:
    """Run one phase (`bootstrap` or `publish`) of `superset/deploy.py`; its lines go to `logs/superset-<phase>.log`.

    Raises:
        HomeError: it failed; the message holds the end of its log.
    """
    python = services.superset_python(home)
    if not python.is_file():
        raise HomeError(f"Superset's environment is missing ({python}): run `make setup`")
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


def login(home: Home, role: str) -> dict[str, str]:
    """Return where and as whom `role` logs in: `address`, `user` and `password` (kept with mode 0400 in the home)."""
    return {
        "address": str(services.address(home, services.SUPERSET)),
        "user": role,
        "password": home.secret(f"superset_{role}"),
    }
