"""Who was asked: every questionnaire that was sent, whether it came back or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sandbox.company.params import DAY, Params, Settings
from sandbox.company.people import Person
from sandbox.company.surveys import RELATIONSHIP, Response, Silence
from sandbox.company.tickets import Ticket

BOUNCED, OPTED_OUT, SENT, OPENED, STARTED, PARTIAL, FINISHED = "bounced", "opted out", "sent", "opened", "started", "partial", "finished"


@dataclass(frozen=True, slots=True)
class Invitation:
    """One questionnaire sent to one person. Times are Unix seconds; `response` is None until it is recorded."""

    id: int
    survey: str
    person: Person
    ticket: Ticket | None
    invited_at: int
    status: str
    opened_at: int | None
    changed_at: int
    response: Response | None = None


def invitations(settings: Settings, params: Params, responses: Iterable[Response], silent: Iterable[Silence]) -> list[Invitation]:
    """Return the invitations sent up to the present, in order of time. Anonymous surveys have none, nor do previews."""
    found = [_silent(settings, params, asked) for asked in silent if asked.invited_at <= settings.now]
    for response in responses:
        if response.person is not None and response.invited_at <= settings.now and not response.is_preview:
            found.append(_answered(settings, response, response.person))
    return sorted(found, key=lambda invitation: (invitation.invited_at, invitation.survey, invitation.id))


def _silent(settings: Settings, params: Params, asked: Silence) -> Invitation:
    rng = np.random.default_rng([settings.seed, 621, int(asked.survey == RELATIONSHIP), asked.id])
    u, late = rng.random(2).tolist()
    status, opened = SENT, None
    for name, share in (
        (BOUNCED, params.invitation_bounced_share),
        (OPTED_OUT, params.invitation_opted_out_share),
        (STARTED, params.invitation_started_share),
        (OPENED, params.invitation_opened_share),
    ):
        if u < share:
            status = name
            break
        u -= share
    changed = asked.invited_at + (60 if status in (SENT, BOUNCED) else int(late**2 * 9 * DAY) + 300)
    if status in (STARTED, OPENED):
        opened = changed
    if changed > settings.now:
        status, opened, changed = SENT, None, asked.invited_at + 60
    return Invitation(asked.id, asked.survey, asked.person, asked.ticket, asked.invited_at, status, opened, changed)


def _answered(settings: Settings, response: Response, person: Person) -> Invitation:
    same = (response.id, response.survey, person, response.ticket, response.invited_at)
    if response.recorded_at > settings.now:
        return Invitation(*same, SENT, None, response.invited_at + 60)
    status = FINISHED if response.is_finished else PARTIAL
    opened = max(response.invited_at + 30, response.answered_at - 120 - response.id % 300)
    return Invitation(*same, status, opened, response.recorded_at, response)
