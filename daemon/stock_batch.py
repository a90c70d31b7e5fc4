"""What a batch of stock deliveries turned out to be."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from daemon.bus.port import Delivery
from daemon.parked_deliveries import named_in, parked_as_it_came
from daemon.store.stock import StockKey
from handlers.parking import Parking
from handlers.stock_intake import Read, is_read, read
from schemas.envelope import Unreadable
from schemas.inventory import StockMessage
from schemas.terms import Account, Sku, Warehouse

QUEUE_LABEL = "goodsout.stock"


@dataclass(slots=True)
class Batch:
    """What a batch of deliveries turned out to be."""

    readable: list[tuple[Delivery, StockMessage]] = field(default_factory=list[tuple[Delivery, StockMessage]])
    parked: list[Parking] = field(default_factory=list[Parking])
    doubted: list[tuple[Account, Sku]] = field(default_factory=list[tuple[Account, Sku]])
    unkeyed: set[str] = field(default_factory=set[str])
    outcomes: dict[str, int] = field(default_factory=dict[str, int])

    def take_in(self, delivery: Delivery, max_body: int, not_ours: Collection[Warehouse]) -> None:
        """What cannot be read, or is not the bus's to send, is to be parked. `not_ours`: warehouses of another
        authority."""
        try:
            found = read(delivery.body, delivery.headers, delivery.content_type, max_body)
        except Unreadable as refusal:
            self.count("unreadable")
            self.parked.append(parked_as_it_came(delivery, QUEUE_LABEL, refusal.reason, str(refusal)))
            self.doubted += named_in(delivery)
            return
        if refused := _misdirected(found, not_ours):
            self.count("refused")
            self.parked.append(parked_as_it_came(delivery, QUEUE_LABEL, *refused))
            return
        if not found.keyed:
            self.unkeyed.add(found.message.source)
        self.readable.append((delivery, found.message))

    def doubted_keys(self, known: Iterable[StockKey]) -> list[StockKey]:
        """Of the SKUs in doubt: what the books know, and what this very batch is the first to name."""
        names = set(self.doubted)
        here = {key for _, message in self.readable if ((key := key_of(message)).account, key.sku) in names}
        return sorted(here.union(known))

    def count(self, outcome: str, by: int = 1) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + by


def _misdirected(found: Read, not_ours: Collection[Warehouse]) -> tuple[str, str] | None:
    """(reason, detail) of a message that is sound, and not the bus's to send."""
    message = found.message
    if message.warehouse in not_ours:
        return "other_authority", f"warehouse {message.warehouse} is under authority clarus: its levels are read"
    if is_read(message.source):
        return "reserved_source", f"source {message.source} is the name of our own readings"
    return None


def key_of(message: StockMessage) -> StockKey:
    return StockKey(message.account, message.warehouse, message.sku)
