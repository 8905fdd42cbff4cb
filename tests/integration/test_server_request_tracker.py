"""Would catch: records lost, doubled or kept after their end when a real Request Tracker changes under us; times other than in its log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rapport.connect import pages
from rapport.declarations import Source, load_source
from rapport.home import Home, checkout
from rapport.pipeline.extract import StreamResult, extract_stream
from rapport.warehouse import server
from rapport.warehouse.dbt import invoke, run_layer
from rapport.warehouse.dbt_project import ensure_build_tables

from tests.servers.request_tracker import RequestTracker, serve
from tests.servers.sources import only

FILE = Path("support") / "request_tracker.yml"
SOURCE: Source = load_source(checkout() / "sources" / FILE)
BULK = 101  # more than the 100 records that a page of RT holds at most
ENDED = ("resolved", "rejected")
READ_TYPES = "('Create', 'Correspond', 'Comment', 'Status')"
# What RT's own database holds of each stream: id and time of the newest version.
HELD = {
    "users": "select id, LastUpdated from Users",
    "queues": "select id, LastUpdated from Queues",
    "tickets": "select id, LastUpdated from Tickets where Type = 'ticket' and Status <> 'deleted'",
    "transactions": f"select id, Created from Transactions where ObjectType = 'RT::Ticket' and (Type in {READ_TYPES}"
    " or Type = 'SetWatcher' and Field = 'Owner' or Type = 'Set' and Field in ('Queue', 'Priority')"
    " or Type = 'AddLink' and Field = 'MergedInto')",
}
CLOCK = {"users": "last_updated", "queues": "last_updated", "tickets": "last_updated", "transactions": "created"}
# Agents with rights, a reader whose clock is west of UTC, and tickets without mails so that they are there in a second.
FILL = f"""
sub one {{ my ($ok, $message) = @_; die $message unless $ok; return $ok }}
my ($system, $word) = (RT->SystemUser, 'password');
one(RT::Queue->new($system)->Create(Name => 'Billing'));
for my $name (qw(agent reader)) {{
    one(RT::User->new($system)->Create(Name => $name, EmailAddress => "$name\\@desk.example", RealName => "Rosalind $name",
        Password => $word, Privileged => 1, Timezone => 'America/Los_Angeles'));
}}
my $agents = RT::Group->new($system);
$agents->LoadSystemInternalGroup('Privileged');
my ($agent, $reader) = map {{ my $user = RT::User->new($system); $user->Load($_); $user }} qw(agent reader);
one($agents->PrincipalObj->GrantRight(Right => $_, Object => $RT::System)) for qw(SeeQueue ShowTicket ShowTicketComments);
one($reader->PrincipalObj->GrantRight(Right => 'AdminUsers', Object => $RT::System));
one($agent->PrincipalObj->GrantRight(Right => $_, Object => $RT::System))
    for qw(CreateTicket ReplyToTicket CommentOnTicket ModifyTicket OwnTicket DeleteTicket);
my (undef, undef, $token) = RT::AuthToken->new($system)->Create(Owner => $reader->id, Description => 'warehouse');
die 'no token' unless $token;
no warnings 'redefine';
local *RT::Scrips::Prepare = sub {{ 1 }};
local *RT::Scrips::Commit = sub {{ 1 }};
for my $number (1 .. {BULK}) {{
    my ($id, undef, $message) = RT::Ticket->new($system)->Create(Queue => 'General', Subject => "Number $number",
        Requestor => ['customer' . $number % 5 . '@shop.example'], Status => $number % 2 ? 'new' : 'open');
    die $message unless $id;
}}
print $token;
"""


@dataclass
class Story:
    """What was landed and what the server held, before and after it changed."""

    tracker: RequestTracker
    home: Home
    connection: dict[str, Any]
    results: list[dict[str, StreamResult]] = field(default_factory=list)
    landed: list[dict[str, dict[int, datetime]]] = field(default_factory=list)
    held: list[dict[str, dict[int, datetime]]] = field(default_factory=list)
    tickets: dict[str, int] = field(default_factory=dict)

    def extract(self) -> None:
        """Extract every stream, and note what is landed and what the server holds."""
        run_id = f"r{len(self.results)}"
        self.results.append(
            {
                stream.name: extract_stream(self.home, SOURCE.name, stream.name, run_id=run_id, connection=self.connection)
                for stream in SOURCE.ordered_streams
            }
        )
        self.landed.append({name: self._landed(name) for name in HELD})
        self.held.append(
            {name: {key: datetime.fromisoformat(at).replace(tzinfo=UTC) for key, at in self.tracker.rows(HELD[name])} for name in HELD}
        )

    def _landed(self, stream: str) -> dict[int, datetime]:
        newest = (
            f"select distinct on (id) id, {CLOCK[stream]}, _is_deleted from raw_request_tracker.{stream}"
            " order by id, _version_at desc nulls last, _seen_at desc"
        )
        return {key: at for key, at, is_deleted in rows(self.home, newest) if not is_deleted}

    def opened(self, name: str, **values: Any) -> int:
        """Open a ticket as a customer's message does, and return its number."""
        asked = {"Queue": "General", "Subject": f"The {name} one", "Requestor": "ann@shop.example", "Content": "it is broken"}
        self.tickets[name] = int(self.tracker.call("POST", "ticket", json=asked | values)["id"])
        return self.tickets[name]


