"""An ordinary day in the simulated Clarus: the same movements as the simulated warehouse's, with their webhooks."""

import random
from dataclasses import dataclass, field
from typing import Any, Final

from simulators.clarus.server import ClarusSimulator
from simulators.clarus.world import COLUMNS
from simulators.warehouse.trading import BALANCES, next_movement

EVENTS: Final = {
    "received": "received", "picked": "picked", "despatched": "dispatched", "undespatched": "undispatched",
    "held": "placed_on_hold", "released": "released_from_hold", "transferred": "account_transferred",
}  # fmt: skip
"""Our kind of movement -> Clarus's event of `stock`. Allocations have none: only the balance's own event tells."""


@dataclass(slots=True)
class Trading:
    """`trade` a number of movements over the products given, by seed."""

    clarus: ClarusSimulator
    skus: tuple[str, ...]
    seed: int = 0
    opening: tuple[int, int] = (0, 400)
    held: dict[str, int] = field(default_factory=dict[str, int])
    """What a balance at Clarus has no column for."""
    _draw: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)
        for sku in self.skus:
            self.clarus.world.set_balance(sku, available=self._draw.randint(*self.opening))

    def trade(self, count: int) -> list[str]:
        """The SKUs that moved."""
        return [self._move(self._draw.choice(self.skus)) for _ in range(count)]

    def available(self, sku: str) -> int:
        balance = self.clarus.world.balance(sku)
        assert balance is not None
        return int(balance.columns["available"])

    def _move(self, sku: str) -> str:
        row = self.clarus.world.balance(sku)
        assert row is not None
        before = {name: int(row.columns.get(name, 0)) for name in BALANCES} | {"held": self.held.get(sku, 0)}
        kind, delta = next_movement(before, self._draw)
        self.held[sku] = before["held"] + delta.get("held", 0)
        after: dict[str, Any] = {name: before[name] + delta.get(name, 0) for name in COLUMNS}
        self.clarus.world.set_balance(sku, **after)
        event = EVENTS.get(kind)
        if kind == "adjusted":
            event = "positively_adjusted" if delta.get("available", 0) > 0 else "negatively_adjusted"
        if event is not None:
            self.clarus.hooks.fire("stock", event, self._adjustment(sku, delta))
        self.clarus.hooks.fire("stock_balance", "updated", row.body())
        return sku

    def _adjustment(self, sku: str, delta: dict[str, int]) -> dict[str, Any]:
        row = self.clarus.world.balance(sku)
        assert row is not None
        return {
            "id": self.clarus.world.new_id(),
            "created_at": self.clarus.world.time.now().isoformat(),
            "quantity": float(abs(delta.get("available", 0))),
            "new_quantity": row.columns["available"],
            "product": row.product.node(), "account": row.account.node(), "warehouse": row.warehouse.node(),
        }  # fmt: skip
