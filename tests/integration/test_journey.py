"""Would catch: a stage that somebody did not enter, a promise judged by another test, a drift or effect that is not the planted one."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import psycopg
import pytest
import yaml
from identity_desk import Desk
from journey_desk import AGAIN, HANDED, HOURS, IMPROVED, PSI, START, TRACES, UNHAPPY, at, company, day, stamp
from journey_settings import SETTINGS, TESTS
from rapport.home import Home, checkout
from rapport.pipeline import build

STAGES = ("attraction", "awareness", "discovery", "cultivation", "purchase", "use", "advocacy")


@pytest.fixture(scope="module")
def home(module_warehouse: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    settings = tmp_path_factory.mktemp("settings")
    shutil.copytree(checkout() / "config", settings, dirs_exist_ok=True)
    for name, text in SETTINGS.items():
        (settings / f"{name}.yml").write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_HOME", str(module_warehouse.path))
        patch.setenv("RAPPORT_CONFIG", str(settings))
        desk = Desk(module_warehouse)
        for entity, rows in company().of.items():
            desk.land(entity, *rows)
        for layer in ("staging", "intermediate", "core"):
            build.build_layer(module_warehouse, layer)
        visit = {"event_type": "page_view", "page": "/welcome", "referrer_type": "search", "session_id": "late", "has_consent": True}
        moment = {"happened_at": stamp(day(2)), "updated_at": stamp(day(2))}
        desk.land("web_events", {"id": "late-1", "email": "late.row@mail.example.org"} | visit | moment)
        no = {"id": "silent", "email": "silent@mail.example.org", "account_id": "a-old", "country": "DE", "may_be_emailed": False}
        desk.land("persons", no | {"created_at": stamp(day(0)), "updated_at": "2026-06-01T08:00:00Z"})
        for layer in build.LAYERS:
            build.build_layer(module_warehouse, layer)
        yield module_warehouse
    shutil.rmtree(module_warehouse.path / "inbox")


def rows(home: Home, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(home.dsn("transformer")) as conn:
        return conn.execute(query.encode()).fetchall()


def of_person(home: Home, columns: str, relation: str) -> dict[str, list[tuple[Any, ...]]]:
    """Rows by the id that the file gives the person, in order."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    keys = "select distinct source_id as name, person_key from core.bridge_identity where source = 'inbox' and record_type = 'record'"
    for name, *row in rows(home, f"select name, {columns} from {relation} inner join ({keys}) as k using (person_key) order by 1, 2, 3"):
        found.setdefault(name, []).append(tuple(row))
    return found


def day_of(moment: datetime) -> int:
    """Return how many days after the first a moment is; a contract begins at midnight."""
    return (moment.date() - START.date()).days


def test_everybody_is_traced_through_the_stages(home: Home) -> None:
    """Would catch: a rule of entry read otherwise, a row that came late left out, a machine or a refusal taken for a person's visit."""
    entries = of_person(home, "entered_at, position, stage, is_backward", "core.fct_journey_stage")
    for name, (_, expected) in TRACES.items():
        told = [f"{stage}:{day_of(moment)}{'<' * back}" for moment, _, stage, back in entries.get(name, [])]
        assert " ".join(told) == expected, name


def test_a_step_counts_within_its_window(home: Home) -> None:
    steps = of_person(home, "position, entered_at, is_converted, is_matured, round(days_to_next::numeric, 2)", "core.fct_journey_stage")
    assert [(row[0], row[2], float(row[4])) for row in steps["straight"][:6]] == [
        (1, True, 5),
        (2, True, 2),
        (3, True, 13),
        (4, True, 20),
        (5, True, 10),
        (6, True, 40),
    ]
    assert [(row[2], row[3]) for row in steps["too late"][:1]] == [(False, True)]
    assert [(row[2], row[3]) for row in steps["one ad"]] == [(False, True)]


