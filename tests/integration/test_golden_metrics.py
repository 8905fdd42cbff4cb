"""Would catch: an interval, a score or a change that differs from the vectors anywhere between a file and what an analyst reads."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
import pytest
from rapport.analysis.response.propensity import r_indicator
from rapport.analysis.texts.error import mended
from rapport.home import Home
from rapport.pipeline import build
from rapport.pipeline.extract import extract_stream
from rapport.pipeline.runs import open_run
from rapport.warehouse.dbt import invoke
from rapport.warehouse.dbt_project import build_variables
from vector_files import books, put, surveys, vectors, visits
from vector_people import CYCLE, LAGS, QUARTER, answers, people

CLOSE = 1e-6
Cell = dict[str, Any]


@pytest.fixture(scope="module")
def published(module_warehouse: Home) -> Iterator[Home]:
    """A home whose only sources are files of its inbox that hold the vectors, published."""
    home = module_warehouse
    golden = vectors()
    asked, of_books = surveys(golden), books(golden)
    files = {
        ("inbox_survey", "survey_answers"): asked.rows + answers(),
        ("inbox_survey", "survey_invitations"): asked.invited,
        ("inbox_website", "web_events"): visits(golden),
        ("inbox_crm", "accounts"): of_books["accounts"],
        ("inbox_finance", "account_revenue"): of_books["account_revenue"],
        **people(golden),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_HOME", str(home.path))
        open_run(home, "golden", "cli")
        for (source, stream), rows in files.items():
            put(home, source, stream, rows)
            result = extract_stream(home, source, stream, run_id="golden")
            assert (result.rows_landed, result.rows_quarantined) == (len(rows), 0)
        for layer in build.LAYERS:
            if layer == "marts":
                build.analyse(home, run_id="golden")
            build.build_layer(home, layer)
        audited = build.audit(home, "golden")
        assert audited.passed, audited.reason
        build.publish(home, "golden")
        yield home
    shutil.rmtree(home.path / "inbox")


def cell(home: Home, metric: str, survey: str, month: str) -> Cell:
    query = (
        "select * from marts_cx.metric_value where metric = %s and survey = %s and period_start = %s and grain = 'month'"
        " and (country, segment, industry, strategic, channel, queue) = ('all', 'all', 'all', 'all', 'all', 'all')"
    )
    with psycopg.connect(home.dsn("analyst"), row_factory=psycopg.rows.dict_row) as conn:
        rows = conn.execute(query, [metric, survey, month]).fetchall()
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize("number", range(len(vectors()["nps"])))
def test_a_score_is_the_vectors(published: Home, number: int) -> None:
    vector, read = vectors()["nps"][number], cell(published, "nps_relationship", f"nps {number}", "2026-05-01")
    if vector["n"] < 5:
        assert read["suppressed_reason"] == "fewer than 5"
        assert [read[name] for name in ("value", "ci_low", "ci_high", "n", "n_eligible", "coverage_rate", "change")] == [None] * 7
        return
    assert (read["n"], read["suppressed_reason"]) == (vector["n"], None)
    assert read["value"] == pytest.approx(vector["nps"], abs=CLOSE)
    assert read["ci_low"] == pytest.approx(vector["ci_low"], abs=CLOSE)
    assert read["ci_high"] == pytest.approx(vector["ci_high"], abs=CLOSE)
    half = (min(vector["ci_high"], 200) - max(vector["ci_low"], -200)) / 2
    assert read["low_precision"] == (vector["n"] < 30 or half > 15)


@pytest.mark.parametrize("number", range(len(vectors()["wilson"])))
def test_a_share_is_the_vectors(published: Home, number: int) -> None:
    vector, read = vectors()["wilson"][number], cell(published, "csat", f"share {number}", "2026-05-01")
    if vector["n"] < 5:
        assert read["suppressed_reason"] == "fewer than 5"
        return
    assert read["value"] == pytest.approx(vector["successes"] / vector["n"], abs=CLOSE)
    assert [100 * read["ci_low"], 100 * read["ci_high"]] == pytest.approx(vector["ci"], abs=CLOSE)


@pytest.mark.parametrize("number", range(len(vectors()["nps_change"])))
def test_a_change_is_the_vectors(published: Home, number: int) -> None:
    golden = vectors()
    vector, read = golden["nps_change"][number], cell(published, "nps_relationship", f"change {number}", "2026-04-01")
    assert read["compare_to"] == "previous_month"
    assert read["change"] == pytest.approx(vector["delta_adj"], abs=CLOSE)
    error = (read["change_ci_high"] - read["change_ci_low"]) / 2 / golden["z"]
    assert read["change"] / error == pytest.approx(vector["z"], abs=CLOSE)
    assert read["change_label"] == ("up" if vector["significant"] else "no clear change")


def mart(home: Home, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(home.dsn("analyst")) as conn:
        return conn.execute(query.encode()).fetchall()


@pytest.mark.parametrize("number", range(len(vectors()["nonresponse_bounds"])))
def test_bounds_without_assumption_are_the_vectors(published: Home, number: int) -> None:
    vector = vectors()["nonresponse_bounds"][number]
    query = "select value, answer_rate, bound_low, bound_high, n, asked from marts_cx.voice_bounds where survey = 'bounds {}'"
    [(value, rate, low, high, n, asked)] = mart(published, query.format(number))
    assert (value, rate) == pytest.approx((vector["nps"], vector["response_rate"]), abs=CLOSE)
    assert (low, high) == pytest.approx((vector["low"], vector["high"]), abs=CLOSE)
    assert (n, asked) == (100, 500)


@pytest.mark.parametrize("number", range(len(vectors()["r_indicator"])))
def test_the_r_indicator_is_the_vectors(published: Home, number: int) -> None:
    """Four groups of two hundred who answer as the vector says; the value has the noise of the estimates taken out of it."""
    vector = vectors()["r_indicator"][number]
    assert r_indicator(np.array(vector["propensity"])) == pytest.approx(vector["value"], abs=CLOSE)
    query = "select r_unadjusted, r, r_low, r_high, fields from marts_cx.voice_representativity where survey = 'fair {}'"
    [(plain, r, low, high, fields)] = mart(published, query.format(number))
    assert (plain, fields) == (pytest.approx(vector["value"], abs=CLOSE), "country")
    assert low < vector["value"] < r < high
    tile = "select value, ci_low, ci_high, n from marts_cx.metric_value where metric = 'r_indicator' and survey = 'fair {}'"
    assert mart(published, tile.format(number)) == [(r, low, high, 800)]


def test_who_answers_against_who_was_asked_by_hand(published: Home) -> None:
    """Would catch: shares of the wrong whole, and weights that are not those of the countries.

    Of 200 asked in each of four countries 20, 20, 60 and 60 answered. FR is 0.25 of those asked and 0.375 of those who answered: the
    difference is 0.125 over the root of (0.375 * 0.625 + 0.25 * 0.75) / 2. Raked, an answer stands for 10 or for 10/3 people:
    800 squared over 40 * 100 + 120 * 100 / 9 is as much as 120 answers.
    """
    bias = """
        select asked, answered, asked_share, answered_share, difference_standardised, is_flagged, is_beyond_chance
        from marts_cx.voice_response_bias where survey = 'fair 0' and field = 'country' and level = 'FR'
    """
    apart = 0.125 / ((0.375 * 0.625 + 0.25 * 0.75) / 2) ** 0.5
    assert mart(published, bias) == [(200, 60, 0.25, 0.375, pytest.approx(apart), True, True)]
    raked = "select n, value, raked_value, n_effective, late_difference from marts_cx.voice_bounds where survey = 'fair 0'"
    assert mart(published, raked) == [(160, 0.0, pytest.approx(0.0), pytest.approx(120.0), pytest.approx(0.0))]


def test_the_worst_tenth_by_hand(published: Home) -> None:
    """Would catch: a tie at the edge that chance decides.

    Of fifteen answers two are the worst tenth: the 0, and one of three 2s, each of which counts a third: mean 1. AT has the 0 and one 2.
    """
    worst = """
        select answers, worst_answers, mean_score, median_score, worst_mean_score, worst_highest_score, lowest_share
        from marts_cx.voice_worst_decile where survey = 'worst'
    """
    assert mart(published, worst) == [(15, 2, pytest.approx(97 / 15), 8.0, pytest.approx(1.0), 2.0, pytest.approx(1 / 15))]
    groups = """
        select member, share, worst_share from marts_cx.voice_worst_decile_group
        where survey = 'worst' and dimension = 'country' order by 1
    """
    assert mart(published, groups) == [
        ("AT", pytest.approx(7 / 15), pytest.approx((1 + 1 / 3) / 2)),
        ("DE", pytest.approx(8 / 15), pytest.approx((2 / 3) / 2)),
    ]


def test_the_smaller_vectors_through_the_code_that_uses_them(published: Home) -> None:
    golden = vectors()
    for vector in golden["rogan_gladen"]:
        found = mended(vector["p_obs"], 1000, (vector["se"], 500), (vector["sp"], 500))
        assert found is not None
        assert found.value == pytest.approx(vector["value"], abs=CLOSE)
    for vector in golden["kish_n_eff"]:
        weights = [float(weight) for weight in vector["weights"]]
        call = f"select {{{{ kish('{sum(weights)}', '{sum(weight**2 for weight in weights)}') }}}} as n"
        compiled = invoke(published, ["compile", "--inline", call], variables=build_variables(published))
        with psycopg.connect(published.dsn("transformer")) as conn:
            row = conn.execute(compiled[0].node.compiled_code).fetchone()
        assert row is not None
        assert float(row[0]) == pytest.approx(vector["value"], abs=CLOSE)


def test_the_formulas_hold_below_the_smallest_cell_too(published: Home) -> None:
    golden, picks = vectors(), []
    for number, vector in enumerate(golden["nps"]):
        call = "nps_adjusted_wald('{promoters}', '{detractors}', '{n}')".format(**vector)
        picks.append((f"nps {number}", call, [max(-100, vector["ci_low"]), min(100, vector["ci_high"])], 1))
    for number, vector in enumerate(golden["wilson"]):
        picks.append((f"share {number}", "wilson('{successes}', '{n}')".format(**vector), vector["ci"], 100))
    lines = [f"select '{name}' as name, {{{{ {call}.low }}}} as low, {{{{ {call}.high }}}} as high" for name, call, _, _ in picks]
    compiled = invoke(published, ["compile", "--inline", " union all ".join(lines)], variables=build_variables(published))
    with psycopg.connect(published.dsn("transformer")) as conn:
        read = {name: (low, high) for name, low, high in conn.execute(compiled[0].node.compiled_code)}
    for name, _, expected, scale in picks:
        low, high = (scale * float(end) for end in read[name])
        assert [max(-100, low), min(100, high)] == pytest.approx(expected, abs=CLOSE), name


def test_the_normal_tail_is_right_where_labels_are_decided(published: Home) -> None:
    statistics = [0.0, 0.5, 1.0, 1.5142056, 1.959963984540054, 2.5, -2.5, 4.291067, 8.0]
    lines = [f"select {number} as number, {{{{ two_sided_p('({value})') }}}} as p" for number, value in enumerate(statistics)]
    compiled = invoke(published, ["compile", "--inline", " union all ".join(lines)], variables=build_variables(published))
    with psycopg.connect(published.dsn("transformer")) as conn:
        read = {int(number): float(p) for number, p in conn.execute(compiled[0].node.compiled_code)}
    for number, value in enumerate(statistics):
        assert read[number] == pytest.approx(math.erfc(abs(value) / math.sqrt(2)), abs=2e-7)


def test_worth_and_growth_are_the_vectors(published: Home) -> None:
    """Would catch: a margin, a retention or a reason that gets lost between the books and what a leader reads."""
    golden = vectors()
    expected = {
        "customer_lifetime_value": golden["clv"][0]["clv"],
        "net_revenue_retention": golden["earned_growth"][0]["nrr"],
        "gross_revenue_retention": golden["clv"][0]["retention"],
        "customer_retention_year": golden["clv"][0]["retention"],
        "earned_growth_rate": golden["earned_growth"][0]["value"],
    }
    query = (
        "select metric, value, ci_low, ci_high from marts_cx.metric_value where metric = any(%s) and grain = 'quarter'"
        " and period_start = '2025-10-01' and (segment, strategic, item) = ('all', 'all', 'all')"
        " and (country, industry) = ('all', 'all')"
    )
    with psycopg.connect(published.dsn("analyst")) as conn:
        read = {row[0]: row[1:] for row in conn.execute(query, [list(expected)])}
    for metric, value in expected.items():
        assert read[metric][0] == pytest.approx(value, abs=CLOSE), metric
        assert read[metric][1] <= read[metric][0] <= read[metric][2], metric


def test_word_of_mouth_is_the_vectors(published: Home) -> None:
    """Would catch: a visitor of last week taken for new, or one who came by search for organic."""
    query = (
        "select value from marts_cx.metric_value where metric = 'wom_coefficient' and grain = 'week'"
        " and period_start = '2026-05-04' and country = 'all'"
    )
    with psycopg.connect(published.dsn("analyst")) as conn:
        assert conn.execute(query).fetchone() == (pytest.approx(vectors()["wom_coefficient"][0]["value"], abs=CLOSE),)


def test_turnover_is_the_vectors(published: Home) -> None:
    """Would catch: leavers of another quarter, a headcount of its first day only, days of a year that are not those of the quarter."""
    vector, days = vectors()["turnover"][0], 90
    query = """
        select metric, value, ci_low, ci_high, n from marts_ex.ex_metric_value
        where metric in ('turnover', 'headcount') and block_key = 'all' and period_start = %s
    """
    with psycopg.connect(published.dsn("hr")) as conn:
        read = {row[0]: row[1:] for row in conn.execute(query, [QUARTER])}
    value, low, high, n = read["turnover"]
    assert read["headcount"][0] == pytest.approx(sum(vector["headcount"]) / 2, abs=CLOSE)
    assert value * days / 365 == pytest.approx(vector["quarter"], abs=CLOSE)
    assert value * days / 365 * 4 == pytest.approx(vector["annualised_x4"], abs=CLOSE)
    assert low < value < high
    assert n == vector["separations"]
    with psycopg.connect(published.dsn("analyst")) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(query, [QUARTER])


@pytest.mark.parametrize("number", range(len(vectors()["fisher_ci"])))
def test_fishers_interval_is_the_vectors(published: Home, number: int) -> None:
    """Would catch: a team paired with another one's customers, a quarter too early or too late, n of answers instead of units."""
    vector = vectors()["fisher_ci"][number]
    query = """
        select value, low, high, n, n_effective from marts_exec.link_result
        where ex_metric = 'engagement' and statistic = 'correlation' and lag = %s
    """
    with psycopg.connect(published.dsn("leader")) as conn:
        [(r, low, high, n, effective)] = conn.execute(query, [LAGS[vector["n"]][0]]).fetchall()
        [(cycles, units)] = conn.execute("select min(period_start), count(*) from marts_exec.link_unit").fetchall()
    assert (str(cycles), units) == (CYCLE, max(LAGS))
    assert (r, n, effective) == (pytest.approx(vector["r"], abs=CLOSE), vector["n"], vector["n"])
    assert [low, high] == pytest.approx(vector["ci"], abs=CLOSE)


def test_only_some_sources_connected_is_enough(published: Home) -> None:
    with psycopg.connect(published.dsn("analyst")) as conn:
        empty = [
            conn.execute(f"select count(*) from marts_cx.{name}").fetchone()
            for name in ("fct_offboarding", "fct_mention", "fct_order_line")
        ]
        health = conn.execute(
            "select stream, rows_staged - rows_core, gate from marts_cx.stream_health where source = 'inbox_survey'"
        ).fetchall()
    assert empty == [(0,), (0,), (0,)]
    of_employees = sum(row["survey_type"] == "employee" for row in answers())  # these stand in core_ex
    assert sorted(health) == [("survey_answers", of_employees, "not checked"), ("survey_invitations", 0, "not checked")]
