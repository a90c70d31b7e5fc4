"""What of a purchase order the warehouse is to have: an order like any channel's, told by the same machinery.

`reserve`: what the retailer was told is accepted; nothing goes to the warehouse before an answer was taken.
`process`: what our books hold goes there first, because its allocation is what may be accepted. Everything is in base
units, and only whole packs of lines that nothing is doubted of.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.acknowledgement_said import SaidState
from handlers.acknowledging import parts_of
from handlers.kits import write_components
from handlers.purchase_order_desk import PoFile
from handlers.purchase_order_judgement import JudgedLine, Judgement
from handlers.purchase_orders import StoredPurchaseOrder
from handlers.sales_orders import Cleared, ClearedLine, StoredOrder
from schemas.purchase_order import LineAcknowledgement, Party, PoLineNumber, PurchaseOrder, PurchaseOrderState
from schemas.sales_order import OrderStatus, SalesLine, SalesOrder, ShipTo
from schemas.terms import ChannelOrderId, Eaches, LineReference, SellerSku

Mode: TypeAlias = Literal["reserve", "process"]

TAKEN: Final[frozenset[SaidState]] = frozenset({"processing", "presumed", "confirmed", "by_hand"})
"""The retailer has this answer: what it accepts is owed."""
STATUS: Final[Mapping[PurchaseOrderState, OrderStatus]] = {"cancelled": "cancelled", "closed": "despatched"}
"""Closed: the retailer waits for nothing more of it. Whatever else it says, the order is wanted."""


class ReleaseRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings say. `process_before`: before goods leave; None: the warehouse starts picking by itself."""

    mode: Mode = "reserve"
    process_before: timedelta | None = timedelta(hours=24)
    allocated_within: timedelta = timedelta(minutes=30)
    """In which an allocation is waited for before people are asked."""
    places: Mapping[str, ShipTo] = {}
    """The address book, by the retailer's code."""


def wanted_of(
    file: PoFile, judgement: Judgement, reserved: Mapping[PoLineNumber, Eaches], mode: Mode
) -> dict[PoLineNumber, Eaches] | None:
    """Eaches (of a kit: kits) of each line that the warehouse is to have; None: as it has them, for now.

    `reserved`: what our books hold and is there.
    """
    told = taken(file)
    found: dict[PoLineNumber, Eaches] = {}
    for line in judgement.lines:
        owed = _owed(line, told.get(line.number))
        if owed is None:
            return None
        asked = _asked(line, file, told, reserved) if mode == "process" else 0
        found[line.number] = min(max(owed, asked), line.wanted)
    return found


def taken(file: PoFile) -> dict[PoLineNumber, LineAcknowledgement]:
    """What the retailer was told of each line and has taken."""
    lines: dict[PoLineNumber, LineAcknowledgement] = {}
    for one in file.said:
        if one.state in TAKEN:
            lines |= {line.number: line for line in one.acknowledgement.lines}
    return lines


def _owed(line: JudgedLine, told: LineAcknowledgement | None) -> Eaches | None:
    """None: accepted in a unit, or of a product, that nobody can count any more."""
    accepted = 0 if told is None else parts_of(told).accepted
    if told is None or not accepted:
        return 0
    same = (told.ordered.unit, told.ordered.unit_size) == (line.ordered.unit, line.ordered.unit_size)
    return accepted * line.step.unit if same and line.step is not None else None


def _asked(
    line: JudgedLine,
    file: PoFile,
    told: Mapping[PoLineNumber, LineAcknowledgement],
    reserved: Mapping[PoLineNumber, Eaches],
) -> Eaches:
    """What the warehouse is asked to allocate, owed or not: an answer has settled what was doubted of a line."""
    held = reserved.get(line.number, 0)
    if line.number in file.rejections:
        return 0
    if line.number in told and file.stored.answered_version == file.stored.version:
        parts = parts_of(told[line.number])
        return min(held, (parts.accepted + parts.backordered) * line.step.unit) if line.step else 0
    return held if line.may_accept(by_policy=False) else 0


def ship_by(file: PoFile, judgement: Judgement, known: StoredOrder | None) -> datetime | None:
    """When it is to leave: as was answered; before that as it was first found, so that it does not move with time."""
    answered = [part.ship_at for line in taken(file).values() for part in line.answers if part.ship_at is not None]
    if answered:
        return min(answered)
    if known is not None and known.order.ship_by is not None:
        return known.order.ship_by
    return None if judgement.dates is None else judgement.dates.ship_at


def order_of(
    stored: StoredPurchaseOrder, judgement: Judgement, wanted: Mapping[PoLineNumber, Eaches], leaves: datetime | None,
    rules: ReleaseRules, now: datetime,
) -> SalesOrder:  # fmt: skip
    """The order as the warehouse's machinery takes it; its reference is the retailer's number."""
    order, judged = stored.order, {line.number: line for line in judgement.lines}
    return SalesOrder(
        channel_account=order.channel_account,
        channel_order_id=ChannelOrderId(order.number),
        marketplace=order.marketplace,
        status=STATUS.get(order.state, "open"),
        status_word=order.state_word,
        ordered_at=order.ordered_at,
        updated_at=now,
        ship_by=leaves,
        lines=tuple(_line(line.number, judged.get(line.number), wanted.get(line.number, 0)) for line in order.lines),
        ship_to=_place(order, rules),
    )


def _line(number: PoLineNumber, judged: JudgedLine | None, units: Eaches) -> SalesLine:
    """A kit says what it is made of, so that another make of it is another order."""
    needs = judged.needs if judged is not None else ()
    return SalesLine(
        line_reference=LineReference(number),
        seller_sku=SellerSku(judged.sku if judged is not None else ""),
        ordered=units,
        title=write_components(needs) if units else "",
    )


def cleared_of(
    judgement: Judgement, wanted: Mapping[PoLineNumber, Eaches], order: SalesOrder, rules: ReleaseRules
) -> Cleared:
    """What the warehouse is told: base units, a kit by its components."""
    lines = tuple(
        ClearedLine(
            line_reference=LineReference(line.number),
            seller_sku=SellerSku(line.sku),
            account=line.account,
            sku=need.sku,
            quantity=units * need.quantity,
        )
        for line in judgement.lines
        if (units := wanted.get(line.number, 0))
        for need in line.needs
    )
    return Cleared(
        account=judgement.account, carrier="", carrier_service="", lines=lines, process_at=_process_at(order, rules)
    )


def _process_at(order: SalesOrder, rules: ReleaseRules) -> datetime | None:
    if rules.process_before is None:
        return None
    if rules.mode == "process" or order.ship_by is None:
        return order.ordered_at
    return order.ship_by - rules.process_before


def _place(order: PurchaseOrder, rules: ReleaseRules) -> ShipTo | None:
    """Where the goods go: the order's own address, else that of the address book; None where neither has one."""
    party = order.ship_to
    if party is None:
        return None
    return _address(party) if party.country else rules.places.get(party.party_id)


def _address(party: Party) -> ShipTo:
    return ShipTo(
        name=party.name or party.party_id, lines=party.lines, city=party.city, region=party.region,
        postcode=party.postcode, country=party.country,
    )  # fmt: skip
