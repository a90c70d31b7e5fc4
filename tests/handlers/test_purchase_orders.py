"""What a reading of a purchase order changes in the books."""

from datetime import timedelta

import msgspec
import pytest

from handlers.purchase_orders import Contradictory, Heard, StoredPurchaseOrder, content_hash, hear
from schemas.purchase_order import CountedIn, Party, PurchaseOrder, Window
from tests.handlers.vendor_orders import ORDERED, line, order

LATER = ORDERED + timedelta(hours=5)


def heard(given: PurchaseOrder, books: StoredPurchaseOrder | None = None) -> Heard:
    return hear(given, books, LATER)


def in_books(given: PurchaseOrder) -> StoredPurchaseOrder:
    return msgspec.structs.replace(heard(given).after, state="answered", answered_version=1)


def test_the_first_reading_is_new_and_waits_for_its_judgement() -> None:
    found = heard(order())
    assert (found.word, found.after.version, found.after.state) == ("new", 1, "received")


def test_the_same_again_changes_nothing_though_its_state_moves_on() -> None:
    books = in_books(order())
    found = heard(order(state="acknowledged", lines=order().lines), books)
    assert (found.word, found.after.version, found.after.state) == ("unchanged", 1, "answered")
    assert found.after.order.state == "acknowledged"


def test_a_reading_of_an_older_order_is_stale_and_changes_nothing() -> None:
    books = in_books(order(changed_at=LATER))
    found = heard(order(line(amount=6)), books)
    assert (found.word, found.after) == ("stale", books)


def test_every_change_of_a_line_has_a_name() -> None:
    books = in_books(order(line("1"), line("2", cost="3.00"), line("3")))
    changed = order(
        line("1", amount=12), line("2", cost="2.00", backorder=True), line("3", amount=0), line("4"), changed_at=LATER
    )
    found = heard(changed, books)
    assert found.word == "amended"
    assert [(one.line, one.kind) for one in found.differences] == [
        ("1", "quantity"), ("2", "cost"), ("2", "backorder"), ("3", "cancelled"), ("4", "added"),
    ]  # fmt: skip
    assert str(found.differences[0]) == "line 1: quantity 24 -> 12"


def test_an_amendment_wants_a_new_answer_and_starts_its_clock() -> None:
    found = heard(order(line(amount=12), changed_at=LATER), in_books(order()))
    assert (found.after.version, found.after.state, found.after.amended_at) == (2, "received", LATER)
    assert found.after.answered_version == 1


def test_an_order_that_is_changed_before_it_was_answered_keeps_its_deadline() -> None:
    """The retailer counts from the order; only what it asks for anew is asked later."""
    waits = heard(order()).after
    changed = heard(order(line(amount=12), changed_at=LATER), waits).after
    assert (changed.version, changed.amended_at) == (2, None)
    answered = msgspec.structs.replace(changed, state="answered", answered_version=2)
    again = heard(order(line(amount=6), changed_at=LATER + timedelta(hours=1)), answered).after
    twice = heard(order(line(amount=5), changed_at=LATER + timedelta(hours=2)), again).after
    assert (again.amended_at, twice.amended_at) == (LATER + timedelta(hours=1),) * 2


def test_another_destination_is_told_and_needs_no_new_answer() -> None:
    found = heard(order(ship_to=Party(party_id="BHX4"), changed_at=LATER), in_books(order()))
    assert [one.kind for one in found.differences] == ["destination"]
    assert (found.after.state, found.after.answered_version, found.after.version) == ("answered", 2, 2)
    assert found.after.amended_at is None


def test_a_case_that_becomes_eaches_is_a_change_of_unit() -> None:
    found = heard(order(line(amount=24), changed_at=LATER), in_books(order(line(amount=24, unit="case", size=12))))
    assert [(one.kind, one.before, one.after) for one in found.differences] == [("unit", "case of 12", "each")]


def test_two_readings_of_one_moment_that_differ_contradict_each_other() -> None:
    books = in_books(order())
    found = heard(order(line(amount=30)), books)
    assert (found.word, found.after) == ("contradicts", books)
    assert "both were made at" in found.contradiction


def test_a_line_that_vanishes_is_not_a_cancelled_line() -> None:
    books = in_books(order(line("1"), line("2")))
    found = heard(order(line("1"), changed_at=LATER), books)
    assert (found.word, found.after) == ("contradicts", books)
    assert "line 2 is no longer in it" in found.contradiction


def test_a_number_that_another_vendor_code_uses_is_another_order() -> None:
    found = heard(order(vendor=Party(party_id="OTHER"), changed_at=LATER), in_books(order()))
    assert found.word == "contradicts"


def test_lines_in_another_order_are_the_same_purchase_order() -> None:
    one, two = line("1"), line("2")
    assert content_hash(order(one, two)) == content_hash(order(two, one))


def test_a_closed_order_has_ended() -> None:
    assert heard(order(state="closed"), in_books(order())).after.state == "ended"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (order(line("1"), line("1")), "more than once"),
        (order(lines=()), "no lines"),
        (order(msgspec.structs.replace(line(), ordered=CountedIn(-1, "each"))), "less than nothing"),
        (order(delivery_window=Window(LATER, ORDERED)), "ends before it begins"),
        (order(changed_at=ORDERED - timedelta(days=1)), "before it was placed"),
    ],
)
def test_what_cannot_be_true_is_refused_with_its_reason(wrong: PurchaseOrder, why: str) -> None:
    with pytest.raises(Contradictory, match=why):
        heard(wrong)
