"""Products, orders and returns, and the objects that the company added for referrals and for partings.

Standard objects: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_product2.htm,
…/sforce_api_objects_order.htm, …/sforce_api_objects_orderitem.htm. What was promised and delivered is no standard field, so the company
has fields of its own (`__c`), as it has objects of its own: https://help.salesforce.com/s/articleView?id=platform.dev_objectcreate_task_parent.htm.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.company.commerce import PRODUCTS, Line, Order, Product, orders
from sandbox.company.loyalty import OPEN_DAYS, Leaver, Referral, leavers, referrals
from sandbox.company.params import DAY
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.salesforce.records import day, ident, row, stamp
from sandbox.vendors.zendesk.people import account_id, contact_id, has_contact

RETURNS = 5_000_000_000  # numbers of reduction orders begin here


def commerce_rows(world: World) -> Iterator[Row]:
    """Yield what has happened up to the present; a record changes when something happens to it."""
    settings, params, now = world.settings, world.params, world.now
    for number, product in enumerate(PRODUCTS):
        yield _product(number, product, settings.start)
    for order in orders(settings, params, world.accounts):
        yield from _order(order, now)
    for referral in referrals(settings, params, world.accounts):
        yield _referral(referral, now)
    for leaver in leavers(settings, params, world.accounts):
        yield _leaver(leaver, now)


def _product(number: int, product: Product, since: int) -> Row:
    return row(
        "Product2",
        ident("01t", number),
        since - 400 * DAY,
        since - (400 - 20 * number) * DAY,
        Name=product.name,
        ProductCode=product.code,
        StockKeepingUnit=f"HG-{100 + number}",
        Family=product.family,
        IsActive=True,
        QuantityUnitOfMeasure="month" if product.family == "Subscription" else "piece",
        Description=None,
    )


def _order(order: Order, now: int) -> Iterator[Row]:
    """Yield the order with its items, and for what was sent back a reduction order, whose quantities are negative.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_order.htm
    """
    returned = [line for line in order.lines if line.returned_at is not None and line.returned_at <= now]
    key = ident("801", order.index)
    yield _head(key, order, order.ordered_at, None)
    for line in order.lines:
        yield _item(ident("802", order.index * 10 + line.number), key, line, order, now)
    for line in returned:
        at, number = line.returned_at or 0, RETURNS + order.index * 10 + line.number
        back = ident("801", number)
        yield _head(back, order, at, key)
        yield row(
            "OrderItem",
            ident("802", number),
            at,
            at,
            **_what(line, order),
            OrderId=back,
            OriginalOrderItemId=ident("802", order.index * 10 + line.number),
            Quantity=-float(line.returned_quantity),
            AvailableQuantity=0.0,
            TotalPrice=round(-line.returned_quantity * line.price, 2),
            PromisedDate__c=None,
            DeliveredAt__c=None,
            QuantityDelivered__c=None,
            QualityOk__c=None,
            ReturnReason__c=line.return_reason,
        )


def _head(key: str, order: Order, at: int, reduces: str | None) -> Row:
    return row(
        "Order",
        key,
        at,
        at,
        AccountId=account_id(order.account),
        BillToContactId=contact_id(order.person) if has_contact(order.person) else None,
        OrderNumber=f"{int(key[5:15]) % 100_000_000:08d}",
        EffectiveDate=day(at),
        ActivatedDate=stamp(at),
        Status="Activated",
        StatusCode="Activated",
        Type="Return" if reduces else "Standard",
        IsReductionOrder=reduces is not None,
        OriginalOrderId=reduces,
        CurrencyIsoCode=order.account.country.currency,
        Description=None,
    )


def _what(line: Line, order: Order) -> dict[str, object]:
    product = PRODUCTS.index(line.product)
    return {"Product2Id": ident("01t", product), "UnitPrice": line.price, "CurrencyIsoCode": order.account.country.currency}


def _item(key: str, order_key: str, line: Line, order: Order, now: int) -> Row:
    came = line.delivered_at <= now
    returned = line.returned_at is not None and line.returned_at <= now
    return row(
        "OrderItem",
        key,
        order.ordered_at,
        (line.returned_at or 0) if returned else line.delivered_at if came else order.ordered_at,
        **_what(line, order),
        OrderId=order_key,
        OriginalOrderItemId=None,
        Quantity=float(line.quantity),
        AvailableQuantity=float(line.quantity - (line.returned_quantity if returned else 0)),
        TotalPrice=round(line.quantity * line.price, 2),
        PromisedDate__c=day(line.promised_at),
        DeliveredAt__c=stamp(line.delivered_at) if came else None,
        QuantityDelivered__c=float(line.delivered_quantity) if came else None,
        QualityOk__c=line.is_quality_ok if came else None,
        ReturnReason__c=None,
    )


def _referral(referral: Referral, now: int) -> Row:
    won = referral.converted_at is not None and referral.converted_at <= now
    closed = referral.converted_at is None and referral.at + OPEN_DAYS * DAY <= now
    modified = (referral.converted_at or 0) if won else referral.at + OPEN_DAYS * DAY if closed else referral.at
    return row(
        "Referral__c",
        ident("a0R", referral.index),
        referral.at,
        modified,
        Name=f"R-{referral.index:07d}",
        ReferrerAccount__c=account_id(referral.referrer.account),
        ReferrerContact__c=contact_id(referral.referrer) if has_contact(referral.referrer) else None,
        ReferredAccount__c=account_id(referral.won) if won and referral.won else None,
        Status__c="Won" if won else "Closed" if closed else "Open",
        Origin__c=referral.origin,
        ReferredOn__c=day(referral.at),
        ConvertedOn__c=day(referral.converted_at) if won and referral.converted_at else None,
    )


def _leaver(leaver: Leaver, now: int) -> Row:
    def seen(moment: int | None) -> int | None:
        return moment if moment is not None and moment <= now else None

    rated = seen(leaver.rated_at) if leaver.rating is not None else None
    told = [leaver.notice_at, *map(seen, (leaver.confirmed_at, leaver.export_at, leaver.invoice_at, leaver.invoice_corrected_at))]
    told += [seen(leaver.deleted_at), rated, seen(leaver.returned_at), seen(leaver.ends_at)]

    def moment(at: int | None) -> str | None:
        found = seen(at)
        return stamp(found) if found is not None else None

    return row(
        "Offboarding__c",
        ident("a0F", leaver.account.index),
        leaver.notice_at,
        max(at for at in told if at is not None),
        Name=f"O-{leaver.account.index:06d}",
        Account__c=account_id(leaver.account),
        Contact__c=contact_id(leaver.person) if has_contact(leaver.person) else None,
        NoticeGivenAt__c=stamp(leaver.notice_at),
        ConfirmedAt__c=moment(leaver.confirmed_at),
        ServiceEndsOn__c=day(leaver.ends_at),
        ExportDeliveredAt__c=moment(leaver.export_at),
        FinalInvoiceAt__c=moment(leaver.invoice_at),
        FinalInvoiceCorrectedAt__c=moment(leaver.invoice_corrected_at),
        DeletionPromisedOn__c=day(leaver.deletion_promised_at),
        DataDeletedAt__c=moment(leaver.deleted_at),
        ExitRating__c=float(leaver.rating) if rated is not None and leaver.rating is not None else None,
        ExitReason__c=leaver.reason,
        PostNoticeContacts__c=float(leaver.contacts) if seen(leaver.ends_at) is not None else None,
        ReturnedOn__c=day(leaver.returned_at) if seen(leaver.returned_at) is not None and leaver.returned_at else None,
    )
