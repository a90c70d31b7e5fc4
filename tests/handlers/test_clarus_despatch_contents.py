"""What left of a goods out that is not exactly what was ordered: told as the policy has it, or held."""

import msgspec
import pytest

from tests.controls.goods_outs import BOOKS, RULES, Watched, box, line, shown, with_policy


def test_several_parcels_without_contents_are_held_and_the_alert_names_them() -> None:
    at = Watched()
    at.look(shown(boxes=[box("P1"), box("P2")]))
    assert at.open == {}
    decision = at.look(shown(boxes=[box("P1"), box("P2")]), after=60.0)
    assert at.told() == [] and decision.look_at == at.at + RULES.look_again
    assert "P1, P2" in at.open["goods_out_held"] and "contents are missing" in at.open["goods_out_held"]
    at.settle(shown(boxes=[box("P1", ("KETTLE", 1, "L1")), box("P2", ("KETTLE", 1, "L1"))]))
    assert at.told() == [("completed", 1)] and at.open == {}


def test_of_several_parcels_the_one_that_nobody_describes_holds_the_rest() -> None:
    at = Watched()
    lines = [line(despatched=2), line("MUG", 3, despatched=3, ref="L2")]
    at.settle(shown(lines=lines, boxes=[box("P1", ("KETTLE", 2, "")), box("P2")]))
    assert at.contents() == {"P1": [("KETTLE", 2)], "P2": [("MUG", 3)]}


@pytest.mark.parametrize(
    ("boxes", "says"),
    [
        ([box("P1", ("KETTLE", 3, ""))], "1 of KETTLE more than left"),
        ([box("P1", ("KETTLE", 1, ""))], "1 of KETTLE left, and no parcel is said to hold them"),
        ([box("P1", ("KETTLE", 2, "")), box("P2")], "what package P2 holds is missing"),
        ([box("P1", ("MUG", 2, ""))], "2 of MUG more than left"),
    ],
)
def test_contents_that_do_not_add_up_are_held(boxes: list[object], says: str) -> None:
    at = Watched()
    at.settle(shown(boxes=boxes))  # type: ignore[arg-type]
    assert at.told() == [] and says in at.open["goods_out_held"]


def test_without_a_package_it_is_held() -> None:
    at = Watched()
    at.settle(msgspec.structs.replace(shown(), boxes=()))
    assert "no package" in at.open["goods_out_held"]


def test_contents_of_a_source_without_lines_go_to_the_skus_lines_in_their_order() -> None:
    at = Watched()
    lines = [line(despatched=2), line(despatched=1, ordered=1, ref="L2")]
    at.settle(shown(lines=lines, boxes=[box("P1", ("KETTLE", 3, ""))]))
    [parcel] = at.despatches[0][1].parcels
    assert [(one.line_reference, one.quantity) for one in parcel.lines] == [("L1", 2), ("L2", 1)]


def test_shorted_tells_what_left_and_somebody_that_some_did_not() -> None:
    at = Watched()
    at.settle(shown(lines=[line(ordered=5, despatched=2)]))
    assert at.contents() == {"P1": [("KETTLE", 2)]}
    assert "2 of 5 KETTLE" in at.open["goods_out_differs"]
    [(standing, data)] = at.orders
    assert (standing, data.lines[0].cancelled, data.lines[0].despatched) == ("completed", 3, 2)


def test_shorted_is_held_where_the_policy_says_so() -> None:
    at = with_policy(shorted="hold")
    at.settle(shown(lines=[line(ordered=5, despatched=2)]))
    assert at.told() == [] and "shorted is hold" in at.open["goods_out_held"]


def test_shorted_to_nothing_tells_no_despatch() -> None:
    at = Watched()
    at.settle(shown(lines=[line(ordered=5)], boxes=None))
    assert at.told() == [] and "0 of 5" in at.open["goods_out_differs"]
    assert at.orders[-1][1].lines[0].cancelled == 5


def test_more_than_was_ordered_is_capped_at_the_order() -> None:
    at = Watched()
    boxes = [box("P1", ("KETTLE", 200, "")), box("P2", ("KETTLE", 100, ""))]
    at.settle(shown(lines=[line(ordered=250, despatched=300)], boxes=boxes))
    assert at.contents() == {"P1": [("KETTLE", 200)], "P2": [("KETTLE", 50)]}
    assert "300 of 250 KETTLE" in at.open["goods_out_differs"]


def test_more_than_was_ordered_is_held_where_the_policy_says_so() -> None:
    at = with_policy(over_despatch="hold")
    at.settle(shown(lines=[line(ordered=250, despatched=300)]))
    assert at.told() == [] and "over_despatch is hold" in at.open["goods_out_held"]


def test_another_sku_on_the_channels_line_is_held() -> None:
    at = Watched(books=BOOKS)
    at.settle(shown(lines=[line("MUG", despatched=2)]))
    assert at.told() == [] and "MUG (line L1)" in at.open["goods_out_held"]


def test_another_sku_is_told_where_the_policy_says_so() -> None:
    at = Watched(rules=msgspec.structs.replace(RULES, substituted="tell"), books=BOOKS)
    at.settle(shown(lines=[line("MUG", despatched=2)]))
    assert at.contents() == {"P1": [("MUG", 2)]}


def test_a_line_number_of_the_warehouses_own_is_not_told_as_the_channels_line() -> None:
    at = Watched(books=BOOKS)
    at.settle(shown(lines=[line(despatched=2, ref="1")]))
    [parcel] = at.despatches[0][1].parcels
    assert parcel.lines[0].line_reference is None
    assert at.orders[-1][1].lines[0].line_reference is None


PART = [line(ordered=2, picked=2, despatched=1)]


def test_a_part_that_left_waits_for_the_rest() -> None:
    at = Watched()
    at.settle(shown("PICK", PART, [box("P1", left=True)]))
    assert at.told() == [] and at.open == {}
    at.settle(shown(boxes=[box("P1", ("KETTLE", 1, "")), box("P2", ("KETTLE", 1, ""))]))
    assert at.told() == [("completed", 1)]


def test_a_part_that_left_is_told_where_the_policy_says_so_and_the_rest_adds_to_it() -> None:
    at = with_policy(part_despatch="tell")
    at.settle(shown("PICK", PART, [box("P1", left=True), box("P2")]))
    assert at.contents() == {"P1": [("KETTLE", 1)]} and at.open == {}
    at.settle(shown(boxes=[box("P1", left=True), box("P2", left=True)]))
    assert at.told() == [("completed", 1), ("completed", 2)]
    assert at.contents() == {"P1": [("KETTLE", 1)], "P2": [("KETTLE", 1)]}


def test_what_left_of_a_cancelled_goods_out_is_told() -> None:
    at = Watched()
    at.settle(shown("CANCELLED", PART, [box("P1")]))
    assert at.contents() == {"P1": [("KETTLE", 1)]}
    assert at.orders[-1][0] == "cancelled" and at.orders[-1][1].lines[0].cancelled == 1


def test_packages_that_stayed_behind_when_the_rest_was_cancelled_are_not_told() -> None:
    at = Watched()
    at.settle(shown("CANCELLED", PART, [box("P1", left=True), box("P2")]))
    assert at.contents() == {"P1": [("KETTLE", 1)]}
