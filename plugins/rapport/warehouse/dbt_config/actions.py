"""`decisions.yml`, `actions.yml` and `forecasts.yml`: what was decided, what is done about it, and what leaders expected."""

from __future__ import annotations

from typing import Any

from rapport.declarations.document import Document
from rapport.warehouse.dbt_config.reading import Known, once, one_of, optional_day

_DECISION: dict[str, Any] = dict.fromkeys(("metric", "chart", "kpi", "function", "signal_on"))
_ACTION: dict[str, Any] = dict.fromkeys(("touchpoint", "done_on", "baseline", "result", "success_at", "cut_by"))


def read_decisions(document: Document, known: Known) -> dict[str, Any]:
    """Return `decisions`."""
    return {"decisions": _dated(document, known, "decisions", _DECISION, ("signal_on", "decided_on"))}


def read_actions(document: Document, known: Known) -> dict[str, Any]:
    """Return `actions`; one without a metric is refused by the schema, one that compares needs both parts to compare."""
    actions = document.value["actions"]
    for number, action in enumerate(actions):
        if (action.get("cut_by") is None) != (not action.get("treated") or not action.get("control")):
            raise document.error(
                ("actions", number), "cut_by, treated and control go together: what is compared, where it was done, with what"
            )
    optional: dict[str, Any] = {**_ACTION, "functions": [], "treated": [], "control": []}
    return {"actions": _dated(document, known, "actions", optional, ("opened_on", "due_on", "done_on"))}


def read_forecasts(document: Document, known: Known) -> dict[str, Any]:
    """Return `forecasts`; one that was given when its period had ended is kept, and does not count."""
    keys = ("metric", "grain", "period_start", "forecaster")
    return {"forecasts": _dated(document, known, "forecasts", {}, ("period_start", "given_on"), unique=keys)}


def _dated(
    document: Document, known: Known, key: str, optional: dict[str, Any], days: tuple[str, ...], *, unique: tuple[str, ...] = ("id",)
) -> list[dict[str, Any]]:
    items = document.value[key]
    once(document, (key,), items, unique)
    found = []
    for number, item in enumerate(items):
        if item.get("metric") is not None:
            one_of(document, (key, number, "metric"), item["metric"], known.metrics, "metric")
        found.append({**optional, **item, **{name: optional_day(document, (key, number), item, name) for name in days}})
    return found
