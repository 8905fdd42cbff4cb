"""Consumer tables as the dbt contracts promise them, without rows, for tests of what reads them."""

from __future__ import annotations

from typing import Any

import psycopg
import yaml
from psycopg import sql
from rapport.home import Home, checkout
from rapport.warehouse import publish, server

_TYPES = {"string": "text", "float": "double precision"} | {
    kind: kind for kind in ("bigint", "integer", "boolean", "date", "numeric", "timestamp")
}


def promised() -> dict[str, dict[str, str]]:
    """Return PostgreSQL type by column, by mart, as the contracts in `dbt_project/models/marts/cx` say."""
    marts: dict[str, dict[str, str]] = {}
    for file in sorted((checkout() / "dbt_project" / "models" / "marts" / "cx").rglob("*.yml")):
        for model in yaml.safe_load(file.read_text())["models"]:
            published = [column for column in model["columns"] if column["name"] != "_built_at"]
            marts[model["name"].removeprefix("cx__")] = {column["name"]: _TYPES[column["data_type"]] for column in published}
    return marts


def create(home: Home) -> None:
    """Create every promised mart in `marts_cx`, readable by those who may read it."""
    with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
        conn.execute("create schema if not exists marts_cx")
        conn.execute("grant usage on schema marts_cx to analyst, leader, engineer")
        for name, columns in promised().items():
            conn.execute(
                sql.SQL("create table marts_cx.{} ({})").format(
                    sql.Identifier(name),
                    sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns.items()),
                )
            )
        conn.execute(publish._STATUS_TABLE)
        conn.execute("grant select on all tables in schema marts_cx to analyst, leader, engineer")


def insert(home: Home, relation: str, **row: Any) -> None:
    """Insert one row into `schema.table`."""
    schema, table = relation.split(".")
    with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
        statement = sql.SQL("insert into {}.{} ({}) values ({})").format(
            sql.Identifier(schema),
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() for _ in row),
        )
        conn.execute(statement, list(row.values()))


def ask(home: Home, query: str, role: str = "analyst") -> list[dict[str, Any]]:
    """Return the rows of `query` as `role`."""
    with psycopg.connect(home.dsn(role), row_factory=psycopg.rows.dict_row) as conn:
        return list(conn.execute(query))