def test_the_drift_of_the_first_contact_is_the_index_worked_out_anew(home: Home) -> None:
    """Population stability index over all seven stages, half a person added to each."""
    ((psi, drift),) = rows(home, "select distinct psi, is_drift from next_marts_cx.journey_path_mix where quarter_start = '2026-07-01'")
    before, now = (
        [(n + 0.5) / (sum(PSI[quarter]) + 3.5) for n in (ads, 0, 0, 0, 0, tickets, 0)] for quarter, (ads, tickets) in PSI.items()
    )
    assert psi == pytest.approx(sum((b - a) * math.log(b / a) for a, b in zip(before, now, strict=True)), abs=1e-9)
    assert drift
    assert rows(home, "select distinct is_drift from next_marts_cx.journey_path_mix where quarter_start = '2026-04-01'") == [(None,)]


def test_each_promise_is_judged_by_its_own_test(home: Home) -> None:
    """Would catch: a promise without a test, or one judged by another measure. One kept and one broken in January; `once` has two kept."""
    assert {(row[0], row[1]) for row in rows(home, "select promise_key, sql_test_id from core.dim_promise")} == {
        (key, f"{fact}.{what}.{kept}") for key, (_, fact, what, kept, _, _) in TESTS.items()
    }
    judged = rows(
        home,
        "select item, sum(is_kept::int), count(is_kept) from intermediate.int_cases__promises"
        " where opened_day = '2026-01-13' and channel <> 'unmapped' and touchpoint <> 'unmapped' group by 1",
    )
    expected = dict.fromkeys(TESTS, (1, 2)) | {"reply": (2, 3), "once": (2, 3)}
    assert {item: (kept, n) for item, kept, n in judged} == expected


def test_the_weakest_touchpoint_is_the_lowest_not_the_mean(home: Home) -> None:
    """Replies in May: chat 15 of 30; e-mail 24 of 30, with none of 30 reopened 54 of 60."""
    told = rows(
        home,
        "select touchpoint, value, n, broken, owner_area, is_weakest, is_clearly_weakest from next_marts_cx.promise_touchpoint"
        " where grain = 'month' and period_start = '2026-05-01' and n >= 30 order by value",
    )
    assert told == [("ask_by_chat", 0.5, 30, 15, "people", True, True), ("ask_by_email", 0.9, 60, 6, "people", False, False)]


def test_the_gap_of_a_mix_is_the_share_that_would_have_to_move(home: Home) -> None:
    """Six of ten replies by the north where four should be: 0.20. What nobody answered says so."""
    mix = rows(home, "select name, as_is, should_be from next_marts_cx.fivew_mix where w = 'who' order by 1")
    assert mix == [("Desk North", 0.6, 0.4), ("Desk South", 0.4, 0.6)]
    found = rows(home, "select w, state, status, mix_gap from next_marts_cx.fivew_cell")
    cells = {(w, state): (status, gap) for w, state, status, gap in found}
    assert len(cells) == 10
    assert cells["who", "should_be"] == ("answered", pytest.approx(0.2))
    assert cells["why", "as_is"] == ("stale", None)
    assert {status for key, (status, _) in cells.items() if key[0] in ("what", "where", "when")} == {"not answered"}


def test_an_improvement_is_held_against_those_who_had_none(home: Home) -> None:
    """0.5 -> 0.8 where something was done, 0.55 -> 0.6 elsewhere: 0.25, with the standard error of four shares of 160."""
    shares = {key: good / 160 for key, good in IMPROVED.items()}
    error = math.sqrt(sum(p * (1 - p) / 159 for p in shares.values()))
    query = "select action_key, effect, effect_low, effect_high, verdict from next_marts_cx.action_result"
    told = {key: row for key, *row in rows(home, query)}
    assert told["north"][:3] == pytest.approx((0.25, 0.25 - 1.959964 * error, 0.25 + 1.959964 * error), abs=1e-4)
    assert told["north"][3] == "worked"
    assert told["alone"] == [None, None, None, "no comparison"]


def test_what_is_known_of_whom_and_what_they_agreed_to(home: Home) -> None:
    """Would catch: a year too long, a withdrawal lost, and a refusal on the website that is linked to somebody."""
    months = of_person(home, "month_day, is_need_known, person_month_key", "intermediate.int_cases__person_months")
    march = {name: row[1] for name in ("speaks", "silent", "spoke once") for row in months[name] if row[0] == date(2026, 3, 1)}
    assert march == {"speaks": True, "silent": False, "spoke once": False}
    consents = of_person(home, "happened_at, purpose, is_granted", "core.fct_consent_event")
    assert [row[1:] for row in consents["silent"]] == [("email", True), ("email", False)]
    assert consents["silent"][1][0] == at("2026-06-01 08:00").replace(tzinfo=None)
    assert consents["refuses"] == [(day(9).replace(tzinfo=None), "web_analytics", True)]
    evidence = of_person(home, "source_kind, provenance, is_recent", "next_marts_cx.person_evidence")
    assert evidence["straight"] == [("asked", "direct", True), ("met", "observed", True), ("visited", "observed", True)]


