"""Where an order stands in the warehouse: the highest revision wins.

Hears `order.allocated`, `.part_allocated`, `.picking`, `.completed`, `.cancelled`. Remembers the newest standing;
what it settles of open order lines is decided in `handlers/line_standings.py`.
"""

from datetime import datetime
from typing import Literal

import msgspec

from schemas.envelope import Unreadable
from schemas.inventory import MAX_NAME, counter, whole
from schemas.order import OrderLine, OrderStanding
from schemas.terms import Account, Eaches, OrderReference

Standing = Literal["allocated", "part_allocated", "picking", "completed", "cancelled"]
STANDINGS: tuple[Standing, ...] = ("allocated", "part_allocated", "picking", "completed", "cancelled")


class LineStanding(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line's progress in eaches. None where the warehouse does not say."""

    sku: str
    line_reference: str = ""
    ordered: Eaches | None = None
    allocated: Eaches | None = None
    picked: Eaches | None = None
    despatched: Eaches | None = None
    cancelled: Eaches | None = None
    warehouse: str = ""
    stock_sequence: int | None = None


class StandingRow(msgspec.Struct, frozen=True, kw_only=True):
    account: Account
    order_reference: OrderReference
    revision: int
    standing: Standing
    lines: tuple[LineStanding, ...]
    at: datetime


class Decision(msgspec.Struct, frozen=True):
    outcome: Literal["done", "ignored"]
    word: str
    row: StandingRow | None = None


def standing_of(event_type: str) -> Standing:
    """From `order.picking.v1` to `picking`. Raises Unreadable."""
    for standing in STANDINGS:
        if event_type == f"order.{standing}.v1":
            return standing
    raise Unreadable("unknown_type", f"type {event_type!r} is no standing of an order that is spoken here")


def read_standing(event_type: str, data: OrderStanding, at: datetime) -> StandingRow:
    """The event as a row. Raises Unreadable for names or quantities that nobody can believe."""
    for name in (data.account, data.order_reference):
        if not 0 < len(name) <= MAX_NAME:
            raise Unreadable("invalid_data", f"account and order_reference have 1 to {MAX_NAME} characters")
    return StandingRow(
        account=data.account,
        order_reference=data.order_reference,
        revision=data.revision,
        standing=standing_of(event_type),
        lines=tuple(_line(line) for line in data.lines),
        at=at,
    )


def _line(line: OrderLine) -> LineStanding:
    return LineStanding(
        sku=line.sku,
        line_reference=line.line_reference or "",
        ordered=None if line.ordered is None else whole(line.ordered),
        allocated=None if line.allocated is None else whole(line.allocated),
        picked=None if line.picked is None else whole(line.picked),
        despatched=None if line.despatched is None else whole(line.despatched),
        cancelled=None if line.cancelled is None else whole(line.cancelled),
        warehouse=line.warehouse or "",
        stock_sequence=None if line.stock_sequence is None else counter(line.stock_sequence, "stock_sequence"),
    )


def decide(row: StandingRow, known_revision: int | None) -> Decision:
    """Whether this standing is the newest."""
    if known_revision is None or row.revision > known_revision:
        return Decision("done", row.standing, row)
    return Decision("ignored", "duplicate" if row.revision == known_revision else "stale_revision")
