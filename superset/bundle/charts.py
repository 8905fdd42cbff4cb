"""From a tile to a chart: what Superset draws and what it asks the warehouse.

Each kind gives the form (`params`) and the queries behind it. The queries are what a dashboard reader may ask, and
what fills the cache after a release, so they are the same, key by key, as those the browser builds from the form.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bundle.html import HTML_KINDS, Chart
from bundle.queries import adhoc, metric, pivot, raw, series
from bundle.spec import SpecError, Tile


def build(tile: Tile) -> Chart:
    """Return the chart of a tile."""
    return KINDS[tile.kind](tile)


# --- tables --------------------------------------------------------------------------------------------------------
def _table(tile: Tile) -> Chart:
    shown: dict[str, str] = tile.options["columns"]
    order = [[column.lstrip("-"), not column.startswith("-")] for column in tile.options.get("order", [])]
    columns = list(shown)
    params = {
        "viz_type": "table",
        "query_mode": "raw",
        "all_columns": columns,
        "adhoc_filters": adhoc(tile.where),
        "order_by_cols": [json.dumps(item) for item in order],
        "row_limit": tile.options.get("rows", 200),
        "server_pagination": False,
        "include_search": bool(tile.options.get("search", False)),
        "allow_render_html": False,
        "show_cell_bars": False,
        "page_length": tile.options.get("page", 0),
        "table_timestamp_format": "smart_date",
        "column_config": {column: _column(label) for column, label in shown.items()},
    }
    query = raw(columns, tile.where, order, params["row_limit"]) | {"time_offsets": [], "post_processing": []}
    query.setdefault("orderby", [])
    return Chart("table", params, [query])


def _column(label: str) -> dict[str, Any]:
    return {"customColumnName": label, "d3NumberFormat": ",d"}


# --- time series ---------------------------------------------------------------------------------------------------
def _trend(tile: Tile) -> Chart:
    """Value with markers; the interval's two bounds as thin lines, each its own series (a filled band misdraws below 0)."""
    where = {"grain": "month", "cut": "total", "is_complete": True, **tile.where}
    value = [metric("MAX", "shown_value", tile.options.get("label", "Value"))]
    bounds = [metric("MAX", "shown_low", "95 % low"), metric("MAX", "shown_high", "95 % high")]
    params = {
        "viz_type": "mixed_timeseries",
        "x_axis": "period_start",
        "time_grain_sqla": "P1M",
        "metrics": value,
        "groupby": [],
        "adhoc_filters": adhoc(where),
        "row_limit": 1000,
        "truncate_metric": True,
        "metrics_b": bounds,
        "groupby_b": [],
        "adhoc_filters_b": adhoc(where),
        "row_limit_b": 1000,
        "truncate_metric_b": True,
        "color_scheme": "rapport",
        "seriesType": "line",
        "markerEnabled": True,
        "markerSize": 6,
        "seriesTypeB": "line",
        "markerEnabledB": False,
        "yAxisIndex": 0,
        "yAxisIndexB": 0,
        "show_legend": True,
        "legendType": "plain",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "tooltipTimeFormat": "%b %Y",
        "x_axis_time_format": "%b %Y",
        "x_axis_title_margin": 15,
        "y_axis_format": tile.options.get("format", ",.1f"),
        "y_axis_title": tile.options["axis"],
        "y_axis_title_margin": 45,
        "y_axis_title_position": "Left",
        "truncateYAxis": True,
        "y_axis_bounds": tile.options.get("bounds", [None, None]),
    }
    queries = []
    for metrics in (value, bounds):
        steps = pivot("period_start", metrics, [], drop=True)
        query = series(where, "period_start", "P1M", metrics, row_limit=1000, post_processing=steps)
        del query["order_desc"]
        queries.append(query)
    return Chart("mixed_timeseries", params, queries)


