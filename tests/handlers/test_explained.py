"""What explains a zero: movements, despatches, order lines; never a level alone."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from handlers.explained import Finding, History, Shows, Since, explain
from schemas.terms import Sku, Warehouse

LAMP, SHADE = Sku("LAMP"), Sku("SHADE")
LEEDS, YORK = Warehouse("LEEDS"), Warehouse("YORK")


def shows(available: Mapping[Sku, int], *, buffer: int = 0, pack: int = 1, lines: int = 0) -> Shows:
    """The scarcest SKU counts, less open lines and the buffer, in packs."""
    open_lines = lines

    def quantity(more: Mapping[Sku, int], *, lines: bool = True) -> int:
        pool = min(there + more.get(sku, 0) for sku, there in available.items())
        return max(0, pool - (open_lines if lines else 0) - buffer) // pack

    return quantity


def found(history: History, **formula: int) -> Finding:
    return explain({LAMP: history}, shows({LAMP: history.available}, **formula))


def test_movements_that_took_it_all_explain_it() -> None:
    assert found(History(0, [Since(LEEDS, 50, -50, 50)])).cause == "movements"


def test_a_level_that_says_nothing_is_left_explains_nothing() -> None:
    assert found(History(0, [Since(LEEDS, 50)])) == Finding("", 50)


def test_what_movements_took_is_known_and_the_rest_is_not_believed() -> None:
    assert found(History(0, [Since(LEEDS, 50, -12, 12)])) == Finding("", 38)


def test_despatches_explain_a_level_where_no_movement_did() -> None:
    history = History(0, [Since(LEEDS, 50)], despatched=50)
    assert found(history).cause == "despatches"


def test_order_lines_that_the_level_includes_explain_it() -> None:
    assert found(History(0, [Since(LEEDS, 50)], ordered=50)).cause == "order_lines"


def test_the_same_units_moved_and_despatched_and_ordered_count_once() -> None:
    history = History(0, [Since(LEEDS, 50, -20, 20)], despatched=20, ordered=20)
    assert found(history) == Finding("", 30)


def test_open_order_lines_explain_a_zero_of_full_shelves() -> None:
    assert found(History(50, [Since(LEEDS, 50)]), lines=50).cause == "order_lines"


def test_a_false_level_that_was_corrected_leaves_nothing_unexplained() -> None:
    assert found(History(0, [Since(LEEDS, 50, -50, 50)], despatched=0)).cause == "movements"


def test_what_moved_between_warehouses_is_not_lost() -> None:
    history = History(0, [Since(LEEDS, 30), Since(YORK, 0, -30, 30)])
    assert history.change == 0
    assert found(history).cause == "movements"


def test_under_the_buffer_or_less_than_a_pack_is_as_good_as_nothing() -> None:
    assert found(History(4, [Since(LEEDS, 20, -16, 16)]), buffer=5).cause == "movements"
    assert found(History(11, [Since(LEEDS, 24, -13, 13)]), pack=12).cause == "movements"


def test_a_listing_that_its_own_settings_brought_to_zero_is_not_explained() -> None:
    assert found(History(20, [Since(LEEDS, 20)]), buffer=1_000) == Finding("")


def test_where_the_stream_does_not_reach_back_nothing_is_explained() -> None:
    assert found(History(0, [Since(LEEDS, None, -5, 5)])) == Finding("")
    assert explain({}, shows({LAMP: 0})) == Finding("")


def test_of_a_kit_each_component_has_to_be_explained() -> None:
    lamp, shade = History(0, [Since(LEEDS, 9)]), History(7, [Since(LEEDS, 9, -2, 2)])
    assert explain({LAMP: lamp, SHADE: shade}, shows({LAMP: 0, SHADE: 7})) == Finding("", 7)
    gone = History(0, [Since(LEEDS, 9, -9, 9)])
    assert explain({LAMP: gone, SHADE: shade}, shows({LAMP: 0, SHADE: 7})).cause == "movements"


@given(base=st.integers(1, 500), taken=st.integers(0, 500), despatched=st.integers(0, 500))
def test_a_level_of_nothing_is_explained_exactly_when_as_much_is_known_to_have_left(
    base: int, taken: int, despatched: int
) -> None:
    history = History(0, [Since(LEEDS, base, -taken, taken)], despatched=despatched)
    finding = found(history)
    assert (finding.cause != "") == (max(taken, despatched) >= base)
    if finding.cause == "":
        assert finding.quantity == base - max(taken, despatched)
