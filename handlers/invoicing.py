"""What is to be invoiced or credited of a purchase order: what has left and was noticed, less what was invoiced.

Level-triggered: every fact that changes leads to the same question, and the answer is the difference. So nothing is
invoiced twice, and never more than was despatched, whatever the order of the facts. Quantities are in the order's own
unit; cases that are not whole do not count.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from handlers.kit_cartons import whole_kits
from handlers.money import tax_on
from handlers.vendor_goods import Lack, LineToShip, OrderToShip, in_unit
from schemas.despatch import DespatchData
from schemas.inventory import whole
from schemas.invoice import Charge, Invoice, InvoiceLine, Tax, Terms
from schemas.purchase_order import Cost, Party, PoLineNumber
from schemas.terms import Eaches, Sku


class Billed(msgspec.Struct, frozen=True):
    """What one invoice asks for of a line, less what was credited of it."""

    invoice: str
    amount: int
    cost: Cost


class LineFacts(msgspec.Struct, frozen=True):
    """Of one line: eaches that have left and not come back, units that accepted notices tell of, what was invoiced.

    `billed`: oldest first; an invoice counts from the moment that its number is given.
    """

    despatched: Eaches = 0
    noticed: int = 0
    billed: tuple[Billed, ...] = ()

    @property
    def asked(self) -> int:
        return sum(one.amount for one in self.billed)


class Draft(msgspec.Struct, frozen=True):
    """An invoice without a number yet; `credits`: of a credit note, the invoice it takes from."""

    lines: tuple[tuple[LineToShip, int], ...]
    credits: str = ""


class Agreed(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed with the retailer about its invoices. `rates`: tax in per cent by SKU, else `rate`."""

    remit_to: Party
    bill_to: Party | None = None
    """Where the order names nobody to bill."""
    tax_kind: str = "VAT"
    rate: Decimal | None = None
    """None: no tax stands on the invoices."""
    rates: Mapping[Sku, Decimal] = {}
    terms: Terms | None = None
    charges: tuple[Charge, ...] = ()

    def rate_of(self, sku: Sku) -> Decimal | None:
        return self.rates.get(sku, self.rate)


def eaches_of(order: OrderToShip, left: Iterable[DespatchData]) -> dict[PoLineNumber, Eaches]:
    """What has left of each line, of a kit: whole kits. What fits no line, or several, counts for none."""
    sums: dict[PoLineNumber, Eaches] = {}
    kits: dict[PoLineNumber, dict[Sku, Eaches]] = {}
    for held in (line for data in left for parcel in data.parcels for line in parcel.lines):
        reference, eaches = held.line_reference or "", whole(held.quantity)
        if (line := order.line_for(reference, held.sku)) is not None:
            sums[line.line] = sums.get(line.line, 0) + eaches
        elif (kit := order.kit_for(reference, held.sku)) is not None:
            goods = kits.setdefault(kit.line, {})
            goods[held.sku] = goods.get(held.sku, 0) + eaches
    for line in order.lines:
        if line.line in kits:
            sums[line.line] = sums.get(line.line, 0) + whole_kits(line, kits[line.line])
    return sums


def drafts(order: OrderToShip, facts: Mapping[PoLineNumber, LineFacts]) -> list[Draft]:
    """At most one invoice, and one credit note for each invoice that asks for too much."""
    more = list[tuple[LineToShip, int]]()
    less: dict[str, list[tuple[LineToShip, int]]] = {}
    for line in order.lines:
        known = facts.get(line.line, LineFacts())
        difference = due(line, known) - known.asked
        if difference > 0:
            more.append((line, difference))
        for billed, amount in _taken_back(known.billed, -difference):
            as_billed = msgspec.structs.replace(line, cost=billed.cost)
            less.setdefault(billed.invoice, []).append((as_billed, amount))
    invoices = [Draft(tuple(more))] if more else []
    return [*invoices, *(Draft(tuple(lines), invoice) for invoice, lines in less.items())]


def due(line: LineToShip, facts: LineFacts) -> int:
    """How much may be asked for: what has left, as far as accepted notices tell of it."""
    left = facts.despatched // line.pack if line.pack else 0
    return max(0, min(left, facts.noticed))


