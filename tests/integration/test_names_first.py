"""Would catch: a text that is read before the sources that know its people, and keeps their names for good."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from rapport.declarations import Source, load_sources
from rapport.home import Home
from rapport.pipeline.order import in_order, unread_names

TELLERS = {("bamboohr", "employees"), ("salesforce", "contacts"), ("salesforce", "leads"), ("salesforce", "users")}


@pytest.fixture
def declared(warehouse: Home) -> dict[str, Source]:
    return load_sources(warehouse.sources_dir)


def _read(home: Home, *streams: tuple[str, str], state: str = "success") -> None:
    with psycopg.connect(home.dsn("loader")) as conn:
        conn.execute("insert into ops.run (run_id, trigger, started_at, state) values ('r1', 'test', now(), 'running')")
        for source, stream in streams:
            conn.execute(
                "insert into ops.stream_load (load_id, run_id, source, domain, stream, started_at, state)"
                " values (%s, 'r1', %s, 'crm', %s, now(), %s)",
                [f"{source}.{stream}", source, stream, state],
            )


def _names(home: Home, declared: dict[str, Source], source: str) -> set[tuple[str, str]]:
    return {(earlier.name, stream.name) for earlier, stream in unread_names(home, declared, declared[source])}


def test_crm_and_hr_come_before_support_and_support_before_the_rest(declared: dict[str, Source]) -> None:
    """Would catch: surveys read beside the systems that know who answers them."""
    first, second, last = ({source.domain for source in group} for group in in_order(declared.values()))
    assert (first, second) == ({"crm", "hr"}, {"support"})
    assert last >= {"survey", "website"}


def test_a_helpdesk_waits_for_the_names_of_crm_and_hr(warehouse: Home, declared: dict[str, Source]) -> None:
    """Would catch: a new warehouse whose first tick is the helpdesk's."""
    assert _names(warehouse, declared, "zendesk") >= TELLERS
    assert not _names(warehouse, declared, "salesforce")


def test_a_failed_reading_tells_no_names(warehouse: Home, declared: dict[str, Source]) -> None:
    """Would catch: a broken CRM connection that counts as read."""
    _read(warehouse, *_names(warehouse, declared, "zendesk"), state="failed")
    assert _names(warehouse, declared, "zendesk") >= TELLERS


def test_nothing_is_waited_for_once_all_names_were_read(warehouse: Home, declared: dict[str, Source]) -> None:
    """Would catch: a source that is never read at all."""
    _read(warehouse, *_names(warehouse, declared, "zendesk"))
    assert not _names(warehouse, declared, "zendesk")


@pytest.mark.parametrize(("run_type", "skips"), [("scheduled", True), ("manual", False)])
def test_only_a_tick_of_the_clock_skips(warehouse: Home, monkeypatch: pytest.MonkeyPatch, run_type: str, skips: bool) -> None:
    """Would catch: a scheduled run that reads texts too early, or a person who is kept from running what they ask for."""
    from airflow.sdk.exceptions import AirflowSkipException
    from rapport.airflow import steps
    from rapport.pipeline import extract

    asked: list[str] = []

    def reads(_home: Home, source: str, stream: str, **_: Any) -> extract.StreamResult:
        asked.append(f"{source}.{stream}")
        return extract.StreamResult("l1", source, stream, 0, 0, 0, 0, 0, 0.0)

    monkeypatch.setenv("RAPPORT_HOME", str(warehouse.path))
    monkeypatch.setattr(extract, "extract_stream", reads)
    context = {
        "dag": SimpleNamespace(dag_id="extract_zendesk"),
        "run_id": "r1",
        "dag_run": SimpleNamespace(run_type=run_type),
        "params": {"full_refresh": False},
    }
    if skips:
        with pytest.raises(AirflowSkipException, match=r"salesforce\.contacts"):
            steps.load_stream(context, "zendesk", "tickets", None)
    else:
        steps.load_stream(context, "zendesk", "tickets", None)
    assert asked == ([] if skips else ["zendesk.tickets"])
