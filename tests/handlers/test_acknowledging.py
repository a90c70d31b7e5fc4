"""The answer to a purchase order: only what is secured, every line, every unit, inside the window."""

from datetime import timedelta

import pytest

from handlers.acknowledging import Answering, Proposal, ceiling, parts_of, propose, said_again
from handlers.purchase_order_judgement import Known
from handlers.securing import Secured, share_out
from handlers.vendor_windows import Dates
from schemas.purchase_order import CountedIn, LineAcknowledgement, PoLineNumber, PurchaseOrder, RejectionReason
from schemas.terms import Sku
from tests.handlers.vendor_orders import ORDERED, OWNER, judged, known, line, order

NOW = ORDERED + timedelta(hours=2)
SHIP, THERE = ORDERED + timedelta(days=2), ORDERED + timedelta(days=3)
LATER = Dates(ORDERED + timedelta(days=6), ORDERED + timedelta(days=7))
Said = dict[PoLineNumber, LineAcknowledgement]


def answer(
    given: PurchaseOrder,
    secured: dict[str, int],
    *,
    books: Known | None = None,
    said: Said | None = None,
    by_policy: bool = False,
    frozen: bool = False,
    backorder: Dates | None = None,
    rejections: dict[str, RejectionReason] | None = None,
) -> Proposal:
    found = judged(given, books)
    how = Answering(
        by_policy=by_policy, frozen=frozen, dates=found.dates, backorder_dates=backorder,
        rejections={PoLineNumber(number): why for number, why in (rejections or {}).items()},
    )  # fmt: skip
    held = {PoLineNumber(number): Secured(eaches) for number, eaches in secured.items()}
    return propose(given, found, held, said or {}, how, NOW)


def said_in(proposal: Proposal) -> Said:
    return said_again(proposal.acknowledgement.lines)


def parts(proposal: Proposal) -> list[tuple[int, int, int]]:
    found = [parts_of(line) for line in proposal.acknowledgement.lines]
    return [(one.accepted, one.backordered, one.rejected) for one in found]


def test_what_is_secured_in_full_is_accepted_in_full_with_dates_inside_the_window() -> None:
    proposal = answer(order(), {"1": 24})
    [only] = proposal.acknowledgement.lines
    assert proposal.full
    assert [(one.code, one.quantity, one.ship_at, one.deliver_at) for one in only.answers] == [
        ("accepted", CountedIn(24, "each"), SHIP, THERE)
    ]


def test_what_is_missing_is_backordered_only_where_that_is_allowed_and_dated() -> None:
    allowed = order(line(backorder=True))
    assert parts(answer(allowed, {"1": 10}, backorder=LATER)) == [(10, 14, 0)]
    assert parts(answer(allowed, {"1": 10})) == [(10, 0, 14)], "nobody can say when"
    assert parts(answer(order(), {"1": 10}, backorder=LATER)) == [(10, 0, 14)], "the order does not allow it"


def test_a_rejection_gives_its_reason_and_its_quantity() -> None:
    proposal = answer(order(), {})
    [only] = proposal.acknowledgement.lines[0].answers
    assert (only.code, only.reason, only.quantity.amount) == ("rejected", "temporarily_unavailable", 24)
    assert proposal.explained[0].why == "0 eaches are secured by reservation"


def test_cases_are_answered_in_cases_and_only_whole_ones() -> None:
    proposal = answer(order(line(amount=4, unit="case", size=6, cost="15.00")), {"1": 20})
    assert parts(proposal) == [(3, 0, 1)]
    assert "only whole packs of 6 can go" in proposal.explained[0].why
    assert {one.quantity.unit for one in proposal.acknowledgement.lines[0].answers} == {"case"}


def test_eaches_of_a_product_in_packs_are_answered_in_whole_packs() -> None:
    assert parts(answer(order(), {"1": 20}, books=known({"MUG": 12}))) == [(12, 0, 12)]


def test_a_misaligned_quantity_waits_and_the_policy_accepts_whole_packs_of_it() -> None:
    given, books = order(line(amount=20)), known({"MUG": 12})
    assert parts(answer(given, {"1": 12}, books=books)) == [(0, 0, 20)]
    assert parts(answer(given, {"1": 12}, books=books, by_policy=True)) == [(12, 0, 8)]


