"""Lines of the books as the monthly exports hold them."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.company.finance import Books, Revenue, Spend
from sandbox.company.loyalty import leavers
from sandbox.company.params import iso
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.zendesk.people import account_id

FIRST_DEBTOR = 100_000


def rows(world: World) -> Iterator[Row]:
    """Yield the lines of all closed months."""
    gone = leavers(world.settings, world.params, world.accounts)
    returns = {leaver.account.index: leaver.returned_at for leaver in gone if leaver.returned_at is not None}
    books = Books(world.settings, world.params, world.opportunities, world.tickets, returns)
    for line in books.revenue(world.accounts):
        yield _revenue(line)
    for cost in books.spend(world.employees):
        yield _spend(cost)


def _revenue(line: Revenue) -> Row:
    account = line.account
    body = {
        "debtor_no": f"D{FIRST_DEBTOR + account.index}",
        "debtor_name": account.name,
        "crm_account_id": account_id(account),
        "month": line.month.isoformat(),
        "product": line.product,
        "currency": account.country.currency,
        "revenue": f"{line.revenue:.2f}",
        "recurring_revenue": f"{line.recurring:.2f}",
        "expansion": f"{line.expansion:.2f}",
        "contraction": f"{line.contraction:.2f}",
        "churned": f"{line.churned:.2f}",
        "contribution_margin": f"{line.margin:.2f}",
        "cost_to_serve": f"{line.cost_to_serve:.2f}",
        "note": line.note,
        "booked_at": iso(line.booked_at),
    }
    planted = line.note is not None and any(p.canary for p in account.persons)
    return Row("finance.revenue", f"{body['debtor_no']}|{body['month']}|{line.product}", line.booked_at, body, planted)


def _spend(cost: Spend) -> Row:
    body = {
        "function": cost.function,
        "category": cost.category,
        "month": cost.month.isoformat(),
        "currency": "EUR",
        "amount": f"{cost.amount:.2f}",
        "headcount": str(cost.headcount),
        "booked_at": iso(cost.booked_at),
    }
    return Row("finance.spend", f"{cost.function}|{cost.category}|{body['month']}", cost.booked_at, body)
