"""The goods of a retailer's purchase order, packed and sent as a warehouse tells it."""

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import ClassVar, cast

import msgspec

from daemon.bus import open_bus
from daemon.demo.road import carry
from daemon.settings import Bus as BusSettings
from daemon.topology import TOPOLOGY
from handlers.vendor_goods import LineToShip, OrderToShip
from schemas.despatch import Channel, DespatchData, Parcel, ParcelLine, Shipment
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    DespatchId,
    LineReference,
    OrderReference,
    ParcelId,
    Warehouse,
)
from simulators.warehouse import WireMessage
from simulators.warehouse.messages import event

SOURCE = "/simulated-warehouse/despatches"
EACH_KG = Decimal("0.4")


@dataclass(frozen=True)
class Load:
    """One load with all that was acknowledged of an order, but `short` eaches of its first line."""

    FIELDS: ClassVar[tuple[str, ...]] = Shipment.__struct_fields__

    order: OrderToShip
    account: str
    warehouse: str
    now: datetime
    short: int = 0
    left_out: frozenset[str] = frozenset()

    @cached_property
    def parcels(self) -> tuple[Parcel, ...]:
        held = [
            one for place, line in enumerate(self.order.lines) for one in _cartons(line, 0 if place else self.short)
        ]
        return tuple(
            Parcel(ParcelId(f"C{number:03d}"), (one,), carrier="XPO", weight_kg=EACH_KG * one.quantity)
            for number, one in enumerate(held, 1)
        )

    @property
    def eaches(self) -> int:
        return sum(int(line.quantity) for parcel in self.parcels for line in parcel.lines)

    @property
    def shipment(self) -> Shipment:
        whole = Shipment(
            reference=f"LOAD-{self.order.number}", departure=self.now, expected_delivery=self.now + timedelta(days=4),
            freight_terms="vendor_pays", mode="less_than_truckload", carrier_scac="XPOL",
            carrier_name="XPO Logistics", bill_of_lading=f"SIM{zlib.crc32(self.order.number.encode()):010d}",
            pro_number=f"{zlib.crc32(self.order.number.encode()):010d}",
            gross_weight_kg=sum((parcel.weight_kg or Decimal(0) for parcel in self.parcels), Decimal(0)),
            volume_m3=Decimal("1.2"), carton_count=len(self.parcels),
        )  # fmt: skip
        kept = {name: value for name, value in msgspec.structs.asdict(whole).items() if name not in self.left_out}
        return Shipment(**kept)

    def data(self, step: int) -> DespatchData:
        """The later truth has the higher revision."""
        return DespatchData(
            account=Account(self.account), warehouse=Warehouse(self.warehouse),
            order_reference=OrderReference(self.order.number), despatch_id=DespatchId(f"SIM-{self.order.number}"),
            revision=int(self.now.timestamp()) + step, despatched_at=self.now,
            channel=Channel("amazon_vendor", ChannelAccount(self.order.channel_account)),
            channel_order_id=ChannelOrderId(self.order.number), parcels=self.parcels, shipment=self.shipment,
        )  # fmt: skip

    def message(self, what: str, step: int) -> WireMessage:
        data = cast("dict[str, object]", msgspec.to_builtins(self.data(step)))
        draw = random.Random(f"{self.order.number}/{what}/{self.now.isoformat()}")
        return event(f"despatch.{what}", SOURCE, data, f"{self.account}/{self.order.number}", self.now, draw)


def _cartons(line: LineToShip, short: int) -> Iterator[ParcelLine]:
    """A case is a carton, the eaches of a line are one."""
    left = line.accepted * (line.pack or 1) - short
    size = (line.pack or 1) if line.unit.unit == "case" else max(left, 1)
    while left > 0:
        yield ParcelLine(line.sku, min(size, left), LineReference(line.line))
        left -= size


def steps_of(stage: str) -> tuple[str, ...]:
    return ("packed", "completed") if stage == "both" else (stage,)


async def publish(settings: BusSettings, password: str | None, load: Load, steps: tuple[str, ...]) -> None:
    """Returns once the bus has all of it."""
    async with open_bus(settings, password) as bus:
        await bus.declare(TOPOLOGY)
        await carry(bus, [load.message(what, step) for step, what in enumerate(steps)])
