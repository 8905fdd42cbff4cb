"""What customers and employees answer when asked: relationship, after a ticket, and the employees' pulse."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from sandbox.company import phrases as ph
from sandbox.company import texts
from sandbox.company.params import DAY, Params, Settings, epoch
from sandbox.company.people import Person
from sandbox.company.staff import Employee, Unit
from sandbox.company.tickets import Ticket

RELATIONSHIP, TRANSACTIONAL, PULSE = "relationship", "transactional", "engagement"
PULSE_ITEMS = ("meaning", "balance", "purpose", "growth", "manager")


@dataclass(slots=True)
class Response:
    """One answered questionnaire. Times are Unix seconds; `recorded_at` is later than `answered_at` for uploads from offline devices."""

    id: int
    survey: str
    person: Person | None
    unit: Unit | None
    ticket: Ticket | None
    invited_at: int
    answered_at: int
    recorded_at: int
    answers: dict[str, int] = field(default_factory=dict)
    comment: str | None = None
    is_preview: bool = False
    is_finished: bool = True
    reached: float = 0.0

    def shown(self, questions: int) -> int:
        """Return how many of so many questions it holds: all when finished, else those up to where it was left, at least the first."""
        return questions if self.is_finished else max(1, int(self.reached * questions))


@dataclass(frozen=True, slots=True)
class Silence:
    """A questionnaire that was sent and not filled in; `id` is what the response's would have been."""

    id: int
    survey: str
    person: Person
    ticket: Ticket | None
    invited_at: int


def clamp(value: float, low: int, high: int) -> int:
    """Round to a whole answer on a scale."""
    return max(low, min(high, round(value)))