def _taken_back(billed: Sequence[Billed], amount: int) -> Iterator[tuple[Billed, int]]:
    """The newest invoice is credited first."""
    for one in reversed(billed):
        taken = min(one.amount, amount)
        if taken > 0:
            amount -= taken
            yield one, taken


def invoice_of(
    order: OrderToShip, draft: Draft, agreed: Agreed, number: str, now: datetime, shipped_on: date | None
) -> Invoice | list[Lack]:
    """The document, or why it cannot be written. Its checks are in `invoice_rules.py`."""
    lacks = [
        Lack("no_cost", f"{order.number} line {line.line}: no cost was acknowledged")
        for line, _ in draft.lines
        if line.cost is None
    ]
    currencies = sorted({line.cost.currency for line, _ in draft.lines if line.cost})
    if len(currencies) > 1:
        lacks.append(Lack("currencies", f"{order.number} has costs in {' and '.join(currencies)}"))
    if lacks:
        return lacks
    lines = tuple(
        _line(order, sequence, line, amount, agreed)
        for sequence, (line, amount) in zip(_sequences([line for line, _ in draft.lines]), draft.lines, strict=True)
    )
    charges = agreed.charges if not draft.credits else ()
    taxes = _summed(tax for line in lines for tax in line.taxes)
    return Invoice(
        kind="credit_note" if draft.credits else "invoice",
        number=number,
        issued_at=now,
        shipped_on=shipped_on,
        vendor=order.vendor,
        remit_to=agreed.remit_to,
        bill_to=order.bill_to or agreed.bill_to,
        ship_to=order.ship_to,
        currency=currencies[0],
        total=total_of(lines, charges, taxes),
        terms=agreed.terms,
        lines=lines,
        charges=charges,
        taxes=taxes,
        credits=draft.credits,
    )


def _sequences(lines: Sequence[LineToShip]) -> list[int]:
    """An invoice counts its lines in integers, an order names its own in text: the order's numbers where all of them
    are integers and differ, else from 1."""
    numbers = [int(line.line) for line in lines if line.line.isascii() and line.line.isdigit() and int(line.line) > 0]
    return numbers if len(set(numbers)) == len(lines) else list(range(1, len(lines) + 1))


def _line(order: OrderToShip, sequence: int, line: LineToShip, amount: int, agreed: Agreed) -> InvoiceLine:
    assert line.cost is not None, "lines without a cost are lacks"
    taxable = line.cost.amount * amount
    rate = agreed.rate_of(line.sku)
    taxes = () if rate is None else (_tax(agreed.tax_kind, rate, taxable, line.cost.currency),)
    return InvoiceLine(
        sequence=sequence,
        line=line.line,
        purchase_order=order.number,
        identifiers=line.identifiers,
        quantity=in_unit(line, amount),
        net_cost=line.cost,
        taxes=taxes,
    )


def _tax(kind: str, rate: Decimal, taxable: Decimal, currency: str) -> Tax:
    return Tax(kind=kind, rate=rate, taxable=taxable, amount=tax_on(taxable, rate, currency))


def _summed(taxes: Iterable[Tax]) -> tuple[Tax, ...]:
    """One tax for each kind and rate: the sum of the lines' own, so that header and lines agree to the last unit."""
    sums: dict[tuple[str, Decimal], Tax] = {}
    for tax in taxes:
        key = (tax.kind, tax.rate)
        before = sums.get(key)
        taxable = tax.taxable + (before.taxable if before else Decimal(0))
        amount = tax.amount + (before.amount if before else Decimal(0))
        sums[key] = Tax(kind=tax.kind, rate=tax.rate, taxable=taxable, amount=amount)
    return tuple(sums.values())


def total_of(lines: Iterable[InvoiceLine], charges: Iterable[Charge], taxes: Iterable[Tax]) -> Decimal:
    """Lines and charges, less allowances, with tax: exact, nothing is rounded here."""
    goods = sum((line.net_cost.amount * line.quantity.amount for line in lines), Decimal(0))
    extra = sum((one.amount if one.charge else -one.amount for one in charges), Decimal(0))
    return goods + extra + sum((tax.amount for tax in taxes), Decimal(0))
