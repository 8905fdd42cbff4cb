"""What stands beside the warehouse: applications' tables, caches, logs, files; and what PostgreSQL keeps of rows that are gone."""

from __future__ import annotations

import csv
import io
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

# Tables of the applications whose rows are history or cache: a row that names the person goes. Of a run, its parameters alone.
_HISTORY = {
    "superset": (
        "query",
        "logs",
        "saved_query",
        "tab_state",
        "table_schema",
        "key_value",
        "cache_keys",
        "report_execution_log",
    ),
    "airflow": (
        "xcom",
        "log",
        "rendered_task_instance_fields",
        "asset_event",
        "dag_warning",
        "import_error",
        "callback_request",
        "hitl_detail",
    ),
}
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
                done["airflow.dag_run (cut)"] = _cut_conf(conn, needles)
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
        conn.execute("vacuum pg_catalog.pg_statistic")
        if not server.is_external():
            for _ in range(2):
                conn.execute("select pg_switch_wal()")
                conn.execute("checkpoint")


def _remove_rows(conn: psycopg.Connection, table: str, needles: Mapping[str, Iterable[str]]) -> int:
    if not conn.execute("select to_regclass(%s)", [f"public.{table}"]).fetchone()[0]:  # type: ignore[index]
        return 0
    gone, sweep = [], Sweep(needles)
    with conn.transaction(), conn.cursor(name="rows") as cursor:
        for where, row in cursor.execute(sql.SQL("select ctid::text, t::text from {} as t").format(sql.Identifier("public", table))):
            if _holds(sweep, str(row)):
                gone.append(where)
    if gone:
        conn.execute(sql.SQL("delete from {} where ctid = any(%s::tid[])").format(sql.Identifier("public", table)), [gone])
        conn.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier("public", table)))
    return len(gone)


def _cut_conf(conn: psycopg.Connection, needles: Mapping[str, Iterable[str]]) -> int:
    """Empty the parameters of runs that hold one of the needles."""
    cut, sweep = 0, Sweep(needles)
    if conn.execute("select to_regclass('public.dag_run') is not null").fetchone() != (True,):
        return 0
    for where, conf in conn.execute("select ctid::text, conf::text from public.dag_run where conf is not null").fetchall():
        if _holds(sweep, str(conf)):
            cut += conn.execute("update public.dag_run set conf = null where ctid = %s::tid", [where]).rowcount
    return cut


def _without_lines(file: Path, needles: Mapping[str, Iterable[str]]) -> int:
    """Write a text file anew without the records that hold one of the needles; a record of CSV may span lines."""
    text = file.read_text(encoding="utf-8", errors="surrogateescape")
    records = _records(text) if file.suffix == ".csv" else text.splitlines(keepends=True)
    sweep = Sweep(needles)
    kept = [record for record in records if not _holds(sweep, record)]
    if len(kept) == len(records):  # it is the file's name, or something packed inside: a person looks at it
        return 0
    mode = file.stat().st_mode
    draft = file.with_name(f".{file.name}.new")
    draft.touch(mode=mode & 0o777)
    draft.write_text("".join(kept), encoding="utf-8", errors="surrogateescape")
    draft.replace(file)
    return len(records) - len(kept)


def _holds(sweep: Sweep, text: str) -> bool:
    sweep.hits.clear()
    sweep.look("", text.encode(errors="surrogateescape"))
    return bool(sweep.hits)


def _records(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    reader = csv.reader(io.StringIO(text, newline=""))
    records, at = [], 0
    for _ in reader:
        records.append("".join(lines[at : reader.line_num]))
        at = reader.line_num
    return records
