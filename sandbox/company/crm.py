"""What sales does with accounts: opportunities and their stages, calls, mails and meetings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandbox.company import texts
from sandbox.company.params import DAY, Settings
from sandbox.company.people import GROWTH_DAYS, Account, Person
from sandbox.company.staff import Employee, Unit
from sandbox.company.tickets import Rosters

STAGES = (("Prospecting", 10), ("Qualification", 25), ("Proposal", 50), ("Negotiation", 75), ("Closed Won", 100), ("Closed Lost", 0))
PROBABILITY = dict(STAGES)
LOSS_REASONS = ("Price", "Product quality", "Service experience", "Competitor", "No decision")
CALL_NOTES = (
    "Spoke to {name} about the renewal, positive. Call back on {phone}.",
    "Left voicemail for {first}, {phone164}.",
    "No answer.",
    "{name} wants a new offer for {product}, send to {email}.",
    "Introduced myself to {other_name}, takes over from {first}.",
    "Discussed outage credits of {amount}.",
)
MAIL_NOTES = (
    "Sent proposal {order} to {email}.",
    "{first} asked for references in {city}.",
    "Follow-up after the visit.",
    "Price list sent to {other_name} <{other_email}>.",
)
MEETING_NOTES = (
    "Quarterly review with {name} and {other_name} at {street}, {city}.",
    "On-site visit, toured the plant.",
    "Video call with {first}: roadmap and tariff change.",
)
LEADS_PER_DAY = 0.9


@dataclass(slots=True)
class Opportunity:
    """A possible sale: the moments at which it reached each stage."""

    index: int
    account: Account
    person: Person
    owner: Employee
    kind: str
    amount: float
    stages: list[tuple[int, str]]
    loss_reason: str | None
    close_planned: int


@dataclass(slots=True)
class Activity:
    """A call, e-mail or meeting with a person at an account."""

    index: int
    kind: str
    account: Account
    person: Person
    owner: Employee
    at: int
    minutes: int
    outcome: str
    note: str


@dataclass(slots=True)
class Lead:
    """Somebody who is not a customer yet."""

    index: int
    like: Person
    company: str
    email: str
    at: int
    source: str
    converted_at: int | None


class Sales:
    """Writes each account's commercial history; an account's draws depend on nothing but the account."""

    def __init__(self, settings: Settings, accounts: list[Account], units: list[Unit]) -> None:
        self.settings, self.accounts = settings, accounts
        self.teams = {(u.region, u.name.rsplit(" ", 1)[-1]): u for u in units if u.division == "Sales" and u.level == 3}
        self.rosters = Rosters()
        self.opportunities: list[Opportunity] = []
        self.activities: list[Activity] = []

    def run(self) -> None:
        """Fill `opportunities` and `activities` with everything up to two years after the clock; the vendor's view cuts it."""
        horizon = self.settings.first_now + GROWTH_DAYS * DAY
        for account in self.accounts:
            rng = np.random.default_rng([self.settings.seed, 401, account.index])
            self._opportunities(account, rng, horizon)
            self._activities(account, np.random.default_rng([self.settings.seed, 402, account.index]), horizon)

    def _owner(self, account: Account, team: str, at: int, u: float) -> Employee:
        return self.rosters.agent(self.teams[(account.country.region, team)], max(at, self.settings.start), u)

    def _opportunities(self, account: Account, rng: np.random.Generator, horizon: int) -> None:
        plan: list[tuple[int, str, bool]] = []
        if account.joined_at > self.settings.start:
            plan.append((account.joined_at, "New Business", True))
        renewal = account.contract_end
        while renewal < horizon:
            if renewal > self.settings.start:
                plan.append((renewal, "Renewal", account.churned_at is None or account.churned_at > renewal))
            renewal += 365 * DAY
        rate = {"enterprise": 1.5, "mid_market": 0.7, "small_business": 0.25}[account.segment]
        first = max(account.joined_at, self.settings.start) + 30 * DAY
        for _ in range(int(rng.poisson(max(rate * (horizon - first) / (365 * DAY), 0)))):
            plan.append((first + int(rng.random() * (horizon - first)), "Expansion", bool(rng.random() < 0.38)))
        for number, (closes, kind, won) in enumerate(plan):
            draws = rng.random(6).tolist()
            if account.churned_at is not None and closes > account.churned_at + 30 * DAY:
                continue
            length = (20 + 100 * draws[0]) * DAY
            names = [s for s, _ in STAGES[:4]] if draws[1] < 0.75 else ["Prospecting", "Proposal"]
            stages = [(int(closes - length * (1 - k / len(names))), name) for k, name in enumerate(names)]
            stages.append((closes, "Closed Won" if won else "Closed Lost"))
            team = {"Renewal": "Renewals", "Expansion": "Accounts", "New Business": "Business"}[kind]
            share = {"Renewal": 1.0, "Expansion": 0.25, "New Business": 1.0}[kind]
            self.opportunities.append(
                Opportunity(
                    account.index * 100 + number,
                    account,
                    account.persons[int(draws[2] * len(account.persons))],
                    self._owner(account, team, stages[0][0], draws[3]),
                    kind,
                    round(account.annual_revenue * share * (0.8 + 0.4 * draws[4]), 2),
                    stages,
                    None if won else texts.pick(LOSS_REASONS, draws[5]),
                    closes,
                )
            )

    def _activities(self, account: Account, rng: np.random.Generator, horizon: int) -> None:
        rate = {"enterprise": 22.0, "mid_market": 8.0, "small_business": 2.2}[account.segment]
        first = max(account.joined_at - 60 * DAY, self.settings.start)
        count = int(rng.poisson(max(rate * (horizon - first) / (365 * DAY), 0)))
        draws = np.sort(rng.random(count)).tolist(), rng.random((count, 6)).tolist()
        scripted = next((p for p in account.persons if p.canary), None)
        for k, (when, u) in enumerate(zip(*draws, strict=True)):
            at = first + int(when * (horizon - first))
            at += (9 + int(u[0] * 9)) * 3600 - at % DAY
            if account.churned_at is not None and at > account.churned_at:
                continue
            kind = "call" if u[1] < 0.5 else "email" if u[1] < 0.84 else "meeting"
            outcome = ("Connected" if u[2] < 0.34 else "Left voicemail" if u[2] < 0.6 else "No answer") if kind == "call" else "Completed"
            person = scripted if scripted and k % 3 == 0 else account.persons[int(u[3] * len(account.persons))]
            ctx = texts.context(person, None, "contract", u[4])
            note = texts.fill({"call": CALL_NOTES, "email": MAIL_NOTES, "meeting": MEETING_NOTES}[kind], ctx, u[5])
            if person.canary:
                note += f" Contact: {person.name}, {person.email}, {person.phone}"
            self.activities.append(
                Activity(
                    account.index * 1000 + k,
                    kind,
                    account,
                    person,
                    self._owner(account, "Accounts", at, u[4]),
                    at,
                    2 + int(u[5] * 28),
                    outcome,
                    note,
                )
            )


def leads(settings: Settings, persons: list[Person]) -> list[Lead]:
    """Return prospects by day of their first contact, named like people of the same markets."""
    found: list[Lead] = []
    for index in range(settings.days):
        rng = np.random.default_rng([settings.seed, 403, index])
        for _ in range(int(rng.poisson(LEADS_PER_DAY * settings.scale))):
            u = rng.random(6).tolist()
            like = persons[int(u[0] * 0.7 * len(persons))]
            other = persons[int(u[1] * 0.7 * len(persons))]
            if like.canary or other.canary:
                continue
            at = settings.start + index * DAY + int(u[2] * DAY)
            company = other.account.name.replace(" ", f" {other.account.city.split()[0]} ", 1)
            mail = f"{like.email.split('@', maxsplit=1)[0]}@{texts.pick(('prospect', 'new', 'group'), u[3])}-{other.account.domain}"
            source = texts.pick(("Web", "Event", "Referral", "Advertisement", "Partner"), u[4])
            found.append(Lead(len(found), like, company, mail, at, source, at + int(20 * DAY * u[3]) if u[5] < 0.18 else None))
    return found
