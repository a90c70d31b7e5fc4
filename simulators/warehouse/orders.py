"""Orders as the warehouse knows them, and how they leave: parcels with a carrier and a number each."""

import random
from collections.abc import Sequence

import msgspec

CARRIERS = (("DPD", "NEXT-DAY"), ("ROYAL MAIL", "TRACKED 24"), ("EVRI", "STANDARD"))
"""Carrier and service in the warehouse's words, which no channel knows: they have to be mapped."""


class LineToShip(msgspec.Struct, frozen=True):
    line_reference: str | None
    sku: str
    quantity: int
    """Eaches."""


class OrderToShip(msgspec.Struct, frozen=True):
    """An order as the warehouse knows it. Parcels: each a list of lines; one parcel unless told otherwise."""

    order_reference: str
    channel_account: str
    channel_order_id: str | None
    marketplace: str
    parcels: tuple[tuple[LineToShip, ...], ...]
    carrier: str = "DPD"
    service: str = "NEXT-DAY"
    channel_kind: str = "amazon"


def packed(lines: Sequence[LineToShip], parcels: int, draw: random.Random) -> tuple[tuple[LineToShip, ...], ...]:
    """The lines spread by chance over at most so many parcels; every unit is in exactly one of them."""
    boxes = [dict[LineToShip, int]() for _ in range(parcels)]
    for line in lines:
        for _ in range(line.quantity):
            box = draw.choice(boxes)
            box[line] = box.get(line, 0) + 1
    return tuple(_lines(box) for box in boxes if box)


def _lines(box: dict[LineToShip, int]) -> tuple[LineToShip, ...]:
    return tuple(msgspec.structs.replace(line, quantity=units) for line, units in box.items())


def by_some_carrier(order: OrderToShip, draw: random.Random) -> OrderToShip:
    """The order with one of the warehouse's carriers."""
    carrier, service = draw.choice(CARRIERS)
    return msgspec.structs.replace(order, carrier=carrier, service=service)


def parcel_of(despatch_id: str, place: int, lines: Sequence[LineToShip], order: OrderToShip) -> dict[str, object]:
    """A parcel as the contract writes it. Its names depend on nothing but the despatch, so a repeat is the same."""
    return {
        "parcel_id": f"{despatch_id}-{place}", "tracking_number": f"TRK{despatch_id[1:]}{place:03d}",
        "carrier": order.carrier, "service": order.service,
        "lines": [msgspec.to_builtins(line) for line in lines],
    }  # fmt: skip
