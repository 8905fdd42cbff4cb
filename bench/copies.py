"""A longer history: what was landed, copied into the years before, with people, accounts and records of its own.

The rows stand in the raw tables as landing left them, so that they are shaped as the vendors' are. Every copy has other ids and other
tokens, lies a whole number of weeks earlier, and holds only what is settled: tickets long solved, activities that are over. What is
still going on is as much as before, so that a day is the same day, whatever the history behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql
from rapport.home import Home
from rapport.warehouse import server

COPIED = "bench copy"  # `_load_id` of a copied row
_ID_STEP, _PERIOD_DAYS, _PERIODS = 10**13, 112 * 7, 4
_AT_ONCE = 5  # copies made by one statement
_OUR_ZENDESK = "(select id from raw_zendesk.users where role is distinct from 'end-user')"
_SETTLED = "{column} in (select id from settled)"  # tickets that nobody will come back to
_CUSTOMERS = "response_id in (select response_id from raw_qualtrics.responses where team_id is null)"


@dataclass(frozen=True)
class Copied:
    """How a raw table is copied: columns that hold ids of copied records, ids of staff or customers, and which rows.

    Attributes:
        ids: columns of ids, numbers or texts.
        people: columns of ids of people: those of staff stay.
        where: condition on the rows.
    """

    ids: Sequence[str]
    people: Sequence[str] = ()
    where: str = "true"


STREAMS: Mapping[str, Copied] = {
    "zendesk.organizations": Copied(["id", "external_id"]),
    "zendesk.users": Copied(["id", "organization_id", "external_id"], where="role = 'end-user'"),
    "zendesk.tickets": Copied(["id", "organization_id"], ["requester_id", "submitter_id"], _SETTLED.format(column="id")),
    "zendesk.ticket_events": Copied(
        ["id", "ticket_id", "via_from_ticket_id"], ["author_id", "updater_id", "requester_id"], _SETTLED.format(column="ticket_id")
    ),
    "zendesk.ticket_metric_events": Copied(["id", "ticket_id"], where=_SETTLED.format(column="ticket_id")),
    "zendesk.satisfaction_ratings": Copied(["id", "ticket_id"], ["requester_id"], _SETTLED.format(column="ticket_id")),
    "salesforce.accounts": Copied(["id", "master_record_id", "parent_id"]),
    "salesforce.contacts": Copied(["id", "master_record_id", "account_id", "reports_to_id"]),
    "salesforce.tasks": Copied(["id", "who_id", "what_id", "account_id"], where="is_closed"),
    "salesforce.events": Copied(["id", "who_id", "what_id", "account_id"], where="ends_at < (select until from settled_until)"),
    "qualtrics.contacts": Copied(["contact_id"]),
    "qualtrics.invitations": Copied(["distribution_id", "contact_id", "contact_lookup_id", "response_id"], where="response_id is not null"),
    "qualtrics.responses": Copied(["response_id", "account_id", "contact_id", "ticket_id"], where="team_id is null"),
    "qualtrics.answers": Copied(["response_id"], where=_CUSTOMERS),
    "qualtrics.comments": Copied(["response_id"], where=_CUSTOMERS),
    "matomo.visits": Copied(["id_visit"]),
    "matomo.actions": Copied(["id_visit", "page_id"]),
}
SUPPORT = [name for name in STREAMS if name.startswith("zendesk.")]


def add(home: Home, first: int, last: int, streams: Sequence[str] = tuple(STREAMS), share: float = 1.0) -> int:
    """Copy the landed rows as the copies `first` to `last`; returns how many rows that made.

    Args:
        home: a home whose raw tables were filled by extraction.
        first: number of the first copy, from 1.
        last: number of the last one.
        streams: which raw tables.
        share: share of the settled tickets that is copied; below 1 the copies are new: they are stamped with the present.
    """
    made = 0
    with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
        _settle(conn, share)
        for name in streams:
            for begin in range(first, last + 1, _AT_ONCE):
                end = min(begin + _AT_ONCE - 1, last)
                made += conn.execute(_statement(conn, name, STREAMS[name], is_new=share < 1), [begin, end]).rowcount
            conn.execute(sql.SQL("analyze {}").format(_raw(name)))
            print(f"    {name}: copies {first} to {last}, {made:,} rows so far", flush=True)
    return made


def age(home: Home) -> None:
    """Let what was landed in the last hour have been landed a day before.

    A build looks back a quarter of an hour behind the one before it. A bench lands, builds and builds again within minutes, and would find
    all of its history new each time.
    """
    with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
        tables = conn.execute(
            "select table_schema, table_name from information_schema.columns"
            " where table_schema like 'raw\\_%' and column_name = '_loaded_at'"
        ).fetchall()
        for table in tables:
            raw = sql.Identifier(*table)
            older = sql.SQL("update {} set _loaded_at = _loaded_at - interval '1 day' where _loaded_at > now() - interval '1 hour'")
            if conn.execute(older.format(raw)).rowcount:
                conn.execute(sql.SQL("vacuum analyze {}").format(raw))


def _settle(conn: psycopg.Connection, share: float) -> None:
    conn.execute("create temporary table settled_until as select max(updated_at) - interval '30 days' as until from raw_zendesk.tickets")
    conn.execute(
        "create temporary table settled as select id from raw_zendesk.tickets where _load_id <> %s group by id"
        " having max(updated_at) < (select until from settled_until)"
        " and bool_and(status in ('solved', 'closed')) and (hashtext(id::text) & 1023) < 1024 * %s::float",
        [COPIED, share],
    )


def _statement(conn: psycopg.Connection, name: str, copied: Copied, *, is_new: bool) -> sql.Composed:
    columns = conn.execute(
        "select column_name, data_type from information_schema.columns where (table_schema, table_name) = (%s, %s)",
        [f"raw_{name.partition('.')[0]}", name.partition(".")[2]],
    ).fetchall()
    values = [_value(str(column), str(kind), copied, is_new=is_new) for column, kind in columns]
    return sql.SQL(
        "insert into {raw} ({columns}) select {values} from generate_series(%s::bigint, %s::bigint) as copy cross join {raw} as landed"
        " where _load_id <> {copied} and {where} on conflict do nothing"
    ).format(
        raw=_raw(name),
        columns=sql.SQL(", ").join(sql.Identifier(column) for column, _ in columns),
        values=sql.SQL(", ").join(values),
        copied=COPIED,
        where=sql.SQL(copied.where),
    )


def _value(column: str, kind: str, copied: Copied, *, is_new: bool) -> sql.Composable:
    this = sql.Identifier(column)
    earlier = sql.SQL("{} - make_interval(days => (1 + copy::int %% {}) * {})").format(this, _PERIODS, _PERIOD_DAYS)
    staff = sql.SQL(_OUR_ZENDESK)
    value: sql.Composable = this
    if column == "_load_id":
        value = sql.Literal(COPIED)
    elif column in {"_loaded_at", "_seen_at"}:
        value = sql.SQL("clock_timestamp()") if is_new else this
    elif column in copied.people:
        value = sql.SQL("case when {0} in {1} or {0} < 0 then {0} else {0} + copy * {2} end").format(this, staff, _ID_STEP)
    elif column in copied.ids and kind == "bigint":
        value = sql.SQL("{} + copy * {}").format(this, _ID_STEP)
    elif column == "ticket_id":  # a number written as text
        value = sql.SQL("({}::bigint + copy * {})::text").format(this, _ID_STEP)
    elif column in copied.ids or column.endswith("_token"):
        value = sql.SQL("{} || '~' || copy").format(this)
    elif not is_new and kind == "timestamp with time zone":
        value = earlier
    elif not is_new and kind == "date":
        value = sql.SQL("cast({} as date)").format(earlier)
    return value


def _raw(name: str) -> sql.Identifier:
    source, _, stream = name.partition(".")
    return sql.Identifier(f"raw_{source}", stream)


def tickets(home: Home) -> int:
    """Return how many tickets the raw table holds."""
    with psycopg.connect(home.dsn("transformer")) as conn:
        row = conn.execute("select count(distinct id) from raw_zendesk.tickets").fetchone()
    return int(row[0]) if row else 0
