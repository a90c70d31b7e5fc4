"""What a parcel needs before its channel is told: carrier, packs, lines, order, marketplace and number."""

from typing import Any

import msgspec
import pytest

from handlers.alerts import AlertKind
from handlers.carrier_rules import ROYAL_MAIL, CarrierRules
from handlers.channel_orders import ChannelPackage
from handlers.despatches import Decision
from handlers.mappings import CarrierRow
from handlers.notes import KeepPromise
from handlers.parcels import Known
from schemas.amazon_orders import DespatchedLine
from schemas.terms import LineReference, PackageReference
from tests.controls import despatches as control
from tests.controls.despatches import data, decided, line, listing, mappings, order, parcel
from tests.handlers.despatching import SUBJECT, alerts, only, with_order


def packs(*sizes: int) -> Known:
    """Listings of the kettle, one for each pack size."""
    return Known(mappings=mappings(*(listing(seller_sku=f"KETTLE-{size}", pack_size=size) for size in sizes)))


def test_an_unknown_channel_account_blocks() -> None:
    decision = decided(content=data(channel={"kind": "amazon", "account": "nowhere"}))
    assert only(decision.new).waits_for == "channel_account:nowhere"
    assert alerts(decision.notes) == [(AlertKind.CHANNEL_ACCOUNT_UNKNOWN, "channel_account:nowhere")]


def test_an_unmapped_carrier_blocks_with_one_cause_per_carrier_and_service() -> None:
    lost = {"carrier": "PIGEON", "service": "DAWN"}
    decision = decided(content=data([parcel("P1", **lost), parcel("P2", **lost)]))
    assert {effect.waits_for for effect in decision.new} == {"carrier:shop/PIGEON/DAWN"}
    assert set(alerts(decision.notes)) == {(AlertKind.CARRIER_UNMAPPED, "carrier:shop/PIGEON/DAWN")}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("*", "*", "ANY"), ("*", "NEXT", "SERVICE")], "SERVICE"),
        ([("*", "NEXT", "SERVICE"), ("shop", "*", "ACCOUNT")], "ACCOUNT"),
        ([("shop", "*", "ACCOUNT"), ("shop", "NEXT", "BOTH")], "BOTH"),
        ([("*", "*", "ANY")], "ANY"),
    ],
)
def test_the_most_specific_carrier_row_counts(rows: list[tuple[str, str, str]], code: str) -> None:
    made = [
        msgspec.structs.replace(control.CARRIER, channel_account=account, service=service, carrier_code=name)
        for account, service, name in rows
    ]
    ready = only(decided(Known(mappings=mappings(rows=made))).new).payload.ready
    assert ready is not None
    assert ready.carrier == code


def test_a_carrier_whose_labels_the_channel_sold_is_not_told() -> None:
    row = msgspec.structs.replace(control.CARRIER, confirm=False)
    decision = decided(Known(mappings=mappings(rows=[row])))
    effect = only(decision.new)
    assert (effect.state, effect.reason) == ("withdrawn", "channel_already_knows")
    assert KeepPromise("despatch_told", SUBJECT) in decision.notes


@pytest.mark.parametrize("missing", [{"tracking_number": ""}, {"lines": []}, {"carrier": ""}])
def test_a_parcel_that_lacks_what_the_channel_demands_blocks(missing: dict[str, Any]) -> None:
    decision = decided(content=data([parcel(**missing)]))
    assert only(decision.new).state == "blocked"
    assert alerts(decision.notes) == [(AlertKind.DESPATCH_INCOMPLETE, SUBJECT)]


def test_eaches_become_packs() -> None:
    ready = only(decided(packs(6), data([parcel(lines=[line(quantity=12)])])).new).payload.ready
    assert ready is not None
    assert ready.lines == (DespatchedLine(control.LINE, 2),)


def test_lots_of_one_line_add_up_before_they_are_packs() -> None:
    lots = [line(quantity=2) | {"lot": "A"}, line(quantity=4) | {"lot": "B"}]
    ready = only(decided(packs(6), data([parcel(lines=lots)])).new).payload.ready
    assert ready is not None
    assert ready.lines == (DespatchedLine(control.LINE, 1),)


