"""Which label an order gets, and why it gets none: nothing is guessed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from handlers.label_choice import Choice, LabelTerms, NoLabel, choose, package_of
from handlers.sales_orders import StoredOrder
from schemas.amazon_shipping import Currency, Package, Promise, Rate, Rates, TimeWindow
from tests.controls.labels import AT, CLEARED, LINE, ONE, ORDER, PNG, SALE, TERMS, rate


def chosen(*rates: Rate, order: StoredOrder = ORDER, terms: LabelTerms = TERMS) -> str:
    """The rate's id, or the word of why there is none."""
    found = choose(Rates(request_token="T", rates=rates), order, terms)
    return found.rate.rate_id if isinstance(found, Choice) else found.word


def test_the_cheapest_allowed_service_that_arrives_in_time_is_bought() -> None:
    assert chosen(rate("FAST", "9.10"), rate("SLOW", "9.09"), rate("OTHER", "1")) == "rate-SLOW-9.09"
    assert chosen(rate("FAST", "9.10"), rate("SLOW", "2.00", days=3)) == "rate-FAST-9.10"


def test_charges_are_compared_as_amounts_not_as_text() -> None:
    assert chosen(rate("FAST", "10.00"), rate("SLOW", "9.00")) == "rate-SLOW-9.00"


@pytest.mark.parametrize(
    ("word", "changed"),
    [
        ("not_offered", {"service_id": "OTHER"}),
        ("too_late", {"promise": Promise(None)}),
        ("too_late", {"promise": Promise(TimeWindow(AT, AT + timedelta(days=2, seconds=1)))}),
        ("not_plain", {"requires_additional_inputs": True}),
        ("not_plain", {"total_charge": Currency(Decimal(1), "EUR")}),
        ("not_printable", {"supported_document_specifications": ()}),
        ("not_printable", {"supported_document_specifications": (replace(PNG, format="PDF"),)}),
        ("not_printable", {"supported_document_specifications": (replace(PNG, print_options=()),)}),
    ],
)
def test_what_is_not_certain_is_not_bought(word: str, changed: dict[str, object]) -> None:
    assert chosen(rate("FAST", "9", **changed)) == word  # type: ignore[arg-type]


def test_a_delivery_at_the_last_moment_is_in_time_and_without_a_moment_any_is() -> None:
    assert chosen(rate("FAST", "9", days=2.0)) == "rate-FAST-9"
    no_moment = replace(ORDER, order=replace(SALE, deliver_by=None))
    assert chosen(rate("FAST", "9", days=None), order=no_moment) == "rate-FAST-9"


def test_a_carrier_without_services_gets_none_unless_any_carrier_does() -> None:
    other = replace(ORDER, cleared=replace(CLEARED, carrier="YODEL"))
    assert chosen(rate("FAST", "9"), order=other) == "no_service"
    assert chosen(rate("FAST", "9"), order=other, terms=replace(TERMS, services={"*": ("FAST",)})) == "rate-FAST-9"


def test_the_printers_resolution_has_to_be_there() -> None:
    assert chosen(rate("FAST", "9"), terms=replace(TERMS, dpi=600)) == "not_printable"
    found = choose(Rates(request_token="T", rates=(rate("FAST", "9"),)), ORDER, replace(TERMS, dpi=300))
    assert isinstance(found, Choice)
    assert (found.wish.dpi, found.wish.need_file_joining, found.wish.page_layout) == (300, False, "DEFAULT")


def test_one_each_leaves_as_it_is_packed() -> None:
    found = package_of(ORDER, TERMS, "R-1")
    assert isinstance(found, Package)
    assert (found.dimensions.length, found.weight.value, found.package_client_reference_id) == (
        Decimal("30.5"), Decimal(1250), "R-1",
    )  # fmt: skip


def test_more_than_one_each_leaves_in_the_box_with_all_their_weight() -> None:
    three = replace(ORDER, cleared=replace(CLEARED, lines=(replace(ONE, quantity=3),)))
    found = package_of(three, TERMS, "R-1")
    assert isinstance(found, Package)
    assert (found.dimensions.length, found.weight.value) == (Decimal(60), Decimal(3 * 1250 + 300))


@pytest.mark.parametrize(
    ("word", "order", "terms"),
    [
        ("no_size", ORDER, replace(TERMS, products={})),
        ("no_box", replace(ORDER, cleared=replace(CLEARED, lines=(ONE, ONE))), replace(TERMS, box=None)),
        ("not_cleared", replace(ORDER, cleared=None), TERMS),
        ("nothing_to_send", replace(ORDER, order=replace(SALE, lines=(replace(LINE, cancelled=1),))), TERMS),
    ],
)
def test_a_parcel_of_unknown_size_gets_no_label(word: str, order: StoredOrder, terms: LabelTerms) -> None:
    found = package_of(order, terms, "R-1")
    assert isinstance(found, NoLabel) and found.word == word
