"""Would catch: a contact that is lost without a word, one without a touchpoint, and an hour on the wrong clock."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
import pytest
from rapport.home import Home

from tests.whole_box import Box

ROWS_OF_SOURCES = """
select source, 'support' as kind, count(*) as n from input.input__ticket_events where event_type = 'comment' group by 1, 2
union all select source, 'survey', count(*) from intermediate.int_voice__responses group by 1, 2
union all select source, 'web', count(distinct coalesce(session_id, '')) from input.input__web_events
    where not coalesce(is_deleted, false) group by 1, 2
union all select source, 'crm', count(*) from input.input__crm_activities group by 1, 2
union all select source, 'mention', count(*) from input.input__mentions group by 1, 2
union all select source, 'order', count(*) from input.input__partner_orders group by 1, 2
"""


@pytest.fixture(scope="module")
def home(run_home: Box) -> Home:
    return run_home.home


def rows(home: Home, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(home.dsn("transformer")) as conn:
        return conn.execute(query.encode()).fetchall()


def test_every_row_of_a_source_is_a_contact_or_listed_with_its_reason(home: Home) -> None:
    """Source by source and kind by kind: rows = contacts + rejects. A visit is a row of the website, a response one of a survey."""
    kind = "case when interaction_type like 'crm%' then 'crm' else interaction_type end"
    facts = f"select source, {kind}, count(*) from core.fct_interaction group by 1, 2"
    rejects = f"select source, {kind}, count(*) from core.interaction_reject group by 1, 2"
    arrived = {(source, what): n for source, what, n in rows(home, ROWS_OF_SOURCES)}
    placed: dict[tuple[object, object], int] = {}
    for source, what, n in [*rows(home, facts), *rows(home, rejects)]:
        placed[source, what] = placed.get((source, what), 0) + int(str(n))
    assert placed == arrived
    assert rows(home, "select count(*) from core.interaction_reject where reason is null") == [(0,)]


def test_every_contact_has_its_place(home: Home) -> None:
    missing = "select distinct interaction_type, channel from core.fct_interaction where touchpoint_key = 'unmapped' or mode = 'unknown'"
    assert rows(home, missing) == []


def test_the_hour_is_that_of_the_person(home: Home) -> None:
    """A few contacts, worked out anew with another library: 0 is Sunday 00:00 on the clock of the person."""
    query = """
        select facts.happened_at, people.time_zone, facts.local_hour_of_week
        from core.fct_interaction as facts
        inner join core.dim_person as people on facts.person_key = people.person_key and people.is_current
        where people.time_zone not in ('Europe/Berlin') order by facts.interaction_key limit 200
    """
    found = rows(home, query)
    assert found
    for happened_at, zone, hour in found:
        assert isinstance(happened_at, datetime)
        local = happened_at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(str(zone)))
        assert (local.isoweekday() % 7) * 24 + local.hour == hour


def test_a_person_is_summed_up_by_best_worst_and_last(home: Home) -> None:
    broken = """
        select count(*) from next_marts_cx.person_experience
        where not (worst_score <= mean_score and mean_score <= peak_score) or end_score < worst_score or end_score > peak_score
            or interactions < 1
    """
    assert rows(home, broken) == [(0,)]
    assert rows(home, "select sum(interactions) from next_marts_cx.person_experience") == rows(
        home, "select count(*) from core.fct_interaction where person_key is not null"
    )


def test_mentions_are_answered_as_planted(home: Home) -> None:
    """The share of posts and reviews never answered is about what the simulated company leaves unanswered (28 %)."""
    query = """
        select avg(case when is_replied then 0.0 else 1.0 end), count(*) from intermediate.int_cases__mentions
        where is_answerable and is_fortnight_old
    """
    share, n = rows(home, query)[0]
    assert int(str(n)) > 200
    assert 0.2 < float(str(share)) < 0.4
    assert rows(home, "select count(*) from intermediate.int_cases__mentions where is_amplified and sentiment = 'negative'") == [(0,)]
