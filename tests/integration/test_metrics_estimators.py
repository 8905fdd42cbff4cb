"""Would catch: a value or an interval of the engine that differs from what the libraries of the field compute from the same cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import psycopg
import pytest
from rapport.declarations.metrics import DIMENSIONS, load_metrics
from rapport.home import Home
from rapport.warehouse.analysis_tables import ensure_analysis_tables
from rapport.warehouse.dbt import invoke
from rapport.warehouse.dbt_project import build_variables, ensure_build_tables, project_folder

from tests.integration.estimator_cases import definitions, made_up

FIRST, LAST, NOW = date(2026, 1, 1), date(2026, 6, 30), pd.Timestamp("2026-06-20 12:00")
MODELS = [f"int_metrics__{part}" for part in ("definitions", "lattice", "day_sums", "part_cells", "cluster_effects", "estimates")]
MODELS += ["int_metrics__quantile_cells", "int_metrics__km_cases", "int_metrics__km_cells", "metric_part", "metric_contrast", "metric_xmr"]


@pytest.fixture(scope="module")
def cases() -> pd.DataFrame:
    return made_up(20_260_601)


@pytest.fixture(scope="module")
def built(module_warehouse: Home, cases: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A warehouse of these cases and nothing else."""
    home = module_warehouse
    columns: dict[str, str] = dict.fromkeys(("score", "weight", "units", "cost", "minutes", "days", "open_minutes"), "double precision")
    columns |= dict.fromkeys(("is_good", "is_done"), "boolean") | {"day": "date", "started_at": "timestamp"}
    columns |= dict.fromkeys(("case_key", "account_key", "schedule_id", *DIMENSIONS), "text")
    with psycopg.connect(home.dsn("transformer"), autocommit=True) as conn:
        ensure_build_tables(conn, "salt")
        ensure_analysis_tables(conn, project_folder(home))
        conn.execute(
            "create table core.dim_date as select day::date, date_trunc('week', day)::date as week_start, date_trunc('month', day)::date"
            " as month_start, date_trunc('quarter', day)::date as quarter_start from generate_series(%s::date, %s, '1 day') as day",
            [FIRST, LAST],
        )
        conn.execute("create table core.fct_ticket_event as select %s::timestamp as happened_at", [NOW])
        # open for eight hours a day, 00:00 to 08:00 UTC
        conn.execute(
            "create table intermediate.int_time__business_slots as select 'night' as schedule_id, slot as slot_at,"
            " extract(hour from slot) < 8 as is_open, (480 * (slot::date - '2026-01-01'::date)"
            " + least(480, extract(epoch from slot - date_trunc('day', slot)) / 60))::double precision as open_minutes_before"
            " from generate_series('2026-01-01'::timestamp, '2026-08-01', '15 minutes') as slot"
        )
        declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        conn.execute(f"create table intermediate.int_cases__tickets ({declared})".encode())
        frame = cases.assign(**{name: "all" for name in DIMENSIONS if name not in cases}).astype(object)
        frame = frame.where(frame.notna(), None)
        with conn.cursor().copy(f"copy intermediate.int_cases__tickets ({', '.join(columns)}) from stdin".encode()) as copy:
            for row in frame[list(columns)].itertuples(index=False):
                copy.write_row(row)
        everywhere = ", 'all'" * len(DIMENSIONS)
        conn.execute(
            "insert into analysis.metric_estimate (step, metric, grain, period_start, value, low, high, n, n_eligible, ci_method,"
            f" refused_reason, {', '.join(DIMENSIONS)}) values"
            f" ('trial', 't_computed', 'month', '2026-02-01', 3, 1, 7, 40, 50, 'bootstrap 95 %', null{everywhere}),"
            f" ('trial', 't_computed', 'month', '2026-03-01', null, null, null, null, null, null, 'too few'{everywhere})".encode()
        )
    variables = build_variables(home)
    variables["metrics"] = load_metrics(definitions(tmp_path_factory.mktemp("metrics")))
    variables["config"] |= {"time_zone": "UTC"}
    invoke(home, ["run", "--select", *MODELS], variables=variables)
    return home


def relation(home: Home, query: str) -> pd.DataFrame:
    with psycopg.connect(home.dsn("transformer"), row_factory=psycopg.rows.dict_row) as conn:
        return pd.DataFrame(conn.execute(query.encode()).fetchall())


