"""Numbers as the dashboards should show them, computed here from what the warehouse says, apart from the dashboards' own SQL."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from tests.whole_box import Box

_known: dict[Path, dict[str, str]] = {}
_UNITS = "select metric, unit from marts_cx.metric_definition"


def units(box: Box) -> dict[str, str]:
    """Return each metric's unit; asked once, definitions do not change under a test."""
    if box.home.path not in _known:
        _known[box.home.path] = {row["metric"]: row["unit"] for row in box.query("analyst", _UNITS)}
    return _known[box.home.path]


def shown(value: float, unit: str) -> str:
    """Return `value` as a tile shows it: hours for minutes, per cent for shares, a sign for points."""
    if unit == "minutes":
        return f"{value / 60:,.1f} h"
    if unit in ("share", "ratio"):
        return f"{value * 100:,.1f} %"
    if unit == "days":
        return f"{value:,.1f} days"
    if unit in ("score", "index"):
        return f"{value:,.2f}"
    if unit == "points":
        return f"{value:+.0f}"
    return f"{value:,.0f}" if unit in ("count", "money") else f"{value:,.1f}"


def last_complete_month(box: Box) -> date:
    """Return the first day of the last month that the release covers whole."""
    row = box.query("analyst", "select data_as_of from marts_cx.release_status")[0]
    year, month = map(int, str(row["data_as_of"])[:7].split("-"))
    return date(year - (month == 1), 12 if month == 1 else month - 1, 1)


def metric(box: Box, name: str, month: date) -> dict[str, Any] | None:
    """Return the newest row of `rapport metric NAME` up to `month`, as a tile shows it (not every month has a survey); None without any."""
    rows = box.json("metric", name, "--grain", "month")
    return next((row for row in rows if str(row["period_start"])[:10] <= month.isoformat()), None)


def quarter_of(month: date) -> date:
    """Return the first day of the last quarter that is over with `month`."""
    quarters = month.year * 4 + month.month // 3 - 1
    return date(quarters // 4, quarters % 4 * 3 + 1, 1)


def quarterly(box: Box, name: str, quarter: date) -> dict[str, Any] | None:
    """Return the newest row of `rapport metric NAME --grain quarter` up to `quarter`; None without any."""
    rows = box.json("metric", name, "--grain", "quarter")
    return next((row for row in rows if str(row["period_start"])[:10] <= quarter.isoformat()), None)


def number(text: str) -> float:
    """Return the first number in a text, thousands separators and signs understood."""
    found = re.search(r"[-+−]?\d[\d,]*(?:\.\d+)?", text)
    assert found, f"no number in {text!r}"
    return float(found.group().replace(",", "").replace("−", "-"))
