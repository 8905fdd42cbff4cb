"""Would catch: numbers of support that differ from what was planted in the simulated company, or from what its helpdesk itself says."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from tests.whole_box import Box

FIRST_CHAT = 5_000_001


def rows(box: Box, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(box.home.dsn("analyst" if "marts_cx." in query else "transformer")) as conn:
        return conn.execute(query.encode()).fetchall()


def test_our_clocks_and_the_vendors_agree_on_every_missed_target(run_home: Box) -> None:
    """Would catch: a pause, a holiday, a priority or an older target that our clocks take otherwise than the vendor's."""
    said = {
        (row[0], row[1])
        for row in rows(run_home, "select ticket_source_id, metric from input.input__sla_events where event_type = 'breach'")
    }
    into = {
        row[0] for row in rows(run_home, "select merged_into_source_id from input.input__tickets where merged_into_source_id is not null")
    }
    judged = rows(
        run_home, "select ticket_source_id, metric, state from core.fct_sla where state in ('met', 'breached', 'open', 'not needed')"
    )
    ours = [row for row in judged if row[0] not in into]  # the vendor does not start a clock with the earliest merged ticket
    assert {(row[0], row[1]) for row in ours if row[2] == "breached"} == {key for key in said if key in {row[:2] for row in ours}}
    assert len(ours) > 4000
    assert 0.02 < sum(row[2] == "breached" for row in ours) / len(ours) < 0.2
    targets = {
        row[0] for row in rows(run_home, "select target_minutes from core.fct_sla where policy = 'Standard' and metric = 'first_reply'")
    }
    assert targets == {120, 240, 480, 900, 180, 360, 720, 1350}  # as applied: 1.5 times as much before they were tightened


def test_statuses_add_up_to_the_time_that_passed(run_home: Box) -> None:
    """Would catch: a status counted twice or not at all."""
    ((tickets, worst),) = rows(
        run_home,
        "select count(*), max(abs(requester_wait_minutes + agent_wait_minutes + rested_minutes - last_solved_calendar_minutes))"
        " from core.fct_ticket where is_valid and last_solved_at is not null",
    )
    assert tickets > 3000
    assert worst < 0.001


def test_the_backlog_of_a_day_is_that_of_the_day_before_and_what_moved_it(run_home: Box) -> None:
    """Would catch: a ticket that appears in or vanishes from the backlog without having come or gone."""
    moves = "sum(open_tickets), sum(created) + sum(reopened) - sum(solved) - sum(removed)"
    days = {row[0]: row[1:] for row in rows(run_home, f"select day, {moves} from marts_cx.support_backlog_daily group by day")}
    before, day = 0, min(days)
    while day <= max(days):
        unsolved, moved = days.get(day, (before, 0))
        assert unsolved == before + moved, day
        before, day = unsolved, day + timedelta(days=1)


def test_availability_matches_what_was_planted(run_home: Box) -> None:
    """Would catch: demand read on the wrong clock. Thirty in a hundred were planted outside opening hours."""
    ((covered, tickets),) = rows(run_home, "select sum(is_covered::int), count(*) from core.fct_ticket where is_valid")
    assert tickets > 3000
    assert abs(covered / tickets - 0.70) < 0.03
    mart = rows(run_home, "select quarter, sum(share), sum(share * covered) from marts_cx.support_demand group by quarter")
    shown = rows(
        run_home,
        "select period_start, value from marts_cx.metric_value where metric = 'availability_match' and grain = 'quarter'"
        " and country = 'all' and segment = 'all' and industry = 'all' and strategic = 'all'"
        " and channel = 'all' and queue = 'all' and value is not null",
    )
    matched = {row[0]: row[2] for row in mart}
    assert all(abs(row[1] - 1) < 1e-9 for row in mart)
    assert shown
    assert all(abs(matched[row[0]] - row[1]) < 1e-9 for row in shown)


