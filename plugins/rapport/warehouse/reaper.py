"""The reaper: what makes a person's time limit bind.

PostgreSQL lets everybody lift their own `statement_timeout`, so the policy's value is a default and no more. This process, as a role that
may signal others' backends and read nothing, cancels a person's statement that runs longer, ends the session if that is not enough, and
ends sessions that hold a transaction open for too long.

    python -m rapport.warehouse.reaper      # the service `reaper`
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Iterator

import psycopg
from psycopg import sql

from rapport.home import Home
from rapport.warehouse.roles_policy import Policy, load_policy

log = logging.getLogger(__name__)
ROLE = "reaper"
_PAUSE, _GRACE = 5.0, 10.0  # seconds between looks; how much longer than allowed a statement may run before it is cancelled
_PATIENCE = 60.0  # seconds until one that does not heed is ended with its session
_RUNNING = (sql.SQL("state = 'active'"), sql.SQL("query_start"))
_HOLDING = (sql.SQL("state in ('idle in transaction', 'idle in transaction (aborted)')"), sql.SQL("state_change"))
_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}


def limits(policy: Policy, setting: str) -> dict[str, float]:
    """Return for how many seconds a setting of the policy lets each person's role go on; roles without it are left out."""
    return {
        role.name: _seconds(role.settings[setting]) for role in policy.roles.values() if role.kind == "person" and setting in role.settings
    }


def reap(conn: psycopg.Connection, policy: Policy, *, grace: float = _GRACE, patience: float = _PATIENCE) -> list[str]:
    """Cancel or end what goes on for too long, once; returns a line for each: role, seconds and what was done, never the statement.

    Args:
        conn: a connection as `reaper`, autocommit.
        policy: whose limits count.
        grace: seconds beyond the limit.
        patience: further seconds until the session is ended.
    """
    told = []
    for role, longest in sorted(limits(policy, "statement_timeout").items()):
        for seconds, ended in _signal(conn, role, _RUNNING, longest + grace, patience):
            told.append(f"{'ended a session' if ended else 'cancelled a statement'} of {role} after {seconds:.0f} s")
    for role, longest in sorted(limits(policy, "idle_in_transaction_session_timeout").items()):
        for seconds, _ in _signal(conn, role, _HOLDING, longest + grace, 0.0):
            told.append(f"ended a session of {role} that held a transaction open for {seconds:.0f} s")
    return told


def _signal(
    conn: psycopg.Connection, role: str, what: tuple[sql.SQL, sql.SQL], longest: float, patience: float
) -> Iterator[tuple[float, bool]]:
    """Cancel what a role has been at for longer than `longest`, end the session after `patience` more; yield seconds and which."""
    state, since = what
    query = sql.SQL(
        "select extract(epoch from clock_timestamp() - {since})::float8,"
        " {since} < clock_timestamp() - make_interval(secs => %(end)s) as is_ended, case when"
        " {since} < clock_timestamp() - make_interval(secs => %(end)s) then pg_terminate_backend(pid) else pg_cancel_backend(pid) end"
        " from pg_stat_activity where usename = %(role)s and {state}"
        " and {since} < clock_timestamp() - make_interval(secs => %(longest)s)"
    ).format(state=state, since=since)
    for seconds, is_ended, _ in conn.execute(query, {"role": role, "longest": longest, "end": longest + patience}).fetchall():
        yield float(seconds), bool(is_ended)


def main() -> None:
    """Look every few seconds, until the process is told to end; a server that is away is waited for."""
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(message)s")
    home, policy = Home.current(), load_policy()
    while True:
        try:
            with psycopg.connect(home.dsn(ROLE), autocommit=True, connect_timeout=10, application_name=ROLE) as conn:
                while True:
                    for line in reap(conn, policy):
                        log.info("%s", line)
                    time.sleep(_PAUSE)
        except psycopg.OperationalError as error:
            log.info("the warehouse is away (%s): looking again soon", error.sqlstate or type(error).__name__)
            time.sleep(_PAUSE)


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+)(ms|s|min|h)", text)
    if found is None:
        raise ValueError(f"config/access.yml: {text!r} is no length of time such as 60s or 5min")
    return int(found.group(1)) * _UNITS[found.group(2)]


if __name__ == "__main__":
    main()
