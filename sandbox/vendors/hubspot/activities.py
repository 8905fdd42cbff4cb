"""Calls, e-mails, meetings and notes as HubSpot sends them: https://developers.hubspot.com/docs/api-reference/crm-calls-v3/guide."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.company.crm import Activity
from sandbox.company.params import DAY
from sandbox.company.people import Person
from sandbox.company.places import national
from sandbox.store import Row
from sandbox.vendors.hubspot import records as hs

# A call's outcome is the id of a disposition; the list of an account is asked for apart:
# https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/engagements/get-calling-v1-dispositions
DISPOSITIONS = {
    "Connected": "f240bbac-87c9-4f6e-bf70-924b57d47db7",
    "Left voicemail": "b2cf5968-551e-4856-9783-52b3da59a7d0",
    "No answer": "73a0d17f-1163-4015-bdd5-ec830791da20",
    "Busy": "9d9162e7-6cf3-4944-bf63-4dff82258764",
}


def dispositions(start: int) -> Iterator[Row]:
    """Yield the outcomes that a call may have."""
    for number, (label, key) in enumerate(DISPOSITIONS.items()):
        yield Row("hubspot.dispositions", number, start, {"id": key, "label": label})


def activity(item: Activity, now: int) -> Iterator[Row]:
    """Yield what was done, once it was; a meeting stands in the calendar three days before."""
    done, planned = item.at <= now, item.at - 3 * DAY
    if not done and (item.kind != "meeting" or planned > now):
        return
    person, owner = hs.contact_id(item.person), hs.owner_id(item.owner)
    links: dict[str, list[str | None]] = {"contacts": [person], "companies": [hs.company_id(item.account)]}
    planted = any(p.canary for p in item.account.persons)
    shared = {"hubspot_owner_id": owner, "hs_timestamp": hs.stamp(item.at)}
    if item.kind == "call":
        said = {
            "hs_call_title": f"Call {item.person.name}",
            "hs_call_body": item.note,
            "hs_call_direction": "OUTBOUND",
            "hs_call_disposition": DISPOSITIONS[item.outcome],
            "hs_call_duration": item.minutes * 60_000 if item.outcome == "Connected" else None,
            "hs_call_status": "COMPLETED",
            "hs_call_to_number": item.person.phone,
            "hs_call_from_number": item.owner.phone,
            "hs_call_callee_object_id": person,
            "hs_call_callee_object_type_id": "0-1" if person else None,
        }
        yield hs.row(
            "calls", hs.CALL + item.index, item.at, item.at, shared | said, associations=links, canary=planted or item.owner.canary
        )
    elif item.kind == "email":
        said = {
            "hs_email_subject": f"Email: {item.account.name}",
            "hs_email_text": item.note,
            "hs_email_direction": "EMAIL",
            "hs_email_status": "SENT",
            "hs_email_from_email": item.owner.email,
            "hs_email_to_email": item.person.email,
        }
        yield hs.row(
            "emails", hs.EMAIL + item.index, item.at, item.at, shared | said, associations=links, canary=planted or item.owner.canary
        )
    else:
        said = {
            "hs_meeting_title": f"Meeting with {item.person.name}",
            "hs_meeting_body": item.note if done else None,
            "hs_meeting_location": item.account.city,
            "hs_meeting_start_time": hs.stamp(item.at),
            "hs_meeting_end_time": hs.stamp(item.at + item.minutes * 60),
            "hs_meeting_outcome": "COMPLETED" if done else "SCHEDULED",
        }
        modified = item.at if done else planned
        yield hs.row("meetings", hs.MEETING + item.index, planned, modified, shared | said, associations=links, canary=planted)


def notes(person: Person) -> Iterator[Row]:
    """Yield the note that stands on some contacts."""
    if person.index % 13 == 2 or person.canary:
        body = f"Assistant answers {national(person.phone, person.country)}."
        said = {"hs_note_body": f"<p>{body}</p>", "hs_timestamp": hs.stamp(person.joined_at), "hubspot_owner_id": None}
        links: dict[str, list[str | None]] = {"contacts": [hs.contact_id(person)]}
        yield hs.row("notes", hs.NOTE + person.index, person.joined_at, person.joined_at, said, associations=links, canary=person.canary)
