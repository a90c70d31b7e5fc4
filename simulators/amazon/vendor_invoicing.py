"""How the simulated Amazon takes an invoice or a credit note: what its payee system refuses without ever saying so.

Facts: Amazon's model and vendor guide. An identifier that failed may be sent again; one that was taken may not.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from schemas import amazon_vendor as wire
from schemas.amazon_vendor_invoices import WireInvoice, WireItem, WireTax
from schemas.purchase_order import PurchaseOrderLine, PurchaseOrderNumber
from simulators.amazon.vendor_acknowledging import other_unit
from simulators.amazon.vendor_books import SimulatedOrder
from simulators.amazon.vendor_notices import Key, Notices
from simulators.amazon.vendor_transactions import Fault, VendorPlan

CENT = Decimal("0.01")
AHEAD = timedelta(minutes=5)
"""A vendor's clock may be so much ahead."""


@dataclass(slots=True)
class Judged:
    faults: list[Fault] = field(default_factory=list[Fault])
    contents: Counter[Key] = field(default_factory=Counter[Key])
    other_units: list[Key] = field(default_factory=list[Key])
    other_costs: list[Key] = field(default_factory=list[Key])


@dataclass(slots=True)
class PayeeSystem:
    """What an invoice is judged against."""

    plan: VendorPlan
    orders: Mapping[PurchaseOrderNumber, SimulatedOrder]
    notices: Notices
    taken: Mapping[str, WireInvoice]
    invoiced: Counter[Key]
    now: datetime

    def judge(self, said: WireInvoice) -> Judged:
        judged = Judged()
        if said.id in self.taken:
            judged.faults.append(Fault("DUPLICATE_INVOICE", "The invoice number was used before."))
        judged.faults += self._header(said)
        judged.faults += totals(said)
        for item in said.items if said.invoice_type == "Invoice" else ():
            self._judge_item(said, item, judged)
        if said.invoice_type == "CreditNote":
            judged.faults += self._credit(said)
            self._take_off(said, judged)
        return judged

    def _take_off(self, said: WireInvoice, judged: Judged) -> None:
        """What is credited may be invoiced anew."""
        for item in said.items:
            order = self.orders.get(PurchaseOrderNumber(item.purchase_order_number or ""))
            line = self._line_of(order, item)
            if order is not None and line is not None:
                judged.contents[order.number, line.number] -= wire.whole(item.invoiced_quantity.amount, "an item")
        over = [key for key, amount in judged.contents.items() if self.invoiced[key] + amount < 0]
        if over and not judged.faults:
            judged.faults.append(Fault("INVALID_QUANTITY", f"Line {over[0][1]} of {over[0][0]}: never invoiced."))

    def _line_of(self, order: SimulatedOrder | None, item: WireItem) -> PurchaseOrderLine | None:
        names = (item.amazon_product_identifier, item.vendor_product_identifier)
        return order.find(str(item.item_sequence_number), *names) if order else None

    def _header(self, said: WireInvoice) -> Iterator[Fault]:
        if said.date > self.now + AHEAD:
            yield Fault("INVALID_DATE", "The invoice is of the future.")
        numbers = [item.item_sequence_number for item in said.items]
        if not numbers or len(set(numbers)) < len(numbers):
            yield Fault("INVALID_ITEM", "An item is there twice, or none is there.")
        if self.plan.region == "EU" and not self._is_billed_right(said):
            yield Fault("INVALID_PARTY", "The bill-to party lacks its address or VAT number, or has another's.")
        if self.plan.region == "EU" and not said.tax_details:
            yield Fault("MISSING_TAX", "Tax details are mandatory.")

    def _is_billed_right(self, said: WireInvoice) -> bool:
        party = said.bill_to_party
        if party is None or party.address is None or not party.tax_registration_details:
            return False
        orders = (self.orders.get(PurchaseOrderNumber(item.purchase_order_number or "")) for item in said.items)
        wanted = {order.order.bill_to.tax_number for order in orders if order and order.order.bill_to}
        return wanted <= {party.tax_registration_details[0].tax_registration_number}

    def _judge_item(self, said: WireInvoice, item: WireItem, judged: Judged) -> None:
        order = self.orders.get(PurchaseOrderNumber(item.purchase_order_number or ""))
        line = self._line_of(order, item)
        if order is None or line is None:
            judged.faults.append(Fault("INVALID_ORDER_ID", f"Item {item.item_sequence_number} is on no order."))
            return
        key = (order.number, line.number)
        judged.faults += self._line(key, order, line, item, judged)
        if said.date < order.order.ordered_at - timedelta(days=1):
            judged.faults.append(Fault("INVALID_DATE", "The invoice is older than its order."))

    def _line(
        self, key: Key, order: SimulatedOrder, line: PurchaseOrderLine, item: WireItem, judged: Judged
    ) -> Iterator[Fault]:
        amount = wire.whole(item.invoiced_quantity.amount, "an item")
        if other_unit(line, item.invoiced_quantity) or item.invoiced_quantity.unit_of_measure is None:
            judged.other_units.append(key)
            yield Fault("INVALID_UNIT", f"Line {line.number} of {order.number}: another unit.")
            return
        judged.contents[key] += amount
        shipped = self.notices.shipped[key]
        if amount < 1 or self.invoiced[key] + judged.contents[key] > shipped:
            yield Fault("INVALID_QUANTITY", f"Line {line.number} of {order.number}: more than the {shipped} shipped.")
        acknowledged = order.books[line.number].cost
        told = (item.net_cost.amount, item.net_cost.currency_code)
        if acknowledged is None or told != (acknowledged.amount, acknowledged.currency):
            judged.other_costs.append(key)
            yield Fault("PRICE_MISMATCH", f"Line {line.number} of {order.number}: not the acknowledged cost.")

    def _credit(self, said: WireInvoice) -> Iterator[Fault]:
        if self.plan.region != "EU":
            yield Fault("INVALID_TYPE", "Credit notes are taken in Europe only.")
        for item in said.items:
            told = item.credit_note_details
            if told is None or not (told.reference_invoice_number or told.debit_note_number
                                    or told.returns_reference_number or told.coop_reference_number):  # fmt: skip
                yield Fault("MISSING_REFERENCE", "A credit note says what it answers, item by item.")
            elif told.reference_invoice_number and told.reference_invoice_number not in self.taken:
                yield Fault("UNKNOWN_INVOICE", "The invoice that it answers is not known.")
            elif told.returns_reference_number and told.goods_return_date is None:
                yield Fault("MISSING_REFERENCE", "A return says when the goods came back.")


