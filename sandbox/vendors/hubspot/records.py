"""What all HubSpot records share: ids, moments, property values as text, associations, the archive."""

from __future__ import annotations

from typing import Any

from sandbox.company.params import iso
from sandbox.company.people import Account, Person
from sandbox.company.staff import Employee
from sandbox.store import Row
from sandbox.vendors.zendesk.people import has_contact

ARCHIVED = "archived"  # archived records stand in a stream of their own, `hubspot.contacts.archived`
CONTACT, TWIN, LEAD = 101_000_000, 102_000_000, 103_000_000
COMPANY, DUPLICATE, OWNER, DEAL = 201_000_000, 202_000_000, 301_000_000, 401_000_000
CALL, EMAIL, MEETING, NOTE = 501_000_000, 502_000_000_000, 503_000_000_000, 504_000_000_000
PIPELINE = "default"
# Stages have ids of their own, which a company names as it likes: https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide
STAGES = {
    "Prospecting": "appointmentscheduled",
    "Qualification": "qualifiedtobuy",
    "Proposal": "presentationscheduled",
    "Negotiation": "contractsent",
    "Closed Won": "closedwon",
    "Closed Lost": "closedlost",
}


ONE = {
    "contacts": "contact",
    "companies": "company",
    "deals": "deal",
    "calls": "call",
    "emails": "email",
    "meetings": "meeting_event",
    "notes": "note",
}


def stamp(seconds: int) -> str:
    """Return a moment as HubSpot writes it: `2026-10-31T12:00:00.000Z`."""
    return f"{iso(seconds)[:-1]}.000Z"


def day(seconds: int) -> str:
    """Return a date."""
    return iso(seconds)[:10]


def contact_id(person: Person) -> str | None:
    """Return the person's contact, or None if the CRM does not know the person."""
    return str(CONTACT + person.index) if has_contact(person) else None


def company_id(account: Account) -> str:
    """Return the account's company record."""
    return str(COMPANY + account.index)


def owner_id(employee: Employee) -> str:
    """Return the employee's owner id; the user id is another one."""
    return str(OWNER + employee.index)


def text(value: Any) -> str | None:
    """Return a property's value: HubSpot sends every value as text."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def row(
    kind: str,
    key: int,
    created: int,
    modified: int,
    properties: dict[str, Any],
    *,
    associations: dict[str, list[str | None]] | None = None,
    history: dict[str, list[dict[str, Any]]] | None = None,
    archived_at: int | None = None,
    canary: bool = False,
) -> Row:
    """Return a record with the properties and the frame that every object has.

    Contacts call their modification date otherwise than all other objects:
    https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide
    Archiving does not move it, so that a search for what is new never tells of it:
    https://github.com/airbytehq/airbyte/issues/19838
    """
    modified_name = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
    created_name = "createdate" if kind in ("contacts", "companies", "deals") else "hs_createdate"
    said = {created_name: stamp(created), "hs_object_id": str(key), modified_name: stamp(modified), **properties}
    body: dict[str, Any] = {
        "id": str(key),
        "properties": {name: text(value) for name, value in said.items()},
        "createdAt": stamp(created),
        "updatedAt": stamp(modified),
        "archived": archived_at is not None,
    }
    if archived_at is not None:
        body["archivedAt"] = stamp(archived_at)
    if history:
        body["propertiesWithHistory"] = history
    linked = {to: [i for i in ids if i is not None] for to, ids in (associations or {}).items()}
    if any(linked.values()):
        body["associations"] = {
            to: {"results": [{"id": i, "type": f"{ONE[kind]}_to_{ONE[to]}"} for i in ids]} for to, ids in linked.items() if ids
        }
    stream = f"hubspot.{kind}" if archived_at is None else f"hubspot.{kind}.{ARCHIVED}"
    return Row(stream, key, modified if archived_at is None else archived_at, body, canary)
