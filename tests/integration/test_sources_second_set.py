"""Would catch: records of HubSpot or Intercom that get lost, doubled, refused or kept after their deletion, and numbers other than those
that Salesforce and Zendesk give of the same company.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rapport.declarations import Source, load_sources
from rapport.home import Home, checkout
from rapport.pipeline.extract import StreamResult, extract_stream
from rapport.warehouse.dbt import invoke
from rapport.warehouse.dbt_project import ensure_build_tables
from sandbox_server import SandboxServer, serve

READ_IN_ORDER = ("salesforce", "hubspot", "zendesk", "intercom")  # who knows names comes first
FIRST_CONVERSATION = 215_400_000_000_000  # a conversation's id, less this, is the number of the ticket that it shows
FOLLOWED = (
    *(f"hubspot.{name}" for name in ("contacts", "companies", "deals", "calls", "emails", "meetings", "notes")),
    *(f"intercom.{name}" for name in ("contacts", "companies", "conversations")),
)
# stream -> stream of the company's own store, where records are one to one
HELD = {name: name for name in (*FOLLOWED, "intercom.admins", "intercom.teams", "intercom.tags", "hubspot.owners")} | {
    "hubspot.contacts_archived": "hubspot.contacts.archived",
    "hubspot.companies_archived": "hubspot.companies.archived",
    "hubspot.former_owners": "hubspot.owners.archived",
}


@dataclass
class Read:
    """A company, the warehouse it is read into, and what the first reading landed."""

    home: Home
    company: SandboxServer
    sources: dict[str, Source]
    first: dict[str, StreamResult]

    def again(self, run_id: str, names: tuple[str, ...] = READ_IN_ORDER) -> dict[str, StreamResult]:
        """Read all streams of the named sources."""
        return {
            f"{name}.{stream.name}": extract_stream(self.home, name, stream.name, run_id=run_id, connection=self.company.connections[name])
            for name in names
            for stream in self.sources[name].ordered_streams
        }

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query of the warehouse gives."""
        with psycopg.connect(self.home.dsn("transformer")) as conn:
            return conn.execute(query.encode()).fetchall()

    def held(self, stream: str) -> dict[str, Any]:
        """Return the company's own records of a stream by the id they are sent with."""
        with sqlite3.connect(self.company.home / "company.sqlite") as conn:
            bodies = (json.loads(body) for (body,) in conn.execute("select body from record where stream = ?", [stream]))
            return {str(body["id"]): body for body in bodies}

    def delete(self, stream: str, archived_at: str | None = None) -> str:
        """Delete a stream's last record at the company, into the archive if a time is given; returns its id."""
        with sqlite3.connect(self.company.home / "company.sqlite") as conn:
            key, held = conn.execute("select key, body from record where stream = ? order by key desc limit 1", [stream]).fetchone()
            body = json.loads(held)
            if archived_at is None:
                conn.execute("delete from record where stream = ? and key = ?", [stream, key])
            else:
                archived = json.dumps(body | {"archived": True, "archivedAt": archived_at})
                change = "update record set stream = ?, body = ? where stream = ? and key = ?"
                conn.execute(change, [f"{stream}.archived", archived, stream, key])
            return str(body["id"])

    def merge(self, stream: str, changed_at: str) -> str:
        """Merge a stream's first record at the company into its second; returns the first's id."""
        with sqlite3.connect(self.company.home / "company.sqlite") as conn:
            (gone, _), (key, held) = conn.execute("select key, body from record where stream = ? order by key limit 2", [stream]).fetchall()
            body = json.loads(held)
            body["properties"] |= {"hs_merged_object_ids": f"1;{gone}", "hs_lastmodifieddate": changed_at}
            conn.execute("delete from record where stream = ? and key = ?", [stream, gone])
            conn.execute("update record set body = ? where stream = ? and key = ?", [json.dumps(body), stream, key])
            return str(gone)

    def live(self, stream: str) -> set[str]:
        """Return the ids that the warehouse holds and does not mark deleted."""
        newest = (
            f"select distinct on (id) id, _is_deleted from raw_{stream} order by id, _version_at desc nulls last, _seen_at desc, _row_hash"
        )
        return {str(key) for (key,) in self.rows(f"select id from ({newest}) as newest where not _is_deleted")}


