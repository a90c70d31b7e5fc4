"""Despatches: one rule of `handlers/despatches.py` per test."""

from datetime import timedelta

import msgspec
import pytest

from handlers.despatches import decide, new_references
from handlers.effects import parcel_subject
from handlers.notes import Announce, MakePromise
from handlers.parcels import Known
from schemas.amazon_orders import DespatchedLine
from schemas.envelope import Unreadable
from schemas.terms import Account, ChannelAccount, DespatchId, PackageReference, ParcelId
from tests.controls import despatches as control
from tests.controls.despatches import after, data, decided, line, message, parcel
from tests.handlers.despatching import SUBJECT, only, with_order


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


def test_one_blocked_parcel_leaves_the_others_to_go_on() -> None:
    decision = decided(content=data([parcel("P1", tracking_number=""), parcel("P2")]))
    assert [effect.state for effect in decision.new] == ["blocked", "waiting"]


def test_the_despatch_time_is_the_events_own_where_the_data_has_none() -> None:
    ready = only(decided(content=data(despatched_at=None)).new).payload.ready
    assert ready is not None
    assert ready.despatched_at == control.AT


def test_the_channel_must_know_within_the_promise() -> None:
    decision = decided()
    [promise] = [note for note in decision.notes if isinstance(note, MakePromise)]
    assert promise == MakePromise("despatch_told", SUBJECT, "ecommerce", control.AT + timedelta(hours=1))


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
