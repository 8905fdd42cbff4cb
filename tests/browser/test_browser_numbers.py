"""Would catch a chart that shows another number than the warehouse holds for that cell: wrong filter, unit, period or column."""

from __future__ import annotations

import sys
from datetime import date, datetime

import pytest
from numbers_shown import last_complete_month, metric, number, shown, units
from playwright.sync_api import Browser, Locator
from rapport.home import checkout
from screen import Screen, logged_in

from tests.whole_box import Box

sys.path.append(str(checkout() / "superset"))

from bundle import layout, spec

DASHBOARDS = {dashboard.slug: dashboard for dashboard in spec.load_dashboards()}

# One number a table: how its first column finds the row (`{}`), and which column's text is compared.
NEWEST = (
    "period_start = (select max(period_start) from marts_cx.{}"
    " where period_start < (select date_trunc('quarter', data_as_of) from marts_cx.release_status))"
)
TABLES = {
    "What pains them": (
        f"select persons from marts_cx.voice_pain_gain where replace(topic, '_', ' ') = '{{0}}' and {NEWEST.format('voice_pain_gain')}",
        1,
    ),
    "Scores and their bounds": (
        "select n from marts_cx.voice_bounds join marts_cx.metric_definition using (metric)"
        f" where title = '{{0}}' and survey = 'all' and {NEWEST.format('voice_bounds')}",
        2,
    ),
    "Moods against people's ratings": (
        "select n from marts_cx.voice_text_error where replace(corpus, '_', ' ') = '{0}' and mood = '{2}'",
        3,
    ),
    "Reconciliation to the source": ("select rows_landed from marts_cx.stream_health where source = '{0}' and stream = '{1}'", 3),
    "Releases": ("select coalesce(rows_changed, 0) from ops.release where release_id = '{0}'", 4),
    "Runs": ("select coalesce(sum(rows_landed), 0) from ops.stream_load where run_id = '{0}'", 6),
    "Freshness by stream": ("select rows_landed from marts_cx.stream_health where source = '{0}' and stream = '{1}'", 5),
    "From the source's count to the core": (
        "select rows_fetched from ops.reconciliation as r join ops.run as u using (run_id) where source = '{0}' and stream = '{1}'"
        " order by u.started_at desc limit 1",
        3,
    ),
    "Held back, by field and reason": (
        "select coalesce(sum(rows), 0) from ops.quarantine where source = '{0}' and stream = '{1}' and field = '{2}' and reason = '{3}'"
        " and seen_at > now() - interval '30 days'",
        4,
    ),
}


@pytest.mark.parametrize("slug", sorted(DASHBOARDS))
def test_one_number_a_chart_is_the_warehouses(demo: Box, browser: Browser, slug: str) -> None:
    """Would catch any chart whose number on screen is not the metric's or the table's for that cell."""
    dashboard = DASHBOARDS[slug]
    checked = set()
    with logged_in(browser, demo, "analyst") as screen:
        screen.open(slug)
        text = screen.page.locator(".dashboard-content").inner_text()
        head = screen.page.locator(f'[data-test-chart-name="{layout.header_title(dashboard)}"]').inner_text()
        assert demo.query("analyst", "select release_id from marts_cx.release_status")[0]["release_id"] in head
        ids = _chart_ids(screen, slug)
        for tile in dashboard.tiles():
            if tile.title not in ids:
                assert tile.empty in text, f"{tile.title} is neither drawn nor explained"
                continue
            chart = screen.page.locator(f'[data-test-chart-id="{ids[tile.title]}"]')
            chart.scroll_into_view_if_needed()
            CHECKS[tile.kind](demo, screen, chart, tile)
            checked.add(tile.title)
    assert len(checked) >= 6, "too few charts were compared to prove anything"


def _chart_ids(screen: Screen, slug: str) -> dict[str, int]:
    found = screen.page.request.get(f"{screen.address}/api/v1/dashboard/{slug}/charts").json()["result"]
    return {entry["slice_name"]: entry["id"] for entry in found}


def _kpi(box: Box, screen: Screen, chart: Locator, tile: spec.Tile) -> None:
    name = tile.where["metric"]
    month = last_complete_month(box)
    if tile.options.get("period") == "current":
        month = date.fromisoformat(str(box.json("metric", name, "--grain", "month")[0]["period_start"])[:10])
    cell = metric(box, name, month)
    text = chart.inner_text()
    if cell is None:
        assert "no data" in text, tile.title
    elif cell["suppressed_reason"]:
        assert "hidden: fewer than 5" in text, tile.title
    else:
        assert shown(cell["value"], units(box)[name]) in text, f"{tile.title}: {text}"
        assert units(box)[name] == "count" or f"{cell['n']:,}" in text, f"{tile.title}: n"


