"""Kits despatched by their components: what a channel that counts kits is told, parcel by parcel."""

from typing import Any

import pytest

from handlers.alerts import AlertKind
from handlers.despatches import Decision
from handlers.notes import RaiseAlert
from handlers.parcels import Known
from schemas.amazon_orders import DespatchedLine
from schemas.terms import LineReference
from tests.controls.despatches import LINE, after, data, decided, line, listing, mappings, order, parcel

SET = listing("SET", "DINING-SET", LEG=4, TOP=1)
OTHER = "79039765272158"


def known(*further: Any, lines: tuple[tuple[str, str, int], ...] = ((LINE, "DINING-SET", 3),)) -> Known:
    return Known(mappings=mappings(SET, *further), order=order(lines))


def holds(*lines: tuple[str, int], reference: str | None = LINE) -> list[dict[str, Any]]:
    return [line(sku, quantity, reference) for sku, quantity in lines]


def boxes(*contents: list[dict[str, Any]], revision: int = 1) -> dict[str, Any]:
    return data([parcel(f"P{n}", lines=lines) for n, lines in enumerate(contents, 1)], revision=revision)


def told(decision: Decision) -> dict[str, dict[str, int] | str]:
    """By parcel: units by line, or why nothing is told of it."""
    return {
        effect.payload.parcel_id: {one.line_reference: one.quantity for one in effect.payload.ready.lines}
        if effect.payload.ready is not None and effect.state == "waiting"
        else effect.reason
        for effect in decision.new
    }


def test_a_parcel_with_whole_kits_tells_kits() -> None:
    assert told(decided(known(), boxes(holds(("LEG", 8), ("TOP", 2))))) == {"P1": {LINE: 2}}


def test_without_a_line_reference_the_order_says_which_kit_it_was() -> None:
    found = decided(known(), boxes(holds(("LEG", 4), ("TOP", 1), reference=None)))
    assert told(found) == {"P1": {LINE: 1}}


def test_an_order_that_is_not_known_yet_is_read_first() -> None:
    found = decided(Known(mappings=mappings(SET)), boxes(holds(("LEG", 4), ("TOP", 1))))
    assert [(effect.state, effect.needs_order) for effect in found.new] == [("waiting", True)]


def test_a_kit_in_two_boxes_is_told_once_with_the_box_that_holds_its_leading_component() -> None:
    found = decided(known(), boxes(holds(("TOP", 1)), holds(("LEG", 4))))
    assert told(found) == {"P1": "told_with_its_kit", "P2": {LINE: 1}}
    assert [effect.state for effect in found.new] == ["withdrawn", "waiting"]


def test_a_component_that_is_spread_over_boxes_does_not_lead() -> None:
    found = decided(known(), boxes(holds(("TOP", 1), ("LEG", 2)), holds(("LEG", 2))))
    assert told(found) == {"P1": {LINE: 1}, "P2": "told_with_its_kit"}


def test_whole_boxes_and_split_boxes_of_one_line_add_up_to_what_left() -> None:
    found = decided(known(), boxes(holds(("TOP", 1), ("LEG", 4)), holds(("TOP", 2)), holds(("LEG", 8))))
    assert told(found) == {"P1": {LINE: 1}, "P2": "told_with_its_kit", "P3": {LINE: 2}}


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param([holds(("TOP", 1))], id="a component is missing"),
        pytest.param([holds(("TOP", 1), ("LEG", 3))], id="too few of one"),
        pytest.param([holds(("TOP", 1), ("LEG", 5))], id="too many of one"),
        pytest.param([holds(("TOP", 1)), holds(("LEG", 3))], id="too few over all boxes"),
    ],
)
def test_what_is_no_whole_number_of_kits_is_held_with_what_there_is(contents: list[list[dict[str, Any]]]) -> None:
    found = decided(known(), boxes(*contents))
    assert {effect.state for effect in found.new} == {"blocked"}
    alerts = [note for note in found.notes if isinstance(note, RaiseAlert)]
    assert {alert.kind for alert in alerts} == {AlertKind.DESPATCH_INCOMPLETE}
    assert "DINING-SET" in alerts[0].text
    assert "TOP (one takes 1)" in alerts[0].text


def test_a_component_that_comes_in_a_later_revision_lets_the_kit_be_told() -> None:
    before = known()
    first = decided(before, boxes(holds(("TOP", 1))))
    second = decided(after(first, before), boxes(holds(("TOP", 1)), holds(("LEG", 4)), revision=2))
    assert told(second) == {"P1": "told_with_its_kit", "P2": {LINE: 1}}


def test_a_box_told_whole_is_not_told_again_because_another_box_joined_it() -> None:
    before = known()
    first = decided(before, boxes(holds(("TOP", 1), ("LEG", 4))))
    told_already = after(first, before, states={"P1": "accepted"})
    second = decided(told_already, boxes(holds(("TOP", 1), ("LEG", 4)), holds(("TOP", 1), ("LEG", 4)), revision=2))
    assert told(second) == {"P1": "unchanged", "P2": {LINE: 1}}


def test_a_component_that_is_also_sold_alone_goes_to_the_line_that_the_warehouse_names() -> None:
    both = known(listing("LEG", "SPARE-LEG"), lines=((LINE, "DINING-SET", 1), (OTHER, "SPARE-LEG", 2)))
    lines = [*holds(("LEG", 4), ("TOP", 1)), *holds(("LEG", 2), reference=OTHER)]
    assert told(decided(both, boxes(lines))) == {"P1": {LINE: 1, OTHER: 2}}


def test_a_component_that_two_lines_of_the_order_might_take_is_never_guessed() -> None:
    both = known(listing("LEG", "SPARE-LEG"), lines=((LINE, "DINING-SET", 1), (OTHER, "SPARE-LEG", 2)))
    found = decided(both, boxes(holds(("LEG", 6), ("TOP", 1), reference=None)))
    assert told(found) == {"P1": "order_unknown"}


def test_a_kit_that_leaves_under_its_own_name_is_told_as_one() -> None:
    assert told(decided(known(), boxes(holds(("SET", 2))))) == {"P1": {LINE: 2}}


def test_kits_in_packs_count_by_the_pack() -> None:
    pairs = Known(
        mappings=mappings(listing("SET", "DINING-SET", 2, LEG=4, TOP=1)), order=order(((LINE, "DINING-SET", 3),))
    )
    assert told(decided(pairs, boxes(holds(("LEG", 8), ("TOP", 2))))) == {"P1": {LINE: 1}}
    assert told(decided(pairs, boxes(holds(("LEG", 4), ("TOP", 1))))) == {"P1": "despatch_incomplete"}


def test_two_skus_under_one_line_that_are_of_no_kit_stay_held() -> None:
    apart = known(listing("LAMP", "LAMP-1"), listing("KETTLE", "KETTLE-1"))
    found = decided(apart, boxes(holds(("LAMP", 1), ("KETTLE", 1))))
    assert told(found) == {"P1": "despatch_incomplete"}


def test_more_kits_than_the_order_is_open_for_are_held() -> None:
    found = decided(known(lines=((LINE, "DINING-SET", 1),)), boxes(holds(("LEG", 8), ("TOP", 2))))
    assert told(found) == {"P1": "order_unknown"}
    assert DespatchedLine(LineReference(LINE), 2) not in [
        one for effect in found.new if effect.payload.ready for one in effect.payload.ready.lines
    ]
