"""Twelve tickets as the pages of Zendesk's API, small enough to work out by hand. All times are UTC; 2 March 2026 is a Monday.

The pages have the shape of https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/, of
https://developer.zendesk.com/api-reference/ticketing/business-rules/sla_policies/ and of
https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_metric_events/.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.unit.connect_server import Request

AGENT, BOT, SYSTEM = 900, 901, -1
BERLIN, NEW_YORK = 1, 2  # schedules, both Monday to Friday 9:00 to 17:00
BILLING, DIGITAL = 31, 32
GOLD = 7
Change = dict[str, Any]


def moment(text: str) -> datetime:
    """Return the time that `03-02 09:00` stands for, in 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


def iso(text: str) -> str:
    return moment(text).strftime("%Y-%m-%dT%H:%M:%SZ")


class Desk:
    """The helpdesk's records; a ticket's requester is 500 more than its number, unless said otherwise."""

    def __init__(self) -> None:
        self.tickets: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.metric_events: list[dict[str, Any]] = []

    def ticket(self, number: int, created: str, status: str, updated: str, *, tags: tuple[str, ...] = (), **more: Any) -> None:
        """Add a ticket as it is now."""
        self.tickets.append(
            {
                "id": number,
                "created_at": iso(created),
                "updated_at": iso(updated),
                "generated_timestamp": int(moment(updated).timestamp()),
                "subject": "Help",
                "status": status,
                "priority": "normal",
                "requester_id": 500 + number,
                "organization_id": 70,
                "group_id": BILLING,
                "tags": list(tags),
                "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
                "custom_fields": [{"id": 360001, "value": "billing"}],
            }
            | more
        )

    def audit(self, ticket: int, at: str, by: int, *changes: Change) -> None:
        """Add an update of a ticket: each change is a child event."""
        key = 1000 * (len(self.events) + 1)
        children = [{"id": key + n, "via": "Web form", "via_reference_id": None} | change for n, change in enumerate(changes, 1)]
        for child in children:
            if child["event_type"] == "Comment":
                child |= {"author_id": by, "created_at": iso(at)}
        self.events.append(
            {
                "id": key,
                "ticket_id": ticket,
                "timestamp": int(moment(at).timestamp()),
                "created_at": iso(at),
                "updater_id": by,
                "via": "Web form",
                "system": {},
                "metadata": {},
                "event_type": "Audit",
                "child_events": children,
            }
        )

    def opened(self, ticket: int, at: str, *, by: int | None = None) -> None:
        """Add the update that made a ticket: in New, with Billing, under Berlin's schedule."""
        self.audit(
            ticket,
            at,
            by if by is not None else 500 + ticket,
            says("Please help"),
            {"event_type": "Create", "status": "new"},
            {"event_type": "Create", "group_id": BILLING},
            {"event_type": "ScheduleAssignment", "previous_schedule_id": None, "new_schedule_id": BERLIN},
        )

    def promised(self, ticket: int, at: str, metric: str, minutes: int) -> None:
        """Add the application of a target in business hours."""
        key = 1 + len(self.metric_events)
        sla = {"target": minutes, "target_in_seconds": 60 * minutes, "business_hours": True, "policy": {"id": GOLD, "title": "Gold"}}
        step = {"id": key, "ticket_id": ticket, "metric": metric, "instance_id": 1, "type": "apply_sla", "time": iso(at), "sla": sla}
        self.metric_events.append(step)

    def answer(self, request: Request) -> Any:
        """Answer as the API does, every stream on one page."""
        name = request.path.rsplit("/", 1)[-1].removesuffix(".json")
        if name == "cursor":
            stream = request.path.rsplit("/", 2)[-2]
            records = self.tickets if stream == "tickets" else users(self.tickets)
            return {stream: records, "after_url": None, "after_cursor": None, "end_of_stream": True}
        timed: dict[str, list[dict[str, Any]]] = {
            "ticket_events": self.events,
            "ticket_metric_events": self.metric_events,
            "organizations": [{"id": 70, "name": "Acme", "created_at": iso("01-01 00:00"), "updated_at": iso("01-01 00:00")}],
        }
        if name in timed:
            return {name: timed[name], "next_page": None, "count": len(timed[name]), "end_of_stream": True}
        key = "sla_policies" if name == "policies" else name
        return {key: whole(request.path, key), "next_page": None, "previous_page": None}


