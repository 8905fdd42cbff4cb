"""Chats with the assistant: some it settles alone, some it hands to a person, and some end because the customer gives up.

They draw from numbers of their own, so that the helpdesk's other tickets are the same with and without them.
"""

from __future__ import annotations

import math

import numpy as np

from sandbox.company import phrases as ph
from sandbox.company import texts
from sandbox.company.demand import Demand
from sandbox.company.hours import SCHEDULES
from sandbox.company.params import DAY, Params, Settings
from sandbox.company.people import Person
from sandbox.company.staff import REGIONS, Unit
from sandbox.company.tickets import Audit, Draws, Rosters, Ticket

FIRST_CHAT = 5_000_001
CONTAINED, ABANDONED, HANDED_OVER = "contained", "abandoned", "handed_over"
SETTLED = "Done. Is there anything else? If not, I will close this chat."
GIVEN_UP = "I have not heard from you, so I close this chat for now."


class Chats:
    """All chats with the assistant up to the present; a longer history only adds to a shorter one."""

    def __init__(self, settings: Settings, params: Params, units: dict[str, Unit], demand: Demand) -> None:
        self.settings, self.params, self.units, self.demand = settings, params, units, demand
        self.rosters = Rosters()
        self.tickets: list[Ticket] = []
        self.outcomes: dict[int, str] = {}

    def day(self, index: int) -> None:
        """Add the chats that begin on a day."""
        rng = np.random.default_rng([self.settings.seed, 306, index])
        active = self.demand.active
        if not active:
            return
        for _ in range(int(rng.poisson(self.demand.expected(index, self.params.bot_chats_per_day)))):
            person = active[int(rng.random() * len(active))]
            draw = Draws(rng.random(16).tolist(), rng.normal(size=4).tolist())
            if not any(p.canary for p in person.account.persons):
                self._chat(index, person, draw)

    def _chat(self, index: int, person: Person, draw: Draws) -> None:
        region = person.country.region
        created = self.demand.arrival(index, region, draw.u(), draw.u(), draw.u())
        reason = texts.pick(ph.REASONS, draw.u())
        u, p = draw.u(), self.params
        outcome = (
            CONTAINED if u < p.bot_contained_share else ABANDONED if u < p.bot_contained_share + p.bot_abandoned_share else HANDED_OVER
        )
        ticket = self._open(person, reason, created, draw, outcome)
        if outcome == HANDED_OVER:
            self._answer(ticket, draw)
            return
        ended = created + (200 + int(600 * draw.u()) if outcome == CONTAINED else 1800)
        self._solve(ticket, ended, "bot", SETTLED if outcome == CONTAINED else GIVEN_UP)
        if outcome == ABANDONED:  # the problem is still there: days later the same person asks for a human
            again = self._open(person, reason, ended + DAY // 2 + int(draw.u() * 4 * DAY), draw, HANDED_OVER)
            self._answer(again, draw)

    def _open(self, person: Person, reason: str, created: int, draw: Draws, outcome: str) -> Ticket:
        region = person.country.region
        unit = self.units[f"Support {REGIONS[region]} Digital"]
        ctx = texts.context(person, None, reason, draw.u())
        ticket = Ticket(
            FIRST_CHAT + len(self.tickets),
            person,
            None,
            None,
            reason,
            region,
            unit,
            "native_messaging",
            "normal",
            texts.subject(reason, ctx, draw.u()),
            ctx["order"],
            ctx["product"].replace(" ", "_"),
            created,
            created,
        )
        changes = [("status", None, "new"), ("group", None, unit), ("priority", None, "normal"), ("schedule", None, SCHEDULES[region].id)]
        opening = texts.opening_comment(person, reason, ctx, draw.u())
        ticket.audits.append(Audit(created, "requester", None, opening, changes=[*changes]))
        ticket.audits.append(Audit(created + 8, "bot", None, ph.BOT[ticket.id % len(ph.BOT)]))
        self.tickets.append(ticket)
        self.outcomes[ticket.id] = outcome
        return ticket

    def _answer(self, ticket: Ticket, draw: Draws) -> None:
        schedule = SCHEDULES[ticket.region]
        ticket.agent = self.rosters.agent(ticket.unit, ticket.created_at, 0.5)
        at = ticket.replied_at = schedule.add(ticket.created_at + 60, 25 * math.exp(0.8 * draw.z()))
        self._solve(ticket, at, "agent", "Thank you for your patience. This is settled now; please write again if it is not.")

    @staticmethod
    def _solve(ticket: Ticket, at: int, actor: str, text: str) -> None:
        ticket.audits.append(Audit(at, actor, ticket.agent, text, changes=[("status", "new", "solved")]))
        ticket.audits.append(Audit(at + 4 * DAY, "system", None, None, changes=[("status", "solved", "closed")]))
        ticket.solved_at = at
