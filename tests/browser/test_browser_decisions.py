"""Would catch: a leader who cannot write down what was decided where it was seen, or somebody else who can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser
from screen import logged_in

from tests.whole_box import Box

TITLE = "Chat is staffed on Saturdays, as a trial"
CHART = "First answer, opening hours, median"


@pytest.fixture
def recorded(demo: Box) -> Iterator[list[dict[str, Any]]]:
    """What is in the inbox after the test, beyond what was there before; taken out again at the end."""
    before = {entry["file"] for entry in demo.json("governance", "list")}
    found: list[dict[str, Any]] = []
    yield found
    for entry in demo.json("governance", "list"):
        if entry["file"] not in before:
            Path(entry["file"]).unlink()


def test_a_leader_records_a_decision_where_it_was_seen(demo: Box, browser: Browser, recorded: list[dict[str, Any]]) -> None:
    """Would catch a form that keeps nothing, keeps it under a person's name, or loses what was typed when something is wrong."""
    with logged_in(browser, demo, "leader") as screen:
        screen.open("support")
        screen.page.click("text=Record a decision on what you see here")
        screen.page.wait_for_url("**/rapport/decisions/**")
        screen.page.select_option("#chart", CHART)
        screen.page.fill("#title", TITLE)
        screen.page.select_option("#owner", "support")
        screen.page.fill("#due_on", "2020-01-31")
        screen.page.click("text=Record it")
        assert "choose a later one" in screen.page.locator("[role=alert]").inner_text()
        assert screen.page.input_value("#title") == TITLE
        screen.page.fill("#due_on", "2099-01-31")
        screen.keep("decision-leader")
        screen.page.click("text=Record it")
        screen.page.wait_for_selector("h1:text-is('Recorded')", timeout=120_000)
        assert screen.left == []
    kept = {entry["kind"]: entry for entry in demo.json("governance", "list") if TITLE in Path(entry["file"]).read_text()}
    assert set(kept) == {"decisions", "actions"}
    text = Path(kept["decisions"]["file"]).read_text()
    assert CHART in text
    assert kept["decisions"]["uploaded_by"] == "leader"
    assert "2099-01-31" in Path(kept["actions"]["file"]).read_text()


def test_nobody_else_records_decisions(demo: Box, browser: Browser, recorded: list[dict[str, Any]]) -> None:
    """Would catch an analyst who decides, a page open to strangers, and a form sent from another site."""
    with logged_in(browser, demo, "analyst") as screen:
        assert screen.page.request.get(f"{screen.address}/rapport/decisions/?dashboard=support").status == 403
    with logged_in(browser, demo, "leader") as screen:
        page = f"{screen.address}/rapport/decisions/"
        assert screen.page.request.get(f"{page}?dashboard=support").status == 200
        assert screen.page.request.get(f"{page}?dashboard=pipeline-and-lineage").status == 404
        forged = screen.page.request.post(page, form={"dashboard": "support", "chart": CHART, "title": "Forged", "owner": "support"})
        assert forged.status == 400 or forged.url.endswith("/superset/welcome/"), "a form without its token is turned away"
        stranger = httpx.get(f"{page}?dashboard=support", follow_redirects=False)
    assert stranger.status_code == 302
    assert "/login" in stranger.headers["location"]
    assert not [entry for entry in demo.json("governance", "list") if "Forged" in Path(entry["file"]).read_text()]
