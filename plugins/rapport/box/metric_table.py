"""A metric as a table that a person reads: units, intervals, cases, and the reason where nothing is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_HEADS = ("value", "95 % interval", "n", "change", "95 % interval", "label", "target", "remark")
_RIGHT = {"value", "n", "change", "target"}
_SCALE = {"share": 100.0}
_SIGN = {"share": " %", "minutes": " min", "days": " d", "rate_per_1000": " per 1,000"}
_BETTER = {"higher": "higher is better", "lower": "lower is better"}


def lines(definition: Mapping[str, Any], cells: Sequence[Mapping[str, Any]], by: str | None) -> list[str]:
    """Return a metric's cells as aligned lines below its title.

    Args:
        definition: `metric`, `version`, `title`, `unit` and `direction` of `metric_definition`.
        cells: rows of `metric_value`, in the order to be shown.
        by: the dimension they are cut by, if any.
    """
    unit = str(definition["unit"])
    said = [f"{definition['title']} ({definition['metric']}, version {definition['version']})", unit_of(definition), ""]
    if not cells:
        return [*said, "no cell of this grain: nothing counts, or the metric is not valued by this cut"]
    heads = ["period", *([by] if by else []), *_HEADS]
    table = [heads, *([str(cell["period_start"]), *([str(cell[by])] if by else []), *_told(cell, unit)] for cell in cells)]
    widths = [max(len(row[place]) for row in table) for place in range(len(heads))]
    for row in table:
        placed = zip(heads, row, widths, strict=True)
        said.append("  ".join(text.rjust(width) if head in _RIGHT else text.ljust(width) for head, text, width in placed).rstrip())
    return said


def unit_of(definition: Mapping[str, Any]) -> str:
    """Return the unit of a metric and which way is better, in words."""
    return ", ".join([str(definition["unit"]), *([_BETTER[definition["direction"]]] if definition["direction"] in _BETTER else [])])


def _told(cell: Mapping[str, Any], unit: str) -> list[str]:
    if cell["suppressed_reason"] is not None:
        return ["", "", "", "", "", "", _number(cell["target"], unit), f"hidden: {cell['suppressed_reason']}"]
    remarks = [word for word, is_so in (("imprecise", cell["low_precision"]), ("restated", cell["restated"])) if is_so]
    if cell["value"] is None:
        remarks.insert(0, "not reached")
    return [
        _number(cell["value"], unit),
        _interval(cell["ci_low"], cell["ci_high"], unit),
        "" if cell["n"] is None else f"{cell['n']:,}",
        _number(cell["change"], unit, signed=True),
        _interval(cell["change_ci_low"], cell["change_ci_high"], unit, signed=True),
        str(cell["change_label"] or ""),
        _number(cell["target"], unit),
        ", ".join(remarks),
    ]


def _number(value: float | None, unit: str, *, signed: bool = False) -> str:
    if value is None:
        return ""
    # a difference of shares is in points of a percent, not in percent
    sign = " pp" if signed and unit == "share" else _SIGN.get(unit, "")
    return _bare(value, unit, signed=signed) + sign


def _interval(low: float | None, high: float | None, unit: str, *, signed: bool = False) -> str:
    if low is None and high is None:
        return ""
    ends = ("?" if end is None else _bare(end, unit, signed=signed) for end in (low, high))
    return "[" + ", ".join(ends) + "]"


def _bare(value: float, unit: str, *, signed: bool) -> str:
    scaled = value * _SCALE.get(unit, 1.0)
    is_fine = unit in {"score", "ratio", "index"} or (unit == "money" and abs(scaled) < 1000)
    places = 2 if is_fine else 0 if unit in {"count", "money"} else 1
    return f"{scaled:{'+' if signed else ''},.{places}f}"
