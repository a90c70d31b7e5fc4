"""Orders in the simulated warehouse before they leave: stock set aside for them, set free, cancelled, and told."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from simulators.warehouse.business import Warehouse
from simulators.warehouse.messages import WireMessage
from simulators.warehouse.orders import LineToShip


@dataclass
class DeskLine:
    """One line in eaches; `sequence` is the SKU's number of its newest allocation."""

    line: LineToShip
    allocated: int = 0
    cancelled: int = 0
    sequence: int | None = None

    @property
    def waiting(self) -> int:
        return self.line.quantity - self.allocated - self.cancelled


@dataclass
class DeskOrder:
    reference: str
    lines: list[DeskLine]
    revision: int = 0


@dataclass
class OrderDesk:
    """Each call changes the truth at once, and returns what tells of it: movements first, then the order's event."""

    warehouse: Warehouse
    orders: dict[str, DeskOrder] = field(default_factory=dict[str, DeskOrder])

    def take(self, reference: str, lines: Sequence[LineToShip]) -> None:
        """An order comes to the warehouse; nothing is set aside yet, and nobody is told."""
        self.orders[reference] = DeskOrder(reference, [DeskLine(line) for line in lines])

    def allocate(self, reference: str, most: int | None = None) -> list[WireMessage]:
        """Set aside what is there, at most `most` eaches of each line."""
        order = self.orders[reference]
        moved = [
            self._move(line, min(line.waiting, self._free(line), line.waiting if most is None else most))
            for line in order.lines
        ]
        whole = all(line.waiting == 0 for line in order.lines)
        return [message for message in moved if message] + [
            self._told(order, "allocated" if whole else "part_allocated")
        ]

    def set_free(self, reference: str, units: int) -> list[WireMessage]:
        """Give back so many eaches of each line."""
        order = self.orders[reference]
        moved = [self._move(line, -min(units, line.allocated)) for line in order.lines]
        return [message for message in moved if message] + [self._told(order, "part_allocated")]

    def cancel(self, reference: str) -> list[WireMessage]:
        """Give back everything; nothing of the order will leave."""
        order = self.orders[reference]
        moved = [self._move(line, -line.allocated) for line in order.lines]
        for line in order.lines:
            line.cancelled = line.line.quantity
        return [message for message in moved if message] + [self._told(order, "cancelled")]

    def outstanding(self, sku: str) -> int:
        """Eaches that orders here still wait for."""
        return sum(line.waiting for order in self.orders.values() for line in order.lines if line.line.sku == sku)

    def _free(self, line: DeskLine) -> int:
        return max(0, self.warehouse.available(line.line.sku))

    def _move(self, line: DeskLine, units: int) -> WireMessage | None:
        if not units:
            return None
        line.allocated += units
        kind = "allocated" if units > 0 else "deallocated"
        message = self.warehouse.move(line.line.sku, kind, available=-units, allocated=units)
        line.sequence = message.sequence
        return message

    def _told(self, order: DeskOrder, standing: str) -> WireMessage:
        order.revision += 1
        data: dict[str, object] = {
            "account": self.warehouse.account,
            "order_reference": order.reference,
            "revision": order.revision,
            "lines": [self._as_told(line) for line in order.lines],
        }
        return self.warehouse.tell(f"order.{standing}", data, f"{self.warehouse.account}/{order.reference}")

    def _as_told(self, line: DeskLine) -> dict[str, object]:
        told: dict[str, object] = {
            "line_reference": line.line.line_reference, "sku": line.line.sku, "ordered": line.line.quantity,
            "allocated": line.allocated, "cancelled": line.cancelled, "warehouse": self.warehouse.warehouse,
        }  # fmt: skip
        return told | ({} if line.sequence is None else {"stock_sequence": str(line.sequence)})
