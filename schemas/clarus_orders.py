"""Clarus's words for orders: the bodies that create and change goods outs.

They are strict: a text that Clarus would cut or refuse raises before it leaves. Unknown optional fields are left out,
never sent empty.
"""

from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from schemas.clarus import decoded

MAX_REFERENCE: Final = 50
MAX_ADDRESS: Final = 80
"""Of `address_1` to `address_5`."""
MAX_POSTCODE: Final = 10
MAX_COUNTRY: Final = 6
MAX_EMAIL: Final = 254
MAX_PHONE: Final = 50

DispatchStrategy = Literal["manual", "auto", "load", "shipment", "auto_shipment"]
PackStrategy = Literal["disabled", "pack_by_line", "pack_by_unit"]
PickType = Literal["standard", "tote"]
DeleteVerb = Literal["DESTROY", "REMOVE"]
"""The vendor's schemas say DESTROY, its guides REMOVE."""


class Body(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is left at its default is left out."""


class Address(Body, frozen=True, kw_only=True):
    """Where it goes. Buyer data: its repr says nothing."""

    name: str | None = None
    address_1: str | None = None
    address_2: str | None = None
    address_3: str | None = None
    """The town that couriers are told."""
    address_4: str | None = None
    """The county."""
    address_5: str | None = None
    postcode: str | None = None
    country_code: str | None = None
    email_address: str | None = None
    phone_number: str | None = None

    def __post_init__(self) -> None:
        for name, limit in LIMITS:
            value = getattr(self, name)
            if value is not None and not 0 < len(value) <= limit:
                raise ValueError(f"{name} has {len(value)} characters, Clarus takes 1 to {limit}")

    def __repr__(self) -> str:
        return "Address()"


LIMITS: Final = (
    *((f"address_{number}", MAX_ADDRESS) for number in range(1, 6)),
    ("postcode", MAX_POSTCODE),
    ("country_code", MAX_COUNTRY),
    ("email_address", MAX_EMAIL),
    ("phone_number", MAX_PHONE),
)


class LineAttributes(Body, frozen=True, kw_only=True):
    """A line in base units, without a configuration: whether others would be counted in cases is not documented."""

    product_id: int | None = None
    order_quantity: int | None = None
    alt_line_reference: str | None = None
    external_system_reference1: str | None = None

    def __post_init__(self) -> None:
        if self.order_quantity is not None and self.order_quantity <= 0:
            raise ValueError("order_quantity must be above 0")


class LineChange(Body, frozen=True, kw_only=True):
    type: Literal["ADD", "UPDATE", "DESTROY", "REMOVE"]
    id: int | None = None
    attributes: LineAttributes | None = None


class Attributes(Body, frozen=True, kw_only=True):
    """An order's header; what is None is left as it is, or to the tenant's default."""

    goods_out_type: Literal["sales_order", "work_order", "crossdock"] | None = None
    account_id: int | None = None
    reference: str | None = None
    expected_date_of_dispatch: str | None = None
    warehouse_id: int | None = None
    customer_id: int | None = None
    carrier_id: int | None = None
    carrier_service_id: int | None = None
    order_type_id: int | None = None
    priority: int | None = None
    dispatch_strategy: DispatchStrategy | None = None
    pack_strategy: PackStrategy | None = None
    pick_type: PickType | None = None
    external_system_reference1: str | None = None
    external_system_reference2: str | None = None
    external_system_reference3: str | None = None
    lines_changes: tuple[LineChange, ...] = ()

    def __post_init__(self) -> None:
        if self.reference is not None and not 0 < len(self.reference) <= MAX_REFERENCE:
            raise ValueError(f"reference has {len(self.reference)} characters, Clarus takes 1 to {MAX_REFERENCE}")
        if self.priority is not None and not 1 <= self.priority <= 99:
            raise ValueError("priority is 1, the highest, to 99")


class _AddressData(Body, frozen=True, kw_only=True):
    type: str
    attributes: Address


class _AddressRelation(Body, frozen=True, kw_only=True):
    data: _AddressData


class _Relations(Body, frozen=True, kw_only=True):
    address: _AddressRelation


class _Data(Body, frozen=True, kw_only=True):
    type: str
    attributes: Attributes
    relationships: _Relations | None = None


class GoodsOut(Body, frozen=True, kw_only=True):
    """The body of POST and PATCH. Buyer data within."""

    data: _Data

    @property
    def attributes(self) -> Attributes:
        return self.data.attributes

    @property
    def address(self) -> Address | None:
        found = self.data.relationships
        return found.address.data.attributes if found else None


def goods_out(attributes: Attributes, address: Address | None = None) -> GoodsOut:
    relations = None
    if address is not None:
        relations = _Relations(address=_AddressRelation(data=_AddressData(type="addresses", attributes=address)))
    return GoodsOut(data=_Data(type="goods_outs", attributes=attributes, relationships=relations))


def new_order(attributes: Attributes, address: Address | None) -> GoodsOut:
    """The body that creates an order. Raises ValueError where Clarus would miss something."""
    needed = ("goods_out_type", "account_id", "reference", "expected_date_of_dispatch")
    missing = [name for name in needed if getattr(attributes, name) is None]
    if missing or not attributes.lines_changes:
        raise ValueError(f"an order needs {', '.join(missing) or 'lines'}")
    return goods_out(attributes, address)


def moment(at: datetime) -> str:
    """As Clarus's examples write it: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_order(order: GoodsOut) -> bytes:
    return msgspec.json.encode(order)


class _Made(msgspec.Struct, frozen=True):
    id: str | int


class _Answer(msgspec.Struct, frozen=True):
    data: _Made


def read_made(body: bytes) -> str:
    """The id of what was created or changed: a number in some answers, a text in others. Raises UnreadableAnswer."""
    answer: _Answer = decoded(body, _Answer)
    return str(answer.data.id)
