"""The gate on raw rows against the simulated helpdesk: good rows pass, bad rows that it serves do not."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from rapport.declarations import load_sources
from rapport.home import Home
from rapport.pipeline.extract import extract_stream
from rapport.quality import gate_raw

from tests.sandbox_server import SandboxServer, serve


@pytest.fixture(scope="module")
def desk() -> Iterator[SandboxServer]:
    with serve(0.05) as served:
        yield served


@pytest.fixture(scope="module")
def landed(module_warehouse: Home, desk: SandboxServer) -> Home:
    """A home that holds what the helpdesk serves on a good day."""
    for stream in load_sources(module_warehouse.sources_dir)["zendesk"].ordered_streams:
        _extract(module_warehouse, desk, stream.name)
    return module_warehouse


def _extract(home: Home, desk: SandboxServer, stream: str, *, full_refresh: bool = False) -> None:
    extract_stream(home, "zendesk", stream, run_id="test", connection=desk.connections["zendesk"], full_refresh=full_refresh)


def test_a_good_day_passes_and_a_day_of_bad_rows_does_not(landed: Home, desk: SandboxServer) -> None:
    """Catches bad rows of a source that reach the marts, and a gate that calls a good day bad."""
    good = gate_raw(landed, "good day")
    assert good.failures == ()
    assert good.judged > 60
    desk.command("fault", "--set", "bad_rows=zendesk.tickets")
    _extract(landed, desk, "tickets", full_refresh=True)
    bad = gate_raw(landed, "bad day")
    assert not bad.passed
    assert {failure.partition(" ")[0] for failure in bad.failures} == {"raw_zendesk.tickets"}
    with psycopg.connect(landed.dsn("analyst")) as conn:
        broken = conn.execute("select expectation from ops.gate where run_id = 'bad day' and not success order by 1").fetchall()
        quarantined = conn.execute("select sum(rows_quarantined) from ops.stream_load where stream = 'tickets'").fetchone()
    assert ("value_is_known(status)",) in broken
    assert any(name.startswith("clock_is_sane") for (name,) in broken)
    assert quarantined
    assert quarantined[0] > 0  # rows without a key never reach the table: they are counted instead
