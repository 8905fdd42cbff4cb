"""A failed gate holds the release back: bad rows that the source serves, from the wire to what a reader sees."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import remove_home, temporary_home
from tests.whole_box import Box


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    """A home of its own, because what happens here cannot be undone: a small company, one release published from good rows."""
    box = Box.at(temporary_home("rapport-block-"), RAPPORT_SANDBOX_SCALE="0.05")
    try:
        box.rapport("run")
        yield box
    finally:
        box.rapport("down", check=False)
        remove_home(box.home)


def _serve_bad_rows(box: Box) -> None:
    env = {**os.environ, "RAPPORT_SANDBOX_HOME": str(box.home.path.with_name(box.home.path.name + "-sandbox"))}
    command = [sys.executable, "-m", "sandbox", "fault", "--set", "bad_rows=zendesk.tickets"]
    subprocess.run(command, cwd=box.home.root, env=env, check=True, capture_output=True)


def _tickets(box: Box) -> list[dict[str, object]]:
    return box.query(
        "analyst", "select count(*) as tickets, md5(string_agg(f::text, '' order by f::text)) as content from marts_cx.fct_ticket as f"
    )


def test_bad_rows_leave_the_previous_release_standing_with_the_reason(box: Box) -> None:
    """Catches bad rows that are published, a block that empties or changes what people read, and a dashboard that does not say why."""
    before = box.query("analyst", "select * from marts_cx.release_status")[0]
    tickets = _tickets(box)
    assert (before["state"], before["reason"]) == ("published", None)  # the control: good rows are published
    assert int(str(tickets[0]["tickets"])) > 100

    _serve_bad_rows(box)
    done = box.rapport("run", "--full-refresh", check=False)
    assert done.returncode == 1
    assert "raw_zendesk.tickets breaks the rule" in done.stdout

    after = box.query("analyst", "select * from marts_cx.release_status")[0]
    assert after["state"] == "blocked"
    assert "raw_zendesk.tickets breaks the rule" in after["reason"]
    kept = ("release_id", "published_at", "data_as_of")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert _tickets(box) == tickets
    states = box.query("engineer", "select state from ops.release order by published_at")
    assert [release["state"] for release in states] == ["published", "blocked"]
    assert box.query("engineer", "select state from ops.run order by started_at desc limit 1") == [{"state": "blocked"}]
