"""Accounts of real people: one name and role in the warehouse's ledger, Superset and Airflow."""

from __future__ import annotations

import json
import re
import secrets
import string
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from rapport.box import airflow_settings, services
from rapport.home import Home, HomeError
from rapport.logins import AIRFLOW_ROLES, Login, keep, logins
from rapport.warehouse import server

ROLES = ("analyst", "leader", "hr", "engineer", "steward", "representative")
_NAME = re.compile(r"[a-z][a-z0-9._-]{1,62}\Z")
_OF_ROLES = frozenset({*ROLES, *airflow_settings.USERS})  # accounts that the installation makes itself
_FAB = {"op": "Op", "user": "User"}


def add(home: Home, name: str, role: str, *, by: str) -> str:
    """Make an account, or give one that exists another role and a first password again.

    Args:
        home: the installation; Superset's tables have to be there (`rapport up`).
        name: the account, small letters. A steward's is that of the operating system, by which `rapport vault` knows them.
        role: one of `ROLES`.
        by: who adds it; nobody makes a steward of themselves.

    Returns:
        The first password. It opens nothing but Superset's page to choose another, and is kept nowhere.

    Raises:
        HomeError: the name or role will not do, it is one's own, or an application refuses.
    """
    if not _NAME.match(name) or name in _OF_ROLES:
        raise HomeError(
            f"{name!r} cannot be a person's account: two letters or more, small, no role's name ({', '.join(sorted(_OF_ROLES))})"
        )
    if role not in ROLES:
        raise HomeError(f"there is no role {role}: choose one of {', '.join(ROLES)}")
    if role == "steward" and name == by.casefold():
        raise HomeError("nobody makes a steward of themselves: somebody else with an account of this machine adds you")
    password = _first_password()
    keep(home, Login(name, role, is_active=False))  # Superset's account is never there without this
    _tell_superset(home, {"name": name, "role": role, "password": password, "is_active": True})
    _tell_fab(home, name, role)
    with _ledger(home) as conn:
        conn.execute(
            "insert into ops.person (user_name, role, added_by) values (%s, %s, %s) on conflict (user_name) do update"
            " set role = excluded.role, added_by = excluded.added_by, added_at = now(), disabled_by = null, disabled_at = null",
            [name, role, by],
        )
    keep(home, Login(name, role))
    return password


def disable(home: Home, name: str, *, by: str) -> None:
    """Shut an account everywhere, open pages included.

    Raises:
        HomeError: there is none of this name.
    """
    login = logins(home).get(name)
    if login is None:
        raise HomeError(f"there is no account {name}: `rapport user list` names them")
    keep(home, replace(login, is_active=False))
    with _ledger(home) as conn:
        conn.execute("update ops.person set disabled_by = %s, disabled_at = now() where user_name = %s and disabled_at is null", [by, name])
    _tell_fab(home, name, None)
    _tell_superset(home, {"name": name, "role": login.role, "password": None, "is_active": False})


def listed(home: Home) -> list[dict[str, Any]]:
    """Return the accounts: `name`, `role`, `state` (active, first password or disabled), `airflow` (role there), `added_by`, `added_at`."""
    with _ledger(home) as conn:
        rows = conn.execute(
            "select user_name, added_by, to_char(added_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from ops.person order by user_name"
        ).fetchall()
    held, found = logins(home), []
    for name, by, at in rows:
        login = held.get(name) or Login(name, "unknown", is_active=False)
        state = "disabled" if not login.is_active else "first password" if login.must_change else "active"
        airflow = login.airflow_role or "-"
        found.append({"name": name, "role": login.role, "state": state, "airflow": airflow, "added_by": by, "added_at": at})
    return found


def _first_password() -> str:
    """Return a password that meets Superset's rule: capitals, small letters, digits, a sign."""
    parts = ((string.ascii_uppercase, 4), (string.ascii_lowercase, 8), (string.digits, 4), ("-+=.", 2))
    return "".join(secrets.choice(letters) for letters, many in parts for _ in range(many))


def _ledger(home: Home) -> psycopg.Connection:
    try:
        return psycopg.connect(server.admin_dsn(home, "rapport"), connect_timeout=10)
    except psycopg.OperationalError:
        raise HomeError("the warehouse does not answer: `rapport up` starts it") from None


def _tell_superset(home: Home, said: dict[str, Any]) -> None:
    """Run Superset's own script; the password goes by standard input, and into no log."""
    python, log = services.superset_python(home), home.dir("logs") / "superset-people.log"
    with log.open("ab") as output:
        log.chmod(0o600)
        argv = [str(python), str(home.root / "superset" / "people.py")]
        env, typed = services.superset_environment(home), json.dumps(said).encode()
        done = subprocess.run(argv, env=env, cwd=home.root, input=typed, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise HomeError(f"Superset could not change the account {said['name']}: is it up (`rapport up`)? Read {log}")


def _tell_fab(home: Home, name: str, role: str | None) -> None:
    """Make, or shut (`role` None), the account in a server's Airflow; the box's asks `secrets/people.json` at each login."""
    if not airflow_settings.uses_fab():
        return
    if role in AIRFLOW_ROLES:
        description = services.service(home, services.API_SERVER)
        airflow_settings.create_fab_user(home, description.env, Path(description.argv[0]), name, _FAB[AIRFLOW_ROLES[str(role)]])
    with psycopg.connect(home.dsn("airflow", "airflow")) as conn:  # open again once they have chosen a password
        conn.execute("update ab_user set active = false where username = %s", [name])