def _intervals(box: Box, screen: Screen, chart: Locator, tile: spec.Tile) -> None:
    name = tile.where["metric"]
    rows = chart.locator(".rp-row:not(.rp-head)").all()
    label = chart.locator(".rp-note").inner_text()  # "Q3 2026. Bars run …"
    quarter, year = int(label[1]), int(label[3:7])
    start = date(year, 3 * quarter - 2, 1).isoformat()
    cut = tile.where["cut"]
    found = box.json("metric", name, "--grain", "quarter", "--by", cut)
    cells = {cell[cut].replace("_", " "): cell for cell in found if str(cell["period_start"])[:10] == start}
    assert rows, tile.title
    for row in rows:
        member = row.locator(".rp-name").inner_text()
        member = " ".join(member.split())
        expected = "hidden" if cells[member]["suppressed_reason"] else shown(cells[member]["value"], units(box)[name])
        assert expected in row.inner_text(), f"{tile.title}: {member}"


def _trend(box: Box, screen: Screen, chart: Locator, tile: spec.Tile) -> None:
    about, series = screen.tooltip(chart)
    month = datetime.strptime(about, "%b %Y").date()  # noqa: DTZ007 - a month has no zone
    cell = metric(box, tile.where["metric"], month)
    assert cell, f"{tile.title}: {about}"
    assert str(cell["period_start"])[:10] == month.isoformat(), f"{tile.title}: a point where the metric has none, {about}"
    factor = {"minutes": 1 / 60, "share": 100.0}.get(units(box)[tile.where["metric"]], 1.0)
    decimals = 0 if ".0f" in tile.options.get("format", "") else 1
    drawn = number(series[tile.options["label"]])
    assert drawn == pytest.approx(cell["value"] * factor, abs=0.51 * 10**-decimals), f"{tile.title}: {about}"
    low, high = cell["ci_low"] * factor, cell["ci_high"] * factor
    assert number(series["95 % low"]) == pytest.approx(low, abs=0.51 * 10**-decimals), f"{tile.title}: {about}"
    assert number(series["95 % high"]) == pytest.approx(high, abs=0.51 * 10**-decimals), f"{tile.title}: {about}"


def _stack(box: Box, screen: Screen, chart: Locator, tile: spec.Tile) -> None:
    about, series = screen.tooltip(chart)
    day = datetime.strptime(about, "%d %b %Y").date().isoformat()  # noqa: DTZ007 - a day in the chart has no zone
    sums = {
        "support_backlog_age": f"select sum(open_tickets) as n from marts_cx.support_backlog_daily where day = '{day}'",
        "pipeline_landed": "select sum(rows_landed) as n from ops.stream_load"
        f" where date_trunc('day', started_at at time zone 'UTC') = '{day}'",
    }
    drawn = sum(number(text) for name, text in series.items() if name != "Total")
    assert drawn == float(box.query("analyst", sums[tile.dataset])[0]["n"]), f"{tile.title}: {about}"


def _columns(box: Box, screen: Screen, chart: Locator, tile: spec.Tile) -> None:
    about, series = screen.tooltip(chart)
    upto = last_complete_month(box)
    sql = (
        "select coalesce(sum(answers), 0) as n from marts_cx.voice_score_distribution"
        f" where measure = '{tile.where['measure']}' and score = {int(number(about))}"
        f" and month > date '{upto}' - interval '3 months' and month <= date '{upto}'"
    )
    assert number(series["Answers"]) == float(box.query("analyst", sql)[0]["n"]), f"{tile.title}: {about}"


def _bars(box: Box, screen: Screen, chart: Locator, tile: spec.Tile) -> None:
    first = chart.locator(".rp-row:not(.rp-head)").first
    upto = last_complete_month(box)
    reason = first.locator(".rp-name").inner_text()
    sql = (
        f"select sum(tickets) as n from marts_cx.support_reason where replace(reason, '_', ' ') = '{reason}'"
        f" and month > date '{upto}' - interval '3 months' and month <= date '{upto}'"
    )
    assert number(first.locator("b").inner_text()) == float(box.query("analyst", sql)[0]["n"]), tile.title


def _facts(box: Box, screen: Screen, chart: Locator, tile: spec.Tile) -> None:
    since = "(select max(started_at) from ops.stream_load) - interval '24 hours'"
    sql = f"select sum(rows_landed) as n from ops.stream_load where started_at > {since}"
    text = chart.locator(".rp-fact", has_text="Rows landed").locator(".rp-value").inner_text()
    assert number(text) == float(box.query("analyst", sql)[0]["n"])


def _table(box: Box, screen: Screen, chart: Locator, tile: spec.Tile) -> None:
    cells = chart.locator("tbody tr").first.locator("td").all_inner_texts()
    if tile.title not in TABLES:
        assert any(cell.strip() for cell in cells), tile.title
        return
    sql, column = TABLES[tile.title]
    expected = next(iter(box.query("analyst", sql.format(*cells))[0].values()))
    assert number(cells[column]) == float(expected), f"{tile.title}: {cells}"


CHECKS = {
    "kpi": _kpi,
    "intervals": _intervals,
    "trend": _trend,
    "stack": _stack,
    "columns": _columns,
    "bars": _bars,
    "facts": _facts,
    "table": _table,
}
