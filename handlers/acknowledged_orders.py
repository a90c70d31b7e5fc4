"""A purchase order as it was acknowledged, as far as what is packed and invoiced for it goes."""

from collections.abc import Collection, Mapping

import msgspec

from handlers.sellable_stock import Component
from handlers.vendor_goods import LineToShip, OrderToShip
from schemas.purchase_order import (
    Acknowledgement,
    Freight,
    LineAcknowledgement,
    Party,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
)
from schemas.terms import Sku


class Product(msgspec.Struct, frozen=True):
    """What a line is of; an empty SKU where nobody knows. `unit`: eaches of it (of a kit: kits) in one of the line's
    units. `needs`: of a kit, whose `sku` is only its name."""

    sku: Sku
    unit: int | None = None
    needs: tuple[Component, ...] = ()


class Agreed(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration adds: `places` by the retailer's code; `freight` where an order does not say."""

    places: Mapping[str, Party] = {}
    bill_to: Party | None = None
    freight: Freight = "unknown"
    dated: Collection[str] = ()


def order_to_ship(
    order: PurchaseOrder,
    products: Mapping[PoLineNumber, Product],
    said: Acknowledgement | None,
    agreed: Agreed,
) -> OrderToShip:
    """`said`: the newest answer that stands; None: nothing was acknowledged, so nothing may be noticed."""
    told = {line.number: line for line in said.lines} if said else {}
    return OrderToShip(
        channel_account=order.channel_account,
        number=order.number,
        freight=order.freight if order.freight != "unknown" else agreed.freight,
        vendor=order.vendor,
        ship_to=_in_full(order.ship_to, agreed.places),
        bill_to=_billed(order.bill_to, agreed.bill_to),
        lines=tuple(
            _line(line, products.get(line.number, Product(Sku(""))), told.get(line.number), agreed)
            for line in order.lines
        ),
    )


def _line(line: PurchaseOrderLine, product: Product, told: LineAcknowledgement | None, agreed: Agreed) -> LineToShip:
    return LineToShip(
        line=line.number,
        sku=product.sku,
        identifiers=line.identifiers,
        unit=line.ordered,
        pack=product.unit,
        needs=product.needs,
        accepted=_accepted(line, told),
        cost=told.net_cost if told else None,
        dated=product.sku in agreed.dated,
    )


def _accepted(line: PurchaseOrderLine, told: LineAcknowledgement | None) -> int:
    """What may be sent: accepted or, later, backordered; never more than is still ordered."""
    if told is None or line.cancelled:
        return 0
    promised = sum(one.quantity.amount for one in told.answers if one.code != "rejected")
    return min(promised, line.ordered.amount)


def _in_full(party: Party | None, places: Mapping[str, Party]) -> Party | None:
    """The order's own address; where it names only a code, that of the address book."""
    if party is None or party.country:
        return party
    return places.get(party.party_id, party)


def _billed(party: Party | None, configured: Party | None) -> Party | None:
    """The order's own, unless it is no full address and the configuration knows the same party's."""
    if party is None:
        return configured
    is_same = configured is not None and configured.party_id == party.party_id
    return configured if is_same and not (party.lines and party.tax_number) else party
