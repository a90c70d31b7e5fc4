"""What of a purchase order goes to the warehouse: never more than is owed, held or ordered, and only whole packs."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers.acknowledgement_said import Said, SaidState
from handlers.acknowledging import Answering, parts_of, propose
from handlers.purchase_order_desk import PoFile
from handlers.purchase_order_judgement import Judgement
from handlers.purchase_order_release import TAKEN, Mode, ReleaseRules, cleared_of, order_of, ship_by, wanted_of
from handlers.securing import Secured
from handlers.sellable_stock import Component
from schemas.purchase_order import Acknowledgement, Party, PoLineNumber, PurchaseOrder
from schemas.sales_order import ShipTo
from schemas.terms import Sku
from tests.controls.labels import ORDER as ANY_ORDER
from tests.handlers.vendor_orders import ORDERED, VENDOR, judged, known, line, order, stored

ONE, TWO = PoLineNumber("1"), PoLineNumber("2")
CASES = order(line("1"), line("2", amount=5, unit="case", size=6, sku="CUP", cost="15.00"))
HELD = {ONE: 24, TWO: 30}


def said(given: PurchaseOrder, state: SaidState = "presumed", sequence: int = 1, **eaches: int) -> Said:
    """An answer that accepts what of each line is secured in eaches, and rejects the rest."""
    found = judged(given)
    secured = {PoLineNumber(name.removeprefix("line_")): Secured(units) for name, units in eaches.items()}
    how = Answering(by_policy=True, dates=found.dates)
    proposal = propose(given, found, secured, {}, how, ORDERED)
    return Said(
        channel_account=VENDOR, number=given.number, sequence=sequence, version=1, decided_by="rule",
        acknowledgement=proposal.acknowledgement, state=state, sent_at=ORDERED,
    )  # fmt: skip


def file(given: PurchaseOrder, *answers: Said, answered: int = 0, **changes: Any) -> PoFile:
    return PoFile(stored=replace(stored(given), answered_version=answered), said=answers, **changes)


def wanted(
    papers: PoFile, mode: Mode = "reserve", held: dict[PoLineNumber, int] | None = None
) -> dict[PoLineNumber, int] | None:
    return wanted_of(papers, judged(papers.stored.order), HELD if held is None else held, mode)


def test_with_reserve_nothing_goes_there_before_an_answer_was_taken() -> None:
    assert wanted(file(CASES)) == {ONE: 0, TWO: 0}
    for state in ("sent", "unsent", "unknown", "refused", "withdrawn"):
        answer = said(CASES, state, line_1=24, line_2=30)
        assert wanted(file(CASES, answer)) == {ONE: 0, TWO: 0}, state


def test_with_reserve_what_was_accepted_goes_there_in_eaches() -> None:
    assert wanted(file(CASES, said(CASES, line_1=10, line_2=18))) == {ONE: 10, TWO: 18}


def test_a_newer_answer_replaces_what_an_older_one_accepted() -> None:
    answers = said(CASES, line_1=24, line_2=30), said(CASES, sequence=2, line_1=24, line_2=6)
    assert wanted(file(CASES, *answers)) == {ONE: 24, TWO: 6}
    refused = replace(answers[1], state="refused")
    assert wanted(file(CASES, answers[0], refused)) == {ONE: 24, TWO: 30}


def test_what_is_no_longer_ordered_is_taken_back_before_it_is_answered_anew() -> None:
    answer = said(CASES, line_1=24, line_2=30)
    less = order(line("1", amount=7), replace(CASES.lines[1], cancelled=True))
    assert wanted(file(less, answer)) == {ONE: 7}


def test_a_line_in_another_unit_than_was_accepted_leaves_the_warehouse_as_it_is() -> None:
    answer = said(CASES, line_1=24, line_2=30)
    other = order(line("1"), line("2", amount=30, sku="CUP"))
    assert wanted(file(other, answer)) is None


def test_with_process_what_is_held_goes_there_first_but_for_what_is_doubted_or_rejected() -> None:
    assert wanted(file(CASES), "process") == {ONE: 24, TWO: 30}
    assert wanted(file(CASES), "process", {ONE: 24, TWO: 29}) == {ONE: 24, TWO: 29}
    assert wanted(file(CASES, rejections={TWO: "obsolete"}), "process") == {ONE: 24, TWO: 0}
    doubted = order(line("1", cost="1.00"), CASES.lines[1])
    assert wanted(file(doubted), "process") == {ONE: 0, TWO: 30}


def test_with_process_an_answer_that_stands_bounds_what_is_asked_for() -> None:
    answer = said(CASES, line_1=10, line_2=18)
    assert wanted(file(CASES, answer, answered=1), "process") == {ONE: 10, TWO: 18}


def test_the_day_it_leaves_does_not_move_before_it_is_answered_and_then_is_what_was_answered() -> None:
    found = judged(CASES)
    first = ship_by(file(CASES), found, None)
    assert found.dates is not None and first == found.dates.ship_at
    moved = replace(found, dates=replace(found.dates, ship_at=found.dates.ship_at + timedelta(hours=3)))
    as_told = order_of(stored(CASES), found, HELD, first, ReleaseRules(), ORDERED)
    assert ship_by(file(CASES), moved, replace(ANY_ORDER, order=as_told)) == first
    answer = said(CASES, line_1=24, line_2=30)
    assert ship_by(file(CASES, answer), moved, None) == answer.acknowledgement.lines[0].answers[0].ship_at


def test_picks_are_processed_at_once_or_so_long_before_it_leaves_or_by_nobody_here() -> None:
    leaves = ORDERED + timedelta(days=2)
    told = order_of(stored(CASES), judged(CASES), HELD, leaves, ReleaseRules(), ORDERED)

    def process_at(rules: ReleaseRules) -> object:
        return cleared_of(judged(CASES), HELD, told, rules).process_at

    assert process_at(ReleaseRules(process_before=timedelta(hours=6))) == leaves - timedelta(hours=6)
    assert process_at(ReleaseRules(mode="process")) == ORDERED
    assert process_at(ReleaseRules(mode="process", process_before=None)) is None


def test_it_goes_to_the_orders_own_address_else_to_that_of_the_address_book_else_to_none() -> None:
    book = ReleaseRules(places={"LTN4": ShipTo(name="Centre", country="GB")})

    def place(given: PurchaseOrder, rules: ReleaseRules) -> ShipTo | None:
        return order_of(stored(given), judged(given), HELD, ORDERED, rules, ORDERED).ship_to

    assert place(CASES, book) == ShipTo(name="Centre", country="GB")
    assert place(CASES, ReleaseRules()) is None
    full = Party(party_id="LTN4", lines=("1 Road",), city="Dunstable", country="GB")
    own = ShipTo(name="LTN4", lines=("1 Road",), city="Dunstable", country="GB")
    assert place(replace(CASES, ship_to=full), book) == own


def test_a_kit_goes_there_by_its_components() -> None:
    found = judged(CASES)
    kit = replace(found.lines[0], sku=Sku("SET"), needs=(Component(Sku("LID"), 1), Component(Sku("MUG"), 2)))
    sets = Judgement(lines=(kit,), account=found.account, dates=found.dates)
    told = order_of(stored(CASES), sets, {ONE: 5}, ORDERED, ReleaseRules(), ORDERED)
    lines = cleared_of(sets, {ONE: 5}, told, ReleaseRules()).lines
    assert [(one.line_reference, one.sku, one.quantity) for one in lines] == [("1", "LID", 5), ("1", "MUG", 10)]
    other = replace(kit, needs=(Component(Sku("MUG"), 3),))
    again = order_of(stored(CASES), replace(sets, lines=(other,)), {ONE: 5}, ORDERED, ReleaseRules(), ORDERED)
    assert again.lines[0] != told.lines[0], "another make of the kit is another order"


amounts = st.integers(0, 12)


@settings(max_examples=300, deadline=None, print_blob=True)
@given(
    mode=st.sampled_from(("reserve", "process")), before=amounts, after=amounts, case=st.booleans(),
    held=st.integers(0, 80), accepted=st.integers(0, 80), state=st.sampled_from(("presumed", "sent", "refused")),
    answered=st.booleans(), misaligned=st.integers(0, 40), cost=st.sampled_from(("2.50", "1.00")),
)  # fmt: skip
def test_the_warehouse_is_never_told_of_more_than_is_ordered_or_owed_or_held_nor_of_parts_of_packs(
    mode: Mode, before: int, after: int, case: bool, held: int, accepted: int, state: SaidState, answered: bool,
    misaligned: int, cost: str,
) -> None:  # fmt: skip
    def made(amount: int) -> PurchaseOrder:
        first = line("1", amount, "case" if case else "each", 6 if case else None, cost="15.00" if case else cost)
        return order(first, line("2", misaligned, sku="CUP"))

    packs = known({"CUP": 6})
    papers = file(made(after), said(made(before), state, line_1=accepted), answered=int(answered and before == after))
    found = wanted_of(papers, judged(made(after), packs), {ONE: held, TWO: misaligned}, mode)
    assert found is not None, "the unit is the same"
    each = 6 if case else 1
    told: Acknowledgement = papers.said[0].acknowledgement
    owed = sum(parts_of(one).accepted * each for one in told.lines if one.number == ONE) if state in TAKEN else 0
    mine = found.get(ONE, 0)
    assert mine <= after * each
    assert mine <= max(owed, held if mode == "process" else 0)
    assert mode == "process" or mine == min(owed, after * each)
    if not papers.stored.answered_version:
        assert misaligned % 6 == 0 or found.get(TWO, 0) == 0, "it waits for a person"
