"""What happens to records on their way: held back and delivered later, an older version that comes after the newer, taken back."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import LiteralString

import psycopg
from psycopg import sql
from rapport.declarations import Source, Stream, sources_in_use
from rapport.home import Home
from rapport.warehouse import server

HELD_BACK, BY_HAND = 0.15, 4  # share of what arrived; records of a stream that are changed by hand at a time
# What a record may say otherwise: a word that facts are cut by, or whose it is. It takes the word of another record of its stream.
WORDS = {
    "bamboohr.job_info": ("team_id",),
    "matomo.visits": ("consent", "user_token", "visitor_token"),
    "mentions.mentions": ("author_email_token", "author_handle_token", "rating"),
    "partner_orders.order_lines": ("direction", "delivered_at"),
    "qualtrics.answers": ("answer",),
    "qualtrics.responses": ("country", "recipient_email_token", "ticket_id"),
    "salesforce.accounts": ("billing_country_code", "contract_start_date", "parent_id", "segment"),
    "salesforce.contacts": ("account_id", "email_token", "mailing_country_code", "role"),
    "salesforce.events": ("type", "who_id"),
    "zendesk.organizations": ("country", "external_id", "segment"),
    "zendesk.satisfaction_ratings": ("score",),
    "zendesk.ticket_events": ("is_public", "group_id"),
    "zendesk.tickets": ("contact_reason", "group_id", "organization_id", "priority", "requester_id"),
    "zendesk.users": ("email_customer_token", "iana_time_zone", "organization_id"),
}
TAKEN_BACK = ("zendesk.tickets", "zendesk.users", "salesforce.contacts", "salesforce.events", "qualtrics.responses", "matomo.actions")


class Deliveries:
    """Meddles with the raw tables of a home between an extraction and a build, by a random seed.

    Rows held back leave without a trace, as if never sent; what is delivered is stamped with the present, as landing does.
    """

    def __init__(self, home: Home, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - it decides what a test does
        self._conn = psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True)
        self._streams = [(source, stream) for source in sources_in_use(home).values() for stream in source.streams.values()]
        self._streams_by_name = {f"{source.name}.{stream.name}": (source, stream) for source, stream in self._streams}
        self._conn.execute("create schema held")
        self._held_until: object = datetime(1970, 1, 1, tzinfo=UTC)

    def close(self) -> None:
        """Let go of the warehouse, and of what was not delivered."""
        self._conn.execute("drop schema held cascade")
        self._conn.close()

    def of_yesterday(self) -> None:
        """Let what was landed so far be landed a day ago: a build looks back a quarter of an hour, and finds more than it was told of."""
        with self._conn.transaction():
            self._conn.execute("set local session_replication_role = replica")
            for source, stream in self._streams:
                self._conn.execute(sql.SQL("update {} set _loaded_at = _loaded_at - interval '1 day'").format(_raw(source, stream)))

    def hold_back(self) -> int:
        """Take out some of the rows that were landed since this was last asked for; `deliver` brings them."""
        held = 0
        with self._conn.transaction():
            self._conn.execute("set local session_replication_role = replica")  # no trigger may tell of it
            for source, stream in self._streams:
                if stream.clock is None:
                    continue  # the present is such a record's time: one that comes later is another
                place = sql.Identifier("held", f"{source.name}.{stream.name}")
                self._conn.execute(sql.SQL("create table if not exists {} (like {})").format(place, _raw(source, stream)))
                held += self._conn.execute(
                    sql.SQL(
                        "with taken as (delete from {raw} where _loaded_at > {since} and random() < {share} returning *)"
                        " insert into {place} select * from taken"
                    ).format(raw=_raw(source, stream), since=self._held_until, share=HELD_BACK, place=place)
                ).rowcount
        self._held_until = self._one(sql.SQL("select clock_timestamp()"))
        return held

    def deliver(self) -> int:
        """Bring what was held back."""
        late = 0
        for source, stream in self._streams:
            place = sql.Identifier("held", f"{source.name}.{stream.name}")
            if stream.clock is None or not self._one(sql.SQL("select to_regclass({}) is not null").format(place.as_string())):
                continue
            self._conn.execute(sql.SQL("update {} set _loaded_at = clock_timestamp(), _seen_at = clock_timestamp()").format(place))
            moved = sql.SQL("insert into {} select * from {} on conflict do nothing").format(_raw(source, stream), place)
            late += self._conn.execute(moved).rowcount
            self._conn.execute(sql.SQL("truncate {}").format(place))
        return late

    def replay(self) -> int:
        """Land older versions of some records, which say something else."""
        return self._reworded(sql.SQL("_version_at - make_interval(days => {})").format(self._random.randint(1, 90)))

    def change(self) -> int:
        """Land newer versions of some records, which say something else."""
        return self._reworded(sql.SQL("_version_at + interval '1 minute'"))

    def take_back(self) -> int:
        """Say of some records that the source no longer has them."""
        return sum(self._copies(name, {"_is_deleted": sql.SQL("true")}) for name in TAKEN_BACK)

    def reopen(self) -> int:
        """Let some solved tickets come back."""
        tickets = self._some_tickets("status in ('solved', 'closed')", BY_HAND)
        later = sql.SQL("_version_at + interval '1 minute'")
        self._copies("zendesk.tickets", {"status": sql.Literal("open"), "_version_at": later}, tickets)
        return self._told(tickets, {"event_type": "Change", "status": "open", "previous_value": "solved"})

    def merge(self) -> int:
        """Let some tickets be merged into another one."""
        *tickets, other = self._some_tickets("status not in ('deleted', 'closed')", BY_HAND)
        closed = {"status": sql.Literal("closed"), "tags": sql.SQL("""'["closed_by_merge"]'::jsonb""")}
        self._copies("zendesk.tickets", closed | {"_version_at": sql.SQL("_version_at + interval '1 minute'")}, tickets)
        return self._told(tickets, {"event_type": "Comment", "is_public": False, "via_rel": "merge", "via_from_ticket_id": other})

    def _reworded(self, version_at: sql.Composable) -> int:
        landed = 0
        for name, words in WORDS.items():
            if name in self._streams_by_name:
                word = self._random.choice(words)
                others = sql.SQL("(select {word} from {raw} where {word} is not null order by md5(_row_hash || {salt}) limit 1)").format(
                    word=sql.Identifier(word), raw=_raw(*self._streams_by_name[name]), salt=str(self._random.random())
                )
                landed += self._copies(name, {word: others, "_version_at": version_at})
        return landed

    def _some_tickets(self, condition: LiteralString, number: int) -> list[int]:
        query = sql.SQL("select id from {newest} where {condition} order by md5(id::text || {salt}) limit {number}").format(
            newest=sql.SQL("(select distinct on (id) * from raw_zendesk.tickets order by id, _version_at desc) as newest"),
            condition=sql.SQL(condition),
            salt=str(self._random.random()),
            number=number,
        )
        return [int(row[0]) for row in self._conn.execute(query).fetchall()]

    def _told(self, tickets: list[int], values: dict[str, object]) -> int:
        """Land an event of each ticket, an hour after its last one."""
        instead: dict[str, sql.Composable] = {name: sql.Literal(value) for name, value in values.items()}
        instead["id"] = sql.SQL("id + {}").format(sql.Literal(self._random.randint(10**12, 10**13)))
        for column in ("audit_created_at", "_version_at"):
            instead[column] = sql.SQL("{} + interval '1 hour'").format(sql.Identifier(column))
        return sum(self._copies("zendesk.ticket_events", instead, [ticket], "ticket_id", 1) for ticket in tickets)

    def _copies(
        self, name: str, instead: dict[str, sql.Composable], only: list[int] | None = None, by: str = "id", limit: int = BY_HAND
    ) -> int:
        """Land copies of some records' newest versions, with other values in some columns."""
        source, stream = self._streams_by_name[name]
        columns = [str(row[0]) for row in self._conn.execute(_COLUMNS, [source.raw_schema, stream.name])]
        stamps = {
            "_row_hash": sql.SQL("md5(_row_hash || {})").format(str(self._random.random())),
            "_loaded_at": sql.SQL("clock_timestamp()"),
            "_seen_at": sql.SQL("clock_timestamp()"),
        }
        chosen = stamps | instead
        return self._conn.execute(
            sql.SQL(
                "insert into {raw} ({columns}) select {values} from ("
                " select * from (select *, row_number() over (partition by {key} order by _version_at desc nulls last, _seen_at desc) as n"
                " from {raw}) as versions where n = 1 and not coalesce(_is_deleted, false)"
                " and {only} order by md5(_row_hash || {salt}) limit {limit}) as newest"
            ).format(
                raw=_raw(source, stream),
                columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
                values=sql.SQL(", ").join(chosen.get(column, sql.Identifier(column)) for column in columns),
                key=sql.SQL(", ").join(map(sql.Identifier, stream.landed_key)),
                salt=str(self._random.random()),
                only=sql.SQL("true") if only is None else sql.SQL("{} = any({})").format(sql.Identifier(by), only),
                limit=limit,
            )
        ).rowcount

    def _one(self, query: sql.SQL | sql.Composed) -> object:
        row = self._conn.execute(query).fetchone()
        return row[0] if row else None


_COLUMNS = "select column_name from information_schema.columns where table_schema = %s and table_name = %s order by ordinal_position"


def _raw(source: Source, stream: Stream) -> sql.Identifier:
    return sql.Identifier(source.raw_schema, stream.name)
