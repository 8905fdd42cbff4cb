"""What a row of a leader's sheet has to say beyond its types: names that exist, shares that add up, days in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from rapport.declarations.metrics import load_metrics
from rapport.home import Home
from rapport.warehouse.dbt_config import config_folder, load_config
from rapport.warehouse.dbt_config.governance import MEASURES

_MIX_TOLERANCE = 0.001


@dataclass(frozen=True)
class Known:
    """What a row may name: metrics, touchpoints and KPIs."""

    metrics: frozenset[str]
    touchpoints: frozenset[str]
    kpis: frozenset[str]


Row = dict[str, str]
Said = Iterator[tuple[str, str]]
Rule = Callable[[Row, Known], Said]


def known_of(home: Home) -> Known:
    """Return what the settings of the company and the metrics declare.

    Raises:
        DeclarationError: one of them is wrong.
    """
    metrics = [str(metric["metric"]) for metric in load_metrics(home.root / "dbt_project" / "metrics")]
    config = load_config(config_folder(home), metrics)
    return Known(frozenset(metrics), *(frozenset(str(item["id"]) for item in config[key]) for key in ("touchpoints", "kpis")))


def _named(row: Row, column: str, known: frozenset[str], what: str) -> Said:
    if row.get(column) and row[column] not in known:
        yield column, f"there is no {what} {row[column]}; there are {', '.join(sorted(known)[:12])}"


def _in_order(row: Row, first: str, then: str) -> Said:
    with suppress(ValueError):  # what is no day is said by the reader of the inbox
        if row.get(first) and row.get(then) and date.fromisoformat(row[then]) < date.fromisoformat(row[first]):
            yield then, f"is before {first}"


def _promise(row: Row, known: Known) -> Said:
    yield from _named(row, "touchpoint", known.touchpoints, "touchpoint")
    if (fact := row.get("fact")) in MEASURES and row.get("measure") not in MEASURES[fact]:
        yield "measure", f"of a {fact} there are {', '.join(MEASURES[fact])}"


def _fivew(row: Row, known: Known) -> Said:
    yield from _named(row, "evidence_metric", known.metrics, "metric")
    if row.get("target") and not row.get("evidence_metric"):
        yield "evidence_metric", "a target needs the metric that it is a target of"
    if mix := row.get("mix"):
        try:
            shares = [float(part.split("=")[1]) for part in mix.split(";") if part.strip()]
        except (IndexError, ValueError):
            yield "mix", "write shares as email=0.3; web=0.7"
            return
        if abs(sum(shares) - 1) > _MIX_TOLERANCE:
            yield "mix", f"shares add up to {sum(shares):g}: they have to add up to 1"


def _target(row: Row, known: Known) -> Said:
    yield from _named(row, "metric", known.metrics, "metric")


def _decision(row: Row, known: Known) -> Said:
    yield from _named(row, "metric", known.metrics, "metric")
    yield from _named(row, "kpi", known.kpis, "KPI")
    yield from _in_order(row, "signal_on", "decided_on")
    if not any(row.get(column) for column in ("metric", "chart", "kpi")):
        yield "metric", "a decision names the metric, chart or KPI that it was taken on"


def _action(row: Row, known: Known) -> Said:
    yield from _named(row, "metric", known.metrics, "metric")
    yield from _named(row, "touchpoint", known.touchpoints, "touchpoint")
    yield from _in_order(row, "opened_on", "due_on")
    yield from _in_order(row, "opened_on", "done_on")
    compared = [bool(row.get(column)) for column in ("cut_by", "treated", "control")]
    if any(compared) and not all(compared):
        yield "cut_by", "cut_by, treated and control go together: what is compared, where it was done, with what"


def _forecast(row: Row, known: Known) -> Said:
    yield from _named(row, "metric", known.metrics, "metric")
    with suppress(ValueError):
        begins = date.fromisoformat(row.get("period_start", ""))
        if begins.day != 1 or (row.get("grain") == "quarter" and begins.month % 3 != 1):
            yield "period_start", f"is not the first day of a {row.get('grain') or 'period'}"


RULES: dict[str, Rule] = {
    "promises": _promise,
    "fivew": _fivew,
    "targets": _target,
    "decisions": _decision,
    "actions": _action,
    "forecasts": _forecast,
}
