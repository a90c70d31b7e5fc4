"""What must be true at the end, for those who judge: balances, and whose events were lost or spoilt."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from simulators.warehouse.business import Warehouse
from simulators.warehouse.faults import WarehouseFaults
from simulators.warehouse.messages import WireMessage

Key = tuple[str, str, str]
"""(account, warehouse, SKU)."""


@dataclass(frozen=True)
class Oracle:
    """Knows the warehouse from inside and the way from above; knows nothing of the daemon."""

    warehouse: Warehouse
    faults: WarehouseFaults

    def balances(self) -> dict[Key, dict[str, int]]:
        """The six true quantities of every SKU."""
        return {self._key(sku): dict(shelf.balance) for sku, shelf in self.warehouse.shelves.items()}

    def lost(self) -> Counter[Key]:
        return self._count(self.faults.lost)

    def corrupted(self) -> Counter[Key]:
        return self._count(self.faults.corrupted)

    def duplicated(self) -> Counter[Key]:
        return self._count(self.faults.duplicated)

    def spoilt(self) -> set[Key]:
        """SKUs of which some event was lost or corrupt."""
        return set(self.lost()) | set(self.corrupted())

    def unharmed(self) -> set[Key]:
        """SKUs of which every event arrived: none of them has a reason to ask for a level."""
        return set(self.balances()) - self.spoilt()

    def last_lost(self) -> set[Key]:
        """SKUs whose very last event was lost: nobody can know of it before the next level."""
        return self._ended_in(self.faults.lost)

    def _ended_in(self, messages: Sequence[WireMessage]) -> set[Key]:
        return {message.key for message in messages if self.faults.last.get(message.key) == message.message_id}

    def _count(self, messages: Sequence[WireMessage]) -> Counter[Key]:
        return Counter(message.key for message in messages if any(message.key))

    def _key(self, sku: str) -> Key:
        return self.warehouse.account, self.warehouse.warehouse, sku