def test_a_part_of_a_pack_blocks() -> None:
    decision = decided(packs(6), data([parcel(lines=[line(quantity=7)])]))
    assert alerts(decision.notes) == [(AlertKind.DESPATCH_INCOMPLETE, SUBJECT)]


def test_two_skus_on_one_order_line_block() -> None:
    decision = decided(content=data([parcel(lines=[line("KETTLE"), line("LID")])]))
    assert only(decision.new).reason == AlertKind.DESPATCH_INCOMPLETE.value


def test_a_sku_in_no_listing_blocks_until_it_is_listed() -> None:
    decision = decided(content=data([parcel(lines=[line("TOASTER")])]))
    assert only(decision.new).waits_for == "listing:shop/TOASTER"
    assert alerts(decision.notes) == [(AlertKind.LISTING_UNMAPPED, "listing:shop/TOASTER")]


def test_listings_of_different_pack_sizes_need_the_order() -> None:
    effect = only(decided(packs(1, 6), data([parcel(lines=[line(quantity=6)])])).new)
    assert (effect.state, effect.needs_order) == ("waiting", True)


def test_the_order_tells_which_pack_was_sold() -> None:
    known = packs(1, 6)
    known = msgspec.structs.replace(known, order=order([(control.LINE, "KETTLE-6", 2)]))
    ready = only(decided(known, data([parcel(lines=[line(quantity=12)])])).new).payload.ready
    assert ready is not None
    assert ready.lines == (DespatchedLine(control.LINE, 2),)


def test_a_missing_line_reference_needs_the_order() -> None:
    assert only(decided(content=data([parcel(lines=[line(line_reference=None)])])).new).needs_order


def test_a_missing_line_reference_is_the_one_line_with_that_sku() -> None:
    known = with_order(lines=[("OTHER", "LID-1", 1), (control.LINE, "KETTLE-1", 2)])
    ready = only(decided(known, data([parcel(lines=[line(line_reference=None)])])).new).payload.ready
    assert ready is not None
    assert ready.lines == (DespatchedLine(control.LINE, 1),)


@pytest.mark.parametrize(
    "lines", [[("OTHER", "LID-1", 1)], [("ONE", "KETTLE-1", 1), ("TWO", "KETTLE-1", 1)]], ids=["none", "two"]
)
def test_a_sku_that_fits_no_line_or_several_blocks(lines: list[tuple[str, str, int]]) -> None:
    decision = decided(with_order(lines=lines), data([parcel(lines=[line(line_reference=None)])]))
    assert alerts(decision.notes) == [(AlertKind.ORDER_UNKNOWN, SUBJECT)]


def test_more_than_the_order_is_open_for_blocks() -> None:
    decision = decided(with_order(lines=[(control.LINE, "KETTLE-1", 1)]), data([parcel(lines=[line(quantity=2)])]))
    assert alerts(decision.notes) == [(AlertKind.ORDER_UNKNOWN, SUBJECT)]


def test_an_old_reading_that_does_not_fit_is_read_anew_before_anybody_is_bothered() -> None:
    effect = only(decided(with_order(lines=[("OTHER", "LID-1", 1)], fresh=False)).new)
    assert (effect.state, effect.needs_order) == ("waiting", True)


def test_an_order_reference_in_the_channels_shape_is_looked_up() -> None:
    effect = only(decided(content=data(channel_order_id=None, order_reference=control.ORDER)).new)
    assert (effect.state, effect.needs_order) == ("waiting", True)


def test_an_order_that_nobody_names_blocks() -> None:
    decision = decided(content=data(channel_order_id=None))
    assert alerts(decision.notes) == [(AlertKind.ORDER_UNKNOWN, SUBJECT)]


def test_an_order_that_was_read_gives_its_id() -> None:
    decision = decided(with_order(), data(channel_order_id=None, order_reference=control.ORDER))
    assert only(decision.new).payload.order_id == control.ORDER


