"""What happens in a run, unit by unit: the pool, what the channel shows, and what goes wrong between them."""

from dataclasses import dataclass, field

from tests.bench.freshness.trading import Trading


@dataclass(slots=True)
class Books:
    """One channel's listings, one per SKU, and the pool behind each. The channel counts its own sales down.

    Every unit is accounted for: stock at first + delivered = sold here + sold elsewhere + stock at last.
    """

    pool: list[int]
    shown: list[int]
    version: list[int]
    now: float = 0.0
    asked: int = 0
    """Units that buyers on the channel asked for."""
    sold: int = 0
    sold_elsewhere: int = 0
    delivered: int = 0
    oversold: int = 0
    lost: int = 0
    too_much_since: dict[int, float] = field(default_factory=dict[int, float])
    too_much_for: list[float] = field(default_factory=list[float])

    @classmethod
    def opened(cls, trading: Trading) -> "Books":
        """Everything shown is true at first."""
        stock: list[int] = trading.stock.tolist()
        return cls(stock.copy(), stock.copy(), [0] * len(stock))

    @property
    def taken(self) -> int:
        """Units that buyers anywhere believe to have bought."""
        return self.sold + self.oversold + self.sold_elsewhere

    def own_order(self, sku: int, units: int) -> bool:
        """A buyer takes what the channel shows, at most what they want. True when the pool has changed."""
        pool, shown = self.pool[sku], self.shown[sku]
        taken = min(units, shown)
        served = min(taken, pool)
        self.asked += units
        self.sold += served
        self.oversold += taken - served
        self.lost += max(0, min(units, pool) - taken)
        self.shown[sku] = shown - taken
        return self._level(sku, pool - served)

    def order_elsewhere(self, sku: int, units: int) -> bool:
        pool = self.pool[sku]
        served = min(units, pool)
        self.sold_elsewhere += served
        return self._level(sku, pool - served)

    def deliver(self, sku: int, level: int) -> bool:
        """Filled up to this level."""
        came = max(0, level - self.pool[sku])
        self.delivered += came
        return self._level(sku, self.pool[sku] + came)

    def land(self, sku: int, value: int) -> None:
        """What was told becomes live."""
        self.shown[sku] = value
        self._compare(sku)

    def _level(self, sku: int, pool: int) -> bool:
        changed = pool != self.pool[sku]
        self.pool[sku] = pool
        self.version[sku] += changed
        self._compare(sku)
        return changed

    def _compare(self, sku: int) -> None:
        if self.shown[sku] > self.pool[sku]:
            self.too_much_since.setdefault(sku, self.now)
        elif sku in self.too_much_since:
            self.too_much_for.append(self.now - self.too_much_since.pop(sku))

    def close(self, at: float) -> None:
        """The end of the run ends every stretch of showing too much."""
        self.too_much_for += [at - since for since in self.too_much_since.values()]
        self.too_much_since.clear()
