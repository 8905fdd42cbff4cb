"""Arrow tables into temporary tables: by COPY in CSV, whose values PostgreSQL parses by the column's type.

Binary COPY writes a wrong value without an error when the Arrow type and the column's type differ; text cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import psycopg
import pyarrow as pa
from psycopg import sql
from pyarrow import csv

_OPTIONS = csv.WriteOptions(include_header=False, quoting_style="needed")
_CHUNK = 1 << 20


def temporary_table(conn: psycopg.Connection, name: str, columns: Iterable[tuple[str, str]]) -> sql.Identifier:
    """Make the temporary table `name` for this transaction, with columns (name, type), and return its identifier."""
    table = sql.Identifier(name)
    parts = sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns)
    conn.execute(sql.SQL("create temporary table {} ({}) on commit drop").format(table, parts))
    return table


def copy_arrow(conn: psycopg.Connection, target: sql.Identifier, table: pa.Table) -> None:
    """Copy an Arrow table into `target`, by column name; null stays null and an empty text stays an empty text."""
    sink = pa.BufferOutputStream()
    csv.write_csv(table, sink, _OPTIONS)
    names = sql.SQL(", ").join(map(sql.Identifier, table.column_names))
    written = memoryview(sink.getvalue())
    with conn.cursor().copy(sql.SQL("copy {} ({}) from stdin (format csv)").format(target, names)) as copy:
        for start in range(0, len(written), _CHUNK):
            copy.write(written[start : start + _CHUNK])


def copy_rows(conn: psycopg.Connection, target: sql.Identifier, types: Sequence[str], table: pa.Table) -> None:
    """Copy a small Arrow table that holds bytes, in binary: Python's types say what they are."""
    with conn.cursor().copy(sql.SQL("copy {} from stdin (format binary)").format(target)) as copy:
        copy.set_types(types)
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            copy.write_row(row)
