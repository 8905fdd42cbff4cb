"""What else people are asked: stated importance, trust, the human side of a contact, what they expected and what they got.

All of it is drawn from streams of its own, so that the answers of `surveys` stay what they are.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sandbox.company.params import Params, Settings
from sandbox.company.people import Person
from sandbox.company.surveys import RELATIONSHIP, TRANSACTIONAL, Response, clamp
from sandbox.company.tickets import Ticket

TRUST = ("trust_people", "trust_processes", "trust_technology", "trust_products", "trust_privacy", "trust_leaving", "trust_choice")
HUMAN = ("human_respected", "human_heard", "human_in_control", "human_time_respected")
CHANNELS = ("email", "phone", "chat", "web", "visit")
REASONS = ("recommendation", "search", "ad", "other")
PROMISES, PROMISE_MADE = 4, 2  # statements to choose from, and the one that the company makes
REPEATED, NOT_REPEATED = 1, 2
_SPREAD = {"trust_people": 0.15, "trust_privacy": 0.3, "trust_leaving": -0.6, "trust_choice": -0.45}


def add(settings: Settings, params: Params, responses: Iterable[Response]) -> None:
    """Add the further answers to customers' responses, and how far an unfinished one got."""
    for response in responses:
        if response.person is None:  # employees answer without a name, and only what `surveys` asks
            continue
        kind = (RELATIONSHIP, TRANSACTIONAL).index(response.survey)
        rng = np.random.default_rng([settings.seed, 611, kind, response.id])
        u, z = rng.random(16).tolist(), rng.normal(size=32).tolist()
        if not response.is_finished:
            response.reached = 0.62 + 0.3 * u[1] if u[0] < params.partial_share else 0.0
        if kind == 0:
            response.answers |= _relationship(params, settings.seed, response, response.person, u=u, z=z)
        elif response.ticket is not None:
            response.answers |= _transactional(params, response.ticket, u, z)


def _relationship(params: Params, seed: int, response: Response, person: Person, *, u: list[float], z: list[float]) -> dict[str, int]:
    answers = response.answers
    found = {f"importance_{driver}": clamp(mean + 1.1 * z[k], 1, 10) for k, (driver, mean) in enumerate(params.stated_importance)}
    for k, item in enumerate(TRUST):
        found[item] = clamp(3.8 + _SPREAD.get(item, 0.0) + 0.4 * person.mood + 0.8 * z[5 + k], 1, 5)
    if u[2] < 0.5:  # the human block goes to a random half, so that the questionnaire does not grow too long
        # what drives the score beyond what the product is: the part of it that its drivers leave unexplained
        beyond = answers["nps"] - 7.95 - 2.1 * sum(weight * (answers[driver] - 3.7) for driver, weight in params.driver_weights)
        for k, item in enumerate(HUMAN):
            found[item] = clamp(3.7 + 0.2 * person.mood + params.human_block_effect * beyond + 0.75 * z[12 + k], 1, 5)
    own = np.random.default_rng([seed, 612, person.index]).random(4).tolist()  # what stays the same whenever a person is asked
    found["preferred_channel"] = 1 + _choice(params.preferred_channel_shares, own[0])
    if own[1] >= params.main_reason_unknown_share:
        found["main_reason"] = 1 + _choice(params.main_reason_shares, own[2])
    wrong = [number for number in range(1, PROMISES + 1) if number != PROMISE_MADE]
    found["promise"] = PROMISE_MADE if u[3] < params.promise_clear_share else wrong[int(u[4] * len(wrong))]
    found["would_miss"] = clamp(3.4 + 0.28 * (answers["nps"] - 7.5) + 0.8 * z[16], 1, 5)
    found["relative_preference"] = clamp(4.5 + 0.35 * (answers["nps"] - 7.5) + 0.9 * z[17], 1, 7)
    for k, (touchpoint, gap) in enumerate(params.expectation_gap):
        expected = clamp(4.6 + 0.8 * z[18 + k], 1, 7)
        found[f"expectation_{touchpoint}"] = expected
        if u[5 + k] > params.unpaired_share:
            found[f"perception_{touchpoint}"] = clamp(expected + gap + 0.25 * person.mood + 0.8 * z[22 + k], 1, 7)
    return found


def _transactional(params: Params, ticket: Ticket, u: list[float], z: list[float]) -> dict[str, int]:
    feeling = 0.7 if ticket.felt_good else -0.9
    handed_over = sum(change[0] == "group" for audit in ticket.audits for change in audit.changes) > 1
    repeats = u[2] < params.repeat_share + params.repeat_after_handover * handed_over
    return {
        "competent": clamp(3.8 + 0.8 * feeling + 0.7 * z[0], 1, 5),
        "treated_as_person": clamp(3.9 + 0.6 * feeling + 0.8 * z[1], 1, 5),
        "repeated": REPEATED if repeats else NOT_REPEATED,
    }


def _choice(shares: tuple[float, ...], u: float) -> int:
    """Return the number of the option that a uniform draw falls on."""
    return min(int(np.searchsorted(np.cumsum(shares), u, side="right")), len(shares) - 1)
