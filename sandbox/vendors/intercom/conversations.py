"""Conversations and their parts, cut at the company's present.

The objects are https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/conversations/conversation, the kinds of parts
https://developers.intercom.com/docs/references/1.0/rest-api/conversations/conversation-part-model.
"""

from __future__ import annotations

from html import escape
from typing import Any

from sandbox.company.staff import Employee, Unit
from sandbox.company.tickets import Audit, Ticket
from sandbox.store import Row
from sandbox.vendors.intercom.records import BOT_ADMIN, TAGS, admin_id, conversation_id, team_id, writer_id

# Intercom knows three states; what waits for somebody else is snoozed, and there is no second closing of what is closed.
STATES = {"new": "open", "open": "open", "pending": "snoozed", "hold": "snoozed", "solved": "closed", "closed": "closed"}
MOVES = {"open": "open", "snoozed": "snoozed", "closed": "close"}
SOURCES = {"email": "email", "voice": "phone_call"}


def html(text: str) -> str:
    """Return a message as it is sent: marked up."""
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in text.split("\n") if line)


class _Parts:
    """The parts of one conversation, in order."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.parts: list[dict[str, Any]] = []
        self.state = "open"

    def add(self, audit: Audit, kind: str, *, body: str | None = None, to: dict[str, str] | None = None) -> None:
        """Append one part."""
        number = self.ticket.id * 1000 + len(self.parts) + 1
        self.parts.append(
            {
                "type": "conversation_part",
                "id": str(number),
                "part_type": kind,
                "body": html(body) if body is not None else None,
                "created_at": audit.at,
                "updated_at": audit.at,
                "notified_at": audit.at,
                "assigned_to": to,
                "author": author(self.ticket, audit),
                "attachments": [],
                "external_id": None,
                "redacted": False,
            }
        )

    def update(self, audit: Audit, *, is_first: bool) -> None:
        """Append what one update of the ticket is here: a message or note, assignments, and a change of state."""
        if audit.text is not None and not is_first:
            self.add(audit, "comment" if audit.public else "note", body=audit.text)
        for name, _, value in audit.changes:
            if name == "group" and isinstance(value, Unit):
                self.add(audit, "assignment", to={"type": "team", "id": team_id(value)})
            elif name == "assignee" and isinstance(value, Employee):
                self.add(audit, "assignment", to={"type": "admin", "id": admin_id(value)})
            elif name == "status" and STATES[value] != self.state:
                self.state = STATES[value]
                self.add(audit, MOVES[self.state])


def author(ticket: Ticket, audit: Audit) -> dict[str, Any]:
    """Return who acted, with name and address, as the API sends them in every part."""
    if audit.actor == "agent" and (agent := audit.agent or ticket.agent) is not None:
        return {"type": "admin", "id": admin_id(agent), "name": agent.name, "email": agent.email}
    if audit.actor == "requester":
        who = ticket.person or ticket.staff_requester
        name, mail = (who.name, who.email) if who else (f"Offer {ticket.spammer}", f"offer{ticket.spammer}@bulk-mailer.biz")
        return {"type": "lead" if who is None else "user", "id": writer_id(ticket), "name": name, "email": mail}
    return {"type": "bot", "id": BOT_ADMIN, "name": "Haldenmark Assistant", "email": "operator+hg4w1x2y@intercom.io"}


def conversation(ticket: Ticket, now: int) -> Row:
    """Return a ticket as a conversation with all its parts; lists and searches leave the parts out."""
    audits = sorted((a for a in ticket.audits if a.at <= now), key=lambda a: a.at)
    history = _Parts(ticket)
    for number, audit in enumerate(audits):
        history.update(audit, is_first=number == 0)
    parts, rating = history.parts, _rating(ticket, now)
    asked = [ticket.rating.offered_at] if ticket.rating and rating else []
    answered = [ticket.rating.answered_at] if ticket.rating and rating and rating["rating"] and ticket.rating.answered_at else []
    updated = max([ticket.created_at, ticket.visible_at, *(p["created_at"] for p in parts), *asked, *answered])
    teams = [p["assigned_to"] for p in parts if p["assigned_to"]]
    tags = [name for name, holds in _tags(ticket, audits).items() if holds]
    says = [p for p in parts if p["part_type"] == "comment"]
    customer_waits = [p["created_at"] for p in says if p["author"]["type"] in ("user", "lead")]
    answers = [p["created_at"] for p in says if p["author"]["type"] == "admin"]
    body = {
        "type": "conversation",
        "id": conversation_id(ticket.id),
        "title": None,
        "created_at": ticket.created_at,
        "updated_at": updated,
        "waiting_since": customer_waits[-1] if customer_waits and customer_waits[-1] > max(answers, default=0) else None,
        "snoozed_until": None,
        "open": history.state == "open",
        "state": history.state,
        "read": True,
        "priority": "priority" if ticket.priority in ("urgent", "high") else "not_priority",
        "admin_assignee_id": next((int(t["id"]) for t in reversed(teams) if t["type"] == "admin"), None),
        "team_assignee_id": next((int(t["id"]) for t in reversed(teams) if t["type"] == "team"), None),
        "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": TAGS[name], "name": name} for name in tags]},
        "conversation_rating": rating,
        "source": _source(ticket, audits[0]),
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": writer_id(ticket), "external_id": None}]},
        "teammates": {"type": "admin.list", "teammates": _teammates(parts)},
        "custom_attributes": {
            "reason": ticket.reason,
            "region": ticket.region,
            "order_number": ticket.order,
            "product": ticket.product,
            "merged_into": conversation_id(ticket.merged_into) if "merged" in tags and ticket.merged_into is not None else None,
        },
        "first_contact_reply": {"type": "conversation", "created_at": ticket.created_at, "url": None} if not ticket.agent_created else None,
        "sla_applied": None,
        "statistics": _statistics(parts, answers),
        "linked_objects": {"type": "list", "total_count": 0, "has_more": False, "data": []},
        "topics": {"type": "topic.list", "topics": [], "total_count": 0},
        "ai_agent_participated": False,
        "ai_agent": None,
        "conversation_parts": {"type": "conversation_part.list", "conversation_parts": parts, "total_count": len(parts)},
    }
    return Row("intercom.conversations", ticket.id, updated, body, ticket.may_hold_canary)


def _source(ticket: Ticket, first: Audit) -> dict[str, Any]:
    kind = SOURCES.get(ticket.channel, "conversation")
    return {
        "type": kind,
        "id": str(ticket.id * 1000),
        "delivered_as": "admin_initiated" if ticket.agent_created else "customer_initiated",
        "subject": html(ticket.subject) if kind == "email" else "",
        "body": html(first.text or ""),
        "author": author(ticket, first),
        "attachments": [],
        "url": None,
        "redacted": False,
    }


def _tags(ticket: Ticket, audits: list[Audit]) -> dict[str, bool]:
    """Return the tags that a ticket may have: the company marks what it merged by a tag and an attribute."""
    merged = any(a.merge_to is not None for a in audits)
    return {"internal": ticket.staff_requester is not None, "spam": ticket.spammer is not None, "merged": merged}


def _teammates(parts: list[dict[str, Any]]) -> list[dict[str, str]]:
    ids = dict.fromkeys(p["author"]["id"] for p in parts if p["author"]["type"] == "admin")
    return [{"type": "admin", "id": i} for i in ids]


def _rating(ticket: Ticket, now: int) -> dict[str, Any] | None:
    """Return the rating once it was asked for; it stays without a number until it is answered."""
    rating = ticket.rating
    if rating is None or max(rating.offered_at, ticket.visible_at) > now:
        return None
    answered = rating.answered_at is not None and max(rating.answered_at, ticket.visible_at) <= now
    return {
        "rating": (5 if rating.good else 2) if answered else None,
        "remark": (rating.comment or "") if answered else "",
        "created_at": rating.offered_at,
        "contact": {"type": "contact", "id": writer_id(ticket), "external_id": None},
        "teammate": {"type": "admin", "id": admin_id(ticket.agent)} if ticket.agent else None,
    }


def _statistics(parts: list[dict[str, Any]], answers: list[int]) -> dict[str, Any]:
    """Return when things happened; durations, which leave out what lies outside office hours, need an office-hours setting."""
    at = {kind: [p["created_at"] for p in parts if p["part_type"] == kind] for kind in ("assignment", "close", "open")}
    closers = [p["author"]["id"] for p in parts if p["part_type"] == "close"]
    return {
        "type": "conversation_statistics",
        "time_to_assignment": None,
        "time_to_admin_reply": None,
        "time_to_first_close": None,
        "time_to_last_close": None,
        "median_time_to_reply": None,
        "first_contact_reply_at": None,
        "first_assignment_at": at["assignment"][0] if at["assignment"] else None,
        "first_admin_reply_at": answers[0] if answers else None,
        "first_close_at": at["close"][0] if at["close"] else None,
        "last_assignment_at": at["assignment"][-1] if at["assignment"] else None,
        "last_assignment_admin_reply_at": None,
        "last_contact_reply_at": None,
        "last_admin_reply_at": answers[-1] if answers else None,
        "last_close_at": at["close"][-1] if at["close"] else None,
        "last_closed_by_id": closers[-1] if closers else None,
        "count_reopens": max(len(at["close"]) - 1, 0),
        "count_assignments": len(at["assignment"]),
        "count_conversation_parts": len(parts),
    }
