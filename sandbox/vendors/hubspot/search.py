"""The search endpoint's filters and sorting: https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

GROUPS, FILTERS = 5, 10
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda a, b: a == b,
    "NEQ": lambda a, b: a != b,
    "LT": lambda a, b: a < b,
    "LTE": lambda a, b: a <= b,
    "GT": lambda a, b: a > b,
    "GTE": lambda a, b: a >= b,
}


class SearchError(ValueError):
    """The request is not understood; the message is the vendor's."""


def found(records: list[dict[str, Any]], request: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the records that fit one of the filter groups, in the order asked for (by default of their creation)."""
    groups = request.get("filterGroups") or []
    if len(groups) > GROUPS or any(len(g.get("filters", ())) > FILTERS for g in groups):
        raise SearchError(f"A maximum of {GROUPS} filter groups with up to {FILTERS} filters each is allowed")
    kept = [r for r in records if not groups or any(all(_fits(r["properties"], f) for f in g["filters"]) for g in groups)]
    sorts = request.get("sorts") or [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
    if len(sorts) > 1:
        raise SearchError("Only one sort is allowed")
    name = sorts[0] if isinstance(sorts[0], str) else sorts[0]["propertyName"]
    descending = not isinstance(sorts[0], str) and sorts[0].get("direction") == "DESCENDING"
    return sorted(kept, key=lambda r: (_place(r["properties"].get(name)), int(r["id"] or 0)), reverse=descending)


def _fits(properties: dict[str, Any], said: dict[str, Any]) -> bool:
    value, operator = properties.get(said.get("propertyName", "")), said.get("operator")
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        return (value is not None) == (operator == "HAS_PROPERTY")
    if operator in ("IN", "NOT_IN"):
        return (value in said.get("values", ())) == (operator == "IN")
    if operator == "BETWEEN":
        return value is not None and _place(said["value"]) <= _place(value) <= _place(said["highValue"])
    compare = COMPARISONS.get(str(operator))
    if compare is None or "value" not in said:
        raise SearchError(f"Invalid input JSON: operator {operator}")
    return value is not None and compare(_place(value), _place(said["value"]))


def _place(value: Any) -> tuple[int, float, str]:
    """Return where a value stands: dates may be asked for in milliseconds since 1970 or as ISO text."""
    if value is None:
        return (0, 0.0, "")
    said = str(value)
    try:
        return (1, float(said), "")
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(said)
        return (1, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000, "")
    except ValueError:
        return (2, 0.0, said.casefold())
