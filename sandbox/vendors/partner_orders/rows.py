"""Order lines as the monthly export holds them."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.company.params import iso
from sandbox.company.partners import OrderLine, order_lines
from sandbox.company.world import World
from sandbox.store import Row

FIRST_ORDER, FIRST_PARTNER = 4_500_000_000, 700


def rows(world: World) -> Iterator[Row]:
    """Yield every order line up to the present."""
    for line in order_lines(world.settings, world.params, world.persons):
        yield _row(line, world.now)


def _row(line: OrderLine, now: int) -> Row:
    partner, changed = line.partner, line.changed_at(now)

    def seen(moment: int | None) -> str | None:
        return iso(moment) if moment is not None and moment <= now else None

    delivered = seen(line.delivered_at)
    is_told = seen(line.disputed_at) is not None or line.canary or line.disputed_at is None
    body = {
        "order_no": str(FIRST_ORDER + line.order),
        "line_no": line.line,
        "partner_no": f"P{FIRST_PARTNER + partner.index}",
        "partner_name": partner.name,
        "partner_contact": partner.contact,
        "partner_email": partner.email,
        "partner_type": partner.kind,
        "direction": partner.direction,
        "item": line.item,
        "quantity_ordered": line.quantity,
        "quantity_delivered": line.delivered_quantity if delivered else None,
        "quality_ok": ("true" if line.is_quality_ok else "false") if delivered else None,
        "net_amount": f"{line.amount:.2f}",
        "currency": "EUR",
        "ordered_at": iso(line.ordered_at),
        "promised_at": iso(line.promised_at),
        "delivered_at": delivered,
        "disputed_at": seen(line.disputed_at),
        "dispute_settled_at": seen(line.settled_at),
        "remark": line.remark if is_told else None,
        "changed_at": iso(changed),
    }
    return Row("partner_orders.lines", f"{body['order_no']}-{line.line}", changed, body, line.canary)
