"""Would catch a chart that shows another number than the warehouse holds for that cell: wrong filter, unit, period or column."""

from __future__ import annotations

import re
import sys
from datetime import date, datetime

import pytest
from numbers_expected import CLOSED, LINES, MATRICES, TABLES
from numbers_shown import last_complete_month, metric, number, quarter_of, quarterly, shown, units
from playwright.sync_api import Browser, Locator
from rapport.home import checkout
from screen import Screen, logged_in

from tests.whole_box import Box

sys.path.append(str(checkout() / "superset"))

from bundle import layout, spec

DASHBOARDS = {dashboard.slug: dashboard for dashboard in spec.load_dashboards()}


@pytest.mark.parametrize(
    "slug", sorted(slug for slug, dashboard in DASHBOARDS.items() if dashboard.tiles() and "Rapport analyst" in dashboard.roles)
)
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
    cell = quarterly(box, name, quarter_of(month)) if tile.options.get("period") == "quarter" else metric(box, name, month)
    text = chart.inner_text()
    if cell is None or "source not connected" in (cell["suppressed_reason"] or ""):
        assert "no data" in text or "Nothing to count has come from" in text, f"{tile.title}: {text}"
    elif cell["value"] is None and not cell["suppressed_reason"]:
        assert "not reached" in text or "–" in text, tile.title
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
    titles = _titles(box, cut)
    cells = {
        " ".join(titles.get(cell[cut], cell[cut]).replace("_", " ").split()): cell
        for cell in found
        if str(cell["period_start"])[:10] == start
    }
    assert rows, tile.title
    for row in rows:
        member = row.locator(".rp-name").inner_text()
        member = " ".join(member.split())
        cell = cells[member]
        expected = (
            "hidden" if cell["suppressed_reason"] else "not reached" if cell["value"] is None else shown(cell["value"], units(box)[name])
        )
        assert expected in row.inner_text(), f"{tile.title}: {member}"


def _titles(box: Box, cut: str) -> dict[str, str]:
    """Return the names that a tile shows for the members of a cut."""
    tables = {"stage": ("stage", "dim_stage where true"), "touchpoint": ("touchpoint_key", "dim_touchpoint where is_current")}
    if cut not in tables:
        return {"yes": "strategic", "no": "all others"} if cut == "strategic" else {}
    key, relation = tables[cut]
    return {row[key]: row["title"] for row in box.query("analyst", f"select {key}, title from marts_cx.{relation}")}


def _readings(box: Box, screen: Screen, chart: Locator, tile: spec.Tile) -> None:
    """Every line that is called as a metric shows this metric's number of the last complete quarter."""
    if tile.dataset == "promise_list":
        first = chart.locator(".rp-row:not(.rp-head)").first.inner_text()
        sql = "select title, value from marts_cx.promise_touchpoint where is_weakest and grain = 'quarter' order by period_start desc"
        quarter = quarter_of(last_complete_month(box))
        row = box.query("analyst", sql.replace(" order by", f" and period_start = '{quarter}' order by"))[0]
        assert row["title"] in first, "the weakest touchpoint stands first"
        assert shown(row["value"], "share") in first
        return
    if tile.dataset in LINES:
        sql, pattern = LINES[tile.dataset]
        lines = {row.locator("b").first.inner_text(): row.inner_text() for row in chart.locator(".rp-shown, .rp-imprecise").all()}
        name = next(iter(lines))
        assert pattern.format(100 * box.query("analyst", sql.format(name))[0]["n"]) in lines[name], f"{tile.title}: {name}"
        return
    names = {row["title"]: row["metric"] for row in box.query("analyst", "select title, metric from marts_cx.metric_definition")}
    lines = {row.locator("b").first.inner_text(): row.inner_text() for row in chart.locator(".rp-row:not(.rp-head)").all()}
    name = next(name for name, text in lines.items() if name in names and "hidden" not in text and "%" in text)
    cell = quarterly(box, names[name], quarter_of(last_complete_month(box)))
    assert cell, name
    assert shown(cell["value"], units(box)[names[name]]) in lines[name], f"{tile.title}: {name}"


