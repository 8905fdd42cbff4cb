"""Raw tables: one a stream, made from the declaration, widened when the declaration gains a field."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from rapport.declarations import Source, Stream
from rapport.land.errors import LandError, guarded

# Declared type -> PostgreSQL type. jsonb, because json would take what it cannot give back (`\u0000`).
_TYPES = {
    "text": "text",
    "bigint": "bigint",
    "double": "double precision",
    "boolean": "boolean",
    "timestamp": "timestamptz",
    "date": "date",
    "decimal": "numeric",
    "json": "jsonb",
}
_NAMES = {"timestamptz": "timestamp with time zone"}
METADATA = {
    "_row_hash": "text not null",
    "_version_at": "timestamptz",
    "_is_deleted": "boolean not null",
    "_loaded_at": "timestamptz not null",
    "_seen_at": "timestamptz not null",
    "_load_id": "text not null",
}
_COMMENTS = {
    "_row_hash": "Hash of the landed values: tells versions of a record apart. Ends in -gone where the source no longer serves the record.",
    "_version_at": "The source's own time of this version; null if the source has none.",
    "_is_deleted": "Whether the source says, or shows by no longer serving it, that the record is deleted.",
    "_loaded_at": "When this version was landed, or came back after its record had been marked as gone.",
    "_seen_at": "When this version was last served, for sources without a time of their own, or came back.",
    "_load_id": "The load that landed this version: ops.stream_load.",
}

_NOTE_DELETION = sql.SQL(
    "create or replace function {}() returns trigger language plpgsql as $$ begin"
    " if to_regclass('ops.raw_deletion') is not null then"
    " insert into ops.raw_deletion values ({}, tg_table_name, clock_timestamp())"
    " on conflict (source, stream) do update set deleted_at = excluded.deleted_at;"
    " end if; return null; end $$"
)


@dataclass(frozen=True)
class Column:
    """A landed column: its name, PostgreSQL type, and the treatment and class of the field behind it."""

    name: str
    type: str
    privacy_class: str
    treatment: str


def columns(stream: Stream) -> list[Column]:
    """Return the landed columns of a stream, in declared order."""
    return [
        Column(name, _TYPES[declared], field.privacy_class, field.treatment)
        for field in stream.fields
        for name, declared in field.landed.items()
    ]


def relation(source: Source, stream: Stream) -> sql.Identifier:
    """Return the name of the stream's raw table."""
    return sql.Identifier(source.raw_schema, stream.name)


def ensure_tables(conn: psycopg.Connection, source: Source) -> None:
    """Make the raw schema and the (empty) tables of every stream; add columns that were declared since. Safe to run again and at once.

    Args:
        conn: a connection as `loader`.
        source: the declaration.

    Raises:
        LandError: a column's type or the key differs from the table's, which needs a decision of yours.
    """
    guarded(source.name, "all streams", lambda: _ensure(conn, source))


def _ensure(conn: psycopg.Connection, source: Source) -> None:
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(hashtextextended('rapport.land.ensure_tables', 0))")
        conn.execute("set local client_min_messages = warning")
        conn.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(source.raw_schema)))
        conn.execute(_NOTE_DELETION.format(sql.Identifier(source.raw_schema, "note_deletion"), sql.Literal(source.name)))
        for stream in source.streams.values():
            _ensure_table(conn, source, stream)
            _ensure_ways_in(conn, source, stream)
        _let_transformer_read(conn, source)


def _ensure_table(conn: psycopg.Connection, source: Source, stream: Stream) -> None:
    wanted = columns(stream)
    found = _found(conn, source, stream)
    if not found:
        _create(conn, source, stream, wanted)
        return
    for column in wanted:
        if column.name not in found:
            conn.execute(
                sql.SQL("alter table {} add column {} {}").format(
                    relation(source, stream), sql.Identifier(column.name), sql.SQL(column.type)
                )
            )
            _describe(conn, source, stream, column)
        elif found[column.name] != _NAMES.get(column.type, column.type):
            raise LandError(
                source.name,
                stream.name,
                f"the field behind {column.name} is now declared as {column.type}, the raw table holds {found[column.name]}: "
                "give the field another column name with `as`, or change the column by hand",
            )
    _check_key(conn, source, stream)


