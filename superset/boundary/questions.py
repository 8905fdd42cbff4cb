"""What a dashboard reader may ask: a stored chart's question, or a narrower one. Pure: it knows nothing of Superset."""

from __future__ import annotations

import json
from typing import Any

_COMPARED = ("columns", "groupby", "metrics", "orderby", "series_columns")
_UNSAFE_EXTRAS = ("having", "where", "instant_time_comparison_range")


def asks_more(query: Any, stored: list[dict[str, Any]]) -> bool:
    """Return whether `query` reads what no stored query reads, or drops a stored query's filters.

    Args:
        query: an object with Superset's query attributes (`columns`, `metrics`, `filter`, `extras`, ...).
        stored: the queries that the bundle wrote for the chart.
    """
    allowed = {key: {_frozen(value) for each in stored for value in each.get(key) or []} for key in _COMPARED}
    allowed["columns"] |= allowed["groupby"]
    if any({_frozen(value) for value in getattr(query, key, None) or []} - allowed[key] for key in _COMPARED if key != "groupby"):
        return True
    asked = [_frozen(item) for item in getattr(query, "filter", None) or []]
    kept = [{_frozen(item) for item in each.get("filters") or []} for each in stored]
    if not any(filters <= set(asked) for filters in kept):
        return True
    known = _names(stored)
    further = [item for item, frozen in zip(query.filter or [], asked, strict=True) if not any(frozen in each for each in kept)]
    return _has_raw_sql(query) or any(item.get("col") not in known for item in further)


def filter_asks_more(query: Any) -> bool:
    """Return whether a filter box asks for more than the values of one plain column."""
    columns, metrics = getattr(query, "columns", None) or [], getattr(query, "metrics", None) or []
    plain = len(columns) <= 1 and all(isinstance(column, str) for column in columns)
    return not plain or any(isinstance(metric, dict) for metric in metrics) or _has_raw_sql(query)


def _has_raw_sql(query: Any) -> bool:
    extras = getattr(query, "extras", None) or {}
    return any(extras.get(key) for key in _UNSAFE_EXTRAS)


def _names(queries: list[dict[str, Any]]) -> set[str]:
    """Return the columns that the stored queries read: further filters may only narrow by these."""
    names: set[str] = set()
    for query in queries:
        for column in [*(query.get("columns") or []), *(query.get("groupby") or [])]:
            names.add(column if isinstance(column, str) else str(column.get("sqlExpression") or column.get("label")))
        names.update(item["col"] for item in query.get("filters") or [] if isinstance(item.get("col"), str))
    return names


def _frozen(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
