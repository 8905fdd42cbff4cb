"""The build's steps, each safe to run again: gate raw, build a layer, analyse, gate the marts, audit, publish - or block."""

from __future__ import annotations

from collections.abc import Callable

import psycopg

from rapport.analysis import StepResult, run_steps
from rapport.home import Home
from rapport.land import ensure_tables
from rapport.quality import GateResult
from rapport.warehouse import publish as publishing
from rapport.warehouse.audit import AuditResult, audit_marts
from rapport.warehouse.dbt import LAYERS, LayerResult, run_layer
from rapport.warehouse.dbt_project import sources_to_build
from rapport.warehouse.publish import Release
from rapport.warehouse.publish_reconcile import newest_open_run, reconcile

__all__ = ["ANALYSE_BEFORE", "LAYERS", "analyse", "audit", "block", "build_layer", "gate_marts", "gate_raw", "publish"]

Log = Callable[[str], None]
ANALYSE_BEFORE = "marts"  # the layer that reads what the steps in Python find


def gate_raw(home: Home, run_id: str) -> GateResult:
    """Judge the raw rows that arrived since the last release."""
    from rapport.quality import gate_raw as judge

    return judge(home, run_id)


def build_layer(
    home: Home, layer: str, *, run_id: str | None = None, full_refresh: bool = False, log: Log = lambda _line: None
) -> LayerResult:
    """Build and test one layer of `LAYERS`; after core, note for `run_id` (or the run under way that began last) where every row went.

    Raises:
        DbtError: a model or test failed.
    """
    if layer == next(iter(LAYERS)):
        _ensure_raw(home)
    result = run_layer(home, layer, full_refresh=full_refresh, log=log)
    if layer == "core" and (told := run_id or newest_open_run(home)) is not None:
        reconcile(home, told)
    return result


def analyse(home: Home, *, run_id: str | None = None, full_refresh: bool = False, log: Log = lambda _line: None) -> list[StepResult]:
    """Run the steps in Python whose inputs have changed, between core and marts.

    Raises:
        AnalysisError: a step failed.
    """
    return run_steps(home, run_id, full_refresh, log)


def gate_marts(home: Home, run_id: str) -> GateResult:
    """Judge the marts that are built and not yet published."""
    from rapport.quality import gate_marts as judge

    return judge(home, run_id)


def audit(home: Home, run_id: str) -> AuditResult:  # noqa: ARG001 - all judges are called alike
    """Judge what the release would disclose."""
    return audit_marts(home)


def publish(home: Home, run_id: str, *, log: Log = lambda _line: None) -> Release:
    """Publish what is built.

    Raises:
        PublishError: it was not built, or a reader held a relation for too long.
        AccessError: grants would not be what the policy says.
    """
    return publishing.publish(home, run_id, log=log)


def block(home: Home, run_id: str, reason: str) -> None:
    """Hold the release back: the one before stands, and every dashboard says why."""
    publishing.block(home, run_id, reason)


def _ensure_raw(home: Home) -> None:
    """Make the raw tables of every declared source: one that was never read yet is empty, and no error."""
    with psycopg.connect(home.dsn("loader"), autocommit=True) as conn:
        for source in sources_to_build(home).values():
            ensure_tables(conn, source)
