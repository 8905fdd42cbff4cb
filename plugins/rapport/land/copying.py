"""Arrow tables into temporary tables, by binary COPY."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import psycopg
import pyarrow as pa
from psycopg import sql

from rapport.land.encoding import HEAD, TAIL, encoded


def temporary_table(conn: psycopg.Connection, name: str, columns: Iterable[tuple[str, str]]) -> sql.Identifier:
    """Make a temporary table, empty in each transaction, with columns (name, type), and return its identifier.

    It stays as long as the connection, for making one costs more than copying a small page into it. The columns are part of its name.
    """
    parts = sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns)
    table = sql.Identifier(f"{name}_{blake2b(parts.as_string(conn).encode(), digest_size=8).hexdigest()}")
    conn.execute("set local client_min_messages = warning")
    conn.execute(sql.SQL("create temporary table if not exists {} ({}) on commit delete rows").format(table, parts))
    return table


def copy_arrow(conn: psycopg.Connection, target: sql.Identifier, table: pa.Table) -> None:
    """Copy an Arrow table into `target`, by column name; null stays null and an empty text stays an empty text.

    Raises:
        TypeError: a column's Arrow type does not belong to the type of the column it goes to.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, table.column_names))
    with conn.cursor() as cursor:
        described = cursor.execute(sql.SQL("select {} from {} limit 0").format(names, target)).description or ()
        types = {column.name: str(column.type_display) for column in described}
        rows = encoded(table, types)
        with cursor.copy(sql.SQL("copy {} ({}) from stdin (format binary)").format(target, names)) as copy:
            copy.write(HEAD)
            for part in rows:
                copy.write(part)
            copy.write(TAIL)
