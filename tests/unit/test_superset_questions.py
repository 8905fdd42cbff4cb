"""Would catch a dashboard reader who gets other columns, other rows or raw SQL through a chart's address."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from rapport.home import checkout

sys.path.append(str(checkout() / "superset"))

from boundary.questions import asks_more, filter_asks_more

METRIC = {"aggregate": "SUM", "column": {"column_name": "tickets"}, "expressionType": "SIMPLE", "label": "Tickets"}
STORED = [
    {
        "columns": ["queue", "reason"],
        "metrics": [METRIC],
        "orderby": [["reason", True]],
        "filters": [{"col": "is_latest", "op": "IS TRUE"}],
    }
]


def query(**changes: Any) -> SimpleNamespace:
    base: dict[str, Any] = {
        "columns": ["queue", "reason"],
        "metrics": [METRIC],
        "orderby": [("reason", True)],
        "series_columns": [],
        "filter": [{"col": "is_latest", "op": "IS TRUE"}],
        "extras": {"having": "", "where": ""},
    }
    return SimpleNamespace(**{**base, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"columns": ["queue"]},
        {"filter": [{"col": "is_latest", "op": "IS TRUE"}, {"col": "queue", "op": "IN", "val": ["Billing"]}]},
    ],
)
def test_the_stored_question_and_narrower_ones_pass(changes: dict[str, Any]) -> None:
    """Would catch a fence that refuses the dashboard itself: the positive control."""
    assert not asks_more(query(**changes), STORED)


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": ["queue", "reason", "person_key"]},
        {"columns": [{"label": "x", "sqlExpression": "(select 1)", "expressionType": "SQL"}]},
        {"metrics": [{**METRIC, "column": {"column_name": "person_key"}}]},
        {"metrics": [{"expressionType": "SQL", "sqlExpression": "max(comment)", "label": "x"}]},
        {"orderby": [("person_key", True)]},
        {"series_columns": ["person_key"]},
        {"filter": []},
        {"filter": [{"col": "is_latest", "op": "IS TRUE"}, {"col": "person_key", "op": "==", "val": "x"}]},
        {"extras": {"where": "1 = 1 or person_key = 'x'"}},
        {"extras": {"having": "count(*) = 1"}},
    ],
)
def test_wider_questions_are_refused(changes: dict[str, Any]) -> None:
    """Would catch one more column, a dropped filter or a clause of the reader's own."""
    assert asks_more(query(**changes), STORED)


def test_a_filter_box_lists_one_plain_column() -> None:
    """Would catch the filter's address used as a query window."""
    assert not filter_asks_more(query(columns=["queue"], metrics=[], filter=[]))
    assert filter_asks_more(query(columns=["queue", "reason"]))
    assert filter_asks_more(query(columns=["queue"], metrics=[METRIC]))
    assert filter_asks_more(query(columns=["queue"], metrics=[], extras={"where": "1=1"}))
