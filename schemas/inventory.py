"""`inventory.level` and `inventory.moved`: the warehouse's stock, as the bus contract says."""

from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

import msgspec

from schemas.envelope import Envelope, Unreadable
from schemas.terms import Account, CommandId, Eaches, Sku, Warehouse

MAX_QUANTITY: Final = 100_000_000
"""Eaches. No shelf holds more of one SKU: above it, somebody sent a barcode or a timestamp as a quantity."""

MAX_SEQUENCE: Final = 2**62
MAX_NAME: Final = 200

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 9999
"""Times at the ends of the calendar are a clock's defaults, and cannot be reckoned with in other zones."""

BALANCES: Final = ("available", "allocated", "ordered", "received", "picked", "held")

Kind = Literal[
    "received", "adjusted", "allocated", "deallocated", "picked", "despatched", "undespatched", "held",
    "released", "transferred",
]  # fmt: skip

Number = int | Decimal | None
"""As a producer writes a quantity: a JSON number or a decimal string; null is absent."""


class LevelData(msgspec.Struct, frozen=True, gc=False):
    """Data of `inventory.level`: the absolute balance, in eaches."""

    account: Account
    warehouse: Warehouse
    sku: Sku
    available: int | Decimal
    allocated: Number = None
    ordered: Number = None
    received: Number = None
    picked: Number = None
    held: Number = None
    command_id: CommandId | None = None


class Delta(msgspec.Struct, frozen=True, gc=False):
    """Signed changes in eaches; absent is 0."""

    available: Number = None
    allocated: Number = None
    ordered: Number = None
    received: Number = None
    picked: Number = None
    held: Number = None


class MovedData(msgspec.Struct, frozen=True, gc=False):
    """Data of `inventory.moved`: one movement."""

    account: Account
    warehouse: Warehouse
    sku: Sku
    delta: Delta
    kind: Kind
    reason: str = ""


class Quantities(msgspec.Struct, frozen=True, gc=False):
    """Six quantities in eaches: a balance, or the signed change of one."""

    available: Eaches = 0
    allocated: Eaches = 0
    ordered: Eaches = 0
    received: Eaches = 0
    picked: Eaches = 0
    held: Eaches = 0


class StockMessage(msgspec.Struct, frozen=True, gc=False):
    """One stock event, checked: a level (absolute) or a movement (signed)."""

    account: Account
    warehouse: Warehouse
    sku: Sku
    source: str
    event_id: str
    sequence: int
    epoch: int
    time: datetime
    is_level: bool
    kind: str
    quantities: Quantities
    command_id: CommandId | None = None


_level = msgspec.json.Decoder(LevelData)
_moved = msgspec.json.Decoder(MovedData)


def read_stock_message(envelope: Envelope) -> StockMessage:
    """A checked stock message. Raises Unreadable with a reason a person can act on."""
    try:
        if envelope.type == "inventory.level.v1":
            return _from_level(envelope, _level.decode(envelope.data))
        if envelope.type == "inventory.moved.v1":
            return _from_moved(envelope, _moved.decode(envelope.data))
    except msgspec.ValidationError as error:
        raise Unreadable("invalid_data", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("malformed", f"data is not JSON: {error}") from None
    raise Unreadable("unknown_type", f"type {envelope.type!r} is not inventory.level.v1 or inventory.moved.v1")


def _from_level(envelope: Envelope, data: LevelData) -> StockMessage:
    levels = Quantities(
        whole(data.available), whole(data.allocated), whole(data.ordered), whole(data.received),
        whole(data.picked), whole(data.held),
    )  # fmt: skip
    if min(levels.available, levels.allocated, levels.ordered, levels.received, levels.picked, levels.held) < 0:
        raise Unreadable("negative_quantity", "a level says what is there, and cannot be below 0")
    return _checked(envelope, data, is_level=True, kind="level", quantities=levels, command_id=data.command_id)


def _from_moved(envelope: Envelope, data: MovedData) -> StockMessage:
    d = data.delta
    changes = Quantities(
        whole(d.available), whole(d.allocated), whole(d.ordered), whole(d.received), whole(d.picked),
        whole(d.held),
    )  # fmt: skip
    return _checked(envelope, data, is_level=False, kind=data.kind, quantities=changes, command_id=None)


def _checked(
    envelope: Envelope,
    data: LevelData | MovedData,
    *,
    is_level: bool,
    kind: str,
    quantities: Quantities,
    command_id: CommandId | None,
) -> StockMessage:
    if not (data.account and data.warehouse and data.sku):
        raise Unreadable("invalid_data", "account, warehouse and sku must not be empty")
    if max(len(data.account), len(data.warehouse), len(data.sku)) > MAX_NAME:
        raise Unreadable("invalid_data", f"account, warehouse and sku have at most {MAX_NAME} characters")
    if "\x00" in data.account or "\x00" in data.warehouse or "\x00" in data.sku:
        raise Unreadable("invalid_data", "a name holds a NUL character")
    if command_id is not None and ("\x00" in command_id or len(command_id) > MAX_NAME):
        raise Unreadable("invalid_data", f"command_id has at most {MAX_NAME} characters, none of them NUL")
    return StockMessage(
        account=data.account,
        warehouse=data.warehouse,
        sku=data.sku,
        source=envelope.source,
        event_id=envelope.id,
        sequence=counter(envelope.sequence, "sequence"),
        epoch=counter(envelope.epoch, "epoch"),
        time=_believable(envelope.time),
        is_level=is_level,
        kind=kind,
        quantities=quantities,
        command_id=command_id,
    )


def _believable(time: datetime | None) -> datetime:
    if time is None:
        raise Unreadable("invalid_envelope", "time is missing: without it nobody knows when this was so")
    if not FIRST_YEAR <= time.year < LAST_YEAR:
        raise Unreadable("absurd_time", f"time is {time.isoformat()}: the producer's clock was never set")
    return time


def counter(value: str | int | None, name: str) -> int:
    """A counter attribute: digits, compared as an integer. Raises Unreadable."""
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        number = int(value)
    else:
        raise Unreadable("invalid_envelope", f"{name} must be digits, not {value!r}")
    if not 0 <= number < MAX_SEQUENCE:
        raise Unreadable("absurd_sequence", f"{name} {number} is outside 0 to 2^62")
    return number


def whole(value: int | Decimal | None) -> Eaches:
    """A quantity in eaches. Raises Unreadable for a fraction (an each cannot be split) or an absurd size."""
    if value is None:
        return 0
    if isinstance(value, Decimal):
        value = _undivided(value)
    if not -MAX_QUANTITY <= value <= MAX_QUANTITY:
        raise Unreadable("absurd_quantity", f"{value} eaches; at most {MAX_QUANTITY} are believed")
    return value


def _undivided(value: Decimal) -> int:
    if not value.is_finite():
        raise Unreadable("absurd_quantity", f"{value} is not a quantity")
    if value.copy_abs() > MAX_QUANTITY:
        raise Unreadable("absurd_quantity", f"about 1E{value.adjusted()} eaches; at most {MAX_QUANTITY} are believed")
    if value != value.to_integral_value():
        raise Unreadable("fractional_quantity", f"{value} eaches: an each cannot be split")
    return int(value)
