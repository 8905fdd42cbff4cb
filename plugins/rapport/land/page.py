"""Land one page: rows, vault, directory, quarantine, counts and cursor in one transaction, so that a crash loses or doubles nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from rapport.declarations import Source, Stream
from rapport.land.copying import copy_arrow, temporary_table
from rapport.land.deletions import bring_back, may_return
from rapport.land.errors import guarded
from rapport.land.merging import merge, row_hash
from rapport.land.tables import columns
from rapport.privacy import Sealed, Treated

_UNDECLARED = "not declared"
_UNREADABLE = "not readable as its kind: landed without a token"
_GUARDED = "held an identifier where none is declared: landed with a type tag"
_ERASED = ("(record)", "erased")
_MOST_REMEMBERED = 500_000
_ODD_NAME = re.compile(r"[^\w.\[\] -]|\d{5,}")


@dataclass(frozen=True)
class Landed:
    """What became of a page's rows.

    Attributes:
        rows_landed: versions that were new.
        rows_duplicate: rows whose very version was there already, or stood twice in the page.
    """

    rows_landed: int
    rows_duplicate: int


def land_page(
    conn: psycopg.Connection,
    source: Source,
    stream: Stream,
    treated: Treated,
    *,
    load_id: str,
    rejected: Sequence[Sealed] = (),
    undeclared: Mapping[str, int] | None = None,
    fetched: int | None = None,
    cursor: Mapping[str, Any] | None = None,
    remarks: Mapping[tuple[str, str], int] | None = None,
    sealed_before: set[str] | None = None,
    erased: int = 0,
) -> Landed:
    """Land a treated page.

    A stream with a clock leaves a version that is already there as it is; one without notes when it was seen last, so that
    a value that returns to an earlier one is the newest again.

    Args:
        conn: a connection as `loader`, outside a transaction: the page is one of its own.
        source: the declaration.
        stream: the stream of the page.
        treated: what privacy made of the page.
        load_id: the load that this page belongs to; its counts in `ops.stream_load` grow with the page.
        rejected: sealed records that cannot be landed.
        undeclared: undeclared field -> records that carried it.
        fetched: records that the source served in this page, counted where they were read, so that a lost one shows; by default what
            became of them is taken for it.
        cursor: where to resume after this page; None leaves the stream's state.
        remarks: `Page.remarks`, for `ops.quarantine` alone.
        sealed_before: tokens known to be in the vault, which need not be sent again; those of this page are added once it is landed.
        erased: records of people who were erased, which are not here any more; counted as set aside.

    Raises:
        LandError: the database refused the page; nothing of it is kept.
        ValueError: the connection is inside a transaction, so the page could not be committed here.
    """
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise ValueError("land_page needs a connection outside a transaction: connect with autocommit=True")

    known = sealed_before if sealed_before is not None else set()
    fresh = treated.vault.filter(pa.array([token not in known for token in treated.vault["token"].to_pylist()], pa.bool_()))

    def land() -> Landed:
        with conn.transaction():
            _keep_secrets(conn, fresh)
            _keep_terms(conn, treated.terms)
            landed = _land_rows(conn, source, stream, treated.table, load_id) if treated.table.num_rows else Landed(0, 0)
            noticed = _remarks(treated, undeclared or {}) + Counter(remarks or {}) + Counter({_ERASED: erased})
            _set_aside(conn, (load_id, source.name, stream.name), rejected, noticed)
            aside = len(rejected) + erased
            whole = landed.rows_landed + landed.rows_duplicate + aside
            _count(conn, load_id, landed, aside, whole if fetched is None else fetched)
            if cursor is not None:
                _remember(conn, source, stream, load_id, cursor)
        return landed

    landed = guarded(source.name, stream.name, land)
    if len(known) < _MOST_REMEMBERED:
        known.update(fresh["token"].to_pylist())
    return landed


def _land_rows(conn: psycopg.Connection, source: Source, stream: Stream, table: pa.Table, load_id: str) -> Landed:
    """Copy the rows beside the raw table, then merge them into it."""
    # One load of a stream merges at a time: two would wait for each other's keys in different orders.
    conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{source.raw_schema}.{stream.name}"])
    wanted = columns(stream)
    batch = temporary_table(conn, "_batch", [*((column.name, column.type) for column in wanted), ("_is_deleted", "boolean")])
    deleted = stream.deleted.mask(table) if stream.deleted else pa.repeat(pa.scalar(False), table.num_rows)
    copy_arrow(conn, batch, table.append_column("_is_deleted", deleted))
    if may_return(stream):
        bring_back(conn, source, stream, batch=batch, row_hash=row_hash(batch), load_id=load_id)
    landed = merge(conn, source, stream, batch, table=table, load_id=load_id)
    return Landed(landed, table.num_rows - landed)


def _keep_secrets(conn: psycopg.Connection, vault: pa.Table) -> None:
    if vault.num_rows:
        types = ["text", "text", "text", "bytea"]
        secrets = temporary_table(conn, "_secrets", zip(("token", "domain", "kind", "ciphertext"), types, strict=True))
        copy_arrow(conn, secrets, vault)
        # The loader may not read the vault: a conflict without a target needs no such right. A token is two letters, version, _ and more.
        conn.execute(
            sql.SQL(
                "insert into vault.secret (token, domain, kind, key_version, ciphertext)"
                " select token, domain, kind, substr(token, 3, strpos(token, '_') - 3)::integer, ciphertext from {} order by token"
                " on conflict do nothing"
            ).format(secrets)
        )


def _keep_terms(conn: psycopg.Connection, terms: pa.Table) -> None:
    if terms.num_rows:
        types = ["text", "bytea"]
        fresh = temporary_table(conn, "_terms", zip(("domain", "term"), types, strict=True))
        copy_arrow(conn, fresh, terms)
        conn.execute(
            sql.SQL(
                "insert into vault.directory (domain, term) select domain, term from {} order by domain, term on conflict do nothing"
            ).format(fresh)
        )


def _remarks(treated: Treated, undeclared: Mapping[str, int]) -> Counter[tuple[str, str]]:
    """Count what was noticed about fields whose rows did land."""
    counts: Counter[tuple[str, str]] = Counter()
    for reason, fields in ((_UNDECLARED, undeclared), (_UNREADABLE, treated.unreadable), (_GUARDED, treated.guarded)):
        for field, rows in fields.items():
            counts[_public_name(field), reason] += rows
    return counts


def _public_name(field: str) -> str:
    """Return the field's name, unless it is data itself, as when a source uses addresses as keys."""
    return "(a name that may be data)" if len(field) > 120 or _ODD_NAME.search(field) else field


