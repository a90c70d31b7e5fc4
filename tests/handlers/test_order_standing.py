"""Where an order stands: the highest revision wins."""

import pytest

from handlers.order_standing import StandingRow, decide, read_standing
from schemas.envelope import Unreadable
from schemas.order import OrderLine, OrderStanding
from schemas.terms import Account, OrderReference, Sku
from tests.controls.despatches import AT


def standing(revision: int = 2, *lines: OrderLine, event_type: str = "order.picking.v1") -> StandingRow:
    data = OrderStanding(Account("acme"), OrderReference("SO-1"), revision, lines)
    return read_standing(event_type, data, AT)


def test_the_first_standing_is_kept() -> None:
    decision = decide(standing(), None)
    assert (decision.outcome, decision.word, decision.row) == ("done", "picking", standing())


def test_a_higher_revision_wins() -> None:
    assert decide(standing(3), 2).row == standing(3)


@pytest.mark.parametrize(("known", "word"), [(2, "duplicate"), (3, "stale_revision")])
def test_an_equal_or_lower_revision_is_ignored(known: int, word: str) -> None:
    decision = decide(standing(2), known)
    assert (decision.outcome, decision.word, decision.row) == ("ignored", word, None)


def test_lines_keep_what_the_warehouse_does_not_say_apart_from_nothing() -> None:
    [line] = standing(1, OrderLine(Sku("KETTLE"), ordered=2, allocated=0, stock_sequence="17")).lines
    assert (line.ordered, line.allocated, line.picked, line.stock_sequence) == (2, 0, None, 17)


@pytest.mark.parametrize("event_type", ["order.imagined.v1", "order.picking.v2", "despatch.completed.v1"])
def test_a_standing_that_is_not_spoken_here_is_unreadable(event_type: str) -> None:
    with pytest.raises(Unreadable):
        standing(event_type=event_type)


def test_an_absurd_quantity_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        standing(1, OrderLine(Sku("KETTLE"), ordered=10**12))
