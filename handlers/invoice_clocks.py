"""The clock of an order's invoice: from the departure of the first goods that no invoice asks for, until one does.

Nothing is remembered but how far people were warned: whatever fact changes, the clock is reckoned anew.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from handlers.alerts import AlertKind
from handlers.invoicing import eaches_of
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.notice_clocks import Clock, invoice_clock, warned_at
from handlers.ship_loads import Part
from handlers.vendor_goods import LineToShip, OrderToShip
from schemas.purchase_order import PoLineNumber
from schemas.terms import Eaches


class InvoiceClock(msgspec.Struct, frozen=True, kw_only=True):
    """What the books hold of a clock that runs; see the table."""

    started_at: datetime
    due_at: datetime
    warned: float = 0.0
    breached_at: datetime | None = None


class Limits(msgspec.Struct, frozen=True):
    """`within`: after departure. `warn_at`: shares of that time."""

    within: timedelta
    warn_at: tuple[float, ...]


class Timed(msgspec.Struct, frozen=True):
    """`clock`: None while none runs. `look_at`: when it has something to say next."""

    clock: InvoiceClock | None = None
    look_at: datetime | None = None
    notes: tuple[Note, ...] = ()


def uninvoiced_since(order: OrderToShip, left: Sequence[Part], taken: Mapping[PoLineNumber, int]) -> datetime | None:
    """When the first goods left that no invoice asks for; `taken`: units by line that invoices at the retailer do.

    What left without having been promised, and cases that are not whole, cannot be invoiced and start no clock.
    """
    parts = sorted(left, key=lambda one: one.at)
    for count, part in enumerate(parts, 1):
        sums = eaches_of(order, [one.data for one in parts[:count]])
        if any(_units(line, sums.get(line.line, 0)) > taken.get(line.line, 0) for line in order.lines):
            return part.at
    return None


def _units(line: LineToShip, eaches: Eaches) -> int:
    return min(eaches // line.pack, line.accepted) if line.pack else 0


def timed(
    subject: str, since: datetime | None, running: InvoiceClock | None, why: str, now: datetime, limits: Limits
) -> Timed:
    """One look at the clock. `why`: what keeps the invoice, for people."""
    if since is None:
        return Timed(notes=(ResolveAlert(AlertKind.INVOICE_DUE, subject),) if running else ())
    clock, steps = invoice_clock(since, limits.within), (*limits.warn_at, 1.0)
    before = running if running is not None and running.started_at == since else None
    fraction = warned_at(clock, steps, now) or 0.0
    breached = now if fraction >= 1.0 else None
    row = InvoiceClock(
        started_at=since, due_at=clock.due, warned=fraction,
        breached_at=before.breached_at or breached if before else breached,
    )  # fmt: skip
    return Timed(row, _next(clock, steps, now), _told(subject, row, before, running, why))


def _next(clock: Clock, steps: Sequence[float], now: datetime) -> datetime | None:
    span = clock.due - clock.started_at
    return min((at for step in steps if (at := clock.started_at + span * step) > now), default=None)


def _told(
    subject: str, row: InvoiceClock, before: InvoiceClock | None, running: InvoiceClock | None, why: str
) -> tuple[Note, ...]:
    """Once for each fraction; a clock that begins anew takes the alert of the one before it back."""
    if not row.warned:
        return (ResolveAlert(AlertKind.INVOICE_DUE, subject),) if running is not None and running.warned else ()
    if before is not None and (before.warned, before.due_at) == (row.warned, row.due_at):
        return ()
    was = "was" if row.warned >= 1.0 else "is"
    left, due = f"{row.started_at:%H:%M on %d %B} UTC", f"{row.due_at:%H:%M on %d %B} UTC"
    text = f"the invoice for what left of purchase order {subject} at {left} {was} due at {due}: {why}"
    detail = {"fraction": f"{row.warned:.2f}"}
    return (RaiseAlert(AlertKind.INVOICE_DUE, subject, subject, text, {**detail}, row.due_at),)
