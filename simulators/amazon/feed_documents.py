"""Feed documents of the simulated Amazon: addresses that run out, bytes that must be what was announced."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

ADDRESS_LIFE: Final = timedelta(minutes=5)
UNUSED_LIFE: Final = timedelta(days=2)
"""An uploaded document that no feed was made from is forgotten after this."""
RESULT_LIFE: Final = timedelta(days=28)
MAX_BYTES: Final = 10 * 1_048_576
"""Amazon recommends to stay below; the simulated one insists."""


@dataclass(slots=True)
class SimulatedDocument:
    document_id: str
    seller: str
    made_at: datetime
    content_type: str = ""
    """As announced for an upload."""
    body: bytes | None = None
    compression: str = ""
    result_of: str = ""
    """The feed whose processing report this is."""


@dataclass(slots=True)
class Documents:
    """Every document, and the addresses that lead to them for a while."""

    documents: dict[str, SimulatedDocument] = field(default_factory=dict[str, SimulatedDocument])
    _addresses: dict[str, tuple[str, datetime]] = field(default_factory=dict[str, tuple[str, datetime]])

    def make(self, seller: str, content_type: str, now: datetime) -> SimulatedDocument:
        number = len(self.documents) + 1
        made = SimulatedDocument(f"amzn1.tortuga.3.simulated-{number:06d}", seller, now, content_type)
        self.documents[made.document_id] = made
        return made

    def keep_report(self, seller: str, feed_id: str, body: bytes, compression: str, now: datetime) -> str:
        kept = self.make(seller, "", now)
        kept.body, kept.compression, kept.result_of = body, compression, feed_id
        return kept.document_id

    def of(self, document_id: str, seller: str, now: datetime) -> SimulatedDocument | None:
        """A document that this seller may use now."""
        found = self.documents.get(document_id)
        if found is None or found.seller != seller:
            return None
        life = RESULT_LIFE if found.result_of else UNUSED_LIFE
        return found if now < found.made_at + life else None

    def sign(self, document: SimulatedDocument, now: datetime) -> str:
        """A key that opens the document, for its owner and everybody else, while it lives."""
        key = secrets.token_urlsafe(24)
        self._addresses[key] = (document.document_id, now + ADDRESS_LIFE)
        return key

    def opened(self, key: str, now: datetime) -> SimulatedDocument | None:
        document_id, until = self._addresses.get(key, ("", now))
        return self.documents.get(document_id) if now < until else None

    def let_addresses_expire(self) -> None:
        self._addresses.clear()
