"""Where an order stands, out of Clarus: more at once, less only when it is proved, an end only when it is proved."""

import msgspec
import pytest

from handlers.clarus_goods_outs import Reading
from handlers.clarus_orders import speaker
from handlers.clarus_sales import Sale
from handlers.clarus_telling import Order, decide, doubled
from handlers.notes import RaiseAlert, ResolveAlert
from tests.controls.goods_outs import AT, LAG, RULES, SALE, Watched, box, line, shown


def standings(at: Watched) -> list[tuple[str, int]]:
    return [(standing, data.revision) for standing, data in at.orders]


def test_progress_is_told_at_once_with_consecutive_revisions() -> None:
    at = Watched()
    at.look(shown("PENDING"))
    at.look(shown("PART_ALLOCATED", [line(allocated=1)]))
    at.look(shown("ALLOCATED", [line(allocated=2)]))
    at.look(shown("PICK", [line(allocated=2, picked=1)]))
    assert standings(at) == [("part_allocated", 1), ("allocated", 2), ("picking", 3)]
    data = at.orders[1][1].lines[0]
    assert (data.sku, data.line_reference, data.ordered, data.allocated, data.warehouse) == (
        "KETTLE", "L1", 2, 2, "W1",
    )  # fmt: skip


def test_what_is_picked_stays_allocated() -> None:
    at = Watched()
    at.look(shown("PICK", [line(allocated=0, picked=2)]))
    assert at.orders[0][1].lines[0].allocated == 2


def test_the_same_standing_is_told_once() -> None:
    at = Watched()
    for _ in range(4):
        at.look(shown("PICK", [line(picked=1)]))
    assert standings(at) == [("picking", 1)]


@pytest.mark.parametrize(
    "less", [shown("ALLOCATED", [line(allocated=2)]), shown("PICK", [line(picked=1)]), shown("PENDING")]
)
def test_less_than_was_said_is_told_by_the_second_read_alone(less: object) -> None:
    at = Watched()
    at.look(shown("PICK", [line(picked=2)]))
    assert at.look(less).look_at == at.at + LAG  # type: ignore[arg-type]
    assert standings(at) == [("picking", 1)]
    at.look(less, after=60.0)  # type: ignore[arg-type]
    assert [revision for _, revision in standings(at)] == [1, 2]


def test_a_pick_list_that_is_cancelled_sets_nothing_aside_any_more() -> None:
    at = Watched()
    at.look(shown("ALLOCATED", [line(allocated=2)]))
    at.settle(shown("PENDING", [line(allocated=2)]))
    standing, data = at.orders[-1]
    assert (standing, data.lines[0].allocated) == ("part_allocated", 0)


@pytest.mark.parametrize(("code", "word"), [("COMPLETED", "completed"), ("CANCELLED", "cancelled")])
def test_an_end_is_told_by_the_second_read_alone(code: str, word: str) -> None:
    at = Watched()
    at.look(shown(code))
    assert at.orders == []
    at.look(shown(code), after=60.0)
    assert standings(at) == [(word, 1)]


def test_a_cancelled_order_has_nothing_set_aside() -> None:
    at = Watched()
    at.look(shown("ALLOCATED", [line(allocated=2)]))
    at.settle(shown("CANCELLED", [line(allocated=2)], None))
    data = at.orders[-1][1].lines[0]
    assert (data.allocated, data.cancelled) == (0, 2)


def test_a_status_that_nobody_knows_is_told_to_people_and_nothing_else_happens() -> None:
    at = Watched()
    at.settle(shown())
    decision = at.settle(shown("QUARANTINED", [line()]))
    assert decision.word == "unknown_status" and "QUARANTINED" in at.open["goods_out_status"]
    assert at.told() == [("completed", 1)] and standings(at) == [("completed", 1)]
    at.settle(shown())
    assert at.told() == [("completed", 1)]


def test_what_was_not_started_is_cancelled_when_it_is_gone_and_a_cancellation_is_known() -> None:
    at = Watched()
    at.look(shown("PENDING"))
    at.cancel_is_known()
    at.look(None)
    assert at.orders == []
    at.look(None, after=60.0)
    assert standings(at) == [("cancelled", 1)] and at.open == {}
    assert at.look(None, after=60.0).word == "archived"
    assert standings(at) == [("cancelled", 1)]


def test_a_goods_out_that_is_gone_is_asked_about_when_no_cancellation_is_known() -> None:
    at = Watched()
    at.look(shown("PENDING"))
    at.settle(None)
    assert at.orders == [] and "no longer shown" in at.open["goods_out_vanished"]
    at.cancel_is_known()
    at.look(None)
    assert standings(at) == [("cancelled", 1)] and at.open == {}


