"""A simulated warehouse: true balances, and the contract events that tell of them."""

import itertools
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulators.time import SimulatorTime, WallTime
from simulators.warehouse.messages import Mode, WireMessage, event, stock_event
from simulators.warehouse.orders import OrderToShip, parcel_of
from simulators.warehouse.trading import BALANCES, next_movement

OPENING = (0, 400)
"""Eaches of a SKU at the start, drawn between these."""


@dataclass
class Shelf:
    """One SKU in the warehouse: its true balance and its counter."""

    balance: dict[str, int]
    sequence: int = 0


@dataclass
class Warehouse:
    """Everything it says is true when it says it; `WarehouseFaults` is what happens on the way.

    One stock owner in one building. Several may share a `time`.
    """

    seed: int
    skus: Sequence[str]
    account: str = "acme"
    warehouse: str = "W1"
    source: str = "/warehouse"
    time: SimulatorTime = field(default_factory=WallTime)
    mode: Mode = "structured"
    epoch: int = 0
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
        return self._stock_event("inventory.moved", data, shelf.sequence)

    def start_anew(self) -> list[WireMessage]:
        """Every counter begins again in a higher epoch, with a level each: a producer that was set up anew."""
        self.epoch += 1
        for shelf in self.shelves.values():
            shelf.sequence = 0
        return self.levels()

    def lose_memory(self, sku: str, movements: int) -> None:
        """The counter goes back and nobody says so: a producer that was restored from a backup."""
        shelf = self.shelves[sku]
        shelf.sequence = max(0, shelf.sequence - movements)

    def answer(self, command: bytes) -> list[WireMessage]:
        """The answer to a command's body: a level with its `command_id`, or a refusal for a SKU we do not have."""
        data = json.loads(command)["data"]
        if (data["account"], data["warehouse"]) != (self.account, self.warehouse) or data["sku"] not in self.shelves:
            return self.refuse(command, "no such SKU in this warehouse")
        return [self._level(data["sku"], data["command_id"])]

    def refuse(self, command: bytes, reason: str) -> list[WireMessage]:
        """`command.refused`, with the command's own id."""
        asked = json.loads(command)["data"]
        data = {"command_id": asked["command_id"], "reason": reason}
        return [self._event("command.refused", data, f"{asked['account']}/{asked['sku']}")]

    def pack(self, order: OrderToShip, despatch_id: str) -> list[WireMessage]:
        """`despatch.packed`: final, but not departed. Its `despatch_id` is the later despatch's."""
        return [self._despatch_event("despatch.packed", despatch_id, order, departed=False)]

    def despatch(self, order: OrderToShip, *, despatch_id: str | None = None) -> list[WireMessage]:
        """`despatch.completed` of an order; telling the same `despatch_id` again is its next revision."""
        name = despatch_id or f"D{next(self._numbers):06d}"
        return [self._despatch_event("despatch.completed", name, order)]

    def undo(self, despatch_id: str, order: OrderToShip) -> list[WireMessage]:
        """`despatch.undone`: the same identity, a higher revision. Raises KeyError for one never despatched."""
        if despatch_id not in self._revisions:
            raise KeyError(despatch_id)
        return [self._despatch_event("despatch.undone", despatch_id, order)]

    def _despatch_event(self, kind: str, name: str, order: OrderToShip, *, departed: bool = True) -> WireMessage:
        self._revisions[name] = self._revisions.get(name, 0) + 1
        lines = () if kind == "despatch.undone" else order.parcels
        data: dict[str, object] = {
            "account": self.account, "warehouse": self.warehouse, "order_reference": order.order_reference,
            "channel": {
                "kind": order.channel_kind, "account": order.channel_account, "marketplace": order.marketplace,
            },
            "channel_order_id": order.channel_order_id, "despatch_id": name, "revision": self._revisions[name],
            "despatched_at": self.time.now().isoformat() if departed else None,
            "parcels": [parcel_of(name, place, parcel, order) for place, parcel in enumerate(lines, 1)],
        }  # fmt: skip
        return self._event(kind, data, f"{self.account}/{order.order_reference}")

    def tell(self, kind: str, data: dict[str, object], partition_key: str) -> WireMessage:
        """An event of ours that is neither a level nor a movement."""
        return self._event(kind, data, partition_key)

    def _level(self, sku: str, command_id: str | None = None) -> WireMessage:
        shelf = self.shelves[sku]
        data: dict[str, object] = {**self._names(sku), **shelf.balance}
        if command_id is not None:
            data["command_id"] = command_id
        return self._stock_event("inventory.level", data, shelf.sequence)

    def _movement(self, sku: str) -> WireMessage:
        kind, delta = next_movement(self.shelves[sku].balance, self._draw)
        return self.move(sku, kind, **delta)

    def _stock_event(self, kind: str, data: dict[str, object], sequence: int) -> WireMessage:
        return stock_event(
            kind, self.source, data, sequence, self.time.now(), self._draw, epoch=self.epoch, mode=self.mode
        )

    def _event(self, kind: str, data: dict[str, object], partition_key: str) -> WireMessage:
        return event(kind, self.source, data, partition_key, self.time.now(), self._draw, mode=self.mode)

    def _names(self, sku: str) -> dict[str, object]:
        return {"account": self.account, "warehouse": self.warehouse, "sku": sku}
