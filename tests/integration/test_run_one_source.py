"""Would catch: a platform that works only once every declared system has been read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rapport.home import checkout

from tests.conftest import remove_home, temporary_home
from tests.whole_box import Box


@pytest.fixture(scope="module")
def desk_only() -> Iterator[Box]:
    """A home in which nothing but `rapport run --source zendesk` has run."""
    box = Box.at(temporary_home("rapport-one-"), RAPPORT_SANDBOX_SCALE="0.05")
    try:
        box.rapport("run", "--source", "zendesk")
        yield box
    finally:
        box.rapport("down", check=False)
        remove_home(box.home)


def test_one_source_alone_publishes_a_release(desk_only: Box) -> None:
    """Would catch: a build that fails because a table of another source was never made."""
    assert desk_only.json("status")["release"]["state"] == "published"
    tickets, answers = (
        desk_only.query("analyst", f"select count(*) as n from marts_cx.{fact}") for fact in ("fct_ticket", "fct_web_event")
    )
    assert tickets[0]["n"] > 100
    assert answers[0]["n"] == 0


def test_the_names_that_its_texts_may_hold_were_read_first(desk_only: Box) -> None:
    """Would catch: tickets landed with names that only the CRM or the HR system would have told."""
    loads = desk_only.query("engineer", "select source, stream, started_at from ops.stream_load order by started_at")
    order = [(load["source"], load["stream"]) for load in loads]
    assert order.index(("salesforce", "contacts")) < order.index(("zendesk", "tickets"))
    assert order.index(("bamboohr", "employees")) < order.index(("zendesk", "tickets"))
    assert ("salesforce", "tasks") not in order


def test_real_data_is_refused_beside_the_simulated_company(desk_only: Box, tmp_path: Path) -> None:
    """Would catch: exports loaded into the home of the simulated company."""
    extra = {"RAPPORT_SOURCES": str(checkout() / "examples" / "exports"), "RAPPORT_EXPORTS_DIR": str(tmp_path)}
    refused = replace(desk_only, env={**desk_only.env, **extra}).rapport("run", check=False)
    assert refused.returncode == 1
    assert "set RAPPORT_HOME to a folder of its own" in refused.stderr
