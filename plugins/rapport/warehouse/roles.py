"""Roles, databases and grants: the access policy put into force, and asserted.

`ensure_roles` makes roles and databases (once a start), `apply_access` mends the grants of one database and
`assert_access` proves them. Publish calls the last two each time, because a rebuilt table starts without grants.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64decode, b64encode

import psycopg
from psycopg import sql

from rapport.home import Home
from rapport.warehouse import server
from rapport.warehouse.roles_catalogue import differences
from rapport.warehouse.roles_policy import OWNER_ADMIN, Policy, Role, load_policy
from rapport.warehouse.server_place import WarehouseError

__all__ = ["AccessError", "apply_access", "assert_access", "enforce", "ensure_roles", "load_policy"]

_ROUNDS = 4096  # PostgreSQL's own number; the passwords are 256 random bits, so more would only slow the login
# Rights of machine roles on what other machines will make. People get theirs by name, never by default.
_DEFAULTS = (
    "alter default privileges for role {loader} grant usage on schemas to {transformer}",
    "alter default privileges for role {loader} grant select on tables to {transformer}",
    "alter default privileges for role {transformer} grant usage on schemas to {publisher}",
    "alter default privileges for role {transformer} grant select on tables to {publisher}",
    "alter default privileges for role {loader} revoke execute on functions from public",
    "alter default privileges for role {transformer} revoke execute on functions from public",
    "alter default privileges for role {publisher} revoke execute on functions from public",
)


class AccessError(WarehouseError):
    """The catalogue is not what the access policy says; `found` holds one sentence per difference."""

    def __init__(self, found: list[str]) -> None:
        self.found = found
        shown = "\n".join(f"- {text}" for text in found[:40])
        more = f"\n- and {len(found) - 40} more" if len(found) > 40 else ""
        super().__init__(f"the warehouse's grants differ from config/access.yml in {len(found)} points:\n{shown}{more}")


def ensure_roles(home: Home, policy: Policy | None = None) -> None:
    """Make the policy's roles and databases, with the home's passwords as SCRAM verifiers; safe to call again."""
    policy = policy or load_policy()
    with psycopg.connect(server.admin_dsn(home), autocommit=True) as conn:
        verifiers: dict[str, str | None] = dict(conn.execute("select rolname, rolpassword from pg_authid").fetchall())
        for role in policy.roles.values():
            _ensure_role(conn, role, home.secret(role.name), verifiers)
        databases = {name for (name,) in conn.execute("select datname from pg_database")}
        for database in policy.databases.values():
            if database.name not in databases:
                statement = sql.SQL("create database {}").format(sql.Identifier(database.name))
                if database.owner != OWNER_ADMIN:
                    statement += sql.SQL(" owner {}").format(sql.Identifier(database.owner))
                conn.execute(statement)


def apply_access(conn: psycopg.Connection, policy: Policy | None = None) -> int:
    """Give and take rights until this database's catalogue is what the policy says, as far as this role may.

    A superuser mends everything. Publish, in its own transaction, mends what it owns: readers then never meet a new
    table without its grants.

    Returns:
        The number of grants changed.
    """
    policy = policy or load_policy()
    conn.execute("select pg_advisory_xact_lock(hashtext('rapport.access'))")  # two at once would update the same tuples
    row = conn.execute("select current_user, usesuper from pg_user where usename = current_user").fetchone()
    user, is_superuser = row if row else ("", False)
    if is_superuser and _uses_machine_roles(conn, policy):
        names = {name: sql.Identifier(name) for name in ("loader", "transformer", "publisher")}
        for statement in _DEFAULTS:
            conn.execute(sql.SQL(statement).format(**names))
    changed = 0
    for _ in range(2):  # schemas are made in the first pass and get their grants in the second
        for difference in differences(conn, policy):
            if difference.mend is not None and (is_superuser or difference.owner == user):
                conn.execute(difference.mend)
                changed += 1
    return changed


def assert_access(conn: psycopg.Connection, policy: Policy | None = None) -> None:
    """Prove that the catalogue is exactly what the policy says: roles, relations, columns, schemas, functions, defaults.

    Raises:
        AccessError: naming each difference (role, object, privilege).
    """
    found = [difference.text for difference in differences(conn, policy or load_policy())]
    if found:
        raise AccessError(found)


def enforce(home: Home, database: str = "rapport") -> int:
    """Apply and assert the policy as superuser in one transaction; returns the number of grants changed."""
    with psycopg.connect(server.admin_dsn(home, database)) as conn:
        changed = apply_access(conn)
        assert_access(conn)
        return changed


def _uses_machine_roles(conn: psycopg.Connection, policy: Policy) -> bool:
    row = conn.execute("select current_database()").fetchone()
    database = policy.databases.get(str(row[0])) if row else None
    return database is not None and database.owner == OWNER_ADMIN


def _ensure_role(conn: psycopg.Connection, role: Role, password: str, verifiers: dict[str, str | None]) -> None:
    name = sql.Identifier(role.name)
    if role.name not in verifiers:
        conn.execute(sql.SQL("create role {} login").format(name))
    if not _matches(verifiers.get(role.name), password):
        conn.execute(sql.SQL("alter role {} password {}").format(name, sql.Literal(_verifier(password, os.urandom(16)))))


def _verifier(password: str, salt: bytes) -> str:
    """Return the SCRAM verifier of a password, so that the password itself never stands in a statement."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored = b64encode(hashlib.sha256(client).digest()).decode()
    server_key = b64encode(hmac.digest(salted, b"Server Key", "sha256")).decode()
    return f"SCRAM-SHA-256${_ROUNDS}:{b64encode(salt).decode()}${stored}:{server_key}"


def _matches(verifier: str | None, password: str) -> bool:
    if not verifier or not verifier.startswith(f"SCRAM-SHA-256${_ROUNDS}:"):
        return False
    salt = b64decode(verifier.split(":")[1].split("$")[0])
    return hmac.compare_digest(verifier, _verifier(password, salt))
