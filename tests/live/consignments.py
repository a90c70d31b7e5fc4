"""A seeded day at the packing benches: what is despatched, corrected, taken back and delivered twice; and what the
channel must know at the end of it."""

import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec

from daemon.bus.port import Publication

ACCOUNTS = ("shop-1", "shop-2", "shop-3")
SINGLES, CASES, BOTH = ("KETTLE", "MUG", "TRAY", "0042"), ("TEA-24", "JAM-6", "A/B"), ("SPOON",)
"""SKUs sold by the piece, by the case alone, and both ways: of the last only the order tells which it was."""
CASE = 6
CARRIERS = {"DPD-UK": "DPD", "RM": "Royal Mail", "YODEL-DIRECT": "Yodel"}
"""The warehouse's word -> the channel's."""

Fate = Literal["plain", "repeated", "corrected", "undone", "done_again"]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """In channel units, as the order has it."""

    reference: str
    sku: str
    seller_sku: str
    pack_size: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Box:
    """A parcel: what the channel has to hear of it. `units` by line reference, in channel units."""

    parcel_id: str
    carrier: str
    tracking_number: str
    units: Mapping[str, int]


@dataclass(slots=True)
class Consignment:
    """One despatch with its order. `boxes` by parcel: every version of it, the valid one last."""

    number: int
    account: str
    order_id: str
    lines: list[OrderLine]
    fate: Fate
    names_order: bool
    names_lines: bool
    boxes: list[list[Box]] = field(default_factory=list[list[Box]])

    @property
    def despatch_id(self) -> str:
        return f"D{self.number:04d}"

    @property
    def last_revision(self) -> int:
        return {"corrected": 2, "undone": 2, "done_again": 3}.get(self.fate, 1)

    def subject(self, box: Box) -> str:
        return f"acme/{self.despatch_id}/{box.parcel_id}"


@dataclass(frozen=True, slots=True)
class Event:
    consignment: Consignment
    key: str
    event_id: str
    revision: int
    version: int

    def publication(self, at: datetime) -> Publication:
        body = {
            "specversion": "1.0", "id": self.event_id, "source": "/warehouse", "type": f"{self.key}.v1",
            "time": at.isoformat(), "data": _data(self, at),
        }  # fmt: skip
        return Publication(
            "clarus", self.key, msgspec.json.encode(body), self.event_id,
            {"partitionkey": f"acme/{_order_reference(self.consignment)}"},
        )  # fmt: skip


def _order_reference(consignment: Consignment) -> str:
    """An order that the event does not name is named by the warehouse as the channel does."""
    return f"SO-{consignment.number}" if consignment.names_order else consignment.order_id


def _data(event: Event, at: datetime) -> dict[str, Any]:
    one = event.consignment
    data: dict[str, Any] = {
        "account": "acme", "warehouse": "W1", "order_reference": _order_reference(one),
        "despatch_id": one.despatch_id, "revision": event.revision, "despatched_at": at.isoformat(),
        "channel": {"kind": "amazon", "account": one.account, "marketplace": "A1F83G8C2ARO7P"},
        "parcels": [_parcel(one, versions[min(event.version, len(versions) - 1)]) for versions in one.boxes],
    }  # fmt: skip
    return data | ({"channel_order_id": one.order_id} if one.names_order else {})


def _parcel(one: Consignment, box: Box) -> dict[str, Any]:
    lines = [
        {"sku": line.sku, "quantity": box.units[line.reference] * line.pack_size}
        | ({"line_reference": line.reference} if one.names_lines else {})
        for line in one.lines
        if line.reference in box.units
    ]
    return {
        "parcel_id": box.parcel_id, "tracking_number": box.tracking_number, "carrier": box.carrier, "service": "NEXT",
        "lines": lines,
    }  # fmt: skip


def seller_sku(sku: str, pack_size: int) -> str:
    return f"{sku}-CASE" if pack_size == CASE else f"{sku}-1"