def test_the_weeks_in_which_clocks_change_are_like_others(run_home: Box) -> None:
    """Would catch: an hour of demand or staffing lost or doubled when clocks change."""
    openings: dict[str, tuple[str, list[tuple[int, int]]]] = {}
    for schedule, zone, start, end in rows(
        run_home, "select schedule_id, time_zone, week_minute_start, week_minute_end from intermediate.int_time__schedule_intervals"
    ):
        openings.setdefault(schedule, (zone, []))[1].append((start, end))
    closed = {(row[0], row[1]) for row in rows(run_home, "select schedule_id, day from intermediate.int_time__schedule_holidays")}
    found = rows(
        run_home, "select schedule_id, clock_started_at, is_covered, person_key, local_hour_of_week from core.fct_ticket where is_valid"
    )
    seen = 0
    for schedule, at, covered, _, _ in found:
        if not any(date(2025, m, d) <= at.date() <= date(2025, m, d) + timedelta(days=7) for m, d in ((3, 8), (3, 28), (10, 25), (11, 1))):
            continue
        zone, spans = openings[schedule]
        local = at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        minute = (local.isoweekday() % 7) * 1440 + local.hour * 60 + local.minute
        seen += 1
        assert covered == (any(start <= minute < end for start, end in spans) and (schedule, local.date()) not in closed), at
    assert seen > 50
    assert isinstance(found[0][1], datetime)


def test_what_the_assistant_settled_and_what_it_only_ended(run_home: Box) -> None:
    """Would catch: customers who gave up counted as helped."""
    planted = json.loads((run_home.home.sandbox_path / "truth.json").read_text())["bot_chats"]
    chats = "from core.fct_ticket where source = 'zendesk' and is_valid and source_id::bigint >= " + str(FIRST_CHAT)
    ((talks, alone),) = rows(
        run_home, f"select count(*), sum((is_bot_conversation and is_settled_without_human)::int) {chats} and not is_open"
    )
    assert abs(talks - sum(planted.values())) <= 3  # those of the last day are under way
    assert abs(alone - planted["contained"] - planted["abandoned"]) <= 2
    ((again,),) = rows(run_home, f"select sum((is_settled_without_human and next_contact_minutes <= 10080)::int) {chats}")
    assert again >= 0.9 * planted["abandoned"]


def test_what_employees_ask_counts_with_no_customer(run_home: Box) -> None:
    """Would catch: internal tickets among those of customers, or readable."""
    ((internal, read),) = rows(
        run_home, "select count(*), count(subject_redacted) from marts_cx.fct_ticket where reject_reason = 'internal'"
    )
    assert (internal > 20, read) == (True, 0)
    ((valid,),) = rows(run_home, "select count(*) from core.fct_ticket where is_valid")
    ((counted,),) = rows(run_home, "select count(*) from intermediate.int_cases__ticket_outcomes")
    ((own,),) = rows(run_home, "select count(*) from intermediate.int_cases__internal_tickets")
    assert (counted, own) == (valid, internal)


def test_mixes_add_up(run_home: Box) -> None:
    """Would catch: a team, channel, country or hour that falls out of who, what, where and when."""
    sums = rows(run_home, "select dimension, month, sum(share) from marts_cx.contact_mix group by 1, 2")
    assert {row[0] for row in sums} == {"who", "what", "where", "when"}
    assert all(abs(row[2] - 1) < 1e-9 for row in sums)


def test_longer_waits_out_of_hours_are_told_with_their_interval(run_home: Box) -> None:
    """Would catch: a difference of medians that is another than that of the tickets, or no interval around it."""
    cells = rows(
        run_home,
        "select period_start, value, low, high from analysis.metric_estimate"
        " where step = 'wait_excess' and grain = 'quarter' and value is not null",
    )
    assert len(cells) >= 6
    for start, value, low, high in cells:
        ((expected,),) = rows(
            run_home,
            "select percentile_cont(0.5) within group (order by first_reply_calendar_minutes) filter (where not is_covered)"
            " - percentile_cont(0.5) within group (order by first_reply_calendar_minutes) filter (where is_covered)"
            f" from core.fct_ticket where is_valid and date_trunc('quarter', created_day) = '{start}'",
        )
        assert abs(value - expected) < 1e-6
        assert low <= value <= high
        assert low > 0  # whoever comes at night waits for the morning
