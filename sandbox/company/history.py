"""Runs the helpdesk day by day: tickets, merges, spam, deletions, late imports, and the customers who leave because of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandbox.company import phrases as ph
from sandbox.company import texts
from sandbox.company.chats import Chats
from sandbox.company.demand import Demand
from sandbox.company.lives import CHANNELS, PRIORITIES, Life, weighted
from sandbox.company.params import DAY, Params, Settings
from sandbox.company.people import Account, Person
from sandbox.company.staff import REGIONS, SERVICE_DESK, Employee, Unit
from sandbox.company.tickets import Audit, Draws, Rosters, Ticket

FIRST_TICKET = 10_001
SEGMENT_CHURN = {"enterprise": 0.35, "mid_market": 0.8, "small_business": 1.35}


@dataclass
class ScriptedTicket:
    """A ticket that every company has, whatever the seed: the canaries' own."""

    day: int
    person: Person
    reason: str
    text: str
    subject: str


class Helpdesk:
    """All tickets up to the present. A longer history only adds to a shorter one: that is what makes `advance` deterministic."""

    def __init__(
        self,
        settings: Settings,
        params: Params,
        accounts: list[Account],
        persons: list[Person],
        *,
        employees: list[Employee],
        units: list[Unit],
        scripted: list[ScriptedTicket],
    ) -> None:
        self.settings, self.params, self.accounts, self.employees = settings, params, accounts, employees
        self.units = {u.name: u for u in units}
        self.demand = Demand(settings, params, persons)
        self.life = Life(params, self.units, Rosters(), settings.seed)
        self.chats = Chats(settings, params, self.units, self.demand)
        self.scripted: dict[int, list[ScriptedTicket]] = {}
        for item in scripted:
            self.scripted.setdefault(item.day, []).append(item)
        self.tickets: list[Ticket] = []
        self.bad: dict[int, list[int]] = {}

    def run(self) -> list[Ticket]:
        """Simulate every day of history and return the tickets in order of creation."""
        month = -1
        for index in range(self.settings.days):
            day = self.settings.day(index)
            if day.month != month:
                month = day.month
                start = self.settings.start + index * DAY
                self._churn(start, index)
                self.demand.start_month(start)
            self._day(index)
            self.chats.day(index)
        return self.tickets

    def _churn(self, start: int, index: int) -> None:
        rng = np.random.default_rng([self.settings.seed, 303, index])
        draws = rng.random((len(self.accounts), 2)).tolist()
        since = start - self.params.bad_experience_window_days * DAY
        for account, (u, v) in zip(self.accounts, draws, strict=True):
            if account.churned_at is not None or account.joined_at > start - 60 * DAY:
                continue
            hazard = self.params.churn_base_monthly * SEGMENT_CHURN[account.segment]
            if any(since < at <= start for at in self.bad.get(account.index, ())):
                hazard *= self.params.churn_hazard_ratio_bad_experience
            if u < hazard and not any(p.canary for p in account.persons):
                account.churned_at = start + int(v * 28 * DAY)

    def _day(self, index: int) -> None:
        rng = np.random.default_rng([self.settings.seed, 301, index])
        people = self.demand.requesters(index, rng)
        level = self.demand.expected(index, 1.0) / self.settings.scale
        load = 1.0 if level < 2.2 else 1.9
        extra = int(rng.poisson(len(people) * self.params.internal_share))
        spam = int(rng.poisson(len(people) * self.params.spam_share))
        uniform = rng.random((2 * len(people) + extra + spam, 64)).tolist()
        normal = rng.normal(size=(2 * len(people) + extra + spam, 16)).tolist()
        draws = (Draws(u, z) for u, z in zip(uniform, normal, strict=True))
        for person in people:
            ticket = self._customer(index, person, next(draws), load)
            second = next(draws)
            if second.u() < self.params.merge_share:
                self._merge(ticket, self._customer(index, person, second, load, twin=ticket))
        for item in self.scripted.get(index, ()):
            scripted = np.random.default_rng([self.settings.seed, 304, item.person.index])
            self._customer(index, item.person, Draws(scripted.random(64).tolist(), scripted.normal(size=16).tolist()), load, script=item)
        for _ in range(extra):
            self._internal(index, next(draws))
        for _ in range(spam):
            self._spam(index, next(draws))

    def _customer(
        self, index: int, person: Person, draw: Draws, load: float, *, twin: Ticket | None = None, script: ScriptedTicket | None = None
    ) -> Ticket:
        region = person.country.region
        during_outage = load > 1.5 and draw.u() < 0.6
        reason = (
            script.reason
            if script
            else twin.reason
            if twin
            else "outage"
            if during_outage
            else weighted(tuple(zip(ph.REASONS, ph.REASON_WEIGHTS, strict=True)), draw.u())
        )
        created = self.demand.arrival(index, region, draw.u(), draw.u(), draw.u())
        if twin:
            created = twin.created_at + 120 + int(draw.u() * 5400)
        unit = self.units[_queue(person, reason, created).format(REGIONS[region])]
        ctx = texts.context(person, None, reason, draw.u())
        subject = script.subject if script else texts.subject(reason, ctx, draw.u())
        late = draw.u() < self.params.late_share and not twin and not script
        channel = "voice" if late else "email" if script else weighted(CHANNELS, draw.u())
        ticket = Ticket(
            FIRST_TICKET + len(self.tickets),
            person,
            None,
            None,
            reason,
            region,
            unit,
            channel,
            weighted(PRIORITIES, draw.u()),
            subject,
            ctx["order"],
            ctx["product"].replace(" ", "_"),
            created,
            created + (int(2 + 4 * draw.u()) * DAY if late else 0),
            agent_created=channel == "voice" or draw.u() < 0.02,
        )
        self.tickets.append(ticket)
        opening = script.text if script else texts.opening_comment(person, reason, ctx, draw.u())
        self.life.run(ticket, ctx, draw, load=load, opening=opening)
        if not script and draw.u() < self.params.deleted_share:
            ticket.deleted_at = max(a.at for a in ticket.audits) + int(draw.u() * 20 * DAY)
        if ticket.is_bad_experience and ticket.solved_at is not None:
            self.bad.setdefault(person.account.index, []).append(ticket.solved_at)
        return ticket

    def _merge(self, target: Ticket, twin: Ticket) -> None:
        """The second message about the same thing goes into the first, when an agent sees it."""
        at = twin.created_at + 900
        if target.replied_at is not None:
            at = min(max(at, target.replied_at - 60), twin.created_at + 2 * DAY)
        twin.audits = twin.audits[:1] + [a for a in twin.audits if a.at < at and a.actor == "bot"]
        status = "open" if twin.agent_created else "new"
        twin.audits.append(
            Audit(
                at,
                "agent",
                target.agent,
                f'This request was closed and merged into request #{target.id} "{target.subject}".',
                public=False,
                changes=[("status", status, "closed"), ("tags", None, "closed_by_merge")],
                merge_to=target.id,
            )
        )
        note = f'Request #{twin.id} "{twin.subject}" was closed and merged into this request. '
        note += f"Last comment in request #{twin.id}:\n\n{twin.audits[0].text}"
        target.audits.append(Audit(at, "agent", target.agent, note, public=False, merge_from=twin.id))
        target.audits.sort(key=lambda a: a.at)
        twin.merged_into, twin.rating, twin.solved_at, twin.replied_at, twin.u_survey = target.id, None, at, None, 1.0
        twin.reopened = False

    def _internal(self, index: int, draw: Draws) -> None:
        moment = self.settings.start + index * DAY
        employee = self.employees[int(draw.u() * len(self.employees))]
        created = self.demand.arrival(index, "emea", draw.u(), draw.u(), draw.u())
        if not employee.works(moment) or not employee.works(created + 30 * DAY):
            return
        text = texts.pick(ph.INTERNAL, draw.u())
        ticket = Ticket(
            FIRST_TICKET + len(self.tickets),
            None,
            employee,
            None,
            "technical",
            "emea",
            self.units[SERVICE_DESK],
            "web",
            "normal",
            text.split(",")[0],
            texts.order_number(draw.u()),
            "grid_basic",
            created,
            created,
        )
        ctx = {
            "first": employee.first,
            "name": employee.name,
            "order": ticket.order,
            "city": employee.office,
            "phone": employee.phone,
            "amount": "0",
            "street": employee.street,
            "email": employee.email,
            "agent": "",
            "agent_first": "",
            "agent_email": "",
            "other_name": "the desk",
            "other_email": "it@haldenmark-grid.com",
            "name_lower": employee.name.lower(),
            "account": "IT",
        }
        self.tickets.append(ticket)
        self.life.run(ticket, ctx, draw, load=1.0, opening=text)

    def _spam(self, index: int, draw: Draws) -> None:
        created = self.settings.start + index * DAY + int(draw.u() * DAY)
        text = texts.pick(ph.SPAM, draw.u())
        ticket = Ticket(
            FIRST_TICKET + len(self.tickets),
            None,
            None,
            len(self.tickets),
            "feedback",
            "emea",
            self.units["Support EMEA Digital"],
            "email",
            "normal",
            text[:40],
            texts.order_number(draw.u()),
            "grid_basic",
            created,
            created,
        )
        ticket.audits.append(Audit(created, "requester", None, text, changes=[("status", None, "new"), ("group", None, ticket.unit)]))
        ticket.deleted_at = created + 3600 + int(draw.u() * DAY)
        self.tickets.append(ticket)


def _queue(person: Person, reason: str, moment: int) -> str:
    """Return the team for a request: enterprise contracts and newcomers' installations have their own."""
    if reason == "contract" and person.account.segment == "enterprise":
        return "Success {} Enterprise"
    if reason == "installation" and moment - person.account.joined_at < 250 * DAY:
        return "Onboarding {} Welcome"
    return ph.QUEUE[reason]
