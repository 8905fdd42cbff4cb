"""Keep what a step found: its tables and its estimates, by COPY, inside the runner's transaction."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import psycopg
from psycopg import sql

from rapport.analysis.step import DIMENSIONS, ESTIMATES, AnalysisError, Outcome, Step
from rapport.warehouse.analysis_tables import SCHEMA, columns_of, key_of


def keep(conn: psycopg.Connection, step: Step, outcome: Outcome) -> int:
    """Write a step's rows and return how many there are.

    Raises:
        AnalysisError: it gives a table that it does not declare to write, or other columns than the table has.
    """
    if unknown := sorted(outcome.tables.keys() - set(step.writes)):
        raise AnalysisError(f"step {step.name} gives {', '.join(unknown)}, which it does not declare to write")
    written = 0
    for table in step.writes:
        rows = outcome.tables.get(table)
        if table in step.merges:
            _merge(conn, step, table, rows)
        else:
            conn.execute(sql.SQL("delete from {}").format(sql.Identifier(SCHEMA, table)))
            if rows is not None:
                _copy(conn, step, sql.Identifier(SCHEMA, table), columns_of(conn, table), rows)
        conn.execute(sql.SQL("analyze {}").format(sql.Identifier(SCHEMA, table)))
        written += _count(conn, table)
    return written + _keep_estimates(conn, step, outcome.estimates)


def _merge(conn: psycopg.Connection, step: Step, table: str, rows: pd.DataFrame | None) -> None:
    """Put rows in the place of those with the same key, and take out those that the step says are to go."""
    target, names = sql.Identifier(SCHEMA, table), columns_of(conn, table)
    if rows is not None and len(rows):
        draft = sql.Identifier(f"new_{table}")
        conn.execute(sql.SQL("create temporary table {} (like {}) on commit drop").format(draft, target))
        _copy(conn, step, draft, names, rows)
        same = sql.SQL(" and ").join(
            sql.SQL("{0}.{2} = {1}.{2}").format(target, draft, sql.Identifier(name)) for name in key_of(conn, table)
        )
        conn.execute(sql.SQL("delete from {} using {} where {}").format(target, draft, same))
        conn.execute(sql.SQL("insert into {} select * from {}").format(target, draft))
        conn.execute(sql.SQL("drop table {}").format(draft))
    gone = sql.SQL(step.merges[table])  # a condition that stands in the step's source
    conn.execute(sql.SQL("delete from {} where {}").format(target, gone))


def _keep_estimates(conn: psycopg.Connection, step: Step, estimates: pd.DataFrame | None) -> int:
    conn.execute("delete from analysis.metric_estimate where step = %s", [step.name])
    if estimates is None or estimates.empty:
        return 0
    names = columns_of(conn, ESTIMATES)
    whole = estimates.assign(step=step.name)
    whole = whole.assign(**{name: whole[name].fillna("all") if name in whole else "all" for name in DIMENSIONS})
    whole = whole.assign(**{name: None for name in names if name not in whole})
    _copy(conn, step, sql.Identifier(SCHEMA, ESTIMATES), names, whole)
    return len(whole)


def _copy(conn: psycopg.Connection, step: Step, target: sql.Identifier, names: list[str], rows: pd.DataFrame) -> None:
    if wrong := sorted(set(names) ^ set(rows.columns)):
        raise AnalysisError(f"step {step.name}: {', '.join(wrong)} is in only one of its rows and {target.as_string(None)}")
    statement = sql.SQL("copy {} ({}) from stdin").format(target, sql.SQL(", ").join(map(sql.Identifier, names)))
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows[names].astype(object).itertuples(index=False, name=None):
            copy.write_row([_plain(value) for value in row])


def _plain(value: Any) -> Any:
    """Return a value as psycopg writes it: a missing one of any library is None."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value


def _count(conn: psycopg.Connection, table: str) -> int:
    row = conn.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(SCHEMA, table))).fetchone()
    return int(row[0]) if row else 0
