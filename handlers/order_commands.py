"""What a warehouse that is driven over the bus is told of an order, and what its events show of one."""

import hashlib

import msgspec

from handlers.order_requests import OrderEffect, Told, WarehouseOrder
from handlers.order_standing import StandingRow
from handlers.sales_orders import StoredOrder
from schemas.clarus import Ref
from schemas.clarus_order_lists import Found, OrderNode, StatusWord
from schemas.order_commands import (
    ORDER_AMEND,
    ORDER_CREATE,
    ORDER_STOP,
    CommandAddress,
    CommandChannel,
    CommandLine,
    OrderCommandData,
    OrderStopData,
)
from schemas.terms import CommandId

TYPES = {"order_create": ORDER_CREATE, "order_amend": ORDER_AMEND, "order_cancel": ORDER_STOP}
_WORDS = {
    "allocated": "ALLOCATED", "part_allocated": "PART_ALLOCATED", "picking": "PICK", "completed": "COMPLETED",
    "cancelled": "CANCELLED",
}  # fmt: skip


def command_id(effect: OrderEffect) -> CommandId:
    """The same on every repeat of the request."""
    return CommandId(f"order-{hashlib.sha256(effect.unique_key.encode()).hexdigest()[:40]}")


def command(effect: OrderEffect, order: StoredOrder, row: WarehouseOrder) -> OrderCommandData | OrderStopData:
    """The body of a request, with the buyer in it: for sending at once. A repeat says what the first one said."""
    asked, told = effect.payload, row.told
    if effect.kind == "order_cancel" or told is None or told.despatch_by is None:
        return OrderStopData(
            command_id=command_id(effect), account=asked.account, warehouse=asked.warehouse,
            order_reference=asked.order_reference, version=asked.version, reason=asked.change,
        )  # fmt: skip
    sale = order.order
    return OrderCommandData(
        command_id=command_id(effect), account=asked.account, warehouse=asked.warehouse,
        order_reference=asked.order_reference, version=asked.version,
        channel=CommandChannel(account=sale.channel_account, marketplace=sale.marketplace),
        channel_order_id=sale.channel_order_id, despatch_by=told.despatch_by, carrier=told.carrier,
        service=told.carrier_service, lines=_lines(order, told),
        ship_to=None if row.told_to is None else msgspec.convert(row.told_to, CommandAddress, from_attributes=True),
    )  # fmt: skip


def _lines(order: StoredOrder, told: Told) -> tuple[CommandLine, ...]:
    prices = {line.line_reference: line for line in (order.cleared.lines if order.cleared else ())}
    return tuple(
        CommandLine(
            line_reference=line.line_reference, sku=line.sku, quantity=line.quantity,
            unit_price=prices[line.line_reference].unit_price if line.line_reference in prices else None,
            currency=prices[line.line_reference].currency if line.line_reference in prices else "",
        )
        for line in told.lines
    )  # fmt: skip


def shown(row: WarehouseOrder | None, effect: OrderEffect | None, standing: StandingRow | None) -> tuple[Found, ...]:
    """What the warehouse's own events and answers show of an order, as a look-up would show it.

    A stop that was accepted takes it away, whatever event was heard before; a create that was accepted puts it there.
    """
    if row is None:
        return ()
    answered = effect.kind if effect is not None and effect.state == "accepted" else ""
    if answered == "order_cancel" or (row.status in ("", "withdrawn") and answered != "order_create"):
        return ()
    before = row.acted_at is not None and standing is not None and standing.at < row.acted_at
    anew = row.status == "withdrawn" or before
    word = "PENDING" if standing is None or (anew and standing.standing == "cancelled") else _WORDS[standing.standing]
    name = f"{row.order_reference}#{row.requests}" if row.status in ("", "withdrawn") else row.goods_out_id
    node = OrderNode(
        id=name, reference=row.order_reference, goods_out_status=StatusWord(code=word), account=Ref(code=row.account)
    )
    return (Found(node),)
