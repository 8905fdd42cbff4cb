"""Would catch: records of survey tool, HR reports, feed, files and logs that are lost, refused, or say other things than elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from rapport.declarations import load_sources
from rapport.home import Home, checkout
from rapport.pipeline.extract import StreamResult, extract_stream
from rapport.privacy.sweep import Sweep
from rapport.warehouse import server
from rapport.warehouse.dbt import run_layer
from sandbox_server import SandboxServer, serve

from sandbox.company.publicity import OWN_BRAND
from sandbox.store import Store
from sandbox.vendors.filing import records

OURS = ("workday", "training", "finance", "partner_orders", "limesurvey", "mentions", "snowplow", "access_log")
COMPARED = ("bamboohr", "qualtrics", "matomo")
SOURCES = load_sources(checkout() / "sources")
HELD = {  # stream -> stream of the simulated company's own store, where their records are one to one
    "workday.workers": "workday.RPT_Workers",
    "workday.terminations": "workday.RPT_Terminations",
    "workday.organizations": "workday.RPT_Organizations",
    "training.assignments": "training.assignments",
    "finance.revenue": "finance.revenue",
    "finance.spend": "finance.spend",
    "partner_orders.order_lines": "partner_orders.lines",
    "mentions.mentions": "mentions.mentions",
    "snowplow.events": "snowplow.events",
    "access_log.requests": "access_log.requests",
}


@dataclass
class Read:
    """A company, the warehouse it is read into, and what each reading landed."""

    home: Home
    company: SandboxServer
    first: dict[str, StreamResult]

    def extract(self, run_id: str, names: tuple[str, ...] = OURS) -> dict[str, StreamResult]:
        """Read every stream of the named sources, those that know names first."""
        asked = [(SOURCES[name], stream) for name in names for stream in SOURCES[name].ordered_streams]
        return {
            f"{source.name}.{stream.name}": extract_stream(
                self.home, source.name, stream.name, run_id=run_id, connection=self.company.connections[source.name]
            )
            for source, stream in sorted(asked, key=lambda item: not item[1].feeds_directory)
        }

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query, as transformer."""
        with psycopg.connect(self.home.dsn("transformer")) as conn:
            return conn.execute(query.encode()).fetchall()

    def one(self, query: str) -> Any:
        """Return the only value of a query."""
        ((value,),) = self.rows(query)
        return value


def held(company: SandboxServer) -> dict[str, int]:
    """Return the number of records of the company, by stream."""
    return Store(company.home).counts()


@pytest.fixture(scope="module")
def read(module_warehouse: Home) -> Iterator[Read]:
    with pytest.MonkeyPatch.context() as patch, serve(0.05, ",".join((*COMPARED, *OURS))) as company:
        patch.setenv("RAPPORT_SOURCES_IN_USE", ",".join((*COMPARED, *OURS)))
        found = Read(module_warehouse, company, {})
        found.first = found.extract("one", (*COMPARED, *OURS))
        run_layer(module_warehouse, "staging")
        yield found


def test_every_record_lands_and_none_is_set_aside(read: Read) -> None:
    """Would catch: a field that does not fit its type, a record lost between pages, files or surveys."""
    first = {name: result for name, result in read.first.items() if name.partition(".")[0] in OURS}
    assert {name: (r.rows_quarantined, r.rows_duplicate) for name, r in first.items()} == dict.fromkeys(first, (0, 0))
    assert {name: r.rows_landed for name, r in first.items()} == {name: r.rows_fetched for name, r in first.items()}
    counts = held(read.company)
    assert {name: read.first[name].rows_landed for name in HELD} == {name: counts[stream] for name, stream in HELD.items()}
    surveys = [number for name, number in counts.items() if name.startswith("limesurvey.") and "participants" not in name]
    assert read.first["limesurvey.responses"].rows_landed == sum(surveys)
    assert read.rows("select source, stream, field, reason, rows from ops.quarantine where source <> 'bamboohr'") == []


