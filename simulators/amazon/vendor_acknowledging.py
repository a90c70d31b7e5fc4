"""How the simulated Amazon takes an acknowledgement: line by line, and all or nothing for one purchase order.

Facts: Amazon's vendor guide. What is not said of a line in the first answer is rejected with it; a later one may name
only what it changes. Codes that Amazon does not know are passed over in silence, and so is their line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas import amazon_vendor as wire
from schemas.amazon_vendor_acknowledgements import OUR_CODES, OUR_REASONS, Item, OrderAcknowledgement
from schemas.purchase_order import Cost, PoLineNumber, PurchaseOrderLine
from simulators.amazon.vendor_books import LineBook, Said, SimulatedOrder
from simulators.amazon.vendor_transactions import Fault

ANSWER_WITHIN = timedelta(hours=24)
CORRECT_WITHIN = timedelta(hours=48)


@dataclass(slots=True)
class Told:
    """What one answer says of a line."""

    line: PurchaseOrderLine
    amounts: dict[str, int]
    cost: Cost

    @property
    def promised(self) -> int:
        return self.amounts.get("accepted", 0) + self.amounts.get("backordered", 0)


@dataclass(slots=True)
class Judged:
    faults: list[Fault] = field(default_factory=list[Fault])
    told: list[Told] = field(default_factory=list[Told])
    passed_over: list[PoLineNumber] = field(default_factory=list[PoLineNumber])
    other_units: list[PoLineNumber] = field(default_factory=list[PoLineNumber])


def judge(order: SimulatedOrder | None, said: OrderAcknowledgement, now: datetime) -> Judged:
    """What is wrong with an answer; without faults, what it says."""
    judged = Judged()
    if order is None or order.order.vendor.party_id != said.selling_party.party_id:
        judged.faults.append(Fault("INVALID_ORDER_ID", f"Invalid order ID: {said.purchase_order_number}."))
        return judged
    if order.order.state == "closed":
        judged.faults.append(Fault("ORDER_CLOSED", "The purchase order is closed."))
    for item in said.items:
        _judge_item(order, item, now, judged)
    lines = [told.line.number for told in judged.told] + judged.passed_over
    if len(set(lines)) < len(lines) or not said.items:
        judged.faults.append(Fault("INVALID_ITEM", "An item is there twice, or none is there."))
    return judged


def _judge_item(order: SimulatedOrder, item: Item, now: datetime, judged: Judged) -> None:
    line = order.find(item.item_sequence_number, item.amazon_product_identifier, item.vendor_product_identifier)
    if line is None:
        judged.faults.append(Fault("INVALID_ITEM", f"Item {item.item_sequence_number} is not on the order."))
        return
    if not _is_known(item):
        judged.passed_over.append(line.number)
        return
    if _is_in_another_unit(line, item):
        judged.other_units.append(line.number)
    told = _told(line, item)
    if isinstance(told, Fault):
        judged.faults.append(told)
        return
    judged.faults += _faults(told, item, order.books[line.number], now)
    judged.told.append(told)


def _is_known(item: Item) -> bool:
    """Case matters: what is not written to the letter is passed over."""
    return bool(item.item_acknowledgements) and all(
        part.acknowledgement_code in OUR_CODES and part.rejection_reason in (None, *OUR_REASONS)
        for part in item.item_acknowledgements
    )


def _is_in_another_unit(line: PurchaseOrderLine, item: Item) -> bool:
    quantities = (item.ordered_quantity, *(part.acknowledged_quantity for part in item.item_acknowledgements))
    return any(other_unit(line, one) for one in quantities)


def other_unit(line: PurchaseOrderLine, told: wire.Quantity) -> bool:
    """A unit or a case size that is said, and is not the order's."""
    unit = told.unit_of_measure not in (None, wire.UNIT_WORDS[line.ordered.unit])
    size = line.ordered.unit == "case" and str(told.unit_size) not in ("None", str(line.ordered.unit_size))
    return unit or size


def _told(line: PurchaseOrderLine, item: Item) -> Told | Fault:
    amounts = dict[str, int]()
    try:
        for part in item.item_acknowledgements:
            code = OUR_CODES[part.acknowledgement_code]
            amount = wire.whole(part.acknowledged_quantity.amount, f"line {line.number}")
            amounts[code] = amounts.get(code, 0) + amount
            if amount < 0 or (code == "rejected") != (part.rejection_reason is not None):
                return Fault(
                    "INVALID_QUANTITY", f"Line {line.number}: a negative quantity, or a reason out of place."
                )
        cost = wire.cost(item.net_cost, f"line {line.number}")
    except ValueError as error:
        return Fault("INVALID_INPUT", str(error))
    if cost is None or cost.amount <= 0:
        return Fault("MISSING_NET_COST", f"Line {line.number}: the net cost is missing, or not above 0.")
    return Told(line, amounts, cost)


def _faults(told: Told, item: Item, book: LineBook, now: datetime) -> Iterator[Fault]:
    number, ordered = told.line.number, told.line.ordered.amount
    if _is_in_another_unit(told.line, item):
        yield Fault("INVALID_UNIT", f"Line {number} was ordered in another unit.")
    if sum(told.amounts.values()) != ordered:
        yield Fault("INVALID_QUANTITY", f"Line {number}: {sum(told.amounts.values())} answered of {ordered}.")
    if told.amounts.get("backordered") and not told.line.backorder_allowed:
        yield Fault("BACKORDER_NOT_ALLOWED", f"Line {number} cannot be on back order.")
    if _is_too_dear(told):
        yield Fault("NET_COST_TOO_HIGH", f"Line {number}: the net cost is above the order's, or in another currency.")
    if book.rejected and told.promised > ordered - book.rejected:
        yield Fault("REJECTED_BEFORE", f"Line {number}: what was rejected cannot be accepted any more.")
    if book.said and now > book.opened_at + CORRECT_WITHIN and _differs(told, book):
        yield Fault("TOO_LATE", f"Line {number}: only dates can still be changed.")


def _is_too_dear(told: Told) -> bool:
    wanted = told.line.net_cost
    return wanted is not None and (told.cost.currency != wanted.currency or told.cost.amount > wanted.amount)


def _differs(told: Told, book: LineBook) -> bool:
    was = {"accepted": book.accepted, "backordered": book.backordered, "rejected": book.rejected}
    return book.cost != told.cost or any(told.amounts.get(code, 0) != amount for code, amount in was.items())


def take(order: SimulatedOrder, judged: Judged, now: datetime) -> None:
    """What was said replaces what was said before; the first answer rejects what it does not mention."""
    for told in judged.told:
        book = order.books[told.line.number]
        book.accepted = told.amounts.get("accepted", 0)
        book.backordered = told.amounts.get("backordered", 0)
        book.rejected = told.amounts.get("rejected", 0)
        book.cost = told.cost
        book.said.append(Said(now, book.promised, book.rejected))
    if judged.told and not order.acknowledged_by:
        _reject_the_rest(order, judged, now)


def _reject_the_rest(order: SimulatedOrder, judged: Judged, now: datetime) -> None:
    mentioned = {told.line.number for told in judged.told} | set(judged.passed_over)
    for line, book in order.owed():
        if line.number not in mentioned:
            book.rejected = line.ordered.amount - book.promised
            book.said.append(Said(now, book.promised, book.rejected))
