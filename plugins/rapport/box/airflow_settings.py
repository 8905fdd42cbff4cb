"""Airflow's settings in the box: loopback, no examples, four tasks at a time, secrets from the home."""

from __future__ import annotations

import json
import os
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from rapport.home import LOOPBACK, Home, HomeError

USERS = {"admin": "admin", "engineer": "op", "analyst": "viewer"}  # user -> role of the simple auth manager
FAB_ROLES = {"admin": "Admin", "engineer": "Op", "analyst": "Viewer"}
CONNECTIONS = "airflow_connections.json"
_PASSWORDS = "airflow_passwords.json"


def arguments(home: Home, component: str) -> list[str]:
    """Return the arguments of `airflow` for `api-server`, `scheduler`, `dag-processor` or `triggerer`.

    The scheduler's and triggerer's log servers would listen on every interface: they are left out, because all logs
    are on this machine and the API server reads them there.
    """
    if component == "api-server":
        return [component, "--host", home.bind, "--port", str(home.port("airflow"))]
    return [component, "--skip-serve-logs"] if component in {"scheduler", "triggerer"} else [component]


def environment(home: Home) -> dict[str, str]:
    """Return the environment variables that make Airflow this home's Airflow.

    `RAPPORT_AIRFLOW__<SECTION>__<KEY>` overrides one of them, for a server's layout: another executor, login or host.
    """
    port = home.port("airflow")
    url = os.environ.get("RAPPORT_AIRFLOW_URL", f"http://{LOOPBACK}:{port}")
    settings = {
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "4",  # the executor starts this many processes at once, each with Airflow loaded
        "CORE__DAGS_FOLDER": str(home.root / "dags"),
        "CORE__PLUGINS_FOLDER": str(home.dir("airflow") / "plugins"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__FERNET_KEY": home.secret("airflow_fernet_key") + "=",  # 32 bytes need one sign of padding in base64
        "CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in USERS.items()),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home.dir("secrets") / _PASSWORDS),
        "DATABASE__SQL_ALCHEMY_CONN": home.dsn("airflow", "airflow").replace("postgresql://", "postgresql+psycopg2://", 1),
        "DATABASE__SQL_ALCHEMY_POOL_SIZE": "3",
        "API__HOST": home.bind,
        "API__PORT": str(port),
        "API__BASE_URL": url,
        "API__SECRET_KEY": home.secret("airflow_session_key"),
        "API__WORKER_TIMEOUT": "20",  # also how long a stop waits for open pages
        "API__EXPOSE_CONFIG": "False",
        "API_AUTH__JWT_SECRET": home.secret("airflow_jwt_key", 64),
        "DAG_PROCESSOR__REFRESH_INTERVAL": "60",
        "DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "2",
        "LOGGING__BASE_LOG_FOLDER": str(home.dir("logs") / "airflow"),
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(home.dir("logs") / "airflow" / "dag_processor"),
        "LOGGING__COLORED_CONSOLE_LOG": "False",
        "LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o700",
        "LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
        "SECRETS__BACKEND": "airflow.secrets.local_filesystem.LocalFilesystemBackend",
        "SECRETS__BACKEND_KWARGS": json.dumps({"connections_file_path": str(home.dir("secrets") / CONNECTIONS)}),
    }
    overrides = {key.removeprefix("RAPPORT_"): value for key, value in os.environ.items() if key.startswith("RAPPORT_AIRFLOW__")}
    settings["CORE__AUTH_MANAGER"] = "rapport.airflow.login.PeopleAuthManager"
    if uses_fab():
        settings["CORE__AUTH_MANAGER"] = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
    return {"AIRFLOW_HOME": str(home.dir("airflow")), **{f"AIRFLOW__{key}": value for key, value in settings.items()}, **overrides}


def uses_fab() -> bool:
    """Return whether people log in to Airflow through FAB (`RAPPORT_AIRFLOW_AUTH=fab`, a server) or the box's simple file."""
    return os.environ.get("RAPPORT_AIRFLOW_AUTH", "simple") == "fab"


def create_fab_users(home: Home, env: dict[str, str], program: Path) -> None:
    """Create the users of a server's Airflow in FAB, with the passwords kept in `secrets/`; those that exist are left alone.

    The password goes by a prompt, never by the command line, where other accounts could read it.
    """
    for user, role in FAB_ROLES.items():
        create_fab_user(home, env, program, user, role)
        secret = home.secret(f"airflow_{user}_user")
        _airflow_users(home, env, [str(program), "users", "reset-password", "--username", user], f"{secret}\n{secret}\n")


def create_fab_user(home: Home, env: dict[str, str], program: Path, user: str, role: str) -> None:
    """Create one user of a server's Airflow with a password that nobody knows, or leave the one there is."""
    argv = [str(program), "users", "create", "--username", user, "--role", role]
    argv += ["--firstname", user.capitalize(), "--lastname", "Rapport", "--email", f"{user}@localhost", "--use-random-password"]
    _airflow_users(home, env, argv)


def _airflow_users(home: Home, env: dict[str, str], argv: list[str], typed: str = "") -> None:
    log = home.dir("logs") / "airflow-users.log"
    with log.open("ab") as output:
        done = subprocess.run(argv, env=env, cwd=home.root, input=typed.encode(), stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise HomeError(f"Airflow's user {argv[4]} could not be made: read {log}")


def write_passwords(home: Home) -> None:
    """Write the users' passwords where the simple auth manager reads them, before it would invent and print its own."""
    passwords = {user: home.secret(f"airflow_{user}_user") for user in USERS}
    _write(home.dir("secrets") / _PASSWORDS, json.dumps(passwords) + "\n")


def write_connections(home: Home, connections: dict[str, dict[str, Any]]) -> None:
    """Write the source systems' connections in the form that Airflow's file backend reads; read anew at each use."""
    entries = {
        name: {
            "conn_type": "http",
            "host": body.get("host"),
            "login": body.get("login"),
            "password": body.get("password"),
            "extra": json.dumps(body.get("extra") or {}),
        }
        for name, body in connections.items()
    }
    _write(home.dir("secrets") / CONNECTIONS, json.dumps(entries, indent=1))


def migrate(home: Home, env: dict[str, str], program: Path) -> bool:
    """Bring Airflow's own tables to this version; returns whether there was anything to do.

    The command costs some ten seconds, so it is skipped when this version has already migrated this very database.
    """
    stamp = home.dir("airflow") / "migrated"
    with psycopg.connect(home.dsn("airflow", "airflow"), autocommit=True) as conn:
        row = conn.execute(
            "select oid::text, to_regclass('public.alembic_version') is not null from pg_database where datname = current_database()"
        ).fetchone()
    mark = f"{version('apache-airflow')} {row[0] if row else ''}"
    if row and row[1] and stamp.is_file() and stamp.read_text() == mark:
        return False
    log = home.dir("logs") / "airflow-migrate.log"
    with log.open("ab") as output:
        done = subprocess.run([str(program), "db", "migrate"], env=env, cwd=home.root, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise HomeError(f"Airflow's tables could not be brought to this version: read {log}")
    stamp.write_text(mark)
    return True


def _write(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(file)
