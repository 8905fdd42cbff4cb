"""From a number about employees down to the sums over blocks that it is made of; no row of an employee is ever read or shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rapport.box import queries
from rapport.declarations.metrics import load_ex_metrics
from rapport.home import Home, HomeError

_CELL = (
    "block_label",
    "value",
    "ci_low",
    "ci_high",
    "ci_method",
    "n",
    "n_eligible",
    "coverage_rate",
    "change",
    "change_label",
    "low_precision",
)
_SUMS = ("people", "cases", "total", "base", "favourable", "promoters", "detractors")
PRIVATE = "rows of employees stand in no schema that people read: a block of at least the configured size is the last rung"


def explain_ex(home: Home, file: Path, *, start: date, by: Mapping[str, str], role: str = "hr") -> dict[str, Any]:
    """Return the way from one value of an employee metric down to its blocks, as objects that JSON can hold.

    Args:
        home: the installation.
        file: the metric's definition.
        start: first day of the quarter.
        by: `block_label` of one block; none for everybody.
        role: as whom to read.

    Raises:
        HomeError: no such dimension or value, or the role may not read results of employees.
    """
    if set(by) - {"block_label"}:
        raise HomeError("results of employees are cut by block_label alone: blocks are what is published")
    metric = next(found for found in load_ex_metrics(file.parents[1]) if found["metric"] == file.stem)
    values = {"metric": file.stem, "start": start, "block": by.get("block_label", "Everybody")}
    cells = queries.rows(
        home,
        role,
        f"select {', '.join(_CELL)} from marts_ex.ex_metric_value"
        " where metric = %(metric)s and period_start = %(start)s and block_label = %(block)s",
        values,
    )
    if not cells:
        raise HomeError(f"{file.stem} has no value for {values['block']} in the quarter of {start}: not published, or nobody counts")
    blocks = queries.rows(
        home,
        role,
        f"select block_label, {', '.join(_SUMS)} from marts_ex.emp_atoms where population = %(population)s and item = %(item)s"
        " and period_start = %(start)s and (%(block)s = 'Everybody' or block_label = %(block)s) order by block_label",
        values | {"population": metric["population"], "item": metric["item"]},
    )
    shown_in = "marts_ex.emp_atoms"
    return {
        "metric": file.stem,
        "grain": "quarter",
        "period_start": start.isoformat(),
        "by": dict(by),
        "definition": file.read_text(),
        "sql": {"cases": metric["population"], "cases_sql": f"-- sums of {metric['item']} over blocks", "shown_in": shown_in},
        "cell": cells[0],
        "components": _components(metric, blocks, cells[0]["value"], start),
        "private": PRIVATE,
    }


def _components(metric: Mapping[str, Any], blocks: Sequence[Mapping[str, Any]], shown: float | None, start: date) -> dict[str, Any]:
    sums = {name: sum(float(block[name] or 0) for block in blocks) for name in _SUMS}
    formula, value = from_blocks(metric["estimator"], sums, start)
    told: dict[str, Any] = {"blocks": list(blocks), "sums": sums, "formula": formula, "value": value}
    if metric["estimator"]["name"] == "event_rate" and len(blocks) != 1:
        return told | {"note": "the value is a rate of all people; blocks in which nothing happened are not among these"}
    return told if value is None else told | {"adds_up": shown is not None and abs(value - shown) <= 1e-6 * max(1.0, abs(shown))}


def from_blocks(estimator: Mapping[str, Any], sums: Mapping[str, float], start: date) -> tuple[str, float | None]:
    """Return the formula of an estimator and the value that sums over blocks give; None where a step computes it from people."""
    name, factor = estimator["name"], float(estimator.get("factor", 1))
    month = start.month + 3
    days = (date(start.year + (month > 12), (month - 1) % 12 + 1, 1) - start).days
    formulas = {
        "wilson": ("favourable / cases", sums["favourable"], sums["cases"], 1.0),
        "mean": ("total / cases", sums["total"], sums["cases"], 1.0),
        "nps_adjusted_wald": ("100 (promoters - detractors) / cases", sums["promoters"] - sums["detractors"], sums["cases"], 100.0),
        "ratio": ("factor total / base", sums["total"], sums["base"], factor),
        "event_rate": ("factor favourable / base", sums["favourable"], sums["base"], factor),
        "level": ("total / days", sums["total"], float(days), 1.0),
    }
    if name not in formulas:
        return "computed from the people of a period before blocks are made", None
    formula, over, under, scale = formulas[name]
    return formula, scale * over / under if under else None
