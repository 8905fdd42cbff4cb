"""The organisation tree and the people who work in it, with hires, promotions, transfers and leavers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sandbox.company.params import DAY, Params, Settings
from sandbox.company.people import GROWTH_DAYS
from sandbox.company.places import BY_CODE, Country, ascii_slug, phone_number, pool

COMPANY = "Haldenmark Grid"
SERVICE_DESK = "IT Service Desk"  # answers employees: internal tickets
DOMAIN = "haldenmark-grid.com"
REGIONS = {"amer": "Americas", "emea": "EMEA", "apac": "APAC"}
OFFICES = {
    "amer": (("Boston", "US"), ("Toronto", "CA")),
    "emea": (("Hamburg", "DE"), ("Manchester", "GB"), ("Lyon", "FR")),
    "apac": (("Pune", "IN"), ("Melbourne", "AU")),
}
FACING = {
    "Support": ("Billing", "Technical", "Contracts", "Outage", "Digital"),
    "Success": ("Enterprise", "Growth"),
    "Sales": ("New Business", "Key Accounts", "Renewals", "Partners"),
    "Field Service": ("Installation", "Metering"),
    "Onboarding": ("Welcome",),
}
INNER = {
    "Engineering": ("Platform", "Metering Data", "Portal", "Grid Analytics", "Quality", "Mobile"),
    "Operations": ("Dispatch", "Procurement", "Network Control", "Warehouse"),
    "Marketing": ("Brand", "Demand", "Content"),
    "Finance": ("Accounting", "Controlling", "Credit Control"),
    "People": ("Talent", "People Partners"),
    "IT": ("Service Desk", "Infrastructure"),
    "Legal": ("Compliance", "Contracts Office"),
}
TITLES = {
    "Support": "Support Specialist",
    "Success": "Success Manager",
    "Sales": "Account Executive",
    "Field Service": "Field Technician",
    "Onboarding": "Onboarding Specialist",
    "Engineering": "Software Engineer",
    "Operations": "Operations Coordinator",
    "Marketing": "Marketing Specialist",
    "Finance": "Accountant",
    "People": "People Partner",
    "IT": "IT Analyst",
    "Legal": "Counsel",
}
LEAVE_REASONS = (
    "Career opportunity",
    "Compensation",
    "Relocation",
    "Workload",
    "Manager relationship",
    "Retirement",
    "End of contract",
    "Performance",
)


@dataclass
class Unit:
    """A node of the organisation tree: level 1 is the company, 2 a division, 3 a team."""

    index: int
    name: str
    parent: int | None
    level: int
    division: str
    region: str | None
    facing: bool
    mood: float = 0.0
    members: list[Employee] = field(default_factory=list)

    @property
    def is_helpdesk(self) -> bool:
        """Whether the team works in the helpdesk, as one of its groups."""
        return self.level == 3 and ((self.facing and self.division != "Sales") or self.name == SERVICE_DESK)


@dataclass
class Job:
    """What an employee does from a moment on."""

    since: int
    unit: Unit
    title: str


@dataclass
class Employee:
    """Somebody who works, worked or will work for the company. Times are Unix seconds."""

    index: int
    first: str
    last: str
    email: str
    home_email: str
    phone: str
    born: int
    gender: str
    country: Country
    office: str
    street: str
    postcode: str
    hired_at: int
    left_at: int | None
    leave_reason: str | None
    is_lead: bool
    jobs: list[Job]
    canary: bool = False

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.first} {self.last}"

    def job(self, moment: int) -> Job:
        """Return the job held at a moment (the first one before the hire)."""
        return next((j for j in reversed(self.jobs) if j.since <= moment), self.jobs[0])

    def works(self, moment: int) -> bool:
        """Say whether the person is employed at a moment."""
        return self.hired_at <= moment and (self.left_at is None or moment < self.left_at)


def make_units(settings: Settings) -> list[Unit]:
    """Return the tree: the company, its divisions, and 42 customer-facing and 22 other teams."""
    rng = np.random.default_rng([settings.seed, 201])
    units = [Unit(0, COMPANY, None, 1, "Company", None, False)]
    for division, names in (FACING | INNER).items():
        facing = division in FACING
        units.append(Unit(len(units), division, 0, 2, division, None, facing))
        parent = units[-1].index
        for name in names:
            for region in REGIONS if facing else (None,):
                label = f"{division} {REGIONS[region]} {name}" if region else f"{division} {name}"
                units.append(Unit(len(units), label, parent, 3, division, region, facing, mood=float(rng.normal())))
    return units


class _Names:
    """Draws people whose company address nobody else has."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng([seed, 202])
        self.seed = seed
        self.taken: set[str] = set()

    def person(self, unit: Unit) -> dict[str, Any]:
        rng, offices = self.rng, OFFICES[unit.region or ("emea", "amer")[int(self.rng.integers(2))]]
        office, code = offices[int(rng.integers(len(offices)))]
        country = BY_CODE[code]
        p = pool(country.locale, self.seed)
        while True:
            first, last = p.first[int(rng.integers(len(p.first)))], p.last[int(rng.integers(len(p.last)))]
            local = f"{ascii_slug(first)}.{ascii_slug(last)}"
            if local not in self.taken:
                break
        self.taken.add(local)
        return {
            "first": first,
            "last": last,
            "email": f"{local}@{DOMAIN}",
            "phone": phone_number(country, rng),
            "home_email": f"{ascii_slug(last)}{ascii_slug(first)[:2]}{int(rng.integers(10, 99))}@gmail.com",
            "born": int(rng.integers(-310_000_000, 1_050_000_000)),
            "gender": ("Female", "Male", "Female", "Male", "Non-binary")[int(rng.integers(5))],
            "country": country,
            "office": office,
            "street": p.streets[int(rng.integers(len(p.streets)))],
            "postcode": p.postcodes[int(rng.integers(len(p.postcodes)))],
        }


