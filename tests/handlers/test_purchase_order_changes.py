"""Which changes of a purchase order count, and in what order, whatever the order of their coming."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.purchase_order_changes import State, echo, first_look, in_order, is_newer, missing
from schemas.purchase_order import Identifier
from tests.handlers.order_changes import AT, BASE, ONE, TWO, after, amounts, change, dropped, filed, to
from tests.handlers.vendor_orders import ORDERED


@settings(deadline=None)
@given(st.permutations(range(4)))
def test_whatever_the_order_of_their_coming_the_same_order_comes_of_them(coming: Sequence[int]) -> None:
    made = [
        change(to("1", 18), sequence=1),
        change(to("3", 6, changes="all", added=True, identifiers=(Identifier("vendor_sku", "JUG"),)), sequence=2),
        change(to("1", 12), to("3", 8), sequence=3),
        change(dropped("2"), sequence=4),
    ]
    arrived = [filed(place, made[which]) for place, which in enumerate(coming)]
    found = after(*(one.change for one in in_order(arrived)))
    assert amounts(found) == {"1": 12, "2": 0, "3": 8}


def test_without_a_counter_the_day_says_which_change_is_newer_and_then_their_coming() -> None:
    day = ORDERED + timedelta(days=1)
    late, early, undated = (change(to("1", n), changed_on=at) for n, at in ((12, day), (18, ORDERED), (6, None)))
    found = in_order([filed(1, late), filed(2, early), filed(3, undated)])
    assert [one.place for one in found] == [2, 3, 1], "one without a day counts by when it came"


def test_the_same_change_again_is_a_duplicate_whatever_became_of_it() -> None:
    states: tuple[State, ...] = ("waiting", "applied", "refused", "superseded")
    for state in states:
        known = [filed(1, change(to("1", 18), sequence=1), state)]
        assert first_look(change(to("1", 18), sequence=1), BASE, known)[0] == "duplicate"


def test_another_change_under_a_number_that_was_used_is_refused() -> None:
    word, why = first_look(change(to("1", 6), sequence=1), BASE, [filed(1, change(to("1", 18), sequence=1))])
    assert word == "refuse" and "change 1" in why


def test_a_change_of_an_order_that_has_not_come_waits_for_it() -> None:
    assert first_look(change(to("1", 6)), None, [])[0] == "wait"


def test_a_change_from_before_the_order_was_sent_anew_is_part_of_that() -> None:
    anew = msgspec.structs.replace(BASE, changed_at=AT + timedelta(days=3))
    before = change(to("1", 6), changed_on=ORDERED)
    assert first_look(before, anew, [])[0] == "stale"
    known = [filed(1, change(to("1", 18), sequence=4), "superseded")]
    assert first_look(change(to("1", 6), sequence=3), anew, known)[0] == "stale"
    assert first_look(change(to("1", 6), sequence=5), anew, known)[0] == "apply"


def test_numbers_that_the_counter_left_out_are_known() -> None:
    assert missing([filed(1, change(sequence=1)), filed(2, change(sequence=4))]) == [2, 3]
    assert missing([filed(1, change())]) == []


def test_an_order_told_as_a_whole_since_stands_for_itself() -> None:
    known = [filed(1, change(to("1", 18)), version=2)]
    assert is_newer(known, 3) and not is_newer(known, 2) and not is_newer([], 7)


def test_an_answer_repeats_the_words_for_lines_changed_since_the_last_one() -> None:
    known = [
        filed(1, change(to("1", 18), sequence=1), version=2),
        filed(2, change(dropped("2"), sequence=2), version=3),
    ]
    found = echo(known, 2)
    assert found is not None and found.codes == {TWO: "DI"} and found.newest.sequence == 2
    assert set(getattr(echo(known, 0), "codes", {})) == {ONE, TWO}


def test_an_order_without_standing_changes_is_answered_as_an_order() -> None:
    assert echo([], 0) is None
    assert echo([filed(1, change(to("1", 18)), "refused")], 0) is None
    assert echo([filed(1, change(to("1", 18), document="850"))], 0) is None
