"""Answers to purchase orders that were said, for tests."""

from datetime import timedelta

from handlers.acknowledgement_said import Said
from handlers.acknowledging import Answering, propose
from handlers.securing import Secured
from schemas.purchase_order import PoLineNumber, PurchaseOrderNumber
from tests.handlers.vendor_orders import ORDERED, VENDOR, judged, order

SENT = ORDERED + timedelta(hours=1)


def said(accepted: int = 24) -> Said:
    found = judged(order())
    how = Answering(dates=found.dates)
    proposal = propose(order(), found, {PoLineNumber("1"): Secured(accepted)}, {}, how, SENT)
    return Said(
        channel_account=VENDOR, number=PurchaseOrderNumber("4Z32PABC"), sequence=1, version=1, decided_by="rule",
        acknowledgement=proposal.acknowledgement, sent_at=SENT,
    )  # fmt: skip