def rows(home: Home, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.admin_dsn(home, "rapport")) as conn:
        return conn.execute(query.encode()).fetchall()


@pytest.fixture(scope="module")
def story(module_warehouse: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with serve(tmp_path_factory.mktemp("tracker") / "rt") as tracker, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_SOURCES", str(only(tmp_path_factory.mktemp("sources"), FILE)))
        told = Story(tracker, module_warehouse, {"host": tracker.host, "password": tracker.perl(FILL), "extra": {"network": "private"}})
        for name in ("answered", "moved", "double", "binned"):
            told.opened(name)
        for table in ("Users", "Queues", "Tickets", "Transactions"):  # what is there is a month old, the four tickets an hour
            recent = f"case when id > {BULK} then '-1 hour' else '-30 days' end" if table == "Tickets" else "'-30 days'"
            for column in ("Created",) if table == "Transactions" else ("Created", "LastUpdated"):
                tracker.write(f"update {table} set {column} = datetime({column}, {recent})")
        told.extract()
        change(told)
        told.extract()
        run_layer(module_warehouse, "staging")
        yield told


def change(story: Story) -> None:
    """Let a day at the desk pass: everything that changes tickets, users and queues."""
    call, tickets = story.tracker.call, story.tickets
    call("POST", f"ticket/{tickets['answered']}/comment", text="who knows this?", login="agent")
    call("POST", f"ticket/{tickets['answered']}/correspond", text="we are on it", login="agent")
    call("PUT", f"ticket/{tickets['answered']}", json={"Status": "resolved"}, login="agent")
    call("PUT", f"ticket/{tickets['moved']}", json={"Queue": "Billing", "Owner": "agent", "Priority": 7}, login="agent")
    call("PUT", f"ticket/{tickets['moved']}", json={"Status": "resolved"}, login="agent")
    call("PUT", f"ticket/{tickets['moved']}", json={"Status": "open"}, login="agent")
    call("PUT", f"ticket/{tickets['double']}", json={"MergeInto": tickets["answered"]}, login="agent")
    call("DELETE", f"ticket/{tickets['binned']}", login="agent")
    call("PUT", "user/customer1@shop.example", json={"RealName": "Casimir Ander"})
    call("PUT", "user/customer2@shop.example", json={"Disabled": 1})
    call("POST", "queue", json={"Name": "Complaints"})
    story.opened("late", Requestor="new@shop.example", Queue="Complaints")


@pytest.mark.parametrize("stream", HELD)
def test_landed_ids_and_times_are_those_of_the_servers_database_before_and_after_changes(story: Story, stream: str) -> None:
    """Would catch: a page lost behind the hundredth record, a change missed, a time moved by a zone."""
    assert story.landed[0][stream] == story.held[0][stream]
    deleted = {story.tickets["binned"]} if stream == "tickets" else set()  # RT shows it in no list; its history tells, see below
    assert {key: at for key, at in story.landed[1][stream].items() if key not in deleted} == story.held[1][stream]
    assert story.landed[0][stream] != story.landed[1][stream]


def test_the_second_reading_asks_for_changes_only_and_nothing_is_set_aside(story: Story) -> None:
    """Would catch: a filter that RT does not heed; fields that RT sends and nobody declared."""
    first, second = story.results
    assert first["tickets"].rows_fetched == BULK + 4
    assert second["tickets"].rows_fetched == 4  # answered, moved, double, late
    assert [second[name].rows_landed for name in ("users", "queues", "tickets")] == [3, 1, 4]
    assert rows(story.home, "select stream, field, reason, rows from ops.quarantine") == []


def test_a_filter_in_the_zone_of_another_user_loses_nothing(story: Story) -> None:
    """Would catch: `LastUpdated >= …` taken as Californian time, which hides eight hours of changes."""
    stream = SOURCE.streams["tickets"]
    assert stream.cursor is not None
    cursor = {"since": (min(story.held[1]["tickets"][key] for key in changed(story)) - timedelta(minutes=1)).isoformat()}
    careless = replace(stream, cursor=replace(stream.cursor, overlap_seconds=0))
    assert served(story, careless, cursor) == set()  # the trap is there
    assert served(story, stream, cursor) >= changed(story)


def changed(story: Story) -> set[int]:
    before, after = story.held[0]["tickets"], story.held[1]["tickets"]
    return {key for key, at in after.items() if before.get(key) != at}


def served(story: Story, stream: Any, cursor: dict[str, Any]) -> set[int]:
    found = pages(SOURCE, stream, story.connection, cursor, log=[].append)
    return {key for page in found for key in page.table.column("id").to_pylist()}


def test_merged_and_deleted_tickets_are_known_by_the_history(story: Story) -> None:
    """Would catch: a ticket that RT hides from every query and that stays open here for ever."""
    said = rows(story.home, "select source_id, merged_into_source_id, is_deleted from staging.stg_request_tracker__tickets")
    numbers = {name: str(number) for name, number in story.tickets.items()}
    assert {row[0]: row[1] for row in said if row[1]} == {numbers["double"]: numbers["answered"]}
    assert {row[0] for row in said if row[2]} == {numbers["binned"]}
    newer = (  # or a warehouse that merges only what is new would not notice
        "select source_id from staging.stg_request_tracker__tickets as staged join raw_request_tracker.tickets as raw"
        " on staged.source_id = raw.id::text group by source_id, loaded_at having loaded_at > max(_loaded_at) at time zone 'UTC'"
    )
    assert {row[0] for row in rows(story.home, newer)} >= {numbers["double"], numbers["binned"]}


def test_replies_and_resolutions_are_those_of_the_servers_log(story: Story) -> None:
    """Would catch: a note counted as a reply, a reply given to the wrong actor, a resolution at another time than RT's own."""
    events = rows(
        story.home,
        "select ticket_source_id, min(happened_at) filter (where event_type = 'comment' and is_public and actor_type = 'agent'),"
        " max(happened_at) filter (where event_type = 'status' and to_value = 'solved')"
        " from staging.stg_request_tracker__ticket_events group by 1",
    )
    logged = story.tracker.rows(
        "select t.ObjectId, min(case when t.Type = 'Correspond' and g.id is not null then t.Created end),"
        " max(case when t.Type = 'Status' and t.NewValue = 'resolved' then t.Created end) from Transactions t"
        " left join CachedGroupMembers g on g.MemberId = t.Creator and g.GroupId = (select id from Groups where Name = 'Privileged')"
        " where t.ObjectType = 'RT::Ticket' group by 1"
    )
    oracle = {str(row[0]): tuple(at and datetime.fromisoformat(at) for at in row[1:]) for row in logged}
    assert {row[0]: row[1:] for row in events} == oracle
    answered = story.tickets["answered"]
    [(resolved,)] = story.tracker.rows(f"select Resolved from Tickets where id = {answered}")
    assert oracle[str(answered)][1] == datetime.fromisoformat(resolved)  # RT's own idea of it
    began = "select to_value from staging.stg_request_tracker__ticket_events where event_type = 'created' and ticket_source_id = "
    assert rows(story.home, f"{began} '{story.tickets['moved']}'") == [("new",)]


def worked_out(story: Story) -> dict[str, tuple[float | None, float | None, float | None, int]]:
    """Return minutes to the first reply, to the first and to the last solution, and reopenings, from RT's own log and nothing of ours."""
    log = story.tracker.rows(
        "select t.ObjectId, t.Type, t.OldValue, t.NewValue, t.Created, g.id is not null from Transactions t"
        " left join CachedGroupMembers g on g.MemberId = t.Creator and g.GroupId = (select id from Groups where Name = 'Privileged')"
        " where t.ObjectType = 'RT::Ticket' order by t.ObjectId, t.Created, t.id"
    )
    began = {key: datetime.fromisoformat(at) for key, at in story.tracker.rows("select id, Created from Tickets where Type = 'ticket'")}
    into = story.tickets["answered"]
    began[into] = min(began[into], began[story.tickets["double"]])  # who wrote twice waits since the first time
    found = {}
    for number, start in began.items():
        steps = [(kind, old, new, datetime.fromisoformat(at), by_agent) for key, kind, old, new, at, by_agent in log if key == number]
        moves = [(old in ENDED, new in ENDED, at) for kind, old, new, at, _ in steps if kind == "Status"]
        replies = [at for kind, _, _, at, by_agent in steps if kind == "Correspond" and by_agent]
        solved = [at for was, now, at in moves if now and not was]
        ended = solved if moves and moves[-1][1] else []
        times = (replies[:1], solved[:1], ended[-1:])
        waits = [(at[0] - start).total_seconds() / 60 if at else None for at in times]
        found[str(number)] = (*waits, sum(was and not now for was, now, _ in moves))
    return found


def test_facts_are_those_that_the_servers_own_log_gives(story: Story) -> None:
    """Would catch: a first answer taken for a question, a reopening missed, a merged ticket's time lost, between log and fact."""
    wanted = ["path:seeds", "+fct_ticket"]
    with psycopg.connect(story.home.dsn("transformer")) as conn:
        ensure_build_tables(conn, story.home.secret("surrogate_salt"))
    invoke(story.home, ["build", "--exclude-resource-type", "test", "unit_test", "--select", *wanted])
    columns = "first_reply_calendar_minutes, first_solved_calendar_minutes, last_solved_calendar_minutes, reopens"
    facts = {row[0]: row[1:] for row in rows(story.home, f"select source_id, {columns} from core.fct_ticket where is_valid")}
    oracle = worked_out(story)
    assert len(facts) == BULK + 3  # answered, moved, late
    assert facts == {key: tuple(value if value is None else pytest.approx(value) for value in oracle[key]) for key in facts}
    assert oracle[str(story.tickets["answered"])][0] is not None
    assert oracle[str(story.tickets["moved"])][2:] == (None, 1)
    queues = rows(
        story.home, "select group_stations, transfers from core.fct_ticket where source_id = '" + str(story.tickets["moved"]) + "'"
    )
    assert queues == [(2, 1)]  # from General to Billing, by a person


def test_requesters_are_persons_and_agents_are_not(story: Story) -> None:
    """Would catch: employees among the customers, RT's own users among people, an address in the clear."""
    persons = {row[0] for row in rows(story.home, "select source_id from staging.stg_request_tracker__users where email_token is not null")}
    outside = {str(row[0]) for row in story.tracker.rows("select id from Users where EmailAddress like '%@shop.example'")}
    assert persons == outside
    assert len(outside) == 7
    everything = [str(row) for stream in HELD for row in rows(story.home, f"select * from raw_request_tracker.{stream}")]
    assert not [row for row in everything if "shop.example" in row or "desk.example" in row or "Casimir" in row]


def test_a_sweep_of_keys_ends_what_no_list_shows_any_more(story: Story) -> None:
    """Would catch: tickets removed by rt-shredder, which leaves no history either."""
    number = story.tickets["late"]
    story.tracker.write(f"delete from Tickets where id = {number}")
    with psycopg.connect(server.admin_dsn(story.home, "rapport")) as conn:
        conn.execute("update ops.stream_state set swept_at = now() - interval '8 days' where stream = 'tickets'")
    extract_stream(story.home, SOURCE.name, "tickets", run_id="sweep", connection=story.connection)
    gone = rows(story.home, "select distinct id from raw_request_tracker.tickets where _is_deleted order by id")
    assert [row[0] for row in gone] == sorted([story.tickets["binned"], number])