def make_employees(settings: Settings, params: Params, units: list[Unit]) -> list[Employee]:
    """Fill every seat of every team, with successors for those who leave, and hang them into `unit.members`."""
    names = _Names(settings.seed)
    rng = np.random.default_rng([settings.seed, 203])
    teams = [u for u in units if u.level == 3]
    weights = np.exp(rng.normal(0, 0.45, len(teams)))
    sizes = np.maximum((weights / weights.sum() * params.employees).round().astype(int), 3)
    employees: list[Employee] = []
    horizon = settings.first_now + GROWTH_DAYS * DAY
    for unit in units:
        seats = int(sizes[teams.index(unit)]) if unit.level == 3 else 1
        for seat in range(seats):
            _fill_seat(
                rng, names, settings, unit, teams=teams, employees=employees, seat=seat, horizon=horizon, weak=unit.name == params.weak_team
            )
    for employee in employees:
        for unit in {id(j.unit): j.unit for j in employee.jobs}.values():
            unit.members.append(employee)
    return employees


def _fill_seat(
    rng: np.random.Generator,
    names: _Names,
    settings: Settings,
    unit: Unit,
    *,
    teams: list[Unit],
    employees: list[Employee],
    seat: int,
    horizon: int,
    weak: bool,
) -> None:
    hired = settings.start - int(rng.random() ** 1.6 * 9 * 365 * DAY) - 2 * DAY
    lead = seat == 0
    yearly = 0.13 * float(np.exp(-0.25 * unit.mood)) * (1.8 if weak else 1.0) * (0.3 if lead else 1.0)
    while hired < horizon:
        begin = max(hired, settings.start)
        left: int | None = begin + int(rng.exponential(1 / yearly) * 365 * DAY)
        if left is not None and left > horizon:
            left = None
        title = f"{unit.name} Lead" if unit.level == 3 and lead else ("Head of " + unit.name) if lead else TITLES[unit.division]
        jobs = [Job(hired, unit, title)]
        end = left or horizon
        if not lead and rng.random() < 0.2 and end - begin > 300 * DAY:
            jobs.append(Job(begin + int(rng.random() * (end - begin)), unit, f"Senior {title}"))
        elif not lead and rng.random() < 0.06 and end - begin > 300 * DAY:
            other = teams[int(rng.integers(len(teams)))]
            jobs.append(Job(begin + int(rng.random() * (end - begin)), other, TITLES[other.division]))
        reason = LEAVE_REASONS[int(rng.integers(len(LEAVE_REASONS)))] if left else None
        employees.append(
            Employee(index=len(employees), hired_at=hired, left_at=left, leave_reason=reason, is_lead=lead, jobs=jobs, **names.person(unit))
        )
        if left is None:
            return
        hired = left + int(rng.uniform(10, 60) * DAY)
