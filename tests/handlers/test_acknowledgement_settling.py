"""What becomes of an answer after it has left: taken, presumed, confirmed, refused, lost, given by hand."""

from datetime import timedelta

import msgspec
import pytest

from handlers.acknowledgement_said import Said, outcome
from handlers.acknowledgement_settling import (
    Patience,
    after_poll,
    after_sending,
    after_status,
    compare,
    sender_lost,
    sent_again,
)
from handlers.acknowledging import Parts, parts_of
from handlers.alerts import AlertKind
from handlers.answered_by_hand import found_by_hand, told_by_hand
from handlers.answers import Done, NeverLeft, Refused, Unknown
from handlers.notes import KeepPromise, RaiseAlert
from schemas.purchase_order import (
    CountedIn,
    LineStanding,
    LineStatus,
    PoLineNumber,
    PurchaseOrderNumber,
    PurchaseOrderStatus,
)
from tests.controls.said import SENT, said
from tests.handlers.vendor_orders import order

MINUTE = timedelta(minutes=1)
PATIENCE = Patience()


def shown(accepted: int, rejected: int, standing: LineStanding = "accepted") -> PurchaseOrderStatus:
    line = LineStatus(
        number=PoLineNumber("1"),
        standing=standing,
        ordered=CountedIn(24, "each"),
        accepted=accepted,
        rejected=rejected,
    )
    return PurchaseOrderStatus(number=PurchaseOrderNumber("4Z32PABC"), open=True, updated_at=SENT, lines=(line,))


def taken() -> Said:
    return after_sending(said(), Done("TX-1"), SENT, PATIENCE).said


def kinds(notes: tuple[object, ...]) -> list[AlertKind]:
    return [note.kind for note in notes if isinstance(note, RaiseAlert)]


def test_taken_is_answered_in_time_but_not_landed() -> None:
    settled = after_sending(said(), Done("TX-1"), SENT, PATIENCE)
    assert (settled.said.state, settled.said.transaction_id, settled.answered) == ("processing", "TX-1", True)
    assert settled.said.look_at == SENT + MINUTE
    assert any(isinstance(note, KeepPromise) for note in settled.notes)


def test_it_is_polled_at_its_times_and_presumed_after_the_last() -> None:
    one, times = taken(), list[float]()
    while one.state == "processing":
        assert one.look_at is not None
        times.append((one.look_at - SENT) / MINUTE)
        one = after_poll(one, "processing", "", one.look_at, PATIENCE).said
    assert times == [1, 3, 7, 15]
    assert one.state == "presumed"


def test_a_failure_is_a_refusal_in_the_partners_words_and_the_order_is_not_answered() -> None:
    settled = after_poll(taken(), "failure", "InvalidInput: quantity", SENT + MINUTE, PATIENCE)
    assert (settled.said.state, settled.said.text, settled.answered) == ("refused", "InvalidInput: quantity", False)
    assert kinds(settled.notes) == [AlertKind.PO_ANSWER_REFUSED]


def test_only_the_status_confirms() -> None:
    presumed = after_poll(taken(), "processing", "", SENT + 15 * MINUTE, PATIENCE).said
    settled = after_status(presumed, shown(24, 0), SENT + 16 * MINUTE, SENT + 16 * MINUTE, PATIENCE)
    assert (settled.said.state, settled.said.look_at) == ("confirmed", None)


def test_what_is_still_not_shown_is_raised_with_its_transaction() -> None:
    presumed = after_poll(taken(), "processing", "", SENT + 15 * MINUTE, PATIENCE).said
    soon = after_status(presumed, None, SENT + 20 * MINUTE, SENT + 20 * MINUTE, PATIENCE)
    late = after_status(presumed, None, SENT + 61 * MINUTE, SENT + 61 * MINUTE, PATIENCE)
    assert (soon.said.state, kinds(soon.notes)) == ("presumed", [])
    assert kinds(late.notes) == [AlertKind.PO_UNCONFIRMED]
    assert "TX-1" in str(late.notes[0])


def test_what_was_taken_and_is_not_shown_is_said_again_until_it_was_sent_three_times() -> None:
    one, sent = taken(), list[int]()
    for _ in range(10):
        at = one.sent_at + 61 * MINUTE
        presumed = after_poll(one, "processing", "", at - 45 * MINUTE, PATIENCE).said
        one = after_status(presumed, shown(0, 0, "unconfirmed"), at, at, PATIENCE).said
        if one.state != "unsent":
            break
        again = sent_again(one, at)
        sent.append(again.attempt)
        one = after_sending(again, Done(f"TX-{again.attempt}"), at, PATIENCE).said
    assert sent == [2, 3]
    assert one.state == "presumed", "then it is a person's"


