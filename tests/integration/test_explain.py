"""Would catch: an explanation that gives another number than the one shown, other rows than it counts, or anything of a hidden cell."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from rapport.box import queries
from rapport.box.explain import explain, lines
from rapport.box.explain_sums import curve_reading, from_sums, quantile_bounds
from rapport.declarations.metrics import DIMENSIONS, load_metrics
from rapport.home import HomeError
from rapport.warehouse.dbt_project import project_folder

from tests.whole_box import Box

TOTAL = " and ".join(f"{name} = 'all'" for name in DIMENSIONS)
NEWEST_FIRST = "order by n desc nulls last, period_start desc limit 1"


def one(box: Box, where: str) -> dict[str, Any] | None:
    found = queries.rows(box.home, "analyst", f"select * from marts_cx.metric_value where grain = 'month' and {where} {NEWEST_FIRST}")
    return found[0] if found else None


def explained(box: Box, cell: dict[str, Any]) -> dict[str, Any]:
    by = {name: cell[name] for name in DIMENSIONS if cell[name] != "all"}
    return explain(box.home, cell["metric"], period=date.fromisoformat(cell["period_start"]), by=by)


def test_sums_give_the_value_and_rows_are_as_many_as_it_counts(run_home: Box) -> None:
    """One metric of each estimator: worked out again from `metric_part` (or the curve), and counted again from its cases."""
    seen = {}
    for metric in load_metrics(project_folder(run_home.home) / "metrics"):
        estimator = metric["estimator"]["name"]
        cell = one(run_home, f"metric = '{metric['metric']}' and suppressed_reason is null and value is not null and {TOTAL}")
        if cell is None or estimator in seen or estimator == "computed":
            continue
        told = seen[estimator] = explained(run_home, cell)
        assert told["components"]["adds_up"], (metric["metric"], told["components"], cell["value"])
        assert told["rows_behind"] == cell["n"], metric["metric"]
        assert f"metric: {metric['metric']}" in told["definition"]
    assert {"wilson", "nps_adjusted_wald", "mean", "count", "quantile_order", "km"} <= seen.keys()


def test_rows_are_masked_and_say_by_which_load_they_came(run_home: Box) -> None:
    cell = one(run_home, f"metric = 'csat' and suppressed_reason is null and {TOTAL}")
    assert cell is not None
    told = explained(run_home, cell)
    assert 0 < len(told["rows"]) <= 20
    allowed = queries.rows(run_home.home, "analyst", "select * from marts_cx.fct_survey_answer limit 1")[0].keys()
    assert told["rows"][0].keys() == allowed
    assert sum(source["rows"] for source in told["sources"]) == cell["n"]
    loads = {load["load_id"] for source in told["sources"] for load in source["loads"]}
    known = {row["load_id"] for row in queries.rows(run_home.home, "analyst", "select load_id from ops.stream_load")}
    assert loads
    assert loads <= known
    assert any(line.startswith("rows behind it") for line in lines(told))


def test_a_hidden_cell_tells_nothing(run_home: Box) -> None:
    """A cell of fewer than five is asked for by its own dimension; the control is a cell of the same metric that is shown."""
    hidden = one(run_home, "metric = 'csat' and suppressed_reason like 'fewer than%' and country <> 'all'")
    shown = one(run_home, "metric = 'csat' and suppressed_reason is null and country <> 'all' and segment = 'all'")
    assert hidden is not None
    assert shown is not None
    told = explained(run_home, hidden)
    assert not {"components", "rows", "rows_behind", "sources"} & told.keys()
    assert [told["cell"][name] for name in ("value", "n", "n_eligible", "ci_low", "change")] == [None] * 5
    assert explained(run_home, shown)["rows_behind"] == shown["n"] >= 5


def test_what_is_not_there_is_refused(run_home: Box) -> None:
    with pytest.raises(HomeError, match="no metric"):
        explain(run_home.home, "nonsense", period=date(2026, 1, 1))
    with pytest.raises(HomeError, match="no dimension"):
        explain(run_home.home, "csat", period=date(2026, 1, 1), by={"colour": "red"})
    with pytest.raises(HomeError, match="no such cell"):
        explain(run_home.home, "csat", period=date(1999, 1, 1))


def test_a_number_about_employees_ends_at_its_blocks(run_home: Box) -> None:
    """Would catch: a row of an employee below a number, a value that its blocks do not give, or one that an analyst may read."""
    found = "select * from marts_ex.ex_metric_value where block_key = 'all' and value is not null order by period_start desc"
    cells = {row["metric"]: row for row in reversed(queries.rows(run_home.home, "hr", found))}
    seen = set()
    for name in ("engagement", "enps", "engagement_balance", "absence_rate", "headcount"):
        cell = cells[name]
        told = explain(run_home.home, name, period=date.fromisoformat(cell["period_start"]))
        assert told["components"]["adds_up"], (name, told["components"], cell["value"])
        assert not {"rows", "sources"} & told.keys()
        assert min(block["people"] for block in told["components"]["blocks"]) >= 5
        assert lines(told)[-1] == told["private"]
        seen.add(told["components"]["formula"])
    assert len(seen) >= 5
    with pytest.raises(HomeError):
        queries.rows(run_home.home, "analyst", found)
    with pytest.raises(HomeError, match="block_label"):
        explain(run_home.home, "engagement", period=date(2026, 8, 1), by={"country": "DE"})


def test_a_computed_number_names_its_step_and_what_that_reads(run_home: Box) -> None:
    cell = one(run_home, "metric = 'driver_importance' and value is not null and item <> 'all'")
    cell = cell or queries.rows(run_home.home, "analyst", "select * from marts_cx.metric_value where metric = 'driver_importance'"
                                " and value is not null and item <> 'all' limit 1")[0]  # fmt: skip
    by = {name: cell[name] for name in DIMENSIONS if cell[name] != "all"}
    told = explain(run_home.home, "driver_importance", period=date.fromisoformat(cell["period_start"]), grain=cell["grain"], by=by)
    assert told["components"]["step"] == "drivers"
    assert "core.fct_survey_answer" in told["components"]["inputs"]


def test_the_command_prints_one_object(run_home: Box) -> None:
    cell = one(run_home, f"metric = 'csat' and suppressed_reason is null and {TOTAL}")
    assert cell is not None
    told = json.loads(run_home.rapport("explain", "csat", "--period", cell["period_start"], "--json").stdout)
    assert told["cell"]["value"] == cell["value"]
    assert told["components"]["adds_up"]


def test_a_value_is_worked_out_by_hand() -> None:
    """3 of 4; promoters 5, detractors 2 of 10 give 30; 7 in 2; a curve 10 at risk, 4 done at 5 and 3 of 6 at 9 falls to 0.3 at 9."""
    assert from_sums("wilson", {"num": 3, "den": 4}) == ("num / den", 0.75)
    assert from_sums("nps_adjusted_wald", {"promoters": 5, "detractors": 2, "den": 10})[1] == 30
    assert from_sums("mean", {"total": 7, "den": 2})[1] == 3.5
    points = [{"duration": 5.0, "at_risk": 10, "done": 4}, {"duration": 9.0, "at_risk": 6, "done": 3}]
    assert curve_reading(points, quantile=0.5) == 9.0
    assert curve_reading(points, within=5) == pytest.approx(0.4)
    assert curve_reading(points, quantile=0.4) == 7.0  # lies at 0.6 from 5 to 9
    parts = [{"histogram": 60, "num": 3, "den": 3}, {"histogram": None, "num": 0, "den": 2}]
    bounds = quantile_bounds(parts, 0.5)
    assert bounds is not None
    assert bounds[0] == pytest.approx(19.08, abs=0.01)  # e^(60/20) - 1
    assert quantile_bounds(parts, 0.9) is None
