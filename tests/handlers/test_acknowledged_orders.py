"""Orders as they were acknowledged: only what was promised may be sent, at the cost that was promised."""

from decimal import Decimal

import msgspec

from handlers.acknowledged_orders import Agreed, Product, order_to_ship
from schemas.purchase_order import Cost, Party
from schemas.terms import Sku
from tests.controls import vendor as made

PLACE = Party(party_id="LTN1", name="LTN1", country="GB", postcode="LU5 4FE")
PRODUCTS = {made.FIRST: Product(Sku("MUG"), 1), made.SECOND: Product(Sku("PAN"), 6)}


def test_what_is_rejected_may_not_be_sent_and_what_is_backordered_may_later() -> None:
    said = made.answer(made.answer_line(made.accepted(6), made.backordered(3), made.rejected(1)))
    [line] = order_to_ship(made.order(), PRODUCTS, said, Agreed()).lines
    assert (line.accepted, line.sku, line.pack, line.cost) == (9, "MUG", 1, made.COST)


def test_nothing_is_acknowledged_until_it_is_said() -> None:
    [line] = order_to_ship(made.order(), PRODUCTS, None, Agreed()).lines
    assert (line.accepted, line.cost) == (0, None)


def test_a_line_that_was_cut_or_cancelled_afterwards_is_sent_as_it_is_wanted_now() -> None:
    lines = (made.order_line(ordered=made.each(4)), made.order_line(made.SECOND, cancelled=True))
    said = made.answer(made.answer_line(), made.answer_line(number=made.SECOND))
    found = order_to_ship(made.order(*lines), PRODUCTS, said, Agreed()).lines
    assert [line.accepted for line in found] == [4, 0]


def test_the_cost_is_the_acknowledged_one_and_not_the_orders() -> None:
    other = Cost(Decimal("9.99"), "GBP")
    said = made.answer(made.answer_line(net_cost=other))
    assert order_to_ship(made.order(), PRODUCTS, said, Agreed()).lines[0].cost == other


def test_cases_keep_their_unit_and_their_size() -> None:
    line = made.order_line(made.SECOND, made.cases(4), identifiers=made.PAN)
    [found] = order_to_ship(made.order(line), PRODUCTS, made.answer(), Agreed()).lines
    assert (found.unit, found.pack) == (made.cases(4), 6)


def test_a_destination_named_by_code_is_found_in_the_address_book() -> None:
    found = order_to_ship(made.order(), {}, None, Agreed(places={"LTN1": PLACE}))
    assert found.ship_to == PLACE
    assert order_to_ship(made.order(), {}, None, Agreed()).ship_to == made.CENTRE


def test_who_is_billed_is_the_orders_word_unless_the_configuration_knows_the_same_party_better() -> None:
    bare = msgspec.structs.replace(made.PAYER, lines=(), tax_number="")
    agreed = Agreed(bill_to=made.PAYER)
    assert order_to_ship(made.order(bill_to=bare), {}, None, agreed).bill_to == made.PAYER
    assert order_to_ship(made.order(bill_to=None), {}, None, agreed).bill_to == made.PAYER
    other = msgspec.structs.replace(bare, party_id="ELSE")
    assert order_to_ship(made.order(bill_to=other), {}, None, agreed).bill_to == other


def test_freight_and_perishables_come_from_the_configuration_where_the_order_is_silent() -> None:
    found = order_to_ship(made.order(), PRODUCTS, None, Agreed(freight="retailer_pays", dated={"MUG"}))
    assert (found.freight, found.lines[0].dated) == ("retailer_pays", True)
    own = order_to_ship(made.order(freight="vendor_pays"), PRODUCTS, None, Agreed(freight="retailer_pays"))
    assert own.freight == "vendor_pays"
