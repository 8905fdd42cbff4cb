"""The gate on marts, over hand-made marts: one good release, then one broken row at a time."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql
from rapport.declarations.metrics import DIMENSIONS
from rapport.home import Home
from rapport.quality import GateError, gate_marts

_VALUES = ["value", "ci_low", "ci_high", "n_eligible", "coverage_rate", "change", "change_ci_low", "change_ci_high"]
_FACTS = ["fct_ticket", "fct_ticket_event", "fct_survey_answer", "fct_web_event", "fct_interaction", "dim_person"]


def _cell(metric: str, grain: str, period_start: str, **changed: Any) -> dict[str, Any]:
    good = {"nps_relationship": (30.0, 20.0, 40.0), "csat": (0.8, 0.7, 0.9), "backlog": (120.0, None, None)}
    value, low, high = good[metric]
    row: dict[str, Any] = {"metric": metric, "version": 1, "grain": grain, "period_start": period_start, "suppressed_reason": None}
    row |= {"value": value, "ci_low": low, "ci_high": high, "n": 60, "n_eligible": 100, "coverage_rate": 0.6}
    row |= {"change": None, "change_ci_low": None, "change_ci_high": None} | dict.fromkeys(DIMENSIONS, "all")
    return row | changed


@pytest.fixture
def marts(warehouse: Home) -> Home:
    """A home whose marts are built and whose earlier release is published, both good."""
    columns = "metric text, version int, grain text, period_start date, suppressed_reason text, n bigint"
    columns += "".join(f", {name} double precision" for name in _VALUES) + "".join(f", {name} text" for name in DIMENSIONS)
    for role, schema in (("transformer", "next_marts_cx"), ("publisher", "marts_cx")):
        with psycopg.connect(warehouse.dsn(role)) as conn:
            conn.execute(f"set search_path = {schema}".encode())
            conn.execute(f"create table metric_value ({columns})".encode())
            for fact in _FACTS:
                conn.execute(f"create table {fact} as select * from generate_series(1, 100) as key".encode())
            if role == "transformer":
                conn.execute("create table metric_definition (metric text, version int, estimator text)")
                conn.execute(
                    "insert into metric_definition values ('nps_relationship', 1, 'nps_adjusted_wald'), ('csat', 1, 'wilson'),"
                    " ('backlog', 1, 'count')"
                )
                conn.execute(
                    "create table metric_part (metric text, den double precision, total_squared double precision,"
                    " promoters double precision, detractors double precision)"
                )
                conn.execute("insert into metric_part values ('nps_relationship', 100, 7000, 50, 20), ('csat', 100, null, null, null)")
                conn.execute("grant select on all tables in schema next_marts_cx to publisher")
    for metric in ("nps_relationship", "csat", "backlog"):
        _put(warehouse, _cell(metric, "month", "2026-09-01"), _cell(metric, "month", "2026-10-01"), _cell(metric, "week", "2026-10-26"))
    return warehouse


def _put(home: Home, *rows: dict[str, Any]) -> None:
    with psycopg.connect(home.dsn("transformer")) as conn:
        for row in rows:
            names, marks = sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join([sql.Placeholder()] * len(row))
            conn.execute(sql.SQL("insert into next_marts_cx.metric_value ({}) values ({})").format(names, marks), [*row.values()])


def test_good_marts_pass(marts: Home) -> None:
    """Catches a gate on marts that blocks a good release: the positive control of this page."""
    result = gate_marts(marts, "run 1")
    assert result.failures == ()
    assert result.passed
    assert result.judged == 17
    assert (marts.dir("gx") / "docs" / "marts" / "index.html").is_file()


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"value": 41.0}, "a value lies inside its own interval"),
        ({"ci_low": None}, "an interval has both ends, the lower one first"),
        ({"value": 101.0, "ci_high": 102.0}, "a net promoter score and its interval lie between -100 and 100"),
        ({"n": -1}, "counts and durations are not negative"),
        ({"n": 101}, "counts and durations are not negative"),
        ({"coverage_rate": 1.2}, "coverage lies between 0 and 1"),
        ({"suppressed_reason": "fewer than 5"}, "a suppressed cell holds no value, interval, count or change"),
        ({"value": float("nan"), "ci_low": None, "ci_high": None, "n": 1}, "no value is infinite or not a number"),
        ({"metric": "csat", "value": 1.5, "ci_high": 1.5}, "a share and its interval lie between 0 and 1"),
    ],
)
def test_one_broken_cell_fails(marts: Home, bad: dict[str, Any], sentence: str) -> None:
    """Catches an impossible number on its way to a dashboard."""
    metric = bad.get("metric", "nps_relationship")
    _put(marts, _cell(metric, "month", "2026-08-01") | bad)
    result = gate_marts(marts, "run 1")
    assert not result.passed
    assert f"next_marts_cx.metric_value breaks the rule: {sentence}" in result.failures


def test_a_suppressed_cell_that_is_empty_passes(marts: Home) -> None:
    """Catches a rule on suppressed cells that forbids suppression itself."""
    empty = dict.fromkeys([*_VALUES, "n"])
    _put(marts, _cell("csat", "month", "2026-08-01", suppressed_reason="fewer than 5", **empty))
    assert gate_marts(marts, "run 1").passed


def test_a_missing_month_fails(marts: Home) -> None:
    """Catches a build that stopped filling months while weeks went on."""
    _put(marts, _cell("csat", "week", "2026-12-07"))
    assert gate_marts(marts, "run 1").failures == (
        "next_marts_cx.metric_value breaks the rule: every metric has the month before its newest week",
    )


def test_a_shrunken_fact_fails_unless_the_shrinking_is_meant(marts: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a release that silently lost a source."""
    with psycopg.connect(marts.dsn("transformer")) as conn:
        conn.execute("delete from next_marts_cx.fct_ticket where key > 50")
    result = gate_marts(marts, "run 1")
    assert [failure.partition(" (")[0] for failure in result.failures] == [
        "next_marts_cx.fct_ticket breaks the rule: holds at least 80% of the rows of the release that readers see"
    ]
    assert "RAPPORT_QUALITY_ACCEPT_SHRINK" in result.reason
    monkeypatch.setenv("RAPPORT_QUALITY_ACCEPT_SHRINK", "1")
    assert gate_marts(marts, "run 1").passed


def test_marts_that_were_not_built_are_an_error_not_a_pass(warehouse: Home) -> None:
    """Catches a gate that passes marts which do not exist."""
    with pytest.raises(GateError, match=r"next_marts_cx\.metric_value"):
        gate_marts(warehouse, "run 1")
