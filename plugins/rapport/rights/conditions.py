"""Conditions on raw tables: which rows hold a token, are a record, or lead to one. Values are always parameters."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

from rapport.declarations import Source, Stream
from rapport.declarations.reach import Link
from rapport.privacy.tombstones import token_columns

Name = tuple[str, ...]  # the key of a record, as text; of a stream without key its hash


def subject_tokens(stream: Stream) -> list[str]:
    """Return the landed token columns that identify the person whom a record is about."""
    return [name for column in (stream.reach.subject if stream.reach else ()) for name in token_columns(stream, column)]


def is_customers(stream: Stream) -> bool:
    """Return whether a stream has records of customers, whom the identity bridge may know."""
    fields = [stream.by_column[column] for column in (stream.reach.subject if stream.reach else ())]
    return any(field.treatment == "token" and (field.domain.is_by_row or field.domain.otherwise == "customer") for field in fields)


def table_of(source: Source, stream: Stream) -> sql.Identifier:
    """Return the raw table."""
    return sql.Identifier(source.raw_schema, stream.name)


def key_columns(stream: Stream) -> tuple[str, ...]:
    """Return the columns that name a record of a stream."""
    return stream.landed_key or ("_row_hash",)


def key_of(stream: Stream) -> sql.Composed:
    """Return the name of a row's record as an array of texts."""
    return sql.SQL("array[{}]").format(sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(c)) for c in key_columns(stream)))


def any_of(columns: Sequence[str]) -> sql.Composed:
    """Return the condition that one of the columns holds one of `tokens`."""
    return sql.SQL("({})").format(sql.SQL(" or ").join(sql.SQL("{} = any(%(tokens)s)").format(sql.Identifier(c)) for c in columns))


def names_in(columns: Sequence[str]) -> sql.Composed:
    """Return the condition that the columns, as text, hold one of the names given as `v0`, `v1` and on."""
    given = sql.SQL(", ").join(sql.SQL(f"%(v{at})s::text[]") for at in range(len(columns)))
    held = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column)) for column in columns)
    return sql.SQL("({}) in (select * from unnest({}))").format(held, given)


def as_columns(values: set[Name]) -> dict[str, object]:
    """Return names as the parameters of `names_in`."""
    ordered = sorted(values)
    return {f"v{at}": [name[at] for name in ordered] for at in range(len(ordered[0]))}


def link_condition(stream: Stream, link: Link) -> sql.Composed | None:
    """Return the condition that a link of a row leads to one of the names given as `names_in` takes them."""
    landed = [next(iter(stream.by_column[column].landed)) for column in link.columns]
    if link.system is not None:
        return names_in([next(iter(stream.by_column[link.system].landed)), *landed])
    if link.item is not None:
        column = sql.Identifier(landed[0])
        return sql.SQL("(jsonb_typeof({c}) = 'array' and jsonb_array_length({c}) = 1 and {c} -> 0 ->> {item} = any(%(v0)s))").format(
            c=column, item=sql.Literal(link.item)
        )
    return names_in(landed)
