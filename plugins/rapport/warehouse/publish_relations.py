"""Bring one published relation to what was built: by row where the shape is the same, by a swap where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from rapport.warehouse.dbt_manifest import Mart

# Say when a row changed, and why: publish fills them, so they do not make a row different.
_STAMPS = ("release_id", "run_id", "restated_because")
_BUILT_AT = "_built_at"  # the build's own stamp, which stays behind


@dataclass(frozen=True)
class Applied:
    """What was done to one relation.

    Attributes:
        relation: schema and name.
        rows_changed: rows written or removed.
        is_swapped: whether the relation was made anew.
    """

    relation: str
    rows_changed: int
    is_swapped: bool


def apply_mart(conn: psycopg.Connection, mart: Mart, release_id: str) -> Applied:
    """Apply what dbt built to what people read, within the caller's transaction.

    Args:
        conn: as publisher.
        mart: the relation.
        release_id: stamped on each row that changes.
    """
    built, live = _columns(conn, mart.built_in, mart.name), _columns(conn, mart.schema, mart.name)
    swapped = built != live
    columns = [name for name, _ in built]
    since = _applied_until(conn, mart) if (mart.is_tracked or mart.slice) and not swapped else None
    if swapped:
        changed = _swap(conn, mart, columns, exists=bool(live))
    elif since is not None and mart.is_tracked:
        changed = _add(conn, mart, columns, since)
    else:
        limit = _limit(conn, mart, dict(built), since) if since is not None else sql.SQL("true")
        changed = _merge(conn, mart, columns, release_id, limit)
    if mart.is_tracked or mart.slice:
        _note_applied(conn, mart)
    _copy_comments(conn, mart)
    if changed:
        conn.execute(sql.SQL("analyze {}").format(_live(mart)))
    if swapped and "release_id" in columns:
        conn.execute(sql.SQL("update {} set release_id = %s where release_id is null").format(_live(mart)), [release_id])
    return Applied(f"{mart.schema}.{mart.name}", changed, swapped)


def drop_others(conn: psycopg.Connection, schema: str, kept: set[str]) -> list[str]:
    """Remove what `schema` holds beside `kept`; returns what was removed."""
    rows = conn.execute(
        "select c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace"
        " where n.nspname = %s and c.relkind in ('r', 'p') and c.relowner = current_user::regrole order by 1",
        [schema],
    ).fetchall()
    gone = [name for (name,) in rows if name not in kept]
    for name in gone:
        conn.execute(sql.SQL("drop table {}").format(sql.Identifier(schema, name)))
    return gone


def _live(mart: Mart) -> sql.Identifier:
    return sql.Identifier(mart.schema, mart.name)


def _built(mart: Mart) -> sql.Identifier:
    return sql.Identifier(mart.built_in, mart.name)


def _columns(conn: psycopg.Connection, schema: str, name: str) -> list[tuple[str, str]]:
    return [
        (column, kind)
        for column, kind in conn.execute(
            "select a.attname, format_type(a.atttypid, a.atttypmod) from pg_attribute as a"
            " join pg_class as c on c.oid = a.attrelid join pg_namespace as n on n.oid = c.relnamespace"
            " where n.nspname = %s and c.relname = %s and a.attnum > 0 and not a.attisdropped order by a.attnum",
            [schema, name],
        )
        if column != _BUILT_AT
    ]


def _swap(conn: psycopg.Connection, mart: Mart, columns: list[str], *, exists: bool) -> int:
    fresh = sql.Identifier(mart.schema, f"{mart.name}__new")
    conn.execute(sql.SQL("drop table if exists {}").format(fresh))
    conn.execute(sql.SQL("create table {} (like {})").format(fresh, _built(mart)))
    conn.execute(sql.SQL("alter table {} drop column if exists {}").format(fresh, sql.Identifier(_BUILT_AT)))
    copy = sql.SQL("insert into {fresh} ({columns}) select {columns} from {built}")
    count = conn.execute(copy.format(fresh=fresh, columns=_list(columns), built=_built(mart))).rowcount
    if exists:
        conn.execute(sql.SQL("drop table {}").format(_live(mart)))
    conn.execute(sql.SQL("alter table {} rename to {}").format(fresh, sql.Identifier(mart.name)))
    keys = sql.SQL(", ").join(sql.Identifier(column) for column in mart.key)
    conn.execute(sql.SQL("create index on {} ({})").format(_live(mart), keys))
    return count


def _limit(conn: psycopg.Connection, mart: Mart, kinds: dict[str, str], since: datetime) -> sql.Composed:
    """Return a condition on the rows of slices that were built again since a build; it reads a temporary table of this transaction."""
    slices = sql.SQL(", ").join(
        sql.SQL("slice[{}]::{} as {}").format(sql.Literal(number), sql.SQL(kinds[column]), sql.Identifier(column))
        for number, column in enumerate(mart.slice, start=1)
    )
    table = sql.Identifier(_slices_of(mart.name))
    conn.execute(
        sql.SQL(
            "create temporary table {} on commit drop as select {} from intermediate.dirty_slice where relation = %s and built_at > %s"
        ).format(table, slices),
        [f"{mart.built_in}.{mart.name}", since],
    )
    conn.execute(sql.SQL("analyze {}").format(table))
    return sql.SQL("({0}) in (select {0} from {1})").format(_list(list(mart.slice)), table)


def _slices_of(name: str) -> str:
    return f"slices_of_{name}"[:63]


def slices_applied(conn: psycopg.Connection, name: str) -> sql.Identifier | None:
    """Return the temporary table of the slices of a mart that this transaction has applied; None where it applied all of it."""
    table = _slices_of(name)
    found = conn.execute("select to_regclass('pg_temp.' || quote_ident(%s)) is not null", [table]).fetchone()
    return sql.Identifier("pg_temp", table) if found and found[0] else None


def _merge(conn: psycopg.Connection, mart: Mart, columns: list[str], release_id: str, limit: sql.Composable) -> int:
    if _digest(conn, _live(mart), columns, limit) == _digest(conn, _built(mart), columns, limit):
        return 0
    names: dict[str, sql.Composable] = {
        "live": _live(mart),
        "built": _built(mart),
        "plain": _list([column for column in columns if column not in _STAMPS]),
        "key": _list(list(mart.key)),
        # a missing key value is a value like any other here, and this comparison can be hashed
        "same": sql.SQL(" and ").join(
            sql.SQL("coalesce(live.{0}::text, '') = coalesce(new.{0}::text, '')").format(sql.Identifier(column)) for column in mart.key
        ),
    }
    # what differs is found by hashing both sides once; everything after that touches changed rows only
    for table, what, these, those in (("delta", "plain", "built", "live"), ("gone", "key", "live", "built")):
        query = "create temporary table {table} as select {what} from {these} where {limit} except select {what} from {those} where {limit}"
        named = {"table": sql.Identifier(table), "what": names[what], "these": names[these], "those": names[those]}
        conn.execute(sql.SQL(query).format(limit=limit, **named))
    values = [_stamped(column, release_id) for column in columns]
    conn.execute(
        sql.SQL("create temporary table fresh as select {values} from delta as new left join {live} as live on {same}").format(
            values=sql.SQL(", ").join(values), **names
        )
    )
    conn.execute(
        sql.SQL("delete from {live} as live using (select {key} from delta union all select {key} from gone) as new where {same}").format(
            **names
        )
    )
    written = conn.execute(
        sql.SQL("insert into {live} ({columns}) select {columns} from fresh").format(columns=_list(columns), **names)
    ).rowcount
    removed = conn.execute("select count(*) from gone").fetchone()
    conn.execute("drop table delta, gone, fresh")
    return written + (int(removed[0]) if removed else 0)


def _applied_until(conn: psycopg.Connection, mart: Mart) -> datetime | None:
    """Return the stamp of the build that was last applied, or None where all of it has to be compared (it was made anew since)."""
    row = conn.execute(
        "select applied.built_at from ops.applied_mart as applied"
        " join intermediate.build_mark as mark on mark.relation = %s and mark.whole_at <= applied.built_at where applied.relation = %s",
        [f"{mart.built_in}.{mart.name}", f"{mart.schema}.{mart.name}"],
    ).fetchone()
    return row[0] if row else None


def _note_applied(conn: psycopg.Connection, mart: Mart) -> None:
    conn.execute(
        "insert into ops.applied_mart (relation, built_at) select %s, built_at from intermediate.build_mark where relation = %s"
        " on conflict (relation) do update set built_at = excluded.built_at",
        [f"{mart.schema}.{mart.name}", f"{mart.built_in}.{mart.name}"],
    )


def _add(conn: psycopg.Connection, mart: Mart, columns: list[str], since: datetime) -> int:
    """Apply the rows that were written or removed since a build, and look at no other."""
    names = {
        "live": _live(mart),
        "built": _built(mart),
        "columns": _list(columns),
        "key": _list(list(mart.key)),
        "keys_gone": sql.SQL(", ").join(sql.SQL("row_key[{}]").format(sql.Literal(number + 1)) for number in range(len(mart.key))),
        "same": sql.SQL(" and ").join(sql.SQL("live.{0}::text = gone.{0}").format(sql.Identifier(column)) for column in mart.key),
        "texts": sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column)) for column in mart.key),
    }
    fresh = sql.SQL("create temporary table fresh as select {columns} from {built} where _built_at > %s")
    written = conn.execute(fresh.format(**names), [since]).rowcount
    conn.execute(
        sql.SQL(
            "create temporary table gone ({key}) as select {keys_gone} from intermediate.removed_row where relation = %s and built_at > %s"
            " except select {texts} from {built} where _built_at > %s"
        ).format(**names),
        [f"{mart.built_in}.{mart.name}", since, since],
    )
    conn.execute("analyze gone")
    removed = conn.execute(sql.SQL("delete from {live} as live using gone where {same}").format(**names)).rowcount
    conn.execute("truncate gone")
    conn.execute(sql.SQL("insert into gone select {texts} from fresh").format(**names))
    conn.execute("analyze gone")
    conn.execute(sql.SQL("delete from {live} as live using gone where {same}").format(**names))
    conn.execute(sql.SQL("insert into {live} ({columns}) select {columns} from fresh").format(**names))
    conn.execute("drop table fresh, gone")
    return written + removed


def _stamped(column: str, release_id: str) -> sql.Composable:
    if column in _STAMPS:
        stamp = sql.Literal(release_id) if column == "release_id" else sql.SQL("null::text")
        return sql.SQL("{} as {}").format(stamp, sql.Identifier(column))
    return sql.SQL("new.{}").format(sql.Identifier(column))


def _digest(conn: psycopg.Connection, relation: sql.Identifier, columns: list[str], limit: sql.Composable) -> object:
    """Return the number of rows and a sum over their hashes: equal rows, whatever their order, give equal digests."""
    rows = _list([column for column in columns if column not in _STAMPS])
    query = sql.SQL("select count(*), sum(hashtextextended(row({})::text, 0)::numeric) from {} where {}").format(rows, relation, limit)
    return conn.execute(query).fetchone()


def _list(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _copy_comments(conn: psycopg.Connection, mart: Mart) -> None:
    comments = (
        "select d.objsubid, a.attname, d.description from pg_description as d join pg_class as c on c.oid = d.objoid"
        " join pg_namespace as n on n.oid = c.relnamespace"
        " left join pg_attribute as a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0"
        " where d.classoid = 'pg_class'::regclass and n.nspname = %s and c.relname = %s"
    )
    live = {name: text for _, name, text in conn.execute(comments, [mart.schema, mart.name])}
    for number, name, text in conn.execute(comments, [mart.built_in, mart.name]).fetchall():
        if live.get(name) == text or name == _BUILT_AT:
            continue
        kind = sql.SQL("column {}.{}").format(_live(mart), sql.Identifier(name)) if number else sql.SQL("table {}").format(_live(mart))
        conn.execute(sql.SQL("comment on {} is {}").format(kind, sql.Literal(text)))