def test_a_goods_out_that_is_gone_is_cancelled_where_the_policy_says_so() -> None:
    at = Watched(rules=msgspec.structs.replace(RULES, vanished="cancelled"))
    at.look(shown("PENDING"))
    at.settle(None)
    assert standings(at) == [("cancelled", 1)]


@pytest.mark.parametrize("code", ["ALLOCATED", "PICK"])
def test_what_was_started_is_never_taken_as_cancelled_because_it_is_gone(code: str) -> None:
    at = Watched(rules=msgspec.structs.replace(RULES, vanished="cancelled"))
    at.look(shown(code, [line(allocated=2)]))
    at.cancel_is_known()
    at.settle(None)
    assert [word for word, _ in standings(at)] == [code.lower().replace("pick", "picking")]
    assert "goods_out_vanished" in at.open


def test_what_comes_back_is_gone_no_more() -> None:
    at = Watched()
    at.look(shown("PENDING"))
    at.settle(None)
    at.settle(shown("PENDING"))
    assert at.open == {} and at.orders == []


def test_one_look_that_misses_it_proves_nothing() -> None:
    at = Watched()
    at.look(shown("PENDING"))
    at.cancel_is_known()
    at.look(None)
    at.look(shown("PENDING"))
    at.look(None, after=60.0)
    assert at.orders == [] and at.open == {}


def test_what_had_ended_before_we_first_looked_is_only_noted() -> None:
    at = Watched(first_look=True)
    at.settle(shown())
    at.settle(shown())
    assert at.orders == [] and at.told() == []
    at.settle(shown("PICK", [line(picked=2)]))
    at.settle(shown())
    assert at.told() == [("completed", 1)]


def test_what_had_ended_and_its_channel_still_waits_for_is_told() -> None:
    waits = Sale(channel=SALE.channel, order_id=SALE.order_id, waits=True)
    at = Watched(first_look=True, sale=waits)
    at.settle(shown())
    assert at.told() == [("completed", 1)]


def test_what_had_ended_is_told_once_our_books_hear_that_its_channel_waits() -> None:
    at = Watched(first_look=True)
    at.settle(shown())
    assert at.told() == []
    at.sale = Sale(channel=SALE.channel, order_id=SALE.order_id, waits=True)
    at.settle(shown())
    assert at.told() == [("completed", 1)]


def test_of_several_of_one_name_the_oldest_that_lives_speaks() -> None:
    assert speaker([shown(id="1000"), shown(id="901"), shown("CANCELLED", id="900")]).id == "901"
    assert speaker([shown("CANCELLED", id="900"), shown("CANCELLED", id="1000")]).id == "1000"


def test_who_does_not_speak_tells_its_despatch_alone() -> None:
    order = Order(revision=3, speaks=False)
    first = decide(None, shown(), SALE, order, Reading(1, AT, LAG), RULES)
    second = decide(first.said, shown(), SALE, order, Reading(2, AT + LAG, LAG), RULES)
    assert second.order is None and second.despatch is not None


def test_a_revision_is_above_all_that_was_said_of_the_order() -> None:
    decision = decide(
        None, shown("ALLOCATED", [line(allocated=2)]), SALE, Order(revision=7), Reading(1, AT, LAG), RULES
    )
    assert decision.order is not None and decision.order.data.revision == 8


def test_two_that_live_under_one_name_are_told_to_people_until_one_is_left() -> None:
    note = doubled([shown(id="1"), shown(id="2")], 2, RULES)
    assert isinstance(note, RaiseAlert) and "1, 2" in note.text
    assert isinstance(doubled([shown(id="1"), shown("CANCELLED", id="2")], 2, RULES), ResolveAlert)
    assert isinstance(doubled([shown(id="1")], 2, RULES), ResolveAlert)
    assert doubled([shown(id="1")], 1, RULES) is None


def test_a_torn_picture_of_a_completed_order_ends_nothing() -> None:
    """The header is new, the lines are old: nothing has left yet, and it is not shorted to nothing."""
    at = Watched()
    at.look(shown(lines=[line(picked=2)], boxes=None))
    at.look(shown(), after=60.0)
    at.look(shown(lines=[line(despatched=2)], boxes=[box()]), after=60.0)
    assert standings(at) == [("completed", 1)] and at.open == {}
    assert at.orders[0][1].lines[0].cancelled == 0