def _create(conn: psycopg.Connection, source: Source, stream: Stream, wanted: list[Column]) -> None:
    parts = [sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.type)) for column in wanted]
    parts += [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(said)) for name, said in METADATA.items()]
    parts.append(sql.SQL("primary key ({})").format(sql.SQL(", ").join(map(sql.Identifier, (*stream.landed_key, "_row_hash")))))
    conn.execute(sql.SQL("create table {} ({})").format(relation(source, stream), sql.SQL(", ").join(parts)))
    grain = f"{', '.join(stream.landed_key)} and version" if stream.landed_key else "distinct record"
    _comment(conn, sql.SQL("table {}").format(relation(source, stream)), f"{source.system}: {stream.name}. One row per {grain}.")
    for column in wanted:
        _describe(conn, source, stream, column)
    for name, text in _COMMENTS.items():
        _comment(conn, sql.SQL("column {}").format(sql.Identifier(source.raw_schema, stream.name, name)), text)


def _ensure_ways_in(conn: psycopg.Connection, source: Source, stream: Stream) -> None:
    """Index what arrived when, and the declared `index` columns; note when rows are taken out or cut, which leaves nothing else to find."""
    table = relation(source, stream)
    for number, names in enumerate([("_loaded_at",), *(tuple(names) for names in stream.options.get("index", ()))]):
        name = sql.Identifier(f"{stream.name}__{'_'.join(names)}"[:63])
        how = sql.SQL("brin ({}) with (pages_per_range = 16)" if number == 0 else "btree ({})")
        listed = sql.SQL(", ").join(map(sql.Identifier, names))
        conn.execute(sql.SQL("create index if not exists {} on {} using {}").format(name, table, how.format(listed)))
    told = sql.SQL(", ").join(sql.Identifier(field.name) for field in stream.landed_schema)  # landing moves stamps only
    for kind, event in (("delete", sql.SQL("delete")), ("truncate", sql.SQL("truncate")), ("update", sql.SQL("update of ") + told)):
        conn.execute(
            sql.SQL("create or replace trigger {} after {} on {} for each statement execute function {}()").format(
                sql.Identifier(f"note_{kind}"), event, table, sql.Identifier(source.raw_schema, "note_deletion")
            )
        )


def _describe(conn: psycopg.Connection, source: Source, stream: Stream, column: Column) -> None:
    what = sql.SQL("column {}").format(sql.Identifier(source.raw_schema, stream.name, column.name))
    _comment(conn, what, f"class {column.privacy_class}, treatment {column.treatment}")


def _comment(conn: psycopg.Connection, what: sql.Composable, text: str) -> None:
    conn.execute(sql.SQL("comment on {} is {}").format(what, sql.Literal(text)))


def _found(conn: psycopg.Connection, source: Source, stream: Stream) -> dict[str, str]:
    rows = conn.execute(
        "select attname, format_type(atttypid, null) from pg_attribute"
        " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
        [relation(source, stream).as_string(conn)],
    )
    return {str(name): str(kind) for name, kind in rows}


def _check_key(conn: psycopg.Connection, source: Source, stream: Stream) -> None:
    row = conn.execute(
        "select array_agg(a.attname::text order by k.place) from pg_index i"
        " cross join lateral unnest(i.indkey::int2[]) with ordinality as k (attnum, place)"
        " join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum"
        " where i.indrelid = to_regclass(%s) and i.indisprimary",
        [relation(source, stream).as_string(conn)],
    ).fetchone()
    key = list(row[0][:-1]) if row and row[0] else []
    if key != list(stream.landed_key):
        raise LandError(
            source.name,
            stream.name,
            f"the key is now declared as ({', '.join(stream.landed_key)}), the raw table's is ({', '.join(key)}): "
            "name the stream anew, so that both can be told apart, or rebuild the table by hand",
        )


def _let_transformer_read(conn: psycopg.Connection, source: Source) -> None:
    if conn.execute("select 1 from pg_roles where rolname = 'transformer'").fetchone():
        schema = sql.Identifier(source.raw_schema)
        conn.execute(sql.SQL("grant usage on schema {} to transformer").format(schema))
        conn.execute(sql.SQL("grant select on all tables in schema {} to transformer").format(schema))
