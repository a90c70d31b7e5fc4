"""What a channel's order has become against what the warehouse was told: the rows of the life-cycle table."""

from collections import Counter
from datetime import timedelta

from handlers.life_cycle import Change
from handlers.order_requests import WarehouseOrder, told_of
from handlers.sales_orders import StoredOrder
from handlers.warehouse_orders import Wanted, WantedLine
from schemas.sales_order import OrderStatus

_BY_STATUS: dict[OrderStatus, Change] = {
    "pending": "held", "held": "held", "unfulfillable": "held", "cancelled": "cancelled", "refunded": "refunded",
    "despatched": "despatched", "unknown": "unknown",
}  # fmt: skip
"""What the channel's own status says by itself; the others are known by what was told."""


def wanted_of(order: StoredOrder, despatch_within: timedelta) -> Wanted | None:
    """What the warehouse is to have of it; None while this version is not cleared.

    `despatch_within`: of its ordering, where the channel names no time to ship by.
    """
    cleared = order.cleared
    if cleared is None or order.cleared_version != order.version:
        return None
    sale = order.order
    return Wanted(
        reference=order.order_reference,
        channel_order_id=sale.channel_order_id,
        account=cleared.account,
        despatch_by=sale.ship_by or sale.ordered_at + despatch_within,
        carrier=cleared.carrier,
        carrier_service=cleared.carrier_service,
        lines=tuple(
            WantedLine(line_reference=line.line_reference, sku=line.sku, quantity=line.quantity)
            for line in cleared.lines
            if line.quantity > 0
        ),
        ship_to=sale.ship_to,
        process_at=cleared.process_at,
    )


def change_of(order: StoredOrder, wanted: Wanted | None, row: WarehouseOrder) -> Change | None:
    """The row of the table; None while it cannot be said, because this version is not cleared."""
    sale = order.order
    if (plain := _BY_STATUS.get(sale.status)) is not None:
        return plain
    if all(line.cancelled >= line.ordered for line in sale.lines):
        return "cancelled"
    if is_cancel_asked(order):
        return "cancel_asked"
    return None if wanted is None else _against(wanted, row)


def is_cancel_asked(order: StoredOrder) -> bool:
    """Of a line that is not cancelled yet, and no person has said that this version goes all the same."""
    asked = any(line.cancel_asked and line.cancelled < line.ordered for line in order.order.lines)
    return asked and not any(one.kind == "cancel_asked" and one.version == order.version for one in order.accepted)


def _against(wanted: Wanted, row: WarehouseOrder) -> Change:
    told = row.told
    if not wanted.lines:
        return "cancelled"
    if told is None:
        return "new"
    if told.lines != wanted.lines and _is_less(wanted.lines, told.lines):
        return "part_cancelled"
    if told != told_of(wanted):
        return "edited"
    # An address that was erased, or never read, is no news.
    moved = wanted.ship_to is not None and row.told_to is not None and wanted.ship_to != row.told_to
    return "address_changed" if moved else "new"


def _is_less(wanted: tuple[WantedLine, ...], told: tuple[WantedLine, ...]) -> bool:
    """Nothing more of anything."""
    had = _counted(told)
    return all(had[key] >= quantity for key, quantity in _counted(wanted).items())


def _counted(lines: tuple[WantedLine, ...]) -> Counter[tuple[str, str]]:
    found = Counter[tuple[str, str]]()
    for line in lines:
        found[line.line_reference, line.sku] += line.quantity
    return found
