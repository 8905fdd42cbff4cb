"""A helpdesk small enough to check by hand: raw rows as landing leaves them, put straight into the raw tables."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from rapport.declarations import load_sources
from rapport.home import Home, checkout
from rapport.land import ensure_tables

AGENT, BOT, CUSTOMER = 900, 901, 500


def only_zendesk(folder: Path) -> Path:
    """Return a folder of declarations that holds the helpdesk alone."""
    (folder / "support").mkdir(parents=True)
    shutil.copy(checkout() / "sources" / "support" / "zendesk.yml", folder / "support" / "zendesk.yml")
    return folder


def at(text: str) -> datetime:
    """Return a UTC time written `2026-03-02 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Helpdesk:
    """Raw tables of the helpdesk, filled by hand; every call is one landing, later than the one before."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.source = load_sources(home.sources_dir)["zendesk"]
        self.events = 0
        with psycopg.connect(home.dsn("loader")) as conn:
            ensure_tables(conn, self.source)
        self.put("users", id=AGENT, role="agent", updated_at=at("2026-01-01"))
        self.put("users", id=BOT, role="agent", tags=["bot"], updated_at=at("2026-01-01"))
        self.put("users", id=CUSTOMER, role="end-user", organization_id=70, language="de", updated_at=at("2026-01-01"))
        self.put("organizations", id=70, segment="enterprise", country="DE", is_strategic=True, updated_at=at("2026-01-01"))
        self.put("groups", id=31, name="Billing", updated_at=at("2026-01-01"))
        week = [{"start_time": day * 1440 + 540, "end_time": day * 1440 + 1020} for day in range(1, 6)]  # 9 to 17
        self.put("schedules", id=1, name="Office", time_zone="Berlin", intervals=week, updated_at=at("2026-01-01"))

    def put(self, stream: str, **values: Any) -> None:
        """Land one version of a record; its clock is the stream's own, its deletion mark as given by `deleted_row`."""
        deleted = values.pop("deleted_row", False)
        declared, now = self.source.streams[stream], datetime.now(UTC)
        version = values.get(declared.clock) if declared.clock else None
        row = {name: json.dumps(value) if isinstance(value, list | dict) else value for name, value in values.items()}
        row["_row_hash"] = hashlib.md5(repr(sorted(row.items())).encode(), usedforsecurity=False).hexdigest()
        row |= {
            "_version_at": version,
            "_is_deleted": deleted,
            "_loaded_at": now,
            "_seen_at": now,
            "_load_id": "hand",
        }
        statement = sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(self.source.raw_schema, stream),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        )
        with psycopg.connect(self.home.dsn("loader")) as conn:
            conn.execute(statement, list(row.values()))

    def ticket(self, number: int, created: str, *, status: str = "open", updated: str | None = None, **values: Any) -> None:
        """Land a version of a ticket."""
        moved = at(updated or created)
        fixed: dict[str, Any] = {"requester_id": CUSTOMER, "organization_id": 70, "group_id": 31, "channel": "email", "priority": "normal"}
        fixed |= {"contact_reason": "invoice", "tags": [], "created_at": at(created), "updated_at": moved, "generated_at": moved}
        self.put("tickets", id=number, status=status, **(fixed | values))

    def event(self, ticket: int, when: str, *, by: int = AGENT, **values: Any) -> None:
        """Land a child event of a ticket's audit."""
        self.events += 1
        fixed = {"audit_created_at": at(when), "updater_id": by, "ticket_id": ticket}
        self.put("ticket_events", id=self.events, **(fixed | {"event_type": "Change"} | values))

    def opened(self, ticket: int, when: str, *, by: int = CUSTOMER, schedule: int | None = 1) -> None:
        """Land the events of a ticket's creation: status, schedule and the first comment."""
        self.event(ticket, when, by=by, event_type="Create", status="new")
        if schedule is not None:
            self.event(ticket, when, by=-1, event_type="ScheduleAssignment", new_schedule_id=schedule)
        self.comment(ticket, when, by=by)

    def comment(self, ticket: int, when: str, *, by: int = AGENT, public: bool = True, **values: Any) -> None:
        """Land a comment."""
        self.event(ticket, when, by=by, event_type="Comment", author_id=by, is_public=public, body_redacted="text", **values)

    def moved(self, ticket: int, when: str, before: str, status: str) -> None:
        """Land a change of status."""
        self.event(ticket, when, status=status, previous_value=before)


def table(home: Home, relation: str, columns: str = "*", role: str = "transformer") -> list[tuple[Any, ...]]:
    """Return a relation's rows, sorted; without the stamp of the build that wrote them."""
    with psycopg.connect(home.dsn(role)) as conn:
        cursor = conn.execute(f"select {columns} from {relation}")
        kept = [number for number, column in enumerate(cursor.description or ()) if column.name != "_built_at"]
        rows = [tuple(row[number] for number in kept) for row in cursor.fetchall()]
    return sorted(rows, key=repr)
