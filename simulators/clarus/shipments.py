"""Shipments of the simulated Clarus and their packages, as replicas that lag show them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Package:
    """`contents`: order line -> units; the storage unit that they were picked into has its own id."""

    id: int
    unit: int
    contents: dict[int, float]
    tracking_number: str | None
    since: datetime


@dataclass(slots=True)
class Shipment:
    id: int
    goods_out: int
    carrier: str
    service: str
    packages: list[Package] = field(default_factory=list[Package])
    past: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])
    """(since when, status)."""
    products: dict[int, tuple[str, str]] = field(default_factory=dict[int, tuple[str, str]])
    """Order line -> (its product's id, its code)."""

    def node_at(self, when: datetime) -> dict[str, Any] | None:
        status = next((status for since, status in reversed(self.past) if since <= when), None)
        if status is None:
            return None
        return {
            "id": str(self.id), "reference": f"SHP-{self.id}", "name": None, "status": status,
            "packages_count": sum(package.since <= when for package in self.packages),
            "goods_out": {"id": str(self.goods_out)},
            "carrier": {"id": "1", "code": self.carrier, "name": self.carrier},
            "carrier_service": {"id": "1", "code": self.service, "name": self.service},
        }  # fmt: skip

    def package_nodes_at(self, when: datetime) -> list[dict[str, Any]]:
        return [
            {
                "id": str(one.id), "tracking_number": one.tracking_number,
                "shipment": {"id": str(self.id), "reference": f"SHP-{self.id}"},
                "storage_unit": {"id": str(one.unit), "reference": f"BOX-{one.unit}"},
            }
            for one in self.packages
            if one.since <= when
        ]  # fmt: skip

    def task_nodes_at(self, when: datetime) -> list[dict[str, Any]]:
        """The picks that filled its packages; packed anew, they stay the same picks."""
        return [
            {
                "id": f"{one.unit}{line_id}", "status": "COMPLETED", "confirmed_quantity": units,
                "product": {"id": self.products[line_id][0], "code": self.products[line_id][1]},
                "task_type": {"id": "1", "code": "PICK"}, "goods_out": {"id": str(self.goods_out)},
                "goods_out_line": {"id": str(line_id)}, "storage_unit_to": {"id": str(one.unit), "reference": None},
            }
            for one in self.packages
            for line_id, units in one.contents.items()
            if one.since <= when
        ]  # fmt: skip
