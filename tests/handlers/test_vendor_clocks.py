"""When an order must be answered, and who hears of it before."""

from datetime import timedelta

import msgspec

from handlers.vendor_clocks import Limits, answer_clock
from tests.handlers.vendor_orders import ORDERED, order, stored

HOUR = timedelta(hours=1)


def test_the_clock_starts_when_the_retailer_placed_the_order() -> None:
    clock = answer_clock(stored(order()), Limits())
    assert clock.due == ORDERED + 24 * HOUR
    assert clock.escalations == (ORDERED + 12 * HOUR, ORDERED + 18 * HOUR, ORDERED + 21.6 * HOUR)
    assert clock.safe_at == ORDERED + 22.8 * HOUR
    assert clock.correctable_until == ORDERED + 48 * HOUR


def test_an_edi_document_says_only_the_day_so_its_clock_starts_when_it_is_read() -> None:
    read = msgspec.structs.replace(stored(order(transport="x12")), heard_at=ORDERED + 9 * HOUR)
    assert answer_clock(read, Limits()).due == ORDERED + 33 * HOUR


def test_a_file_that_lay_somewhere_starts_its_clock_at_the_end_of_the_day_that_it_tells() -> None:
    read = msgspec.structs.replace(stored(order(transport="edifact")), heard_at=ORDERED + 40 * HOUR)
    assert answer_clock(read, Limits()).due == ORDERED + 48 * HOUR


def test_an_amendment_starts_the_clock_anew() -> None:
    amended = msgspec.structs.replace(stored(order()), amended_at=ORDERED + 30 * HOUR)
    assert answer_clock(amended, Limits()).due == ORDERED + 54 * HOUR


def test_each_stage_comes_in_its_turn() -> None:
    clock = answer_clock(stored(order()), Limits())
    stages = [clock.stage(ORDERED + hours * HOUR) for hours in (0, 12, 18, 21.6, 23)]
    assert stages == [0, 1, 2, 3, 3]
    assert clock.next_after(ORDERED) == clock.escalations[0]
    assert clock.next_after(clock.escalations[2]) == clock.safe_at
    assert clock.next_after(clock.due) is None
