"""Tiles that are drawn as HTML from a few rows: one row a number, a list's line or a matrix's cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bundle import templates
from bundle.queries import adhoc, raw
from bundle.spec import Dashboard, Tile


@dataclass(frozen=True)
class Chart:
    """One chart: its drawing, its form and its queries."""

    viz_type: str
    params: dict[str, Any]
    queries: list[dict[str, Any]]


_READING = [
    "state", "value_text", "interval_text", "n_text", "coverage_text", "target_text", "change_text", "change_class", "value_at",
    "low_at", "interval_width", "target_at", "zero_at", "period_label", "missing_text", "suppressed_reason", "low_precision",
]  # fmt: skip
_PERIODS = {"month": "is_headline", "current": "is_current", "quarter": "is_quarter"}
_ORDERS = {
    "largest": [["list_order", False], ["member", True]],
    "lowest": [["shown_value", True], ["member", True]],
    "stage": [["stage_order", True]],
}
_ORDER_WORDS = {
    "largest": "the eight largest",
    "lowest": "the eight lowest, lowest first",
    "stage": "in the order of the journey",
}


def header(dashboard: Dashboard) -> Chart:
    """Return the strip above a dashboard."""
    columns = ["release_id", "has_release", "published_text", "data_as_of_text", "state", "reason", "is_blocked", "is_sandbox"]
    return _handlebars(templates.header(dashboard.question, dashboard.limits), columns, {}, [], 1)


def _kpi(tile: Tile) -> Chart:
    template = templates.kpi(tile.options.get("counted", "tickets"))
    return _handlebars(template, _READING, {**tile.where, _PERIODS[tile.options.get("period", "month")]: True}, [], 1)


def _intervals(tile: Tile) -> Chart:
    where = {"grain": "quarter", **tile.where, "is_latest": True}
    order = tile.options.get("order", "largest")
    columns = ["member", *_READING, "scale_text", *(column for column, _ in _ORDERS[order] if column != "member")]
    template = templates.intervals(tile.options.get("counted", "tickets"), _ORDER_WORDS[order])
    return _handlebars(template, columns, where, _ORDERS[order], 8)


def _readings(tile: Tile) -> Chart:
    """A list of numbers that need not be of one metric, in the order and groups that the dataset gives."""
    columns = ["position", "group_title", "name", "note", "flag_text", "flag", *_READING]
    template = templates.readings(tile.options.get("counted", "n"), narrow=tile.width <= 4)
    return _handlebars(template, columns, tile.where, [["position", True]], tile.options.get("rows", 40))


def _matrix(tile: Tile) -> Chart:
    """Rows by columns of short texts, coloured by what they mean; the dataset gives the cells in reading order."""
    columns = [
        "position", "column_count", "is_first_row", "is_row_start", "group_title", "row_title", "row_note", "column_title",
        "cell_text", "cell_note", "cell_state", "cell_hint", "matrix_note",
    ]  # fmt: skip
    template = templates.matrix(tile.options["legend"], tile.options.get("side", "150px"), tile.options.get("look", ""))
    return _handlebars(template, columns, tile.where, [["position", True]], 2000)


def _pairs(tile: Tile) -> Chart:
    """Two marks on one track, and the gap between them."""
    columns = [
        "position", "name", "note", "a_at", "b_at", "gap_from", "gap_width", "a_text", "b_text", "gap_text", "missing_text", "pairs_note",
    ]  # fmt: skip
    template = templates.pairs(tile.options["a_label"], tile.options["b_label"])
    return _handlebars(template, columns, tile.where, [["position", True]], tile.options.get("rows", 12))


def _scatter(tile: Tile) -> Chart:
    """Points over two scales."""
    columns = [
        "position", "name", "x_at", "y_at", "hint",
        "x_low_text", "x_high_text", "y_low_text", "y_high_text", "plot_note",
    ]  # fmt: skip
    template = templates.scatter(tile.options["x_title"], tile.options["y_title"], tile.height)
    return _handlebars(template, columns, tile.where, [["position", True]], 500)


def _walk(tile: Tile) -> Chart:
    """One person's steps, from the first to the last, as cards."""
    columns = [
        "position",
        "when_text",
        "title",
        "note",
        "score_text",
        "score_flag",
        "promise_text",
        "promise_flag",
        "comment_text",
        "walk_note",
    ]
    return _handlebars(templates.walk(), columns, tile.where, [["position", True]], 60)


def _bars(tile: Tile) -> Chart:
    columns = ["place", "reason", "bar_at", "tickets_text", "share_text", "running_text"]
    return _handlebars(templates.bars(), columns, tile.where, [["place", True]], 10)


def _facts(tile: Tile) -> Chart:
    entries = tile.options["entries"]
    columns = [entry[key] for entry in entries for key in ("value", "note", "alarm") if key in entry]
    return _handlebars(templates.facts(entries), columns, tile.where, [], 1)


def _handlebars(template: str, columns: list[str], where: dict[str, Any], order: list[list[Any]], rows: int) -> Chart:
    params = {
        "viz_type": "handlebars",
        "query_mode": "raw",
        "all_columns": columns,
        "adhoc_filters": adhoc(where),
        "order_by_cols": [json.dumps(item) for item in order],
        "row_limit": rows,
        "handlebarsTemplate": template,
        "styleTemplate": "",
    }
    return Chart("handlebars", params, [raw(columns, where, order, rows)])


HTML_KINDS: dict[str, Callable[[Tile], Chart]] = {
    "kpi": _kpi,
    "intervals": _intervals,
    "readings": _readings,
    "matrix": _matrix,
    "pairs": _pairs,
    "scatter": _scatter,
    "walk": _walk,
    "bars": _bars,
    "facts": _facts,
}
