"""What each answer makes of a ship notice or an invoice that was sent."""

from datetime import timedelta

import pytest

from handlers.alerts import AlertKind
from handlers.answers import Answer, Denied, Done, NeverLeft, Reading, Refused, Throttled, Unavailable, Unknown
from handlers.ledger import LedgerRow
from handlers.notes import Announce, AskPerson, RaiseAlert, ResolveAlert
from handlers.ship_loads import load_keys, load_of
from handlers.ship_notices import compose
from handlers.vendor_documents import (
    DONE_BY_HAND,
    LOOKS,
    MADE,
    DocumentEffect,
    Rules,
    Step,
    after_answer,
    after_transaction,
    as_sent,
    in_doubt,
    notice_effect,
    repeated,
    settled_by_person,
)
from schemas.amazon import AmazonError
from schemas.amazon_vendor_transactions import Standing, VendorTransaction
from tests.handlers.vendor_loads import NOW, known, part

RULES = Rules(late_effect=timedelta(minutes=2))
MINUTE = timedelta(minutes=1)


def waiting() -> DocumentEffect:
    made = compose(load_of(load_keys(part().data)[0], (part(),)), known(), "S1", NOW).notice
    assert made is not None
    return notice_effect("acme-vendor", "LEEDS/D1", made, 1, NOW, NOW + timedelta(hours=1))


def sent(**changes: object) -> DocumentEffect:
    leaving = as_sent(waiting(), NOW, "me")
    return leaving.moved("sent", **changes) if changes else leaving


def processing() -> DocumentEffect:
    return after_answer(sent(), Done("T-1"), NOW, RULES).effect


def read(standing: Standing, *reasons: AmazonError) -> Reading[VendorTransaction]:
    return Done(VendorTransaction("T-1", standing, reasons))


def kinds(step: Step) -> set[str]:
    return {note.kind for note in step.notes if isinstance(note, RaiseAlert)}


def told(step: Step) -> list[tuple[str, str]]:
    return [(note.routing_key, str(note.data["reason"])) for note in step.notes if isinstance(note, Announce)]


def test_what_was_taken_is_looked_at_after_one_three_seven_and_fifteen_minutes() -> None:
    effect = processing()
    assert (effect.state, effect.request_id, effect.attempt, effect.due) == ("accepted", "T-1", 1, NOW + LOOKS[0])
    looks = []
    for after in LOOKS[:-1]:
        effect = after_transaction(effect, read("processing"), NOW + after, RULES).effect
        looks.append(effect.due - NOW)
    assert tuple(looks) == LOOKS[1:]


def test_a_file_that_is_made_counts_as_taken_only_once_it_is_put() -> None:
    files = Rules(late_effect=timedelta(minutes=2), by_file=True)
    made = after_answer(sent(), Done("edi-7"), NOW, files).effect
    assert (made.state, made.reason, made.request_id, made.due) == ("accepted", MADE, "edi-7", NOW + MINUTE)
    waits: Reading[VendorTransaction] = Done(VendorTransaction("edi-7", "processing", left=False))
    later = NOW + timedelta(hours=9)
    still = after_transaction(made, waits, later, files).effect
    assert (still.state, still.reason, still.due) == ("accepted", MADE, later + MINUTE), "never presumed"
    put = after_transaction(still, NeverLeft("nobody has said that it was read"), later, files).effect
    assert (put.state, put.reason) == ("accepted", "processing")


def test_what_succeeds_is_there_and_others_hear_of_it() -> None:
    step = after_transaction(processing(), read("success"), NOW + MINUTE, RULES)
    assert (step.effect.state, told(step)) == ("live", [("vendor_documents.live", "confirmed")])
    assert any(isinstance(note, ResolveAlert) for note in step.notes)


