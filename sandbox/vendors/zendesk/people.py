"""Users, organisations, groups, schedules and ticket fields as Zendesk sends them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.company.params import DAY, iso
from sandbox.company.people import Account, Person
from sandbox.company.places import national
from sandbox.company.staff import SERVICE_DESK, Employee
from sandbox.company.tickets import Ticket
from sandbox.company.world import World
from sandbox.store import Row

HOST = "https://haldenmark.zendesk.com"
USER, SECOND_USER, AGENT, SPAMMER, BOT = 360_000_000_000, 361_000_000_000, 362_000_000_000, 363_000_000_000, 364_000_000_001
ORGANIZATION, GROUP = 370_000_000_000, 380_000_000_000
REASON_FIELD, REGION_FIELD, ORDER_FIELD, PRODUCT_FIELD = 360001, 360002, 360003, 360004


def touched(since: int, now: int, index: int, period_days: int) -> int:
    """Return when a slowly changing record was last edited: every `period_days` from a day of its own on."""
    first = since + (index * 7919 % period_days) * DAY + index * 613 % DAY
    return since if now < first else first + (now - first) // (period_days * DAY) * period_days * DAY


def user_of(ticket: Ticket) -> int:
    """Return the user id of a ticket's requester."""
    if ticket.person is not None:
        second = ticket.person.second_helpdesk_user and ticket.person.private_email and ticket.id % 2
        return (SECOND_USER if second else USER) + ticket.person.index
    return AGENT + ticket.staff_requester.index if ticket.staff_requester else SPAMMER + (ticket.spammer or 0)


def _user(key: int, name: str, email: str | None, created: int, updated: int, **more: Any) -> dict[str, Any]:
    """Return the documented user object (https://developer.zendesk.com/api-reference/ticketing/users/users/#json-format)."""
    user = {
        "id": key,
        "url": f"{HOST}/api/v2/users/{key}.json",
        "name": name,
        "email": email,
        "created_at": iso(created),
        "updated_at": iso(updated),
        "time_zone": "Berlin",
        "iana_time_zone": "Europe/Berlin",
        "phone": None,
        "shared_phone_number": None,
        "photo": None,
        "locale_id": 1,
        "locale": "en-US",
        "organization_id": None,
        "role": "end-user",
        "verified": True,
        "external_id": None,
        "tags": [],
        "alias": "",
        "active": True,
        "shared": False,
        "shared_agent": False,
        "last_login_at": None,
        "two_factor_auth_enabled": None,
        "signature": None,
        "details": "",
        "notes": "",
        "role_type": None,
        "custom_role_id": None,
        "moderator": False,
        "ticket_restriction": "requested",
        "only_private_comments": False,
        "restricted_agent": True,
        "suspended": False,
        "default_group_id": None,
        "report_csv": False,
        "user_fields": {},
    }
    return user | more


def _customer(person: Person, now: int, *, second: bool) -> Row:
    deleted = person.deleted_at is not None and person.deleted_at <= now
    updated = person.deleted_at if deleted and person.deleted_at else touched(person.joined_at, now, person.index, 210)
    key = (SECOND_USER if second else USER) + person.index
    style = person.index % 5
    phone = None if not person.has_phone or second else national(person.phone, person.country) if style == 0 else person.phone
    notes = f"Prefers to be called on {national(person.phone, person.country)} in the afternoon." if style == 3 else ""
    body = _user(
        key,
        person.name if style else person.name.upper(),
        person.private_email if second else person.email,
        person.joined_at,
        updated,
        phone=phone,
        shared_phone_number=False if phone else None,
        organization_id=ORGANIZATION + person.account.index,
        time_zone=person.country.rails_zone,
        iana_time_zone=person.country.zone,
        locale={"de": "de", "fr": "fr", "es": "es", "nl": "nl"}.get(person.country.language, "en-US"),
        external_id=contact_id(person) if person.index % 5 < 3 and has_contact(person) and not second else None,
        active=not deleted,
        notes=notes,
        last_login_at=iso(updated) if person.index % 2 else None,
        details=person.title if style == 4 else "",
        user_fields={"language": person.country.language, "contact_role": "role_address" if person.role_address else "person"},
        photo=None
        if style
        else {
            "content_type": "image/png",
            "content_url": f"{HOST}/photos/{person.index}.png",
            "id": 990_000 + person.index,
            "name": f"{person.first.lower()}.png",
            "size": 6144,
            "thumbnails": [],
        },
    )
    return Row("zendesk.users", key, updated, body, person.canary)


