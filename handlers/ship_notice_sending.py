"""When a ship notice leaves, and what a later revision of its load means: nothing, a replacement, or a question.

A notice goes out once the packing is final and nothing lacks: on packing for small parcels, for palletised loads in
Europe, and wherever the appointment leaves no time after departure; else when the load has left.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.ship_loads import SMALL_PARCEL, Load
from handlers.ship_notices import quantities
from handlers.vendor_goods import Lack, Market
from schemas.ship_notice import ShipNotice

BEFORE_APPOINTMENT: Final = timedelta(hours=6)
REPLACEABLE: Final = timedelta(days=7)

Occasion: TypeAlias = Literal["packed", "completed"]


class Told(msgspec.Struct, frozen=True):
    """The notice of the load that went out last. `first_at`: when the first one did."""

    notice: ShipNotice
    first_at: datetime


class Send(msgspec.Struct, frozen=True):
    notice: ShipNotice


class Wait(msgspec.Struct, frozen=True):
    """Nothing to send now, and nothing wrong."""

    why: Literal["same", "not_left", "nothing_packed"]


class Hold(msgspec.Struct, frozen=True):
    """It should go out and cannot: each lack is told to people, and the clock runs on."""

    lacks: tuple[Lack, ...]


class Ask(msgspec.Struct, frozen=True):
    """What was told is wrong, and no replacement may say so."""

    why: Literal["more_than_told", "too_late", "arrived", "nothing_left"]
    text: str


Verdict: TypeAlias = Send | Wait | Hold | Ask


def occasion(load: Load, market: Market | None) -> Occasion:
    """Which event of the warehouse a load's notice goes out on."""
    header = load.header
    if header.mode == SMALL_PARCEL or (market == "eu" and load.pallets):
        return "packed"
    if header.appointment and header.departure and header.appointment - BEFORE_APPOINTMENT < header.departure:
        return "packed"
    return "completed"


def is_due(load: Load, market: Market | None) -> bool:
    """Whether the warehouse is as far with the load as its notice needs."""
    stages = {part.stage for part in load.parts}
    return stages == {"completed"} or (occasion(load, market) == "packed" and bool(stages))


def judge(
    load: Load,
    notice: ShipNotice | None,
    lacks: tuple[Lack, ...],
    told: Told | None,
    market: Market | None,
    now: datetime,
) -> Verdict:
    """What is to be done about a load's notice. `lacks`: of its contents and of the market's rules together."""
    empty = not load.boxes and not load.loose
    if told is None:
        if empty:
            return Wait("nothing_packed")
        if not is_due(load, market):
            return Wait("not_left")
        return Hold(lacks) if lacks or notice is None else Send(notice)
    if empty:
        return Ask("nothing_left", f"shipment {told.notice.shipment} was noticed and has not left")
    if notice is not None and says_the_same(told.notice, notice):
        return Wait("same")
    if lacks or notice is None:
        return Hold(lacks)
    return _replacement(told, notice, now)


def _replacement(told: Told, notice: ShipNotice, now: datetime) -> Verdict:
    name = f"shipment {told.notice.shipment}"
    if more := list(_more(told.notice, notice)):
        return Ask("more_than_told", f"{name} holds more than was noticed: {'; '.join(more)}")
    if now > told.first_at + REPLACEABLE:
        return Ask("too_late", f"{name} differs from its notice of {told.first_at:%d %B}, too old to be replaced")
    arrival = notice.appointment_at or notice.deliver_at
    if arrival is not None and now >= arrival:
        return Ask("arrived", f"{name} differs from its notice, and was to arrive at {arrival:%H:%M on %d %B} UTC")
    return Send(
        msgspec.structs.replace(
            notice,
            kind="replace",
            shipment=told.notice.shipment,
            shipped_at=notice.shipped_at or told.notice.shipped_at,
        )
    )


def _more(told: ShipNotice, notice: ShipNotice) -> Iterator[str]:
    before = quantities(told.cartons, told.pallets)
    for (order, line), amount in quantities(notice.cartons, notice.pallets).items():
        if amount > (had := before.get((order, line), 0)):
            yield f"{order} line {line}: {amount} instead of {had}"


def says_the_same(one: ShipNotice, other: ShipNotice) -> bool:
    """The retailer would learn nothing new. Times, weight and seal alone are no reason to replace a notice."""
    return _essence(one) == _essence(other)


def _essence(notice: ShipNotice) -> object:
    numbers = {carton.number: (carton.sscc, carton.tracking_number, carton.items) for carton in notice.cartons}
    return (
        notice.mode,
        notice.vendor.party_id,
        notice.ship_to.party_id,
        notice.carrier_scac,
        notice.pro_number,
        notice.bill_of_lading,
        notice.retailer_reference,
        Counter(numbers.values()),
        {pallet.sscc: (Counter(numbers[n] for n in pallet.cartons), pallet.items) for pallet in notice.pallets},
    )
