"""The life of a ticket from the first message to its closing, with the planted effects."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from sandbox.company import phrases as ph
from sandbox.company import texts
from sandbox.company.hours import SCHEDULES
from sandbox.company.params import DAY, Params
from sandbox.company.staff import REGIONS, Unit
from sandbox.company.tickets import Audit, Draws, Rating, Rosters, Ticket

CHANNELS = (("email", 0.40), ("web", 0.24), ("native_messaging", 0.16), ("voice", 0.13), ("mobile", 0.04), ("api", 0.03))
PRIORITIES = (("normal", 0.58), ("high", 0.20), ("low", 0.15), ("urgent", 0.07))
PRIORITY_FACTOR = {"urgent": 0.3, "high": 0.6, "normal": 1.0, "low": 1.7}
CHANNEL_FACTOR = {"native_messaging": 0.12, "voice": 0.02}


def weighted(options: tuple[tuple[str, float], ...], u: float) -> str:
    """Return the option under which a uniform draw falls."""
    for name, share in options:
        u -= share
        if u < 0:
            return name
    return options[-1][0]


class Life:
    """Writes the audits of one ticket after the other."""

    def __init__(self, params: Params, units: dict[str, Unit], rosters: Rosters, seed: int) -> None:
        self.params, self.units, self.rosters = params, units, rosters
        self._pressed_month = cache(lambda unit, month: np.random.default_rng([seed, 601, unit, month]).random() < params.one_touch_months)

    def run(self, ticket: Ticket, ctx: texts.Context, draw: Draws, *, load: float, opening: str) -> None:
        """Fill the ticket's audits; `load` stretches answers in busy times."""
        schedule = SCHEDULES[ticket.region]
        unit, created = ticket.unit, ticket.created_at
        routed = unit
        if draw.u() < self.params.misrouted_share and ticket.person is not None:
            routed = self.units[f"Support {REGIONS[unit.region or 'emea']} Digital"]
        author = "agent" if ticket.agent_created else "requester"
        first_status = "open" if ticket.agent_created else "new"
        ticket.agent = self.rosters.agent(unit, created, draw.u())
        ctx.update(agent=ticket.agent.name, agent_first=ticket.agent.first, agent_email=ticket.agent.email)
        ticket.audits.append(
            Audit(
                created,
                author,
                ticket.agent if ticket.agent_created else None,
                opening,
                changes=[
                    ("status", None, first_status),
                    ("group", None, routed),
                    ("priority", None, ticket.priority),
                    ("schedule", None, schedule.id),
                ],
            )
        )
        bot_share = {"native_messaging": 0.6, "email": 0.12}.get(ticket.channel, 0.0)
        if draw.u() < bot_share:
            ticket.audits.append(Audit(created + 15, "bot", None, texts.pick(ph.BOT, draw.u())))
        wait = self._reply_minutes(ticket, draw, load)
        reply_at = schedule.add(created, wait) if wait > 4 else created + int(wait * 60)
        if routed is not unit:
            moved = created + int((reply_at - created) * (0.3 + 0.6 * draw.u()))
            ticket.audits.append(
                Audit(
                    moved,
                    "agent",
                    self.rosters.agent(routed, moved, draw.u()),
                    texts.fill(ph.NOTES, ctx, draw.u()),
                    public=False,
                    changes=[("group", routed, unit)],
                )
            )
        if draw.u() < 0.03:
            ticket.audits.append(
                Audit(
                    reply_at,
                    "agent",
                    ticket.agent,
                    texts.fill(ph.NOTES, ctx, draw.u()),
                    public=False,
                    changes=[("assignee", None, ticket.agent), ("status", first_status, "solved")],
                )
            )
            ticket.solved_at = reply_at
        else:
            self._exchange(ticket, ctx, draw, reply_at, first_status)
        self._aftermath(ticket, ctx, draw)

    def _reply_minutes(self, ticket: Ticket, draw: Draws, load: float) -> float:
        p = self.params
        minutes = p.first_reply_median_minutes * math.exp(p.first_reply_log_sigma * draw.z()) * PRIORITY_FACTOR[ticket.priority]
        minutes *= CHANNEL_FACTOR.get(ticket.channel, 1.0) * load * math.exp(p.ex_to_reply_log * ticket.unit.mood)
        return minutes * (p.weak_team_reply_factor if ticket.unit.name == p.weak_team else 1.0)

    def _exchange(self, ticket: Ticket, ctx: texts.Context, draw: Draws, reply_at: int, status: str) -> None:
        schedule, agent = SCHEDULES[ticket.region], ticket.agent
        rounds = 0
        while rounds < 4 and draw.u() < 0.36:
            rounds += 1
        rounds = 0 if self._is_pressed(ticket) else rounds
        at, previous = reply_at, status
        ticket.replied_at = reply_at
        for k in range(rounds + 1):
            last = k == rounds
            new = "solved" if last else "pending"
            changes: list[tuple[str, object, object]] = [("status", previous, new)]
            if k == 0:
                changes.insert(0, ("assignee", None, agent))
            ticket.audits.append(Audit(at, "agent", agent, texts.agent_comment(ctx, draw.u(), first=k == 0), changes=changes))
            if last:
                break
            if draw.u() < 0.22:
                ticket.audits.append(Audit(at + 300, "agent", agent, texts.fill(ph.NOTES, ctx, draw.u()), public=False))
            answered = at + 400 + int(3600 * 3.2 * math.exp(1.1 * draw.z()))
            ticket.audits.append(
                Audit(answered, "requester", None, texts.fill(ph.CUSTOMER_NEXT, ctx, draw.u()), changes=[("status", "pending", "open")])
            )
            at, previous = schedule.add(answered, 95 * math.exp(0.9 * draw.z())), "open"
            if draw.u() < 0.05:
                ticket.audits.append(Audit(answered + 120, "agent", agent, None, changes=[("status", "open", "hold")]))
                at, previous = schedule.add(at, 1300), "hold"
        ticket.solved_at = at

    def _is_pressed(self, ticket: Ticket) -> bool:
        """Whether the team has to solve with one reply this month, and does so here, whatever the customer still needs."""
        coin = ticket.id * 2_654_435_761 % 2**32 / 2**32
        return coin < self.params.one_touch_pressed_share and self._pressed_month(ticket.unit.index, ticket.created_at // (30 * DAY))

    def _aftermath(self, ticket: Ticket, ctx: texts.Context, draw: Draws) -> None:
        p, solved = self.params, ticket.solved_at or ticket.created_at
        if draw.u() < p.reopen_share and ticket.replied_at is not None:
            again = solved + 1800 + int(draw.u() * 60 * 3600)
            back = SCHEDULES[ticket.region].add(again, 240 * math.exp(0.8 * draw.z()))
            ticket.reopened = True
            ticket.audits.append(
                Audit(again, "requester", None, texts.fill(ph.CUSTOMER_NEXT, ctx, draw.u()), changes=[("status", "solved", "open")])
            )
            ticket.audits.append(
                Audit(back, "agent", ticket.agent, texts.agent_comment(ctx, draw.u(), first=False), changes=[("status", "open", "solved")])
            )
            solved = ticket.solved_at = back
        self._feeling(ticket, ctx, draw, solved)
        ticket.audits.append(Audit(solved + 4 * DAY, "system", None, None, changes=[("status", "solved", "closed")]))

    def _feeling(self, ticket: Ticket, ctx: texts.Context, draw: Draws, solved: int) -> None:
        p = self.params
        hours = max(((ticket.replied_at or solved) - ticket.created_at) / 3600, 0.05)
        logit = p.csat_good_intercept + p.csat_per_doubling_of_reply * math.log2(hours / 4) + p.ex_to_cx * ticket.unit.mood
        logit += (p.csat_reopen if ticket.reopened else 0.0) + (p.weak_team_csat if ticket.unit.name == p.weak_team else 0.0)
        logit += p.one_touch_csat if self._is_pressed(ticket) else 0.0
        logit += 0.35 * (ticket.person.mood if ticket.person else 0.0)
        ticket.good_logit = logit
        ticket.felt_good = draw.u() < 1 / (1 + math.exp(-logit))
        u, v, w = draw.u(), draw.u(), draw.u()
        if ticket.person is not None and ticket.channel != "api":
            answered = solved + DAY + int(w * 40 * 3600) if u < p.csat_answer_share else None
            comment = texts.survey_comment(0.9 if ticket.felt_good else 0.2, ctx, w) if v < 0.35 else None
            reasons = (
                "The issue took too long to resolve",
                "The issue was not resolved",
                "The agent's knowledge is unsatisfactory",
                "Some other reason",
            )
            ticket.rating = Rating(solved + DAY, answered, ticket.felt_good, comment, None if ticket.felt_good else texts.pick(reasons, v))
        ticket.u_survey = draw.u()
