"""Would catch: a measure of Superset's dataset over additive parts that says something else than the metric."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from rapport.declarations.metrics import DIMENSIONS
from rapport.home import checkout

from tests.whole_box import Box

sys.path.append(str(checkout() / "superset"))

from bundle import measures, spec

DATASET = spec.load_datasets()["metric_part"]
MEASURES = {measure["metric_name"]: measure["expression"] for measure in measures.part_measures()}
UNCUT = " and ".join(f"{dimension} = 'all'" for dimension in DIMENSIONS)


def asked(box: Box, by: list[str], where: str = "true") -> list[dict[str, Any]]:
    """Ask the dataset as Superset does: its query as a subquery, its measures as expressions, `by` as the groups."""
    groups = [f"{expression} as group_{number}" for number, expression in enumerate(by)]
    shown = ", ".join([*groups, *(f"{expression} as {name}" for name, expression in MEASURES.items())])
    grouped = f" group by {', '.join(str(number + 1) for number in range(len(by)))}" if by else ""
    return box.query("analyst", f"select {shown} from ({DATASET.sql}) as metric_part where {where}{grouped}")


@pytest.fixture(scope="module")
def months(run_home: Box) -> dict[tuple[str, str], dict[str, Any]]:
    """What the engine says of each month, uncut."""
    rows = run_home.query("analyst", f"select * from marts_cx.metric_value where grain = 'month' and {UNCUT}")
    return {(row["metric"], row["period_start"]): row for row in rows}


def test_a_month_without_a_filter_is_the_published_value(run_home: Box, months: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Would catch: a formula, a bound, a number of cases or a hiding rule of the dataset that differs from the engine's."""
    kinds = "from_parts in ('interval', 'value') and is_month_close is not false and over_time = 'sum'"
    rows = asked(run_home, ["metric", "cast(date_trunc('month', day) as date)", "from_parts"], kinds)
    compared = 0
    for row in rows:
        published = months.get((row["group_0"], row["group_1"]))
        if published is None or published["suppressed_reason"] is not None:
            assert row["value"] is None or published is None
            continue
        same = ("value", "ci_low", "ci_high", "n") if row["group_2"] == "interval" else ("value", "n")
        said = {"value": row["value"], "ci_low": row["low"], "ci_high": row["high"], "n": row["n"]}
        for column in same:
            expected = published[column] if published[column] is None else pytest.approx(published[column], rel=1e-9, abs=1e-9)
            assert said[column] == expected, (row["group_0"], row["group_1"], column)
        compared += 1
    assert compared > 500
    assert {row["method"] for row in rows} >= {"Wilson 95 %", "Poisson 95 %"}


def test_a_stock_is_shown_on_its_last_day_only(run_home: Box, months: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Would catch: a backlog summed over the days of a month."""
    stock, month = "metric = 'backlog'", ["cast(date_trunc('month', day) as date)"]
    summed = asked(run_home, month, stock)
    assert any(row["value"] is None and str(row["method"]).startswith("a stock") for row in summed)
    closing = {row["group_0"]: row["value"] for row in asked(run_home, month, f"{stock} and is_month_close")}
    published = {start: row["value"] for (metric, start), row in months.items() if metric == "backlog"}
    assert {start: closing[start] for start in published} == published


def test_a_quantile_is_right_to_the_width_of_a_bucket(run_home: Box, months: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Would catch: buckets read off in the wrong order, cases not done left out, a rank one off."""
    rows = asked(run_home, ["metric", "cast(date_trunc('month', day) as date)"], "from_parts like 'bucket%'")
    pairs = [(row, months.get((row["group_0"], row["group_1"]))) for row in rows]
    judged = [(row, published) for row, published in pairs if published and published["suppressed_reason"] is None]
    assert len(judged) > 20
    for row, published in judged:
        assert row["n"] == published["n"]
        if published["value"] is not None:
            assert (1 + row["value"]) / (1 + published["value"]) == pytest.approx(1, abs=0.06), (row, published["value"])
    assert asked(run_home, ["metric"], "metric = 'first_response_calendar_median'") == [], "parts give no Kaplan-Meier curve"


def test_a_filter_off_the_lattice_counts_what_a_person_would_count(run_home: Box) -> None:
    """Would catch: parts that are not additive, so that a filter nobody foresaw gives another share than the rows."""
    where = "metric = 'csat' and country <> 'unknown' and channel <> 'all' and extract(isodow from day) <= 5"
    (row,) = asked(run_home, [], where)
    (counted,) = run_home.query("analyst", f"select sum(num) as num, sum(den) as den from marts_cx.metric_part where {where}")
    assert counted["den"] > 30, "a positive control needs cases"
    assert row["n"] == counted["den"]
    assert row["value"] == pytest.approx(counted["num"] / counted["den"])


def test_two_metrics_at_once_and_few_cases_say_so(run_home: Box) -> None:
    """Would catch: an average of different things, and a cell of fewer cases than may be shown."""
    (mixed,) = asked(run_home, [], "metric in ('csat', 'ces')")
    assert (mixed["value"], mixed["low"], mixed["n"], mixed["method"]) == (None, None, None, "choose one metric")
    few = [row for row in asked(run_home, ["day", "country", "channel"], "metric = 'csat'") if str(row["method"]).startswith("fewer than")]
    assert few
    assert all(row["value"] is None and row["n"] is None for row in few)
