"""One whole pass in the foreground, without a scheduler: extract, gate, build, gate, audit, publish.

The same functions as Airflow's tasks call, in the same order. Safe to run again at any point.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from rapport.declarations import Source, sources_in_use
from rapport.home import Home, HomeError
from rapport.pipeline import build
from rapport.pipeline.extract import StreamResult, extract_stream
from rapport.pipeline.order import in_order, unread_names
from rapport.pipeline.runlog import RunLog
from rapport.pipeline.runs import close_run, foreground_run
from rapport.pipeline.source import extract_source
from rapport.quality import GateResult
from rapport.warehouse.audit import AuditResult
from rapport.warehouse.dbt import LAYERS

Log = Callable[[str], None]
_AT_ONCE = 2  # sources extracted at a time: a laptop's cores


@dataclass(frozen=True)
class RunResult:
    """How a pass ended: `is_published`, or why not (`reason`); what each stream gave; seconds in all."""

    run_id: str
    is_published: bool
    reason: str | None
    streams: list[StreamResult]
    seconds: float

    @property
    def summary(self) -> str:
        """One line for a person."""
        landed = sum(stream.rows_landed for stream in self.streams)
        aside = sum(stream.rows_quarantined for stream in self.streams)
        end = "published" if self.is_published else f"not published: {self.reason}"
        return f"{self.run_id}: {landed:,} rows landed, {aside:,} set aside, {end} ({self.seconds:.1f} s)"


def run(
    home: Home,
    sources: Sequence[str] | None = None,
    *,
    full_refresh: bool = False,
    since: datetime | None = None,
    trigger: str = "cli",
    log: Log = lambda _line: None,
) -> RunResult:
    """Run one pass; the warehouse has to be up (`rapport.warehouse.ops.ensure_warehouse`).

    Args:
        home: the installation.
        sources: names of the sources to extract, all declared ones by default; the build always uses what is in the warehouse.
        full_refresh: fetch everything again and rebuild incremental models.
        since: fetch again what changed from this moment on, UTC.
        trigger: who asked, for the ledger.
        log: takes a line of progress at a time.

    Raises:
        RuntimeError: an error of the step that failed; nothing is published and the previous release stands.
    """
    began = time.monotonic()
    declared = sources_in_use(home)
    groups = _groups(declared, sources)
    run_id = f"{trigger}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:6]}"
    with foreground_run(home, run_id, trigger):
        _learn_names(home, declared, groups, run_id, log)
        streams = _extract(home, groups, run_id, full_refresh=full_refresh, since=since, log=log)
        reason = _build(home, run_id, full_refresh, log)
        close_run(home, run_id, "blocked" if reason else "success")
    return RunResult(run_id, reason is None, reason, streams, time.monotonic() - began)


def rebuild(home: Home, *, trigger: str, full_refresh: bool = False, log: Log = lambda _line: None) -> str | None:
    """Build and publish from what raw holds, without extracting; returns why nothing was published, or None.

    Args:
        home: the installation.
        trigger: who asked, for the ledger.
        full_refresh: rebuild incremental models.
        log: takes a line of progress at a time.

    Raises:
        RuntimeError: an error of the step that failed; nothing is published and the previous release stands.
    """
    run_id = f"{trigger}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:6]}"
    with foreground_run(home, run_id, trigger):
        reason = _build(home, run_id, full_refresh, log)
        close_run(home, run_id, "blocked" if reason else "success")
    return reason


def _groups(declared: dict[str, Source], wanted: Sequence[str] | None) -> list[list[Source]]:
    if unknown := sorted(set(wanted or ()) - declared.keys()):
        raise HomeError(f"no source {', '.join(unknown)}: in use are {', '.join(declared) or 'none'}")
    return in_order(source for name, source in declared.items() if wanted is None or name in wanted)


def _learn_names(home: Home, declared: dict[str, Source], groups: list[list[Source]], run_id: str, log: Log) -> None:
    """Read the streams that tell names of sources left out of this pass, if the warehouse never has: texts are read after them."""
    chosen = {source.name for group in groups for source in group}
    missing = {
        (earlier.name, stream.name)
        for group in groups
        for source in group
        for earlier, stream in unread_names(home, declared, source)
        if earlier.name not in chosen
    }
    for source_name, stream_name in sorted(missing):
        result = extract_stream(home, source_name, stream_name, run_id=run_id)
        name = f"{source_name}.{stream_name}"
        log(f"  {name:<34} {result.rows_landed:>9,} rows {result.seconds:>7.1f} s, for the names in others' texts")


def _extract(
    home: Home, groups: list[list[Source]], run_id: str, *, full_refresh: bool, since: datetime | None, log: Log
) -> list[StreamResult]:
    def ended(result: StreamResult) -> None:
        aside = f", {result.rows_quarantined:,} set aside" if result.rows_quarantined else ""
        log(f"  {result.source + '.' + result.stream:<34} {result.rows_landed:>9,} rows {result.seconds:>7.1f} s{aside}")

    def whole(source: Source) -> list[StreamResult]:
        return extract_source(
            home,
            source,
            run_id=run_id,
            full_refresh=full_refresh,
            since=since,
            log_of=lambda stream: lines.of(source.name, stream.name),
            ended=ended,
        )

    results: list[StreamResult] = []
    with closing(RunLog(home, log)) as lines:
        for group in groups:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                for streams in pool.map(whole, group):
                    results += streams
    return results


def _build(home: Home, run_id: str, full_refresh: bool, log: Log) -> str | None:
    """Gate, build, gate, audit and publish; returns why nothing was published, or None."""
    if reason := _judge(home, run_id, "gate on raw", build.gate_raw, log):
        return reason
    for layer in LAYERS:
        if layer == build.ANALYSE_BEFORE:
            with _Step("analyse", log):
                build.analyse(home, run_id=run_id, full_refresh=full_refresh, log=log)
        with _Step(f"build {layer}", log):
            build.build_layer(home, layer, run_id=run_id, full_refresh=full_refresh, log=log)
    if reason := _judge(home, run_id, "gate on marts", build.gate_marts, log) or _judge(home, run_id, "release audit", build.audit, log):
        return reason
    with _Step("publish", log):
        build.publish(home, run_id, log=log)
    return None


def _judge(home: Home, run_id: str, name: str, judge: Callable[[Home, str], GateResult | AuditResult], log: Log) -> str | None:
    """Run a gate or the audit; if it refuses, the release is blocked and the reason returned."""
    with _Step(name, log):
        result = judge(home, run_id)
    if result.passed:
        return None
    for failure in result.failures:
        log(f"  broken: {failure}")
    build.block(home, run_id, result.reason)
    return f"{name}: {result.reason}"


class _Step:
    """Prints how long a step took."""

    def __init__(self, name: str, log: Log) -> None:
        self._name, self._log, self._began = name, log, 0.0

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, kind: object, *_: object) -> None:
        end = "" if kind is None else "  FAILED"
        self._log(f"  {self._name:<34} {'':>14} {time.monotonic() - self._began:>7.1f} s{end}")
