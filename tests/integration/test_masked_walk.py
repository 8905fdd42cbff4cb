"""Would catch: a walk on a dashboard that an analyst can match to fewer than twenty persons, and an audit that does not count."""

from __future__ import annotations

import psycopg
import pytest
from rapport.home import Home
from rapport.warehouse.audit_walk import audit_walk

TABLES = (
    "create table next_marts_cx.masked_walk (step_number bigint, touchpoint text, segment text, country text, days bigint)",
    "create table next_marts_cx.fct_interaction (person_key text, happened_day date, touchpoint_key text)",
    "create table next_marts_cx.dim_person (person_key text, account_key text, country text, is_current boolean)",
    "create table next_marts_cx.dim_account (account_key text, segment text, is_current boolean)",
    "insert into next_marts_cx.dim_account values ('a', 'home', true), ('b', 'trade', true)",
    "insert into next_marts_cx.masked_walk values (1, 'invoice', 'home', 'DE', 2), (2, 'hotline', 'home', 'DE', 2)",
    "insert into next_marts_cx.masked_walk values (2, 'survey', 'home', 'DE', 2)",
)


@pytest.fixture
def walked(warehouse: Home) -> psycopg.Connection:
    """Twenty persons with the walk that is drawn, on different days; what tells others apart comes from the tests."""
    with psycopg.connect(warehouse.dsn("transformer")) as conn:
        for statement in TABLES:
            conn.execute(statement)
        for number in range(20):
            walk(conn, f"p{number}", number)
        yield conn
        conn.rollback()


def walk(conn: psycopg.Connection, person: str, shift: int, *, account: str = "a", second: str = "hotline") -> None:
    """Add a person who got an invoice, and called and answered a survey some days later; the hotline twice on that day."""
    conn.execute("insert into next_marts_cx.dim_person values (%s, %s, 'DE', true)", [person, account])
    for day, touchpoint in ((1, "invoice"), (4, second), (4, second), (4, "survey"), (4, "unmapped")):
        conn.execute("insert into next_marts_cx.fct_interaction values (%s, date '2026-03-01' + %s, %s)", [person, day + shift, touchpoint])


def test_twenty_who_walked_alike_may_be_drawn(walked: psycopg.Connection) -> None:
    """Would catch an audit that refuses everything, counts a day's second call as a step, or wants the same dates."""
    assert audit_walk(walked) == []


def test_older_steps_do_not_matter(walked: psycopg.Connection) -> None:
    """Would catch an audit that wants all of a person's history to be shared, where only the newest days are shown."""
    walked.execute("insert into next_marts_cx.fct_interaction values ('p3', '2026-01-09', 'chat')")
    assert audit_walk(walked) == []


def test_nineteen_are_too_few(walked: psycopg.Connection) -> None:
    walked.execute("delete from next_marts_cx.fct_interaction where person_key = 'p7'")
    assert audit_walk(walked) == ["masked_walk shows a walk that fewer than 20 persons share"]


@pytest.mark.parametrize(
    "apart",
    [
        "update next_marts_cx.dim_person set account_key = 'b' where person_key = 'p3'",
        "update next_marts_cx.dim_person set country = 'AT' where person_key = 'p3'",
        "update next_marts_cx.fct_interaction set touchpoint_key = 'chat' where person_key = 'p3' and touchpoint_key = 'hotline'",
        "update next_marts_cx.fct_interaction set happened_day = happened_day + 1 where person_key = 'p3' and touchpoint_key = 'survey'",
        "insert into next_marts_cx.fct_interaction values ('p3', '2026-05-09', 'survey')",
    ],
    ids=["another segment", "another country", "another touchpoint", "on two days", "a newer step"],
)
def test_who_differs_in_one_trait_is_no_look_alike(walked: psycopg.Connection, apart: str) -> None:
    """Would catch a count over fewer traits than the page shows; each change alone makes nineteen."""
    walked.execute(apart)
    assert audit_walk(walked) == ["masked_walk shows a walk that fewer than 20 persons share"]


def test_steps_of_two_groups_are_refused(walked: psycopg.Connection) -> None:
    walked.execute("insert into next_marts_cx.masked_walk values (3, 'survey', 'trade', 'DE', 3)")
    assert audit_walk(walked) == ["masked_walk mixes persons of more than one segment, country or length"]


def test_no_walk_is_no_finding(walked: psycopg.Connection) -> None:
    """Would catch a release held back because nobody is alike enough to be drawn."""
    walked.execute("delete from next_marts_cx.masked_walk")
    assert audit_walk(walked) == []
