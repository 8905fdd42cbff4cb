"""Survey responses as the response export holds them (https://api.qualtrics.com/u9e5lh4172v0v-survey-response-export-guide)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.company.params import iso
from sandbox.company.surveys import Response
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.qualtrics.identifiers import response_id
from sandbox.vendors.qualtrics.invited import invited
from sandbox.vendors.qualtrics.questions import SURVEYS
from sandbox.vendors.zendesk.people import account_id, contact_id, has_contact

LANGUAGES = {"en": "EN", "de": "DE", "fr": "FR", "es": "ES", "nl": "NL"}


def rows(world: World) -> Iterator[Row]:
    """Yield every recorded response, and by whom and how people were invited."""
    for response in world.responses:
        yield record(response)
    yield from invited(world)


def _embedded(response: Response) -> dict[str, Any]:
    person, ticket, unit = response.person, response.ticket, response.unit
    if person is None:
        return {"teamId": str(unit.index), "team": unit.name, "wave": iso(response.invited_at)[:7]} if unit else {}
    found: dict[str, Any] = {
        "accountId": account_id(person.account),
        "contactId": contact_id(person) if has_contact(person) else None,
        "country": person.country.code,
    }
    if ticket is None:
        return found | {"segment": person.account.segment, "wave": iso(response.invited_at)[:7]}
    return found | {"ticketId": str(ticket.id), "queue": ticket.unit.name, "channel": ticket.channel}


def record(response: Response) -> Row:
    """Return one response. Employees answer anonymously: no name, no address, no reference."""
    survey, person = SURVEYS[response.survey], response.person
    duration = 40 + response.id % 400
    shared = person.email if person is not None and response.id % 9 else None
    values: dict[str, Any] = {
        "startDate": iso(response.answered_at - duration),
        "endDate": iso(response.answered_at),
        # 0 is a normal answer, 1 a preview, 4 an upload, 16 an offline answer: https://api.qualtrics.com/ (response export, "status")
        "status": 1 if response.is_preview else 16 if response.recorded_at > response.answered_at else 0,
        "ipAddress": None if person is None else f"203.0.{response.id % 113}.{response.id % 251 + 1}",
        "progress": 100 if response.is_finished else max(10, round(100 * response.reached)),
        "duration": duration,
        "finished": 1 if response.is_finished else 0,
        "recordedDate": iso(response.recorded_at),
        "_recordId": response_id(response),
        "recipientLastName": person.last if person else None,
        "recipientFirstName": person.first if person else None,
        "recipientEmail": shared,
        "externalDataReference": contact_id(person) if person and has_contact(person) and response.id % 4 else None,
        "locationLatitude": None,
        "locationLongitude": None,
        "distributionChannel": "preview" if response.is_preview else "email" if person else "anonymous",
        "userLanguage": LANGUAGES.get(person.country.language, "EN") if person else "EN",
    }
    answered = survey.questions[: response.shown(len(survey.questions))]
    for question in answered:
        value = response.comment if not question.top else response.answers.get(question.measure)
        if value is not None:
            values[question.qid] = value
    values |= _embedded(response)
    body = {
        "responseId": response_id(response),
        "values": values,
        "labels": {},
        "displayedFields": sorted({q.qid for q in answered}),
        "displayedValues": {},
    }
    planted = person is not None and any(p.canary for p in person.account.persons)
    return Row(
        f"qualtrics.{survey.id}",
        response_id(response),
        response.recorded_at,
        body,
        planted or (response.ticket is not None and response.ticket.may_hold_canary),
    )
