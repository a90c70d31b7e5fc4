"""A retailer's word of what it pays, for which invoices, and what it keeps back. Money is exact: `Decimal`."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from schemas.purchase_order import Transport
from schemas.terms import ChannelAccount

PaidFor: TypeAlias = Literal["invoice", "credit_note", "other"]


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """What is added to a payment or, below 0, kept back. `code`: the payer's own word for why."""

    amount: Decimal
    code: str
    reference: str = ""
    text: str = ""


class Paid(msgspec.Struct, frozen=True, kw_only=True):
    """What is paid for one document, adjustments of it counted already. Below 0: it is taken off the payment."""

    what: PaidFor = "invoice"
    number: str
    paid: Decimal
    billed: Decimal | None = None
    """What the payer has it down for; None: it does not say."""
    discount: Decimal = Decimal(0)
    order: str = ""
    adjustments: tuple[Adjustment, ...] = ()


class Remittance(msgspec.Struct, frozen=True, kw_only=True):
    """One payment. `total` is the sum of what is paid and of the adjustments that belong to no invoice."""

    channel_account: ChannelAccount
    transport: Transport
    reference: str
    """The payer's own name of it."""
    payer: str = ""
    payee: str = ""
    currency: str
    total: Decimal
    paid_on: datetime | None = None
    """The begin of the day of payment."""
    method: str = ""
    items: tuple[Paid, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
