"""Accounts and the persons in them: who the customers are, from when, and how they can be reached."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sandbox.company.params import DAY, Params, Settings
from sandbox.company.places import COUNTRIES, Country, ascii_slug, phone_number, pool

INDUSTRIES = (
    "Manufacturing",
    "Retail",
    "Logistics",
    "Healthcare",
    "Hospitality",
    "Public sector",
    "Food & beverage",
    "Education",
    "Data centres",
)
SEGMENTS = ("enterprise", "mid_market", "small_business")
TIERS = {"enterprise": "platinum", "mid_market": "gold", "small_business": "standard"}
WORDS_A = (
    "Bright",
    "North",
    "River",
    "Stone",
    "Silver",
    "Oak",
    "Harbour",
    "Blue",
    "Iron",
    "Summit",
    "Maple",
    "Clear",
    "Amber",
    "Coastal",
    "Granite",
    "Prime",
    "Alder",
    "Cedar",
    "Falcon",
    "Meridian",
    "Linden",
    "Copper",
    "Polar",
    "Sunny",
    "Valley",
    "Quarry",
    "Willow",
    "Arbor",
    "Crest",
    "Delta",
)
WORDS_B = (
    "water",
    "field",
    "gate",
    "bridge",
    "forge",
    "works",
    "haven",
    "point",
    "ridge",
    "line",
    "mark",
    "brook",
    "ford",
    "mill",
    "port",
    "wood",
)
WORDS_C = (
    "Foods",
    "Logistics",
    "Care",
    "Systems",
    "Textiles",
    "Hotels",
    "Components",
    "Plastics",
    "Retail",
    "Chemicals",
    "Packaging",
    "Clinics",
    "Engineering",
    "Schools",
    "Dairy",
    "Hosting",
    "Glass",
    "Motors",
    "Interiors",
    "Freight",
)
LEGAL = {
    "US": "Inc.",
    "CA": "Ltd.",
    "GB": "Ltd",
    "IE": "Ltd",
    "DE": "GmbH",
    "FR": "SAS",
    "ES": "S.L.",
    "NL": "B.V.",
    "IN": "Pvt Ltd",
    "AU": "Pty Ltd",
}
JOB_TITLES = (
    "Facility Manager",
    "Energy Manager",
    "Operations Lead",
    "Accounts Payable",
    "Purchasing Manager",
    "Plant Engineer",
    "Office Manager",
    "Sustainability Lead",
    "Head of Finance",
    "IT Administrator",
    "Site Supervisor",
    "Managing Director",
)
FREEMAIL = {"DE": ("gmx.de", "web.de", "gmail.com"), "FR": ("orange.fr", "gmail.com"), "GB": ("hotmail.co.uk", "gmail.com")}
GROWTH_DAYS = 730  # accounts that will join after the clock: the pool that `advance` draws on


@dataclass
class Account:
    """A customer company. Times are Unix seconds; `churned_at` is set by the simulation."""

    index: int
    name: str
    domain: str
    country: Country
    segment: str
    industry: str
    strategic: bool
    joined_at: int
    contract_start: int
    contract_end: int
    annual_revenue: float
    seats: int
    city: str
    street: str
    postcode: str
    parent: int | None = None
    churned_at: int | None = None
    persons: list[Person] = field(default_factory=list)

    @property
    def tier(self) -> str:
        """Service tier, decided by segment."""
        return TIERS[self.segment]


@dataclass
class Person:
    """A human being at a customer."""

    index: int
    account: Account
    first: str
    last: str
    email: str
    private_email: str | None
    phone: str
    has_phone: bool
    title: str
    joined_at: int
    activity: float
    mood: float
    country: Country
    role_address: bool = False
    second_helpdesk_user: bool = False
    has_consent: bool = True
    deleted_at: int | None = None
    canary: bool = False

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.first} {self.last}"


def make_accounts(settings: Settings, params: Params) -> list[Account]:
    """Return every account, also those that join within two years after the clock, ordered by index."""
    rng = np.random.default_rng([settings.seed, 101])
    base = max(int(params.accounts * settings.scale), 20)
    later = int(base * params.growth_per_month * GROWTH_DAYS / 30)
    shares = np.array([c.share for c in COUNTRIES])
    countries = rng.choice(len(COUNTRIES), base + later, p=shares / shares.sum())
    segments = rng.choice(3, base + later, p=[0.12, 0.33, 0.55])
    draws = rng.random((base + later, 8)).tolist()
    accounts: list[Account] = []
    taken: set[str] = set()
    window = settings.first_now - settings.start
    for i in range(base + later):
        country, segment, u = COUNTRIES[countries[i]], SEGMENTS[segments[i]], draws[i]
        stem, name = _account_name(rng, taken, country)
        if i >= base:
            joined = settings.first_now + int((i - base + u[0]) / max(later, 1) * GROWTH_DAYS * DAY)
        elif u[1] < 0.76:
            joined = settings.start - int(u[0] * 5 * 365 * DAY) - DAY
        else:
            joined = settings.start + int(u[0] * window)
        p = pool(country.locale, settings.seed)
        years = 1 + int(u[2] * 3)
        revenue = {"enterprise": 240_000, "mid_market": 42_000, "small_business": 5_200}[segment] * float(np.exp(rng.normal(0, 0.6)))
        accounts.append(
            Account(
                i,
                name,
                f"{stem}.{country.tld}",
                country,
                segment,
                INDUSTRIES[int(u[3] * len(INDUSTRIES))],
                segment == "enterprise" and u[4] < 0.35,
                joined,
                joined,
                joined + years * 365 * DAY,
                round(revenue, 2),
                max(1, int(revenue / 900)),
                p.cities[int(u[5] * len(p.cities))],
                p.streets[int(u[6] * len(p.streets))],
                p.postcodes[int(u[7] * len(p.postcodes))],
                parent=int(rng.integers(i)) if i > 30 and u[4] > 0.95 else None,
            )
        )
    return accounts


def _account_name(rng: np.random.Generator, taken: set[str], country: Country) -> tuple[str, str]:
    while True:
        a, b, c = (int(rng.integers(len(w))) for w in (WORDS_A, WORDS_B, WORDS_C))
        stem = f"{WORDS_A[a]}{WORDS_B[b]}-{WORDS_C[c]}".lower()
        if stem not in taken:
            taken.add(stem)
            return stem, f"{WORDS_A[a]}{WORDS_B[b]} {WORDS_C[c]} {LEGAL[country.code]}"


def make_persons(settings: Settings, params: Params, accounts: list[Account]) -> list[Person]:
    """Return the persons of all accounts and hang them into `account.persons`."""
    rng = np.random.default_rng([settings.seed, 102])
    mean = {"enterprise": 3.0, "mid_market": 1.15, "small_business": 0.48}
    persons: list[Person] = []
    taken: set[str] = set()
    for account in accounts:
        size = 1 + int(rng.poisson(mean[account.segment] * (params.persons_per_account - 1) / 0.98))
        for k in range(size):
            persons.append(_person(rng, settings, account, len(persons), taken, first_in_account=k == 0))
            account.persons.append(persons[-1])
    return persons


def _person(
    rng: np.random.Generator, settings: Settings, account: Account, index: int, taken: set[str], *, first_in_account: bool
) -> Person:
    u = rng.random(14).tolist()
    country = account.country if u[0] < 0.93 else COUNTRIES[int(u[1] * len(COUNTRIES))]
    p = pool(country.locale, settings.seed)
    first, last = p.first[int(u[2] * len(p.first))], p.last[int(u[3] * len(p.last))]
    local = f"{ascii_slug(first)}.{ascii_slug(last)}" if u[4] < 0.8 else f"{ascii_slug(first)[:1]}{ascii_slug(last)}"
    role_address = not first_in_account and u[5] < 0.02
    if role_address:
        local = ("info", "office", "accounts", "facilities")[int(u[6] * 4)]
    free = FREEMAIL.get(country.code, ("gmail.com", "outlook.com", "yahoo.com"))
    private = f"{ascii_slug(first)}{ascii_slug(last)}{int(u[7] * 90) + 10}@{free[int(u[8] * len(free))]}"
    email = private if account.segment == "small_business" and u[9] < 0.22 else f"{local}@{account.domain}"
    suffix = 1
    while email in taken:
        suffix += 1
        email = f"{local}{suffix}@{account.domain}"
    taken.add(email)
    while private in taken and private != email:
        private = f"x{private}"
    taken.add(private)
    joined = account.joined_at + (0 if first_in_account else int(u[10] ** 2 * 500 * DAY))
    return Person(
        index,
        account,
        first,
        last,
        email,
        private if private != email and u[11] < 0.25 else None,
        phone_number(country, rng),
        u[12] < 0.78,
        JOB_TITLES[int(u[13] * len(JOB_TITLES))],
        joined,
        float(rng.gamma(0.8)),
        float(rng.normal()),
        country,
        role_address,
        second_helpdesk_user=u[11] < 0.02,
        has_consent=u[5] < 0.72,
        deleted_at=joined + int(u[6] * 900 * DAY) + 90 * DAY if u[8] > 0.985 else None,
    )
