"""Ids and small parts that Intercom's records share."""

from __future__ import annotations

from typing import Any

from sandbox.company.people import Account, Person
from sandbox.company.staff import Employee, Unit
from sandbox.company.tickets import Ticket

WORKSPACE = "hg4w1x2y"
BOT_ADMIN = "6500001"
TAGS = {"internal": "7700001", "spam": "7700002", "merged": "7700003"}


def contact_id(person: Person) -> str:
    """Return the person's contact: 24 hexadecimal digits, as all ids of contacts and companies."""
    return f"6501{person.index:020x}"


def second_contact_id(person: Person) -> str:
    """Return the contact of the person's second address."""
    return f"6502{person.index:020x}"


def staff_contact_id(employee: Employee) -> str:
    """Return the contact as which one of the company's own people writes."""
    return f"6503{employee.index:020x}"


def spammer_id(number: int) -> str:
    """Return the contact of a sender of spam."""
    return f"6504{number:020x}"


def company_id(account: Account) -> str:
    """Return the account's company."""
    return f"6600{account.index:020x}"


def admin_id(employee: Employee) -> str:
    """Return the employee's id as a teammate."""
    return str(6_600_000 + employee.index)


def team_id(unit: Unit) -> str:
    """Return the team's id."""
    return str(6_700_000 + unit.index)


def conversation_id(number: int) -> str:
    """Return the conversation of a ticket."""
    return str(215_400_000_000_000 + number)


def writer_id(ticket: Ticket) -> str:
    """Return the contact who wrote a ticket."""
    if ticket.person is not None:
        second = ticket.person.second_helpdesk_user and ticket.person.private_email and ticket.id % 2
        return second_contact_id(ticket.person) if second else contact_id(ticket.person)
    return staff_contact_id(ticket.staff_requester) if ticket.staff_requester else spammer_id(ticket.spammer or 0)


def listing(kind: str, contact: str, items: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return the first of a contact's tags, notes or companies, and where the rest is."""
    data = items or []
    return {"type": "list", "data": data, "url": f"/contacts/{contact}/{kind}", "total_count": len(data), "has_more": False}
