"""The clock of an order's invoice: what starts it, what stops it, and whom it tells when."""

from datetime import datetime, timedelta

import pytest

from handlers.alerts import AlertKind
from handlers.invoice_clocks import InvoiceClock, Limits, timed, uninvoiced_since
from handlers.notes import RaiseAlert, ResolveAlert
from schemas.purchase_order import PoLineNumber
from tests.handlers.vendor_loads import HOUR, NOW, carton, held, line, order, part

ONE = PoLineNumber("1")
LIMITS = Limits(24 * HOUR, (0.5, 0.9))
FIRST = part(carton(1, held(quantity=6)), despatch="D1", at=NOW)
SECOND = part(carton(2, held(quantity=4)), despatch="D2", at=NOW + 5 * HOUR)


@pytest.mark.parametrize(
    ("taken", "since"),
    [({}, NOW), ({ONE: 5}, NOW), ({ONE: 6}, NOW + 5 * HOUR), ({ONE: 10}, None), ({ONE: 12}, None)],
)
def test_it_runs_from_the_departure_of_the_first_goods_that_no_invoice_asks_for(
    taken: dict[PoLineNumber, int], since: datetime | None
) -> None:
    assert uninvoiced_since(order(), [SECOND, FIRST], taken) == since


def test_what_nobody_may_invoice_starts_no_clock() -> None:
    few = order(line(accepted=6))
    assert uninvoiced_since(few, [FIRST, SECOND], {ONE: 6}) is None, "four more than were promised"
    cases = order(line(pack=12))
    assert uninvoiced_since(cases, [FIRST, SECOND], {}) is None, "ten eaches make no case"
    unknown = order(line(pack=None))
    assert uninvoiced_since(unknown, [FIRST], {}) is None


def test_people_hear_once_at_each_share_of_its_time_and_a_breach_stays() -> None:
    running, told = None, list[str]()
    for hours in (0, 11, 12, 13, 22, 24, 30):
        found = timed("v/PO", NOW, running, "no notice", NOW + hours * HOUR, LIMITS)
        running = found.clock
        told += [one.detail["fraction"] for one in found.notes if isinstance(one, RaiseAlert)]  # type: ignore[misc]
    assert told == ["0.50", "0.90", "1.00"]
    assert running == InvoiceClock(started_at=NOW, due_at=NOW + 24 * HOUR, warned=1.0, breached_at=NOW + 24 * HOUR)


def test_it_says_what_keeps_the_invoice_and_by_when_it_is_due() -> None:
    [alert] = timed("v/PO", NOW, None, "no tax rate", NOW + 13 * HOUR, LIMITS).notes
    assert isinstance(alert, RaiseAlert) and alert.kind == AlertKind.INVOICE_DUE
    assert "v/PO" in alert.text and alert.text.endswith(": no tax rate") and alert.deadline == NOW + 24 * HOUR


@pytest.mark.parametrize(("hours", "next_at"), [(0, 12), (12, 21.6), (23, 24), (24, None)])
def test_it_is_looked_at_again_when_it_has_something_to_say(hours: int, next_at: float | None) -> None:
    found = timed("v/PO", NOW, None, "", NOW + hours * HOUR, LIMITS)
    assert found.look_at == (None if next_at is None else NOW + timedelta(hours=next_at))


def test_an_invoice_that_is_taken_takes_the_alert_back_and_so_does_a_later_clock() -> None:
    late = InvoiceClock(started_at=NOW, due_at=NOW + 24 * HOUR, warned=0.5)
    over = timed("v/PO", None, late, "", NOW + 13 * HOUR, LIMITS)
    assert (over.clock, over.notes) == (None, (ResolveAlert(AlertKind.INVOICE_DUE, "v/PO"),))
    anew = timed("v/PO", NOW + 12 * HOUR, late, "", NOW + 13 * HOUR, LIMITS)
    assert anew.clock is not None and anew.clock.warned == 0 and anew.notes == over.notes
    assert timed("v/PO", None, None, "", NOW, LIMITS).notes == ()