def totals(said: WireInvoice) -> Iterator[Fault]:
    """The total is that of the items, charges, allowances and taxes; the items' taxes are the header's."""
    net = sum((_money(item.net_cost.amount) * wire.whole(item.invoiced_quantity.amount, "an item")
               for item in said.items), Decimal(0))  # fmt: skip
    added = sum((_money(one.charge_amount.amount) for one in said.charge_details), Decimal(0))
    taken = sum((_money(one.allowance_amount.amount) for one in said.allowance_details), Decimal(0))
    wanted = (net + added - taken + _taxes(said.tax_details)).quantize(CENT)
    total = _money(said.invoice_total.amount)
    if total <= 0 or total != wanted:
        yield Fault("INVALID_TOTAL", f"The total is {total}, and should be {wanted}.")
    of_items = [tax for item in said.items for tax in item.tax_details]
    if of_items and _taxes(of_items) != _taxes(said.tax_details) and not (added or taken):
        yield Fault("INVALID_TAX", "The items' taxes are not those of the header.")


def _taxes(taxes: Iterable[WireTax]) -> Decimal:
    """The domestic VAT repeats the VAT in another currency."""
    return sum((_money(tax.tax_amount.amount) for tax in taxes if tax.tax_type != "DomesticVAT"), Decimal(0))


def _money(amount: Decimal | None) -> Decimal:
    return Decimal(0) if amount is None else amount