@pytest.mark.parametrize("kind", ["relationship", "transactional", "employee"])
def test_the_same_answers_give_the_same_net_promoter_score_in_every_quarter(read: Read, kind: str) -> None:
    """Would catch: a survey tool whose dates, previews or unfinished responses are read otherwise than the other's."""
    scores = """
        select source, date_trunc('quarter', answered_at), count(*), count(*) filter (where is_complete),
            100 * avg(case when score >= 9 then 1.0 when score <= 6 then -1.0 else 0.0 end)
        from input.input__survey_answers where measure = 'nps' and survey_type = '{}' and not is_test group by 1, 2 order by 1, 2
    """
    rows = read.rows(scores.format(kind))
    limesurvey, qualtrics = ([row[1:] for row in rows if row[0] == name] for name in ("limesurvey", "qualtrics"))
    assert len(limesurvey) >= 7
    assert limesurvey == qualtrics


def test_the_same_people_answered_the_same_texts(read: Read) -> None:
    """Would catch: an answer tied to nobody, or to another person, or to another ticket, than in the other survey tool."""
    answers = "from input.input__survey_answers where source = '{}'"
    texts = f"select comment_redacted {answers} and measure = 'text' and not is_test order by 1"
    assert read.rows(texts.format("limesurvey")) == read.rows(texts.format("qualtrics"))
    # the other tool does not hold the address of one response in nine
    who = f"select distinct person_email_token {answers} and person_email_token is not null and not is_test"
    here, there = (set(read.rows(who.format(name))) for name in ("limesurvey", "qualtrics"))
    assert len(here) >= len(there) > 100
    assert there <= here
    tickets = f"select distinct trigger_source_id {answers} and trigger_source = 'zendesk' order by 1"
    assert read.rows(tickets.format("limesurvey")) == read.rows(tickets.format("qualtrics"))


def test_both_hr_systems_count_the_same_heads_in_the_same_teams_every_month(read: Read) -> None:
    """Would catch: leavers counted as staff, or hires and leavers on another day."""
    heads = """
        select month, units.name, count(*) from generate_series(date '2024-10-01', date '2026-10-01', interval '3 months') as month
        join input.input__employees as people on people.source = '{0}' and people.hired_on <= month
            and (people.left_on is null or people.left_on > month) and not people.is_deleted
        left join input.input__org_units as units on units.source = '{0}' and units.source_id = people.org_unit_source_id
        group by 1, 2 order by 1, 2
    """
    workday = read.rows(heads.format("workday"))
    assert workday == read.rows(heads.format("bamboohr"))
    assert sum(row[2] for row in workday) > 9 * 400
    reasons = "select email_token, leave_reason from input.input__employees where source = '{}' and left_on is not null order by 1"
    assert read.rows(reasons.format("workday")) == read.rows(reasons.format("bamboohr"))


def test_both_trackers_saw_the_same_visits(read: Read) -> None:
    """Would catch: steps, tasks or visitors that one of two web analytics does not understand as the other does."""
    events = "from input.input__web_events where source = '{}' and happened_at < '2026-10-25'"
    seen = f"select event_type, count(*), count(distinct session_id), count(person_email_token), count(task), count(distinct task) {events}"
    of_snowplow, of_matomo = (read.rows(f"{seen.format(name)} group by 1 order by 1") for name in ("snowplow", "matomo"))
    assert of_snowplow == of_matomo
    steps = {"page_view", "task_start", "task_complete", "search", "download", "gate_view", "gate_submit", "helpful_yes", "helpful_no"}
    assert {row[0] for row in of_matomo} == steps
    found = f"select count(*), sum(search_results), count(distinct content_path) {events}"
    assert read.rows(found.format("snowplow")) == read.rows(found.format("matomo"))
    people = f"select distinct person_email_token {events} order by 1"
    assert read.rows(people.format("snowplow")) == read.rows(people.format("matomo"))
    pages = f"select count(*) {events} and event_type = 'page_view' and page_path <> '/search'"
    # the server does not see what was kept on offline devices, and does not show what was not found
    assert 0.9 < read.one(pages.format("access_log")) / read.one(pages.format("matomo")) < 1.0
    bots = f"select count(distinct session_id) > 0 {events} and is_bot"
    assert read.one(bots.format("access_log"))
    assert read.one(bots.format("snowplow"))


