"""One run: trading, landings and the sender's turns on one simulated clock."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.bench.freshness.books import Books
from tests.bench.freshness.lags import Lags
from tests.bench.freshness.trading import DELIVERY, OWN, Trading

Landing = tuple[float, int, bool, Sequence[int], Sequence[int]]
"""When, in which order, whether by feed, what."""


class Sender(Protocol):
    """A way of choosing what to send."""

    def changed(self, sku: int, now: float) -> None:
        """The stock of a SKU has changed."""

    def wants(self, sku: int) -> int:
        """What it wants the channel to show."""
        ...

    def ordered(self, sku: int, units: int, own: bool, now: float) -> None:
        """Somebody was sold this."""

    def turn(self, now: float) -> None:
        """The time has come that `wake` named."""

    def wake(self) -> float:
        """When it wants its next turn."""
        ...

    def feed_ended(self, skus: Sequence[int], values: Sequence[int], now: float) -> None:
        """A feed has been applied."""


@dataclass(slots=True)
class Channel:
    """Takes what senders send, and counts it. Nobody learns when a patch is live, only when a feed has ended."""

    books: Books
    lags: Lags
    told: list[int]
    untold_since: dict[int, float] = field(default_factory=dict[int, float])
    coming: list[Landing] = field(default_factory=list[Landing])
    patches: int = 0
    feeds: int = 0
    messages: int = 0
    longest_wait: float = 0.0
    serial: int = 0

    def patch(self, sku: int, value: int, now: float) -> None:
        self.patches += 1
        self._tell(sku, value, now)
        self._push(self.lags.patch(sku, self.books.version[sku], now), False, (sku,), (value,))

    def feed(self, skus: Sequence[int], values: Sequence[int], now: float) -> None:
        self.feeds += 1
        self.messages += len(skus)
        for sku, value in zip(skus, values, strict=True):
            self._tell(sku, value, now)
        self._push(self.lags.feed(now), True, skus, values)

    def _tell(self, sku: int, value: int, now: float) -> None:
        self.told[sku] = value
        since = self.untold_since.pop(sku, None)
        if since is not None:
            self.longest_wait = max(self.longest_wait, now - since)

    def _push(self, at: float, feed: bool, skus: Sequence[int], values: Sequence[int]) -> None:
        self.serial += 1
        heapq.heappush(self.coming, (at, self.serial, feed, skus, values))

    def compare(self, sku: int, wanted: int, now: float) -> None:
        """From when on the channel has not been told what it should show."""
        if wanted != self.told[sku]:
            self.untold_since.setdefault(sku, now)
        else:
            self.untold_since.pop(sku, None)

    def feed_ended(self, skus: Sequence[int], values: Sequence[int], sender: "Sender", now: float) -> None:
        """What a feed says counts from when it ends, whatever was patched since it left."""
        for sku, value in zip(skus, values, strict=True):
            self.told[sku] = value
            self.compare(sku, sender.wants(sku), now)

    def close(self, at: float) -> None:
        """Whoever still waits has waited until the end."""
        self.longest_wait = max([self.longest_wait, *(at - since for since in self.untold_since.values())])


def run(trading: Trading, books: Books, channel: Channel, sender: Sender) -> None:
    """Play the trading to its end."""
    columns = (trading.at.tolist(), trading.sku.tolist(), trading.kind.tolist(), trading.units.tolist())
    for at, sku, kind, units in zip(*columns, strict=True):
        _until(at, books, channel, sender)
        books.now = at
        changed = books.deliver(sku, units) if kind == DELIVERY else _order(books, sender, sku, kind == OWN, units)
        if changed:
            sender.changed(sku, at)
            channel.compare(sku, sender.wants(sku), at)
    _until(trading.size.seconds, books, channel, sender)
    books.close(trading.size.seconds)
    channel.close(trading.size.seconds)


def _order(books: Books, sender: Sender, sku: int, own: bool, units: int) -> bool:
    sold = books.taken
    changed = books.own_order(sku, units) if own else books.order_elsewhere(sku, units)
    sender.ordered(sku, books.taken - sold, own, books.now)
    return changed


def _until(at: float, books: Books, channel: Channel, sender: Sender) -> None:
    """Everything that lands and every turn before `at`."""
    while True:
        landing, turn = channel.coming[0][0] if channel.coming else at, sender.wake()
        first = min(landing, turn)
        if first >= at:
            return
        books.now = first
        if landing <= turn:
            _, _, feed, skus, values = heapq.heappop(channel.coming)
            for sku, value in zip(skus, values, strict=True):
                books.land(sku, value)
            if feed:
                sender.feed_ended(skus, values, first)
                channel.feed_ended(skus, values, sender, first)
        else:
            sender.turn(first)
