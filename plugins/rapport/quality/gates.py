"""The two gates: raw rows before anything is built from them, marts before anybody reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from rapport.declarations import Source, sources_in_use
from rapport.home import Home
from rapport.quality import ledger, mart_rules, raw_rules
from rapport.quality.engine import judge
from rapport.quality.result import GateError, GateResult
from rapport.quality.rules import Check, Verdict


def gate_raw(home: Home, run_id: str, sources: Mapping[str, Source] | None = None) -> GateResult:
    """Judge the raw rows that arrived since the last published release.

    Verdicts go to `ops.gate`, pages to the home's `gx/docs/raw`. Safe to run again: it replaces its own verdicts.

    Args:
        home: the installation.
        run_id: the run that asks.
        sources: the declarations to judge by; those in use by default.

    Raises:
        GateError: nothing has ever been landed, or a rule cannot be computed.
    """
    declared = sources_in_use(home) if sources is None else sources
    dsn = home.dsn("transformer")
    now = datetime.now(UTC)
    with psycopg.connect(dsn, autocommit=True) as conn:
        since = ledger.judged_until(conn)
        checks: list[Check] = []
        for source in declared.values():
            for stream in source.streams.values():
                if ledger.has_table(conn, source.raw_schema, stream.name):
                    checks += raw_rules.stream_checks(source, stream, ledger.landed(conn, source, stream, since), now)
    if not checks:
        raise GateError("no stream has a raw table yet: extract a source first (`rapport run`, or the extract DAGs)")
    return _record(dsn, run_id, "raw", judge(dsn, "raw", checks, _docs(home, "raw")), now)


def gate_marts(home: Home, run_id: str) -> GateResult:
    """Judge the marts that were built and are not yet published, also against the release that readers see.

    Verdicts go to `ops.gate`, pages to the home's `gx/docs/marts`. Safe to run again: it replaces its own verdicts.

    Raises:
        GateError: a mart that has rules was not built, or a rule cannot be computed.
    """
    dsn = home.dsn("publisher")  # reads what is built and what is published
    now = datetime.now(UTC)
    with psycopg.connect(dsn, autocommit=True) as conn:
        published = {name for name in mart_rules.compared() if ledger.has_table(conn, *name.split(".", 1))}
    verdicts = judge(dsn, "marts", mart_rules.mart_checks(published), _docs(home, "marts"))
    return _record(dsn, run_id, "marts", verdicts, now)


def _docs(home: Home, gate: str) -> Path:
    return home.dir("gx") / "docs" / gate


def _record(dsn: str, run_id: str, gate: str, verdicts: Sequence[Verdict], now: datetime) -> GateResult:
    with psycopg.connect(dsn, autocommit=True) as conn:
        ledger.write(conn, run_id, gate, verdicts, now)
    failures = tuple(dict.fromkeys(said.sentence for said in verdicts if not said.success))
    return GateResult(passed=not failures, failures=failures, judged=len(verdicts))
