"""What we publish for others to read: the data of our own CloudEvents, one struct per message."""

from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    CommandId,
    Eaches,
    OrderReference,
    Sku,
    Warehouse,
)

SOURCE: Final = "/goodsout"
"""`source` of every message of ours."""

ALERT_RAISED: Final = "alert.raised.v1"
ALERT_RESOLVED: Final = "alert.resolved.v1"
DEAD_LETTER: Final = "dead_letter.parked.v1"
OUTCOME: Final = "outcome.v1"
STOCK_LEVEL: Final = "stock.level.v1"
LABEL_READY: Final = "label.ready.v1"
LABEL_VOID: Final = "label.void.v1"
JOURNAL_READY: Final = "journal.ready.v1"
LEVEL_REQUEST: Final = "inventory.level_request.v1"


class AlertData(msgspec.Struct, frozen=True):
    """Data of `alert.raised.v1` and `alert.resolved.v1`. `alert_id` is the same in both."""

    alert_id: int
    kind: str
    cause: str
    subject: str
    severity: str
    owner: str
    text: str
    detail: dict[str, object]
    raised_at: datetime
    deadline: datetime | None = None
    resolved_at: datetime | None = None


class DeadLetterData(msgspec.Struct, frozen=True):
    """Data of `dead_letter.parked.v1`: the notice of a parked message.

    The body is there only where its kind holds no buyer data: as `body_text`, or `body_base64` where the bytes
    are not UTF-8.
    """

    parked_id: int
    reason: str
    detail: str
    origin: str
    exchange: str
    routing_key: str
    message_id: str
    source: str
    partition_key: str
    body_hash: str
    """SHA-256 of the body, in hexadecimal."""
    deliveries: int
    parked_at: datetime
    body_text: str | None = None
    body_base64: str | None = None


class OutcomeData(msgspec.Struct, frozen=True):
    """Data of `outcome.v1`: what became of a request to a partner."""

    kind: str
    subject: str
    account: str
    outcome: str
    reason: str = ""
    detail: str = ""
    effect_id: int | None = None
    attempt: int | None = None
    request_id: str = ""


class LabelData(msgspec.Struct, frozen=True, kw_only=True):
    """Data of `label.ready.v1`: an order's label is bought and can be printed. The file holds buyer data, and
    is had by `goodsout labels get`."""

    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    order_reference: OrderReference
    carrier: str
    service: str
    tracking_number: str
    shipment_id: str
    format: str
    """PNG, PDF or ZPL."""
    arrives_by: datetime | None = None
    replaces: str = ""
    """The shipment whose label was taken back for it; empty: none."""


class LabelVoidData(msgspec.Struct, frozen=True, kw_only=True):
    """Data of `label.void.v1`: a label that was bought is taken back, and must not be used any more."""

    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    order_reference: OrderReference
    tracking_number: str
    shipment_id: str
    reason: str
    """`order_gone` or `order_changed`."""


class JournalLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a journal. Amounts are decimal strings; below 0: it is taken off."""

    kind: str
    """`invoice`, `credit_note`, `adjustment`, or `other`."""
    document: str = ""
    purchase_order: str = ""
    amount: Decimal
    discount: Decimal = Decimal(0)
    reasons: tuple[str, ...] = ()


class JournalData(msgspec.Struct, frozen=True, kw_only=True):
    """Data of `journal.ready.v1`: something for the ledger, whose lines come to `total`."""

    journal_id: str
    """The same on every repeat."""
    kind: str
    """`remittance`: a retailer has paid."""
    channel_account: ChannelAccount
    reference: str
    payer: str = ""
    currency: str
    total: Decimal
    booked_on: datetime | None = None
    lines: tuple[JournalLine, ...] = ()


class StockEntry(msgspec.Struct, frozen=True):
    """Data of `stock.level.v1`: one entry of the ordered stream, the whole balance in eaches.

    `number` counts without gaps per (account, warehouse, SKU): readers drop numbers at or below their last.
    `sequence` and `epoch` are the producer's.
    """

    account: Account
    warehouse: Warehouse
    sku: Sku
    number: int
    sequence: str
    epoch: int
    kind: str
    event_id: str
    occurred_at: datetime
    available: Eaches
    allocated: Eaches
    ordered: Eaches
    received: Eaches
    picked: Eaches
    held: Eaches


class LevelRequestData(msgspec.Struct, frozen=True):
    """Data of `inventory.level_request.v1`: tell us this SKU's level, and put `command_id` in the answer."""

    command_id: CommandId
    account: Account
    warehouse: Warehouse
    sku: Sku
    reason: str = ""
