"""Dates of single lines: taken where the order's one window keeps them, else that line stands as it was."""

from datetime import timedelta

import msgspec
import pytest

from handlers.changed_lines import DoesNotFit
from schemas.purchase_order import Window
from tests.handlers.order_changes import ONE, after, amounts, change, dropped, to
from tests.handlers.vendor_orders import ORDERED


def days(start: int, end: int) -> Window:
    return Window(ORDERED + timedelta(days=start), ORDERED + timedelta(days=end))


def test_dates_of_a_line_are_taken_where_they_hold_all_of_the_orders_window() -> None:
    found = after(change(to("1", 18, delivery_window=days(3, 10)), to("2", 6, delivery_window=days(1, 12))))
    assert (amounts(found), found.refused) == ({"1": 18, "2": 6}, ())


@pytest.mark.parametrize(
    "odd", [{"delivery_window": days(4, 10)}, {"delivery_window": days(3, 9)}, {"ship_window": days(1, 20)},
            {"refused": "split"}],
)  # fmt: skip
def test_a_line_with_dates_of_its_own_stands_as_it_was_and_the_others_are_taken(odd: dict[str, object]) -> None:
    found = after(change(to("1", 18, **odd), to("2", 6)))
    assert amounts(found) == {"1": 24, "2": 6} and [one.line for one in found.refused] == [ONE]
    assert amounts(after(change(to("1", 18, **odd), to("2", 6)), believed=True)) == {"1": 18, "2": 6}
    assert after(change(to("1", 18, **odd), to("2", 6)), change(to("1", 12))).refused == (), "told anew, it fits"


def test_a_change_of_which_no_line_can_be_taken_is_refused_as_a_whole() -> None:
    odd = to("1", 18, delivery_window=days(4, 10))
    with pytest.raises(DoesNotFit, match="line 1: it is to be there from 2026-11-06 to 2026-11-12"):
        after(change(odd))
    moved = after(change(odd, delivery_window=days(4, 10)))
    assert amounts(moved)["1"] == 18, "the order's own window is moved by the same change"


def test_a_line_that_is_cancelled_has_no_dates_to_keep() -> None:
    gone = msgspec.structs.replace(dropped("2"), delivery_window=days(4, 5), refused="split")
    assert amounts(after(change(gone))) == {"1": 24, "2": 0}