def test_who_tried_another_channel_before(home: Home) -> None:
    told = rows(home, "select reason, is_last_resort from intermediate.int_cases__channel_choices where reason <> 'unknown'")
    assert dict(told) == {
        "site first": True,
        "long ago": False,
        "straight to us": False,
        "chat of chat first": False,
        "email of chat first": True,
    }


def test_the_day_of_the_contract_is_after_it(home: Home) -> None:
    answers = rows(home, "select answered_day, is_pre_contract from intermediate.int_cases__answers_by_contract order by 1")
    assert (date(2026, 2, 9), True) in answers
    assert (date(2026, 2, 10), False) in answers
    calls = of_person(home, "happened_day, is_pre_contract", "intermediate.int_cases__interactions")
    assert {(row[0], row[1]) for row in calls["signs"]} == {(date(2026, 2, 9), True), (date(2026, 2, 10), False)}
    lived = of_person(home, "scores, mean_score, peak_score, worst_score, end_score", "next_marts_cx.person_experience")
    assert lived["signs"] == [(2, 0.625, 1.0, 0.25, 1.0)]


def test_somebody_is_there_by_the_clock_of_the_week_in_which_it_changes(home: Home) -> None:
    query = "select created_at, is_covered, local_hour_of_week from core.fct_ticket where channel = 'api' and person_key is not null"
    told = {row[0]: row[1:] for row in rows(home, query)}
    assert told == {at(moment).replace(tzinfo=None): said for moment, said in HOURS.items()}


def test_where_nobody_listens_is_shown_and_feedback_counts_where_it_is_about(home: Home) -> None:
    """A vote below a page is feedback on the website; sales calls have none; every combination is a cell."""
    query = "select stage, channel, role, state, feedback from next_marts_cx.journey_coverage where state <> 'empty'"
    cells = {tuple(row[:3]): tuple(row[3:]) for row in rows(home, query)}
    assert cells["discovery", "web", "customer"] == ("measured", 1)
    assert cells["cultivation", "phone", "customer"][0] == "unmeasured"
    assert cells["use", "api", "unknown"][0] == "measured"
    sides = "count(distinct stage) * count(distinct channel) * count(distinct role) * count(distinct object_level)"
    assert rows(home, f"select count(*) = {sides} from next_marts_cx.journey_coverage") == [(True,)]


def test_what_is_not_supplied_says_so(home: Home) -> None:
    """Would catch: a meter, a facet or a pulse that is blank or zero where nothing tells."""
    pulse = "next_marts_cx.leadership_pulse"
    silent = rows(home, f"select signal, count(*), count(events), count(missing) from {pulse} group by 1")
    by_signal = {signal: (n == events, n == missing) for signal, n, events, missing in silent}
    assert by_signal["scorecards_opened"] == by_signal["loops_closed_in_person"] == (False, True)
    assert by_signal["actions_finished"] == (True, False)
    april = f"select events, streak_months from {pulse} where signal = 'actions_finished' and month = '2026-04-01'"
    assert rows(home, april) == [(2, 1)]
    blank = "count(*) filter (where {} is null and missing is null)"
    meters = rows(home, f"select barrier, {blank.format('value')} from next_marts_cx.barrier_meter group by 1 order by 1")
    assert meters == [(number, 0) for number in range(1, 6)]
    facets = rows(home, f"select count(*), count(trust_index), {blank.format('outcome')} from next_marts_cx.trust_facet")
    assert facets == [(7, 0, 0)]
    steps = f"select count(distinct value_chain_step), {blank.format('mean_score')} from next_marts_cx.value_chain_experience"
    assert rows(home, steps) == [(5, 0)]


def test_every_stage_has_a_row_in_every_quarter(home: Home) -> None:
    mix = rows(home, "select quarter_start, count(distinct stage) from next_marts_cx.journey_path_mix group by 1")
    assert {row[1] for row in mix} == {len(STAGES)}


