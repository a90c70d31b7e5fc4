"""`despatch.packed`, `despatch.completed` and `despatch.undone`, as the bus contract says."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from schemas.envelope import Envelope, Unreadable
from schemas.inventory import FIRST_YEAR, LAST_YEAR, MAX_NAME, whole
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    DespatchId,
    LineReference,
    Marketplace,
    OrderReference,
    ParcelId,
    Sku,
    Warehouse,
)

MAX_PARCELS = 10_000
MAX_TEXT = 500


class Channel(msgspec.Struct, frozen=True):
    """Where the order was sold."""

    kind: str
    account: ChannelAccount
    marketplace: Marketplace = Marketplace("")


class ParcelLine(msgspec.Struct, frozen=True):
    """What of an order line is in the parcel, in eaches."""

    sku: Sku
    quantity: int | Decimal
    line_reference: LineReference | None = None
    lot: str | None = None
    expiry: date | None = None


class Parcel(msgspec.Struct, frozen=True):
    parcel_id: ParcelId
    lines: tuple[ParcelLine, ...] = ()
    tracking_number: str = ""
    carrier: str = ""
    service: str = ""
    sscc: str | None = None
    pallet_sscc: str | None = None
    weight_kg: Decimal | None = None


FreightTerms: TypeAlias = Literal["vendor_pays", "retailer_pays"]
LoadMode: TypeAlias = Literal["truckload", "less_than_truckload", "small_parcel"]


class Shipment(msgspec.Struct, frozen=True, kw_only=True):
    """The load that a despatch to a retailer is part of. Despatches with the same `reference` ride on one truck.

    Counts are of the whole load, not of this despatch.
    """

    reference: str = ""
    departure: datetime | None = None
    appointment: datetime | None = None
    """The delivery slot that the destination has given."""
    slot_request: datetime | None = None
    """When that slot is to be asked for."""
    expected_delivery: datetime | None = None
    freight_terms: FreightTerms | None = None
    mode: LoadMode | None = None
    carrier_scac: str = ""
    carrier_name: str = ""
    bill_of_lading: str = ""
    pro_number: str = ""
    retailer_reference: str = ""
    """The retailer's own number of the load, such as Amazon's ARN."""
    seal: str = ""
    gross_weight_kg: Decimal | None = None
    volume_m3: Decimal | None = None
    carton_count: int | None = None
    pallet_count: int | None = None


class DespatchData(msgspec.Struct, frozen=True):
    """Data of the three despatch events. `revision` per `despatch_id`: the highest wins."""

    account: Account
    warehouse: Warehouse
    order_reference: OrderReference
    despatch_id: DespatchId
    revision: int
    despatched_at: datetime | None = None
    channel: Channel | None = None
    channel_order_id: ChannelOrderId | None = None
    parcels: tuple[Parcel, ...] = ()
    shipment: Shipment | None = None


_data = msgspec.json.Decoder(DespatchData)


def read_despatch(envelope: Envelope) -> DespatchData:
    """The data of a despatch event, checked. Raises Unreadable."""
    try:
        data = _data.decode(envelope.data)
    except msgspec.ValidationError as error:
        raise Unreadable("invalid_data", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("malformed", f"data is not JSON: {error}") from None
    _check_names(data)
    _check_texts(data)
    _check_parcels(data)
    if data.despatched_at is not None:
        _check_moment("despatched_at", data.despatched_at)
    if data.shipment is not None:
        _check_shipment(data.shipment)
    return data


def _check_moment(name: str, moment: datetime) -> None:
    if moment.tzinfo is None:
        raise Unreadable("invalid_data", f"{name} has no zone")
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise Unreadable("absurd_time", f"{name} is {moment.isoformat()}")


def _check_shipment(shipment: Shipment) -> None:
    for name in ("departure", "appointment", "slot_request", "expected_delivery"):
        if (moment := getattr(shipment, name)) is not None:
            _check_moment(f"shipment.{name}", moment)
    for name in ("carton_count", "pallet_count", "gross_weight_kg", "volume_m3"):
        _check_measure(f"shipment.{name}", getattr(shipment, name))


def _check_measure(name: str, value: int | Decimal | None) -> None:
    if value is not None and not (Decimal(value).is_finite() and 0 <= value < 10**9):
        raise Unreadable("absurd_quantity", f"{name} is {value}")


def _check_names(data: DespatchData) -> None:
    for name in ("account", "warehouse", "order_reference", "despatch_id"):
        value = getattr(data, name)
        if not value or len(value) > MAX_NAME or "\x00" in value:
            raise Unreadable("invalid_data", f"{name} must have 1 to {MAX_NAME} characters, none of them NUL")
    if not 0 <= data.revision < 2**31:
        raise Unreadable("invalid_data", f"revision {data.revision} is outside 0 to 2^31")


def _check_texts(data: DespatchData) -> None:
    for text in _texts(data):
        if "\x00" in text or len(text) > MAX_TEXT:
            raise Unreadable("invalid_data", f"{text[:40]!r}: texts have at most {MAX_TEXT} characters, none NUL")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, msgspec.Struct):
        for inner in msgspec.structs.astuple(value):
            yield from _texts(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _texts(inner)


def _check_quantity(parcel_id: ParcelId, line: ParcelLine) -> None:
    if whole(line.quantity) < 0:
        raise Unreadable("negative_quantity", f"parcel {parcel_id!r} holds {line.quantity} of {line.sku!r}")


def _check_parcels(data: DespatchData) -> None:
    if len(data.parcels) > MAX_PARCELS:
        raise Unreadable("absurd_quantity", f"{len(data.parcels)} parcels; at most {MAX_PARCELS} are believed")
    seen = set[ParcelId]()
    for parcel in data.parcels:
        for line in parcel.lines:
            _check_quantity(parcel.parcel_id, line)
        _check_measure(f"weight_kg of parcel {parcel.parcel_id!r}", parcel.weight_kg)
        if not parcel.parcel_id or len(parcel.parcel_id) > MAX_NAME:
            raise Unreadable("invalid_data", f"a parcel_id must have 1 to {MAX_NAME} characters")
        if parcel.parcel_id in seen:
            raise Unreadable("invalid_data", f"parcel {parcel.parcel_id!r} stands twice in one despatch")
        seen.add(parcel.parcel_id)
