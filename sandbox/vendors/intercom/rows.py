"""Contacts, companies, teammates, teams and tags as Intercom sends them; all times are Unix seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sandbox.company.people import Account, Person
from sandbox.company.places import national
from sandbox.company.staff import Employee
from sandbox.company.tickets import Ticket
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.hubspot import records as crm
from sandbox.vendors.intercom.conversations import conversation
from sandbox.vendors.intercom.records import (
    TAGS,
    WORKSPACE,
    admin_id,
    company_id,
    contact_id,
    listing,
    second_contact_id,
    spammer_id,
    staff_contact_id,
    team_id,
)
from sandbox.vendors.zendesk.people import touched


def rows(world: World) -> Iterator[Row]:
    """Yield every record of the helpdesk up to the present."""
    now = world.now
    for person in world.persons:
        if person.joined_at <= now and not (person.deleted_at is not None and person.deleted_at <= now):
            yield _customer(person, now, second=False)
            if person.second_helpdesk_user and person.private_email:
                yield _customer(person, now, second=True)
    yield from _writers(world)
    for account in world.accounts:
        if account.joined_at <= now:
            yield _company(account, now)
    for employee in world.employees:
        if employee.works(now) and any(j.unit.is_helpdesk for j in employee.jobs if j.since <= now):
            yield _admin(employee, now)
    for unit in world.units:
        if unit.is_helpdesk:
            admins = [int(admin_id(e)) for e in unit.members if e.works(now) and e.job(now).unit is unit]
            body = {"type": "team", "id": team_id(unit), "name": unit.name, "admin_ids": admins}
            yield Row("intercom.teams", int(team_id(unit)), now, body)
    for name, key in TAGS.items():
        yield Row("intercom.tags", int(key), world.settings.start, {"type": "tag", "id": key, "name": name})
    for ticket in world.conversations:
        if ticket.visible_at <= now and not (ticket.deleted_at is not None and ticket.deleted_at <= now):
            yield conversation(ticket, now)


def _contact(key: str, created: int, updated: int, **more: Any) -> dict[str, Any]:
    """Return the documented contact: https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/contacts/contact."""
    mail = more.get("email")
    picture = hashlib.md5(str(mail).casefold().encode(), usedforsecurity=False).hexdigest()
    nothing = dict.fromkeys(
        f"{system}_{part}"
        for system, parts in {
            "android": ("app_name", "app_version", "device", "os_version", "sdk_version", "last_seen_at"),
            "ios": ("app_name", "app_version", "device", "os_version", "sdk_version", "last_seen_at"),
        }.items()
        for part in parts
    )
    contact = {
        "type": "contact",
        "id": key,
        "workspace_id": WORKSPACE,
        "external_id": None,
        "role": "user",
        "email": None,
        "email_domain": str(mail).partition("@")[2] if mail else None,
        "phone": None,
        "formatted_phone": None,
        "name": None,
        "owner_id": None,
        "has_hard_bounced": False,
        "marked_email_as_spam": False,
        "unsubscribed_from_emails": False,
        "created_at": created,
        "updated_at": updated,
        "signed_up_at": created,
        "last_seen_at": None,
        "last_replied_at": None,
        "last_contacted_at": None,
        "last_email_opened_at": None,
        "last_email_clicked_at": None,
        "language_override": None,
        "browser": None,
        "browser_version": None,
        "browser_language": None,
        "os": None,
        "location": {"type": "location", "country": None, "region": None, "city": None},
        "custom_attributes": {},
        # a picture that the vendor found by a hash of the e-mail address: who has the address can tell whose it is
        "avatar": {"type": "avatar", "image_url": f"https://gravatar.example.net/avatar/{picture}"} if mail else None,
        "tags": listing("tags", key),
        "notes": listing("notes", key),
        "companies": listing("companies", key),
        "social_profiles": {"type": "list", "data": []},
        **nothing,
    }
    return contact | more


def _customer(person: Person, now: int, *, second: bool) -> Row:
    updated = touched(person.joined_at, now, person.index, 210)
    key = second_contact_id(person) if second else contact_id(person)
    style = person.index % 5
    phone = None if not person.has_phone or second else national(person.phone, person.country) if style == 0 else person.phone
    company = company_id(person.account)
    body = _contact(
        key,
        person.joined_at,
        updated,
        name=person.name if style else person.name.upper(),
        email=person.private_email if second else person.email,
        phone=phone,
        formatted_phone=person.phone if phone else None,
        external_id=crm.contact_id(person) if style < 3 and not second else None,
        unsubscribed_from_emails=not person.has_consent,
        language_override=person.country.language if person.index % 2 else None,
        browser_language=person.country.language,
        last_seen_at=updated if person.index % 2 else None,
        location={"type": "location", "country": person.country.name, "region": None, "city": person.account.city},
        custom_attributes={"contact_role": "role_address" if person.role_address else "person"},
        companies=listing("companies", key, [{"id": company, "type": "company", "url": f"/companies/{company}"}]),
    )
    return Row("intercom.contacts", key, updated, body, person.canary)


def _writers(world: World) -> Iterator[Row]:
    """Yield whoever else wrote: the company's own people as contacts, and spammers as leads until their message is deleted."""
    seen: set[str] = set()
    for ticket in world.tickets:
        if ticket.visible_at > world.now or (ticket.deleted_at is not None and ticket.deleted_at <= world.now):
            continue
        row = _writer(ticket)
        if row is not None and str(row.key) not in seen:
            seen.add(str(row.key))
            yield row


