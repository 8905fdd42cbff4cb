"""Mailings, what became of each invitation, and the directory of contacts.

A relationship survey goes out once a quarter, one after a contact every day: here the mailings of a month are one distribution.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.company.invitations import BOUNCED, FINISHED, OPENED, OPTED_OUT, PARTIAL, SENT, STARTED, Invitation
from sandbox.company.params import iso
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.qualtrics.identifiers import contact_key, distribution_key, lookup_key, response_id
from sandbox.vendors.qualtrics.questions import SURVEYS
from sandbox.vendors.zendesk.people import contact_id, has_contact

# https://api.qualtrics.com/ (distribution history, "status"): how far an invitation got
STATUS = {
    BOUNCED: "HardBounce",
    OPTED_OUT: "Blocked",
    SENT: "Success",
    OPENED: "Opened",
    STARTED: "SurveyStarted",
    PARTIAL: "SurveyPartiallyFinished",
    FINISHED: "SurveyFinished",
}


def invited(world: World) -> Iterator[Row]:
    """Yield distributions, their histories and the contacts they went to."""
    distributions: dict[str, dict[str, Any]] = {}
    opted_out = {i.person.index for i in world.invitations if i.status == OPTED_OUT}
    contacts: dict[int, Row] = {}
    changed: dict[str, int] = {}
    for invitation in world.invitations:
        survey, person = SURVEYS[invitation.survey], invitation.person
        sent = iso(invitation.invited_at)
        key = distribution_key(invitation.survey, sent[:7])
        told = distributions.setdefault(key, _distribution(key, survey.id, sent))
        _count(told, invitation.status)
        changed[key] = max(changed.get(key, 0), invitation.changed_at)
        planted = person.canary or (invitation.ticket is not None and invitation.ticket.may_hold_canary)
        yield Row(f"qualtrics.history_{key}", lookup_key(invitation), invitation.changed_at, _history(invitation, key), planted)
        contacts[person.index] = Row(
            "qualtrics.contacts",
            contact_key(person),
            invitation.invited_at,
            {
                "contactId": contact_key(person),
                "firstName": person.first,
                "lastName": person.last,
                "email": person.email,
                "phone": person.phone if person.has_phone else None,
                "extRef": contact_id(person) if has_contact(person) else None,
                "language": person.country.language,
                "unsubscribed": person.index in opted_out,
            },
            any(p.canary for p in person.account.persons),
        )
    for key, body in distributions.items():
        yield Row(f"qualtrics.distributions_{body['surveyLink']['surveyId']}", key, changed[key], body)
    yield from contacts.values()


def _distribution(key: str, survey: str, sent: str) -> dict[str, Any]:
    """Return a mailing: https://api.qualtrics.com/ (list distributions)."""
    day = sent[:8] + "01T00:00:00Z"
    return {
        "id": key,
        "parentDistributionId": None,
        "ownerId": "UR_hg0000000000001",
        "organizationId": "haldenmark",
        "requestStatus": "Done",
        "requestType": "Invite",
        "sendDate": sent,
        "createdDate": day,
        "modifiedDate": sent,
        "customHeaders": {"replyToEmail": "surveys@haldenmark-grid.com", "fromName": "Haldenmark Grid"},
        "recipients": {"mailingListId": f"CG_{key[4:]}", "contactId": None, "libraryId": "UR_hg0000000000001", "sampleId": None},
        "message": {"libraryId": "UR_hg0000000000001", "messageId": "MS_hg0000000000001"},
        "surveyLink": {"surveyId": survey, "expirationDate": None, "linkType": "Individual"},
        "stats": dict.fromkeys(("sent", "failed", "started", "bounced", "opened", "skipped", "finished", "complaints", "blocked"), 0),
    }


def _count(distribution: dict[str, Any], status: str) -> None:
    stats = distribution["stats"]
    stats["sent"] += 1
    if status in (BOUNCED, OPTED_OUT):
        stats["bounced" if status == BOUNCED else "blocked"] += 1
    stats["opened"] += status in (OPENED, STARTED, PARTIAL, FINISHED)
    stats["started"] += status in (STARTED, PARTIAL, FINISHED)
    stats["finished"] += status == FINISHED


def _history(invitation: Invitation, distribution: str) -> dict[str, Any]:
    """Return what became of one invitation: https://api.qualtrics.com/ (list distribution history)."""
    response = invitation.response
    started = invitation.status in (STARTED, PARTIAL, FINISHED)
    return {
        "contactId": contact_key(invitation.person),
        "contactLookupId": lookup_key(invitation),
        "distributionId": distribution,
        "status": STATUS[invitation.status],
        "surveyLink": f"https://haldenmark.qualtrics.com/jfe/form/{SURVEYS[invitation.survey].id}?Q_DL={lookup_key(invitation)}&_g_=g",
        "contactFrequencyRuleId": None,
        "responseId": response_id(response) if response is not None else None,
        "responseStartedAt": iso(response.answered_at - 40 - response.id % 400 if response else invitation.changed_at) if started else None,
        "responseCompletedAt": iso(response.answered_at) if response is not None and response.is_finished else None,
        "sentAt": iso(invitation.invited_at),
        "openedAt": iso(invitation.opened_at) if invitation.opened_at is not None else None,
        "surveySessionId": f"FS_{lookup_key(invitation)[4:]}" if started else None,
    }