class Surveys:
    """Asks as time goes by; a wave's draws never depend on how far history reaches."""

    def __init__(self, settings: Settings, params: Params, persons: list[Person], tickets: list[Ticket]) -> None:
        self.settings, self.params, self.persons, self.tickets = settings, params, persons, tickets
        self.silent: list[Silence] = []
        self.bad: dict[int, list[int]] = {}
        for ticket in tickets:
            if ticket.person and ticket.solved_at and ticket.is_bad_experience and ticket.merged_into is None:
                self.bad.setdefault(ticket.person.index, []).append(ticket.solved_at)
        for moments in self.bad.values():
            moments.sort()

    def run(self, employees: list[Employee]) -> list[Response]:
        """Return every response, also those that will be recorded only after the present."""
        found: list[Response] = []
        for year in range(2024, self.settings.day(self.settings.days).year + 1):
            for month in range(1, 13):
                at = epoch(date(year, month, 8)) + 9 * 3600
                wave = (year - 2024) * 12 + month
                if not self.settings.start < at <= self.settings.now:
                    continue
                if month % 3 == 1:
                    found += self._relationship(at, wave)
                elif month % 3 == 2:
                    found += self._pulse(at, wave, employees)
        found += [r for t in self.tickets if (r := self._after_ticket(t)) is not None]
        return found

    def _had_bad_experience(self, person: Person, at: int) -> bool:
        moments = self.bad.get(person.index, [])
        where = bisect_left(moments, at)
        return where > 0 and moments[where - 1] > at - self.params.bad_experience_window_days * DAY

    def _relationship(self, at: int, wave: int) -> list[Response]:
        rng = np.random.default_rng([self.settings.seed, 601, wave])
        uniform = rng.random((len(self.persons), 6)).tolist()
        normal = rng.normal(size=(len(self.persons), 7)).tolist()
        found = []
        for person, u, z in zip(self.persons, uniform, normal, strict=True):
            churned = person.account.churned_at
            if (
                person.joined_at > at - 60 * DAY
                or (churned and churned <= at)
                or (person.deleted_at and person.deleted_at <= at)
                or person.role_address
            ):
                continue
            # Unhappy people answer less often: measured scores are a little too good, as in life.
            answers = self.params.relationship_answer_share * (1.12 if person.mood > 0 else 0.88)
            if not person.canary and (u[0] > 0.58 or u[1] > answers):
                if u[0] <= 0.58:
                    self.silent.append(Silence(wave * 100_000 + person.index, RELATIONSHIP, person, None, at))
                continue
            found.append(self._relationship_answer(person, at, wave, u, z))
        return found

    def _relationship_answer(self, person: Person, at: int, wave: int, u: list[float], z: list[float]) -> Response:
        bad = self._had_bad_experience(person, at)
        outage = 0 < at - epoch(self.params.outage_start) < 120 * DAY
        answered = at + int(u[2] ** 2 * 12 * DAY) + 600
        answers: dict[str, int] = {}
        latent = 0.0
        for k, (driver, weight) in enumerate(self.params.driver_weights):
            value = 0.55 * person.mood + 0.83 * z[k]
            value -= 0.9 * (driver == "reliability" and outage) + 1.0 * (driver == "support" and bad)
            answers[driver] = clamp(3.9 + 0.85 * value, 1, 5)
            latent += weight * (answers[driver] - 3.7)
        answers["nps"] = clamp(7.95 + 2.1 * latent + 0.75 * z[5], 0, 10)
        comment = None
        if u[3] < 0.38 or person.canary:
            ctx = texts.context(person, None, "feedback", u[4])
            comment = texts.survey_comment(answers["nps"] / 10, ctx, u[4])
            if person.canary:
                comment += f" Call {person.name} on {person.phone} or write to {person.email}."
        late = int((3 + 5 * u[5]) * DAY) if u[5] < 0.01 else 0
        return Response(
            wave * 100_000 + person.index,
            RELATIONSHIP,
            person,
            None,
            None,
            at,
            answered,
            answered + late,
            answers,
            comment,
            is_preview=u[5] > 0.993,
            is_finished=not 0.96 < u[5] < 0.985,
        )

    def _after_ticket(self, ticket: Ticket) -> Response | None:
        p = self.params
        if (
            ticket.person is None
            or ticket.solved_at is None
            or ticket.deleted_at is not None
            or ticket.u_survey > p.transactional_survey_share
        ):
            return None
        rng = np.random.default_rng([self.settings.seed, 602, ticket.id])
        u, z = rng.random(8).tolist(), rng.normal(size=6).tolist()
        invited = max(ticket.solved_at, ticket.visible_at) + DAY // 2
        if u[0] > p.transactional_answer_share and not ticket.person.canary:
            self.silent.append(Silence(10_000_000 + ticket.id, TRANSACTIONAL, ticket.person, ticket, invited))
            return None
        answered = invited + 900 + int(u[1] ** 2 * 5 * DAY)
        hours = max(((ticket.replied_at or ticket.solved_at) - ticket.created_at) / 3600, 0.05)
        feeling = (0.9 if ticket.felt_good else -1.3) + 0.3 * ticket.person.mood
        speed = float(np.log2(hours / 4))
        answers = {
            "csat": clamp(3.6 + 0.95 * feeling + 0.45 * z[0], 1, 5),
            "ces": clamp(5.0 + 0.9 * feeling - 0.18 * speed + 0.6 * z[1], 1, 7),
            "nps": clamp(7.5 + 1.6 * feeling + 0.9 * z[2], 0, 10),
            "expectation": clamp(5.4 + 0.8 * z[3], 1, 7),
            "perception": clamp(5.2 + 0.5 * feeling - 0.32 * speed + 0.7 * z[4], 1, 7),
            "solved": 1 if u[2] < (0.93 if ticket.felt_good else 0.5) else 2,
        }
        comment = None
        if u[3] < 0.3:
            comment = texts.survey_comment(answers["csat"] / 5, texts.context(ticket.person, ticket.agent, ticket.reason, u[4]), u[5])
        return Response(
            10_000_000 + ticket.id,
            TRANSACTIONAL,
            ticket.person,
            ticket.unit,
            ticket,
            invited,
            answered,
            answered,
            answers,
            comment,
            is_finished=u[6] > 0.02,
        )

    def _pulse(self, at: int, wave: int, employees: list[Employee]) -> list[Response]:
        rng = np.random.default_rng([self.settings.seed, 603, wave])
        uniform, normal = rng.random((len(employees), 4)).tolist(), rng.normal(size=(len(employees), 7)).tolist()
        found = []
        for employee, u, z in zip(employees, uniform, normal, strict=True):
            if not employee.works(at) or u[0] > 0.66:
                continue
            unit = employee.job(at).unit
            answers = {item: clamp(3.65 + 0.5 * unit.mood + 0.75 * z[k], 1, 5) for k, item in enumerate(PULSE_ITEMS)}
            answers["nps"] = clamp(7.2 + 1.0 * unit.mood + 1.7 * z[5], 0, 10)
            answered = at + int(u[1] * 9 * DAY)
            comment = texts.pick(ph.EMPLOYEE_TEXT, u[3]) if u[2] < 0.22 else None
            # The number is drawn anew in each wave: answers are anonymous and do not link across waves.
            found.append(
                Response(
                    wave * 10**12 + int(abs(z[6]) * 10**11),
                    PULSE,
                    None,
                    unit,
                    None,
                    at,
                    answered,
                    answered,
                    answers,
                    comment,
                )
            )
        return found
