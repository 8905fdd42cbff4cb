"""Would catch: reply, resolution, waiting or business time of a ticket other than a person with paper and a calendar gets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hand_worked import twelve
from helpdesk import only_zendesk, table
from rapport.declarations import load_sources
from rapport.home import Home
from rapport.pipeline.extract import extract_stream
from rapport.warehouse.dbt import invoke
from rapport.warehouse.dbt_project import ensure_build_tables

from tests.unit.connect_server import vendor

FACTS = ["fct_ticket", "fct_ticket_event", "fct_ticket_daily", "fct_ticket_handoff", "fct_sla"]
# ticket -> minutes to the first reply, to the first and to the last solution: calendar, business
TIMES: dict[int, tuple[tuple[float | None, float | None], tuple[float, float], tuple[float, float]]] = {
    # Friday 16:00-17:00 and Monday 9:00-10:00 are open: 60 + 60. Two nights of 24 hours, one of 23, that is 65 hours and not 66.
    1: ((65 * 60, 120), (65 * 60, 120), (65 * 60, 120)),
    # the clock starts with the merged ticket, at 9:00; replied at 11:00, solved at 12:00, all in open hours (10:00 to 13:00 in Berlin)
    2: ((120, 120), (180, 180), (180, 180)),
    # replied and solved after an hour; for good on Tuesday at 11:00: 26 hours, of which Monday 10:00-17:00 and Tuesday 9:00-12:00 are open
    3: ((60, 60), (60, 60), (26 * 60, 420 + 180)),
    4: ((90, 90), (90, 90), (90, 90)),
    # the bot does not count; 18:00 to 8:30 are 14.5 hours, of which Tuesday 9:00-9:30 in Berlin is open
    5: ((870, 30), (870, 30), (870, 30)),
    6: ((None, None), (60, 60), (60, 60)),
    # replies and solutions are measured by the schedule that the ticket began with: Berlin was open for its 15:00-17:00
    7: ((360, 120), (420, 120), (420, 120)),
    # Thursday 16:00-17:00, no Friday, Monday 9:00-10:00; on the calendar 3 days and 18 hours
    8: ((90 * 60, 120), (90 * 60, 120), (90 * 60, 120)),
    9: ((60, 60), (60, 60), (60, 60)),
    # Saturday 12:00 to Monday 8:15 are 44.25 hours; Monday 9:00-9:15 is open
    10: ((2655, 15), (2655, 15), (2655, 15)),
    # replied after an hour, solved after five, all open (9:00 to 14:00 in Berlin)
    11: ((60, 60), (300, 300), (300, 300)),
}
# ticket -> requester wait (calendar, business), agent wait, time at rest between solutions
WAITS: dict[int, tuple[float, float, float, float]] = {
    1: (65 * 60, 120, 0, 0),
    2: (180, 180, 0, 0),  # New from the merged ticket's beginning on
    3: (60 + 120, 60 + 120, 0, 23 * 60),  # New on Monday, Open on Tuesday 10:00-12:00 in Berlin; solved for 23 hours in between
    6: (60, 60, 0, 0),
    7: (420, 60 + 360, 0, 0),  # 15:00-16:00 in Berlin, then 10:00-16:00 in New York
    11: (60 + 60 + 60, 180, 120, 0),  # New, Open, Hold; Pending
}


@pytest.fixture(scope="module")
def home(module_warehouse: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = only_zendesk(tmp_path_factory.mktemp("sources"))
    with pytest.MonkeyPatch.context() as patch, vendor(twelve().answer) as served:
        patch.setenv("RAPPORT_SOURCES", str(folder))
        source = load_sources(folder)["zendesk"]
        for stream in source.ordered_streams:
            done = extract_stream(module_warehouse, "zendesk", stream.name, run_id="hand", connection=served.connection)
            assert done.rows_quarantined == 0, stream.name
        with psycopg.connect(module_warehouse.dsn("transformer")) as conn:
            ensure_build_tables(conn, module_warehouse.secret("surrogate_salt"))
        wanted = ["path:seeds", *(f"+{name}" for name in FACTS)]
        invoke(module_warehouse, ["build", "--exclude-resource-type", "test", "unit_test", "--select", *wanted])
        yield module_warehouse


def rows(home: Home, columns: str, relation: str = "core.fct_ticket") -> dict[int, tuple[Any, ...]]:
    return {int(row[0]): row[1:] for row in table(home, relation, f"source_id, {columns}")}


def test_replies_and_solutions_on_both_clocks(home: Home) -> None:
    parts = ("first_reply", "first_solved", "last_solved")
    columns = ", ".join(f"{part}_{clock}_minutes" for part in parts for clock in ("calendar", "business"))
    found = rows(home, columns)
    assert {number: found[number] for number in TIMES} == {
        number: tuple(value if value is None else pytest.approx(value) for pair in expected for value in pair)
        for number, expected in TIMES.items()
    }


def test_who_waited_for_whom(home: Home) -> None:
    found = rows(home, "requester_wait_minutes, requester_wait_business_minutes, agent_wait_minutes, rested_minutes")
    assert {number: found[number] for number in WAITS} == {number: tuple(map(pytest.approx, waits)) for number, waits in WAITS.items()}
    whole = rows(home, "requester_wait_minutes + agent_wait_minutes + rested_minutes, last_solved_calendar_minutes")
    for number in TIMES:  # statuses add up to the time that passed
        assert whole[number][0] == pytest.approx(whole[number][1]), number


def test_what_counts_and_what_became_of_it(home: Home) -> None:
    found = rows(home, "reject_reason, is_agent_opened, public_agent_replies, reopens, follow_ups, transfers, is_bot_conversation")
    assert {number: row[0] for number, row in found.items() if row[0]} == {20: "merged", 12: "deleted", 120: "spam"}
    assert {number for number, row in found.items() if row[1]} == {4}
    assert [found[number][2] for number in (1, 2, 3, 4, 5, 6, 7, 11)] == [1, 2, 2, 1, 1, 0, 2, 2]
    assert {number for number, row in found.items() if row[3]} == {3}
    assert {number for number, row in found.items() if row[4]} == {9}
    assert {number for number, row in found.items() if row[5]} == {11}
    assert {number for number, row in found.items() if row[6]} == {5}
    again = rows(home, "next_contact_minutes")
    assert again[9] == (pytest.approx(7 * 1440 - 60),)  # 90 came at 9:00, 9 had been solved at 10:00 seven days before
    assert {number for number, row in again.items() if row[0] is not None} == {9}


def test_whether_somebody_was_there_and_when_it_was_for_the_customer(home: Home) -> None:
    found = rows(home, "is_covered, local_hour_of_week, schedule_id, schedules")
    assert {number for number in TIMES if not found[number][0]} == {5, 10}  # the evening and the Saturday
    assert found[10][1] == 6 * 24 + 13  # Saturday 13:00
    assert found[1][1] == 5 * 24 + 16  # Friday 16:00, before the clocks changed
    assert found[8][1] == 4 * 24 + 16  # Thursday 16:00, in summer time
    assert found[7][2:] == ("zendesk:1", 2)


def test_targets_are_kept_or_missed_on_the_clock_in_force(home: Home) -> None:
    found = table(home, "core.fct_sla", "ticket_source_id, metric, target_minutes, elapsed_minutes, state")
    assert found == [
        ("11", "requester_wait", 200.0, pytest.approx(180), "met"),  # pending does not count
        ("3", "requester_wait", 100.0, pytest.approx(180), "breached"),  # the target that took the other's place
        ("3", "requester_wait", 200.0, pytest.approx(180), "superseded"),
        ("5", "first_reply", 60.0, pytest.approx(30), "met"),
        ("8", "first_reply", 60.0, pytest.approx(120), "breached"),
    ]


def test_teams_at_the_time_and_the_wait_at_the_handing_over(home: Home) -> None:
    handed = table(home, "core.fct_ticket_handoff", "ticket_source_id, from_queue, to_queue, wait_calendar_minutes, wait_business_minutes")
    assert handed == [("11", "Billing", "Digital", pytest.approx(30), pytest.approx(30))]
    said = table(
        home,
        "core.fct_ticket_event join core.fct_ticket using (ticket_key) where event_type = 'comment' and fct_ticket.source_id = '11'",
        "happened_at::time::text, fct_ticket_event.queue",
    )
    assert said == [("08:00:00", "Billing"), ("09:00:00", "Billing"), ("11:00:00", "Billing"), ("13:00:00", "Digital")]


def test_every_day_has_the_day_before_and_what_came_and_went(home: Home) -> None:
    days = table(
        home,
        "core.fct_ticket_daily group by day",
        "day, count(*) filter (where is_open_at_end), sum(created), sum(reopened), sum(solved), sum(removed)",
    )
    before = 0
    for _, unsolved, created, reopened, solved, removed in sorted(days):
        assert unsolved == before + created + reopened - solved - removed
        before = unsolved
    assert before == 1  # 90 is still open
    assert [sum(row[column] for row in days) for column in (2, 3, 4, 5)] == [12, 1, 12, 0]