@pytest.mark.parametrize(
    ("told", "served", "marketplace"), [(control.DE, [control.UK], control.DE), (None, [control.UK], control.UK)]
)
def test_the_marketplace_is_the_events_else_the_accounts_only_one(
    told: str | None, served: list[str], marketplace: str
) -> None:
    channel = {"kind": "amazon", "account": "shop"} | ({"marketplace": told} if told else {})
    known = Known(mappings=mappings(listing(marketplace=marketplace), served=served))
    ready = only(decided(known, data(channel=channel)).new).payload.ready
    assert ready is not None
    assert ready.marketplace == marketplace


def test_a_marketplace_that_only_the_order_knows_needs_the_order() -> None:
    known = Known(mappings=mappings(served=[control.UK, control.DE]))
    content = data(channel={"kind": "amazon", "account": "shop"})
    assert only(decided(known, content).new).needs_order
    read = msgspec.structs.replace(known, order=order())
    assert only(decided(read, content).new).payload.ready is not None


def test_ship_plus_is_withdrawn_quietly() -> None:
    decision = decided(with_order(programmes=["FBM_SHIP_PLUS"]))
    effect = only(decision.new)
    assert (effect.state, effect.reason) == ("withdrawn", "ship_plus")
    assert alerts(decision.notes) == []


def test_a_parcel_that_somebody_else_told_is_settled_without_a_call() -> None:
    decision = decided(with_order(packages=[package("7", control.TRACKING)]))
    effect = only(decision.new)
    assert (effect.state, effect.reason) == ("live", "found_at_channel")
    assert KeepPromise("despatch_told", SUBJECT) in decision.notes


def test_a_tracking_number_shared_with_another_parcel_of_ours_is_told() -> None:
    decision = decided(with_order(packages=[package("100099", control.TRACKING)], ours=["100099"]))
    assert only(decision.new).state == "waiting"


def package(reference: str, tracking: str) -> ChannelPackage:
    lines = (DespatchedLine(LineReference(control.LINE), 1),)
    return ChannelPackage(PackageReference(reference), "DPD", tracking, lines)


def with_rules(code: str = "Royal Mail", method: str = "48", **rules: Any) -> Known:
    row = CarrierRow(channel_account="shop", carrier="DPD-UK", service="*", carrier_code=code, shipping_method=method)
    made = mappings(rows=[row])
    found = CarrierRules(carriers={"Royal Mail": ROYAL_MAIL}, method_in=frozenset({control.UK}), **rules)
    return Known(mappings=msgspec.structs.replace(made, carrier_rules=found))


def numbered(number: str, known: Known) -> Decision:
    return decided(known, data([parcel(tracking_number=number)]))


def test_a_number_is_told_as_the_channel_takes_it_and_a_doubtful_one_is_told_as_it_came() -> None:
    good = only(numbered("32-001 925 4000-221 BB4 EFC", with_rules()).new).payload
    assert good.ready is not None and (good.ready.tracking_number, good.doubt) == ("320019254000221BB4EFC", "")
    odd = only(numbered("TRK-1", with_rules()).new)
    assert odd.state == "waiting" and odd.payload.ready is not None and odd.payload.ready.tracking_number == "TRK-1"
    assert "does not look like" in odd.payload.doubt


@pytest.mark.parametrize(("number", "rules"), [("AB123456784GB", {}), ("TRK-1", {"doubtful": "hold"})])
def test_a_number_that_cannot_be_right_is_held_until_the_warehouse_corrects_it(
    number: str, rules: dict[str, Any]
) -> None:
    held = only(numbered(number, with_rules(**rules)).new)
    assert (held.state, held.reason) == ("blocked", "despatch_incomplete") and held.waits_for.startswith("revision:")
    assert number in held.detail


def test_a_service_that_a_marketplace_wants_is_waited_for_only_where_settings_say_so() -> None:
    assert only(numbered("AB123456785GB", with_rules(method="")).new).state == "waiting"
    row = CarrierRow(channel_account="shop", carrier="DPD-UK", service="*", carrier_code="DPD")
    rules = CarrierRules(method_in=frozenset({control.UK}), method="hold")
    known = Known(mappings=msgspec.structs.replace(mappings(rows=[row]), carrier_rules=rules))
    held = only(numbered("1550", known).new)
    assert (held.state, held.reason) == (
        "blocked",
        "carrier_unmapped",
    ) and held.waits_for == "method:shop/DPD-UK/NEXT"
