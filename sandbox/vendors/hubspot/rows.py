"""Owners, contacts, companies, deals and their pipeline, as HubSpot sends them.

Properties are named as in https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide and its sisters; `segment`, `tier`,
`is_strategic` and the like are properties that the company has added.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.company.crm import PROBABILITY, Lead, Opportunity
from sandbox.company.loyalty import win_reason
from sandbox.company.params import DAY
from sandbox.company.people import Account, Person
from sandbox.company.places import national
from sandbox.company.staff import Employee
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.hubspot import records as hs
from sandbox.vendors.hubspot.activities import activity, dispositions, notes
from sandbox.vendors.zendesk.people import has_contact, touched

MERGED_AFTER, DUPLICATE_FOR = 200 * DAY, 30 * DAY


def rows(world: World) -> Iterator[Row]:
    """Yield every record of the CRM up to the present."""
    now = world.now
    yield _pipeline(world.settings.start)
    yield from dispositions(world.settings.start)
    for employee in world.employees:
        if employee.hired_at <= now and any(j.unit.division in ("Sales", "Success") for j in employee.jobs if j.since <= now):
            yield _owner(employee, now)
    for account in world.accounts:
        if account.joined_at - 90 * DAY <= now:
            yield _company(account, now)
            yield from _duplicate(account, now)
    for person in world.persons:
        if person.joined_at <= now and has_contact(person):
            yield from _contacts(person, now)
            yield from notes(person)
    for lead in world.leads:
        yield _lead(lead, now)
    for opportunity in world.opportunities:
        yield from _deal(opportunity, now)
    for item in world.activities:
        yield from activity(item, now)


def _pipeline(start: int) -> Row:
    stages = [
        {
            "id": hs.STAGES[label],
            "label": label,
            "displayOrder": number,
            "metadata": {"isClosed": str(label.startswith("Closed")).lower(), "probability": str(PROBABILITY[label] / 100)},
            "createdAt": hs.stamp(start),
            "updatedAt": hs.stamp(start),
            "archived": False,
        }
        for number, label in enumerate(hs.STAGES)
    ]
    body = {"id": hs.PIPELINE, "label": "Sales Pipeline", "displayOrder": 0, "stages": stages}
    return Row("hubspot.pipelines", 1, start, body | {"createdAt": hs.stamp(start), "updatedAt": hs.stamp(start), "archived": False})


def _owner(employee: Employee, now: int) -> Row:
    """Return an owner; whoever has left is in the archive: https://developers.hubspot.com/docs/api-reference/crm-crm-owners-v3/guide."""
    gone = employee.left_at if employee.left_at is not None and employee.left_at <= now else None
    modified = max(j.since for j in employee.jobs if j.since <= now)
    unit = employee.job(now).unit
    body: dict[str, Any] = {
        "id": hs.owner_id(employee),
        "email": employee.email,
        "type": "PERSON",
        "firstName": employee.first,
        "lastName": employee.last,
        "userId": None if gone else 70_000_000 + employee.index,
        "userIdIncludingInactive": 70_000_000 + employee.index,
        "createdAt": hs.stamp(employee.hired_at),
        "updatedAt": hs.stamp(gone or modified),
        "archived": gone is not None,
        "teams": [{"id": str(9000 + unit.index), "name": unit.name, "primary": True}],
    }
    stream = f"hubspot.owners.{hs.ARCHIVED}" if gone else "hubspot.owners"
    return Row(stream, hs.OWNER + employee.index, gone or modified, body, employee.canary)


def _company(account: Account, now: int) -> Row:
    gone = account.churned_at is not None and account.churned_at <= now
    is_customer = account.joined_at <= now
    created = account.joined_at - 90 * DAY
    modified = max(
        touched(created, now, account.index, 260),
        account.joined_at if is_customer else created,
        account.churned_at if gone and account.churned_at else 0,
    )
    return hs.row(
        "companies",
        hs.COMPANY + account.index,
        created,
        modified,
        {
            "name": account.name,
            "domain": account.domain,
            "website": f"https://www.{account.domain}",
            "phone": None,
            "address": account.street,
            "city": account.city,
            "zip": account.postcode,
            "country": account.country.name,
            "hs_country_code": account.country.code,
            "industry": account.industry,
            "annualrevenue": account.annual_revenue,
            "numberofemployees": account.seats * 9,
            "lifecyclestage": "customer" if is_customer else "opportunity",
            "type": "Former Customer" if gone else "CUSTOMER" if is_customer else "PROSPECT",
            "hs_parent_company_id": str(hs.COMPANY + account.parent) if account.parent is not None else None,
            "description": f"Main site at {account.street}, {account.city}." if account.index % 6 == 0 else None,
            "segment": account.segment,
            "tier": account.tier,
            "is_strategic": account.strategic,
            "contract_start_date": hs.day(account.contract_start) if is_customer else None,
            "contract_end_date": hs.day(account.contract_end) if is_customer else None,
            "churned_date": hs.day(account.churned_at) if gone and account.churned_at else None,
            "revenue_currency": account.country.currency,
        },
    )


def _duplicate(account: Account, now: int) -> Iterator[Row]:
    """Yield a second record that some companies had for a month, until somebody deleted it."""
    created = account.joined_at + DAY
    if account.index % 23 == 5 and created <= now:
        gone = created + DUPLICATE_FOR if created + DUPLICATE_FOR <= now else None
        said = {"name": account.name, "domain": account.domain, "lifecyclestage": "lead"}
        yield hs.row("companies", hs.DUPLICATE + account.index, created, created, said, archived_at=gone)