def listings() -> Iterator[tuple[str, str, int]]:
    """(seller SKU, SKU, pack size) of every account."""
    for sku in (*SINGLES, *BOTH):
        yield seller_sku(sku, 1), sku, 1
    for sku in (*CASES, *BOTH):
        yield seller_sku(sku, CASE), sku, CASE


def consignments(draw: random.Random, n: int) -> list[Consignment]:
    return [_consignment(draw, number) for number in range(n)]


def _consignment(draw: random.Random, number: int) -> Consignment:
    fates: list[Fate] = ["plain", "repeated", "corrected", "undone", "done_again"]
    one = Consignment(
        number=number,
        account=ACCOUNTS[number % len(ACCOUNTS)],
        order_id=f"202-{number:07d}-{draw.randrange(10**7):07d}",
        lines=_lines(draw, number),
        fate=draw.choices(fates, (56, 22, 12, 7, 3))[0],
        names_order=draw.random() > 0.1,
        names_lines=draw.random() > 0.12,
    )
    one.boxes = [[box] for box in _packed(draw, one, draw.choices((1, 2, 3), (75, 17, 8))[0])]
    if one.fate == "corrected":
        versions = draw.choice(one.boxes)
        right = f"F{versions[0].tracking_number[1:]}"
        versions.append(Box(versions[0].parcel_id, versions[0].carrier, right, versions[0].units))
    return one


def _lines(draw: random.Random, number: int) -> list[OrderLine]:
    skus = draw.sample((*SINGLES, *CASES, *BOTH), draw.randint(1, 3))
    lines = list[OrderLine]()
    for place, sku in enumerate(skus):
        pack_size = CASE if sku in CASES or (sku in BOTH and draw.random() < 0.5) else 1
        reference = f"7903{number:06d}{place}"
        lines.append(OrderLine(reference, sku, seller_sku(sku, pack_size), pack_size, draw.randint(1, 4)))
    return lines


def _packed(draw: random.Random, one: Consignment, parcels: int) -> list[Box]:
    """Every unit in exactly one of at most so many parcels."""
    heaps: list[dict[str, int]] = [{} for _ in range(parcels)]
    for line in one.lines:
        for _ in range(line.quantity):
            heap = draw.choice(heaps)
            heap[line.reference] = heap.get(line.reference, 0) + 1
    return [
        Box(f"P{place}", draw.choice(list(CARRIERS)), f"{one.number:014d}{place:02d}", heap)
        for place, heap in enumerate(heap for heap in heaps if heap)
    ]


def events(draw: random.Random, day: Sequence[Consignment]) -> list[Event]:
    """All events in the order of their arrival: what follows the first one comes soon, later, or before it."""
    placed = list[tuple[float, Event]]()
    for one in day:
        placed += _of(draw, one)
    return [event for _, event in sorted(placed, key=lambda pair: pair[0])]


def _of(draw: random.Random, one: Consignment) -> Iterator[tuple[float, Event]]:
    at = float(one.number)
    first = Event(one, "despatch.completed", _id(draw), 1, 0)
    yield at, first
    if one.fate == "repeated":
        yield at + _later(draw), first
        yield at + _later(draw), Event(one, "despatch.completed", _id(draw), 1, 0)
    if one.fate == "corrected":
        place = at - 3 if draw.random() < 0.2 else at + _later(draw)
        yield place, Event(one, "despatch.completed", _id(draw), 2, 1)
    if one.fate in ("undone", "done_again"):
        undone = at + _later(draw)
        yield undone, Event(one, "despatch.undone", _id(draw), 2, 0)
        if one.fate == "done_again":
            yield undone + _later(draw), Event(one, "despatch.completed", _id(draw), 3, 0)


def _later(draw: random.Random) -> float:
    return draw.choice((0.1, 2.0, 8.0, 40.0, 90.0)) * draw.uniform(0.8, 1.2)


def _id(draw: random.Random) -> str:
    return str(uuid.UUID(int=draw.getrandbits(128), version=4))
