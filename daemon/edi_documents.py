"""Ship notices and invoices of a vendor account by EDI: made here, put by the exchange's loop, and told of later."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from daemon.edi_post import EdiPost
from daemon.store import edi as store
from edi.edifact import invoice as edifact_invoice
from edi.edifact import ship_notice as edifact_notice
from edi.faults import Refused
from edi.leaving import Rows
from edi.profile import Profile
from edi.x12 import invoice as x12_invoice
from edi.x12 import ship_notice as x12_notice
from handlers.answers import Answer, Done, NeverLeft, Reading
from handlers.edi_documents import SentDocument
from schemas.amazon import AmazonError
from schemas.amazon_vendor_transactions import Standing, VendorTransaction
from schemas.invoice import Invoice
from schemas.ship_notice import ShipNotice

TRANSACTION = "edi-"
"""Before the number of a document, where others have a transaction's id."""
NOTICES = {"x12": "856", "edifact": "DESADV"}
INVOICES = {"x12": "810", "edifact": "INVOIC"}


@dataclass(frozen=True, slots=True)
class EdiDocuments:
    """What `VendorSending` sends by, for an account whose documents go as files."""

    post: EdiPost
    profile: Profile
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Documents get their numbers in the order in which they are sent."""

    async def notify_shipment(self, notice: ShipNotice) -> Answer[str]:
        rows = x12_notice.rows if self._is_x12 else edifact_notice.rows
        return await self._made(NOTICES, notice.shipment, lambda: rows(notice, self.profile))

    async def invoice(self, invoice: Invoice) -> Answer[str]:
        rows = x12_invoice.rows if self._is_x12 else edifact_invoice.rows
        return await self._made(INVOICES, invoice.number, lambda: rows(invoice, self.profile))

    @property
    def _is_x12(self) -> bool:
        return self.post.partner.standard == "x12"

    async def _made(self, codes: dict[str, str], key: str, rows: Callable[[], Rows]) -> Answer[str]:
        """Raises ValueError for what cannot be written: it never leaves, and no number is used for it."""
        try:
            async with self.turn, self.post.database.transaction() as connection:
                document = await self.post.post(connection, codes[self.post.partner.standard], key, rows())
        except Refused as fault:
            raise ValueError(str(fault)) from fault
        return Done(f"{TRANSACTION}{document}")

    async def transaction(self, transaction_id: str) -> Reading[VendorTransaction]:
        """What became of a document: nothing is claimed of one that nobody has said to have read."""
        number = transaction_id.removeprefix(TRANSACTION)
        async with self.post.database.connection() as connection:
            document = await store.document(connection, int(number)) if number.isdigit() else None
        if document is None:
            return Done(VendorTransaction(transaction_id, "failure", (AmazonError("unknown", "it is not kept"),)))
        if document.state == "waiting":
            return Done(VendorTransaction(transaction_id, "processing", left=False))
        standing = _standing(document)
        if standing is None:
            return NeverLeft("the partner has not said that it was read")
        reasons = (AmazonError(document.state, document.text),) if standing == "failure" else ()
        return Done(VendorTransaction(transaction_id, standing, reasons))


def _standing(document: SentDocument) -> Standing | None:
    if document.state in ("rejected", "denied"):
        return "failure"
    if document.state == "accepted":
        return "success"
    return "processing" if document.state in ("read", "presumed") else None
