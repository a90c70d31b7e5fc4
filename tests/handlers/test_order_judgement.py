"""Whether an order may be released: each reason by name, what a person may overrule, what is not read too soon."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from handlers.addresses import Contact, Courier
from handlers.connectors import Connector
from handlers.cross_reference import ProductCode, targets_of_codes
from handlers.despatch_calendar import Calendar
from handlers.order_alerts import ALERTS, late_notes
from handlers.order_doubts import OVERRULABLE
from handlers.order_judgement import Judgement, can_be_judged_at_once, is_settled_at_once, judge
from handlers.order_terms import Known, Terms
from handlers.sales_orders import Accepted, ReasonKind, StoredOrder, hear
from handlers.sellable_stock import Listing
from handlers.shipping_services import ServiceRow
from schemas.sales_order import OrderStatus, SalesLine, SalesOrder, ShipTo
from schemas.terms import Account, ChannelAccount, ChannelOrderId, LineReference, Marketplace, SellerSku, Sku

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SHOP, UK = ChannelAccount("shop"), Marketplace("UK")
HOME = ShipTo(name="A. Buyer", lines=("1 Some Street",), city="Norwich", postcode="NR1 1AA", country="GB")
LINE = SalesLine(
    line_reference=LineReference("1"), seller_sku=SellerSku("chair"), ordered=3, unit_price=Decimal("9.90"),
    currency="GBP", asin="B00",
)  # fmt: skip
ORDER = SalesOrder(
    channel_account=SHOP, channel_order_id=ChannelOrderId("O-1"), marketplace=UK, status="open", ordered_at=AT,
    updated_at=AT, ship_by=AT + timedelta(days=1), service="NextDay", lines=(LINE,), ship_to=HOME,
)  # fmt: skip
CHAIR = Listing(1, SHOP, UK, SellerSku("chair"), Account("acme"), Sku("CHAIR"), pack_size=2)
NEXT_DAY = ServiceRow(channel_account="shop", service="NextDay", carrier="DPD", carrier_service="12")
KNOWN = Known(listings={(UK, SellerSku("chair")): CHAIR}, services=(NEXT_DAY,))
TERMS = Terms(account=SHOP, release="clarus")


def stored(order: SalesOrder = ORDER, **changes: object) -> StoredOrder:
    return replace(hear(order, None).after, **changes)


def judged(order: SalesOrder = ORDER, terms: Terms = TERMS, known: Known = KNOWN, **changes: object) -> Judgement:
    return judge(stored(order, **changes), terms, known, AT)


def kinds(judgement: Judgement) -> set[str]:
    return {reason.kind for reason in judgement.reasons}


def with_line(**changes: object) -> SalesOrder:
    return replace(ORDER, lines=(replace(LINE, **changes),))


def test_an_order_with_everything_is_ready_in_the_warehouses_terms() -> None:
    found = judged()
    assert (found.state, found.reasons, found.wants_address) == ("ready", (), False)
    assert found.cleared is not None
    assert (found.cleared.account, found.cleared.carrier, found.cleared.carrier_service) == ("acme", "DPD", "12")
    assert [(line.sku, line.quantity, line.unit_price) for line in found.cleared.lines] == [
        ("CHAIR", 6, Decimal("9.90"))
    ]


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        (with_line(seller_sku=SellerSku("Chair"), asin=""), "sku_unmapped"),
        (replace(ORDER, service="nextday"), "service_unmapped"),
        (replace(ORDER, status="unknown", status_word="ON_MARS"), "status_unknown"),
        (replace(ORDER, status="part_despatched"), "part_despatched_elsewhere"),
        (with_line(ordered=1_001), "quantity_doubtful"),
        (with_line(unit_price=Decimal(-1)), "price_doubtful"),
        (with_line(unit_price=Decimal(0)), "price_doubtful"),
        (with_line(cancel_asked=True), "cancel_asked"),
        (with_line(cancelled=3), "order_contradicts"),
        (with_line(cancelled=2, fulfilled=2), "order_contradicts"),
        (replace(ORDER, updated_at=AT - timedelta(days=1)), "order_contradicts"),
        (replace(ORDER, deliver_by=AT), "order_contradicts"),
        (replace(ORDER, ship_to=ShipTo()), "address_missing"),
        (replace(ORDER, ship_to=replace(HOME, postcode="1")), "address_faulty"),
    ],
)
def test_each_fault_blocks_by_its_name_with_what_to_do(order: SalesOrder, kind: str) -> None:
    found = judged(order)
    assert (found.state, kinds(found), found.cleared) == ("blocked", {kind}, None)
    assert all(reason.fix and reason.cause.startswith("shop/") for reason in found.reasons)


def test_all_that_is_wrong_is_said_at_once() -> None:
    order = replace(with_line(seller_sku=SellerSku("x"), asin="", ordered=5_000, cancel_asked=True), service="")
    assert kinds(judged(order)) == {"sku_unmapped", "service_unmapped", "quantity_doubtful", "cancel_asked"}


def test_two_currencies_an_unusual_worth_and_a_double_are_doubted() -> None:
    two = replace(ORDER, lines=(LINE, replace(LINE, line_reference=LineReference("2"), currency="EUR")))
    assert kinds(judged(two)) == {"price_doubtful"}
    assert kinds(judged(terms=replace(TERMS, most_value=Decimal(29)))) == {"price_doubtful"}
    assert kinds(judged(known=replace(KNOWN, twins=("outlet",)))) == {"duplicate"}


def test_a_replacement_may_cost_nothing() -> None:
    order = replace(with_line(unit_price=Decimal(0)), programmes=frozenset({"replacement"}))
    assert judged(order).state == "ready"


def test_an_account_whose_orders_the_connector_imports_is_held_as_a_whole() -> None:
    assert kinds(judged(terms=replace(TERMS, connector_active=True))) == {"double_import"}


def test_so_is_one_beside_a_connector_that_the_warehouses_system_shows_where_somebody_looks() -> None:
    known = replace(KNOWN, importers=(Connector("17", "UK shop"),))
    [reason] = judged(terms=replace(TERMS, looks_at_connectors=True), known=known).reasons
    assert reason.kind == "double_import" and "'UK shop' (17)" in reason.text and "other_connectors" in reason.fix
    assert judged(known=known).state == "ready"


def test_names_that_lead_apart_block_and_so_do_several_owners() -> None:
    code = ProductCode(channel_account="*", kind="asin", code="B00", account=Account("acme"), sku=Sku("OTHER"))
    assert kinds(judged(known=replace(KNOWN, codes=targets_of_codes([code])))) == {"sku_contradicts"}
    other = replace(CHAIR, account=Account("else"), seller_sku=SellerSku("table"))
    order = replace(
        ORDER, lines=(LINE, replace(LINE, line_reference=LineReference("2"), seller_sku=SellerSku("table")))
    )
    both = replace(KNOWN, listings={**KNOWN.listings, (UK, SellerSku("table")): other})
    assert kinds(judged(order, known=both)) == {"sku_contradicts"}


def test_a_line_that_was_cancelled_needs_no_mapping() -> None:
    gone = replace(LINE, line_reference=LineReference("2"), seller_sku=SellerSku("x"), asin="", cancelled=3)
    found = judged(replace(ORDER, lines=(LINE, gone)))
    assert found.state == "ready" and found.cleared is not None and len(found.cleared.lines) == 1


def test_a_cancelled_unit_is_not_sent_and_one_that_was_sent_stays_wanted() -> None:
    found = judged(replace(with_line(cancelled=1, fulfilled=1), status="part_despatched"), released_version=1)
    assert found.cleared is not None and found.cleared.lines[0].quantity == 4


def test_the_address_is_asked_for_only_when_nothing_else_stands_in_the_way() -> None:
    unread = replace(ORDER, ship_to=None)
    assert judged(unread).wants_address and judged(unread).state == "pending"
    assert not judged(replace(unread, service="?")).wants_address
    assert not judged(replace(unread, status="pending")).wants_address


def test_an_address_read_before_the_newest_change_is_read_again_and_a_ready_order_stays_ready_meanwhile() -> None:
    found = judged(state="ready", ship_to_of=AT - timedelta(minutes=1))
    assert (found.wants_address, found.state, found.cleared) == (True, "ready", None)
    assert judged(state="blocked", ship_to_of=AT - timedelta(minutes=1)).state == "pending"


def test_a_service_by_country_waits_for_the_country_and_then_counts() -> None:
    abroad = replace(KNOWN, services=(replace(NEXT_DAY, country="IE"),))
    assert judged(replace(ORDER, ship_to=None), known=abroad).wants_address
    assert kinds(judged(known=abroad)) == {"service_unmapped"}


def test_a_courier_and_an_account_may_need_a_contact() -> None:
    terms = replace(TERMS, couriers={"DPD": Courier(needs_phone=True)})
    assert kinds(judged(terms=terms)) == {"contact_missing"}
    assert judged(terms=replace(terms, contact=Contact(phone="0113"))).state == "ready"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", "pending"), ("held", "pending"), ("cancelled", "ended"), ("unfulfillable", "ended"),
        ("despatched", "ended"), ("refunded", "ended"), ("part_despatched", "blocked"), ("unknown", "blocked"),
    ],
)  # fmt: skip
def test_what_is_not_open_is_not_released(status: str, state: str) -> None:
    found = judged(replace(ORDER, status=status))
    assert (found.state, found.cleared, found.wants_address) == (state, None, False)


def test_of_all_statuses_only_an_open_order_is_cleared_and_has_its_address_read() -> None:
    said = {word: replace(ORDER, status=word) for word in get_args(OrderStatus)}
    assert {word for word, order in said.items() if judged(order).state == "ready"} == {"open"}
    unread = {word: replace(order, ship_to=None) for word, order in said.items()}
    assert {word for word, order in unread.items() if judged(order).wants_address} == {"open"}


@pytest.mark.parametrize("status", get_args(OrderStatus))
def test_what_the_warehouse_has_stays_released_whatever_is_found(status: str) -> None:
    found = judged(replace(ORDER, status=status, service="?"), state="released", released_version=1)
    assert found.state == "released"


def test_a_doubt_is_overruled_for_the_version_that_was_seen_and_no_other() -> None:
    doubtful = with_line(ordered=1_001)
    yes = Accepted(kind="quantity_doubtful", version=1, by="ann", note="a hotel", at=AT)
    assert judged(doubtful, accepted=(yes,)).state == "ready"
    assert judged(doubtful, accepted=(yes,), version=2).state == "blocked"
    assert judged(doubtful, accepted=(replace(yes, kind="price_doubtful"),)).state == "blocked"


@pytest.mark.parametrize("kind", sorted(set(ALERTS) - OVERRULABLE))
def test_a_mapping_and_an_address_cannot_be_overruled(kind: ReasonKind) -> None:
    yes = Accepted(kind=kind, version=1, by="ann", note="now", at=AT)
    order = replace(with_line(seller_sku=SellerSku("x"), asin=""), ship_to=ShipTo())
    assert judged(order, accepted=(yes,)).state == "blocked"


def test_a_late_order_goes_with_an_alert_or_is_held_as_the_account_wants() -> None:
    shut = Calendar(ZoneInfo("Europe/London"), time(8), time(18))
    soon = replace(ORDER, ship_by=AT + timedelta(hours=6))
    late = replace(TERMS, calendars=(shut,))
    found = judged(soon, late)
    assert found.state == "ready" and found.cleared is not None and found.cleared.late
    assert len(late_notes(stored(soon), found)) == 1
    after = stored(replace(soon, status="despatched"), cleared=found.cleared, state="released")
    assert len(late_notes(after, Judgement(state="released"))) == 1
    assert kinds(judged(soon, replace(late, hold_late=True))) == {"late"}


@pytest.mark.parametrize(
    ("now", "ship_by", "late"),
    [
        # London is an hour ahead of UTC until 2026-10-25, 01:00 UTC: what is ordered by 14:00 there leaves at 18:00.
        ("2026-10-23T12:59:00+00:00", "2026-10-23T17:00:00+00:00", False),
        ("2026-10-23T13:01:00+00:00", "2026-10-23T18:00:00+00:00", True),
        ("2026-10-26T13:59:00+00:00", "2026-10-26T18:00:00+00:00", False),
        ("2026-10-26T13:59:00+00:00", "2026-10-26T19:00:00+01:00", False),
        ("2026-10-26T13:59:00+00:00", "2026-10-26T18:00:00+01:00", True),
        ("2026-10-23T15:00:00+00:00", "2026-10-26T18:30:00+00:00", False),
    ],
)
def test_a_ship_by_is_a_moment_whatever_its_zone_and_a_cut_off_is_the_warehouses_own_time(
    now: str, ship_by: str, late: bool
) -> None:
    london = Calendar(ZoneInfo("Europe/London"), time(14), time(18), frozenset(range(5)))
    order = replace(ORDER, ship_by=datetime.fromisoformat(ship_by))
    found = judge(stored(order), replace(TERMS, calendars=(london,)), KNOWN, datetime.fromisoformat(now))
    assert found.cleared is not None and found.cleared.late is late


def test_skus_that_differ_by_case_or_zeros_alone_are_mapped_each_to_its_own() -> None:
    skus = ("a-1", "A-1", "0042", "42")
    known = {
        (UK, SellerSku(sku)): replace(CHAIR, seller_sku=SellerSku(sku), sku=Sku(f"W-{sku}"), pack_size=1)
        for sku in skus
    }
    lines = tuple(
        replace(LINE, line_reference=LineReference(sku), seller_sku=SellerSku(sku), asin="") for sku in (*skus, "042")
    )
    found = judged(replace(ORDER, lines=lines[:4]), known=replace(KNOWN, listings=known))
    assert found.cleared is not None
    assert [(one.line_reference, one.sku) for one in found.cleared.lines] == [(sku, f"W-{sku}") for sku in skus]
    assert kinds(judged(replace(ORDER, lines=lines), known=replace(KNOWN, listings=known))) == {"sku_unmapped"}


def test_ten_thousand_lines_are_judged_in_one_go_and_named_in_few_words() -> None:
    lines = tuple(replace(LINE, line_reference=LineReference(str(n)), ordered=2_000) for n in range(10_000))
    found = judged(replace(ORDER, lines=lines))
    [reason] = found.reasons
    assert reason.text == "more units than anybody orders (line 0, 1, 2 and 9997 more)"
    assert kinds(judged(replace(ORDER, lines=(*lines, replace(LINE, line_reference=LineReference("last")))))) == {
        "quantity_doubtful",
        "too_many_lines",
    }


def test_an_order_of_thousands_of_unmapped_products_names_the_first_of_them_and_stays_blocked() -> None:
    lines = tuple(
        replace(LINE, line_reference=LineReference(str(n)), seller_sku=SellerSku(f"x{n}"), asin="")
        for n in range(10_000)
    )
    near = [(UK, SellerSku(f"X-{n}")) for n in range(1_000)]
    found = judged(replace(ORDER, lines=lines), known=replace(KNOWN, near=near))
    assert (found.state, len(found.reasons)) == ("blocked", 50)
    assert found.reasons[7].hints == ("'X-7' in UK differs only in case, punctuation or leading zeros",)


def test_many_lines_of_one_unmapped_sku_are_one_thing_to_do() -> None:
    lines = tuple(
        replace(LINE, line_reference=LineReference(str(n)), seller_sku=SellerSku("x"), asin="") for n in range(9)
    )
    assert len(judged(replace(ORDER, lines=lines)).reasons) == 1


@pytest.mark.parametrize(
    ("known", "at_once"),
    [
        (stored(), True),
        (stored(replace(ORDER, ship_to=None)), True),
        (replace(stored(replace(ORDER, ship_to=None)), ship_to_of=AT), False),
        (stored(blocked_by=judged(replace(ORDER, service="nextday")).reasons), False),
        (stored(replace(ORDER, status="cancelled")), False),
    ],
    ids=["with its address", "never read", "its address is in the books", "waited for something", "over"],
)
def test_an_order_is_judged_at_once_where_the_answer_says_all_and_nothing_was_waited_for(
    known: StoredOrder, at_once: bool
) -> None:
    assert can_be_judged_at_once(known) is at_once


def test_at_once_only_what_nothing_stands_in_the_way_of_is_settled() -> None:
    assert is_settled_at_once(judged())
    assert is_settled_at_once(judged(replace(ORDER, ship_to=None)))
    assert not is_settled_at_once(judged(replace(ORDER, service="nextday")))
    assert not is_settled_at_once(judged(state="ended"))
