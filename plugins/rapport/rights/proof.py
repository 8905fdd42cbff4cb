"""Prove what is left of a person: a sweep of every database and file of the home, in a report that nobody can change unnoticed."""

from __future__ import annotations

import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from rapport.home import Home
from rapport.privacy import Keyring
from rapport.privacy.sweep import Sweep
from rapport.warehouse import server

DATABASES = ("rapport", "airflow", "superset", "postgres")
# Not swept: the server's own files, whose rows are read as tables, and keys, which hold nobody.
_NOT_FILES = frozenset({"pg", "secrets"})
_NAMED = ("source", "source_id")
_OF_RECORDS = sql.SQL(" where (source, source_id::text) in (select * from unnest(%s::text[], %s::text[]))")


def sweep_home(home: Home, needles: Mapping[str, Iterable[str]]) -> Counter[str]:
    """Return the places that hold one of the needles, in every disguise, and how many of the needles: relations and files."""
    sweep = Sweep(needles)
    for database in DATABASES:
        try:
            conn = psycopg.connect(server.admin_dsn(home, database), autocommit=True)
        except psycopg.OperationalError:
            continue  # a home without Airflow or Superset
        with conn:
            before = set(sweep.hits)
            sweep.database(conn)
            fresh = {hit for hit in sweep.hits if hit not in before}
            sweep.hits = before | {type(hit)(hit.needle, f"{database}: {hit.place}", hit.variant) for hit in fresh}
    for folder in folders(home):
        sweep.folder(folder)
    return Counter(place for _, place in {(hit.needle, hit.place) for hit in sweep.hits})


def folders(home: Home) -> list[Path]:
    """Return the folders of a home that may hold what people wrote."""
    return sorted(path for path in home.path.iterdir() if path.is_dir() and path.name not in _NOT_FILES) if home.path.is_dir() else []


def records_left(conn: psycopg.Connection, named: Sequence[tuple[str, str]]) -> Counter[str]:
    """Return the relations past raw that hold rows of the records (source, id), and how many: ids are too short to be swept for.

    Args:
        conn: a connection that may read all of the warehouse.
        named: the records of the person, by the name of their system and their id.
    """
    left: Counter[str] = Counter()
    for schema, table in tables_of_records(conn):
        row = conn.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table)) + _OF_RECORDS, _given(named)).fetchone()
        if row and row[0]:
            left[f"rapport: {schema}.{table} (by id)"] = int(row[0])
    return left


def tables_of_records(conn: psycopg.Connection) -> list[tuple[str, str]]:
    """Return the relations past raw whose rows say of which record they are: schema and name."""
    return conn.execute(
        "select c.table_schema, c.table_name from information_schema.columns as c join information_schema.tables as t"
        " using (table_schema, table_name) where t.table_type = 'BASE TABLE' and c.column_name = any(%s)"
        " and c.table_schema !~ '^(pg_|raw_|information_schema|ops|vault)' group by 1, 2 having count(*) = 2 order by 1, 2",
        [list(_NAMED)],
    ).fetchall()


def delete_records(conn: psycopg.Connection, schema: str, table: str, named: Sequence[tuple[str, str]]) -> int:
    """Delete the rows of the records (source, id) from a relation, and return how many there were."""
    return conn.execute(sql.SQL("delete from {}").format(sql.Identifier(schema, table)) + _OF_RECORDS, _given(named)).rowcount


def _given(named: Sequence[tuple[str, str]]) -> list[list[str]]:
    return [[pair[0] for pair in named], [pair[1] for pair in named]]


def write_report(home: Home, keyring: Keyring, name: str, body: Mapping[str, Any]) -> Path:
    """Write a report to the home, signed with a key of its own; mode 0600."""
    told = {**body, "written_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    file = home.dir("rights") / f"{name}.json"
    draft = file.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({"report": told, "signature": _signature(keyring, told)}, indent=1, sort_keys=True))
    draft.replace(file)
    return file


def is_genuine(keyring: Keyring, file: Path) -> bool:
    """Return whether a report is as it was written, with this tenant's key."""
    said = json.loads(file.read_text())
    return hmac.compare_digest(said["signature"], _signature(keyring, said["report"]))


def _signature(keyring: Keyring, body: Mapping[str, Any]) -> str:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hmac.digest(keyring.subkey("erasure", "report"), text.encode(), "sha256").hex()
