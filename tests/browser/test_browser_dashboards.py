"""Would catch a dashboard that a person cannot read: a chart that fails, is empty, is cut off by the policy, or phones out."""

from __future__ import annotations

import sys

import pytest
from playwright.sync_api import Browser
from rapport.home import checkout
from screen import barriers, logged_in

from tests.whole_box import Box

sys.path.append(str(checkout() / "superset"))

from bundle import layout, spec

DASHBOARDS = {dashboard.slug: dashboard for dashboard in spec.load_dashboards()}
READERS = [(role, slug) for slug, dashboard in DASHBOARDS.items() for role in ("analyst", "leader") if f"Rapport {role}" in dashboard.roles]
NEVER_SHOWN = (
    "No results",
    "Unexpected error",
    "Error:",
    "error while",
    "Data error",
    "have permission",
    "permission denied",
    "NaN",
    "undefined",
    "[object Object]",
    "{{",
)


# What axe finds that is not ours to mend: Superset's own frame of a chart.
NOT_OURS = ("aria-prohibited-attr:", "scrollable-region-focusable:")

WIDE = ("support", "journey")  # on a wide screen the grid is the same; two stand for all
SCREENS = [(role, slug, 1280) for role, slug in READERS] + [("analyst", slug, 1920) for slug in WIDE]


@pytest.mark.parametrize(("role", "slug", "width"), SCREENS)
def test_every_chart_is_drawn(demo: Box, browser: Browser, role: str, slug: str, width: int) -> None:
    """Would catch a chart in error or without rows, for one of its readers or at one width."""
    with logged_in(browser, demo, role, width) as screen:
        charts = screen.open(slug)
        kept = screen.keep(f"{slug}-{role}-{width}")
        names = {chart.get_attribute("data-test-chart-name") for chart in charts}
        text = screen.page.locator(".dashboard-content").inner_text()
        assert kept.stat().st_size > 20_000, "the screenshot is blank"
        assert [word for word in NEVER_SHOWN if word in text] == []
        assert screen.page.locator(".ant-alert-error, .ant-empty, [data-test='chart-error']").count() == 0
        assert screen.failed == []
        assert screen.left == [], "a request left this machine"
        assert len(screen.answers) == len(charts)
        assert [name for name in names if not name] == []
        empty = [chart for chart, answers in screen.answers.items() if not all(answer["rowcount"] for answer in answers)]
        assert empty == []
        # a chart without data yet is replaced by its own explanation: together they are the whole specification
        explained = [tile for tile in DASHBOARDS[slug].tiles() if tile.empty in text]
        shown = {tile.title for tile in DASHBOARDS[slug].tiles()} | {layout.header_title(DASHBOARDS[slug])}
        assert len(charts) + len(explained) >= len(shown)
        if role == DASHBOARDS[slug].roles[0].removeprefix("Rapport ") and width == 1280:
            assert [found for found in barriers(screen.page) if not found.startswith(NOT_OURS)] == []


def test_what_is_hard_to_read_is_found(demo: Box, browser: Browser) -> None:
    """Would catch a look for barriers that sees none: pale letters and a picture without words are planted."""
    with logged_in(browser, demo, "leader") as screen:
        screen.open("start")
        planted = "<p style='color:#ccc;background:#fff'>pale words</p><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>"
        screen.page.evaluate("html => document.querySelector('.rp-card').insertAdjacentHTML('beforeend', html)", planted)
        assert {found.split(":")[0] for found in barriers(screen.page)} == {"color-contrast", "image-alt"}


def test_tracking_pixel_is_stopped_in_the_browser(demo: Box, browser: Browser) -> None:
    """Would catch a watch that sees nothing: Superset's compiled-in pixel is tried, and stopped by the content policy."""
    with logged_in(browser, demo, "leader") as screen:
        screen.open("support")
        assert any("scarf" in url for url in screen.stopped)
        assert screen.left == []


def test_charts_come_from_the_cache_after_a_release(demo: Box, browser: Browser) -> None:
    """Would catch a warm-up that asks other questions than the browser, so that the first reader of a release waits."""
    with logged_in(browser, demo, "leader") as screen:
        screen.open("support")
        datasets = spec.load_datasets()
        tiles = {tile.title: tile for tile in DASHBOARDS["support"].tiles()}
        cold = []
        for chart in screen.page.locator('[data-test="chart-grid-component"]').all():
            name, number = chart.get_attribute("data-test-chart-name"), int(chart.get_attribute("data-test-chart-id") or 0)
            tile = next((tile for tile in tiles.values() if name in (tile.title, tile.short)), None)
            if tile and not datasets[tile.dataset].live and not all(answer["is_cached"] for answer in screen.answers[number]):
                cold.append(name)
        assert cold == []


def titles(role: str) -> set[str]:
    """The dashboards that a role may open."""
    return {dashboard.title for dashboard in DASHBOARDS.values() if f"Rapport {role}" in dashboard.roles}


def test_leader_finds_the_weakest_promise_and_its_driver_by_clicking(demo: Box, browser: Browser) -> None:
    """Would catch a page where the answer to the first question of a leader or an engineer is more than three clicks away."""
    with logged_in(browser, demo, "leader") as screen:
        screen.open("start")
        screen.page.click(".rp-card a:text-is('Journey')")
        first = screen.page.locator('[data-test-chart-name="Promises kept, the weakest touchpoint first"] .rp-row:not(.rp-head)').first
        assert "weakest" in first.inner_text() or "lowest" in first.inner_text()
        screen.page.click("text=Open Voice & drivers")
        screen.page.wait_for_url("**/voice-and-drivers/**")
    with logged_in(browser, demo, "engineer") as screen:
        screen.open("start")
        screen.page.click(".rp-card a:text-is('Pipeline & lineage')")
        assert screen.page.locator('[data-test-chart-name="Freshness by stream"] tbody tr').first.inner_text()


def test_leader_is_not_shown_the_pipeline(demo: Box, browser: Browser) -> None:
    """Would catch the list of dashboards offering, or the address opening, what a leader's role may not read."""
    with logged_in(browser, demo, "leader") as screen:
        found = screen.page.request.get(f"{screen.address}/api/v1/dashboard/")
        assert {entry["dashboard_title"] for entry in found.json()["result"]} == titles("leader")
        refused = screen.page.request.get(f"{screen.address}/api/v1/dashboard/pipeline-and-lineage")
        assert refused.status in (403, 404)
    with logged_in(browser, demo, "analyst") as screen:
        found = screen.page.request.get(f"{screen.address}/api/v1/dashboard/")
        assert {entry["dashboard_title"] for entry in found.json()["result"]} == titles("analyst")
