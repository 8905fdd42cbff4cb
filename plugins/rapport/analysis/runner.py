"""Run the steps whose inputs have changed, and keep what they found, each in one transaction."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from rapport.analysis.registry import in_order, steps
from rapport.analysis.step import AnalysisError, Step, Work
from rapport.analysis.writing import keep
from rapport.home import Home
from rapport.warehouse.analysis_tables import ensure_analysis_tables
from rapport.warehouse.dbt_config import config_folder, load_config
from rapport.warehouse.dbt_project import metric_names

Log = Callable[[str], None]
_NOTE = (
    "insert into analysis.step (step, version, fingerprint, refused_reason, rows, run_id, computed_at)"
    " values (%s, %s, %s, %s, %s, %s, now() at time zone 'UTC')"
)


@dataclass(frozen=True)
class StepResult:
    """What became of one step: `state` is `computed`, `unchanged` or `refused` (`reason` says why); rows it wrote; wall time."""

    step: str
    state: str
    reason: str | None
    rows: int
    seconds: float


def run_steps(
    home: Home,
    run_id: str | None = None,
    full_refresh: bool = False,
    log: Log = lambda _line: None,
    *,
    wanted: Sequence[Step] | None = None,
) -> list[StepResult]:
    """Run every step whose inputs, settings or version differ from those of its last run; safe to run again.

    Args:
        home: the installation; its layers `intermediate` and `core` are built.
        run_id: of the run under way, for the ledger.
        full_refresh: compute everything anew.
        log: takes a line of progress at a time.
        wanted: the steps, all there are by default.

    Raises:
        AnalysisError: a step is declared wrongly, or failed; what earlier ones found is kept.
    """
    found = steps() if wanted is None else in_order(list(wanted))
    config = load_config(config_folder(home), metric_names(home))
    results = []
    with psycopg.connect(home.dsn("transformer"), autocommit=True) as conn:
        ensure_analysis_tables(conn, home.root / "dbt_project")
        _forget(conn, [step.name for step in found], is_all=wanted is None)
        for step in found:
            results.append(_run(conn, step, Work(conn, config, log, full_refresh), run_id))
            _tell(results[-1], log)
    return results


def _run(conn: psycopg.Connection, step: Step, work: Work, run_id: str | None) -> StepResult:
    began = time.monotonic()
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(hashtext('rapport.analysis'), hashtext(%s))", [step.name])
        known = _known(conn, step)
        wanted = _fingerprint(conn, step, work.config)
        if known is not None and known[0] == wanted and not work.is_whole:
            return StepResult(step.name, "unchanged", known[1], known[2], time.monotonic() - began)
        try:
            outcome = step.run(Work(conn, work.config, work.log, work.is_whole or known is None or known[3] != step.version))
        except Exception as error:
            raise AnalysisError(f"step {step.name} failed: {type(error).__name__}; its log has the trace") from error
        rows = keep(conn, step, outcome)
        conn.execute("delete from analysis.step where step = %s", [step.name])
        conn.execute(_NOTE, [step.name, step.version, wanted, outcome.refused, rows, run_id])
    state = "computed" if outcome.refused is None else "refused"
    return StepResult(step.name, state, outcome.refused, rows, time.monotonic() - began)


def _fingerprint(conn: psycopg.Connection, step: Step, config: Any) -> str:
    """Return a hash of all that decides a step's result: its version, its settings and the rows of what it reads, in any order."""
    digest = hashlib.sha256(json.dumps([step.version, [config.get(name) for name in step.settings]], sort_keys=True).encode())
    for relation in step.reads:
        schema, table = relation.split(".")
        counted = conn.execute(
            sql.SQL("select count(*), coalesce(sum(hash_record_extended(t, 0)), 0) from {} as t").format(sql.Identifier(schema, table))
        ).fetchone()
        digest.update(f"{relation} {counted}".encode())
    return digest.hexdigest()


def _known(conn: psycopg.Connection, step: Step) -> tuple[str, str | None, int, int] | None:
    row = conn.execute("select fingerprint, refused_reason, rows, version from analysis.step where step = %s", [step.name]).fetchone()
    return (str(row[0]), row[1], int(row[2]), int(row[3])) if row else None


def _forget(conn: psycopg.Connection, names: list[str], *, is_all: bool) -> None:
    """Take out what steps that are no more have left."""
    if is_all:
        conn.execute("delete from analysis.metric_estimate where not step = any(%s)", [names])
        conn.execute("delete from analysis.step where not step = any(%s)", [names])


def _tell(result: StepResult, log: Log) -> None:
    why = f": {result.reason}" if result.reason else ""
    log(f"{result.step}: {result.state}{why}, {result.rows:,} rows in {result.seconds:.1f} s")
