"""The platform's own tables: `ops` (runs, loads, gates, releases) and `vault` (sealed values)."""

from __future__ import annotations

from pathlib import Path

import psycopg

from rapport.home import Home
from rapport.warehouse import roles, server

_DDL = Path(__file__).with_name("ops.sql")


def ensure_ops(conn: psycopg.Connection) -> None:
    """Make the tables of the schemas `ops` and `vault`; safe to run again. Needs their owner, the superuser."""
    conn.execute("set local client_min_messages = warning")
    conn.execute(_DDL.read_bytes())


def ensure_warehouse(home: Home) -> None:
    """Start the warehouse and bring roles, databases, schemas, platform tables and grants to what this version needs."""
    server.start(home)
    roles.ensure_roles(home)
    prepare_database(home)


def prepare_database(home: Home, database: str = "rapport") -> None:
    """Bring one warehouse database to what this version needs, in one transaction; safe to run again and at once."""
    policy = roles.load_policy()
    with psycopg.connect(server.admin_dsn(home, database)) as conn:
        roles.apply_access(conn, policy)
        ensure_ops(conn)
        roles.apply_access(conn, policy)
        roles.assert_access(conn, policy)