def has_contact(person: Person) -> bool:
    """Say whether the CRM knows the person: a few people are known to the helpdesk alone."""
    return person.canary or person.index % 17 != 4


def contact_id(person: Person) -> str:
    """Return the person's id in the CRM, which the helpdesk keeps as `external_id`."""
    return f"003HG{person.index:010d}AAA"


def account_id(account: Account) -> str:
    """Return the account's id in the CRM."""
    return f"001HG{account.index:010d}AAA"


def _agent(employee: Employee, now: int) -> Row:
    gone = employee.left_at is not None and employee.left_at <= now
    unit = employee.job(now).unit
    in_desk = any(j.unit.is_helpdesk for j in employee.jobs if j.since <= now)
    updated = employee.left_at if gone and employee.left_at else max([j.since for j in employee.jobs if j.since <= now])
    key = AGENT + employee.index
    body = _user(
        key,
        employee.name,
        employee.email,
        employee.hired_at,
        updated,
        role="admin" if in_desk and employee.is_lead else "agent",
        role_type=(4 if employee.is_lead else 0) if in_desk else 1,
        phone=employee.phone if employee.index % 3 == 0 or employee.canary else None,
        suspended=gone,
        ticket_restriction=None if in_desk else "organization",
        restricted_agent=not in_desk,
        moderator=in_desk,
        default_group_id=GROUP + unit.index if unit.is_helpdesk else None,
        signature=f"{employee.first} | Haldenmark Grid" if in_desk else None,
        two_factor_auth_enabled=True,
        iana_time_zone=employee.country.zone,
        time_zone=employee.country.rails_zone,
        alias=employee.first if in_desk else "",
        last_login_at=iso(updated),
        tags=["internal"] if unit.name == SERVICE_DESK else [],
    )
    return Row("zendesk.users", key, updated, body, employee.canary)


def users(world: World) -> Iterator[Row]:
    """Yield customers, staff, the bot and spammers."""
    now = world.now
    for person in world.persons:
        if person.joined_at <= now:
            yield _customer(person, now, second=False)
            if person.second_helpdesk_user and person.private_email:
                yield _customer(person, now, second=True)
    for employee in world.employees:
        if employee.hired_at <= now:
            yield _agent(employee, now)
    start = world.settings.start
    yield Row(
        "zendesk.users",
        BOT,
        start,
        _user(BOT, "Haldenmark Assistant", "assistant@haldenmark-grid.com", start, start, role="agent", role_type=0, tags=["bot"]),
    )
    for ticket in world.tickets:
        if ticket.spammer is not None and ticket.created_at <= now:
            key, deleted = SPAMMER + ticket.spammer, ticket.deleted_at or 0
            gone = deleted <= now
            at = deleted if gone else ticket.created_at
            body = _user(
                key,
                f"Offer {ticket.spammer}",
                f"offer{ticket.spammer}@bulk-mailer.biz",
                ticket.created_at,
                at,
                suspended=gone,
                verified=False,
            )
            yield Row("zendesk.users", key, at, body)


def organizations(world: World) -> Iterator[Row]:
    """Yield customer companies; one that left keeps its record, tagged."""
    for account in world.accounts:
        if account.joined_at > world.now:
            continue
        gone = account.churned_at is not None and account.churned_at <= world.now
        updated = account.churned_at if gone and account.churned_at else touched(account.joined_at, world.now, account.index, 300)
        key = ORGANIZATION + account.index
        yield Row(
            "zendesk.organizations",
            key,
            updated,
            {
                "id": key,
                "url": f"{HOST}/api/v2/organizations/{key}.json",
                "name": account.name,
                "shared_tickets": False,
                "shared_comments": False,
                "external_id": account_id(account),
                "created_at": iso(account.joined_at),
                "updated_at": iso(updated),
                "deleted_at": None,
                "domain_names": [account.domain],
                "details": "",
                "notes": f"Site: {account.street}, {account.postcode} {account.city}" if account.index % 4 == 0 else "",
                "group_id": None,
                "tags": ["former_customer"] if gone else [],
                "organization_fields": {
                    "tier": account.tier,
                    "segment": account.segment,
                    "industry": account.industry,
                    "country": account.country.code,
                    "strategic": account.strategic,
                },
            },
        )
