"""Vendor orders v1, `getPurchaseOrdersStatus`: what became of each line, the only proof that an answer landed.

Amazon shows a change up to half an hour late.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from schemas import amazon_vendor as wire
from schemas.amazon_vendor import Quantity, Refused, RefusedDocument
from schemas.amazon_vendor_orders import Pagination
from schemas.purchase_order import (
    CountedIn,
    LineStanding,
    LineStatus,
    PoLineNumber,
    PurchaseOrderNumber,
    PurchaseOrderStatus,
)

STANDINGS: Final[dict[str, LineStanding]] = {
    "ACCEPTED": "accepted", "PARTIALLY_ACCEPTED": "part_accepted", "REJECTED": "rejected",
    "UNCONFIRMED": "unconfirmed",
}  # fmt: skip


class QuantityDetail(msgspec.Struct, frozen=True, rename="camel"):
    cancelled_quantity: Quantity | None = None


class Ordered(msgspec.Struct, frozen=True, rename="camel"):
    ordered_quantity: Quantity | None = None
    ordered_quantity_details: tuple[QuantityDetail, ...] = ()


class Acknowledged(msgspec.Struct, frozen=True, rename="camel"):
    confirmation_status: str | None = None
    accepted_quantity: Quantity | None = None
    rejected_quantity: Quantity | None = None


class Received(msgspec.Struct, frozen=True, rename="camel"):
    received_quantity: Quantity | None = None


class ItemStatus(msgspec.Struct, frozen=True, rename="camel"):
    item_sequence_number: str
    ordered_quantity: Ordered = Ordered()
    acknowledgement_status: Acknowledged = Acknowledged()
    receiving_status: Received = Received()


class OrderStatus(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    purchase_order_number: str
    purchase_order_status: str
    purchase_order_date: datetime
    last_updated_date: datetime | None = None
    item_status: tuple[ItemStatus, ...]


class StatusList(msgspec.Struct, frozen=True, rename="camel"):
    orders_status: tuple[msgspec.Raw, ...] = ()
    pagination: Pagination | None = None


class _Statuses(msgspec.Struct, frozen=True):
    payload: StatusList


class _Named(msgspec.Struct, frozen=True, rename="camel"):
    purchase_order_number: str


class StatusPage(msgspec.Struct, frozen=True):
    """One page. `next_token`: empty on the last one."""

    statuses: tuple[PurchaseOrderStatus, ...]
    refused: tuple[Refused, ...] = ()
    next_token: str = ""


_statuses = msgspec.json.Decoder(_Statuses)
_status = msgspec.json.Decoder(OrderStatus)
_named = msgspec.json.Decoder(_Named)


def read_page(body: bytes) -> StatusPage:
    """An answer of `getPurchaseOrdersStatus`. Raises msgspec.DecodeError or UnicodeDecodeError."""
    answer = _statuses.decode(body).payload
    found, refused = list[PurchaseOrderStatus](), list[Refused]()
    for raw in map(bytes, answer.orders_status):
        try:
            found.append(read_status(raw))
        except RefusedDocument as error:
            refused.append(Refused(error.number, str(error), raw))
    token = answer.pagination.next_token if answer.pagination else None
    return StatusPage(tuple(found), tuple(refused), token or "")


def read_status(raw: bytes) -> PurchaseOrderStatus:
    """Raises RefusedDocument."""
    try:
        return from_amazon(_status.decode(raw))
    except msgspec.ValidationError as error:
        raise RefusedDocument(_number_of(raw), f"it is not as Amazon describes its statuses: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RefusedDocument("", "it is not JSON that can be read") from None
    except ValueError as error:
        raise RefusedDocument(_number_of(raw), str(error)) from None


def _number_of(raw: bytes) -> str:
    try:
        return wire.plain(_named.decode(raw).purchase_order_number)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def from_amazon(status: OrderStatus) -> PurchaseOrderStatus:
    """Raises ValueError for what contradicts itself."""
    if status.purchase_order_status not in ("OPEN", "CLOSED"):
        raise ValueError(f"it is {wire.plain(status.purchase_order_status)[:40]!r}, neither OPEN nor CLOSED")
    numbers = [item.item_sequence_number for item in status.item_status]
    if not numbers or len(set(numbers)) < len(numbers):
        raise ValueError("two of its lines have one number" if numbers else "it has no lines")
    return PurchaseOrderStatus(
        number=PurchaseOrderNumber(wire.named(status.purchase_order_number, "its number")),
        open=status.purchase_order_status == "OPEN",
        updated_at=wire.zoned(status.last_updated_date or status.purchase_order_date, "the time of its update"),
        lines=tuple(_line(item) for item in status.item_status),
    )


def _line(item: ItemStatus) -> LineStatus:
    what = f"line {wire.plain(item.item_sequence_number)}"
    answered = item.acknowledgement_status
    standing = STANDINGS.get(answered.confirmation_status or "")
    if standing is None:
        raise ValueError(f"{what} stands as {wire.plain(answered.confirmation_status)[:40]!r}, which means nothing")
    ordered = wire.counted(item.ordered_quantity.ordered_quantity, what)
    cancelled = (detail.cancelled_quantity for detail in item.ordered_quantity.ordered_quantity_details)
    return LineStatus(
        number=PoLineNumber(wire.named(item.item_sequence_number, "the number of a line")),
        standing=standing,
        ordered=ordered,
        accepted=_in_unit_of(ordered, (answered.accepted_quantity,), what),
        rejected=_in_unit_of(ordered, (answered.rejected_quantity,), what),
        received=_in_unit_of(ordered, (item.receiving_status.received_quantity,), what),
        cancelled=_in_unit_of(ordered, cancelled, what),
    )


def _in_unit_of(ordered: CountedIn, told: Iterable[Quantity | None], what: str) -> int:
    """The sum in the unit that is ordered. Raises ValueError for one that does not come out even."""
    return sum(_converted(ordered, wire.counted(one, what), what) for one in told if one is not None)


def _converted(ordered: CountedIn, told: CountedIn, what: str) -> int:
    if told.unit == ordered.unit and (told.unit_size or ordered.unit_size) == (ordered.unit_size or told.unit_size):
        return told.amount
    size = 1 if ordered.unit == "each" else ordered.unit_size
    if told.eaches is None or not size or told.eaches % size:
        raise ValueError(
            f"{what}: {told.amount} {wire.UNIT_WORDS[told.unit]} are no whole number of what was ordered"
        )
    return told.eaches // size
