"""What each service is: its command, its environment, where it listens and how to ask whether it is well.

The box starts these in the background, `rapport service NAME` in the foreground, and the compose file calls the latter:
there is one description of each process.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from rapport.box import airflow_settings
from rapport.home import LOOPBACK, Home, HomeError
from rapport.warehouse import reaper, server

POSTGRES = "postgres"
SANDBOX = "sandbox"
API_SERVER = "airflow-api-server"
AIRFLOW = (API_SERVER, "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer")
SUPERSET = "superset"
REAPER = reaper.ROLE
NAMES = (POSTGRES, SANDBOX, *AIRFLOW, SUPERSET, REAPER)

# What a child may see of the caller's environment: enough to find programs and to speak the caller's language.
_INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True)
class Service:
    """One process: `argv`, its whole environment `env`, working folder, address and the page that proves its health."""

    name: str
    argv: list[str]
    env: dict[str, str] = field(repr=False)
    cwd: Path | None
    address: str | None


def service(home: Home, name: str) -> Service:
    """Return the description of the service `name`.

    Raises:
        HomeError: there is no such service.
    """
    if name == POSTGRES:
        if server.is_external():
            raise HomeError("RAPPORT_WAREHOUSE_URL names a PostgreSQL of yours: there is no embedded server to run")
        return Service(name, server.command(home), server.server_environment(), None, address(home, name))
    if name == SANDBOX:
        argv = [python(), "-m", "sandbox", "serve", "--port", str(home.port(SANDBOX))]
        env = {**environment(home), "RAPPORT_SANDBOX_HOME": str(home.sandbox_path)}
        return Service(name, argv, env, home.root, address(home, name))
    if name in AIRFLOW:
        argv = [str(Path(python()).with_name("airflow")), *airflow_settings.arguments(home, name.removeprefix("airflow-"))]
        env = {**environment(home), **airflow_settings.environment(home)}
        return Service(name, argv, env, home.root, address(home, name))
    if name == SUPERSET:
        argv = [str(superset_python(home).with_name("gunicorn")), "--workers", "2", "--worker-class", "gthread", "--threads", "8"]
        # The control socket would lie in the account's home folder, outside this home and shared by all.
        argv += ["--no-control-socket", "--timeout", "120", "--access-logfile", "/dev/null"]
        argv += ["--bind", f"{home.bind}:{home.port(SUPERSET)}", "superset.app:create_app()"]
        return Service(name, argv, superset_environment(home), home.root, address(home, name))
    if name == REAPER:
        return Service(name, [python(), "-m", "rapport.warehouse.reaper"], environment(home), None, None)
    raise HomeError(f"there is no service {name}: choose one of {', '.join(NAMES)}")


def address(home: Home, name: str) -> str | None:
    """Return where a service listens; None for those that only talk to others."""
    if name == POSTGRES:
        host, port = home.database_host()
        return f"postgresql://{host}:{port}"
    port_names = {SANDBOX: SANDBOX, API_SERVER: "airflow", SUPERSET: SUPERSET}
    return f"http://{LOOPBACK}:{home.port(port_names[name])}" if name in port_names else None


def environment(home: Home) -> dict[str, str]:
    """Return the environment common to the box's processes: the caller's `RAPPORT_…` settings, the home, no other settings."""
    kept = {key: value for key, value in os.environ.items() if key in _INHERITED or key.startswith("RAPPORT_")}
    return {
        **kept,
        "LANG": kept.get("LANG", "C.UTF-8"),
        "RAPPORT_HOME": str(home.path),
        "RAPPORT_ROOT": str(home.root),
        "RAPPORT_SANDBOX_HOME": str(home.sandbox_path),
        "PYTHONUNBUFFERED": "1",
        "DO_NOT_TRACK": "1",
    }


def superset_environment(home: Home) -> dict[str, str]:
    """Return the environment of Superset's server and of its deploy script."""
    return {
        **environment(home),
        "SUPERSET_CONFIG_PATH": str(home.root / "superset" / "superset_config.py"),
        "SUPERSET_HOME": str(home.dir("superset")),
        "RAPPORT_PROGRAM": str(Path(sys.prefix) / "bin" / "rapport"),  # keeps what leaders write down in the browser
        "SCARF_ANALYTICS": "false",
        "FLASK_APP": "superset.app:create_app()",
    }


def python() -> str:
    """Return the platform environment's interpreter: the one that runs this."""
    return str(Path(sys.prefix) / "bin" / "python")


def superset_python(home: Home) -> Path:
    """Return the Superset environment's interpreter (`RAPPORT_SUPERSET_ENV`, or `.venv-superset` of the checkout)."""
    folder = os.environ.get("RAPPORT_SUPERSET_ENV") or str(home.root / ".venv-superset")
    return Path(folder) / "bin" / "python"


def health(home: Home) -> dict[str, bool]:
    """Ask every service whether it is well, as its users would: a page served, a heartbeat seen, a login answered."""
    beats = _airflow_beats(home)
    return {
        POSTGRES: server.is_ready(home),
        SANDBOX: _status(home, SANDBOX, "/healthz") == 200,
        API_SERVER: beats.get("metadatabase", False),
        "airflow-scheduler": beats.get("scheduler", False),
        "airflow-dag-processor": beats.get("dag_processor", False),
        "airflow-triggerer": beats.get("triggerer", False),
        SUPERSET: _status(home, SUPERSET, "/login/") == 200,  # /health answers 200 while the login page answers 500
        REAPER: server.is_connected(home, REAPER),
    }


def is_well(home: Home, name: str) -> bool:
    """Ask one service whether it is well."""
    if name == POSTGRES:
        return server.is_ready(home)
    if name in AIRFLOW:
        part = "metadatabase" if name == API_SERVER else name.removeprefix("airflow-").replace("-", "_")
        return _airflow_beats(home).get(part, False)
    if name == REAPER:
        return server.is_connected(home, REAPER)
    return _status(home, name, "/login/" if name == SUPERSET else "/healthz") == 200


def _airflow_beats(home: Home) -> dict[str, bool]:
    body = _get(home, API_SERVER, "/api/v2/monitor/health")[1]
    try:
        parts = json.loads(body)
        return {name: (part or {}).get("status") == "healthy" for name, part in parts.items()}
    except (json.JSONDecodeError, AttributeError):
        return {}


def _status(home: Home, name: str, page: str) -> int:
    return _get(home, name, page)[0]


def _get(home: Home, name: str, page: str) -> tuple[int, bytes]:
    if {API_SERVER: "airflow"}.get(name, name) not in home.ports():
        return 0, b""  # never started here: asking must not reserve a port
    try:
        with urllib.request.urlopen(f"{address(home, name)}{page}", timeout=5) as answer:  # noqa: S310 - loopback
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""
    except OSError:
        return 0, b""
