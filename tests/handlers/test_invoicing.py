"""What is to be invoiced or credited, and the document it becomes: exact to the last unit."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from handlers.invoice_rules import lacks
from handlers.invoicing import Agreed, Billed, Draft, LineFacts, drafts, due, invoice_of, total_of
from handlers.money import is_payable, minor_unit, tax_on
from handlers.vendor_goods import LineToShip, OrderToShip
from schemas.invoice import Charge, Invoice
from schemas.purchase_order import Cost, PoLineNumber
from schemas.terms import Sku
from tests.controls.invoices import AGREED
from tests.handlers.vendor_loads import HOUR, NOW, line, order

COST = Cost(Decimal("10.20"), "GBP")
ONE = PoLineNumber("1")


def facts(despatched: int = 0, noticed: int = 0, *billed: Billed) -> dict[PoLineNumber, LineFacts]:
    return {ONE: LineFacts(despatched, noticed, billed)}


def shape(found: list[Draft]) -> list[tuple[str, list[int]]]:
    return [(draft.credits, [amount for _, amount in draft.lines]) for draft in found]


def written(*lines: tuple[LineToShip, int], agreed: Agreed = AGREED, credits: str = "") -> Invoice:
    made = invoice_of(
        order(*(one for one, _ in lines)), Draft(lines, credits), agreed, "INV-1", NOW, date(2026, 11, 22)
    )
    assert isinstance(made, Invoice)
    return made


def words(
    invoice: Invoice, of: OrderToShip | None = None, market: str | None = "eu", transport: str = "sp_api"
) -> list[str]:
    known = {one.line: one for one in (of or order()).lines}
    return [lack.word for lack in lacks(invoice, known, market, transport, NOW)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("despatched", "noticed", "asked"), [(10, 10, 10), (10, 6, 6), (6, 10, 6), (0, 10, 0), (10, 0, 0)]
)
def test_what_has_left_and_was_noticed_is_invoiced(despatched: int, noticed: int, asked: int) -> None:
    assert shape(drafts(order(), facts(despatched, noticed))) == ([("", [asked])] if asked else [])


def test_cases_count_once_they_are_whole() -> None:
    cases = line(unit="case", pack=12)
    assert due(cases, LineFacts(35, 3)) == 2
    assert due(line(unit="case", pack=None), LineFacts(35, 3)) == 0


def test_only_the_difference_is_invoiced() -> None:
    assert shape(drafts(order(), facts(10, 10, Billed("INV-1", 6, COST)))) == [("", [4])]
    assert drafts(order(), facts(10, 10, Billed("INV-1", 6, COST), Billed("INV-2", 4, COST))) == []


def test_what_came_back_is_credited_the_newest_invoice_first_at_its_own_cost() -> None:
    old = Cost(Decimal("9.99"), "GBP")
    found = drafts(order(), facts(3, 10, Billed("INV-1", 6, old), Billed("INV-2", 4, COST)))
    assert shape(found) == [("INV-2", [4]), ("INV-1", [3])]
    assert [draft.lines[0][0].cost for draft in found] == [COST, old]


def test_lines_of_one_order_go_on_one_invoice_and_keep_their_own_costs() -> None:
    lines = (line("A-1", cost="10.20"), line("000020", "JUG", cost="0.35"))
    invoice = written((lines[0], 3), (lines[1], 100))
    assert [(one.sequence, one.line, one.net_cost.amount) for one in invoice.lines] == [
        (1, "A-1", Decimal("10.20")),
        (2, "000020", Decimal("0.35")),
    ]
    assert invoice.total == Decimal("30.60") + Decimal("35.00") + Decimal("6.12") + Decimal("7.00")
    assert words(invoice, order(*lines)) == []


@pytest.mark.parametrize(
    ("numbers", "sequences"),
    [(["2", "7"], [2, 7]), (["02", "2"], [1, 2]), (["A", "9"], [1, 2]), (["0", "4"], [1, 2])],
)
def test_the_orders_own_numbers_count_the_lines_where_they_are_integers(
    numbers: list[str], sequences: list[int]
) -> None:
    lines = [(line(number, f"SKU{number}"), 1) for number in numbers]
    assert [one.sequence for one in written(*lines).lines] == sequences


def test_the_taxes_of_the_lines_make_the_header_even_where_each_was_rounded() -> None:
    lines = [line(str(n), f"SKU{n}", cost="0.33") for n in range(1, 8)]
    invoice = written(*((one, 1) for one in lines))
    assert [tax.amount for one in invoice.lines for tax in one.taxes] == [Decimal("0.07")] * 7
    assert [(tax.taxable, tax.amount) for tax in invoice.taxes] == [(Decimal("2.31"), Decimal("0.49"))]
    assert invoice.total == Decimal("2.80")
    assert words(invoice, order(*lines)) == []


def test_each_rate_has_its_own_tax_and_zero_is_a_rate() -> None:
    agreed = msgspec.structs.replace(AGREED, rates={Sku("BOOK"): Decimal(0)})
    invoice = written((line(), 1), (line("2", "BOOK"), 1), agreed=agreed)
    assert [(tax.rate, tax.amount) for tax in invoice.taxes] == [
        (Decimal(20), Decimal("2.04")),
        (Decimal(0), Decimal("0.00")),
    ]
    assert words(invoice, order(line(), line("2", "BOOK"))) == []


def test_charges_add_and_allowances_take_off() -> None:
    freight = Charge(charge=True, reason="freight", amount=Decimal("5.00"))
    charges = (freight, Charge(charge=False, reason="discount", amount=Decimal("1.50")))
    invoice = written((line(), 10), agreed=msgspec.structs.replace(AGREED, charges=charges))
    assert invoice.total == Decimal("102.00") + Decimal("3.50") + Decimal("20.40")
    assert words(invoice) == []


def test_a_total_that_is_off_by_a_penny_is_refused() -> None:
    invoice = written((line(), 10))
    for total in (invoice.total + Decimal("0.01"), Decimal(0), -invoice.total):
        assert "total" in words(msgspec.structs.replace(invoice, total=total))


def test_a_total_finer_than_the_coin_is_held_and_not_rounded() -> None:
    fine = line(cost="0.3333")
    untaxed = msgspec.structs.replace(AGREED, rate=Decimal(0))
    assert words(written((fine, 1), agreed=untaxed), order(fine)) == ["total"]
    whole = written((fine, 10_000), agreed=untaxed)
    assert whole.total == Decimal("3333.0000")
    assert words(whole, order(fine)) == []


def test_the_cost_is_the_acknowledged_one() -> None:
    invoice = written((line(cost="10.20"), 1))
    assert words(invoice, order(line(cost="10.00"))) == ["cost"]
    assert words(invoice, order(line("7"))) == ["cost"]
    assert words(invoice, order(line(cost="10.2"))) == []


def test_a_line_without_an_acknowledged_cost_makes_no_invoice() -> None:
    made = invoice_of(order(), Draft(((line(cost=None), 1),)), AGREED, "INV-1", NOW, None)
    assert isinstance(made, list)
    assert [lack.word for lack in made] == ["no_cost"]


def test_two_currencies_never_share_an_invoice() -> None:
    euro = msgspec.structs.replace(line("2"), cost=Cost(Decimal(1), "EUR"))
    made = invoice_of(order(), Draft(((line(), 1), (euro, 1))), AGREED, "INV-1", NOW, None)
    assert isinstance(made, list)
    assert [lack.word for lack in made] == ["currencies"]


@pytest.mark.parametrize("field", ["bill_to", "remit_to"])
@pytest.mark.parametrize("missing", ["tax_number", "postcode", "lines", "name"])
def test_europe_wants_both_parties_in_full(field: str, missing: str) -> None:
    invoice = written((line(), 1))
    empty = () if missing == "lines" else ""
    party = msgspec.structs.replace(getattr(invoice, field), **{missing: empty})
    poor = msgspec.structs.replace(invoice, **{field: party})
    assert words(poor) == ["european"]
    assert words(poor, market="na") == []


def test_europe_wants_a_tax_on_every_line() -> None:
    untaxed = written((line(), 1), agreed=msgspec.structs.replace(AGREED, rate=None))
    assert words(untaxed) == ["european"]
    assert words(untaxed, market="na") == []


def test_credit_notes_name_their_invoice_and_are_taken_in_europe_only() -> None:
    credit = written((line(cost="9.99"), 2), credits="INV-0")
    assert (credit.kind, credit.credits, credit.total) == ("credit_note", "INV-0", Decimal("23.98"))
    assert words(credit) == []
    assert words(credit, market="na") == ["credit_note"]
    assert words(msgspec.structs.replace(credit, credits="")) == ["party"]


def test_x12_has_no_credit_notes_so_no_number_is_used_for_one() -> None:
    credit = written((line(cost="9.99"), 2), credits="INV-0")
    assert "credit_note" in words(credit, transport="x12") and "credit_note" not in words(credit, transport="edifact")


def test_x12_wants_terms_and_no_invoice_is_dated_ahead() -> None:
    invoice = written((line(), 1), agreed=msgspec.structs.replace(AGREED, terms=None))
    assert words(invoice, transport="x12") == ["terms"]
    assert words(invoice) == []
    assert words(msgspec.structs.replace(invoice, issued_at=NOW + HOUR)) == ["date"]


def test_lines_without_identifier_quantity_or_a_sequence_of_their_own_are_refused() -> None:
    invoice = written((line(), 1))
    nameless = msgspec.structs.replace(invoice.lines[0], identifiers=())
    assert words(msgspec.structs.replace(invoice, lines=(nameless,))) == ["line"]
    twice = msgspec.structs.replace(invoice, lines=invoice.lines * 2)
    assert "line" in words(msgspec.structs.replace(twice, total=total_of(twice.lines, (), twice.taxes)))
    assert words(invoice, market=None) == ["market"]


def test_every_currency_has_its_coin_and_halves_go_up() -> None:
    assert [minor_unit(one) for one in ("GBP", "JPY", "KWD")] == [Decimal("0.01"), Decimal(1), Decimal("0.001")]
    assert is_payable(Decimal("1000"), "JPY") and not is_payable(Decimal("0.5"), "JPY")
    assert tax_on(Decimal("0.125"), Decimal(100), "GBP") == Decimal("0.13")