def _set_aside(conn: psycopg.Connection, place: tuple[str, str, str], rejected: Sequence[Sealed], counts: Counter[tuple[str, str]]) -> None:
    """Write who was set aside; `place` is load, source and stream."""
    for row in rejected:
        counts[row.field, row.reason] += 1
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into ops.quarantine (load_id, source, stream, field, reason, rows) values (%s, %s, %s, %s, %s, %s)",
            [(*place, field, reason, rows) for (field, reason), rows in sorted(counts.items())],
        )
        cursor.executemany(
            "insert into vault.quarantined_row (load_id, source, stream, field, reason, ciphertext) values (%s, %s, %s, %s, %s, %s)",
            [(*place, row.field, row.reason, row.ciphertext) for row in rejected],
        )


def _count(conn: psycopg.Connection, load_id: str, landed: Landed, rejected: int, fetched: int) -> None:
    conn.execute(
        "update ops.stream_load set rows_fetched = rows_fetched + %s, rows_landed = rows_landed + %s, rows_duplicate = rows_duplicate + %s,"
        " rows_quarantined = rows_quarantined + %s where load_id = %s",
        [
            fetched,
            landed.rows_landed,
            landed.rows_duplicate,
            rejected,
            load_id,
        ],
    )


def _remember(conn: psycopg.Connection, source: Source, stream: Stream, load_id: str, cursor: Mapping[str, Any]) -> None:
    conn.execute(
        "insert into ops.stream_state (source, stream, cursor, load_id, updated_at) values (%s, %s, %s, %s, now())"
        " on conflict (source, stream)"
        " do update set cursor = excluded.cursor, load_id = excluded.load_id, updated_at = excluded.updated_at",
        [source.name, stream.name, Jsonb(dict(cursor)), load_id],
    )