def _matrix(box: Box, screen: Screen, chart: Locator, tile: spec.Tile) -> None:
    cells, columns = chart.locator(".rp-cell").all(), chart.locator(".rp-colhead").count()
    assert cells, tile.title
    if tile.dataset == "loyalty_cells":  # two by two, and those whose attitude nobody knows
        sql = "select share from marts_cx.loyalty_quadrant where segment = 'all' and loyalty = 'spurious' order by month desc limit 1"
        share = box.query("analyst", sql)
        assert len(cells) == 5
        assert f"Spurious loyalty: {100 * share[0]['share']:.1f} %" in cells[2].inner_text() if share else "nobody" in cells[2].inner_text()
        return
    assert len(cells) % columns == 0, "every row has every column"
    if tile.title not in MATRICES:
        return
    judge, pattern, sql = MATRICES[tile.title]
    closed = quarter_of(last_complete_month(box))
    opened = date(closed.year + closed.month // 10, (closed.month + 2) % 12 + 1, 1)
    texts = [(cell.get_attribute("title") or "") if ":" in pattern else cell.inner_text() for cell in cells]
    found = [match[1] for text in texts if (match := re.search(pattern, text))]
    drawn = judge(found if judge is len else [number(text) for text in found])
    assert drawn == float(box.query("analyst", sql.format(open_quarter=opened))[0]["n"]), tile.title


def _pairs(box: Box, screen: Screen, chart: Locator, tile: spec.Tile) -> None:
    first = chart.locator(".rp-row:not(.rp-head)").first
    text = first.inner_text()
    if tile.dataset == "trust_pairs":
        row = box.query("analyst", "select title, perception from marts_cx.trust_facet order by position limit 1")[0]
        assert row["title"] in text
        assert row["perception"] is None or f"{row['perception'] * 100:.0f} %" in text
        return
    if tile.dataset == "contrast_pairs":
        name = first.locator("b").first.inner_text()
        sql = "select metric, left_value, left_n from marts_cx.metric_contrast join marts_cx.metric_definition using (metric)"
        newest = f" where title = '{name}' and grain = 'quarter' and period_start < {CLOSED} order by period_start desc limit 1"
        row = box.query("analyst", sql + newest)[0]
        assert shown(row["left_value"], units(box)[row["metric"]]) in text, f"{tile.title}: {name}"
        assert f"{row['left_n']:,} against" in text
        return
    largest = "order by greatest(as_is, coalesce(should_be, 0)) desc, name limit 1"
    sql = f"select contacts from marts_cx.fivew_mix where w = '{tile.where['w']}' {largest}"
    assert f"n = {box.query('analyst', sql)[0]['contacts']:,}" in text, tile.title


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


def _curve(box: Box, screen: Screen, chart: Locator, tile: spec.Tile) -> None:
    about, series = screen.tooltip(chart)
    month = round(number(about))
    row = box.query("analyst", f"select * from marts_cx.retention_curve where dimension = 'all' and month_number = {month}")[0]
    for column, label in tile.options["series"].items():
        assert number(series[label]) == pytest.approx(100 * row[column], abs=0.51), f"{tile.title}: {label} after {month} months"


def _walk(box: Box, screen: Screen, chart: Locator, tile: spec.Tile) -> None:
    rows = box.query("analyst", "select title, look_alikes from marts_cx.masked_walk order by position")
    assert chart.locator(".rp-step b").all_inner_texts() == [row["title"] for row in rows]
    assert number(chart.locator(".rp-note").inner_text()) == rows[0]["look_alikes"] >= 20


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
    if tile.dataset == "fivew_summary":
        complete = box.query("analyst", "select count(*) as n from marts_cx.fivew_cell where is_complete")[0]["n"]
        assert chart.locator(".rp-fact .rp-value").first.inner_text() == f"{complete} of 10"
        return
    if tile.dataset == "risk_facts":
        risk = f"select lost, lost_exposed from marts_cx.value_hazard where period_start < {CLOSED} order by period_start desc limit 1"
        row = box.query("analyst", risk)[0]
        assert f"{row['lost_exposed']:,} of {row['lost']:,}" in chart.inner_text(), tile.title
        return
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
    "readings": _readings,
    "matrix": _matrix,
    "pairs": _pairs,
    "intervals": _intervals,
    "trend": _trend,
    "stack": _stack,
    "columns": _columns,
    "curve": _curve,
    "walk": _walk,
    "bars": _bars,
    "facts": _facts,
    "table": _table,
}