def _writer(ticket: Ticket) -> Row | None:
    at, employee = ticket.created_at, ticket.staff_requester
    if employee is not None:
        key = staff_contact_id(employee)
        role = {"contact_role": "employee"}
        body = _contact(key, at, at, name=employee.name, email=employee.email, custom_attributes=role)
        return Row("intercom.contacts", key, at, body, employee.canary)
    if ticket.spammer is not None:
        key, mail = spammer_id(ticket.spammer), f"offer{ticket.spammer}@bulk-mailer.biz"
        body = _contact(key, at, at, role="lead", name=f"Offer {ticket.spammer}", email=mail, signed_up_at=None)
        return Row("intercom.contacts", key, at, body)
    return None


def _company(account: Account, now: int) -> Row:
    """Return the documented company: https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/companies/company."""
    gone = account.churned_at is not None and account.churned_at <= now
    updated = account.churned_at if gone and account.churned_at else touched(account.joined_at, now, account.index, 300)
    key = company_id(account)
    body = {
        "type": "company",
        "id": key,
        "company_id": crm.company_id(account),
        "app_id": WORKSPACE,
        "name": account.name,
        "plan": {"type": "plan", "id": str(len(account.tier)), "name": account.tier},
        "remote_created_at": account.joined_at,
        "created_at": account.joined_at,
        "updated_at": updated,
        "last_request_at": None,
        "size": account.seats * 9,
        "website": f"https://www.{account.domain}",
        "industry": account.industry,
        "monthly_spend": int(account.annual_revenue / 12),
        "session_count": 0,
        "user_count": len(account.persons),
        "custom_attributes": {
            "tier": account.tier,
            "segment": account.segment,
            "country": account.country.code,
            "strategic": account.strategic,
        },
        "tags": {"type": "tag.list", "tags": []},
        "segments": {"type": "segment.list", "segments": []},
    }
    return Row("intercom.companies", key, updated, body)


def _admin(employee: Employee, now: int) -> Row:
    """Return a teammate; one who left is no longer sent: https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/admins/admin."""
    unit = employee.job(now).unit
    body = {
        "type": "admin",
        "id": admin_id(employee),
        "name": employee.name,
        "email": employee.email,
        "job_title": employee.job(now).title,
        "away_mode_enabled": False,
        "away_mode_reassign": False,
        "has_inbox_seat": True,
        "team_ids": [int(team_id(unit))] if unit.is_helpdesk else [],
        "avatar": {
            "type": "avatar",
            "image_url": f"https://static.intercom.example.net/avatars/{admin_id(employee)}/{employee.first.lower()}.png",
        },
        "team_priority_level": {},
    }
    since = max(j.since for j in employee.jobs if j.since <= now)
    return Row("intercom.admins", int(admin_id(employee)), max(since, employee.hired_at), body, employee.canary)
