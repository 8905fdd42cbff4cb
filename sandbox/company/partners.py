"""Orders at suppliers and from resellers: promised, delivered on time and in full or not, disputed and settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sandbox.company import texts
from sandbox.company.params import DAY, Params, Settings
from sandbox.company.people import Person
from sandbox.company.places import ascii_slug, pool

BUY, SELL = "buy", "sell"
KINDS = (("supplier", BUY, 9), ("logistics", BUY, 4), ("installer", BUY, 5), ("reseller", SELL, 6))
ITEMS = {
    "supplier": ("smart_meter", "gateway", "charge_point", "cable_50m"),
    "logistics": ("pallet_transport", "express_parcel"),
    "installer": ("meter_installation", "charge_point_installation"),
    "reseller": ("grid_flex", "solar_connect", "meter_cloud"),
}
REMARKS = (
    "Two boxes damaged, see photos.",
    "Driver could not find the gate, call {name}.",
    "Rest follows next week, says {name}.",
    "Price on the invoice differs from the order.",
)


@dataclass(frozen=True)
class Partner:
    """A company that delivers to us (`buy`) or sells for us (`sell`)."""

    index: int
    kind: str
    direction: str
    name: str
    contact: str
    email: str
    reliability: float


@dataclass(slots=True)
class OrderLine:
    """One line of an order. Times are Unix seconds; what has not happened is None or lies in the future."""

    order: int
    line: int
    partner: Partner
    item: str
    quantity: int
    amount: float
    ordered_at: int
    promised_at: int
    delivered_at: int | None
    delivered_quantity: int
    is_quality_ok: bool
    disputed_at: int | None
    settled_at: int | None
    remark: str | None
    canary: bool = False

    def changed_at(self, now: int) -> int:
        """Return when the line last changed."""
        moments = (self.ordered_at, self.delivered_at, self.disputed_at, self.settled_at)
        return max(moment for moment in moments if moment is not None and moment <= now)


def make_partners(settings: Settings) -> list[Partner]:
    """Return the two dozen partners of the company."""
    rng = np.random.default_rng([settings.seed, 951])
    names = pool("en_GB", settings.seed)
    found: list[Partner] = []
    for kind, direction, count in KINDS:
        for _ in range(count):
            first, last = names.first[int(rng.integers(len(names.first)))], names.last[int(rng.integers(len(names.last)))]
            company = f"{last} & Partners {kind.title()} Ltd"
            email = f"{ascii_slug(first)}.{ascii_slug(last)}@{ascii_slug(last)}-{kind}.example"
            found.append(Partner(len(found), kind, direction, company, f"{first} {last}", email, float(rng.normal())))
    return found


def order_lines(settings: Settings, params: Params, persons: list[Person]) -> list[OrderLine]:
    """Return every order line up to the present; the draws of a day depend on nothing but the day."""
    partners = make_partners(settings)
    planted = [p for p in persons if p.canary]
    found = [line for index in range(settings.days) for line in _day(settings, params, partners, planted, index)]
    return [line for line in found if line.ordered_at <= settings.now]


def _day(settings: Settings, params: Params, partners: list[Partner], planted: list[Person], index: int) -> Iterator[OrderLine]:
    rng = np.random.default_rng([settings.seed, 952, index])
    start = settings.start + index * DAY
    for k in range(int(rng.poisson(params.partner_orders_per_day * settings.scale))):
        u = rng.random(4).tolist()
        partner = partners[int(u[0] * len(partners))]
        at = start + int((7 + 10 * u[1]) * 3600)
        for line in range(1 + int(3 * u[2] ** 2)):
            yield _line(params, partner, (index * 1000 + k, line + 1), at, rng.random(12).tolist())
    for n, person in enumerate(planted):
        if index == 44 + 31 * n:
            u = np.random.default_rng([settings.seed, 953, n]).random(12).tolist()
            line = _line(params, partners[n % len(partners)], (index * 1000 + 900, 1), start + 9 * 3600, u)
            yield replace(line, remark=f"Deliver to {person.name}, {person.phone}, {person.email}.", canary=True)


def _line(params: Params, partner: Partner, key: tuple[int, int], at: int, u: list[float]) -> OrderLine:
    item = texts.pick(ITEMS[partner.kind], u[0])
    quantity = 1 + int(120 * u[1] ** 2)
    promised = at + (3 + int(25 * u[2])) * DAY
    on_time = u[3] < params.partner_on_time_share + 0.04 * partner.reliability
    delivered = promised - int(u[4] * min(2 * DAY, promised - at)) if on_time else promised + DAY + int(u[4] ** 2 * 20 * DAY)
    in_full = u[5] < params.partner_in_full_share
    good = u[6] < params.partner_quality_share
    disputed = delivered + int((0.2 + 6 * u[8]) * DAY) if u[7] < params.partner_dispute_share * (1.0 if in_full and good else 4.0) else None
    settled = None
    if disputed is not None and u[9] < 0.9:
        settled = disputed + int(params.partner_settle_median_days * float(np.exp(2.2 * (u[10] - 0.5))) * DAY)
    remark = texts.pick(REMARKS, u[11]).format(name=partner.contact) if disputed is not None or u[11] < 0.05 else None
    price = 18 + 240 * u[0]
    return OrderLine(
        *key,
        partner=partner,
        item=item,
        quantity=quantity,
        amount=round(quantity * price, 2),
        ordered_at=at,
        promised_at=promised,
        delivered_at=delivered if u[9] < 0.985 else None,
        delivered_quantity=quantity if in_full else int(quantity * (0.5 + 0.4 * u[4])),
        is_quality_ok=good,
        disputed_at=disputed if u[9] < 0.985 else None,
        settled_at=settled if u[9] < 0.985 else None,
        remark=remark,
    )