def users(tickets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return an agent, the bot, and a requester in Berlin for every ticket."""
    stamp = {"created_at": iso("01-01 00:00"), "updated_at": iso("01-01 00:00"), "active": True}
    staff = [
        {"id": AGENT, "name": "Agnes Ent", "email": "agnes@desk.example", "role": "agent", "tags": []},
        {"id": BOT, "name": "Answer Bot", "email": "bot@desk.example", "role": "agent", "tags": ["bot"]},
    ]
    asking = [
        {
            "id": key,
            "name": f"Ann {key}",
            "email": f"ann{key}@shop.example",
            "role": "end-user",
            "iana_time_zone": "Europe/Berlin",
            "tags": [],
        }
        for key in sorted({ticket["requester_id"] for ticket in tickets})
    ]
    return [person | stamp for person in (*staff, *asking)]


def whole(path: str, name: str) -> list[dict[str, Any]]:
    """Return the records that come whole."""
    stamp = {"created_at": iso("01-01 00:00"), "updated_at": iso("01-01 00:00")}
    week = [{"start_time": day * 1440 + 540, "end_time": day * 1440 + 1020} for day in range(1, 6)]
    if name == "holidays":  # Labour Day closes Berlin
        return [{"id": 1, "name": "Labour Day", "start_date": "2026-05-01", "end_date": "2026-05-01"}] if f"/{BERLIN}/" in path else []
    records: dict[str, list[dict[str, Any]]] = {
        "groups": [{"id": BILLING, "name": "Billing"}, {"id": DIGITAL, "name": "Digital"}],
        "schedules": [
            {"id": BERLIN, "name": "Berlin", "time_zone": "Berlin", "intervals": week},
            {"id": NEW_YORK, "name": "New York", "time_zone": "Eastern Time (US & Canada)", "intervals": week},
        ],
        "sla_policies": [
            {
                "id": GOLD,
                "title": "Gold",
                "position": 1,
                "filter": {"all": [], "any": []},
                "policy_metrics": [
                    {"priority": "normal", "metric": "first_reply_time", "target": 60, "business_hours": True},
                    {"priority": "normal", "metric": "requester_wait_time", "target": 100, "business_hours": True},
                ],
            }
        ],
    }
    return [record | stamp for record in records.get(name, [])]


def says(text: str, *, public: bool = True) -> Change:
    return {"event_type": "Comment", "type": "Comment", "body": text, "public": public}


def status(before: str, after: str) -> Change:
    return {"event_type": "Change", "status": after, "previous_value": before}


def twelve() -> Desk:
    """Return the helpdesk with the twelve tickets (20, 90 and 120 belong to 2, 9 and 12)."""
    desk = Desk()
    # 1: over the night in which Berlin's clocks go forward (29 March): Friday 16:00 to Monday 10:00 there
    desk.ticket(1, "03-27 15:00", "solved", "03-30 08:00")
    desk.opened(1, "03-27 15:00")
    desk.audit(1, "03-30 08:00", AGENT, says("Done"), status("new", "solved"))
    # 2: an hour after the customer wrote for the first time; the first message (20) is merged into it
    desk.ticket(2, "03-02 10:00", "solved", "03-02 12:00", requester_id=502)
    desk.opened(2, "03-02 10:00")
    desk.ticket(20, "03-02 09:00", "closed", "03-02 10:30", tags=("closed_by_merge",), requester_id=502)
    desk.opened(20, "03-02 09:00", by=502)
    merge = says("merged", public=False) | {"via": {"channel": "system", "source": {"from": {"ticket_id": 2}, "rel": "merge"}}}
    desk.audit(20, "03-02 10:30", AGENT, merge, status("new", "closed"))
    desk.audit(2, "03-02 11:00", AGENT, says("We look into it"), status("new", "open"))
    desk.audit(2, "03-02 12:00", AGENT, says("Done"), status("open", "solved"))
    # 3: solved, and back the next day
    desk.ticket(3, "03-02 09:00", "solved", "03-03 11:00")
    desk.opened(3, "03-02 09:00")
    desk.audit(3, "03-02 10:00", AGENT, says("Done"), status("new", "solved"))
    desk.audit(3, "03-03 09:00", 503, says("No"), status("solved", "open"))
    desk.audit(3, "03-03 11:00", AGENT, says("Now it is"), status("open", "solved"))
    desk.promised(3, "03-02 09:00", "requester_wait_time", 200)
    desk.promised(3, "03-03 09:00", "requester_wait_time", 100)
    # 4: an agent opens it with a public message; the second one answers
    desk.ticket(4, "03-02 09:00", "solved", "03-02 10:30")
    desk.opened(4, "03-02 09:00", by=AGENT)
    desk.audit(4, "03-02 09:30", 504, says("Yes?"))
    desk.audit(4, "03-02 10:30", AGENT, says("So it is"), status("new", "solved"))
    # 5: in the evening, Monday 19:00 in Berlin; a bot says something at once, a person on Tuesday at 9:30
    desk.ticket(5, "03-02 18:00", "solved", "03-03 08:30")
    desk.opened(5, "03-02 18:00")
    desk.audit(5, "03-02 18:01", BOT, says("Have you read our pages?"))
    desk.audit(5, "03-03 08:30", AGENT, says("Done"), status("new", "solved"))
    desk.promised(5, "03-02 18:00", "reply_time", 60)
    # 6: a note among agents, and solved without a word to the customer
    desk.ticket(6, "03-02 09:00", "solved", "03-02 10:00")
    desk.opened(6, "03-02 09:00")
    desk.audit(6, "03-02 09:30", AGENT, says("done by phone", public=False))
    desk.audit(6, "03-02 10:00", AGENT, status("new", "solved"))
    # 7: begun under Berlin's schedule (15:00 there), given New York's an hour later (10:00 there)
    desk.ticket(7, "03-02 14:00", "solved", "03-02 21:00")
    desk.opened(7, "03-02 14:00")
    desk.audit(7, "03-02 15:00", SYSTEM, {"event_type": "ScheduleAssignment", "previous_schedule_id": BERLIN, "new_schedule_id": NEW_YORK})
    desk.audit(7, "03-02 20:00", AGENT, says("On it"), status("new", "open"))
    desk.audit(7, "03-02 21:00", AGENT, says("Done"), status("open", "solved"))
    # 8: Thursday 30 April 16:00 in Berlin to Monday 4 May 10:00; Friday is a holiday
    desk.ticket(8, "04-30 14:00", "solved", "05-04 08:00")
    desk.opened(8, "04-30 14:00")
    desk.audit(8, "05-04 08:00", AGENT, says("Done"), status("new", "solved"))
    desk.promised(8, "04-30 14:00", "reply_time", 60)
    # 9: solved and closed; an hour less than seven days after the solution the customer opens 90, which follows it
    desk.ticket(9, "03-02 09:00", "closed", "03-06 10:00")
    desk.opened(9, "03-02 09:00")
    desk.audit(9, "03-02 10:00", AGENT, says("Done"), status("new", "solved"))
    desk.audit(9, "03-06 10:00", SYSTEM, status("solved", "closed"))
    again = {"channel": "email", "source": {"from": {"ticket_id": 9}, "to": {}, "rel": "follow_up"}}
    desk.ticket(90, "03-09 09:00", "open", "03-09 09:30", via=again, requester_id=509)
    desk.opened(90, "03-09 09:00", by=509)
    desk.audit(90, "03-09 09:30", AGENT, says("Again?"), status("new", "open"))
    # 10: on Saturday at 13:00 in Berlin, answered on Monday at 9:15
    desk.ticket(10, "03-07 12:00", "solved", "03-09 08:15")
    desk.opened(10, "03-07 12:00")
    desk.audit(10, "03-09 08:15", AGENT, says("Done"), status("new", "solved"))
    # 11: an hour in New, two in Pending, an hour in Open (handed to Digital in the middle of it), an hour on Hold
    desk.ticket(11, "03-02 08:00", "solved", "03-02 13:00", group_id=DIGITAL)
    desk.opened(11, "03-02 08:00")
    desk.audit(11, "03-02 09:00", AGENT, says("Which one?"), status("new", "pending"))
    desk.audit(11, "03-02 11:00", 511, says("That one"), status("pending", "open"))
    desk.audit(11, "03-02 11:30", AGENT, {"event_type": "Change", "group_id": DIGITAL, "previous_value": str(BILLING)})
    desk.audit(11, "03-02 12:00", AGENT, status("open", "hold"))
    desk.audit(11, "03-02 13:00", AGENT, says("Done"), status("hold", "solved"))
    desk.promised(11, "03-02 08:00", "requester_wait_time", 200)
    # 12: deleted; 120: spam, deleted too
    desk.ticket(12, "03-02 09:00", "deleted", "03-02 09:30")
    desk.opened(12, "03-02 09:00")
    desk.ticket(120, "03-02 09:00", "open", "03-02 09:00", tags=("spam",))
    desk.opened(120, "03-02 09:00")
    return desk