def test_a_role_holds_as_long_as_its_rule_does(home: Home) -> None:
    """Would catch: a customer from before the contract or after its last day, two spans for one, a supplier whom no order tells."""
    query = """
        select keys.source_id, roles.role, roles.valid_from, roles.valid_to, roles.is_customer, roles.is_current
        from core.dim_party_role as roles
        inner join intermediate.int_identity__account_keys as keys on roles.party_key = keys.account_key
        where roles.party_type = 'account' order by 1, 3, 2
    """
    told: dict[str, list[tuple[Any, ...]]] = {}
    for account, role, start, end, is_customer, is_current in rows(home, query):
        told.setdefault(account, []).append((role, str(start.date()), str(end.date()), is_customer, is_current))
    ever = ("1900-01-01", "9999-12-31")
    assert told["a-contract"] == [
        ("prospect", ever[0], "2026-01-13", False, False),
        ("customer", "2026-01-13", ever[1], True, True),
    ]
    assert told["a-gone"] == [
        ("prospect", ever[0], "2025-01-01", False, False),
        ("customer", "2025-01-01", "2026-04-01", True, False),
        ("former_customer", "2026-04-01", ever[1], False, True),
    ]
    assert told["a-goods"] == [("prospect", *ever, False, True), ("supplier", *ever, False, True)]


def test_who_hands_over_to_whom_and_how_long_it_lies(home: Home) -> None:
    """Would catch: a ticket handed over twice counted once, one that lies left out, the way back taken for the way there."""
    query = """
        select from_queue, to_queue, handoffs, tickets, waiting, median_wait_calendar_minutes, p90_wait_calendar_minutes
        from next_marts_cx.support_handoff where month = '2026-02-01' order by 1
    """
    waits = sorted(wait for wait in HANDED if wait is not None)
    there = ("Desk West", "Desk East", 4, 3, 1, waits[1], pytest.approx(waits[1] + 0.8 * (waits[2] - waits[1])))
    assert rows(home, query) == [("Desk East", "Desk West", 1, 1, 0, 7, 7), there]


def test_a_touchpoint_is_designed_when_nothing_is_left_open(home: Home) -> None:
    """Would catch: a touchpoint without a promise, a feeling, a metric, an owner or an ear that counts as designed."""
    points = yaml.safe_load((checkout() / "config" / "journey.yml").read_text())["touchpoints"]
    promised = {where for where, *_ in TESTS.values()}
    whole = [point["id"] in promised and all(point.get(key) for key in ("feeling", "owner", "metric", "feedback")) for point in points]
    assert 0 < sum(whole) < len(whole), "a positive control needs both"
    query = (
        "select value, n from next_marts_cx.metric_value where metric = 'architected_coverage' and grain = 'month' order by period_start"
    )
    assert rows(home, query)[-1] == (pytest.approx(sum(whole) / len(whole)), len(whole))


def test_an_unhappy_answer_raises_one_alert_and_the_next_contact_answers_it(home: Home) -> None:
    """Would catch: a score on the edge, two alerts of one response, a contact before the answer or after thirty days that counts."""
    alerts = of_person(home, "opened_at, trigger_rule, contacted_at - opened_at", "core.fct_action")
    told = {name: [(rule, wait and wait.total_seconds() / 3600) for _, rule, wait in alerts.get(name, [])] for name in UNHAPPY}
    assert told == {name: [expected] if expected else [] for name, (_, _, expected) in UNHAPPY.items()}
    query = "select contacted, not_contacted, lift, lift_low, verdict from next_marts_cx.alert_outcome where trigger_rule = 'nps'"
    [(contacted, alone, lift, low, verdict)] = rows(home, query)
    gains = {kind: [(score - 3) / 10 for score in scores] for kind, scores in AGAIN.items()}
    mean = {kind: sum(values) / 5 for kind, values in gains.items()}
    error = sum(sum((one - mean[kind]) ** 2 for one in values) / 4 / 5 for kind, values in gains.items()) ** 0.5
    assert (contacted, alone, verdict) == (5, 5, "better")
    assert (lift, low) == (pytest.approx(mean["called"] - mean["not called"]), pytest.approx(lift - 1.959964 * error, abs=1e-5))
