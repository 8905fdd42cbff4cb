"""Merge a batch of rows beside a raw table into it: versions that are new are added, those that are there stay or are noted as seen."""

from __future__ import annotations

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

from rapport.declarations import Source, Stream
from rapport.land.tables import METADATA, columns, relation

# Types whose values are equal in Arrow exactly when they are in PostgreSQL; 0.0 and -0.0 or two ways to write a JSON document are not.
_COMPARABLE = frozenset({"text", "bigint", "boolean", "date", "timestamptz", "numeric"})


def row_hash(batch: sql.Identifier) -> sql.Composed:
    """Return a row's hash: 64 bits tell versions of one key apart; the text of all values, hashed by md5, would cost twice as much."""
    return sql.SQL("to_hex(hash_record_extended({}, 0))").format(batch)


def merge(conn: psycopg.Connection, source: Source, stream: Stream, batch: sql.Identifier, *, table: pa.Table, load_id: str) -> int:
    """Merge the rows and return how many were new.

    Only where a key stands twice in the batch are rows inserted with a look at each for a conflict, which costs half as much again.

    Args:
        conn: a connection inside a transaction that no other load of the stream shares.
        source: the declaration.
        stream: the stream of the batch.
        batch: temporary table with the landed columns and `_is_deleted`.
        table: the rows of the batch.
        load_id: the load that they belong to.
    """
    names = [sql.Identifier(column.name) for column in columns(stream)]
    key = [sql.Identifier(name) for name in (*stream.landed_key, "_row_hash")]
    parts = {
        "table": relation(source, stream),
        "columns": sql.SQL(", ").join([*names, *map(sql.Identifier, METADATA)]),
        "key": sql.SQL(", ").join(key),
        "same": sql.SQL(" and ").join(sql.SQL("live.{0} = batch.{0}").format(name) for name in key),
        "rows": sql.SQL(
            "(select {names}, {hash} as _row_hash, {version_at} as _version_at, _is_deleted, now() as _loaded_at, now() as _seen_at,"
            " {load_id} as _load_id from {batch}) as batch"
        ).format(
            names=sql.SQL(", ").join(names),
            hash=row_hash(batch),
            version_at=sql.SQL("{}::timestamptz").format(sql.Identifier(stream.clock)) if stream.clock else sql.SQL("null::timestamptz"),
            load_id=sql.Literal(load_id),
            batch=batch,
        ),
    }
    if not _is_each_key_once(stream, table):
        return _merge_with_repeats(conn, stream, parts)
    if not stream.clock:
        conn.execute(sql.SQL("update {table} as live set _seen_at = now() from {rows} where {same}").format(**parts))
    return conn.execute(
        sql.SQL("insert into {table} ({columns}) select * from {rows} where not exists (select from {table} as live where {same})").format(
            **parts
        )
    ).rowcount


def _merge_with_repeats(conn: psycopg.Connection, stream: Stream, parts: dict[str, sql.Composable]) -> int:
    if stream.clock:
        return conn.execute(sql.SQL("insert into {table} ({columns}) select * from {rows} on conflict do nothing").format(**parts)).rowcount
    row = conn.execute(
        sql.SQL(
            "with merged as (insert into {table} ({columns}) select distinct on ({key}) * from {rows}"
            " on conflict ({key}) do update set _seen_at = excluded._seen_at returning (xmax = 0) as is_new)"
            " select count(*) filter (where is_new) from merged"
        ).format(**parts)
    ).fetchone()
    return int(row[0]) if row else 0


def _is_each_key_once(stream: Stream, table: pa.Table) -> bool:
    key = list(stream.landed_key)
    if not key or any(column.name in key and column.type not in _COMPARABLE for column in columns(stream)):
        return False
    if len(key) == 1:
        return bool(pc.count_distinct(table[key[0]], mode="all").as_py() == table.num_rows)
    return bool(table.select(key).group_by(key).aggregate([]).num_rows == table.num_rows)