def _contacts(person: Person, now: int) -> Iterator[Row]:
    """Yield the contact; some people have a second one, which vanishes when the two are merged.

    What is merged is not in the archive: its id stands in `hs_merged_object_ids` of the record that stays.
    https://knowledge.hubspot.com/records/merge-records
    """
    gone = person.deleted_at if person.deleted_at is not None and person.deleted_at <= now else None
    modified = touched(person.joined_at, min(now, gone or now), person.index + 3, 240)
    style = person.index % 7
    email = (
        person.private_email if person.index % 11 == 5 and person.private_email else person.email.title() if style == 2 else person.email
    )
    phone = national(person.phone, person.country) if style < 4 else person.phone if style < 6 else None
    twin, merged_at = hs.TWIN + person.index, person.joined_at + MERGED_AFTER
    has_twin = person.second_helpdesk_user and person.joined_at + DAY <= now
    merged = has_twin and merged_at <= now
    common: dict[str, Any] = {
        "firstname": person.first,
        "lastname": person.last,
        "jobtitle": person.title,
        "associatedcompanyid": hs.company_id(person.account),
        "address": person.account.street,
        "city": person.account.city,
        "zip": person.account.postcode,
        "country": person.country.name,
        "hs_country_region_code": person.country.code,
        "hs_language": person.country.language,
        "lifecyclestage": "customer",
        "hs_lead_status": None,
        "hs_analytics_source": ("DIRECT_TRAFFIC", "OFFLINE", "REFERRALS")[person.index % 3],
        "hs_email_optout": not person.has_consent,
        "contact_role": "supplier" if person.index % 41 == 7 else "partner" if person.index % 29 == 7 else "customer",
        "hs_merged_object_ids": None,
    }
    links: dict[str, list[str | None]] = {"companies": [hs.company_id(person.account)]}
    yield hs.row(
        "contacts",
        hs.CONTACT + person.index,
        person.joined_at,
        max(modified, merged_at) if merged else modified,
        common
        | {
            "email": email,
            "mobilephone": phone or (person.phone if person.canary else None),
            "phone": None,
            "hs_merged_object_ids": str(twin) if merged else None,
        },
        associations=links,
        archived_at=max(gone, merged_at) if gone and merged else gone,
        canary=person.canary,
    )
    if has_twin and not merged:
        second = common | {"email": person.private_email, "mobilephone": None, "phone": None}
        yield hs.row("contacts", twin, person.joined_at + DAY, person.joined_at + DAY, second, associations=links, canary=person.canary)


def _lead(lead: Lead, now: int) -> Row:
    """Return a prospect: a contact of an earlier lifecycle stage, who stays the same contact as a customer."""
    converted = lead.converted_at if lead.converted_at is not None and lead.converted_at <= now else None
    return hs.row(
        "contacts",
        hs.LEAD + lead.index,
        lead.at,
        converted or lead.at,
        {
            "firstname": lead.like.first,
            "lastname": lead.like.last,
            "email": lead.email,
            "mobilephone": None,
            "phone": None,
            "jobtitle": None,
            "associatedcompanyid": None,
            "address": None,
            "city": None,
            "zip": None,
            "country": lead.like.country.name,
            "hs_country_region_code": lead.like.country.code,
            "hs_language": lead.like.country.language,
            "lifecyclestage": "customer" if converted else "lead",
            "hs_lead_status": None if converted else "NEW",
            "hs_analytics_source": {"Web": "ORGANIC_SEARCH", "Advertisement": "PAID_SEARCH"}.get(lead.source, "OFFLINE"),
            "hs_email_optout": None,
            "contact_role": None,
            "hs_merged_object_ids": None,
        },
    )


def _deal(opportunity: Opportunity, now: int) -> Iterator[Row]:
    """Yield a deal as it stands; the stages it went through are the history of one property, newest first."""
    reached = [(at, name) for at, name in opportunity.stages if at <= now]
    if not reached:
        return
    created, (at, stage) = reached[0][0], reached[-1]
    owner = hs.owner_id(opportunity.owner)
    history = [
        {
            "value": hs.STAGES[name],
            "timestamp": hs.stamp(moment),
            "sourceType": "CRM_UI",
            "sourceId": f"userId:{70_000_000 + opportunity.owner.index}",
        }
        for moment, name in reversed(reached)
    ]
    yield hs.row(
        "deals",
        hs.DEAL + opportunity.index,
        created,
        at,
        {
            "dealname": f"{opportunity.account.name} - {opportunity.kind}",
            "dealstage": hs.STAGES[stage],
            "pipeline": hs.PIPELINE,
            "amount": opportunity.amount,
            "deal_currency_code": opportunity.account.country.currency,
            "closedate": hs.stamp(opportunity.close_planned),
            "dealtype": "newbusiness" if opportunity.kind == "New Business" else "existingbusiness",
            "hs_is_closed": stage.startswith("Closed"),
            "hs_is_closed_won": stage == "Closed Won",
            "hs_deal_stage_probability": PROBABILITY[stage] / 100,
            "closed_lost_reason": opportunity.loss_reason if stage == "Closed Lost" else None,
            "closed_won_reason": win_reason(opportunity) if stage == "Closed Won" else None,
            "hubspot_owner_id": owner,
            "description": None,
        },
        associations={"companies": [hs.company_id(opportunity.account)], "contacts": [hs.contact_id(opportunity.person)]},
        history={"dealstage": history},
    )
