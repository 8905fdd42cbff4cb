"""What a person sees: Superset in a real Chromium, logged in with the password that `rapport login` prints."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Playwright, Request, Response, TimeoutError
from rapport.home import checkout

from tests.whole_box import Box

ARTIFACTS = checkout() / "test-artifacts"
_LOOPBACK = {"127.0.0.1", "localhost", ""}
_WAIT = 120_000  # milliseconds: the machine may be busy with the rest of the box


def chromium(playwright: Playwright) -> Browser:
    """Start Debian's Chromium (`RAPPORT_CHROMIUM` names another); nothing is downloaded."""
    executable = os.environ.get("RAPPORT_CHROMIUM") or shutil.which("chromium")
    if not executable:
        raise RuntimeError("no Chromium: apt-get install chromium, or name one in RAPPORT_CHROMIUM")
    return playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"] if os.geteuid() == 0 else [])


@dataclass
class Screen:
    """One logged-in page, and what it asked the network for.

    Attributes:
        page: the browser's page.
        address: Superset's.
        left: requests to other machines that were not stopped before they left.
        failed: answers of 400 and above.
        answers: chart answers by chart id.
    """

    page: Page
    address: str
    left: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    answers: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def open(self, slug: str) -> list[Locator]:
        """Open a dashboard, wait until its charts are drawn, and return them in reading order."""
        self.page.goto(f"{self.address}/superset/dashboard/{slug}/", timeout=_WAIT)
        self.page.wait_for_selector('[data-test="chart-grid-component"]', timeout=_WAIT)
        self.page.wait_for_function(
            """() => !document.querySelector('[data-test="loading-indicator"], .loading')
                 && [...document.querySelectorAll('[data-test="chart-grid-component"]')].every(
                      chart => chart.querySelector('.rp-header, .rp-kpi, .rp-list, .rp-facts, .rp-matrix, .rp-scatter, .rp-walk')
                        || chart.querySelector('canvas, table, .ant-alert, .ant-empty'))""",
            timeout=_WAIT,
        )
        height = self.page.evaluate(
            "Math.max(...[...document.querySelectorAll('.dashboard-component-chart-holder')].map(e => e.getBoundingClientRect().bottom))"
            " + Math.max(...[...document.querySelectorAll('*')].filter(e => !e.closest('.chart-container')).map(e => e.scrollTop))"
        )
        self.page.set_viewport_size({"width": self.page.viewport_size["width"], "height": min(int(height) + 40, 9000)})
        self.page.wait_for_timeout(1500)  # charts grow with their animation
        return self.page.locator('[data-test="chart-grid-component"]').all()

    def keep(self, name: str) -> Path:
        """Keep a screenshot in `test-artifacts/`."""
        ARTIFACTS.mkdir(exist_ok=True)
        file = ARTIFACTS / f"{name}.png"
        self.page.screenshot(path=str(file))
        return file

    def tooltip(self, chart: Locator, across: float = 0.6) -> tuple[str, dict[str, str]]:
        """Point at a drawn chart; return what its tooltip is about and the text of each series."""
        box = chart.locator("canvas").first.bounding_box()
        assert box, "the chart has no canvas"
        x, y = box["x"] + box["width"] * across, box["y"] + box["height"] * 0.55
        for step in range(6):
            self.page.mouse.move(x + step, y)
            self.page.wait_for_timeout(250)
            text = self.page.evaluate(
                "[...document.querySelectorAll('.echarts-tooltip')].filter(t => t.offsetHeight && t.style.opacity !== '0')"
                ".map(t => t.innerText).join('\\n')"
            )
            about, *rest = [part.strip() for part in re.split(r"[\n\t]", text) if part.strip()] or [""]
            if rest:
                return about, dict(zip(rest[::2], rest[1::2], strict=True))
        raise AssertionError("the chart shows no tooltip: nothing is drawn under the pointer")


@contextmanager
def logged_in(browser: Browser, box: Box, role: str, width: int = 1280) -> Iterator[Screen]:
    """Log in as `role` and give the screen; the browser's memory is forgotten afterwards."""
    login = box.json("login", "--role", role)
    context = browser.new_context(viewport={"width": width, "height": 900})
    screen = Screen(context.new_page(), login["address"])
    screen.page.on("response", lambda response: _answered(screen, response))
    screen.page.on("requestfailed", lambda request: _failed(screen, request))
    screen.page.goto(f"{login['address']}/login/", timeout=_WAIT)
    for last in (False, True):  # on a busy machine the form is sent before its page is alive, and comes back empty
        screen.page.fill("#username", login["user"], timeout=_WAIT)
        screen.page.fill("#password", login["password"])
        screen.page.keyboard.press("Enter")
        try:
            screen.page.wait_for_url(lambda url: "/login" not in url, timeout=_WAIT if last else _WAIT / 4)
            break
        except TimeoutError:
            if last:
                raise
    try:
        yield screen
    finally:
        context.close()


def _outside(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and (parts.hostname or "") not in _LOOPBACK


def _answered(screen: Screen, response: Response) -> None:
    if _outside(response.url):
        screen.left.append(response.url)
    if response.status >= 400:
        screen.failed.append(f"{response.status} {response.url}")
    if "/api/v1/chart/data" in response.url and response.ok:
        asked = response.request.post_data_json or {}
        screen.answers[int(asked["form_data"]["slice_id"])] = response.json()["result"]


def _failed(screen: Screen, request: Request) -> None:
    if _outside(request.url):
        (screen.stopped if request.failure == "csp" else screen.left).append(request.url)


def barriers(page: Page, within: str = ".dashboard-content") -> list[str]:
    """Return what axe finds in the way of people who see badly or use no mouse: rule, how many elements, and the first of them."""
    found = Axe().run(page, {"include": [within]}, {"runOnly": ["wcag2a", "wcag2aa"], "resultTypes": ["violations"]})
    return [f"{rule['id']}: {len(rule['nodes'])} elements, first {rule['nodes'][0]['html'][:160]}" for rule in found.response["violations"]]