def test_mentions_are_answered_at_the_pace_the_company_knows_of_itself(read: Read) -> None:
    """Would catch: an answer's time that is lost, or own answers counted as what customers say."""
    truth = json.loads((read.company.home / "truth.json").read_text())["mentions"]
    kind = f"mention_type in ('post', 'review') and not is_own_reply and brand = '{OWN_BRAND}'"  # rivals' mentions expect no answer of ours
    asked = f"from input.input__mentions where {kind} and happened_at < '2026-10-17'"
    assert read.one(f"select count(*) {asked}") == truth["expecting_reply"]
    assert read.one(f"select count(replied_at) {asked}") == truth["replied"]
    median = f"select percentile_cont(0.5) within group (order by extract(epoch from replied_at - happened_at) / 60) {asked}"
    assert float(read.one(median)) == pytest.approx(truth["reply_minutes_median"], abs=0.1)
    gone = "select count(*) > 0, count(text_redacted), count(author_handle_token) from input.input__mentions where is_deleted"
    assert read.rows(gone) == [(True, 0, 0)]


def test_files_reach_the_neutral_entities_whole(read: Read) -> None:
    """Would catch: an amount, a share or a date that changes its meaning on the way."""
    trained = "min(score) > 0.3, max(score) <= 1, count(*) filter (where (status = 'completed') <> (completed_on is not null))"
    assert read.rows(f"select {trained}, count(*) from input.input__trainings") == [
        (True, True, 0, read.first["training.assignments"].rows_landed)
    ]
    unknown = """
        select count(*) from input.input__trainings as trainings left join input.input__employees as employees
            on employees.email_token = trainings.employee_email_token and employees.source = 'bamboohr'
        where employees.source_id is distinct from trainings.employee_source_id
    """
    assert read.one(unknown) == 0
    earned = "sum(churned) > 0, sum(expansion) > 0, bool_and(external_id like '001%'), bool_and(extract(day from month) = 1)"
    assert read.rows(f"select {earned} from input.input__account_revenue") == [(True, True, True, True)]
    written = sum(float(row["revenue"]) for row in records(Store(read.company.home), "finance.revenue"))
    assert read.one("select sum(revenue) from input.input__account_revenue") == pytest.approx(written)
    assert read.one("select count(distinct function_name) from input.input__function_spend") == 5
    on_time = (
        "avg(case when delivered_at <= promised_at then 1.0 else 0.0 end) filter (where delivered_at is not null) between 0.75 and 0.95"
    )
    disputes = "count(disputed_at) > 0, count(*) filter (where dispute_settled_at < disputed_at)"
    assert read.rows(f"select {on_time}, {disputes} from input.input__partner_orders") == [(True, True, 0)]


def test_no_planted_identifier_stands_in_any_table(read: Read) -> None:
    """Would catch: a field of these systems that holds an identifier and is not treated as one."""
    canaries = read.company.canaries()
    needles = {canary["id"]: canary["forms"] for canary in canaries}
    planted = {canary["id"] for canary in canaries for place in canary["places"] if place["source"] in OURS}
    sweep = Sweep(needles)
    with psycopg.connect(server.admin_dsn(read.home, "rapport"), autocommit=True) as conn:
        assert sweep.database(conn) > 50
    assert len(planted) > 30
    assert not sweep.hits
    exported = Sweep(needles)
    exported.folder(read.company.home / "exports")  # the same sweep, where they do stand
    assert len(exported.found) > 20


def test_twelve_days_later_what_is_new_and_changed_lands_and_nothing_twice(read: Read) -> None:
    """Would catch: a changed file that is not read again, a late event that is missed, or a replaced report that lands everything anew."""
    read.company.command("advance", "--days", "12")
    second = read.extract("two")
    counts = held(read.company)
    for name, stream in HELD.items():
        source, table = name.split(".")
        keys = ", ".join(SOURCES[source].streams[table].landed_key)
        assert read.one(f"select count(*) from (select distinct {keys} from raw_{source}.{table}) as k") == counts[stream], name
        assert second[name].rows_quarantined == 0, name
        assert 0 < second[name].rows_landed < read.first[name].rows_landed / 4 or name == "workday.organizations", name
    assert second["workday.organizations"].rows_landed == 0
    assert 0 < second["limesurvey.responses"].rows_landed < 200
    assert read.one("select count(*) from ops.quarantine where source <> 'bamboohr'") == 0