def test_a_reading_that_may_be_behind_has_nothing_said_again() -> None:
    slow = msgspec.structs.replace(PATIENCE, status_lag=timedelta(hours=2))
    presumed = after_poll(taken(), "processing", "", SENT + 15 * MINUTE, PATIENCE).said
    settled = after_status(presumed, None, SENT + 61 * MINUTE, SENT + 61 * MINUTE, slow)
    assert (settled.said.state, kinds(settled.notes)) == ("presumed", [AlertKind.PO_UNCONFIRMED])


def test_another_answer_that_is_shown_late_enough_was_given_by_hand() -> None:
    early = after_status(taken(), shown(6, 18), SENT + 10 * MINUTE, SENT + 10 * MINUTE, PATIENCE)
    late = after_status(taken(), shown(6, 18), SENT + 40 * MINUTE, SENT + 40 * MINUTE, PATIENCE)
    assert early.said.state == "processing", "it may be what was there before"
    assert (late.said.state, late.answered) == ("by_hand", True)
    assert kinds(late.notes) == [AlertKind.PO_ANSWER_DIFFERS]
    assert "6 accepted and 18 rejected there, 24 and 0 here" in late.said.text
    assert parts_of(late.said.acknowledgement.lines[0]) == Parts(6, 0, 18), "what holds is what is shown"


def test_what_was_lost_is_read_before_it_is_said_again() -> None:
    lost = after_sending(said(), Unknown("timed out"), SENT, PATIENCE).said
    assert lost.state == "unknown"
    early = after_status(lost, None, SENT + 5 * MINUTE, SENT + 5 * MINUTE, PATIENCE).said
    assert early.state == "unknown", "a reading that shows nothing may only be behind"
    proven = after_status(lost, None, SENT + 31 * MINUTE, SENT + 31 * MINUTE, PATIENCE).said
    assert proven.state == "unsent"
    again = sent_again(proven, SENT + 32 * MINUTE)
    assert (again.state, again.attempt, again.acknowledgement) == ("sent", 2, lost.acknowledgement)
    assert after_status(lost, shown(24, 0), SENT + MINUTE, SENT + MINUTE, PATIENCE).said.state == "confirmed"


def test_what_never_left_is_simply_sent_again_later() -> None:
    settled = after_sending(said(), NeverLeft("no route"), SENT, PATIENCE)
    assert (settled.said.state, settled.said.look_at, settled.answered) == (
        "unsent", SENT + timedelta(seconds=30), None,
    )  # fmt: skip


def test_a_process_that_died_leaves_an_answer_that_may_have_arrived() -> None:
    assert sender_lost(said(), PATIENCE).state == "unknown"


def test_a_refusal_at_once_leaves_the_order_unanswered() -> None:
    settled = after_sending(said(), Refused("invalid_input", "bad cost"), SENT, PATIENCE)
    assert (settled.said.state, settled.answered) == ("refused", False)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (shown(24, 0), "same"),
        (shown(23, 1), "other"),
        (shown(0, 0, "unconfirmed"), "none"),
        (msgspec.structs.replace(shown(24, 0), lines=()), "none"),
    ],
)
def test_the_retailers_word_is_compared_line_by_line(status: PurchaseOrderStatus, word: str) -> None:
    assert compare(said().acknowledgement, status) == word


def test_an_answer_given_by_hand_is_taken_over_with_its_quantities() -> None:
    found = found_by_hand(order(), shown(10, 6, "part_accepted"), SENT)
    assert found is not None
    parts = parts_of(found.lines[0])
    assert (parts.accepted, parts.backordered, parts.rejected) == (10, 8, 6)
    assert found_by_hand(order(), shown(0, 0, "unconfirmed"), SENT) is None


def test_each_outcome_is_announced_once_per_attempt() -> None:
    one, two = taken(), after_poll(taken(), "processing", "", SENT + 15 * MINUTE, PATIENCE).said
    assert outcome(one).message_id == outcome(taken()).message_id
    assert outcome(one).message_id != outcome(two).message_id
    assert outcome(one).routing_key == outcome(two).routing_key == "vendor.accepted"


def test_what_a_person_tells_of_an_answer_in_the_portal_is_whole_or_refused() -> None:
    told = told_by_hand(order(), {PoLineNumber("1"): 10}, SENT)
    assert [(one.code, one.quantity.amount) for one in told.lines[0].answers] == [("accepted", 10), ("rejected", 14)]
    for odd in ({}, {"9": 1}, {"1": 25}, {"1": -1}):
        with pytest.raises(ValueError, match="4Z32PABC"):
            told_by_hand(order(), {PoLineNumber(line): units for line, units in odd.items()}, SENT)
