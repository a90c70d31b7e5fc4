"""Vendor orders v1, `submitAcknowledgement`: our answer to a purchase order in Amazon's words.

Amazon passes over a code in another case, refuses a file without a cost, and takes a line that the first answer does
not mention for rejected: all of that is refused here, before it leaves. A line of which nothing is ordered any more
has nothing to answer and is not written.
"""

from datetime import datetime
from typing import Final

import msgspec

from schemas import amazon_vendor as wire
from schemas.amazon_vendor import Money, Quantity, WireParty
from schemas.purchase_order import (
    Acknowledgement,
    LineAcknowledgement,
    LineAnswer,
    LineAnswerCode,
    PoLineNumber,
    PurchaseOrderNumber,
    RejectionReason,
)

CODES: Final[dict[LineAnswerCode, str]] = {
    "accepted": "Accepted", "backordered": "Backordered", "rejected": "Rejected",
}  # fmt: skip
REASONS: Final[dict[RejectionReason, str]] = {
    "temporarily_unavailable": "TemporarilyUnavailable",
    "invalid_identifier": "InvalidProductIdentifier",
    "obsolete": "ObsoleteProduct",
    "wrong_unit": "TemporarilyUnavailable",
}
"""Amazon has no word for a wrong unit here."""
OUR_CODES: Final[dict[str, LineAnswerCode]] = {word: ours for ours, word in CODES.items()}
OUR_REASONS: Final[dict[str, RejectionReason]] = {
    word: ours for ours, word in REASONS.items() if ours != "wrong_unit"
}


class ItemAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    acknowledgement_code: str
    acknowledged_quantity: Quantity
    scheduled_ship_date: datetime | None = None
    scheduled_delivery_date: datetime | None = None
    rejection_reason: str | None = None


class Item(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    item_sequence_number: str | None = None
    amazon_product_identifier: str | None = None
    vendor_product_identifier: str | None = None
    ordered_quantity: Quantity
    net_cost: Money | None = None
    item_acknowledgements: tuple[ItemAnswer, ...]


class OrderAcknowledgement(msgspec.Struct, frozen=True, rename="camel"):
    purchase_order_number: str
    selling_party: WireParty
    acknowledgement_date: datetime
    items: tuple[Item, ...]


class SubmitAcknowledgement(msgspec.Struct, frozen=True):
    acknowledgements: tuple[OrderAcknowledgement, ...]


_read = msgspec.json.Decoder(SubmitAcknowledgement)


def write_acknowledgement(answer: Acknowledgement) -> bytes:
    """The body of one request. Raises ValueError for an answer that Amazon would refuse or misread."""
    return msgspec.json.encode(SubmitAcknowledgement((to_amazon(answer),)))


def read_acknowledgements(body: bytes) -> tuple[OrderAcknowledgement, ...]:
    """Raises msgspec.DecodeError or UnicodeDecodeError."""
    return _read.decode(body).acknowledgements


def to_amazon(answer: Acknowledgement) -> OrderAcknowledgement:
    """Raises ValueError for an answer that Amazon would refuse or misread."""
    asked = [line for line in answer.lines if line.ordered.amount]
    if not asked:
        raise ValueError(f"purchase order {answer.number}: there is no line to answer")
    if len({line.number for line in answer.lines}) < len(answer.lines):
        raise ValueError(f"purchase order {answer.number}: a line is answered twice")
    return OrderAcknowledgement(
        wire.named(answer.number, "the number of a purchase order"),
        WireParty(wire.named(answer.vendor.party_id, "the vendor code")),
        wire.zoned(answer.acknowledged_at, "the time of the answer"),
        tuple(_item(line) for line in asked),
    )


def _item(line: LineAcknowledgement) -> Item:
    what = f"line {line.number}"
    _check_sum(line, what)
    amazons, vendors = wire.item_names(line.identifiers, what)
    return Item(
        item_sequence_number=wire.named(line.number, "the number of a line"),
        amazon_product_identifier=amazons,
        vendor_product_identifier=vendors,
        ordered_quantity=wire.to_quantity(line.ordered, what),
        net_cost=wire.to_cost(line.net_cost, what),
        item_acknowledgements=tuple(_part(part, what) for part in line.answers),
    )


def _check_sum(line: LineAcknowledgement, what: str) -> None:
    if any((part.quantity.unit, part.quantity.unit_size) != (line.ordered.unit, line.ordered.unit_size)
           for part in line.answers):  # fmt: skip
        raise ValueError(f"{what} is answered in another unit than it was ordered in")
    told = sum(part.quantity.amount for part in line.answers)
    if told != line.ordered.amount:
        raise ValueError(f"{what}: {told} are answered of {line.ordered.amount} ordered")


def _part(part: LineAnswer, what: str) -> ItemAnswer:
    if (part.code == "rejected") != (part.reason is not None):
        raise ValueError(f"{what}: what is rejected has a reason, and nothing else has one")
    return ItemAnswer(
        acknowledgement_code=CODES[part.code],
        acknowledged_quantity=wire.to_quantity(part.quantity, what),
        scheduled_ship_date=_date(part.ship_at, f"{what}: the ship date"),
        scheduled_delivery_date=_date(part.deliver_at, f"{what}: the delivery date"),
        rejection_reason=None if part.reason is None else REASONS[part.reason],
    )


def _date(at: datetime | None, what: str) -> datetime | None:
    return None if at is None else wire.zoned(at, what)


def from_amazon(answer: OrderAcknowledgement, ordered_at: datetime) -> Acknowledgement:
    """An answer as it was sent; when the order was placed does not stand in it.

    Raises ValueError for codes that Amazon would pass over, and for quantities that cannot be read.
    """
    vendor = wire.party(answer.selling_party)
    assert vendor is not None
    return Acknowledgement(
        number=PurchaseOrderNumber(wire.named(answer.purchase_order_number, "the number of the purchase order")),
        vendor=vendor,
        ordered_at=ordered_at,
        acknowledged_at=wire.zoned(answer.acknowledgement_date, "the time of the answer"),
        lines=tuple(_line(item) for item in answer.items),
    )


def _line(item: Item) -> LineAcknowledgement:
    what = f"line {wire.plain(item.item_sequence_number)}"
    return LineAcknowledgement(
        number=PoLineNumber(wire.named(item.item_sequence_number or "", "the number of a line")),
        identifiers=wire.identifiers(item.amazon_product_identifier, item.vendor_product_identifier, what),
        ordered=wire.counted(item.ordered_quantity, what),
        net_cost=wire.cost(item.net_cost, what),
        answers=tuple(_answer(part, what) for part in item.item_acknowledgements),
    )


def _answer(part: ItemAnswer, what: str) -> LineAnswer:
    code = OUR_CODES.get(part.acknowledgement_code)
    reason = OUR_REASONS.get(part.rejection_reason or "")
    if code is None or (part.rejection_reason is not None and reason is None):
        raise ValueError(f"{what} has the code {wire.plain(part.acknowledgement_code)!r}, "
                         f"{wire.plain(part.rejection_reason)!r}: Amazon knows no such code")  # fmt: skip
    return LineAnswer(
        code=code,
        quantity=wire.counted(part.acknowledged_quantity, what),
        reason=reason,
        ship_at=_date(part.scheduled_ship_date, f"{what}: the ship date"),
        deliver_at=_date(part.scheduled_delivery_date, f"{what}: the delivery date"),
    )
