"""What the warehouse says it has set aside, and how much of it may be accepted."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers.acknowledging import Answering, parts_of, propose
from handlers.allocation import Aside, Facts, at_least, facts_of, is_awaited, secured_of
from handlers.order_requests import Status
from handlers.order_standing import LineStanding, Standing, StandingRow
from handlers.purchase_order_judgement import JudgedLine, Reason
from handlers.purchase_order_release import Mode, ReleaseRules
from handlers.securing import Secured
from handlers.sellable_stock import Component
from handlers.vendor_windows import Dates
from schemas.purchase_order import PoLineNumber
from schemas.terms import OrderReference, Sku
from tests.handlers.vendor_orders import ORDERED, OWNER, judged, known, line, order, stored

ONE, TWO = PoLineNumber("1"), PoLineNumber("2")
MUGS = order(line("1", 24))
PROCESS = ReleaseRules(mode="process", allocated_within=timedelta(minutes=30))


def standing(*lines: LineStanding, word: Standing = "part_allocated") -> StandingRow:
    return StandingRow(
        account=OWNER, order_reference=OrderReference("4Z32PABC"), revision=3, standing=word, lines=lines, at=ORDERED
    )


def aside(units: int, number: str = "1", sku: str = "MUG", ordered: int | None = 24, **more: Any) -> LineStanding:
    return LineStanding(sku, number, ordered, units, **more)


def facts(row: StandingRow | None, *lines: JudgedLine, status: Status = "part_allocated") -> Facts | None:
    return facts_of(row, lines or judged(MUGS).lines, status)


def test_what_is_allocated_picked_or_gone_is_set_aside() -> None:
    assert facts(standing(aside(10))) == {ONE: Aside(24, 10)}
    assert facts(standing(aside(10, picked=12, despatched=4))) == {ONE: Aside(24, 12)}


@pytest.mark.parametrize(
    ("row", "status"),
    [
        (None, "pending"),
        (standing(aside(24)), ""),
        (standing(aside(24)), "withdrawn"),
        (standing(aside(0), word="cancelled"), "pending"),
        (standing(word="completed"), "completed"),
        (standing(aside(0)), "pending"),
    ],
)
def test_what_says_nothing_of_the_order_as_it_is_does_not_count(row: StandingRow | None, status: Status) -> None:
    assert facts(row, status=status) is None


def test_an_order_that_was_cancelled_in_the_warehouse_has_nothing_set_aside() -> None:
    found = facts(standing(aside(0), word="cancelled"), status="cancelled")
    assert found == {ONE: Aside(24, 0)}
    for mode in ("reserve", "process"):
        assert secured_of(judged(MUGS).lines, {ONE: Secured(24)}, found, mode)[ONE].eaches == 0


def test_a_kit_counts_by_its_scarcest_component() -> None:
    [kit] = judged(MUGS).lines
    kit = replace(kit, needs=(Component(Sku("MUG"), 2), Component(Sku("LID"), 1)))
    found = facts(standing(aside(9, ordered=48), aside(24, sku="LID")), kit)
    assert found == {ONE: Aside(24, 4)}


def test_a_standing_that_names_no_line_is_spread_over_its_products_lines_and_none_gets_more_than_it_wants() -> None:
    lines = judged(order(line("1", 10), line("2", 20))).lines
    found = facts_of(standing(aside(25, "77", ordered=40)), lines, "allocated")
    assert found == {ONE: Aside(10, 10), TWO: Aside(20, 15)}


def test_with_process_nothing_is_secured_before_the_warehouse_has_said_so() -> None:
    lines = judged(MUGS).lines
    assert secured_of(lines, {ONE: Secured(24)}, None, "process") == {ONE: Secured(0, "allocation")}
    assert secured_of(lines, {ONE: Secured(24)}, {ONE: Aside(24, 7)}, "process") == {ONE: Secured(7, "allocation")}


def test_more_than_was_ordered_is_never_secured() -> None:
    lines = judged(MUGS).lines
    assert secured_of(lines, {}, {ONE: Aside(24, 30)}, "process") == {ONE: Secured(24, "allocation")}
    assert at_least(lines, {}, {ONE: Aside(24, 30)}) == {ONE: 24}


def test_with_reserve_our_books_count_until_the_warehouse_falls_short_of_what_it_was_asked_for() -> None:
    lines = judged(MUGS).lines
    held = {ONE: Secured(24)}
    assert secured_of(lines, held, None, "reserve") == held
    assert secured_of(lines, held, {ONE: Aside(12, 12)}, "reserve") == held, "the rest was not asked for yet"
    assert secured_of(lines, held, {ONE: Aside(24, 18)}, "reserve") == {ONE: Secured(18, "allocation")}


def test_people_are_asked_only_once_the_warehouse_has_had_its_time() -> None:
    given_, found = stored(MUGS), judged(MUGS)
    soon, late = ORDERED + timedelta(minutes=29), ORDERED + timedelta(minutes=31)
    assert is_awaited(given_, found, None, PROCESS, soon)
    assert not is_awaited(given_, found, None, PROCESS, late)
    assert not is_awaited(given_, found, {ONE: Aside(24, 7)}, PROCESS, soon), "it has spoken"
    assert not is_awaited(given_, found, None, replace(PROCESS, mode="reserve"), soon)
    doubted = replace(found, reasons=(Reason(kind="cost_unknown", cause="c", text="t", fix="f"),))
    assert not is_awaited(given_, doubted, None, PROCESS, soon)


@settings(max_examples=300, deadline=None, print_blob=True)
@given(
    mode=st.sampled_from(("reserve", "process")),
    amount=st.integers(0, 40), case=st.booleans(), held=st.integers(0, 300),
    units=st.integers(0, 300), asked=st.integers(0, 300), heard=st.booleans(),
    word=st.sampled_from(("allocated", "part_allocated", "picking", "completed", "cancelled")),
    status=st.sampled_from(("", "withdrawn", "pending", "part_allocated", "completed", "cancelled")),
    by_policy=st.booleans(), backorder=st.booleans(),
)  # fmt: skip
def test_whatever_the_warehouse_says_no_more_is_accepted_than_was_set_aside_held_or_ordered(
    mode: Mode, amount: int, case: bool, held: int, units: int, asked: int, heard: bool, word: Standing,
    status: Status, by_policy: bool, backorder: bool,
) -> None:  # fmt: skip
    unit = "case" if case else "each"
    wanted = order(
        line("1", amount, unit, 6 if case else None, cost="15.00" if case else "2.50", backorder=backorder)
    )
    found = judged(wanted, known({"MUG": 6}))
    row = standing(aside(units, ordered=asked), word=word) if heard else None
    said = facts_of(row, found.lines, status)
    secured = secured_of(found.lines, {ONE: Secured(held)}, said, mode)
    later = Dates(ORDERED + timedelta(days=6), ORDERED + timedelta(days=7))
    how = Answering(by_policy=by_policy, dates=found.dates, backorder_dates=later)
    proposal = propose(wanted, found, secured, {}, how, ORDERED)
    for answered in proposal.acknowledgement.lines:
        parts, each = parts_of(answered), 6 if case else 1
        assert parts.ordered == amount
        assert mode == "reserve" or parts.accepted * each <= (units if heard else 0)
        assert parts.accepted * each <= max(held, units if heard else 0)
        fell_short = said is not None and units < asked
        assert not fell_short or parts.accepted * each <= units
