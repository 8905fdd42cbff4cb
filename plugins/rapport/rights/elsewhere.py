"""What stands beside the warehouse: applications' tables, caches, logs, files; and what PostgreSQL keeps of rows that are gone."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from rapport.home import Home
from rapport.privacy.sweep import Sweep
from rapport.rights.proof import folders
from rapport.warehouse import server
from rapport.warehouse.roles_policy import load_policy

# Tables of the applications whose rows are history, cache, or somebody's own question: a row that names the person goes.
_HISTORY = {
    "superset": (
        *("query", "saved_query", "tab_state", "table_schema", "logs", "slices", "annotation", "tasks"),
        *("key_value", "keyvalue", "cache_keys", "report_execution_log"),
    ),
    "airflow": (
        *("xcom", "log", "rendered_task_instance_fields", "asset_event", "partitioned_asset_key_log", "dag_run_note", "task_instance_note"),
        *("dag_warning", "import_error", "callback", "hitl_detail", "hitl_detail_history", "task_state_store", "asset_state_store"),
    ),
}
_PARAMETERS = (("dag_run", "conf", "null"), ("backfill", "dag_run_conf", "'{}'"))  # the run stays, what it was given goes
_LOGS = frozenset({"logs"})
_CACHES = frozenset({"superset", "gx", "dbt", "spool", "airflow"})  # made anew when they are missed
_TEXTS = frozenset({".csv", ".jsonl", ".txt", ".log"})


def clean_applications(home: Home, needles: Mapping[str, Iterable[str]]) -> Counter[str]:
    """Remove the rows of history and caches of Superset and Airflow that hold one of the needles; returns how many, by table."""
    done: Counter[str] = Counter()
    for database, tables in _HISTORY.items():
        try:
            conn = psycopg.connect(server.admin_dsn(home, database), autocommit=True)
        except psycopg.OperationalError:
            continue
        with conn:
            for table in tables:
                if rows := _remove_rows(conn, table, needles):
                    done[f"{database}.{table}"] = rows
            if database == "airflow":
                for table, column, empty in _PARAMETERS:
                    done[f"airflow.{table} (cut)"] = _cut_parameters(conn, table, column, empty, needles)
    return +done


def clean_files(home: Home, needles: Mapping[str, Iterable[str]]) -> Counter[str]:
    """Take what holds one of the needles out of the home's files: lines of logs, rows of sheets, whole files of caches.

    Any other file, such as a workbook, stays as it is: it holds others too. The sweep names it.
    """
    done: Counter[str] = Counter()
    for folder in folders(home):
        if folder.name == "rights":
            continue  # our own reports, which hold nobody
        sweep = Sweep(needles)
        sweep.folder(folder)
        for name in {hit.place for hit in sweep.hits}:
            file = Path(name)
            if not file.is_file():
                continue
            if folder.name in _LOGS or file.suffix in _TEXTS:
                done[f"{folder.name} (lines)"] += _without_lines(file, needles)
            elif folder.name in _CACHES:
                file.unlink()
                done[f"{folder.name} (files)"] += 1
    return +done


def settle(home: Home) -> None:
    """Let PostgreSQL forget rows that are gone: rewrite what no person reads, clean the rest, gather statistics anew, switch the log on.

    `VACUUM FULL` locks readers out, so it is for schemas that only machines read.
    """
    with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
        conn.execute("set client_min_messages = warning")
        policy = load_policy()
        tables = conn.execute(
            "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'm') and n.nspname !~ '^(pg_|information_schema)' order by 1, 2"
        ).fetchall()
        for schema, table in tables:
            readers = {role for role, _ in policy.rule(schema).of_table(table)} & set(policy.people)
            how = sql.SQL("vacuum (analyze)" if readers else "vacuum (full, analyze)")
            conn.execute(sql.SQL("{} {}").format(how, sql.Identifier(schema, table)))
            if conn.execute(sql.SQL("select not exists (select from {})").format(sql.Identifier(schema, table))).fetchone() == (True,):
                # of an empty table nothing is gathered, and what was is kept
                conn.execute("delete from pg_statistic where starelid = %s::regclass", [f'"{schema}"."{table}"'])
        conn.execute("vacuum pg_catalog.pg_statistic")
        if not server.is_external():
            for _ in range(2):
                conn.execute("select pg_switch_wal()")
                conn.execute("checkpoint")


def _remove_rows(conn: psycopg.Connection, table: str, needles: Mapping[str, Iterable[str]]) -> int:
    """Delete the rows of a table that hold one of the needles, and let go of them what refers to them."""
    if not (gone := _named_rows(conn, table, "t", needles)):
        return 0
    with conn.transaction():
        _let_go(conn, table, gone)
        conn.execute(sql.SQL("delete from {} where ctid = any(%s::tid[])").format(sql.Identifier("public", table)), [gone])
    conn.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier("public", table)))
    return len(gone)


def _let_go(conn: psycopg.Connection, table: str, gone: list[str]) -> None:
    """Cut the references of other rows to those that go; one that may not be empty goes, too."""
    references = conn.execute(
        "select c.conrelid::regclass::text, r.attname, k.attname, r.attnotnull from pg_constraint as c"
        " join pg_attribute as r on r.attrelid = c.conrelid and r.attnum = c.conkey[1]"
        " join pg_attribute as k on k.attrelid = c.confrelid and k.attnum = c.confkey[1]"
        " where c.contype = 'f' and c.confdeltype in ('a', 'r') and c.confrelid = %s::regclass and cardinality(c.conkey) = 1",
        [f"public.{table}"],
    ).fetchall()
    named = {"table": sql.Identifier("public", table)}
    for other, column, key, must_be_there in references:
        how = "delete from {other}" if must_be_there else "update {other} set {column} = null"
        named |= {"other": sql.Identifier("public", other), "column": sql.Identifier(column), "key": sql.Identifier(key)}
        conn.execute(sql.SQL(how + " where {column} in (select {key} from {table} where ctid = any(%s::tid[]))").format(**named), [gone])


def _cut_parameters(conn: psycopg.Connection, table: str, column: str, empty: str, needles: Mapping[str, Iterable[str]]) -> int:
    """Empty the parameters of runs that hold one of the needles."""
    if not (named := _named_rows(conn, table, column, needles)):
        return 0
    query = sql.SQL("update {} set {} = {} where ctid = any(%s::tid[])").format(
        sql.Identifier("public", table), sql.Identifier(column), sql.SQL(empty)
    )
    conn.execute(query, [named])
    conn.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier("public", table)))
    return len(named)


def _named_rows(conn: psycopg.Connection, table: str, column: str, needles: Mapping[str, Iterable[str]]) -> list[str]:
    """Return where the rows stand that hold one of the needles in a column, `t` for any; bytes are looked into as bytes."""
    if conn.execute("select to_regclass(%s) is not null", [f"public.{table}"]).fetchone() != (True,):
        return []
    query = sql.SQL("select ctid::text, to_jsonb(t) from {} as t").format(sql.Identifier("public", table))
    named, sweep = [], Sweep(needles)
    with conn.transaction(), conn.cursor(name="rows") as cursor:
        for where, row in cursor.execute(query):
            values = row.values() if column == "t" else [row.get(column)]
            if any(_holds(sweep, _content(value)) for value in values if value):
                named.append(where)
    return named


def _without_lines(file: Path, needles: Mapping[str, Iterable[str]]) -> int:
    """Write a text file anew without the records that hold one of the needles; a record of CSV may span lines."""
    text = file.read_text(encoding="utf-8", errors="surrogateescape")
    records = _records(text) if file.suffix == ".csv" else text.splitlines(keepends=True)
    sweep = Sweep(needles)
    kept = [record for record in records if not _holds(sweep, record.encode(errors="surrogateescape"))]
    if len(kept) == len(records):  # it is the file's name, or something packed inside: a person looks at it
        return 0
    mode = file.stat().st_mode
    draft = file.with_name(f".{file.name}.new")
    draft.touch(mode=mode & 0o777)
    draft.write_text("".join(kept), encoding="utf-8", errors="surrogateescape")
    draft.replace(file)
    return len(records) - len(kept)


def _content(value: object) -> bytes:
    """Return a value of `to_jsonb` as what software wrote: text as it is, bytes out of their letters, objects as JSON."""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).encode()
    try:
        return bytes.fromhex(value[2:]) if value.startswith("\\x") else value.encode()
    except ValueError:
        return value.encode()


def _holds(sweep: Sweep, content: bytes) -> bool:
    sweep.hits.clear()
    sweep.look("", content)
    return bool(sweep.hits)


def _records(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    reader = csv.reader(io.StringIO(text, newline=""))
    records, at = [], 0
    for _ in reader:
        records.append("".join(lines[at : reader.line_num]))
        at = reader.line_num
    return records
