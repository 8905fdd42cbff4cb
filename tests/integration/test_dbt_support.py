"""Would catch: reply and business times, reopenings and rejects other than the definitions say; adding that differs from starting anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpdesk import BOT, CUSTOMER, Helpdesk, table
from helpdesk import only_zendesk as declarations
from rapport.home import Home
from rapport.warehouse.dbt import LAYERS, invoke, run_layer
from rapport.warehouse.dbt_project import build_variables
from rapport.warehouse.rebuild import RebuildError, refuse_loss

FACTS = [
    "core.fct_ticket",
    "core.fct_ticket_event",
    "core.fct_ticket_daily",
    "core.fct_ticket_handoff",
    "core.fct_sla",
    "core.fct_survey_answer",
    "core.fct_interaction",
    "core.dim_person",
    "core.dim_account",
]
MARTS = [
    f"next_marts_cx.{name}"
    for name in ("metric_value", "metric_part", "support_backlog_daily", "support_reason", "support_demand", "contact_mix", "fct_ticket")
]


def build(home: Home, *, full_refresh: bool = False) -> None:
    for layer in LAYERS:
        run_layer(home, layer, full_refresh=full_refresh)


def by_ticket(home: Home, column: str) -> dict[str, object]:
    return dict(table(home, "core.fct_ticket", f"source_id, {column}"))


@pytest.fixture(scope="module")
def desk(module_warehouse: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Helpdesk]:
    folder: Path = declarations(tmp_path_factory.mktemp("sources"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_SOURCES", str(folder))
        helpdesk = Helpdesk(module_warehouse)
        fill(helpdesk)
        build(module_warehouse)
        yield helpdesk


def fill(desk: Helpdesk) -> None:
    # 1: asked on Monday 10:00 in Berlin; a bot answers, then a note, then a person at 11:30; solved next day 09:30
    desk.ticket(1, "2026-03-02 09:00", status="solved", updated="2026-03-03 08:30")
    desk.opened(1, "2026-03-02 09:00")
    desk.comment(1, "2026-03-02 09:01", by=BOT)
    desk.comment(1, "2026-03-02 09:30", public=False)
    desk.comment(1, "2026-03-02 10:30")
    desk.moved(1, "2026-03-03 08:30", "new", "solved")
    # 2: an agent opens it with a public comment: the second one answers, an hour later
    desk.ticket(2, "2026-03-02 09:00", status="pending", updated="2026-03-02 10:00")
    desk.opened(2, "2026-03-02 09:00", by=900)
    desk.comment(2, "2026-03-02 09:20", by=CUSTOMER)
    desk.comment(2, "2026-03-02 10:00")
    desk.moved(2, "2026-03-02 10:00", "new", "pending")
    # 3: solved, back to open, solved again; pending in between
    desk.ticket(3, "2026-03-02 09:00", status="solved", updated="2026-03-02 14:00")
    desk.opened(3, "2026-03-02 09:00")
    desk.comment(3, "2026-03-02 09:30")
    desk.moved(3, "2026-03-02 10:00", "new", "solved")
    desk.moved(3, "2026-03-02 11:00", "solved", "open")
    desk.moved(3, "2026-03-02 12:00", "open", "pending")
    desk.moved(3, "2026-03-02 14:00", "pending", "solved")
    # 4: over the night the clocks go forward in Berlin (29 March 2026), Friday 16:00 to Monday 10:00 local
    desk.ticket(4, "2026-03-27 15:00", status="solved", updated="2026-03-30 08:00")
    desk.opened(4, "2026-03-27 15:00")
    desk.comment(4, "2026-03-30 08:00")
    desk.moved(4, "2026-03-30 08:00", "new", "solved")
    # 5: no schedule of its own: the organisation's default (08:00 to 18:00 in Berlin)
    desk.ticket(5, "2026-03-02 06:00")
    desk.opened(5, "2026-03-02 06:00", schedule=None)
    desk.comment(5, "2026-03-02 08:00")
    # 6: only a bot answered, still open
    desk.ticket(6, "2026-03-02 09:00")
    desk.opened(6, "2026-03-02 09:00")
    desk.comment(6, "2026-03-02 09:01", by=BOT)
    # 7 deleted, 8 internal, 9 merged into 1, from an hour before it
    desk.ticket(7, "2026-03-02 09:00", status="deleted", deleted_row=True)
    desk.ticket(8, "2026-03-02 09:00", tags=["internal"])
    desk.ticket(9, "2026-03-02 08:00", status="closed", updated="2026-03-02 09:10", tags=["closed_by_merge"])
    desk.opened(9, "2026-03-02 08:00")
    desk.comment(9, "2026-03-02 09:10", by=900, public=False, via_rel="merge", via_from_ticket_id=1)
    # 12 and 13: closed and deleted by their records alone; targets are assumed from the policy, for none is told to have been applied
    desk.ticket(12, "2026-03-02 09:00", status="closed", updated="2026-03-02 12:00")
    desk.opened(12, "2026-03-02 09:00")
    desk.ticket(13, "2026-03-02 09:00", deleted_row=True)
    desk.put("organizations", id=70, segment="enterprise", country="DE", is_strategic=True, updated_at="2026-03-10 09:00+00")
    targets = [
        {"priority": "normal", "metric": metric, "target": 60, "business_hours": False}
        for metric in ("first_reply_time", "requester_wait_time")
    ]
    desk.put("sla_policies", id=7, title="Gold", position=1, policy_metrics=targets, updated_at="2026-01-01 09:00+00")
    desk.put(
        "satisfaction_ratings", id=1, ticket_id=1, requester_id=CUSTOMER, score="offered", updated_at=at_rating(4), created_at=at_rating(4)
    )
    desk.put(
        "satisfaction_ratings", id=2, ticket_id=1, requester_id=CUSTOMER, score="good", updated_at=at_rating(5), created_at=at_rating(4)
    )


def at_rating(day: int) -> str:
    return f"2026-03-0{day} 09:00+00"


def test_a_person_answers_and_nobody_else(desk: Helpdesk) -> None:
    minutes = by_ticket(desk.home, "first_reply_calendar_minutes")
    assert minutes["1"] == pytest.approx(150)  # from the merged ticket's beginning; neither the bot nor the note stop the clock
    assert minutes["2"] == pytest.approx(60)
    assert minutes["3"] == pytest.approx(30)
    assert minutes["6"] is None


def test_business_minutes_are_open_minutes_also_when_the_clocks_change(desk: Helpdesk) -> None:
    reply, solved = by_ticket(desk.home, "first_reply_business_minutes"), by_ticket(desk.home, "last_solved_business_minutes")
    assert reply["1"] == pytest.approx(150)  # 09:00 to 11:30 on Monday in Berlin
    assert solved["1"] == pytest.approx(8 * 60 + 30)  # all of Monday, half an hour of Tuesday
    assert reply["4"] == pytest.approx(60 + 60)  # 16:00-17:00 on Friday, 09:00-10:00 on Monday, in summer time
    assert by_ticket(desk.home, "first_reply_calendar_minutes")["4"] == pytest.approx(65 * 60)
    assert reply["5"] == pytest.approx(60)  # asked at 07:00 in Berlin, the office opens at 08:00, answered at 09:00
    assert by_ticket(desk.home, "schedule_id") | {"5": "office", "8": "office", "7": "office"} == by_ticket(desk.home, "schedule_id")


def test_a_solved_ticket_that_comes_back_is_reopened_once(desk: Helpdesk) -> None:
    rows = {
        row[0]: row[1:] for row in table(desk.home, "core.fct_ticket", "source_id, reopens, requester_wait_minutes, agent_wait_minutes")
    }
    assert rows["3"] == (1, pytest.approx(60 + 60), pytest.approx(120))
    assert rows["1"][0] == 0
    solved = {
        row[0]: row[1:]
        for row in table(desk.home, "core.fct_ticket", "source_id, first_solved_calendar_minutes, last_solved_calendar_minutes")
    }
    assert solved["3"] == (pytest.approx(60), pytest.approx(300))


def test_tickets_that_do_not_count_say_why(desk: Helpdesk) -> None:
    reasons = by_ticket(desk.home, "reject_reason")
    assert {number: reason for number, reason in reasons.items() if reason} == {
        "7": "deleted",
        "8": "internal",
        "9": "merged",
        "13": "deleted",
    }
    assert by_ticket(desk.home, "is_open") | dict.fromkeys(["7", "12", "13"], False) == by_ticket(desk.home, "is_open")
    counted = table(desk.home, "next_marts_cx.metric_part", "sum(eligible)")
    assert counted and sum(row[0] for row in table(desk.home, "next_marts_cx.support_reason", "tickets")) == 7


def test_one_rating_a_ticket_counts_the_one_given(desk: Helpdesk) -> None:
    assert table(desk.home, "core.fct_survey_answer", "source_id, score, is_answered") == [("2", 1.0, True)]


def test_the_backlog_adds_up_from_day_to_day(desk: Helpdesk) -> None:
    moves = "day, sum(open_tickets), sum(created), sum(reopened), sum(solved), sum(removed)"
    rows = table(desk.home, "next_marts_cx.support_backlog_daily group by day", moves)
    before = 0
    for _, unsolved, created, reopened, solved, removed in sorted(rows):
        assert unsolved == before + created + reopened - solved - removed
        before = unsolved
    assert before == 3  # tickets 2, 5 and 6
    assert sum(row[3] for row in rows) == 1


def test_adding_gives_what_starting_anew_gives(desk: Helpdesk) -> None:
    home = desk.home
    desk.ticket(6, "2026-03-02 09:00", status="solved", updated="2026-03-04 09:00")  # changed itself
    desk.comment(5, "2026-03-04 08:30")  # only its events changed
    desk.moved(6, "2026-03-04 09:00", "new", "solved")
    desk.ticket(10, "2026-03-04 09:00")  # new
    desk.opened(10, "2026-03-04 09:00")
    desk.ticket(
        11, "2026-03-01 09:00", status="closed", updated="2026-03-04 09:00", tags=["closed_by_merge"]
    )  # late, moves ticket 3's beginning
    desk.comment(11, "2026-03-04 09:00", by=900, public=False, via_rel="merge", via_from_ticket_id=3)
    desk.put("users", id=CUSTOMER, role="end-user", organization_id=70, email_customer_token="em1_a", updated_at="2026-03-04 09:00+00")
    desk.put("users", id=499, role="end-user", email_customer_token="em1_a", updated_at="2026-03-04 09:00+00")  # one person with 500
    desk.put(  # an older version of the account comes late, its newest stays
        "organizations", id=70, segment="enterprise", country="FR", is_strategic=True, updated_at="2026-02-01 09:00+00"
    )
    before = by_ticket(home, "person_key")
    build(home)
    assert by_ticket(home, "country")["1"] == "FR"
    added = {relation: table(home, relation) for relation in FACTS + MARTS}
    wanted = table(home, "intermediate.int_support__tickets_to_build", "source_id")
    build(home, full_refresh=True)
    for relation in FACTS + MARTS:
        assert added[relation] == table(home, relation), relation
    assert len(wanted) < len(table(home, "core.fct_ticket")) or by_ticket(home, "person_key") != before
    assert by_ticket(home, "first_reply_calendar_minutes")["3"] == pytest.approx(24 * 60 + 30)


def test_a_ticket_closed_by_its_record_waits_until_then(desk: Helpdesk) -> None:
    """Would catch: a clock that runs on in a ticket that nobody waits for, to a time that moves with every build."""
    elapsed = dict(table(desk.home, "core.fct_sla where ticket_source_id = '12'", "metric, elapsed_minutes"))
    assert elapsed == {"first_reply": pytest.approx(180), "requester_wait": pytest.approx(180)}


def test_the_first_target_told_takes_the_place_of_those_assumed(desk: Helpdesk) -> None:
    """Would catch: targets taken from policies that stay on older tickets once the helpdesk tells where one applied."""
    assert len({row[0] for row in table(desk.home, "core.fct_sla", "ticket_source_id")}) > 5
    target: dict[str, Any] = {"metric": "reply_time", "instance_id": 1, "type": "apply_sla", "target_minutes": 60, "policy_id": 7}
    desk.put("ticket_metric_events", id=1, ticket_id=1, happened_at="2026-03-02 09:00+00", is_business_hours=False, **target)
    for layer in ("staging", "intermediate", "core"):
        run_layer(desk.home, layer)
    assert table(desk.home, "core.fct_sla", "ticket_source_id, metric") == [("1", "first_reply")]


def test_the_models_own_examples_hold(desk: Helpdesk) -> None:
    results = invoke(desk.home, ["test", "--select", "test_type:unit"])
    assert {result.node.name for result in results} >= {
        "only_a_person_answers",
        "solved_and_back_is_a_reopening",
        "a_role_lasts_as_long_as_its_rule_holds",
        "an_answer_that_calls_for_an_answer_is_an_alert",
        "an_alert_is_followed_for_thirty_days",
        "handings_over_are_counted_by_month_and_pair",
        "a_touchpoint_is_designed_when_all_five_are_said",
    }


def test_rows_of_a_record_that_is_gone_are_forgotten(desk: Helpdesk) -> None:
    import psycopg

    with psycopg.connect(desk.home.dsn("loader")) as conn:
        conn.execute("delete from raw_zendesk.tickets where id = 10")
        conn.execute("delete from raw_zendesk.ticket_events where ticket_id = 10")
    assert "10" in by_ticket(desk.home, "status")
    build(desk.home)
    assert "10" not in by_ticket(desk.home, "status")


def test_a_rebuild_that_would_lose_history_is_refused(desk: Helpdesk) -> None:
    """Positive control: with the rows back, and with only young ones gone, nothing is refused."""
    import psycopg

    inputs = build_variables(desk.home)["inputs"]
    with psycopg.connect(desk.home.dsn("loader"), autocommit=True) as raw, psycopg.connect(desk.home.dsn("transformer")) as conn:
        refuse_loss(conn, inputs)
        raw.execute("create temporary table taken as select * from raw_zendesk.tickets where created_at < '2026-03-02 12:00+00'")
        raw.execute("delete from raw_zendesk.tickets where created_at < '2026-03-02 12:00+00'")
        conn.rollback()
        with pytest.raises(RebuildError, match=r"core is older than raw: \d+ tickets of zendesk since 2026-03-0\d would go, raw begins on"):
            build(desk.home, full_refresh=True)
        raw.execute("insert into raw_zendesk.tickets select * from taken")
        raw.execute("delete from raw_zendesk.tickets where id = 4")
        refuse_loss(conn, inputs)
    assert by_ticket(desk.home, "status")["1"] == "solved"
