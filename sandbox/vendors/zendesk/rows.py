"""Tickets, their events and satisfaction ratings as Zendesk sends them, cut at the company's present."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from sandbox.company.params import DAY, iso
from sandbox.company.staff import Employee, Unit
from sandbox.company.tickets import Audit, Ticket
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.zendesk import people as zp
from sandbox.vendors.zendesk.reference import reference
from sandbox.vendors.zendesk.slas import metric_events, policies

VIA_TEXT = {
    "email": "Mail",
    "web": "Web form",
    "native_messaging": "Native messaging",
    "voice": "Phone call (incoming)",
    "mobile": "Mobile SDK",
    "api": "Web service",
}
RATING, SUPPORT_ADDRESS, DELETED_SCRUB_DAYS = 440_000_000_000, "support@haldenmark-grid.com", 30


def rows(world: World) -> Iterator[Row]:
    """Yield every record of the helpdesk."""
    yield from zp.users(world)
    yield from zp.organizations(world)
    yield from reference(world)
    yield from policies(world)
    for ticket in world.conversations:
        if ticket.visible_at <= world.now:
            planted = ticket.may_hold_canary
            for row in _ticket_rows(ticket, world.now):
                yield row._replace(canary=planted)
            yield from metric_events(ticket, world)


def _ticket_rows(ticket: Ticket, now: int) -> Iterator[Row]:
    """Yield the ticket, one event an audit, and its rating. A late import shows all its past at the moment it arrives."""
    audits = sorted((a for a in ticket.audits if a.at <= now), key=lambda a: a.at)
    if ticket.deleted_at is not None and ticket.deleted_at <= now:
        audits = [a for a in audits if a.at <= (ticket.deleted_at or 0)]
    yield _ticket(ticket, audits, now)
    for number, audit in enumerate(audits):
        yield _event(ticket, audit, number)
    rating = ticket.rating
    if rating is not None and max(rating.offered_at, ticket.visible_at) <= now and ticket.deleted_at is None:
        answered = rating.answered_at is not None and max(rating.answered_at, ticket.visible_at) <= now
        at = max(rating.answered_at if answered and rating.answered_at else rating.offered_at, ticket.visible_at)
        key = RATING + ticket.id
        yield Row(
            "zendesk.satisfaction_ratings",
            key,
            at,
            {
                "id": key,
                "url": f"{zp.HOST}/api/v2/satisfaction_ratings/{key}.json",
                "assignee_id": zp.AGENT + ticket.agent.index if ticket.agent else None,
                "group_id": zp.GROUP + ticket.unit.index,
                "requester_id": zp.user_of(ticket),
                "ticket_id": ticket.id,
                "score": ("good" if rating.good else "bad") if answered else "offered",
                "comment": rating.comment if answered else None,
                "reason": rating.reason if answered else None,
                "reason_id": 500_000 + len(rating.reason) if answered and rating.reason else None,
                "reason_code": 100 if answered and rating.reason else None,
                "created_at": iso(rating.offered_at),
                "updated_at": iso(at),
            },
        )


def _via(ticket: Ticket) -> dict[str, Any]:
    """Return the via object (https://developer.zendesk.com/documentation/ticketing/reference-guides/via-types/)."""
    source: dict[str, Any] = {"from": {}, "to": {}, "rel": None}
    person = ticket.person
    if ticket.channel == "email" and person is not None:
        source = {
            "from": {"address": person.email, "name": person.name},
            "to": {"name": "Haldenmark Grid", "address": SUPPORT_ADDRESS},
            "rel": None,
        }
    elif ticket.channel == "voice" and person is not None:
        source = {
            "from": {"formatted_phone": person.phone, "phone": person.phone, "name": person.name},
            "to": {"phone": "+4940300441100"},
            "rel": "inbound",
        }
    return {"channel": ticket.channel, "source": source}


def _ticket(ticket: Ticket, audits: list[Audit], now: int) -> Row:
    """Return the ticket (https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#json-format)."""
    state: dict[str, Any] = {"status": "new", "group": ticket.unit, "assignee": None, "priority": ticket.priority}
    for audit in audits:
        state.update({name: value for name, _, value in audit.changes})
    updated, rating = audits[-1].at, ticket.rating
    score: dict[str, Any] = {"score": "unoffered"}
    generated = max(updated, ticket.visible_at)
    if rating is not None and rating.offered_at <= now:
        score, generated = {"score": "offered"}, max(generated, rating.offered_at)
        if rating.answered_at is not None and rating.answered_at <= now:
            score = {
                "score": "good" if rating.good else "bad",
                "id": RATING + ticket.id,
                "comment": rating.comment,
                "reason": rating.reason,
                "reason_id": None,
            }
            updated = max(updated, rating.answered_at)
    subject, description, status = ticket.subject, audits[0].text or "", state["status"]
    if ticket.deleted_at is not None and ticket.deleted_at <= now:
        # Deleted tickets stay in the export with status "deleted"; their text is scrubbed 30 days later:
        # https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#excluding-deleted-tickets
        status, updated = "deleted", ticket.deleted_at
        if ticket.deleted_at + DELETED_SCRUB_DAYS * DAY <= now:
            subject = description = "SCRUBBED"
            generated = ticket.deleted_at + DELETED_SCRUB_DAYS * DAY
    generated = max(generated, updated)
    requester = zp.user_of(ticket)
    submitter = zp.AGENT + ticket.agent.index if ticket.agent_created and ticket.agent else requester
    fields = [
        {"id": zp.REASON_FIELD, "value": ticket.reason},
        {"id": zp.REGION_FIELD, "value": ticket.region},
        {"id": zp.ORDER_FIELD, "value": ticket.order},
        {"id": zp.PRODUCT_FIELD, "value": ticket.product},
    ]
    return Row(
        "zendesk.tickets",
        ticket.id,
        generated,
        {
            "url": f"{zp.HOST}/api/v2/tickets/{ticket.id}.json",
            "id": ticket.id,
            "external_id": None,
            "via": _via(ticket),
            "created_at": iso(ticket.created_at),
            "updated_at": iso(updated),
            "generated_timestamp": generated,
            "type": "incident" if ticket.reason == "outage" else "question",
            "subject": subject,
            "raw_subject": subject,
            "description": description,
            "priority": state["priority"],
            "status": status,
            "recipient": SUPPORT_ADDRESS if ticket.channel == "email" else None,
            "requester_id": requester,
            "submitter_id": submitter,
            "assignee_id": zp.AGENT + state["assignee"].index if state["assignee"] else None,
            "organization_id": zp.ORGANIZATION + ticket.person.account.index if ticket.person else None,
            "group_id": zp.GROUP + state["group"].index,
            "collaborator_ids": [],
            "follower_ids": [],
            "email_cc_ids": [],
            "forum_topic_id": None,
            "problem_id": None,
            "has_incidents": False,
            "is_public": True,
            "due_at": None,
            "tags": _tags(ticket, state),
            "custom_fields": fields,
            "fields": fields,
            "satisfaction_rating": score,
            "sharing_agreement_ids": [],
            "custom_status_id": 9000 + ("new", "open", "pending", "hold", "solved", "closed", "deleted").index(status),
            "encoded_id": f"HG{ticket.id:08X}",
            "followup_ids": [],
            "ticket_form_id": 360_100,
            "brand_id": 360_200,
            "allow_channelback": False,
            "allow_attachments": True,
            "from_messaging_channel": ticket.channel == "native_messaging",
            "support_type": "agent",
        },
    )


def _tags(ticket: Ticket, state: dict[str, Any]) -> list[str]:
    tags = [ticket.reason, ticket.region, ticket.product]
    if ticket.staff_requester is not None:
        tags.append("internal")
    if ticket.spammer is not None:
        tags.append("spam")
    if state.get("tags"):
        tags.append(state["tags"])
    return sorted(tags)


def _author(ticket: Ticket, audit: Audit) -> int:
    if audit.actor == "bot":
        return zp.BOT
    if audit.actor == "agent":
        agent = audit.agent or ticket.agent
        return zp.AGENT + agent.index if agent else -1
    return zp.user_of(ticket) if audit.actor == "requester" else -1


def _event(ticket: Ticket, audit: Audit, number: int) -> Row:
    """Return a ticket event (https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#incremental-ticket-event-export)."""
    key = 900_000_000_000 + ticket.id * 1000 + number * 20
    at, updater = max(audit.at, ticket.visible_at), _author(ticket, audit)
    via = (
        "Rule"
        if audit.actor == "system"
        else VIA_TEXT[ticket.channel]
        if audit.actor == "requester"
        else "Merge"
        if audit.merge_to
        else "Web form"
    )
    children: list[dict[str, Any]] = []

    def child(**body: Any) -> None:
        children.append({"id": key + 1 + len(children), "via": via, "via_reference_id": None} | body)

    if audit.text is not None:
        _comment(ticket, audit, key, updater, child)
    if number == 0:
        child(event_type="Create", subject=ticket.subject)
        child(event_type="Create", type="incident" if ticket.reason == "outage" else "question")
    for name, previous, value in audit.changes:
        if name == "schedule":
            child(event_type="ScheduleAssignment", previous_schedule_id=None, new_schedule_id=value)
        elif name == "tags":
            child(event_type="Change", tags=[value], added_tags=[value], removed_tags=[], previous_value=None)
        else:
            field = {"group": "group_id", "assignee": "assignee_id"}.get(name, name)
            change: dict[str, Any] = {field: _plain(value), "event_type": "Create" if number == 0 else "Change"}
            child(**change, **({} if number == 0 else {"previous_value": _plain(previous)}))
    system = {
        "client": "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
        "ip_address": f"198.51.{ticket.id % 100}.{number + 10}",
        "location": None,
        "latitude": None,
        "longitude": None,
    }
    return Row(
        "zendesk.ticket_events",
        key,
        at,
        {
            "id": key,
            "ticket_id": ticket.id,
            "timestamp": at,
            "created_at": iso(at),
            "updater_id": updater,
            "via": via,
            "system": system
            if audit.actor == "requester"
            else {"client": None, "ip_address": None, "location": None, "latitude": None, "longitude": None},
            "metadata": {},
            "event_type": "Audit",
            "child_events": children,
        },
    )


def _comment(ticket: Ticket, audit: Audit, key: int, author: int, child: Any) -> None:
    text = audit.text or ""
    source: dict[str, Any] = {"from": {}, "to": {}, "rel": None}
    channel = ticket.channel if audit.actor == "requester" else "web"
    if audit.merge_to is not None:
        channel, source = "system", {"from": {"ticket_id": audit.merge_to}, "to": {}, "rel": "merge"}
    elif audit.merge_from is not None:
        channel, source = "system", {"from": {"ticket_ids": [audit.merge_from]}, "to": {}, "rel": "merge"}
    html = escape(text, quote=False).replace("\n", "<br>")
    child(
        event_type="Comment",
        type="Comment",
        author_id=author,
        body=text,
        html_body=f'<div class="zd-comment" dir="auto">{html}</div>',
        plain_body=text,
        public=audit.public,
        attachments=[],
        audit_id=key,
        created_at=iso(audit.at),
        via={"channel": channel, "source": source},
        metadata={},
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Unit):
        return zp.GROUP + value.index
    if isinstance(value, Employee):
        return zp.AGENT + value.index
    return value
