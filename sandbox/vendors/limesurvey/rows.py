"""Responses and participants as LimeSurvey keeps them: the same answers as in every other survey tool of the company."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.company.invitations import BOUNCED, OPTED_OUT, Invitation
from sandbox.company.surveys import Response
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.limesurvey.questions import SURVEYS, Survey
from sandbox.vendors.zendesk.people import account_id, contact_id, has_contact

# Dates are written in the server's zone, without naming it: https://www.limesurvey.org/manual/Optional_settings (timeadjust)
SERVER_ZONE = ZoneInfo("Europe/Berlin")
LANGUAGES = ("en", "de", "fr", "es", "nl")


def rows(world: World) -> Iterator[Row]:
    """Yield the responses of every survey and the participants of those that are not anonymous.

    A preview leaves no response: https://www.limesurvey.org/manual/Testing_a_survey.
    """
    numbers = dict.fromkeys(SURVEYS, 0)
    for response in sorted(world.responses, key=lambda r: (r.recorded_at, r.id)):
        if response.is_preview:
            continue
        survey = SURVEYS[response.survey]
        numbers[response.survey] += 1
        number = numbers[response.survey]
        planted = response.person is not None and any(p.canary for p in response.person.account.persons)
        planted = planted or (response.ticket is not None and response.ticket.may_hold_canary)
        yield Row(f"limesurvey.{survey.sid}", number, response.recorded_at, _response(survey, response, number), planted)
    yield from _participants(world)


def local(seconds: int) -> str:
    """Return a time as the server writes it, e.g. `2026-10-31 13:00:00`."""
    return datetime.fromtimestamp(seconds, SERVER_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def token(response: Response | Invitation) -> str:
    """Return the participant's access code of fifteen characters."""
    return hashlib.blake2b(f"{response.survey}:{response.id}".encode(), digest_size=10).hexdigest()[:15]


def _response(survey: Survey, response: Response, number: int) -> dict[str, Any]:
    """Return one response; `submitdate` stays empty until it is finished (https://www.limesurvey.org/manual/Export_responses)."""
    person = response.person
    body: dict[str, Any] = {
        "id": str(number),
        "submitdate": local(response.recorded_at) if response.is_finished else None,
        "lastpage": "1" if response.is_finished else "0",
        "startlanguage": person.country.language if person is not None and person.country.language in LANGUAGES else "en",
        "seed": str(1_000_000_000 + response.id % 900_000_007),
    }
    if not survey.is_anonymised:
        body["token"] = token(response)
    body |= {
        "startdate": local(response.answered_at - 40 - response.id % 400),
        "datestamp": local(response.recorded_at),
    }
    if person is not None:
        body["ipaddr"] = f"203.0.{response.id % 113}.{response.id % 251 + 1}"
    shown = response.shown(len(survey.questions))
    for place, question in enumerate(survey.questions):
        value = response.comment if question.measure == "comment" else response.answers.get(question.measure)
        body[question.column] = str(value) if value is not None and place < shown else None
    return body


def _participants(world: World) -> Iterator[Row]:
    """Yield who was invited, also those who never answered; a number is given when the invitation is sent."""
    numbers = dict.fromkeys(SURVEYS, 0)
    for invitation in world.invitations:
        survey = SURVEYS[invitation.survey]
        numbers[invitation.survey] += 1
        number = numbers[invitation.survey]
        planted = any(p.canary for p in invitation.person.account.persons)
        planted = planted or (invitation.ticket is not None and invitation.ticket.may_hold_canary)
        yield Row(f"limesurvey.participants_{survey.sid}", number, invitation.changed_at, _participant(invitation, number), planted)


def _participant(invitation: Invitation, number: int) -> dict[str, Any]:
    """Return one participant; `emailstatus` says what became of the invitation: https://www.limesurvey.org/manual/Survey_participants."""
    person, ticket, response = invitation.person, invitation.ticket, invitation.response
    return {
        "tid": str(number),
        "token": token(invitation),
        "participant_info": {"firstname": person.first, "lastname": person.last, "email": person.email},
        "emailstatus": {BOUNCED: "bounced", OPTED_OUT: "OptOut"}.get(invitation.status, "OK"),
        "language": person.country.language,
        "sent": local(invitation.invited_at)[:16],
        "completed": local(response.recorded_at)[:16] if response is not None and response.is_finished else "N",
        "attribute_1": contact_id(person) if has_contact(person) else "",
        "attribute_2": account_id(person.account),
        "attribute_3": person.country.code,
        "attribute_4": str(ticket.id) if ticket else "",
        "attribute_5": ticket.unit.name if ticket else "",
        "attribute_6": ticket.channel if ticket else "",
    }
