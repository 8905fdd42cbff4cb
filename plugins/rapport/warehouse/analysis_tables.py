"""The tables of the schema `analysis`, made as `dbt_project/models/analysis/*.yml` declares them.

dbt reads them as sources, so the one declaration gives lineage, comments, privacy classes and the tables themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg
import yaml
from psycopg import sql

SCHEMA = "analysis"


@dataclass(frozen=True)
class AnalysisTable:
    """One declared table: its columns with their SQL types and meanings, and the columns of its key."""

    name: str
    description: str
    columns: tuple[tuple[str, str, str], ...]
    key: tuple[str, ...]


def declared_tables(project: Path) -> list[AnalysisTable]:
    """Return the tables that the dbt project declares in `models/analysis`.

    Raises:
        KeyError: a table lacks its key, a description or a column's type.
    """
    found = []
    for file in sorted((project / "models" / SCHEMA).glob("*.yml")):
        for source in yaml.safe_load(file.read_text())["sources"]:
            for table in source["tables"]:
                columns = tuple((column["name"], column["data_type"], column["description"]) for column in table["columns"])
                found.append(AnalysisTable(table["name"], table["description"], columns, tuple(table["config"]["meta"]["key"])))
    return found


def ensure_analysis_tables(conn: psycopg.Connection, project: Path) -> None:
    """Make the declared tables; one with other columns than declared is made anew, and its step will run again."""
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(hashtext('rapport.analysis_tables'))")
        conn.execute("set local client_min_messages = warning")
        for table in declared_tables(project):
            actual = columns_of(conn, table.name)
            if actual == [name for name, _, _ in table.columns]:
                continue
            if actual:
                conn.execute("delete from analysis.step")  # whose step wrote it is not known here: all look again
            _make(conn, table)


def _make(conn: psycopg.Connection, table: AnalysisTable) -> None:
    target = sql.Identifier(SCHEMA, table.name)
    conn.execute(sql.SQL("drop table if exists {}").format(target))
    columns = [sql.SQL("{} {}").format(sql.Identifier(name), _type(kind)) for name, kind, _ in table.columns]
    columns.append(sql.SQL("primary key ({})").format(sql.SQL(", ").join(map(sql.Identifier, table.key))))
    conn.execute(sql.SQL("create table {} ({})").format(target, sql.SQL(", ").join(columns)))
    conn.execute(sql.SQL("comment on table {} is {}").format(target, sql.Literal(table.description)))
    for name, _, meaning in table.columns:
        place = sql.Identifier(SCHEMA, table.name, name)
        conn.execute(sql.SQL("comment on column {} is {}").format(place, sql.Literal(meaning)))


def _type(kind: str) -> sql.SQL:
    """Return a declared type as SQL.

    Raises:
        ValueError: it is none that a table of this schema may have.
    """
    known = {"text", "bigint", "integer", "double precision", "boolean", "date", "timestamp"}
    if kind not in known:
        raise ValueError(f"the type {kind} is none of {', '.join(sorted(known))}")
    return sql.SQL(kind)  # one of the words above


def columns_of(conn: psycopg.Connection, table: str) -> list[str]:
    """Return the columns of a table of the schema, in order; none if there is no such table."""
    rows = conn.execute(
        "select column_name from information_schema.columns where table_schema = %s and table_name = %s order by ordinal_position",
        [SCHEMA, table],
    )
    return [str(name) for (name,) in rows]


def key_of(conn: psycopg.Connection, table: str) -> list[str]:
    """Return the columns of a table's primary key."""
    rows = conn.execute(
        "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)"
        " where i.indisprimary and i.indrelid = format('%%I.%%I', %s::text, %s::text)::regclass",
        [SCHEMA, table],
    )
    return [str(name) for (name,) in rows]
