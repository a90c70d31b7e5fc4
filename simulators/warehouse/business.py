"""A simulated warehouse: true balances, and the contract events that tell of them."""

import itertools
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from simulators.time import SimulatorTime, WallTime
from simulators.warehouse.messages import WireMessage, event, stock_event

BALANCES = ("available", "allocated", "ordered", "received", "picked", "held")
OPENING = (0, 400)
"""Eaches of a SKU at the start, drawn between these."""


class LineToShip(msgspec.Struct, frozen=True):
    line_reference: str | None
    sku: str
    quantity: int
    """Eaches."""


class OrderToShip(msgspec.Struct, frozen=True):
    """An order as the warehouse knows it. Parcels: each a list of lines; one parcel unless told otherwise."""

    order_reference: str
    channel_account: str
    channel_order_id: str | None
    marketplace: str
    parcels: tuple[tuple[LineToShip, ...], ...]
    carrier: str = "DPD"
    service: str = "NEXT-DAY"
    channel_kind: str = "amazon"


@dataclass
class Shelf:
    """One SKU in the warehouse: its true balance and its counter."""

    balance: dict[str, int]
    sequence: int = 0


@dataclass
class Warehouse:
    """Everything it says is true when it says it; `WarehouseFaults` is what happens on the way."""

    seed: int
    skus: Sequence[str]
    account: str = "acme"
    warehouse: str = "W1"
    source: str = "/warehouse"
    time: SimulatorTime = field(default_factory=WallTime)
    shelves: dict[str, Shelf] = field(init=False)

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)
        self._numbers = itertools.count(1)
        self._revisions: dict[str, int] = {}
        self.shelves = {
            sku: Shelf({**dict.fromkeys(BALANCES, 0), "available": self._draw.randint(*OPENING)}) for sku in self.skus
        }

    def available(self, sku: str) -> int:
        return self.shelves[sku].balance["available"]

    def opening_levels(self) -> list[WireMessage]:
        return self.levels()

    def levels(self, skus: Sequence[str] | None = None) -> list[WireMessage]:
        """The balances as they are now; each carries the number of the last movement that it includes."""
        return [self._level(sku) for sku in (self.skus if skus is None else skus)]

    def trade(self, count: int) -> list[WireMessage]:
        """The next movements of an ordinary day: mostly orders taking stock, sometimes goods in."""
        return [self._movement(self._draw.choice(self.skus)) for _ in range(count)]

    def move(self, sku: str, kind: str, **delta: int) -> WireMessage:
        """One movement: the balance changes, and the event says so."""
        shelf = self.shelves[sku]
        shelf.sequence += 1
        for name, change in delta.items():
            shelf.balance[name] += change
        data: dict[str, object] = {**self._names(sku), "kind": kind, "delta": delta, "reason": "as simulated"}
        return stock_event("inventory.moved", self.source, data, shelf.sequence, self.time.now(), self._draw)

    def answer(self, command: bytes) -> list[WireMessage]:
        """The answer to a command's body: a level with its `command_id`, or a refusal for a SKU we do not have."""
        data = json.loads(command)["data"]
        if data["warehouse"] != self.warehouse or data["sku"] not in self.shelves:
            return [self._refusal(data)]
        return [self._level(data["sku"], data["command_id"])]

    def despatch(self, order: OrderToShip, *, despatch_id: str | None = None) -> list[WireMessage]:
        """`despatch.completed` of an order; telling the same `despatch_id` again is its next revision."""
        name = despatch_id or f"D{next(self._numbers):06d}"
        self._revisions[name] = self._revisions.get(name, 0) + 1
        parcels = [self._parcel(name, place, lines, order) for place, lines in enumerate(order.parcels, 1)]
        return [self._despatch_event("despatch.completed", name, order, parcels)]

    def undo(self, despatch_id: str, order: OrderToShip) -> list[WireMessage]:
        """`despatch.undone`: the same identity, a higher revision."""
        self._revisions[despatch_id] += 1
        return [self._despatch_event("despatch.undone", despatch_id, order, [])]

    def _despatch_event(
        self, kind: str, name: str, order: OrderToShip, parcels: Sequence[dict[str, object]]
    ) -> WireMessage:
        now = self.time.now()
        channel = {"kind": order.channel_kind, "account": order.channel_account, "marketplace": order.marketplace}
        data: dict[str, object] = {
            "account": self.account, "warehouse": self.warehouse, "order_reference": order.order_reference,
            "channel": channel, "channel_order_id": order.channel_order_id, "despatch_id": name,
            "revision": self._revisions[name], "despatched_at": now.isoformat(), "parcels": parcels,
        }  # fmt: skip
        return event(kind, self.source, data, f"{self.account}/{order.order_reference}", now, self._draw)

    def _parcel(self, name: str, place: int, lines: Sequence[LineToShip], order: OrderToShip) -> dict[str, object]:
        return {
            "parcel_id": f"{name}-{place}", "tracking_number": f"TRK{name[1:]}{place:03d}",
            "carrier": order.carrier, "service": order.service,
            "lines": [msgspec.to_builtins(line) for line in lines],
        }  # fmt: skip

    def _level(self, sku: str, command_id: str | None = None) -> WireMessage:
        shelf = self.shelves[sku]
        data: dict[str, object] = {**self._names(sku), **shelf.balance}
        if command_id is not None:
            data["command_id"] = command_id
        return stock_event("inventory.level", self.source, data, shelf.sequence, self.time.now(), self._draw)

    def _movement(self, sku: str) -> WireMessage:
        there = self.available(sku)
        if there and self._draw.random() < 0.75:
            units = self._draw.randint(1, min(there, 6))
            return self.move(sku, "allocated", available=-units, allocated=units)
        units = self._draw.randint(1, 60)
        return self.move(sku, "received", available=units, received=units)

    def _refusal(self, command: dict[str, str]) -> WireMessage:
        data = {"command_id": command["command_id"], "reason": "no such SKU in this warehouse"}
        key = f"{command['account']}/{command['sku']}"
        return event("command.refused", self.source, data, key, self.time.now(), self._draw)

    def _names(self, sku: str) -> dict[str, object]:
        return {"account": self.account, "warehouse": self.warehouse, "sku": sku}
