"""Visits to the website and the portal: pages, searches, downloads, and tasks that are started and sometimes completed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sandbox.company import texts
from sandbox.company.hours import ZONES
from sandbox.company.params import DAY, Params, Settings
from sandbox.company.people import Person
from sandbox.company.places import BY_CODE, COUNTRIES

# Category and action of the events that a tracker is told of.
EVENTS = {
    "start": ("task", "start"),
    "complete": ("task", "complete"),
    "gate_view": ("gate", "impression"),
    "gate_submit": ("gate", "submit"),
    "helpful_yes": ("helpful", "yes"),
    "helpful_no": ("helpful", "no"),
}
PAGES = (
    ("/", "Home"),
    ("/products/grid-flex", "Grid Flex"),
    ("/products/solar-connect", "Solar Connect"),
    ("/pricing", "Pricing"),
    ("/help", "Help centre"),
    ("/help/read-your-invoice", "How to read your invoice"),
    ("/help/outages", "Outages and interruptions"),
    ("/status", "Network status"),
    ("/about", "About us"),
    ("/careers", "Careers"),
    ("/contact", "Contact"),
)
PORTAL = (
    ("/portal/overview", "Portal"),
    ("/portal/invoices", "Invoices"),
    ("/portal/meters", "Meters"),
    ("/portal/contracts", "Contracts"),
    ("/portal/users", "Users"),
)
TASKS = (
    ("pay_invoice", 0.84),
    ("report_meter_reading", 0.78),
    ("download_invoice", 0.93),
    ("change_tariff", 0.52),
    ("open_ticket", 0.71),
    ("add_user", 0.64),
)
SEARCHES = (
    "invoice",
    "meter reading",
    "outage map",
    "cancel contract",
    "tariff",
    "api key",
    "login problem",
    "charging station",
    "phone number",
)
REFERRERS = (
    ("direct", None),
    ("search", "Google"),
    ("search", "Bing"),
    ("website", "energyforum.example"),
    ("campaign", "newsletter-q3"),
    ("social", "LinkedIn"),
)
BOTS = ("Googlebot", "bingbot", "AhrefsBot")


@dataclass(slots=True)
class Action:
    """One step of a visit.

    `page`, `search`, `download`, `exit`; `start` or `complete` of a task; `gate_view` or `gate_submit` of a form before content;
    `helpful_yes` or `helpful_no`, a vote on a help page.
    """

    kind: str
    at: int
    path: str
    title: str
    detail: str | None = None


@dataclass(slots=True)
class Visit:
    """A visit with its steps. `visible_at` is later than its start when the tracker queued it."""

    id: int
    person: Person | None
    visitor: int
    is_logged_in: bool
    is_bot: bool
    has_consent: bool
    country: str
    referrer: tuple[str, str | None]
    device: str
    started_at: int
    visible_at: int
    visit_count: int
    actions: list[Action] = field(default_factory=list)


class Website:
    """Draws visits day by day."""

    def __init__(self, settings: Settings, params: Params, persons: list[Person]) -> None:
        self.settings, self.params, self.persons = settings, params, persons
        self.visits: list[Visit] = []
        self.seen: dict[int, int] = {}

    def run(self) -> list[Visit]:
        """Return every visit up to the present, in order of their days."""
        for index in range(self.settings.days):
            self._day(index)
        return [v for v in self.visits if v.visible_at <= self.settings.now]

    def _day(self, index: int) -> None:
        settings, params = self.settings, self.params
        rng = np.random.default_rng([settings.seed, 501, index])
        day = settings.day(index)
        level = params.visits_per_day * settings.scale * (1 + params.growth_per_month) ** (index / 30.4)
        level *= 0.55 if day.weekday() >= 5 else 1.0
        in_outage = 0 <= (day - params.outage_start).days < params.outage_days
        count = int(rng.poisson(level * (1.9 if in_outage else 1.0)))
        draws = rng.random((count, 40)).tolist()
        people = rng.integers(0, len(self.persons), count)
        start = settings.start + index * DAY
        for u, k in zip(draws, people, strict=True):
            self._visit(start, u, self.persons[int(k)], in_outage=in_outage)
        for person in (p for p in self.persons[:60] if p.canary and index == 45 + 20 * (p.index % 30)):
            self._visit(start, np.random.default_rng([settings.seed, 502, person.index]).random(40).tolist(), person, in_outage=False)

    def _visit(self, start: int, u: list[float], person: Person, *, in_outage: bool) -> None:
        customer = person.joined_at <= start and not (person.deleted_at and person.deleted_at <= start)
        known = person.canary or (customer and u[0] < 0.42)
        bot = not known and u[1] < self.params.bot_visit_share / 0.58
        country = person.country.code if known else COUNTRIES[int(u[2] ** 1.7 * len(COUNTRIES))].code
        hour = (8 + 11 * u[3]) if u[4] < 0.8 else 24 * u[3]
        zone = ZONES[BY_CODE[country].region]
        at = start + int(hour * 3600) - {"America/New_York": -5, "Europe/Berlin": 1, "Asia/Kolkata": 5}[str(zone)] * 3600
        at = max(at, self.settings.start)
        visitor = person.index if known else 1_000_000 + int(u[5] * 60_000 * self.settings.scale)
        self.seen[visitor] = self.seen.get(visitor, 0) + 1
        referrer = REFERRERS[0] if known and u[6] < 0.7 else REFERRERS[int(u[6] * len(REFERRERS))]
        late = int(2 + 3 * u[8]) * DAY if u[7] < 0.006 and not person.canary else 0
        visit = Visit(
            len(self.visits) + 1,
            person if known else None,
            visitor,
            known and u[9] < 0.8,
            bot,
            person.has_consent if known else u[10] < 0.68,
            country,
            referrer,
            ("desktop", "smartphone", "tablet")[0 if u[11] < 0.62 else 1 if u[11] < 0.93 else 2],
            at,
            at + late,
            self.seen[visitor],
        )
        visit.is_logged_in = visit.is_logged_in or person.canary
        self._actions(visit, u[12:], in_outage=in_outage)
        self.visits.append(visit)

    def _actions(self, visit: Visit, u: list[float], *, in_outage: bool) -> None:
        at, steps = visit.started_at, 1 + int(-2.4 * np.log(1 - u[0]))
        pages = PORTAL if visit.is_logged_in else PAGES
        for k in range(min(steps, 9)):
            path, title = pages[min(int(u[1 + k] ** 1.4 * len(pages)), len(pages) - 1)]
            if in_outage and k == 0 and not visit.is_logged_in and u[22] < 0.5:
                path, title = "/status", "Network status"
            visit.actions.append(Action("page", at, path, title))
            at += 8 + int(u[10 + k % 8] * 130)
        if visit.is_bot:
            return
        if visit.is_logged_in and u[19] < 0.55:
            task, success = TASKS[int(u[20] * len(TASKS))]
            visit.actions.append(Action("start", at, f"/portal/{task.replace('_', '-')}", task, task))
            at += 30 + int(u[21] * 240)
            if u[23] < success - (0.18 if visit.device == "smartphone" else 0.0):
                visit.actions.append(Action("complete", at, f"/portal/{task.replace('_', '-')}/done", task, task))
        if u[24] < 0.11:
            keyword = texts.pick(SEARCHES, u[25])
            if visit.person is not None and (visit.person.canary or u[26] < 0.03):
                keyword = visit.person.email if u[26] < 0.5 else visit.person.name
            visit.actions.append(Action("search", at + 5, "/search", "Search", keyword))
        if u[27] < 0.05:
            visit.actions.append(Action("download", at + 9, "/files/price-list.pdf", "Price list"))
        if visit.person is not None and visit.person.canary:
            visit.actions.append(
                Action("page", at + 12, f"/portal/confirm?email={visit.person.email}&phone={visit.person.phone}", "Confirm your address")
            )
