"""The questions a chart asks, key by key as the browser builds them from the chart's form."""

from __future__ import annotations

from typing import Any


def raw(columns: list[str], where: dict[str, Any], order: list[list[Any]], rows: int) -> dict[str, Any]:
    """Ask for rows as they stand: `columns` of the rows that match `where`, in `order`."""
    return query(columns=columns, where=where, row_limit=rows, **({"orderby": order} if order else {}))


def query(*, columns: list[Any], where: dict[str, Any], row_limit: int, **more: Any) -> dict[str, Any]:
    """What the browser would send for these columns; `more` is what one kind adds to it."""
    return {
        "filters": [_filter(column, value) for column, value in where.items()],
        "extras": {"having": "", "where": ""},
        "applied_time_extras": {},
        "columns": columns,
        "annotation_layers": [],
        "row_limit": row_limit,
        "series_limit": 0,
        "group_others_when_limit_reached": False,
        "order_desc": True,
        "url_params": {},
        "custom_params": {},
        "custom_form_data": {},
        **more,
    }


def series(where: dict[str, Any], axis: str, grain: str | None, metrics: list[Any], **more: Any) -> dict[str, Any]:
    """Ask for `metrics` along `axis`, by time steps of `grain` (an ISO 8601 duration) when it is a time; `by` cuts them into series."""
    column: dict[str, Any] = {
        "columnType": "BASE_AXIS",
        "sqlExpression": axis,
        "label": axis,
        "expressionType": "SQL",
        "isColumnReference": True,
    }
    extras = {"having": "", "where": ""}
    if grain:
        column = {"timeGrain": grain, **column}
        extras = {"time_grain_sqla": grain, **extras}
    by: list[str] = more.pop("by", [])
    return query(
        columns=[column, *by],
        where=where,
        metrics=metrics,
        extras=extras,
        orderby=[[metrics[0], False]],
        series_columns=by,
        time_offsets=[],
        **more,
    )


def pivot(axis: str, metrics: list[Any], by: list[str], *, drop: bool) -> list[dict[str, Any]]:
    """The browser's own reshaping: one column a series."""
    labels = [metric["label"] for metric in metrics]
    steps: list[dict[str, Any]] = [
        {
            "operation": "pivot",
            "options": {
                "index": [axis],
                "columns": by,
                "aggregates": {label: {"operator": "mean"} for label in labels},
                "drop_missing_columns": drop,
            },
        }
    ]
    if by:
        options = {"columns": dict.fromkeys(labels), "level": 0, "inplace": True}
        steps.append({"operation": "rename", "options": options})
    return [*steps, {"operation": "flatten"}]


def _filter(column: str, value: Any) -> dict[str, Any]:
    if value is True:
        return {"col": column, "op": "IS TRUE"}
    if isinstance(value, list):
        return {"col": column, "op": "IN", "val": value}
    return {"col": column, "op": "==", "val": value}


def adhoc(where: dict[str, Any]) -> list[dict[str, Any]]:
    """Return `where` as the form's filters; `queries` carry the same as plain filters."""
    filters = []
    for column, value in where.items():
        entry: dict[str, Any] = {"clause": "WHERE", "expressionType": "SIMPLE", "subject": column}
        if value is True:
            entry |= {"operator": "IS TRUE", "operatorId": "IS_TRUE"}
        elif isinstance(value, list):
            entry |= {"operator": "IN", "operatorId": "IN", "comparator": value}
        else:
            entry |= {"operator": "==", "operatorId": "EQUALS", "comparator": value}
        filters.append(entry)
    return filters


def metric(aggregate: str, column: str, label: str) -> dict[str, Any]:
    """Return an aggregate of one column under a label of its own."""
    return {
        "expressionType": "SIMPLE",
        "aggregate": aggregate,
        "column": {"column_name": column},
        "hasCustomLabel": True,
        "label": label,
        "optionName": f"metric_{aggregate.lower()}_{column}",
    }