@pytest.mark.parametrize("given", [order(line(cost="1.00")), order(line(sku="WHAT"))])
def test_the_policy_accepts_neither_a_product_nor_a_cost_that_nobody_agreed(given: PurchaseOrder) -> None:
    proposal = answer(given, {"1": 24}, by_policy=True)
    assert parts(proposal) == [(0, 0, 24)]
    assert proposal.acknowledgement.lines[0].answers[0].reason == "temporarily_unavailable"


def test_every_line_is_answered_though_nothing_is_known_of_it() -> None:
    given = order(line("1"), line("2", sku="WHAT"), line("3", amount=0))
    proposal = answer(given, {"1": 24}, by_policy=True)
    assert [one.number for one in proposal.acknowledgement.lines] == ["1", "2"], "line 3 is cancelled"


def test_what_was_rejected_stays_rejected_when_stock_comes() -> None:
    first = answer(order(), {"1": 10})
    second = answer(order(), {"1": 24}, said=said_in(first))
    assert (parts(first), parts(second)) == ([(10, 0, 14)], [(10, 0, 14)])
    assert second.explained[0].why == "14 of it was rejected before, which stands"


def test_what_was_backordered_is_accepted_when_stock_comes() -> None:
    allowed = order(line(backorder=True))
    first = answer(allowed, {"1": 10}, backorder=LATER)
    assert parts(answer(allowed, {"1": 24}, said=said_in(first))) == [(24, 0, 0)]


def test_what_was_accepted_is_cut_when_it_is_no_longer_secured() -> None:
    first = answer(order(), {"1": 24})
    assert parts(answer(order(), {"1": 6}, said=said_in(first))) == [(6, 0, 18)]


def test_after_the_time_for_corrections_quantities_stand_and_the_lack_is_told() -> None:
    first = answer(order(), {"1": 24})
    later = answer(order(), {"1": 6}, said=said_in(first), frozen=True)
    assert parts(later) == [(24, 0, 0)]
    assert later.overdrawn == ("1",)


def test_what_a_retailer_orders_more_is_open_and_a_line_rejected_whole_stays_so() -> None:
    first = answer(order(), {"1": 10})
    more = order(line(amount=30))
    assert parts(answer(more, {"1": 30}, said=said_in(first))) == [(16, 0, 14)]
    nothing = answer(order(), {})
    assert parts(answer(more, {"1": 30}, said=said_in(nothing))) == [(0, 0, 30)]


def test_a_smaller_order_needs_no_rejection_of_what_it_no_longer_wants() -> None:
    first = answer(order(), {"1": 10})
    assert parts(answer(order(line(amount=8)), {"1": 8}, said=said_in(first))) == [(8, 0, 0)]


def test_another_unit_gives_nothing_back_of_what_was_rejected() -> None:
    [whole] = answer(order(), {"1": 24}).acknowledgement.lines
    [short] = answer(order(), {"1": 10}).acknowledgement.lines
    cases = CountedIn(2, "case", 12)
    assert (ceiling(cases, whole), ceiling(cases, short)) == (2, 0)


def test_a_person_may_reject_a_line_for_good() -> None:
    proposal = answer(order(), {"1": 24}, rejections={"1": "obsolete"})
    [only] = proposal.acknowledgement.lines[0].answers
    assert (only.code, only.reason, only.quantity.amount) == ("rejected", "obsolete", 24)


def test_lines_of_one_product_share_what_there_is_the_first_one_first() -> None:
    found = judged(order(line("1"), line("2")))
    assert share_out(found.lines, {(OWNER, Sku("MUG")): 30}) == {"1": 24, "2": 6}


def test_a_share_is_never_below_nothing_and_always_whole_packs() -> None:
    found = judged(order(), known({"MUG": 12}))
    assert share_out(found.lines, {(OWNER, Sku("MUG")): -5}) == {"1": 0}
    assert share_out(found.lines, {(OWNER, Sku("MUG")): 23}) == {"1": 12}