@pytest.fixture(scope="module")
def cells(built: Home) -> pd.DataFrame:
    """What the engine's own models make of the cases, by quarter; strategic customers are compared apart."""
    return relation(
        built, "select * from intermediate.int_metrics__estimates where grain = 'quarter' and strategic = 'all' or estimator = 'computed'"
    )


def members(cases: pd.DataFrame, cell: Any) -> pd.DataFrame:
    """Return the cases of a cell of a quarter."""
    chosen = cases[pd.to_datetime(cases["day"]).dt.to_period("Q").dt.start_time.dt.date == cell.period_start]
    for dimension in ("country", "segment"):
        if getattr(cell, dimension) != "all":
            chosen = chosen[chosen[dimension] == getattr(cell, dimension)]
    return chosen


def of(cells: pd.DataFrame, metric: str) -> Iterator[Any]:
    found = cells[cells["metric"] == metric].sort_values(["period_start", "country", "segment"])
    assert len(found) == 2 * (1 + 2 + 4)
    return found.itertuples()


def groups(chosen: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Return the cluster of each case: its account, or itself."""
    return pd.factorize(chosen["account_key"].fillna(chosen["case_key"]))[0]


def effective(values: Any, base: Any, clusters: np.ndarray[Any, Any]) -> float:
    """Return how many independent cases tell as much, from the cluster-robust variance that statsmodels computes of the residuals."""
    import statsmodels.api as sm

    residuals = np.asarray(values, float) - np.sum(values) / np.sum(base) * np.asarray(base, float)
    plain = sm.OLS(residuals, np.ones(len(residuals))).fit().bse[0]
    robust = sm.OLS(residuals, np.ones(len(residuals))).fit(cov_type="cluster", cov_kwds={"groups": clusters}).bse[0]
    return float(len(residuals) / max(1, (robust / plain) ** 2))


def test_a_share_is_that_of_statsmodels(cells: pd.DataFrame, cases: pd.DataFrame) -> None:
    from statsmodels.stats.proportion import proportion_confint

    for cell in of(cells, "t_share"):
        chosen = members(cases, cell)
        expected = proportion_confint(chosen["is_good"].sum(), len(chosen), method="wilson")
        assert (cell.n, cell.value) == (len(chosen), pytest.approx(chosen["is_good"].mean()))
        assert (cell.low, cell.high) == pytest.approx(expected)


def test_answers_of_one_account_count_for_less(cells: pd.DataFrame, cases: pd.DataFrame) -> None:
    """Would catch: an interval of a share that takes ten answers of one account for ten customers."""
    from statsmodels.stats.proportion import proportion_confint

    for cell in of(cells, "t_share_of_accounts"):
        chosen = members(cases, cell)
        size = effective(chosen["is_good"], np.ones(len(chosen)), groups(chosen))
        assert size < len(chosen)
        assert (cell.low, cell.high) == pytest.approx(proportion_confint(chosen["is_good"].mean() * size, size, method="wilson"))


def test_clusters_of_one_change_nothing(cells: pd.DataFrame) -> None:
    """Would catch: a design effect, or a rounding of one, where every case is alone."""
    ends = ["value", "low", "high", "n"]
    for first, second in zip(of(cells, "t_share"), of(cells, "t_share_alone"), strict=True):
        assert [getattr(first, end) for end in ends] == [getattr(second, end) for end in ends]


def test_weights_leave_fewer_cases(cells: pd.DataFrame, cases: pd.DataFrame) -> None:
    from statsmodels.stats.proportion import proportion_confint

    for cell in of(cells, "t_share_weighted"):
        chosen = members(cases, cell)
        share = np.average(chosen["is_good"], weights=chosen["weight"])
        size = chosen["weight"].sum() ** 2 / (chosen["weight"] ** 2).sum()
        assert cell.value == pytest.approx(share)
        assert (cell.low, cell.high) == pytest.approx(proportion_confint(share * size, size, method="wilson"))


@pytest.mark.parametrize("kind", ["of_accounts", "weighted"])
def test_a_score_of_fewer_cases_is_the_adjusted_one(cells: pd.DataFrame, cases: pd.DataFrame, kind: str) -> None:
    for cell in of(cells, f"t_nps_{kind}"):
        chosen = members(cases, cell)
        sign = (chosen["score"] >= 9).astype(int) - (chosen["score"] <= 6).astype(int)
        weights = chosen["weight"] if kind == "weighted" else np.ones(len(chosen))
        size = weights.sum() ** 2 / (weights**2).sum()
        if kind == "of_accounts":
            size = effective(sign, weights, groups(chosen))
        promoters, detractors = (np.average(sign == side, weights=weights) * size + 0.75 for side in (1, -1))
        promoters, detractors = promoters / (size + 3), detractors / (size + 3)
        half = 100 * 1.959963984540054 * np.sqrt((promoters + detractors - (promoters - detractors) ** 2) / (size + 3))
        assert cell.value == pytest.approx(100 * np.average(sign, weights=weights))
        assert (cell.low, cell.high) == pytest.approx((100 * (promoters - detractors) - half, 100 * (promoters - detractors) + half))


@pytest.mark.parametrize("kind", ["t_mean", "t_mean_of_accounts"])
def test_a_mean_is_that_of_statsmodels(cells: pd.DataFrame, cases: pd.DataFrame, kind: str) -> None:
    import statsmodels.api as sm

    for cell in of(cells, kind):
        chosen = members(cases, cell)
        fit = sm.OLS(chosen["score"].to_numpy(), np.ones(len(chosen)))
        robust = fit.fit(cov_type="cluster", cov_kwds={"groups": groups(chosen)}) if "accounts" in kind else fit.fit()
        assert cell.value == pytest.approx(robust.params[0])
        assert (cell.high - cell.low) / 2 / 1.959963984540054 == pytest.approx(max(robust.bse[0], fit.fit().bse[0]))


@pytest.mark.parametrize("kind", ["t_ratio", "t_ratio_of_accounts"])
def test_a_ratio_is_linearised(cells: pd.DataFrame, cases: pd.DataFrame, kind: str) -> None:
    """Would catch: a ratio of sums with the interval of a mean of ratios."""
    for cell in of(cells, kind):
        chosen = members(cases, cell)
        cost, units = chosen["cost"].to_numpy(), chosen["units"].to_numpy()
        value = cost.sum() / units.sum()
        size = effective(cost, units, groups(chosen)) if "accounts" in kind else len(chosen)
        error = np.std(cost - value * units, ddof=1) / units.mean() / np.sqrt(size)
        assert cell.value == pytest.approx(value)
        assert (cell.high - cell.low) / 2 / 1.959963984540054 == pytest.approx(error)


def test_an_interval_of_a_median_widens_with_accounts(cells: pd.DataFrame, cases: pd.DataFrame) -> None:
    for first, second in zip(of(cells, "t_median"), of(cells, "t_median_of_accounts"), strict=True):
        chosen = np.sort(members(cases, first)["minutes"].to_numpy())
        assert first.value == second.value == pytest.approx(np.quantile(chosen, 0.5))
        below = members(cases, first)["minutes"] <= first.value
        size = effective(below, np.ones(len(chosen)), groups(members(cases, first)))
        for cell, count in ((first, len(chosen)), (second, size)):
            half = 1.959963984540054 * np.sqrt(0.25 / count) * len(chosen)
            ranks = int(np.floor(0.5 * len(chosen) - half)), int(np.ceil(0.5 * len(chosen) + half)) + 1
            assert (cell.low, cell.high) == (chosen[ranks[0] - 1], chosen[ranks[1] - 1])


def time_at(curve: Any, quantile: float) -> float:
    """Return where a fitted curve passes a quantile: one time, or the middle of where it lies at it, as the median of a sample is."""
    above = curve.survival_function_.iloc[:, 0] - (1 - quantile)
    return float(np.mean([above[above <= 1e-9].index.min(), above[above < -1e-9].index.min()]))


@pytest.mark.parametrize(("kind", "quantile"), [("t_km_median", 0.5), ("t_km_p90", 0.9)])
def test_a_time_is_read_off_the_curve_of_lifelines(cells: pd.DataFrame, cases: pd.DataFrame, kind: str, quantile: float) -> None:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import qth_survival_times

    for cell in of(cells, kind):
        chosen = members(cases, cell)
        curve = KaplanMeierFitter().fit(chosen["minutes"], chosen["is_done"])
        # where the last case at risk is done nothing bounds the curve from above: lifelines says 0 there, R's survfit and we say nothing
        known = curve.confidence_interval_[(curve.survival_function_ > 0).to_numpy()]
        bounds = qth_survival_times(1 - quantile, known).to_numpy()[0]
        expected = [time_at(curve, quantile), *bounds]
        read = [cell.value, cell.low, cell.high]
        assert [np.inf if np.isnan(end) else end for end in read] == pytest.approx(expected)


def test_a_share_within_a_time_is_read_off_the_curve_of_lifelines(cells: pd.DataFrame, cases: pd.DataFrame) -> None:
    from lifelines import KaplanMeierFitter

    for cell in of(cells, "t_km_within"):
        chosen = members(cases, cell)
        curve = KaplanMeierFitter().fit(chosen["minutes"], chosen["is_done"])
        low, high = curve.confidence_interval_.loc[:60].iloc[-1]
        assert (cell.value, cell.low, cell.high) == pytest.approx((1 - curve.predict(60), 1 - high, 1 - low))


@pytest.mark.parametrize("kind", ["t_km_days", "t_km_followed"])
def test_a_case_is_followed_until_its_period_is_frozen(cells: pd.DataFrame, cases: pd.DataFrame, kind: str) -> None:
    """Would catch: a frozen period that moves as time passes, and an open case that is left out of a curve or counted as done."""
    from lifelines import KaplanMeierFitter

    for cell in of(cells, kind):
        chosen = members(cases, cell)
        end = min(pd.Timestamp(cell.period_start) + pd.DateOffset(months=3, days=14), NOW)
        started = pd.to_datetime(chosen["started_at"])
        followed = (end - started).dt.total_seconds() / 86_400
        if kind == "t_km_followed":  # the minutes of a day before 08:00
            open_at = (started - started.dt.normalize()).dt.total_seconds().clip(upper=8 * 3600) / 60
            open_end = min(480, (end - end.normalize()).total_seconds() / 60)
            followed = 480 * (end.normalize() - started.dt.normalize()).dt.days + open_end - open_at
        measure = chosen["days"] if kind == "t_km_days" else chosen["open_minutes"]
        is_done = chosen["is_done"] & (measure <= followed)
        curve = KaplanMeierFitter().fit(measure.where(is_done, followed), is_done)
        assert (cell.n, cell.value) == (len(chosen), pytest.approx(time_at(curve, 0.5)))
        assert is_done.sum() < chosen["is_done"].sum() or cell.period_start == date(2026, 1, 1)


def test_a_computed_value_is_taken_as_it_stands(cells: pd.DataFrame) -> None:
    first, second = cells[cells["metric"] == "t_computed"].sort_values("period_start").itertuples()
    assert (first.value, first.centre, first.low, first.high, first.n, first.n_eligible) == (3, 3, 1, 7, 40, 50)
    assert (first.ci_method, second.refused_reason) == ("bootstrap 95 %", "too few")


def test_strategic_customers_differ_from_the_rest_by_newcombe(built: Home, cases: pd.DataFrame) -> None:
    """Would catch: a difference with the interval of one side, and a word where there is nothing; the cases differ in `is_good` only."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    read = relation(built, "select * from next_marts_cx.metric_contrast where grain = 'quarter' order by period_start, metric")
    assert len(read) == 2 * 17
    for row in read[read["metric"] == "t_share"].itertuples():
        quarter = cases[pd.to_datetime(cases["day"]).dt.to_period("Q").dt.start_time.dt.date == row.period_start]
        ours, rest = (quarter.loc[quarter["strategic"] == side, "is_good"] for side in ("yes", "no"))
        assert (row.left_n, row.right_n, row.left_value, row.right_value) == (len(ours), len(rest), ours.mean(), rest.mean())
        assert row.difference == pytest.approx(ours.mean() - rest.mean())
        expected = confint_proportions_2indep(ours.sum(), len(ours), rest.sum(), len(rest), compare="diff", method="newcomb")
        assert (row.ci_low, row.ci_high) == pytest.approx(expected)
    labels = read.set_index("metric")["label"]
    assert set(labels["t_share"]) == {"higher"}
    assert set(labels["t_mean"]) == {"no clear difference"}


def test_limits_of_chance_are_those_of_all_periods_but_the_newest(built: Home) -> None:
    """Mean and 2.66 mean moving ranges of Wheeler and Chambers; two quarters are no series."""
    read = relation(built, "select * from next_marts_cx.metric_xmr where metric = 't_mean' order by period_start")
    weeks = read[read["grain"] == "week"]
    before = weeks["value"].iloc[:-1]
    reach = 2.66 * before.diff().abs().mean()
    assert len(before) >= 12
    assert weeks["lower_limit"].to_numpy() == pytest.approx(before.mean() - reach)
    assert weeks["upper_limit"].to_numpy() == pytest.approx(before.mean() + reach)
    outside = np.where(weeks["value"] > before.mean() + reach, "above", np.where(weeks["value"] < before.mean() - reach, "below", "within"))
    assert list(weeks["signal"]) == list(outside)
    assert set(read.loc[read["grain"] == "quarter", "signal"]) == {"cannot tell"}