def test_what_stays_under_way_counts_as_accepted_after_a_quarter_of_an_hour_and_not_before() -> None:
    before = after_transaction(processing(), read("processing"), NOW + LOOKS[-1] - timedelta(seconds=1), RULES)
    assert (before.effect.state, told(before)) == ("accepted", [])
    after = after_transaction(processing(), read("processing"), NOW + LOOKS[-1], RULES)
    assert (after.effect.state, told(after)) == ("live", [("vendor_documents.live", "presumed")])


@pytest.mark.parametrize(
    "step",
    [
        after_answer(sent(), Refused("InvalidInput", "shipToParty is unknown"), NOW, RULES),
        after_transaction(
            processing(), read("failure", AmazonError("InvalidInput", "shipToParty is unknown")), NOW, RULES
        ),
    ],
)
def test_a_refusal_holds_it_and_is_told_in_the_partners_words_with_a_question(step: Step) -> None:
    assert (step.effect.state, step.effect.reason) == ("held", "refused")
    assert kinds(step) == {AlertKind.SHIP_NOTICE_REFUSED}
    [alert] = [note for note in step.notes if isinstance(note, RaiseAlert)]
    [question] = [note for note in step.notes if isinstance(note, AskPerson)]
    assert "shipToParty is unknown" in alert.text and "shipToParty is unknown" in question.question
    assert told(step) == []


@pytest.mark.parametrize("answer", [Throttled("R-1", "slow down"), NeverLeft("no route"), Denied("no token")])
def test_what_certainly_never_left_waits_and_the_attempt_does_not_count(answer: Answer[str]) -> None:
    step = after_answer(sent(), answer, NOW, RULES)
    assert (step.effect.state, step.effect.attempt, step.effect.due) == ("waiting", 0, NOW + MINUTE)
    assert step.notes == ()


def test_what_may_have_arrived_is_repeated_once_when_the_first_can_no_longer_take_effect_then_a_person_is_asked() -> (
    None
):
    first = after_answer(sent(), Unknown("the answer was lost"), NOW, RULES)
    assert (first.effect.state, first.effect.due) == ("unknown", NOW + RULES.late_effect)
    assert kinds(first) == {AlertKind.VENDOR_DOCUMENT_UNKNOWN}
    again = repeated(first.effect, NOW).effect
    assert (again.state, again.unique_key) == ("waiting", first.effect.unique_key)
    second = in_doubt(as_sent(again, NOW, "me"), "lost again", NOW, RULES)
    assert second.effect.state == "held"
    assert any(isinstance(note, AskPerson) for note in second.notes)


@pytest.mark.parametrize(
    "answer", [Unavailable("503"), Denied("no token"), Refused("NotFound", "no such transaction")]
)
def test_a_transaction_that_cannot_be_read_is_looked_at_for_a_day_then_a_person_is_asked(
    answer: Reading[VendorTransaction],
) -> None:
    soon = after_transaction(processing(), answer, NOW + MINUTE, RULES)
    assert (soon.effect.state, soon.notes) == ("accepted", ())
    late = after_transaction(processing(), answer, NOW + RULES.lost_after, RULES)
    assert (late.effect.state, late.effect.reason) == ("held", "unread")
    assert kinds(late) == {AlertKind.VENDOR_DOCUMENT_UNKNOWN}


def test_what_a_person_found_at_the_retailer_is_there() -> None:
    assert settled_by_person(processing()) is None
    step = settled_by_person(processing().moved("accepted", reason=DONE_BY_HAND))
    assert step is not None
    assert (step.effect.state, told(step)) == ("live", [("vendor_documents.live", DONE_BY_HAND)])


def test_a_row_that_moves_keeps_what_it_is_about_and_forgets_why_it_was_where_it_was() -> None:
    row: LedgerRow = sent(reason="not_sent", detail="no route")
    moved = row.moved("waiting", reads=2)
    assert (moved.reason, moved.detail, moved.reads, moved.subject) == ("", "", 2, row.subject)
    assert type(moved) is DocumentEffect
