"""Despatches: one rule of `handlers/despatches.py` and the preparation it calls per test."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from handlers.alerts import AlertKind
from handlers.carrier_rules import ROYAL_MAIL, CarrierRules
from handlers.channel_orders import ChannelPackage
from handlers.despatches import Decision, decide, new_references
from handlers.effects import Effect, parcel_subject
from handlers.mappings import CarrierRow
from handlers.notes import Announce, KeepPromise, MakePromise, Note, RaiseAlert, ResolveAlert
from handlers.parcels import Known
from schemas.amazon_orders import DespatchedLine
from schemas.envelope import Unreadable
from schemas.terms import Account, ChannelAccount, DespatchId, LineReference, PackageReference, ParcelId
from tests.controls import despatches as control
from tests.controls.despatches import after, data, decided, line, listing, mappings, message, order, parcel

SUBJECT = "acme/D1/P1"


def only(effects: tuple[Effect, ...]) -> Effect:
    [effect] = effects
    return effect


def alerts(notes: tuple[Note, ...]) -> list[tuple[AlertKind, str]]:
    return [(note.kind, note.cause) for note in notes if isinstance(note, RaiseAlert)]


def resolved(notes: tuple[Note, ...]) -> list[AlertKind]:
    return [note.kind for note in notes if isinstance(note, ResolveAlert)]


def packs(*sizes: int) -> Known:
    """Listings of the kettle, one for each pack size."""
    return Known(mappings=mappings(*(listing(seller_sku=f"KETTLE-{size}", pack_size=size) for size in sizes)))


def with_order(**changes: Any) -> Known:
    return Known(mappings=mappings(), order=order(**changes))


def test_packing_is_not_told_to_a_seller_account() -> None:
    decision = decided(what="packed")
    assert (decision.outcome, decision.word, decision.new) == ("ignored", "packed_is_not_told", ())


def test_a_completed_despatch_asks_for_one_confirmation_per_parcel() -> None:
    decision = decided(content=data([parcel("P1"), parcel("P2")]))
    assert [effect.subject for effect in decision.new] == ["acme/D1/P1", "acme/D1/P2"]
    assert [effect.state for effect in decision.new] == ["waiting", "waiting"]


def test_names_with_slashes_never_meet_in_one_subject() -> None:
    one = parcel_subject(Account("a/b"), DespatchId("c"), ParcelId("d"))
    assert one != parcel_subject(Account("a"), DespatchId("b/c"), ParcelId("d"))


def test_the_request_is_in_the_channels_names() -> None:
    effect = only(decided().new)
    assert effect.payload.ready is not None
    ready = effect.payload.ready
    assert (ready.carrier, ready.service, ready.tracking_number) == ("DPD", "DPD Next Day", control.TRACKING)
    assert (ready.marketplace, ready.despatched_at) == (control.UK, control.AT)
    assert ready.lines == (DespatchedLine(control.LINE, 1),)
    assert effect.payload.order_id == control.ORDER


def test_each_parcel_gets_a_reference_of_its_own_and_keeps_it() -> None:
    first = decided(content=data([parcel("P1"), parcel("P2")]))
    given = {row.parcel_id: row.package_reference for row in first.parcels}
    assert given == {"P1": "100001", "P2": "100002"}
    again = decided(after(first), data([parcel("P2"), parcel("P3")], revision=2))
    kept = {row.parcel_id: row.package_reference for row in again.parcels if not row.withdrawn}
    assert kept == {"P2": PackageReference("100002"), "P3": PackageReference("100001")}


def test_fresh_references_are_wanted_for_new_parcels_only() -> None:
    known = after(decided())
    again = message(data([parcel("P1"), parcel("P2")], revision=2))
    assert new_references(again, known, control.RULES) == 1
    assert new_references(message(what="undone"), known, control.RULES) == 0
    assert new_references(message(), known, control.RULES) == 0


def test_at_manifest_packing_is_told_and_leaving_changes_nothing() -> None:
    at_manifest = msgspec.structs.replace(control.RULES, at_manifest=frozenset({ChannelAccount("shop")}))
    packed = message(data([parcel("P1")], revision=1), "packed")
    first = decide(packed, Known(mappings=control.mappings()), control.references(), at_manifest)
    assert first.despatch is not None and first.despatch.state == "packed" and len(first.new) == 1
    left = message(data([parcel("P1")], revision=2))
    second = decide(left, after(first), control.references(), at_manifest)
    assert second.despatch is not None and second.despatch.state == "completed"
    assert second.new == () and second.changed == ()


def test_packing_that_was_told_is_taken_back_where_it_never_left() -> None:
    at_manifest = msgspec.structs.replace(control.RULES, at_manifest=frozenset({ChannelAccount("shop")}))
    packed = message(data([parcel("P1")], revision=1), "packed")
    first = decide(packed, Known(mappings=control.mappings()), control.references(), at_manifest)
    undone = decide(message(data([], revision=2), "undone"), after(first), control.references(), at_manifest)
    assert [effect.state for effect in undone.changed] == ["withdrawn"]


@pytest.mark.parametrize(("revision", "word"), [(3, "duplicate"), (2, "stale_revision")])
def test_an_equal_or_lower_revision_is_ignored(revision: int, word: str) -> None:
    known = after(decided(content=data(revision=3)))
    decision = decided(known, data(revision=revision))
    assert (decision.outcome, decision.word, decision.despatch) == ("ignored", word, None)


def test_a_completion_that_comes_after_its_undoing_is_stale() -> None:
    undone = decided(content=data(revision=2), what="undone")
    assert undone.despatch is not None
    assert undone.despatch.state == "undone"
    assert decided(after(undone), data(revision=1)).word == "stale_revision"


def test_another_despatch_of_the_order_adds_up() -> None:
    decision = decided(content=data(despatch_id="D2"))
    assert only(decision.new).subject == "acme/D2/P1"


def test_a_despatch_without_a_channel_is_ignored_and_recorded() -> None:
    decision = decided(content=data(channel=None))
    assert (decision.outcome, decision.word) == ("ignored", "not_a_channel_order")
    assert decision.despatch is not None


def test_a_channel_without_a_flow_is_ignored_and_recorded() -> None:
    decision = decided(content=data(channel={"kind": "shopify", "account": "web"}))
    assert (decision.outcome, decision.word) == ("ignored", "no_flow_for_channel")
    assert decision.despatch is not None


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


def test_one_blocked_parcel_leaves_the_others_to_go_on() -> None:
    decision = decided(content=data([parcel("P1", tracking_number=""), parcel("P2")]))
    assert [effect.state for effect in decision.new] == ["blocked", "waiting"]


def test_the_despatch_time_is_the_events_own_where_the_data_has_none() -> None:
    ready = only(decided(content=data(despatched_at=None)).new).payload.ready
    assert ready is not None
    assert ready.despatched_at == control.AT


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


def test_the_channel_must_know_within_the_promise() -> None:
    decision = decided()
    [promise] = [note for note in decision.notes if isinstance(note, MakePromise)]
    assert promise == MakePromise("despatch_told", SUBJECT, "ecommerce", control.AT + timedelta(hours=1))


@pytest.mark.parametrize("state", ["sent", "unknown", "held", "accepted", "live"])
def test_a_higher_revision_that_says_the_same_is_told_to_nobody(state: str) -> None:
    known = after(decided(), states={"P1": state})
    later = (control.AT + timedelta(hours=3)).isoformat()
    decision = decided(known, data(revision=2, despatched_at=later))
    assert (decision.new, decision.changed) == ((), ())


@pytest.mark.parametrize("state", ["sent", "unknown", "held"])
def test_a_correction_waits_for_what_may_have_happened_and_calls_its_repeat_off(state: str) -> None:
    known = after(decided(), states={"P1": state})
    decision = decided(known, data([parcel(tracking_number="NEW")], revision=2))
    [before] = known.effects[SUBJECT]
    assert only(decision.new).after_effect == before.id
    assert only(decision.changed).called_off
    assert only(decision.new).payload.package_reference == before.payload.package_reference


@pytest.mark.parametrize("state", ["accepted", "live"])
def test_a_correction_of_what_was_told_is_an_edit_of_the_same_reference(state: str) -> None:
    known = after(decided(), states={"P1": state})
    decision = decided(known, data([parcel(tracking_number="NEW")], revision=2))
    assert only(decision.new).payload.package_reference == "100001"
    assert decision.changed == ()


def test_a_correction_that_the_channel_would_not_notice_is_withdrawn() -> None:
    rows = [control.CARRIER, msgspec.structs.replace(control.CARRIER, service="NEXTDAY")]
    known = Known(mappings=mappings(rows=rows))
    known = after(decided(known), known, states={"P1": "accepted"})
    decision = decided(known, data([parcel(service="NEXTDAY")], revision=2))
    assert (only(decision.new).state, only(decision.new).reason) == ("withdrawn", "unchanged")


@pytest.mark.parametrize("state", ["waiting", "blocked"])
def test_a_correction_replaces_what_was_never_sent(state: str) -> None:
    known = after(decided(), states={"P1": state})
    decision = decided(known, data([parcel(tracking_number="NEW")], revision=2))
    assert (only(decision.changed).state, only(decision.changed).reason) == ("withdrawn", "superseded")
    assert only(decision.new).state == "waiting"


def test_a_parcel_that_is_made_complete_closes_its_alert_and_goes_on() -> None:
    known = after(decided(content=data([parcel(tracking_number="")])))
    [blocked] = known.effects[SUBJECT]
    known = msgspec.structs.replace(
        known,
        effects={SUBJECT: [msgspec.structs.replace(blocked, reason=AlertKind.DESPATCH_INCOMPLETE.value)]},
    )
    decision = decided(known, data(revision=2))
    assert AlertKind.DESPATCH_INCOMPLETE in resolved(decision.notes)
    assert only(decision.new).state == "waiting"


def test_a_refused_parcel_is_tried_again_when_it_is_completed_again() -> None:
    known = after(decided(), states={"P1": "refused"})
    decision = decided(known, data(revision=2))
    assert only(decision.new).state == "waiting"
    assert AlertKind.DESPATCH_REFUSED in resolved(decision.notes)


@pytest.mark.parametrize("state", ["waiting", "blocked"])
def test_undone_before_sending_is_withdrawn(state: str) -> None:
    known = after(decided(), states={"P1": state})
    decision = decided(known, data(revision=2), "undone")
    assert (only(decision.changed).state, only(decision.changed).reason) == ("withdrawn", "undone")
    assert KeepPromise("despatch_told", SUBJECT) in decision.notes
    assert alerts(decision.notes) == []


@pytest.mark.parametrize("state", ["sent", "unknown", "held", "accepted", "live"])
def test_undone_after_sending_is_raised(state: str) -> None:
    known = after(decided(), states={"P1": state})
    decision = decided(known, data(revision=2), "undone")
    assert alerts(decision.notes) == [(AlertKind.UNDONE_AFTER_CONFIRMATION, SUBJECT)]
    assert all(effect.called_off for effect in decision.changed)


def test_a_parcel_missing_from_the_new_revision_is_taken_back() -> None:
    first = decided(content=data([parcel("P1"), parcel("P2")]))
    known = after(first, states={"P1": "accepted"})
    decision = decided(known, data([parcel("P3")], revision=2))
    assert alerts(decision.notes) == [(AlertKind.UNDONE_AFTER_CONFIRMATION, SUBJECT)]
    assert [(effect.subject, effect.state) for effect in decision.changed] == [("acme/D1/P2", "withdrawn")]
    assert {row.parcel_id for row in decision.parcels if row.withdrawn} == {"P1", "P2"}


def test_completed_again_after_undoing_is_not_told_twice() -> None:
    known = after(decided(), states={"P1": "accepted"})
    known = after(decided(known, data(revision=2), "undone"), known)
    decision = decided(known, data(revision=3))
    assert decision.new == ()
    assert AlertKind.UNDONE_AFTER_CONFIRMATION in resolved(decision.notes)


def test_completed_again_while_unknown_is_wanted_again() -> None:
    known = after(decided(), states={"P1": "unknown"})
    known = after(decided(known, data(revision=2), "undone"), known)
    decision = decided(known, data(revision=3))
    assert [effect.called_off for effect in decision.changed] == [False]


def test_completed_again_after_a_withdrawal_is_told() -> None:
    known = after(decided())
    known = after(decided(known, data(revision=2), "undone"), known)
    decision = decided(known, data(revision=3))
    assert only(decision.new).state == "waiting"
    assert only(decision.new).payload.package_reference == "100001"


def test_what_is_settled_without_a_call_is_announced() -> None:
    decision = decided(with_order(programmes=["FBM_SHIP_PLUS"]))
    [announced] = [note for note in decision.notes if isinstance(note, Announce)]
    assert (announced.exchange, announced.routing_key) == ("goodsout.outcomes", "despatch.withdrawn")


@pytest.mark.parametrize("quantity", ["1.5", 10**12, "NaN"])
def test_a_quantity_that_nobody_can_believe_is_unreadable(quantity: object) -> None:
    with pytest.raises(Unreadable):
        message(data([parcel(lines=[line(quantity=quantity)])]))


def test_a_line_of_nothing_is_left_out() -> None:
    ready = only(decided(content=data([parcel(lines=[line(), line("LID", 0, "OTHER")])])).new).payload.ready
    assert ready is not None
    assert ready.lines == (DespatchedLine(control.LINE, 1),)


@pytest.mark.parametrize(("state", "withdrawn"), [("waiting", True), ("accepted", False)])
def test_a_despatch_that_turns_out_to_be_of_another_channel_is_taken_back(state: str, withdrawn: bool) -> None:
    known = control.after(control.decided(), states={"P1": state})
    elsewhere = {"kind": "shopify", "account": "shop"}
    decision = control.decided(known, control.data(revision=2, channel=elsewhere))
    assert [effect.state for effect in decision.changed] == (["withdrawn"] if withdrawn else [])
    assert [row.withdrawn for row in decision.parcels] == [True]
    raised = [note.kind for note in decision.notes if isinstance(note, RaiseAlert)]
    assert raised == ([] if withdrawn else [AlertKind.UNDONE_AFTER_CONFIRMATION])


def test_a_correction_that_is_taken_back_before_it_left_leaves_no_promise_open() -> None:
    known = control.after(control.decided(), states={"P1": "accepted"})
    new = control.data([control.parcel(tracking_number="NEW")], revision=2)
    known = control.after(control.decided(known, new), known)
    for content, what in ((control.data(revision=3), "completed"), (control.data(revision=3), "undone")):
        decision = control.decided(known, content, what)  # type: ignore[arg-type]  # a What
        assert [effect.state for effect in decision.changed] == ["withdrawn"]
        assert KeepPromise("despatch_told", SUBJECT) in decision.notes


def test_what_the_channel_has_again_closes_the_alert_about_a_refused_correction() -> None:
    known = control.after(control.decided(), states={"P1": "accepted"})
    new = control.data([control.parcel(tracking_number="NEW")], revision=2)
    known = control.after(control.decided(known, new), known)
    first, second = known.effects[SUBJECT]
    known = msgspec.structs.replace(known, effects={SUBJECT: [first, second.moved("refused")]})
    decision = control.decided(known, control.data(revision=3))
    assert decision.new == ()
    assert ResolveAlert(AlertKind.DESPATCH_REFUSED, SUBJECT) in decision.notes


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
