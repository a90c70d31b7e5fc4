"""Boxes and loads as they are packed and leave: what was to be in them, and what is."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas.purchase_order import PoLineNumber
from schemas.sscc import check_digit
from simulators.amazon.vendor import Arrived, Delivery
from tests.bench.vendor_week.orders import Account, Mode, PlannedLine, PlannedOrder
from tests.bench.vendor_week.trace import Week

BOX = 48
"""Eaches in a box, about."""
LATE = (0.03, 0.008)
"""Shares of lorries that leave a day late, and two."""
SLOT, WRONG_PAPERS, LEFT_BEHIND = 0.25, 0.03, 0.01
"""Shares: of loads by lorry whose haulier asks for a slot before it leaves; of those whose first papers have a bill
of lading that is a date; of boxes that stay behind on the dock although they were packed."""
ON_THE_WAY = {"EU": 20.0, "NA": 30.0}
PARCEL_ON_THE_WAY = 16.0
"""Hours of 24."""


@dataclass(slots=True)
class Box:
    """One SKU of one line. `planned`: eaches by the pick list; `packed`: what was there."""

    sscc: str
    order: PlannedOrder
    line: PlannedLine
    part: int
    planned: int
    packed: int = 0
    left: bool = False
    """It stayed behind."""

    @property
    def despatch(self) -> str:
        return f"D{self.order.order.number}-{self.part + 1}"

    @property
    def aboard(self) -> int:
        return 0 if self.left else self.packed


@dataclass(slots=True)
class Load:
    """A lorry's load, or one order's parcels. `planned_departure`, `packed_at`: as the warehouse has them planned."""

    key: str
    account: Account
    place: str
    mode: Mode
    packed_at: datetime
    planned_departure: datetime
    departure: datetime
    on_the_way: timedelta
    slot_at: datetime | None
    bill: str
    wrong_bill: str = ""
    boxes: list[Box] = field(default_factory=list[Box])
    told: int = 0
    """Revisions of its despatches that were told."""

    @property
    def arrival(self) -> datetime:
        return self.departure + self.on_the_way

    @property
    def appointment(self) -> datetime | None:
        """The delivery slot, where we pay the carrier."""
        return self.planned_departure + self.on_the_way if self.account.region == "EU" else None

    @property
    def is_parcels(self) -> bool:
        return self.mode == "small_parcel"

    def orders(self) -> dict[str, list[Box]]:
        """Its boxes by despatch."""
        found: dict[str, list[Box]] = {}
        for box in self.boxes:
            if box.packed:
                found.setdefault(box.despatch, []).append(box)
        return found

    def pallets(self) -> dict[str, str]:
        """The pallet of each box by its SSCC: up to twelve on one. Orders mix on them."""
        numbers = [sscc(f"9{self.bill[1:8]}{place // 12}") for place in range(len(self.boxes))]
        return {box.sscc: pallet for box, pallet in zip(self.boxes, numbers, strict=True)}


def sscc(serial: str) -> str:
    digits = f"05012345{serial:0>9}"
    return digits + check_digit(digits)


def new_load(key: str, order: PlannedOrder, day: int, week: Week) -> Load:
    """When it is packed and leaves, by its own dice: the same whoever answered the orders."""
    draw, calendar = random.Random(f"{week.seed}/{key}"), week.calendar
    parcels = order.mode == "small_parcel"
    packed = calendar.at(day, draw.uniform(8, 12))
    leaves = calendar.at(day, 17.0 if parcels else draw.uniform(16.0, 16.15))
    late = 0 if parcels else draw.choices((0, 1, 2), (1 - sum(LATE), *LATE))[0]
    hours = PARCEL_ON_THE_WAY if parcels else ON_THE_WAY[order.account.region]
    has_slot = order.account.region == "EU" and not parcels and draw.random() < SLOT
    wrong = not parcels and draw.random() < WRONG_PAPERS
    assert order.order.ship_to is not None
    return Load(
        key=key, account=order.account, place=order.order.ship_to.party_id, mode=order.mode,
        packed_at=week.when(packed), planned_departure=week.when(leaves),
        departure=week.when(leaves + late * calendar.day),
        on_the_way=hours * calendar.hour, slot_at=week.when(packed + 2 * calendar.hour) if has_slot else None,
        bill=f"8{draw.randrange(10**9):09d}9", wrong_bill=f"{week.beginning:%Y%m%d}" if wrong else "",
    )  # fmt: skip


def boxes_for(line: PlannedLine, eaches: int) -> list[int]:
    """How an amount is spread over boxes, each of whole ordered units."""
    full = max(1, BOX // line.unit) * line.unit
    whole, rest = divmod(eaches, full)
    return [full] * whole + ([rest] if rest else [])


def arrived(boxes: Iterable[Box]) -> tuple[Arrived, ...]:
    """What comes out of the boxes, in ordered units."""
    sums = Counter[tuple[str, PoLineNumber]]()
    units: dict[tuple[str, PoLineNumber], int] = {}
    for box in boxes:
        key = (str(box.order.order.number), box.line.line.number)
        sums[key] += box.aboard
        units[key] = box.line.unit
    return tuple(
        Arrived(number, line, eaches // units[number, line])
        for (number, line), eaches in sums.items()
        if eaches >= units[number, line]
    )


def delivery_of(load: Load, boxes: Iterable[Box], shipment: str) -> Delivery:
    return Delivery(
        shipment=shipment, departed_at=load.departure, parcel=load.is_parcels, slot_asked_at=load.slot_at,
        appointment_at=None if load.is_parcels else load.appointment, contents=arrived(boxes),
    )  # fmt: skip
