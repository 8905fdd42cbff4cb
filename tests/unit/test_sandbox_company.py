"""Would catch a company that differs for one seed, whose `advance` rewrites history, or whose planted effects are not in its records."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from datetime import datetime
from pathlib import Path
from statistics import correlation, mean, median

import pytest

from sandbox.company.hours import SCHEDULES
from sandbox.company.params import DAY, Params, Settings
from sandbox.company.world import World, build
from sandbox.make import advance, ensure, write
from sandbox.store import Store
from sandbox.vendors.catalogue import VENDORS, rows
from tests.unit.sandbox_company import SCALE


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(Settings(tmp_path_factory.mktemp("unused"), SCALE))


def _content(home: Path) -> dict[tuple[str, str], bytes]:
    with sqlite3.connect(Store(home).path) as conn:
        return {(s, str(k)): h for s, k, h in conn.execute("select stream, key, hash from record")}


def test_two_companies_of_one_seed_are_the_same_and_of_another_seed_are_not(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write(Settings(tmp_path / name, 0.02, seed))
    assert _content(tmp_path / "a") == _content(tmp_path / "b")
    assert _content(tmp_path / "a") != _content(tmp_path / "c")


def test_advancing_day_by_day_equals_advancing_at_once(tmp_path: Path) -> None:
    for _ in range(3):
        advance(Settings(tmp_path / "steps", 0.05), 1)
    advance(Settings(tmp_path / "leap", 0.05), 3)
    assert _content(tmp_path / "steps") == _content(tmp_path / "leap")


def test_what_advance_changes_comes_after_the_old_present_in_export_order(tmp_path: Path) -> None:
    settings = ensure(Settings(tmp_path, SCALE))
    before = {(r.stream, r.key): r.body for r in rows(build(settings), VENDORS)}
    later = list(rows(build(dataclasses.replace(settings, advanced=14)), VENDORS))
    changed = [r for r in later if before.get((r.stream, r.key)) != r.body]
    assert len(changed) > 100
    # a web visit that waited on an offline device keeps its old time: it alone may come up to six days late
    assert [r for r in changed if r.ord <= settings.now - (6 * DAY if r.stream == "matomo.visits" else 0)] == []
    assert len({(r.stream, r.key) for r in later}) == len(later)
    assert [r for r in later if r.ord > settings.now + 14 * DAY] == []
    tickets = [r.body for r in changed if r.stream == "zendesk.tickets"]
    assert {t["status"] for t in tickets} >= {"new", "solved", "closed"}
    assert {r.key for r in later if r.stream == "zendesk.users"} >= {k for s, k in before if s == "zendesk.users"}


def test_two_weeks_bring_new_changed_merged_reopened_deleted_and_late_records(tmp_path: Path) -> None:
    now = Settings(tmp_path, 0.4).now
    tickets = build(Settings(tmp_path, 0.4, advanced=14)).tickets
    span = range(now, now + 14 * DAY)
    assert any(t.created_at in span for t in tickets)
    assert any(t.merged_into and t.solved_at in span for t in tickets)
    assert any(any(("status", "solved", "open") in a.changes and a.at in span for a in t.audits) for t in tickets)
    assert any(t.deleted_at in span for t in tickets if t.deleted_at)
    assert any(t.visible_at in span and t.created_at < t.visible_at for t in tickets)


def test_history_is_large_enough_and_sensible(world: World) -> None:
    persons = [p for p in world.persons if p.joined_at <= world.now]
    assert len(persons) >= 5000 * SCALE
    assert sum(e.works(world.now) for e in world.employees) >= 600
    assert sum(u.facing and u.level == 3 for u in world.units) >= 40
    first, last = world.tickets[0].created_at, world.tickets[-1].created_at
    assert (last - first) / DAY > 780
    waits = [(t.replied_at - t.created_at) / 3600 for t in world.tickets if t.replied_at and t.person]
    assert 1 < median(waits) < 8
    good = [t.felt_good for t in world.tickets if t.rating]
    assert 0.7 < mean(good) < 0.88


def test_audits_of_a_ticket_follow_each_other_and_statuses_connect(world: World) -> None:
    for ticket in world.tickets:
        audits = sorted(ticket.audits, key=lambda a: a.at)
        assert audits[0].at == ticket.created_at
        status = None
        for _, previous, value in (c for a in audits for c in a.changes if c[0] == "status"):
            assert previous == status, ticket.id
            status = value


def test_demand_out_of_hours_is_the_planted_share(world: World) -> None:
    asked = [t for t in world.tickets if t.person]
    share = mean(not SCHEDULES[t.region].is_working(t.created_at) for t in asked)
    assert abs(share - Params().out_of_hours_share) < 0.03


def test_slow_answers_and_the_weak_team_cost_satisfaction(tmp_path: Path) -> None:
    tickets = [t for t in build(Settings(tmp_path, 0.5)).tickets if t.rating and t.replied_at]
    weak = [t.felt_good for t in tickets if t.unit.name == Params().weak_team]
    rest = [t.felt_good for t in tickets if t.unit.name.startswith("Support") and t.unit.name != Params().weak_team]
    assert mean(weak) < mean(rest) - 0.08
    quick = [t.felt_good for t in tickets if t.replied_at and t.replied_at - t.created_at < 3600]
    slow = [t.felt_good for t in tickets if t.replied_at and t.replied_at - t.created_at > 24 * 3600]
    assert mean(slow) < mean(quick) - 0.1


def test_surveys_have_sensible_levels_and_follow_their_drivers(world: World) -> None:
    relationship = [r for r in world.responses if r.survey == "relationship"]
    nps = [r.answers["nps"] for r in relationship]
    assert 15 < 100 * (mean(n >= 9 for n in nps) - mean(n <= 6 for n in nps)) < 50
    weights = {}
    for driver, weight in Params().driver_weights:
        low = mean(r.answers["nps"] for r in relationship if r.answers[driver] <= 3)
        high = mean(r.answers["nps"] for r in relationship if r.answers[driver] >= 5)
        weights[weight] = high - low
    assert weights[0.38] > weights[0.07] > 0


def test_teams_that_feel_better_serve_better(tmp_path: Path) -> None:
    full = build(Settings(tmp_path, 0.5))
    teams = {u.index: ([], []) for u in full.units if u.is_helpdesk and u.facing}  # type: dict[int, tuple[list[float], list[float]]]
    for response in full.responses:
        if response.survey == "engagement" and response.unit and response.unit.index in teams:
            teams[response.unit.index][0].append(response.answers["meaning"])
    for ticket in full.tickets:
        if ticket.rating and ticket.unit.index in teams:
            teams[ticket.unit.index][1].append(ticket.felt_good)
    pairs = [(mean(a), mean(b)) for a, b in teams.values() if len(a) > 10 and len(b) > 40]
    assert len(pairs) > 12
    assert correlation([a for a, _ in pairs], [b for _, b in pairs]) > 0.35


def test_bad_experiences_make_accounts_leave(tmp_path: Path) -> None:
    """Among accounts of one segment, those with a bad experience in a quarter leave more often in the next."""
    full = build(Settings(tmp_path, 1.0))
    bad: dict[int, list[int]] = {}
    for ticket in full.tickets:
        if ticket.person and ticket.solved_at and ticket.is_bad_experience:
            bad.setdefault(ticket.person.account.index, []).append(ticket.solved_at)
    left, at_risk = [0, 0], [0, 0]
    for quarter in range(1, 8):
        start = full.settings.start + quarter * 91 * DAY
        for account in full.accounts:
            if account.segment == "small_business" and account.joined_at < start and (account.churned_at or start) >= start:
                exposed = any(start - 91 * DAY < at <= start for at in bad.get(account.index, ()))
                at_risk[exposed] += 1
                left[exposed] += account.churned_at is not None and account.churned_at < start + 91 * DAY
    assert left[1] / at_risk[1] > 1.3 * left[0] / at_risk[0]


def test_the_outage_month_stands_out(world: World) -> None:
    by_month: dict[str, int] = {}
    for ticket in world.tickets:
        month = datetime.fromtimestamp(ticket.created_at, tz=None).strftime("%Y-%m")  # noqa: DTZ006
        by_month[month] = by_month.get(month, 0) + 1
    assert max(by_month, key=lambda m: by_month[m]) == "2025-11"


def test_business_minutes_jump_over_nights_weekends_and_holidays() -> None:
    emea = SCHEDULES["emea"]
    friday_17h = 1_730_473_200 - 3 * 3600  # 2024-11-01 12:00 UTC is 13:00 in Berlin
    assert emea.is_working(friday_17h)
    assert emea.add(friday_17h, 6 * 60) == 1_730_703_600 + 60 * 60  # five hours on Friday, one on Monday 08:00-09:00
    christmas = int(datetime.fromisoformat("2025-12-25T10:00:00+01:00").timestamp())
    assert not emea.is_working(christmas)


def test_a_null_world_has_none_of_the_effects_and_says_so(tmp_path: Path) -> None:
    """Would catch: a planted effect left on in the world that has to read "cannot tell"; a null world in a home of a planted one."""
    settings = Settings(tmp_path, 0.05, effects="none")
    write(settings)
    assert json.loads((tmp_path / "truth.json").read_text())["effects"] == "none"
    asked = [t for t in build(settings).tickets if t.person]
    assert mean(not SCHEDULES[t.region].is_working(t.created_at) for t in asked) < 0.02  # a second message may come after closing time
    assert not any(name == "group" and old is not None for t in asked for a in t.audits for name, old, _ in a.changes)
    with pytest.raises(SystemExit, match="effects none"):
        ensure(Settings(tmp_path, 0.05))
    with pytest.raises(ValueError, match="planted or none"):
        Settings(tmp_path, effects="nome")
