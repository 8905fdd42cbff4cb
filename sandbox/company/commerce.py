"""What customers order besides their contract: goods and installations, delivered late or short or broken, and sent back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from sandbox.company import texts
from sandbox.company.params import DAY, Params, Settings
from sandbox.company.people import GROWTH_DAYS, Account, Person


@dataclass(frozen=True)
class Product:
    """Something that is sold, bought or subscribed to; `price` in the customer's currency, None for what has no list price."""

    code: str
    name: str
    family: str
    price: float | None = None


PRODUCTS = (
    Product("grid_basic", "Grid Basic", "Subscription"),
    Product("grid_flex", "Grid Flex", "Subscription"),
    Product("solar_connect", "Solar Connect", "Subscription"),
    Product("meter_cloud", "Meter Cloud", "Subscription"),
    Product("charge_point", "Charge point", "Hardware", 1_640.0),
    Product("smart_meter", "Smart meter", "Hardware", 185.0),
    Product("gateway", "Gateway", "Hardware", 420.0),
    Product("cable_50m", "Cable, 50 m", "Hardware", 96.0),
    Product("meter_installation", "Installation of a meter", "Service", 240.0),
    Product("charge_point_installation", "Installation of a charge point", "Service", 780.0),
    Product("pallet_transport", "Transport of a pallet", "Logistics"),
    Product("express_parcel", "Express parcel", "Logistics"),
)
ORDERED = tuple(p for p in PRODUCTS if p.price is not None)
ORDERS_A_YEAR = {"enterprise": 5.0, "mid_market": 2.2, "small_business": 0.9}
PIECES = {"enterprise": 24, "mid_market": 8, "small_business": 2}
RETURN_REASONS = ("Defective", "Wrong item", "Not needed", "Damaged in transport")


@dataclass(slots=True)
class Line:
    """One product of an order. Times are Unix seconds; `returned_at` is None for what was kept."""

    number: int
    product: Product
    quantity: int
    price: float
    promised_at: int
    delivered_at: int
    delivered_quantity: int
    is_quality_ok: bool
    returned_at: int | None
    returned_quantity: int
    return_reason: str


@dataclass(slots=True)
class Order:
    """What a customer ordered at once."""

    index: int
    account: Account
    person: Person
    ordered_at: int
    lines: list[Line]


def orders(settings: Settings, params: Params, accounts: list[Account]) -> Iterator[Order]:
    """Yield every order up to the present; an account's draws depend on nothing but the account.

    Who is content orders more often: by a factor of e to the power of `order_rate_mood` for each unit of the people's mean mood.
    """
    horizon = settings.first_now + GROWTH_DAYS * DAY
    for account in accounts:
        rng = np.random.default_rng([settings.seed, 971, account.index])
        first = max(account.joined_at, settings.start)
        mood = float(np.mean([p.mood for p in account.persons]))
        rate = ORDERS_A_YEAR[account.segment] * float(np.exp(params.order_rate_mood * mood))
        count = int(rng.poisson(max(rate * (horizon - first) / (365 * DAY), 0)))
        moments = np.sort(first + rng.random(count) * (horizon - first)).astype(int).tolist()
        line = partial(_line, params, account)
        for number, (at, u) in enumerate(zip(moments, rng.random((count, 2, 12)).tolist(), strict=True)):
            if at > settings.now or (account.churned_at is not None and at > account.churned_at):
                break
            lines = [line(k + 1, at, u[k]) for k in range(1 + int(u[0][11] < 0.3))]
            yield Order(account.index * 1000 + number, account, person_of(account, u[0][10]), at, lines)


def person_of(account: Account, u: float) -> Person:
    """Return the person of an account under whom a draw falls."""
    return account.persons[int(u * len(account.persons))]


def _line(params: Params, account: Account, number: int, at: int, u: list[float]) -> Line:
    product = ORDERED[int(u[0] * len(ORDERED))]
    quantity = 1 + int(PIECES[account.segment] * u[1] ** 2)
    promised = at + (4 + int(18 * u[2])) * DAY
    on_time = u[3] < params.order_on_time_share
    delivered = promised - int(u[4] * 2 * DAY) if on_time else promised + DAY + int(u[4] ** 2 * 14 * DAY)
    in_full = u[5] < params.order_in_full_share
    good = u[6] < params.order_quality_share
    returned = u[7] < params.order_return_share * (1.0 if good else 12.0)
    got = quantity if in_full else int(quantity * (0.4 + 0.5 * u[4]))
    price = round((product.price or 0.0) * (0.9 + 0.15 * u[8]), 2)
    sent_back = delivered + int((1 + 24 * u[9]) * DAY) if returned and got else None
    reason = "Defective" if not good else texts.pick(RETURN_REASONS[1:], u[9])
    return Line(number, product, quantity, price, promised, delivered, got, good, sent_back, max(1, int(got * u[8])) if got else 0, reason)
