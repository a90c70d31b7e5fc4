"""Amazon's words for a vendor's direct fulfilment stock: inventory v1, and the status of a transaction.

An update is always partial: a full one makes every item that it does not name unavailable.
"""

from typing import Final, Literal

import msgspec

from schemas.amazon import AmazonError
from schemas.terms import SellerSku

EACH: Final = "Each"


class Quantity(msgspec.Struct, frozen=True, rename="camel"):
    amount: int
    unit_of_measure: str = EACH


class Item(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """By the vendor's own name for it."""

    vendor_product_identifier: str
    available_quantity: Quantity


class Party(msgspec.Struct, frozen=True, rename="camel"):
    party_id: str


class InventoryUpdate(msgspec.Struct, frozen=True, rename="camel"):
    selling_party: Party
    is_full_update: Literal[False]
    items: tuple[Item, ...]


class SubmitInventoryUpdate(msgspec.Struct, frozen=True):
    inventory: InventoryUpdate


class Reference(msgspec.Struct, frozen=True, rename="camel"):
    transaction_id: str


class Submitted(msgspec.Struct, frozen=True):
    payload: Reference


class ErrorList(msgspec.Struct, frozen=True):
    errors: tuple[AmazonError, ...] = ()


class Transaction(msgspec.Struct, frozen=True, rename="camel"):
    """`Success` is real here: the update has been taken over."""

    transaction_id: str
    status: Literal["Failure", "Processing", "Success"]
    errors: ErrorList | None = None


class TransactionStatus(msgspec.Struct, frozen=True, rename="camel"):
    transaction_status: Transaction


_submitted = msgspec.json.Decoder(Submitted)
_status = msgspec.json.Decoder(TransactionStatus)


def to_amazon(party: str, quantities: dict[SellerSku, int]) -> SubmitInventoryUpdate:
    """A partial update of these items. Raises ValueError for none, or for less than nothing."""
    if not quantities or min(quantities.values()) < 0:
        raise ValueError("an update names at least one item, and no quantity below 0")
    items = tuple(Item(sku, Quantity(amount)) for sku, amount in quantities.items())
    return SubmitInventoryUpdate(InventoryUpdate(Party(party), is_full_update=False, items=items))


def write_update(update: SubmitInventoryUpdate) -> bytes:
    return msgspec.json.encode(update)


def read_submitted(body: bytes) -> str:
    """The transaction's id. Raises msgspec.DecodeError."""
    return _submitted.decode(body).payload.transaction_id


def read_status(body: bytes) -> Transaction:
    """Raises msgspec.DecodeError."""
    return _status.decode(body).transaction_status
