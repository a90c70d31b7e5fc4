"""What is accepted after a goods out has left is another goods out, and all of them stand as one order."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.later_goods_outs import GoodsOut, Share, had_of, reference_of, shares
from handlers.order_standing import LineStanding, Standing, StandingRow
from handlers.sellable_stock import Component
from handlers.warehouse_orders import WantedLine
from handlers.whole_standing import whole_standing
from schemas.purchase_order import PoLineNumber, PurchaseOrderNumber
from schemas.terms import LineReference, OrderReference, Sku
from tests.handlers.vendor_orders import ORDERED, OWNER, judged, known, order

NUMBER = PurchaseOrderNumber("4Z32PABC")
ONE, TWO = PoLineNumber("1"), PoLineNumber("2")


def out(part: int, had: dict[PoLineNumber, int], *, left: bool) -> GoodsOut:
    return GoodsOut(reference=reference_of(NUMBER, part), had=had, left=left)


def shown(found: list[Share]) -> dict[str, dict[str, int]]:
    return {str(one.out.reference): {str(line): units for line, units in one.wanted.items()} for one in found}


def test_the_first_goods_out_goes_under_the_orders_number_and_takes_everything() -> None:
    assert shown(shares(NUMBER, {ONE: 24}, [])) == {"4Z32PABC": {"1": 24}}
    assert shown(shares(NUMBER, {ONE: 24}, [out(1, {ONE: 10}, left=False)])) == {"4Z32PABC": {"1": 24}}


def test_what_is_wanted_beyond_what_has_left_is_another_goods_out() -> None:
    first = out(1, {ONE: 10, TWO: 6}, left=True)
    assert shown(shares(NUMBER, {ONE: 10, TWO: 6}, [first])) == {"4Z32PABC": {"1": 10, "2": 6}}
    found = shares(NUMBER, {ONE: 24, TWO: 6}, [first])
    assert shown(found) == {"4Z32PABC": {"1": 10, "2": 6}, "4Z32PABC-2": {"1": 14, "2": 0}}
    assert [one.part for one in found] == [1, 2]


def test_a_goods_out_that_has_not_left_takes_what_comes_and_gives_what_goes() -> None:
    outs = [out(1, {ONE: 10}, left=True), out(2, {ONE: 4}, left=False)]
    assert shown(shares(NUMBER, {ONE: 24}, outs))["4Z32PABC-2"] == {"1": 14}
    assert shown(shares(NUMBER, {ONE: 12}, outs)) == {"4Z32PABC": {"1": 10}, "4Z32PABC-2": {"1": 2}}
    assert shown(shares(NUMBER, {ONE: 8}, outs)) == {"4Z32PABC": {"1": 8}, "4Z32PABC-2": {"1": 0}}


def test_one_that_is_taken_back_keeps_what_it_had_while_another_is_on_its_way() -> None:
    outs = [out(1, {ONE: 10}, left=False), out(2, {ONE: 14}, left=False)]
    assert shown(shares(NUMBER, {ONE: 24}, outs)) == {"4Z32PABC": {"1": 10}, "4Z32PABC-2": {"1": 14}}


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4), st.integers(0, 40), st.integers(0, 40),
    st.booleans(),
)  # fmt: skip
def test_all_goods_outs_together_are_what_is_wanted_and_none_that_left_has_more_than_it_had(
    had: list[tuple[int, int]], one: int, two: int, last_left: bool
) -> None:
    wanted = {ONE: one, TWO: two}
    outs = [out(part, {ONE: a, TWO: b}, left=last_left or part < len(had)) for part, (a, b) in enumerate(had, 1)]
    found = shares(NUMBER, wanted, outs)
    assert {line: sum(each.wanted[line] for each in found) for line in wanted} == wanted
    assert all(each.wanted[line] <= each.out.had[line] for each in found if each.out.left for line in wanted)
    assert len({each.out.reference for each in found}) == len(found) <= max(len(outs), 1) + 1


def test_what_a_goods_out_had_of_a_kit_is_counted_by_its_scarcest_component() -> None:
    lines = judged(order()).lines
    told = [WantedLine(line_reference=LineReference("1"), sku=Sku("MUG"), quantity=7)]
    assert had_of(told, lines) == {ONE: 7} and had_of([], lines) == {ONE: 0}
    assert known() is not None
    [line] = lines
    kit = type(line)(number=ONE, ordered=line.ordered, needs=(Component(Sku("LID"), 1), Component(Sku("MUG"), 2)))
    told += [WantedLine(line_reference=LineReference("1"), sku=Sku("LID"), quantity=9)]
    assert had_of(told, [kit]) == {ONE: 3}


def says(reference: str, revision: int, standing: Standing, *lines: LineStanding, hours: int = 0) -> StandingRow:
    return StandingRow(
        account=OWNER, order_reference=OrderReference(reference), revision=revision, standing=standing, lines=lines,
        at=ORDERED + timedelta(hours=hours),
    )  # fmt: skip


def line(**units: int) -> LineStanding:
    return LineStanding(sku="MUG", line_reference="1", warehouse="LEEDS", **units)


LEFT = says("4Z32PABC", 5, "completed", line(ordered=10, despatched=10, stock_sequence=40))


def test_two_goods_outs_stand_as_one_order_with_what_both_have_set_aside() -> None:
    second = says("4Z32PABC-2", 0, "allocated", line(ordered=14, allocated=14, stock_sequence=77), hours=9)
    whole = whole_standing([LEFT, second], OrderReference("4Z32PABC"))
    assert whole is not None
    assert (whole.order_reference, whole.standing, whole.at) == ("4Z32PABC", "allocated", second.at)
    [one] = whole.lines
    assert (one.ordered, one.allocated, one.despatched, one.stock_sequence) == (24, 24, 10, 77)


def test_the_whole_is_newer_with_each_that_is_heard_and_each_that_joins() -> None:
    revisions = []
    for rows in ([LEFT], [LEFT, says("4Z32PABC-2", 0, "allocated", line(allocated=4))],
                 [LEFT, says("4Z32PABC-2", 1, "completed", line(despatched=4))]):  # fmt: skip
        whole = whole_standing(rows, OrderReference("4Z32PABC"))
        assert whole is not None
        revisions.append(whole.revision)
    assert revisions == [5, 6, 7]


def test_what_a_cancelled_rest_leaves_stands_as_what_left() -> None:
    gone = says("4Z32PABC-2", 3, "cancelled", line(ordered=14, allocated=0, cancelled=14))
    whole = whole_standing([LEFT, gone], OrderReference("4Z32PABC"))
    assert whole is not None and whole.standing == "completed"
    assert (whole.lines[0].allocated, whole.lines[0].cancelled) == (10, 14)


def test_nothing_is_added_up_where_one_says_nothing_of_its_lines() -> None:
    assert whole_standing([says("4Z32PABC", 5, "completed")], OrderReference("4Z32PABC")) is None
    assert whole_standing([], OrderReference("4Z32PABC")) is None
