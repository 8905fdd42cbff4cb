"""Dashboards on paper: a browser of its own draws each as a leader sees it, and the pages become one PDF."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Sequence
from typing import Any

from rapport.box import dashboards
from rapport.home import Home, HomeError

# The leaders' dashboards over customers' data. Results of employees are not mailed: a mail is read where no audit looks.
PAGES = ("leadership-scorecard", "journey", "loyalty-and-value", "trust-and-privacy", "closed-loop")
_WIDTH = 1280
_WAIT = 180_000  # milliseconds
_MARGIN = 40
_DRAWN = """() => !document.querySelector('[data-test="loading-indicator"], .loading')
  && document.querySelectorAll('[data-test="chart-grid-component"]').length > 0
  && [...document.querySelectorAll('[data-test="chart-grid-component"]')].every(
       chart => chart.querySelector('canvas, table, [class^="rp-"]'))"""
_HEIGHT = """Math.max(...[...document.querySelectorAll('.dashboard-component-chart-holder')].map(e => e.getBoundingClientRect().bottom))
  + Math.max(...[...document.querySelectorAll('*')].filter(e => !e.closest('.chart-container')).map(e => e.scrollTop))"""


def scorecard(home: Home, pages: Sequence[str] = PAGES, role: str = "leader") -> bytes:
    """Return one PDF with a page for each dashboard, as `role` sees it.

    Args:
        home: the installation; its Superset must run.
        pages: addresses (slugs) of dashboards.
        role: whose rights and login are used.

    Raises:
        HomeError: there is no Chromium, Superset does not answer, or a dashboard was not drawn.
    """
    from playwright.sync_api import Error, sync_playwright
    from pypdf import PdfWriter

    login = dashboards.login(home, role)
    merged = PdfWriter()
    with sync_playwright() as playwright:
        state: Any = None
        for slug in pages:
            browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"] if os.geteuid() == 0 else [])
            try:
                context = browser.new_context(viewport={"width": _WIDTH, "height": 900}, storage_state=state)
                page = context.new_page()
                if state is None:
                    _log_in(page, login)
                    state = context.storage_state()
                merged.append(io.BytesIO(_print(page, f"{login['address']}/superset/dashboard/{slug}/?standalone=1")))
            except Error as error:
                raise HomeError(f"the dashboard {slug} was not printed: {str(error).splitlines()[0]}") from None
            finally:
                browser.close()
    written = io.BytesIO()
    merged.write(written)
    return written.getvalue()


def _log_in(page: Any, login: dict[str, str]) -> None:
    page.goto(f"{login['address']}/login/", timeout=_WAIT)
    page.fill("#username", login["user"], timeout=_WAIT)
    page.fill("#password", login["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url, timeout=_WAIT)


def _print(page: Any, address: str) -> bytes:
    """Return the dashboard on one page that is as long as it is."""
    page.goto(address, timeout=_WAIT)
    page.wait_for_function(_DRAWN, timeout=_WAIT)
    height = int(page.evaluate(_HEIGHT)) + _MARGIN
    page.set_viewport_size({"width": _WIDTH, "height": height})
    page.wait_for_timeout(1500)  # charts grow with their animation
    page.emulate_media(media="screen")
    content: bytes = page.pdf(width=f"{_WIDTH}px", height=f"{height}px", print_background=True, page_ranges="1")
    return content


def _chromium() -> str:
    found = os.environ.get("RAPPORT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        raise HomeError("no Chromium: install it (Debian: apt-get install chromium), or name one in RAPPORT_CHROMIUM")
    return found
