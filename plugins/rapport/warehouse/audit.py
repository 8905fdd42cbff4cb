"""The release audit: what a release may not show, whatever the gates say about its numbers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import psycopg
from psycopg import sql

from rapport.home import Home
from rapport.warehouse.audit_walk import audit_walk
from rapport.warehouse.dbt import manifest_file
from rapport.warehouse.dbt_manifest import published_marts

_SMALLEST = 5
# Names under which an employee, an agent or a vendor's id would stand. Counts of agents' replies are no key.
_FORBIDDEN = re.compile(
    r"(^|_)(employee|assignee|agent|manager|owner_source|submitter)(_|$).*(key|id|token)$|_token$|(^|_)source_id$|^email|^phone"
)
_CELL = ("value", "ci_low", "ci_high", "n", "n_eligible", "coverage_rate", "change", "change_ci_low", "change_ci_high")


@dataclass(frozen=True)
class AuditResult:
    """What the audit says.

    Attributes:
        passed: whether the release may be shown.
        failures: one sentence a finding: relation, column and what is wrong; never a value.
        judged: columns and rules judged.
    """

    passed: bool
    failures: tuple[str, ...] = ()
    judged: int = 0

    @property
    def reason(self) -> str:
        """The failures in one line."""
        return "; ".join(self.failures[:3]) + (f"; and {len(self.failures) - 3} more" if len(self.failures) > 3 else "")


def audit_marts(home: Home) -> AuditResult:
    """Judge the relations that are built and not yet published.

    Refused: a hidden cell that still holds a number; a shown cell of fewer than five cases, or one whose change gives a hidden
    neighbour away; a walk that fewer than twenty persons share; a column that could name an employee, hold a token or a vendor's id,
    or is classed above what its readers may see.
    """
    columns, failures = _columns(home)
    with psycopg.connect(home.dsn("publisher"), autocommit=True) as conn:
        failures += _cells(conn)
        if ("next_marts_cx", "masked_walk") in {(mart.built_in, mart.name) for mart in published_marts(manifest_file(home))}:
            failures += audit_walk(conn)
    return AuditResult(passed=not failures, failures=tuple(failures), judged=columns + len(_RULES))


def _columns(home: Home) -> tuple[int, list[str]]:
    judged, found = 0, []
    file = manifest_file(home)
    marts = {(mart.built_in, mart.name) for mart in published_marts(file)}
    for node in json.loads(file.read_text())["nodes"].values():
        if (node["schema"], node.get("alias")) not in marts:
            continue
        for name, column in node["columns"].items():
            judged += 1
            privacy = column["config"]["meta"].get("privacy")
            if _FORBIDDEN.search(name):
                found.append(f"{node['schema']}.{node['alias']}.{name} may not be shown: it could name a person or a vendor's record")
            elif privacy in {"personal", "sensitive"}:
                found.append(f"{node['schema']}.{node['alias']}.{name} may not be shown: it is {privacy}")
    return judged, found


def _cells(conn: psycopg.Connection) -> list[str]:
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in _CELL)
    found = []
    for sentence, query in _RULES.items():
        row = conn.execute(sql.SQL(query).format(cell=columns, smallest=sql.Literal(_SMALLEST))).fetchone()
        if row and row[0]:
            found.append(f"{row[0]:,} {sentence}")
    return found


_RULES = {
    "hidden cells of metric_value hold a number": (
        "select count(*) from next_marts_cx.metric_value where suppressed_reason is not null and num_nonnulls({cell}) > 0"
    ),
    "cells of metric_value show fewer cases than their metric's k": (
        "select count(*) from next_marts_cx.metric_value as v join next_marts_cx.metric_definition as d using (metric, version)"
        " where num_nonnulls({cell}) > 0 and (v.n is null or v.n < greatest(d.privacy_k, {smallest}))"
    ),
    "cells of metric_value show a change against a hidden period": (
        "select count(*) from next_marts_cx.metric_value as v join next_marts_cx.metric_value as b"
        " on (b.metric, b.version, b.grain, b.country, b.segment, b.industry, b.strategic, b.channel, b.queue, b.survey, b.touchpoint,"
        " b.stage, b.role, b.reason, b.item) = (v.metric, v.version, v.grain, v.country, v.segment, v.industry, v.strategic, v.channel,"
        " v.queue, v.survey, v.touchpoint, v.stage, v.role, v.reason, v.item)"
        " and b.period_start = v.period_start - case v.grain when 'week' then interval '7 days'"
        " when 'month' then interval '1 month' else interval '3 months' end"
        " where v.change is not null and b.suppressed_reason is not null"
    ),
    "surveys of voice_score_distribution show fewer than five answers": (
        "select count(*) from (select sum(answers) as answers from next_marts_cx.voice_score_distribution"
        " group by month, measure, survey) as shown where answers < {smallest}"
    ),
}
