"""Would catch a blocked release that readers do not hear of: they must see the last good one, and why it is not newer."""

from __future__ import annotations

import psycopg
from playwright.sync_api import Browser
from rapport.warehouse import server
from screen import logged_in

from tests.whole_box import Box

REASON = "gate on marts: 3 rows of csat_binary lie outside 0 to 1"


def test_a_blocked_release_is_told_at_once_with_its_reason(demo: Box, browser: Browser) -> None:
    """Would catch a header served from yesterday's cache."""
    with psycopg.connect(server.admin_dsn(demo.home, "rapport"), autocommit=True) as conn, logged_in(browser, demo, "leader") as screen:
        screen.open("support")
        before = screen.page.locator(".rp-header").inner_text()
        assert "blocked" not in before
        assert "Simulated company" in before
        conn.execute("update marts_cx.release_status set state = 'blocked', reason = %s", [REASON])
        try:
            screen.open("support")
            told = screen.page.locator(".rp-header").inner_text()
            screen.keep("support-leader-blocked")
        finally:
            conn.execute("update marts_cx.release_status set state = 'published', reason = null")
    release = demo.query("leader", "select release_id from marts_cx.release_status")[0]["release_id"]
    assert "A newer release is blocked" in told
    assert REASON in told
    assert release in told
