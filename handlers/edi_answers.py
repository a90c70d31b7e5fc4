"""What becomes of an answer to a purchase order that left as an EDI document."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from handlers.acknowledgement_said import Said, outcome
from handlers.acknowledgement_settling import Patience, Settled, after_poll, put
from handlers.edi_documents import SentDocument

LOOK_AGAIN: Final = timedelta(minutes=1)
WORD_MAY_COME: Final = timedelta(days=7)
"""After it was presumed, a word against it is still looked for so long."""
PATIENCE: Final = Patience()


def after_document(said: Said, document: SentDocument | None, now: datetime) -> Settled:
    """By the state of the document that carries it. On EDI nothing but the partner's word confirms: without one it is
    presumed, and stays so."""
    if document is None or document.state in ("rejected", "denied"):
        words = document.text if document else "the document that carried it is not kept any more"
        return after_poll(said, "failure", words, now, PATIENCE)
    if document.state == "waiting":
        return Settled(msgspec.structs.replace(said, look_at=now + LOOK_AGAIN))
    if said.state == "made":
        return put(said, now if document.state not in ("put", "overdue") else now + LOOK_AGAIN)
    if document.state == "accepted":
        return _settled(said, "confirmed", None)
    if document.state == "presumed":
        over = now > said.sent_at + WORD_MAY_COME
        return _settled(said, "presumed", None if over else now + timedelta(hours=1))
    return Settled(msgspec.structs.replace(said, look_at=now + LOOK_AGAIN))


def _settled(said: Said, state: str, look_at: datetime | None) -> Settled:
    moved = msgspec.structs.replace(said, state=state, look_at=look_at)
    return Settled(moved, (outcome(moved),) if state != said.state else ())
