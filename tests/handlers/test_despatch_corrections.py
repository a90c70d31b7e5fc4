"""A despatch that is said anew, corrected, or taken back."""

from datetime import timedelta

import msgspec
import pytest

from handlers.alerts import AlertKind
from handlers.notes import KeepPromise, Note, RaiseAlert, ResolveAlert
from handlers.parcels import Known
from tests.controls import despatches as control
from tests.controls.despatches import after, data, decided, mappings, parcel
from tests.handlers.despatching import SUBJECT, alerts, only


def resolved(notes: tuple[Note, ...]) -> list[AlertKind]:
    return [note.kind for note in notes if isinstance(note, ResolveAlert)]


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
