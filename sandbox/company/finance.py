"""What accounts bring in by month, and what the functions that serve customers cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from sandbox.company.crm import Opportunity
from sandbox.company.params import DAY, Params, Settings, epoch
from sandbox.company.people import Account
from sandbox.company.phrases import PRODUCTS
from sandbox.company.staff import FACING, Employee
from sandbox.company.tickets import Ticket

CLOSE_DAYS = 5  # the books of a month are closed on this day of the next
CORRECTION_DAYS = 13  # and corrected, where they were wrong, on this one
CATEGORIES = (("staff", 5_150.0), ("tools", 240.0), ("training", 85.0), ("outsourcing", 410.0))  # euros a head and month


@dataclass(slots=True)
class Revenue:
    """One account, month and product, in the account's currency. `booked_at` is when this version came to the books."""

    account: Account
    month: date
    product: str
    revenue: float
    recurring: float
    expansion: float
    contraction: float
    churned: float
    margin: float
    cost_to_serve: float
    booked_at: int
    note: str | None


@dataclass(slots=True)
class Spend:
    """What a function spent on a category in a month, in euros."""

    function: str
    category: str
    month: date
    amount: float
    headcount: int
    booked_at: int


def months(settings: Settings) -> Iterator[tuple[date, int, int]]:
    """Yield first day, first second and last second (exclusive) of each month whose books are closed."""
    day = settings.day(0)
    while True:
        following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        if epoch(following) + CLOSE_DAYS * DAY > settings.now:
            return
        yield day, epoch(day), epoch(following)
        day = following


class Books:
    """Writes the books of closed months; a month's figures depend on nothing that comes after it but its own correction."""

    def __init__(
        self,
        settings: Settings,
        params: Params,
        opportunities: list[Opportunity],
        tickets: list[Ticket],
        returns: Mapping[int, int] | None = None,
    ) -> None:
        self.settings, self.params, self.returns = settings, params, returns or {}
        self.changes: dict[tuple[int, date], float] = {}
        for opportunity in opportunities:
            closes, stage = opportunity.stages[-1]
            if stage == "Closed Won" and opportunity.kind != "New Business":
                base = opportunity.account.annual_revenue
                gain = opportunity.amount if opportunity.kind == "Expansion" else 0.5 * (opportunity.amount - base)
                self._add(self.changes, opportunity.account.index, closes, gain / 12)
        self.asked: dict[tuple[int, date], float] = {}
        for ticket in tickets:
            if ticket.person is not None and ticket.merged_into is None:
                self._add(self.asked, ticket.person.account.index, ticket.created_at, 1.0)

    @staticmethod
    def _add(sums: dict[tuple[int, date], float], account: int, at: int, value: float) -> None:
        day = date.fromordinal(date(1970, 1, 1).toordinal() + at // DAY).replace(day=1)
        sums[(account, day)] = sums.get((account, day), 0.0) + value

    def revenue(self, accounts: list[Account]) -> Iterator[Revenue]:
        """Yield the revenue of every account, month and product; one that came back pays again what it paid."""
        closed = list(months(self.settings))
        for account in accounts:
            recurring, gone = account.annual_revenue / 12, False
            for number, (month, _, last) in enumerate(closed):
                if account.joined_at >= last:
                    continue
                if gone:
                    if self.returns.get(account.index, last) < last:
                        yield from self._month(account, month, last, recurring, 0.0, left=False, number=number)
                    continue
                change = self.changes.get((account.index, month), 0.0)
                left = account.churned_at is not None and account.churned_at < last
                yield from self._month(account, month, last, recurring, 0.0 if left else change, left=left, number=number)
                gone = left
                recurring = max(recurring + (0.0 if left else change), 0.0)

    def _month(
        self, account: Account, month: date, last: int, recurring: float, change: float, *, left: bool, number: int
    ) -> Iterator[Revenue]:
        u = np.random.default_rng([self.settings.seed, 902, account.index, number]).random(4).tolist()
        season = 1 + 0.12 * np.cos((month.month - 1) / 12 * 2 * np.pi)
        cost = self.params.cost_per_ticket * self.asked.get((account.index, month), 0.0) + 0.004 * recurring
        now_recurring = 0.0 if left else recurring + change
        booked = last + CLOSE_DAYS * DAY + int(u[0] * 3600)
        corrected = last + CORRECTION_DAYS * DAY + int(u[0] * 3600)
        factor, note = 1.0, None
        if u[1] < 0.03 and corrected <= self.settings.now:
            booked, factor = corrected, 0.97 if u[2] < 0.5 else 1.02
            note = f"Credit note agreed with {account.persons[-1].name}." if u[3] < 0.6 else "Meter reading corrected."
        if account.persons[-1].canary and number == 3:
            note = f"Invoice sent again to {account.persons[-1].email}, call {account.persons[-1].phone}."
        main = PRODUCTS[account.index % len(PRODUCTS)]
        parts = ((main, 1.0),) if account.segment != "enterprise" else ((main, 0.8), (PRODUCTS[(account.index + 2) % len(PRODUCTS)], 0.2))
        for product, share in parts:
            earned = now_recurring * season * (0.97 + 0.06 * u[2]) * factor
            yield Revenue(
                account,
                month,
                product,
                round(share * earned, 2),
                round(share * now_recurring, 2),
                round(share * max(change, 0.0), 2),
                round(share * abs(min(change, 0.0)), 2),
                round(share * recurring, 2) if left else 0.0,
                round(share * (earned * 0.31 - cost), 2),
                round(share * cost, 2),
                booked,
                note if product == main else None,
            )

    def spend(self, employees: list[Employee]) -> Iterator[Spend]:
        """Yield what each function that serves customers spent, by category and month."""
        for number, (month, first, last) in enumerate(months(self.settings)):
            heads = {name: sum(e.works(first) and e.job(first).unit.division == name for e in employees) for name in FACING}
            for place, (function, headcount) in enumerate(heads.items()):
                u = np.random.default_rng([self.settings.seed, 903, number, place]).random(len(CATEGORIES)).tolist()
                for (category, each), draw in zip(CATEGORIES, u, strict=True):
                    amount = round(headcount * each * (0.9 + 0.2 * draw), 2)
                    yield Spend(function, category, month, amount, headcount, last + CLOSE_DAYS * DAY + int(u[0] * 3600))
