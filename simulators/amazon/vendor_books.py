"""What the simulated Amazon holds of its purchase orders: what it wants, what it was told, what it received."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from schemas.purchase_order import (
    Cost,
    CountedIn,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderNumber,
    PurchaseOrderState,
    Window,
)


class Resized(msgspec.Struct, frozen=True):
    """Amazon changed how much it wants: to `ordered`, or by so much `cancelled`."""

    at: datetime
    ordered: int = 0
    cancelled: int = 0


class Said(msgspec.Struct, frozen=True):
    """What the vendor said of a line. What is on back order counts as accepted."""

    at: datetime
    accepted: int
    rejected: int


@dataclass(slots=True)
class LineBook:
    """A line's answers and arrivals, in the unit that it was ordered in."""

    opened_at: datetime
    """Since when an answer is owed."""
    sizes: list[Resized]
    accepted: int = 0
    backordered: int = 0
    rejected: int = 0
    cost: Cost | None = None
    """As acknowledged: the invoice must have the same."""
    received: int = 0
    received_at: datetime | None = None
    said: list[Said] = field(default_factory=list[Said])

    @property
    def promised(self) -> int:
        return self.accepted + self.backordered

    @property
    def answered(self) -> int:
        return self.promised + self.rejected

    def cut_to(self, ordered: int) -> None:
        """Less is wanted than was answered: what is rejected goes first, then what is on back order."""
        self.accepted = min(self.accepted, ordered)
        self.backordered = min(self.backordered, ordered - self.accepted)
        self.rejected = min(self.rejected, ordered - self.promised)


class Shown(msgspec.Struct, frozen=True):
    """What the status shows of the answers, from `visible_at` on."""

    visible_at: datetime
    state: PurchaseOrderState
    said: Mapping[PoLineNumber, tuple[Said, ...]]


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What Amazon wants otherwise from now on; a cancelled line stays, with nothing ordered."""

    quantities: Mapping[PoLineNumber, int] = {}
    costs: Mapping[PoLineNumber, Cost] = {}
    cancelled: tuple[PoLineNumber, ...] = ()
    added: tuple[PurchaseOrderLine, ...] = ()
    ship_window: Window | None = None
    delivery_window: Window | None = None
    ship_to: str = ""


@dataclass(slots=True)
class SimulatedOrder:
    order: PurchaseOrder
    books: dict[PoLineNumber, LineBook]
    state_changed_at: datetime
    updated_at: datetime
    acknowledged_by: str = ""
    """`api`, `edi` or `portal`; empty: not answered yet."""
    late_for: set[datetime] = field(default_factory=set[datetime])
    unsupplied: bool = False
    shown: list[Shown] = field(default_factory=list[Shown])

    @property
    def number(self) -> PurchaseOrderNumber:
        return self.order.number

    @property
    def due_end(self) -> datetime | None:
        """The end of the window in which goods are wanted."""
        window = self.order.delivery_window or self.order.ship_window
        return window.end if window else None

    def line(self, number: PoLineNumber) -> PurchaseOrderLine | None:
        return next((line for line in self.order.lines if line.number == number), None)

    def find(self, number: str | None, asin: str | None, sku: str | None) -> PurchaseOrderLine | None:
        """The line of this number and item; without a fitting number, the only line of the item."""
        named = [line for line in self.order.lines if _is_named(line, asin, sku)]
        numbered = [line for line in named if line.number == number]
        return next(iter(numbered or (named if len(named) == 1 else [])), None)

    def owed(self) -> Iterator[tuple[PurchaseOrderLine, LineBook]]:
        """Lines of which more is ordered than answered."""
        for line in self.order.lines:
            if self.books[line.number].answered < line.ordered.amount:
                yield line, self.books[line.number]

    def become(self, state: PurchaseOrderState, now: datetime) -> None:
        if self.order.state != state:
            word = {"new": "New", "acknowledged": "Acknowledged", "closed": "Closed"}.get(state, "")
            self.order = msgspec.structs.replace(self.order, state=state, state_word=word)
            self.state_changed_at = now

    def show(self, now: datetime, lag: timedelta) -> None:
        """What stands now is seen after the lag, and never before what stood earlier."""
        self.updated_at = now
        visible = max([now + lag, *(shown.visible_at for shown in self.shown[-1:])])
        said = {number: tuple(book.said) for number, book in self.books.items()}
        self.shown.append(Shown(visible, self.order.state, said))

    def visible(self, now: datetime) -> Shown | None:
        return next((shown for shown in reversed(self.shown) if shown.visible_at <= now), None)

    def change(self, change: Change, now: datetime) -> None:
        """Raises KeyError for a line that is not there."""
        lines = {line.number: line for line in self.order.lines}
        for number, amount in [*change.quantities.items(), *((number, 0) for number in change.cancelled)]:
            lines[number] = self._resized(lines[number], amount, now)
        for number, cost in change.costs.items():
            lines[number] = msgspec.structs.replace(lines[number], net_cost=cost)
        for line in change.added:
            lines[line.number] = line
            self.books[line.number] = LineBook(now, [Resized(now, line.ordered.amount)])
        self._rewrite(change, lines.values(), now)

    def _resized(self, line: PurchaseOrderLine, amount: int, now: datetime) -> PurchaseOrderLine:
        book, before = self.books[line.number], line.ordered.amount
        told = Resized(now, ordered=amount) if amount > before else Resized(now, cancelled=before - amount)
        book.sizes.append(told)
        book.cut_to(amount)
        if amount > before:
            book.opened_at = now
        counted = CountedIn(amount, line.ordered.unit, line.ordered.unit_size)
        return msgspec.structs.replace(line, ordered=counted, cancelled=amount == 0)

    def _rewrite(self, change: Change, lines: Iterable[PurchaseOrderLine], now: datetime) -> None:
        order, ship_to = self.order, self.order.ship_to
        if change.ship_to and ship_to:
            ship_to = msgspec.structs.replace(ship_to, party_id=change.ship_to)
        self.order = msgspec.structs.replace(
            order, lines=tuple(lines), changed_at=now, ship_to=ship_to,
            ship_window=change.ship_window or order.ship_window,
            delivery_window=change.delivery_window or order.delivery_window,
        )  # fmt: skip
        self.updated_at = now


def _is_named(line: PurchaseOrderLine, asin: str | None, sku: str | None) -> bool:
    """Each name that is given is the line's own, to the letter."""
    names = {one.kind: one.value for one in line.identifiers}
    vendors = [value for kind, value in names.items() if kind != "asin"]
    return bool(asin or sku) and asin in (None, names.get("asin")) and sku in (None, *vendors)


def opened(order: PurchaseOrder) -> SimulatedOrder:
    """A purchase order as it is placed."""
    books = {line.number: LineBook(order.ordered_at, [Resized(order.ordered_at, line.ordered.amount)])
             for line in order.lines}  # fmt: skip
    return SimulatedOrder(order, books, order.ordered_at, order.ordered_at)