@pytest.fixture(scope="module")
def read(module_warehouse: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    folder: Path = tmp_path_factory.mktemp("sources")
    for file in (checkout() / "sources").rglob("*.yml"):
        if file.stem in READ_IN_ORDER:
            (folder / file.parent.name).mkdir(exist_ok=True)
            shutil.copy(file, folder / file.parent.name / file.name)
    with serve(0.03, ",".join(READ_IN_ORDER)) as company, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_SOURCES", str(folder))
        result = Read(module_warehouse, company, load_sources(folder), {})
        result.first.update(result.again("r1"))
        with psycopg.connect(module_warehouse.dsn("transformer")) as conn:
            ensure_build_tables(conn, module_warehouse.secret("surrogate_salt"))
        wanted = ["path:seeds", "+fct_ticket", "+input__persons", "+input__accounts", "+input__crm_activities"]
        invoke(module_warehouse, ["build", "--exclude-resource-type", "test", "unit_test", "--select", *wanted])
        yield result


def test_every_record_lands_once_and_none_is_refused(read: Read) -> None:
    """Would catch: a page boundary, a cast or a key that loses a record; what the source says it holds is counted too."""
    for name, done in read.first.items():
        assert (done.rows_quarantined, done.rows_duplicate) == (0, 0) or name.startswith("zendesk"), name
    for name, kept in HELD.items():
        assert read.live(name) == set(read.held(kept)), name
    said = dict(read.rows("select source || '.' || stream, rows_source from ops.stream_load where rows_source is not null"))
    counted = {name: len(read.held(kept)) for name, kept in HELD.items() if name in said}
    assert {name: count for name, count in said.items() if name in HELD} == counted
    assert len(counted) == 10


def test_what_stands_inside_records_is_read_whole(read: Read) -> None:
    """Would catch: stages of a deal or parts of a conversation that are cut off, or come with the wrong one."""
    stages = {
        (key, entry["value"]) for key, deal in read.held("hubspot.deals").items() for entry in deal["propertiesWithHistory"]["dealstage"]
    }
    assert set(read.rows("select deal_id, stage_id from raw_hubspot.deal_stages")) == stages
    parts = {
        (key, part["id"], part["part_type"])
        for key, talk in read.held("intercom.conversations").items()
        for part in talk["conversation_parts"]["conversation_parts"]
    }
    assert set(read.rows("select conversation_id, id, part_type from raw_intercom.conversation_parts")) == parts


def test_both_crms_know_the_same_people_and_accounts(read: Read) -> None:
    """Would catch: another number of customers. A converted lead ends in Salesforce, and stays the same contact in HubSpot."""
    people = "select email_token from input.input__persons where source = '{}' and not coalesce(is_deleted, false)"
    converted = read.rows("select email_token from raw_salesforce.leads where is_converted")
    there, here = (sorted(read.rows(people.format(name)), key=str) for name in ("salesforce", "hubspot"))
    assert len(there) > 100
    assert here == sorted(there + converted, key=str)
    accounts = (
        "select name_token, segment, tier, industry, country, annual_revenue, currency, contract_end_date from input.input__accounts"
        " where source = '{}' and not coalesce(is_deleted, false) order by 1"
    )
    there, here = (read.rows(accounts.format(name)) for name in ("salesforce", "hubspot"))
    assert [row for row in here if row[2] is not None] == there  # a duplicate that nobody has deleted yet has no tier


def test_both_crms_tell_the_same_sales(read: Read) -> None:
    """Would catch: stages by other names, at other times or for other customers. Only Salesforce has calls and e-mails that are planned."""
    stages = (
        "select stage, outcome, happened_at, amount, currency, account_source_id is null, person_source_id is null"
        " from input.input__crm_activities where activity_type = 'opportunity_stage' and source = '{}' order by 1, 3, 4"
    )
    there, here = (read.rows(stages.format(name)) for name in ("salesforce", "hubspot"))
    assert len(there) > 150
    assert here == there
    done = "select activity_type, case activity_type when 'call' then outcome end, happened_at from input.input__crm_activities where"
    done += " activity_type in ('call', 'email', 'meeting') and happened_at is not null and source = '{}' order by 1, 3, 2"
    there, here = (read.rows(done.format(name)) for name in ("salesforce", "hubspot"))
    assert len(there) > 150
    assert here == there


def test_both_helpdesks_know_the_same_people(read: Read) -> None:
    """Would catch: employees among the customers. Who sent spam is gone from Intercom with the message, and suspended in Zendesk."""
    people = (
        "select email_token, language from input.input__persons"
        " where source = '{}' and not coalesce(is_deleted, false) and role is not null"
    )
    there, here = (sorted(read.rows(people.format(name)), key=str) for name in ("zendesk", "intercom"))
    assert len(there) > 100
    assert here == there


def test_both_helpdesks_give_the_same_numbers_of_the_same_tickets(read: Read) -> None:
    """Would catch: bots or notes that count as answers, merged tickets that count twice, reopenings missed.

    Deleted tickets stay in Zendesk, marked, and are gone from Intercom. Zendesk dates the changes of a ticket that was imported late by the
    import, Intercom by what happened: the solution of such tickets differs, their first reply does not, for comments keep their time.
    """
    numbers = (
        "select {key} as number, reject_reason, is_agent_opened, reopens, public_agent_replies, is_open, created_at,"
        " round(first_reply_calendar_minutes::numeric, 4) from core.fct_ticket"
        " where source = '{name}' and coalesce(reject_reason, '') not in ('deleted', 'internal') order by 1"
    )
    there = read.rows(numbers.format(name="zendesk", key="source_id::bigint"))
    here = read.rows(numbers.format(name="intercom", key=f"source_id::bigint - {FIRST_CONVERSATION}"))
    assert len(there) > 300
    assert {row[1] for row in there} == {None, "merged"}
    assert here == there
    middle = "percentile_cont(array[0.5, 0.9]) within group (order by first_reply_calendar_minutes)"
    shown = dict(read.rows(f"select source, {middle} from core.fct_ticket where is_valid group by source"))
    assert shown["intercom"] == pytest.approx(shown["zendesk"])
    differing = read.rows(
        "select z.channel from core.fct_ticket z join core.fct_ticket i on i.source = 'intercom'"
        f" and i.source_id::bigint - {FIRST_CONVERSATION} = z.source_id::bigint"
        " where z.source = 'zendesk' and z.is_valid and abs(z.last_solved_calendar_minutes - i.last_solved_calendar_minutes) > 0.001"
    )
    assert {channel for (channel,) in differing} == {"voice"}  # what is imported late was a call
    assert read.rows("select source, count(*) from core.fct_ticket where reject_reason = 'internal' group by 1 order by 1")[0][1] > 5


def test_a_second_reading_lands_nothing(read: Read) -> None:
    """Would catch: a record that looks new every time, or a cursor that is not kept.

    Once more is read before: names that the other systems have told since are taken out of texts that are read whole every time.
    """
    read.again("r2", ("hubspot",))
    done = read.again("r3", ("hubspot", "intercom"))
    assert {name: result.rows_landed for name, result in done.items() if result.rows_landed} == {}
    for name in ("hubspot.contacts", "hubspot.companies", "intercom.conversations", "intercom.conversation_parts"):
        assert done[name].rows_fetched < read.first[name].rows_fetched / 5, name


def test_a_vendor_that_refuses_every_third_request_is_read_whole(read: Read) -> None:
    """Would catch: a refusal without a time to wait that ends the reading, or a page that is skipped for it."""
    read.company.command("fault", "--set", "rate_limit=hubspot")
    lines: list[str] = []
    connection = read.company.connections["hubspot"]
    for name in ("deals", "deal_stages", "calls"):
        done = extract_stream(read.home, "hubspot", name, run_id="f1", connection=connection, log=lines.append)
        assert done.rows_fetched == read.first[f"hubspot.{name}"].rows_fetched
    read.company.command("fault", "--clear")
    assert any(" 429 " in line for line in lines)


def test_changes_merges_and_deletions_of_three_months_arrive(read: Read) -> None:
    """Would catch: what the vendor's own filter does not tell: archived, merged and vanished records, and changes of one day."""
    contacts = read.held("hubspot.contacts")
    read.company.command("advance", "--days", "90")
    gone = {name: read.delete(name) for name in FOLLOWED if name not in ("hubspot.contacts", "hubspot.companies")}
    archived = {name: read.delete(name, "2027-01-29T00:00:00.000Z") for name in ("hubspot.contacts", "hubspot.companies")}
    merged_company = read.merge("hubspot.companies", "2027-01-29T00:00:00.000Z")
    with psycopg.connect(read.home.dsn("loader")) as conn:  # the next comparison of keys is due
        conn.execute("update ops.stream_state set swept_at = swept_at - interval '30 days' where source = 'intercom'")
    read.again("r4", ("hubspot", "intercom"))
    for name, key in gone.items():
        assert key not in read.live(name), name
        assert read.live(name) == set(read.held(name)), name
    staged = "select source_id from staging.stg_{} where not coalesce(is_deleted, false)"
    for name, key in archived.items():
        live = {found for (found,) in read.rows(staged.format(name.replace(".", "__")))}
        assert not {key, merged_company} & live, name
        assert live == set(read.held(name)), name
    merged = contacts.keys() - read.held("hubspot.contacts").keys() - read.held("hubspot.contacts.archived").keys()
    assert merged, "nobody was merged in three months"
    newest = dict(read.rows("select id, max(last_modified_at at time zone 'UTC') from raw_hubspot.contacts group by id"))
    for key, body in read.held("hubspot.contacts").items():
        assert f"{newest[key]:%Y-%m-%dT%H:%M:%S.000Z}" == body["properties"]["lastmodifieddate"]
