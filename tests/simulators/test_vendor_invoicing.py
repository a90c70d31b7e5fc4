"""What the simulated Amazon makes of invoices and credit notes, and never says."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from schemas.amazon_vendor_invoices import write_invoice
from schemas.invoice import Charge, Invoice, Tax
from schemas.purchase_order import Cost, PurchaseOrderNumber
from schemas.ship_notice import Carton
from simulators.amazon.vendor import Arrived, Delivery, Vendor
from simulators.amazon.vendor_transactions import VendorPlan
from tests.controls import vendor as made
from tests.simulators.vendor_desk import NOW, acknowledge, codes, invoice, notify


@pytest.fixture
def vendor() -> Vendor:
    """An order of ten, all accepted, of which eight are on their way."""
    vendor = Vendor()
    vendor.add_order(made.order())
    acknowledge(vendor, made.answer())
    notify(vendor, made.notice(Carton(number=1, sscc=made.sscc(1), items=(made.packed(8),))))
    return vendor


def billed(amount: int = 8, **more: object) -> Invoice:
    return made.invoice(made.invoice_line(amount), **more)


def kinds(vendor: Vendor) -> list[str]:
    return [one.kind for one in vendor.chargebacks]


def test_an_invoice_of_what_was_shipped_is_taken(vendor: Vendor) -> None:
    invoice(vendor, billed())
    assert codes(vendor) == [] and list(vendor.invoices) == ["INV-0001"]


def test_charges_and_allowances_are_part_of_the_total(vendor: Vendor) -> None:
    freight = Charge(charge=True, reason="freight", amount=Decimal(5))
    discount = Charge(charge=False, reason="discount", amount=Decimal(2))
    whole = billed()
    invoice(vendor, msgspec.structs.replace(whole, charges=(freight, discount), total=whole.total + 3))
    assert codes(vendor) == []


Wrong = Callable[[], Invoice]
DEAR = Cost(Decimal("10.30"), "GBP")
CASED = made.invoice_line(8, quantity=made.cases(8))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: billed(9), "INVALID_QUANTITY"),
        (lambda: billed(total=Decimal("97.93")), "INVALID_TOTAL"),
        (lambda: billed(issued_at=NOW + timedelta(hours=1)), "INVALID_DATE"),
        (lambda: billed(issued_at=NOW - timedelta(days=2)), "INVALID_DATE"),
        (lambda: billed(bill_to=None), "INVALID_PARTY"),
        (lambda: billed(bill_to=made.WORKS), "INVALID_PARTY"),
        (lambda: billed(bill_to=msgspec.structs.replace(made.PAYER, tax_number="GB1")), "INVALID_PARTY"),
        (lambda: billed(taxes=()), "MISSING_TAX"),
        (lambda: made.invoice(made.invoice_line(8, identifiers=made.PAN)), "INVALID_ORDER_ID"),
        (lambda: made.invoice(made.invoice_line(8, purchase_order="NOBODY00")), "INVALID_ORDER_ID"),
        (lambda: made.invoice(made.invoice_line(8, net_cost=DEAR)), "PRICE_MISMATCH"),
        (lambda: made.invoice(CASED), "INVALID_UNIT"),
        (
            lambda: made.invoice(made.invoice_line(8, taxes=(
                Tax(kind="VAT", rate=Decimal(20), taxable=Decimal("81.60"), amount=Decimal("16.31")),))),
            "INVALID_TAX",
        ),
    ],
)  # fmt: skip
def test_a_wrong_invoice_is_taken_in_silence_and_never_paid(vendor: Vendor, wrong: Wrong, code: str) -> None:
    reply = invoice(vendor, wrong())
    assert reply.status == 202 and code in codes(vendor) and vendor.invoices == {}
    name = list(vendor.transactions.begun)[-1]
    assert "Processing" in str(vendor.transactions.told(name, NOW + timedelta(days=90)).body)


def test_nothing_is_invoiced_before_its_notice() -> None:
    vendor = Vendor()
    vendor.add_order(made.order())
    acknowledge(vendor, made.answer())
    invoice(vendor, billed(1))
    assert codes(vendor) == ["INVALID_QUANTITY"]


def test_together_invoices_are_never_of_more_than_was_shipped(vendor: Vendor) -> None:
    invoice(vendor, billed(5))
    invoice(vendor, billed(4, number="INV-0002"))
    assert codes(vendor) == ["INVALID_QUANTITY"]
    invoice(vendor, billed(3, number="INV-0002"))
    assert codes(vendor) == []


def test_a_number_is_used_again_only_for_what_failed(vendor: Vendor) -> None:
    invoice(vendor, billed(total=Decimal(1)))
    invoice(vendor, billed(5))
    assert codes(vendor) == []
    invoice(vendor, billed(1))
    assert codes(vendor) == ["DUPLICATE_INVOICE"]


def test_another_cost_and_another_unit_are_charged_for(vendor: Vendor) -> None:
    invoice(vendor, made.invoice(made.invoice_line(8, net_cost=DEAR)))
    invoice(vendor, made.invoice(CASED))
    assert kinds(vendor) == ["cost_mismatch", "unit_mismatch"]


def test_the_cost_is_that_of_the_acknowledgement_not_of_the_order() -> None:
    vendor = Vendor()
    vendor.add_order(made.order())
    less = Cost(Decimal("9.90"), "GBP")
    acknowledge(vendor, made.answer(made.answer_line(net_cost=less)))
    notify(vendor, made.notice())
    invoice(vendor, billed(2))
    assert codes(vendor) == ["PRICE_MISMATCH"]
    invoice(vendor, made.invoice(made.invoice_line(2, net_cost=less, taxes=())))
    assert codes(vendor) == []


def test_a_line_s_number_that_is_text_is_refused_at_once(vendor: Vendor) -> None:
    body = write_invoice(billed()).replace(b'"itemSequenceNumber":1', b'"itemSequenceNumber":"1"')
    assert vendor.submit_invoices(body, NOW).status == 400
    assert vendor.submit_invoices(write_invoice(billed()).replace(b'"VAT","taxA', b'"Vat","taxA'), NOW).status == 400


def credit(**more: object) -> Invoice:
    said: dict[str, object] = {"kind": "credit_note", "number": "CR-0001", "credits": "INV-0001"}
    return billed(1, **(said | more))


def test_what_was_credited_may_be_invoiced_anew_and_no_more_is_credited_than_was_invoiced(vendor: Vendor) -> None:
    invoice(vendor, billed())
    invoice(vendor, credit())
    again = billed(1, number="INV-0002")
    invoice(vendor, again)
    assert codes(vendor) == [] and vendor.invoiced[made.NUMBER, made.FIRST] == 8
    more = billed(9)
    invoice(vendor, msgspec.structs.replace(more, kind="credit_note", number="CR-0002", credits="INV-0001"))
    assert codes(vendor) == ["INVALID_QUANTITY"]


def test_a_credit_note_answers_an_invoice_that_is_known(vendor: Vendor) -> None:
    invoice(vendor, credit())
    assert codes(vendor) == ["UNKNOWN_INVOICE"]
    invoice(vendor, billed())
    invoice(vendor, credit())
    assert codes(vendor) == [] and vendor.invoiced[made.NUMBER, made.FIRST] == 7


def test_credit_notes_are_taken_in_europe_only(vendor: Vendor) -> None:
    invoice(vendor, billed())
    vendor.transactions.plan = VendorPlan(region="NA")
    invoice(vendor, credit())
    assert codes(vendor) == ["INVALID_TYPE"]


def test_one_invoice_may_be_of_several_orders(vendor: Vendor) -> None:
    other = PurchaseOrderNumber("5Z32PABC")
    vendor.add_order(made.order(number=other))
    acknowledge(vendor, made.answer(number=other))
    carton = Carton(number=1, items=(made.packed(3, of=other),))
    notify(vendor, made.notice(carton, shipment="SHIP-0002", pallets=(), bill_of_lading="ACME100000002"))
    invoice(vendor, made.invoice(made.invoice_line(8), made.invoice_line(3, 2, purchase_order=other)))
    assert codes(vendor) == [] and vendor.invoiced[other, made.FIRST] == 3


@pytest.mark.parametrize(("credited", "charged"), [(False, [("invoice_mismatch", 1)]), (True, [])])
def test_what_is_invoiced_and_has_not_come_is_charged_unless_it_was_credited(
    vendor: Vendor, credited: bool, charged: list[tuple[str, int]]
) -> None:
    invoice(vendor, billed())
    if credited:
        invoice(vendor, credit())
    came = Arrived(made.NUMBER, made.FIRST, 7)
    vendor.deliver(Delivery(shipment="SHIP-0001", departed_at=NOW, contents=(came,)), NOW + timedelta(days=1))
    vendor.settle(NOW + timedelta(days=30))
    told = [(one.kind, one.quantity) for one in vendor.chargebacks if one.kind == "invoice_mismatch"]
    assert told == charged


def test_a_submission_that_fails_for_nothing_may_be_sent_again(vendor: Vendor) -> None:
    vendor.transactions.plan = VendorPlan(fails=1.0)
    invoice(vendor, billed())
    assert codes(vendor) == ["INTERNAL_ERROR"] and not vendor.invoices
    vendor.transactions.plan = VendorPlan()
    invoice(vendor, billed())
    assert codes(vendor) == [] and list(vendor.invoices) == ["INV-0001"]
