"""Opportunities, their stage history, tasks and events, as Salesforce sends them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.company.crm import PROBABILITY, Activity, Opportunity
from sandbox.company.loyalty import competitor, win_reason
from sandbox.company.params import DAY
from sandbox.store import Row
from sandbox.vendors.salesforce.records import day, ident, row, stamp
from sandbox.vendors.zendesk.people import account_id, contact_id, has_contact


def opportunities(opportunity: Opportunity, now: int) -> Iterator[Row]:
    """Yield an opportunity as it stands, and one history row for each stage it has reached."""
    reached = [(at, name) for at, name in opportunity.stages if at <= now]
    if not reached:
        return
    created, (at, stage) = reached[0][0], reached[-1]
    closed = stage.startswith("Closed")
    key, owner = ident("006", opportunity.index), ident("005", opportunity.owner.index)
    yield row(
        "Opportunity",
        key,
        created,
        at,
        AccountId=account_id(opportunity.account),
        Name=f"{opportunity.account.name} - {opportunity.kind}",
        StageName=stage,
        Amount=opportunity.amount,
        Probability=float(PROBABILITY[stage]),
        CloseDate=day(opportunity.close_planned),
        Type=opportunity.kind,
        IsClosed=closed,
        IsWon=stage == "Closed Won",
        OwnerId=owner,
        ContactId=contact_id(opportunity.person) if has_contact(opportunity.person) else None,
        LeadSource=None,
        ForecastCategoryName="Closed" if closed else "Pipeline",
        CurrencyIsoCode=opportunity.account.country.currency,
        LossReason__c=opportunity.loss_reason if stage == "Closed Lost" else None,
        WinReason__c=win_reason(opportunity) if stage == "Closed Won" else None,
        MainCompetitors__c=competitor(opportunity) if stage == "Closed Lost" else None,
        Description=None,
    )
    for number, (moment, name) in enumerate(reached):
        # History rows are never changed; the object has no LastModifiedDate:
        # https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunityhistory.htm
        history = row(
            "OpportunityHistory",
            ident("008", opportunity.index * 10 + number),
            moment,
            moment,
            OpportunityId=key,
            StageName=name,
            Amount=opportunity.amount,
            Probability=float(PROBABILITY[name]),
            CloseDate=day(opportunity.close_planned),
            ExpectedRevenue=round(opportunity.amount * PROBABILITY[name] / 100, 2),
            ForecastCategory="Closed" if name.startswith("Closed") else "Pipeline",
            CreatedById=owner,
            CurrencyIsoCode=opportunity.account.country.currency,
        )
        history.body.pop("LastModifiedDate")
        yield history


def activity_row(activity: Activity, now: int) -> Row:
    """Calls and e-mails are tasks, planned three days ahead; meetings are events."""
    created, done = activity.at - 3 * DAY, activity.at <= now
    modified = activity.at if done else created
    who = contact_id(activity.person) if has_contact(activity.person) else None
    shared: dict[str, Any] = {
        "WhoId": who,
        "WhatId": account_id(activity.account),
        "AccountId": account_id(activity.account),
        "OwnerId": ident("005", activity.owner.index),
        "Description": activity.note if done else None,
        "ActivityDate": day(activity.at),
    }
    planted = any(p.canary for p in activity.account.persons)
    if activity.kind == "meeting":
        return row(
            "Event",
            ident("00U", activity.index),
            created,
            modified,
            **shared,
            Subject=f"Meeting with {activity.person.name}",
            Location=activity.account.city,
            StartDateTime=stamp(activity.at),
            EndDateTime=stamp(activity.at + activity.minutes * 60),
            DurationInMinutes=activity.minutes,
            IsAllDayEvent=False,
            Type="Meeting",
        )._replace(canary=planted)
    call = activity.kind == "call"
    return row(
        "Task",
        ident("00T", activity.index),
        created,
        modified,
        **shared,
        Subject=f"Call {activity.person.name}" if call else f"Email: {activity.account.name}",
        Status="Completed" if done else "Not Started",
        Priority="Normal",
        Type="Call" if call else "Email",
        TaskSubtype="Call" if call else "Email",
        CallType="Outbound" if call else None,
        CallDurationInSeconds=activity.minutes * 60 if call and done and activity.outcome == "Connected" else None,
        CallDisposition=activity.outcome if call and done else None,
        IsClosed=done,
        CompletedDateTime=stamp(activity.at) if done else None,
    )._replace(canary=planted)