def _stack(tile: Tile) -> Chart:
    """A stacked total over days, by one dimension."""
    metrics = [metric("SUM", tile.options["measure"], tile.options["label"])]
    by = [tile.options["by"]]
    grain = tile.options.get("grain", "P1D")
    params = {
        "viz_type": "echarts_timeseries_bar",
        "x_axis": tile.options["day"],
        "time_grain_sqla": grain,
        "metrics": metrics,
        "groupby": by,
        "adhoc_filters": adhoc(tile.where),
        "row_limit": 10000,
        "order_desc": True,
        "stack": "Stack",
        "sort_series_type": "name",
        "sort_series_ascending": True,
        "color_scheme": "rapport",
        "only_total": True,
        "show_legend": True,
        "legendType": "plain",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "tooltipTimeFormat": "%d %b %Y",
        "x_axis_time_format": "%d %b",
        "x_axis_sort_asc": True,
        "y_axis_format": ",d",
        "y_axis_title": tile.options["axis"],
        "y_axis_title_margin": 45,
        "y_axis_title_position": "Left",
        "y_axis_bounds": [None, None],
        "truncate_metric": True,
        "orientation": "vertical",
    }
    day = tile.options["day"]
    steps = pivot(day, metrics, by, drop=False)
    query = series(tile.where, day, grain, metrics, by=by, row_limit=10000, post_processing=steps)
    return Chart("echarts_timeseries_bar", params, [query])


def _columns(tile: Tile) -> Chart:
    """Counts over the steps of a scale."""
    metrics = [metric("SUM", tile.options["measure"], tile.options["label"])]
    axis = tile.options["over"]
    params = {
        "viz_type": "echarts_timeseries_bar",
        "x_axis": axis,
        "metrics": metrics,
        "groupby": [],
        "adhoc_filters": adhoc(tile.where),
        "row_limit": 100,
        "order_desc": True,
        "color_scheme": "rapport",
        "show_legend": False,
        "rich_tooltip": True,
        "x_axis_sort": axis,
        "x_axis_sort_asc": True,
        "x_axis_title": tile.options["axis"],
        "x_axis_title_margin": 30,
        "y_axis_format": ",d",
        "y_axis_title": tile.options.get("measured", "answers"),
        "y_axis_title_margin": 45,
        "y_axis_title_position": "Left",
        "y_axis_bounds": [None, None],
        "truncate_metric": True,
        "xAxisForceCategorical": True,
        "orientation": "vertical",
    }
    steps = pivot(axis, metrics, [], drop=False)
    query = series(tile.where, axis, None, metrics, row_limit=100, post_processing=steps)
    return Chart("echarts_timeseries_bar", params, [query])


def _curve(tile: Tile) -> Chart:
    """A value with its bounds over a number that counts up, such as months: three series, as in `_trend`."""
    metrics = [metric("MAX", column, label) for column, label in tile.options["series"].items()]
    axis = tile.options["over"]
    params = {
        "viz_type": "echarts_timeseries_line",
        "x_axis": axis,
        "metrics": metrics,
        "groupby": [],
        "adhoc_filters": adhoc(tile.where),
        "row_limit": 1000,
        "order_desc": True,
        "color_scheme": "rapport",
        "seriesType": "line",
        "markerEnabled": False,
        "show_legend": True,
        "legendType": "plain",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "truncate_metric": True,
        "x_axis_title": tile.options["axis"],
        "x_axis_title_margin": 30,
        "y_axis_format": tile.options.get("format", ",.1f"),
        "y_axis_title": tile.options["measured"],
        "y_axis_title_margin": 45,
        "y_axis_title_position": "Left",
        "truncateYAxis": True,
        "y_axis_bounds": tile.options.get("bounds", [None, None]),
    }
    steps = pivot(axis, metrics, [], drop=True)
    query = series(tile.where, axis, None, metrics, row_limit=1000, post_processing=steps)
    return Chart("echarts_timeseries_line", params, [query])


KINDS: dict[str, Callable[[Tile], Chart]] = {
    **HTML_KINDS,
    "table": _table,
    "trend": _trend,
    "stack": _stack,
    "columns": _columns,
    "curve": _curve,
}


def check(tile: Tile, columns: dict[str, str]) -> None:
    """Raise SpecError when a tile reads a column its dataset does not have."""
    for query in build(tile).queries:
        named = [c if isinstance(c, str) else c["sqlExpression"] for c in query["columns"]]
        named += [m["column"]["column_name"] for m in query.get("metrics", [])] + [f["col"] for f in query["filters"]]
        named += [item[0] for item in query.get("orderby", []) if isinstance(item[0], str)]
        if missing := sorted(set(named) - set(columns)):
            raise SpecError(f"the tile {tile.title!r} reads {', '.join(missing)}, which {tile.dataset} does not have")
