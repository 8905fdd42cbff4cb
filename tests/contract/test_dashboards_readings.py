"""Would catch a tile that shows an arrow on noise, a number that was suppressed, or "no data" where there is a number."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import marts
import pytest
from rapport.declarations.metrics import DIMENSIONS
from rapport.home import Home, checkout

sys.path.append(str(checkout() / "superset"))

from bundle import spec

READING = spec.load_datasets()["metric_reading"].sql
_CELL: dict[str, Any] = {
    **dict.fromkeys(DIMENSIONS, "all"),
    "version": 1, "grain": "month", "tz": "UTC", "compare_to": "previous", "ci_method": "wilson", "n": 200, "n_eligible": 400,
    "coverage_rate": 0.5, "low_precision": False, "restated": False, "release_id": "r1", "period_start": dt.date(2026, 10, 1),
}  # fmt: skip
_METRICS = {
    "csat": ("share", "higher", "survey_answers"),
    "first_response_business_median": ("minutes", "lower", "tickets"),
    "nps_relationship": ("points", "higher", "survey_answers"),
    "ces": ("share", "higher", "survey_answers"),
    "backlog": ("count", "lower", "tickets"),
    "reopen_rate": ("share", "lower", "tickets"),
    "web_sessions": ("count", "none", "web_events"),
    "web_task_completion": ("share", "higher", "web_events"),
    "training_done": ("share", "higher", "trainings"),
}
_COVERAGE = {"survey_answers": ("survey", "qualtrics"), "tickets": ("support", "zendesk"), "web_events": ("website", "matomo")}
_COVERAGE |= {"trainings": ("training", None), "accounts": ("crm", None)}


@pytest.fixture(scope="module")
def readings(module_warehouse: Home) -> Home:
    """A release as of 20 November: October is complete, November is open."""
    home = module_warehouse
    marts.create(home)
    for metric, (unit, direction, entity) in _METRICS.items():
        row = {"metric": metric, "version": 1, "title": metric, "unit": unit, "direction": direction, "entity": entity}
        marts.insert(home, "marts_cx.metric_definition", **row)
    for entity, (domain, sources) in _COVERAGE.items():
        row = {"entity": entity, "domain": domain, "sources": sources, "is_connected": sources is not None}
        marts.insert(home, "marts_cx.source_coverage", **row)
    marts.insert(home, "marts_cx.release_status", release_id="r1", data_as_of="2026-11-20", state="published", is_sandbox=True)

    def cell(**values: Any) -> None:
        marts.insert(home, "marts_cx.metric_value", **{**_CELL, **values})

    cell(metric="csat", value=0.764, ci_low=0.70, ci_high=0.82, target=0.8, change=0.05, change_label="up")
    cell(
        metric="csat",
        value=0.9,
        ci_low=0.5,
        ci_high=1.0,
        n=9,
        low_precision=True,
        period_start=dt.date(2026, 11, 1),
        change_label="cannot tell",
    )
    unconnected = {"suppressed_reason": "source not connected: survey", "n": None, "n_eligible": None, "coverage_rate": None}
    cell(metric="ces", period_start=dt.date(2026, 11, 1), **unconnected)
    cell(metric="csat", segment="unknown", value=0.7, ci_low=0.6, ci_high=0.8)
    cell(metric="csat", country="unknown", value=0.7, ci_low=0.6, ci_high=0.8)
    cell(metric="csat", segment="small", suppressed_reason="n < 5", n=None, n_eligible=None, coverage_rate=None)
    cell(metric="first_response_business_median", value=210.0, ci_low=180.0, ci_high=246.0, change=12.0, change_label="up")
    cell(metric="nps_relationship", value=-4.4, ci_low=-12.0, ci_high=3.2, change=9.0, change_label="no clear change")
    cell(metric="web_sessions", value=100.0, ci_low=80.0, ci_high=None)
    cell(metric="backlog", value=312.0, n=312, period_start=dt.date(2026, 11, 1))
    cell(metric="reopen_rate", value=0.2, ci_low=0.1, ci_high=0.3, n=40, low_precision=True, change_label="cannot tell")
    return home


def read(home: Home, where: str) -> dict[str, Any]:
    rows = marts.ask(home, f"select * from ({READING}) as reading where {where}")
    assert len(rows) == 1
    return rows[0]


def test_headline_is_the_last_complete_month(readings: Home) -> None:
    """Would catch an open month shown as if it were finished."""
    row = read(readings, "metric = 'csat' and is_headline")
    assert (row["period_label"], row["value_text"], row["interval_text"]) == ("Oct 2026", "76.4 %", "70.0 to 82.0 %")
    assert (row["n_text"], row["coverage_text"], row["target_text"], row["state"]) == ("200", "50 %", "target 80.0 %", "shown")


def test_change_has_an_arrow_only_when_it_is_clear(readings: Home) -> None:
    """Would catch an arrow on noise."""
    texts = {row["metric"]: row["change_text"] for row in marts.ask(readings, f"select * from ({READING}) as r where is_headline")}
    assert texts["csat"] == "▲ 5.0 points above the month before"
    assert texts["first_response_business_median"] == "▲ 0.2 h above the month before"
    assert texts["nps_relationship"] == "No clear change on the month before"
    assert texts["reopen_rate"] == "Change: cannot tell, too few"


def test_up_is_better_or_worse_by_the_metrics_direction(readings: Home) -> None:
    """Would catch a slower first answer painted green."""
    classes = {row["metric"]: row["change_class"] for row in marts.ask(readings, f"select * from ({READING}) as r where is_headline")}
    assert classes["csat"] == "better"
    assert classes["first_response_business_median"] == "worse"
    assert classes["nps_relationship"] == "flat"


def test_units_are_those_people_read(readings: Home) -> None:
    """Would catch minutes shown as hours without the division, and NPS without its sign."""
    row = read(readings, "metric = 'first_response_business_median' and is_headline")
    assert (row["value_text"], row["interval_text"], row["shown_value"]) == ("3.5 h", "3.0 to 4.1 h", 3.5)
    assert read(readings, "metric = 'nps_relationship' and is_headline")["value_text"] == "-4"
    assert read(readings, "metric = 'backlog' and is_current")["value_text"] == "312"


def test_suppressed_cell_shows_nothing_of_its_number(readings: Home) -> None:
    """Would catch a hidden group whose count, bounds or bar still stand on the tile."""
    row = read(readings, "metric = 'csat' and member = 'small'")
    assert (row["state"], row["value_text"]) == ("hidden", "hidden")
    assert [row[name] for name in ("n_text", "interval_text", "value_at", "low_at", "interval_width", "change_text", "coverage_text")] == [
        None
    ] * 7


def test_bound_that_nobody_knows_is_said(readings: Home) -> None:
    """Would catch a number whose upper bound is unknown, because tickets are still open, shown without any interval."""
    row = read(readings, "metric = 'web_sessions' and is_headline")
    assert (row["interval_text"], row["low_at"] + row["interval_width"]) == ("80 or more", 100)


def test_imprecise_number_is_marked(readings: Home) -> None:
    """Would catch nine answers shown like nine hundred."""
    assert read(readings, "metric = 'reopen_rate' and is_headline")["state"] == "imprecise"


@pytest.mark.parametrize(("metric", "system"), [("ces", "survey system"), ("training_done", "training system")])
def test_metric_without_a_source_says_which_is_missing(readings: Home, metric: str, system: str) -> None:
    """Would catch a tile that is an empty grey box, or "hidden", until a system is connected: with a row of the release and without."""
    row = read(readings, f"metric = '{metric}' and is_headline")
    assert (row["state"], row["value_text"], row["is_unconnected"]) == ("unconnected", "no data", True)
    assert row["missing_text"] == f"No {system} is connected yet."
    assert row["period_label"] is None, "no period stands beside what no period can give"


def test_a_connected_system_without_a_case_is_not_called_missing(readings: Home) -> None:
    """Would catch a reader sent to connect a system that is connected."""
    row = read(readings, "metric = 'web_task_completion' and is_headline")
    assert (row["state"], row["value_text"]) == ("empty", "–")
    assert row["missing_text"] == "Nothing to count has come from matomo yet."


def test_a_number_that_is_there_says_nothing_of_missing_systems(readings: Home) -> None:
    """Would catch a note beside a number, or a cut by segment that does not say why all its members are unknown."""
    assert read(readings, "metric = 'csat' and is_headline")["missing_text"] is None
    members = {row["member"] for row in marts.ask(readings, f"select member from ({READING}) as r where metric = 'csat'")}
    assert {"unknown: no CRM connected", "unknown", "small"} <= members


def test_bar_positions_stay_on_the_bar(readings: Home) -> None:
    """Would catch an interval or a target drawn outside its track."""
    for row in marts.ask(readings, f"select * from ({READING}) as r where state in ('shown', 'imprecise') and ci_low is not null"):
        assert 0 <= row["low_at"] <= row["value_at"] <= row["low_at"] + row["interval_width"] <= 100.1, row["metric"]
