"""What stands in the way of an answer, who owns it, and what a person may overrule."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from handlers.agreed_costs import AgreedCost, agreed_for, cost_of
from handlers.cross_reference import CodeName, Target
from handlers.purchase_order_judgement import Judgement, Known, Overruled, judge
from handlers.purchase_order_names import Product, Unnamed, gtins, product_of, with_kits
from handlers.sellable_stock import Component
from handlers.vendor_windows import Dates
from schemas.purchase_order import Cost, Identifier, Party, Window
from schemas.terms import Account, Marketplace, Sku
from tests.handlers.vendor_orders import ORDERED, OWNER, TERMS, VENDOR, judged, known, line, order, stored

GB = Marketplace("GB")


def kinds(found: Judgement) -> list[str]:
    return [reason.kind for reason in found.reasons]


def test_an_order_that_is_right_has_nothing_in_its_way() -> None:
    found = judged(order(line(amount=24)), known({"MUG": 12}))
    assert kinds(found) == []
    assert found.lines[0].wanted == 24
    assert found.account == OWNER


@pytest.mark.parametrize(
    ("given", "books", "kind", "owner"),
    [
        (order(line(sku="WHAT")), known(), "sku_unmapped", "operations"),
        (order(line(cost="2.40")), known(), "cost_below_agreed", "merchandising"),
        (order(line(cost="2.60")), known(), "cost_above_agreed", "merchandising"),
        (order(line(cost=None)), known(), "cost_missing", "merchandising"),
        (order(line()), known(cost=None), "cost_unknown", "merchandising"),
        (order(line(amount=20)), known({"MUG": 12}), "not_whole_packs", "merchandising"),
        (order(line(amount=2, unit="case", cost="30.00")), known(), "case_pack_unknown", "merchandising"),
        (order(line(amount=200_000)), known(), "quantity_doubtful", "merchandising"),
        (order(ship_to=Party(party_id="XXX9")), known(), "destination_unknown", "logistics"),
        (order(delivery_window=None), known(), "window_missing", "logistics"),
        (
            order(delivery_window=Window(ORDERED, ORDERED + timedelta(days=2))),
            known(),
            "window_unreachable",
            "logistics",
        ),
        (order(state="unknown", state_word="Odd"), known(), "state_unknown", "technical"),
    ],
)
def test_every_exception_has_a_name_and_an_owner(given: object, books: Known, kind: str, owner: str) -> None:
    [reason] = judged(given, books).reasons  # type: ignore[arg-type]
    assert (reason.kind, reason.owner) == (kind, owner)
    assert reason.fix


def test_another_currency_is_never_converted() -> None:
    dear = msgspec.structs.replace(line(), net_cost=Cost(Decimal("2.50"), "EUR"))
    assert kinds(judged(order(dear))) == ["currency_differs"]


def test_what_is_off_by_less_than_the_tolerance_passes_at_the_lower_cost() -> None:
    [a] = judged(order(line(cost="2.52"))).lines
    [b] = judged(order(line(cost="2.48"))).lines
    assert (a.net_cost, b.net_cost) == (Cost(Decimal("2.50"), "GBP"), Cost(Decimal("2.48"), "GBP"))
    assert a.open_reasons == b.open_reasons == ()


def test_a_case_costs_as_much_as_its_eaches() -> None:
    found = judged(order(line(amount=2, unit="case", size=12, cost="30.00")), known({"MUG": 12}))
    assert kinds(found) == []
    assert found.lines[0].net_cost == Cost(Decimal("30.00"), "GBP")


def agreed(amount: str, begins: date, deal: str = "", ends: date | None = None) -> AgreedCost:
    return AgreedCost(
        channel_account=VENDOR, account=OWNER, sku=Sku("MUG"), begins=begins, deal=deal, ends=ends,
        amount=Decimal(amount), currency="GBP",
    )  # fmt: skip


def test_the_promotion_comes_first_then_the_cost_that_began_last() -> None:
    day = ORDERED.date()
    rows = [
        agreed("2.50", day - timedelta(days=90)),
        agreed("2.60", day - timedelta(days=5)),
        agreed("2.10", day - timedelta(days=9), "SUMMER", day),
        agreed("9.99", day + timedelta(days=1)),
    ]
    chosen = [agreed_for(rows, day, "SUMMER"), agreed_for(rows, day, ""), agreed_for(rows, day, "OTHER")]
    assert [row.amount if row else None for row in chosen] == [Decimal("2.10"), Decimal("2.60"), Decimal("2.60")]
    late = agreed_for(rows, day + timedelta(days=1), "SUMMER")
    assert late is not None
    assert late.amount == Decimal("9.99"), "the promotion is over"


def test_the_stated_cost_is_never_above_the_orders_own() -> None:
    costed = cost_of(Cost(Decimal("2.00"), "GBP"), agreed("2.50", ORDERED.date()), 1, Decimal(0))
    assert (costed.stated, costed.fault) == (Cost(Decimal("2.00"), "GBP"), "cost_below_agreed")


def test_who_pays_the_freight_decides_which_window_binds() -> None:
    ship = Window(ORDERED + timedelta(days=5), ORDERED + timedelta(days=6))
    theirs = judged(order(freight="retailer_pays", ship_window=ship)).dates
    ours = judged(order(ship_window=ship)).dates
    assert theirs == Dates(ship.start, None)
    assert ours == Dates(ORDERED + timedelta(days=2), ORDERED + timedelta(days=3))


def test_a_person_may_overrule_a_doubt_for_the_version_that_they_saw() -> None:
    books, given = known({"MUG": 12}), order(line(amount=20))
    said = Overruled(kind="not_whole_packs", version=1, by="jo", note="agreed by telephone", at=ORDERED)
    first = judge(stored(given), TERMS, books, ORDERED, [said])
    second = judge(stored(given, version=2), TERMS, books, ORDERED, [said])
    assert (kinds(first), first.lines[0].wanted) == ([], 20)
    assert kinds(second) == ["not_whole_packs"]


def test_nobody_can_overrule_what_has_to_be_put_right() -> None:
    said = Overruled(kind="sku_unmapped", version=1, by="jo", note="", at=ORDERED)
    assert kinds(judge(stored(order(line(sku="WHAT"))), TERMS, known(), ORDERED, [said])) == ["sku_unmapped"]


def test_a_barcode_is_the_same_with_zeros_before_it() -> None:
    one = msgspec.structs.replace(line(), identifiers=(Identifier("gtin_14", "00028877454078"),))
    codes = {("barcode", "028877454078"): Target(OWNER, (Component(Sku("MUG"), 1),))}
    found = product_of(one, GB, {}, codes)  # type: ignore[arg-type]
    assert found == Product(OWNER, Sku("MUG"), 1, (Component(Sku("MUG"), 1),))
    assert gtins("0012") == ["0012"], "too short for a GTIN: it is a name, and its zeros count"


def test_two_identifiers_that_lead_apart_contradict_each_other() -> None:
    one = msgspec.structs.replace(
        line(), identifiers=(Identifier("vendor_sku", "MUG"), Identifier("asin", "B00EXAMPLE"))
    )
    codes = {
        ("vendor_sku", "MUG"): Target(OWNER, (Component(Sku("MUG"), 1),)),
        ("asin", "B00EXAMPLE"): Target(OWNER, (Component(Sku("CUP"), 1),)),
    }
    found = product_of(one, GB, {}, codes)  # type: ignore[arg-type]
    assert isinstance(found, Unnamed)
    assert found.contradicts == "MUG as vendor_sku and B00EXAMPLE as asin"


def test_an_unmapped_name_that_looks_like_a_listing_is_hinted_and_not_used() -> None:
    books = msgspec.structs.replace(known(), near=((GB, "m-ug"),))
    found = judged(order(line(sku="M-UG")), books)
    assert kinds(found) == ["sku_unmapped"]
    assert "'m-ug' in GB is near 'M-UG'" in found.reasons[0].hints[0]


def test_lines_of_two_stock_owners_do_not_make_one_order() -> None:
    books = known()
    two = dict(books.codes) | {("vendor_sku", "CUP"): Target(Account("other"), (Component(Sku("CUP"), 1),))}
    found = judged(order(line("1"), line("2", sku="CUP")), msgspec.structs.replace(books, codes=two))
    assert "owners_differ" in kinds(found)


SET = (Component(Sku("LID"), 1), Component(Sku("MUG"), 2))


def test_a_code_that_leads_to_a_kits_name_leads_to_its_components_under_that_name() -> None:
    codes: dict[CodeName, Target] = {("vendor_sku", "SETS"): Target(OWNER, (Component(Sku("SET"), 3),))}
    found = product_of(line(sku="SETS"), GB, {}, with_kits(codes, {(OWNER, Sku("SET")): {SET}}))
    of_one = (Component(Sku("LID"), 3), Component(Sku("MUG"), 6))
    assert found == Product(OWNER, Sku("SET"), 1, of_one)


def test_a_kit_that_is_made_in_several_ways_leads_nowhere_and_what_is_no_kit_leads_as_it_did() -> None:
    codes: dict[CodeName, Target] = {
        ("vendor_sku", name): Target(OWNER, (Component(Sku(name), 1),)) for name in ("SET", "MUG")
    }
    makes = {(OWNER, Sku("SET")): {SET, (Component(Sku("MUG"), 3),)}}
    found = with_kits(codes, makes)
    assert isinstance(product_of(line(sku="SET"), GB, {}, found), Unnamed)
    assert product_of(line(sku="MUG"), GB, {}, found) == Product(OWNER, Sku("MUG"), 1, (Component(Sku("MUG"), 1),))


def test_another_owners_kit_of_the_same_name_is_another_kit() -> None:
    codes: dict[CodeName, Target] = {("vendor_sku", "SET"): Target(OWNER, (Component(Sku("SET"), 1),))}
    assert with_kits(codes, {(Account("other"), Sku("SET")): {SET}}) == codes
