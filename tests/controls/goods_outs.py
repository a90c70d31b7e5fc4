"""Goods outs of Clarus for tests: one kettle order, and a reader that looks as often as is needed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from handlers.clarus_goods_outs import WORDS, Box, Content, GoodsOut, Line, Reading, Rules, Said, Sold
from handlers.clarus_sales import Books, Sale, sale_of
from handlers.clarus_telling import Decision, Order, absent, decide
from handlers.notes import RaiseAlert, ResolveAlert
from schemas.despatch import Channel, DespatchData
from schemas.order import OrderStanding
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    LineReference,
    OrderReference,
    Sku,
    Warehouse,
)

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LAG = timedelta(seconds=60)
ORDER_ID = ChannelOrderId("203-1234567-1234567")
SALE = Sale(channel=Channel("amazon", ChannelAccount("shop")), order_id=ORDER_ID)
RULES = Rules(tenant="main")


def line(
    sku: str = "KETTLE",
    ordered: int = 2,
    *,
    allocated: int = 0,
    picked: int = 0,
    despatched: int = 0,
    ref: str = "L1",
) -> Line:
    picked = max(picked, despatched)
    return Line(
        sku=Sku(sku),
        line_reference=LineReference(ref),
        ordered=ordered,
        allocated=max(allocated, picked),
        picked=picked,
        despatched=despatched,
    )


def box(name: str = "P1", *contents: tuple[str, int, str], tracking: str = "TRACK-1", left: bool = False) -> Box:
    inside = tuple(Content(Sku(sku), units, LineReference(ref)) for sku, units, ref in contents)
    return Box(
        parcel_id=name, tracking_number=tracking, carrier="DPD", service="NEXT", left=left, contents=inside or None
    )


def shown(
    code: str = "COMPLETED",
    lines: Sequence[Line] = (),
    boxes: Sequence[Box] | None = (),
    *,
    id: str = "900",
    faults: tuple[str, ...] = (),
) -> GoodsOut:
    left = code == "COMPLETED"
    return GoodsOut(
        id=id,
        account=Account("acme"),
        warehouse=Warehouse("W1"),
        reference=OrderReference("SO-1"),
        code=code,
        word=WORDS.get(code),
        channel_order_id=ORDER_ID,
        lines=tuple(lines) or (line(despatched=2 if left else 0),),
        boxes=(tuple(boxes) or ((box(),) if left else ())) if boxes is not None else None,
        faults=faults,
    )


@dataclass
class Watched:
    """One goods out over time: what each read said, and the row that it left."""

    rules: Rules = RULES
    sale: Sale = SALE
    books: Books | None = None
    said: Said | None = None
    at: datetime = AT
    number: int = 0
    first_look: bool = False
    orders: list[tuple[str, OrderStanding]] = field(default_factory=list[tuple[str, OrderStanding]])
    despatches: list[tuple[str, DespatchData]] = field(default_factory=list[tuple[str, DespatchData]])
    open: dict[str, str] = field(default_factory=dict[str, str])
    """Alerts that are open: kind -> text."""

    def look(self, now: GoodsOut | None, after: float = 1.0, *, waits: bool = True) -> Decision:
        """One read, `after` seconds after the last; None: it is not shown. `waits`: its channel does, still."""
        self.at += timedelta(seconds=after)
        self.number += 1
        reading = Reading(self.number, self.at, LAG)
        revision = self.said.order_revision if self.said else 0
        if now is None:
            assert self.said is not None
            decision = absent(self.said, Order(revision), reading, self.rules, waits=waits)
        else:
            sale = self.sale if self.books is None else sale_of(now, self.books, self.rules)
            decision = decide(self.said, now, sale, Order(revision, first_look=self.first_look), reading, self.rules)
        self._heard(decision)
        return decision

    def settle(self, now: GoodsOut | None) -> Decision:
        """As the reader would: once, and again when it is asked to, a lag later at the latest."""
        self.look(now)
        return self.look(now, after=LAG.total_seconds())

    def cancel_is_known(self) -> None:
        assert self.said is not None
        self.said = msgspec.structs.replace(self.said, cancel_asked=True)

    def _heard(self, decision: Decision) -> None:
        self.said = decision.said
        if decision.order:
            self.orders.append((decision.order.standing, decision.order.data))
        if decision.despatch:
            self.despatches.append((decision.despatch.what, decision.despatch.data))
        for note in decision.notes:
            if isinstance(note, RaiseAlert):
                self.open[note.kind.value] = note.text
            elif isinstance(note, ResolveAlert):
                self.open.pop(note.kind.value, None)

    def told(self) -> list[tuple[str, int]]:
        return [(what, data.revision) for what, data in self.despatches]

    def contents(self, place: int = -1) -> dict[str, list[tuple[str, int]]]:
        """Of the despatch said at that place: parcel -> (SKU, units)."""
        parcels = self.despatches[place][1].parcels
        return {p.parcel_id: [(one.sku, int(one.quantity)) for one in p.lines] for p in parcels}


def with_policy(**policy: object) -> Watched:
    return Watched(rules=msgspec.structs.replace(RULES, **policy))


SOLD = Sold(channel_account=ChannelAccount("shop"), channel_order_id=ORDER_ID, lines=frozenset({("L1", "KETTLE")}))
BOOKS = Books({("acme", "SO-1"): (SOLD,)})
