"""What the simulated Amazon would charge its vendor for."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

ChargebackKind = Literal[
    "late_acknowledgement", "acknowledged_not_supplied", "late_notice", "missing_notice", "wrong_notice",
    "cost_mismatch", "unit_mismatch", "invoice_mismatch",
]  # fmt: skip
"""late_acknowledgement: no answer within a day. acknowledged_not_supplied: promised, and not there when its window
had ended. late, missing, wrong notice: told too late, never, or other than what arrived. cost_mismatch: an invoice at
another cost than acknowledged. unit_mismatch: a document in another unit than the order's. invoice_mismatch: more
invoiced than has come when the window had ended."""


class Chargeback(msgspec.Struct, frozen=True, kw_only=True):
    kind: ChargebackKind
    at: datetime
    subject: str
    """The purchase order, shipment or invoice."""
    line: str = ""
    quantity: int = 0
    text: str = ""


def by_kind(charged: Iterable[Chargeback]) -> dict[str, int]:
    return dict(Counter(one.kind for one in charged))
