"""Changes put upon purchase orders: in the retailer's order whatever the order of their coming, and never guessed."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.acknowledged_orders import Product
from handlers.gone_units import gone_units
from handlers.purchase_order_changes import (
    Applied,
    DoesNotFit,
    Filed,
    State,
    after_all,
    as_change,
    echo,
    ends_all,
    first_look,
    in_order,
    is_newer,
    missing,
    sent_again,
)
from handlers.purchase_orders import content_hash, differences, hear
from schemas.despatch import DespatchData, Parcel, ParcelLine
from schemas.purchase_order import Cost, Identifier, PoLineNumber, PurchaseOrder, Window
from schemas.purchase_order_change import LineChange, PurchaseOrderChange
from schemas.terms import Account, DespatchId, OrderReference, ParcelId, Sku, Warehouse
from tests.handlers.vendor_orders import ORDERED, VENDOR, line, order

AT = ORDERED + timedelta(hours=5)
BASE = order(line("1", 24), line("2", 12, sku="CUP"), transport="x12")
ONE, TWO = PoLineNumber("1"), PoLineNumber("2")


def change(*lines: LineChange, sequence: int | None = None, **more: object) -> PurchaseOrderChange:
    plain = PurchaseOrderChange(
        channel_account=VENDOR, number=BASE.number, transport="x12", document="860", sequence=sequence, lines=lines
    )
    return msgspec.structs.replace(plain, **more)


def to(number: str, amount: int, **more: object) -> LineChange:
    plain = LineChange(number=PoLineNumber(number), code="QC", changes="quantity", amount=amount, unit="each")
    return msgspec.structs.replace(plain, **more)


def dropped(number: str) -> LineChange:
    return LineChange(number=PoLineNumber(number), code="DI", changes="nothing", cancelled=True)


def filed(place: int, given: PurchaseOrderChange, state: State = "applied", version: int = 2) -> Filed:
    return Filed(place=place, change=given, heard_at=AT + timedelta(minutes=place), state=state, version=version)


def after(*changes: PurchaseOrderChange, gone: dict[PoLineNumber, int] | None = None, **more: bool) -> Applied:
    return after_all(BASE, changes, gone or {}, AT, **more)


def amounts(found: Applied | PurchaseOrder) -> dict[str, int]:
    given = found.order if isinstance(found, Applied) else found
    return {str(one.number): one.ordered.amount for one in given.lines}


def test_each_kind_of_change_is_a_difference_with_a_name() -> None:
    window = Window(ORDERED + timedelta(days=4), ORDERED + timedelta(days=12))
    dearer = LineChange(number=TWO, code="PC", changes="cost", net_cost=Cost(Decimal("2.60"), "GBP"))
    new = to("3", 6, code="AI", changes="all", added=True, identifiers=(Identifier("vendor_sku", "JUG"),))
    found = after(change(to("1", 18), dearer, new, delivery_window=window)).order
    assert [(one.kind, one.line) for one in differences(BASE, found)] == [
        ("delivery_window", ""), ("quantity", "1"), ("cost", "2"), ("added", "3"),
    ]  # fmt: skip
    assert found.changed_at == AT


def test_a_cancelled_line_stays_with_nothing_ordered() -> None:
    assert amounts(after(change(dropped("2")))) == {"1": 24, "2": 0}
    assert [one.kind for one in differences(BASE, after(change(dropped("2"))).order)] == ["cancelled"]


def test_a_whole_order_is_cancelled_with_its_lines_as_they_were() -> None:
    found = after(change(cancels=True)).order
    assert found.state == "cancelled" and ends_all(found) and content_hash(found) == content_hash(BASE)


def test_a_difference_is_put_upon_what_was_ordered_then() -> None:
    up = LineChange(number=ONE, code="QI", changes="quantity", by=6, direction="up")
    down = LineChange(number=ONE, code="QD", changes="quantity", by=10, direction="down")
    assert amounts(after(change(up), change(down)))["1"] == 20
    with pytest.raises(DoesNotFit, match="down by 30"):
        after(change(msgspec.structs.replace(down, by=30)))


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


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (change(to("9", 3)), "line 9 is not in the order"),
        (change(to("1", 30, code="QD", direction="down")), "said to go down, from 24 to 30"),
        (change(to("1", 18, code="QI", direction="up")), "said to go up, from 24 to 18"),
        (change(to("1", 18, code="PC", changes="cost", net_cost=Cost(Decimal(3), "GBP"))), "its cost alone"),
        (change(to("1", 18, net_cost=Cost(Decimal(3), "GBP"))), "a cost of 3 GBP, where it is 2.50 GBP"),
        (change(to("1", 18, identifiers=(Identifier("vendor_sku", "JUG"),))), "of another item than JUG"),
        (change(to("1", 6, code="AI", changes="all", added=True)), "is in the order already"),
        (change(vendor_code="OTHER"), "for vendor OTHER"),
    ],
)  # fmt: skip
def test_a_change_that_does_not_fit_is_refused_and_says_why(given: PurchaseOrderChange, why: str) -> None:
    with pytest.raises(DoesNotFit, match=why):
        after(given)


def test_what_a_person_believes_is_taken_as_it_is_told() -> None:
    found = after(change(to("1", 18, code="QI", direction="up", net_cost=Cost(Decimal(3), "GBP"))), believed=True)
    assert amounts(found)["1"] == 18 and found.order.lines[0].net_cost == Cost(Decimal(3), "GBP")


def test_nothing_is_changed_of_an_order_that_is_cancelled() -> None:
    with pytest.raises(DoesNotFit, match="cancelled at the retailer"):
        after(change(cancels=True, sequence=1), change(to("1", 3), sequence=2))


# What has left.


def test_what_has_left_stays_ordered_and_people_hear_of_it() -> None:
    found = after(change(to("1", 6), dropped("2")), gone={ONE: 10, TWO: 2})
    assert amounts(found) == {"1": 10, "2": 2} and not ends_all(found.order)
    assert [str(one) for one in found.too_late] == [
        "line 1: 6 are wanted now, and 10 have left", "line 2: 0 are wanted now, and 2 have left",
    ]  # fmt: skip


def test_an_order_that_is_cancelled_after_goods_have_left_is_open_for_those_alone() -> None:
    found = after(change(cancels=True), gone={ONE: 10})
    assert amounts(found) == {"1": 10, "2": 0} and found.order.state == "new"


def test_a_change_that_leaves_as_much_as_has_left_is_not_too_late() -> None:
    assert after(change(to("1", 10)), gone={ONE: 10}).too_late == ()


def test_units_that_have_left_are_counted_by_line_and_a_part_of_a_case_counts_as_one() -> None:
    products = {ONE: Product(Sku("MUG"), 6), TWO: Product(Sku("CUP"), None)}
    lines = (
        ParcelLine(Sku("MUG"), 13), ParcelLine(Sku("CUP"), 4, line_reference="2"),  # type: ignore[arg-type]  # a name
        ParcelLine(Sku("JUG"), 9),
    )  # fmt: skip
    despatch = DespatchData(
        account=Account("acme"), warehouse=Warehouse("LEEDS"), order_reference=OrderReference("G1"),
        despatch_id=DespatchId("D1"), revision=1, parcels=(Parcel(ParcelId("P1"), lines),),
    )  # fmt: skip
    assert gone_units(products, [despatch]) == {ONE: 3, TWO: 4}


# What comes twice, too early, too late.


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


# An order that is sent again.


def resent(word: str, *lines: object, known: PurchaseOrder = BASE, base: PurchaseOrder | None = None) -> object:
    given = order(*(lines or BASE.lines), transport="x12", state_word=word)  # type: ignore[arg-type]
    return sent_again(given, known, base, AT)


def test_an_order_that_replaces_another_ends_the_lines_that_it_does_not_name() -> None:
    found = resent("05", line("1", 6))
    assert isinstance(found, PurchaseOrder)
    assert amounts(found) == {"1": 6, "2": 0} and found.changed_at == AT


def test_an_order_marked_as_a_change_leaves_the_lines_that_it_does_not_name() -> None:
    found = resent("04", line("1", 6), line("3", 2, sku="JUG"))
    assert isinstance(found, PurchaseOrderChange)
    assert amounts(after(found)) == {"1": 6, "2": 12, "3": 2}


def test_an_order_sent_again_to_cancel_it_cancels_what_has_not_left() -> None:
    given = order(*BASE.lines, transport="x12", state_word="01", state="cancelled")
    found = sent_again(given, BASE, None, AT)
    assert isinstance(found, PurchaseOrderChange) and found.cancels
    assert amounts(after(found, gone={ONE: 2})) == {"1": 2, "2": 0}
    assert sent_again(given, None, None, AT) == given, "of one that was never here nothing is left to change"


def test_a_copy_of_the_order_from_before_its_changes_undoes_none_of_them() -> None:
    known = after(change(to("1", 18))).order
    assert resent("00", known=known, base=BASE) is None
    assert resent("07", known=known, base=BASE) is None


def test_a_replacement_that_comes_before_the_order_that_it_replaces_stays_the_newer_one() -> None:
    """Files overtake one another: the first order, come late, undoes nothing."""
    given = order(line("1", 6), transport="x12", state_word="05")
    first = sent_again(given, None, None, AT)
    assert isinstance(first, PurchaseOrder) and first.changed_at == AT
    late = order(*BASE.lines, transport="x12", state_word="00")
    assert sent_again(late, first, None, AT) == late
    assert hear(late, hear(first, None, AT).after, AT).word == "stale"


def test_a_replacement_that_says_what_was_ordered_first_does_undo_them_and_its_own_copy_does_not() -> None:
    known = after(change(to("1", 18))).order
    found = resent("05", known=known, base=BASE)
    assert isinstance(found, PurchaseOrder) and amounts(found)["1"] == 24
    replaced = msgspec.structs.replace(BASE, state_word="05")
    assert resent("05", known=known, base=replaced) is None


def test_as_a_change_an_order_says_the_whole_of_itself() -> None:
    assert content_hash(after(as_change(BASE)).order) == content_hash(BASE)


# What an answer repeats.


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


def test_no_order_of_coming_ever_leaves_less_than_has_left() -> None:
    made = [change(to("1", n), sequence=at) for at, n in enumerate((18, 2, 9), 1)]
    for coming in permutations(made):
        arrived: list[Filed] = []
        for place, one in enumerate(coming, 1):
            arrived.append(filed(place, one))
            found = after(*(each.change for each in in_order(arrived)), gone={ONE: 5})
            assert amounts(found)["1"] >= 5
