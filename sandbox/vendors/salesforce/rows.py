"""Users, accounts, contacts, leads and what sales does with them, as Salesforce sends them.

Fields are named as in https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.company.crm import Lead
from sandbox.company.loyalty import Terms, terms
from sandbox.company.params import DAY
from sandbox.company.people import Account, Person
from sandbox.company.places import national
from sandbox.company.staff import Employee
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.salesforce.commerce import commerce_rows
from sandbox.vendors.salesforce.records import day, ident, row
from sandbox.vendors.salesforce.sales import activity_row, opportunities
from sandbox.vendors.zendesk.people import account_id, contact_id, has_contact, touched

MERGED_AFTER = 200 * DAY


def rows(world: World) -> Iterator[Row]:
    """Yield every record of the CRM up to the present."""
    now = world.now
    for employee in world.employees:
        if employee.hired_at <= now and any(j.unit.division in ("Sales", "Success") for j in employee.jobs if j.since <= now):
            yield _user(employee, now)
    for account in world.accounts:
        if account.joined_at - 90 * DAY <= now:
            yield _account(account, terms(world.settings, world.params, account), now)
    for person in world.persons:
        if person.joined_at <= now and has_contact(person):
            yield from _contacts(person, now)
    for lead in world.leads:
        yield _lead(lead, now)
    for opportunity in world.opportunities:
        yield from opportunities(opportunity, now)
    for activity in world.activities:
        if activity.at - 3 * DAY <= now:
            yield activity_row(activity, now)
    yield from commerce_rows(world)


def _user(employee: Employee, now: int) -> Row:
    gone = employee.left_at is not None and employee.left_at <= now
    modified = employee.left_at if gone and employee.left_at else max(j.since for j in employee.jobs if j.since <= now)
    job = employee.job(now)
    return row(
        "User",
        ident("005", employee.index),
        employee.hired_at,
        modified,
        Username=employee.email,
        FirstName=employee.first,
        LastName=employee.last,
        Name=employee.name,
        Email=employee.email,
        Phone=employee.phone,
        Title=job.title,
        Department=job.unit.name,
        Division=job.unit.division,
        IsActive=not gone,
        EmployeeNumber=str(1000 + employee.index),
        UserType="Standard",
        TimeZoneSidKey=employee.country.zone,
    )._replace(canary=employee.canary)


def _account(account: Account, bound: Terms, now: int) -> Row:
    gone = account.churned_at is not None and account.churned_at <= now
    created = account.joined_at - 90 * DAY
    is_customer = account.joined_at <= now
    modified = max(
        touched(created, now, account.index, 260),
        account.joined_at if is_customer else created,
        account.churned_at if gone and account.churned_at else 0,
    )
    return row(
        "Account",
        account_id(account),
        created,
        modified,
        Name=account.name,
        Type="Former Customer" if gone else "Customer" if is_customer else "Prospect",
        ParentId=ident("001", account.parent) if account.parent is not None else None,
        Industry=account.industry,
        AnnualRevenue=account.annual_revenue,
        NumberOfEmployees=account.seats * 9,
        Phone=None,
        Website=f"https://www.{account.domain}",
        BillingStreet=account.street,
        BillingCity=account.city,
        BillingPostalCode=account.postcode,
        BillingCountry=account.country.name,
        BillingCountryCode=account.country.code,
        Segment__c=account.segment,
        Tier__c=account.tier,
        IsStrategic__c=account.strategic,
        ContractStartDate__c=day(account.contract_start) if is_customer else None,
        ContractEndDate__c=day(account.contract_end) if is_customer else None,
        ChurnedDate__c=day(account.churned_at) if gone and account.churned_at else None,
        AutoRenew__c=bound.auto_renew if is_customer else None,
        DataExportAvailable__c=bound.export_available,
        SwitchingFee__c=bound.switching_fee,
        NoticePeriodDays__c=bound.notice_days,
        AcquisitionReason__c=bound.chose_because if is_customer else None,
        CurrencyIsoCode=account.country.currency,
        Description=f"Main site at {account.street}, {account.city}." if account.index % 6 == 0 else None,
    )


def _contacts(person: Person, now: int) -> Iterator[Row]:
    """Yield the contact, and for some people a second one that was later merged: it stays, deleted, with `MasterRecordId`."""
    deleted = person.deleted_at is not None and person.deleted_at <= now
    modified = person.deleted_at if deleted and person.deleted_at else touched(person.joined_at, now, person.index + 3, 240)
    style = person.index % 7
    email = (
        person.private_email if person.index % 11 == 5 and person.private_email else person.email.title() if style == 2 else person.email
    )
    common: dict[str, Any] = {
        "AccountId": account_id(person.account),
        "FirstName": person.first,
        "LastName": person.last,
        "Name": person.name,
        "Title": person.title,
        "MailingStreet": person.account.street,
        "MailingCity": person.account.city,
        "MailingPostalCode": person.account.postcode,
        "MailingCountry": person.country.name,
        "MailingCountryCode": person.country.code,
        "LeadSource": ("Web", "Event", "Referral")[person.index % 3],
        "HasOptedOutOfEmail": not person.has_consent,
        "Language__c": person.country.language,
        "Role__c": "supplier" if person.index % 41 == 7 else "partner" if person.index % 29 == 7 else "customer",
        "Description": f"Assistant answers {national(person.phone, person.country)}." if person.index % 13 == 2 else None,
    }
    phone = national(person.phone, person.country) if style < 4 else person.phone if style < 6 else None
    yield row(
        "Contact",
        contact_id(person),
        person.joined_at,
        modified,
        **common,
        Email=email.replace("@", "@", 1),
        MobilePhone=phone or (person.phone if person.canary else None),
        Phone=None,
        MasterRecordId=None,
        IsDeleted=deleted,
    )._replace(canary=person.canary)
    if person.second_helpdesk_user:
        merged_at = person.joined_at + MERGED_AFTER
        merged = merged_at <= now
        yield row(
            "Contact",
            ident("003", 5_000_000_000 + person.index),
            person.joined_at + DAY,
            merged_at if merged else person.joined_at + DAY,
            **common,
            Email=person.private_email,
            MobilePhone=None,
            Phone=None,
            MasterRecordId=contact_id(person) if merged else None,
            IsDeleted=merged,
        )._replace(canary=person.canary)


def _lead(lead: Lead, now: int) -> Row:
    converted = lead.converted_at is not None and lead.converted_at <= now
    modified = lead.converted_at if converted and lead.converted_at else lead.at
    return row(
        "Lead",
        ident("00Q", lead.index),
        lead.at,
        modified,
        FirstName=lead.like.first,
        LastName=lead.like.last,
        Name=lead.like.name,
        Company=lead.company,
        Email=lead.email,
        Phone=None,
        Status="Closed - Converted" if converted else "Open - Not Contacted",
        LeadSource=lead.source,
        Country=lead.like.country.name,
        Industry=lead.like.account.industry,
        IsConverted=converted,
        ConvertedDate=day(lead.converted_at) if converted and lead.converted_at else None,
    )
