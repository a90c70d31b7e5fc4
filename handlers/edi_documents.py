"""What became of a document that we sent by EDI: put, read, and what the partner makes of it are three things."""

from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert, ResolveAlert

State: TypeAlias = Literal["waiting", "put", "overdue", "read", "rejected", "accepted", "presumed", "denied"]
"""`read`: its syntax was (997, CONTRL). `presumed`: and no word against it came in time. `denied`: the partner's
application refuses it (824, APERAK). `rejected`: its syntax was refused. `overdue`: nobody says that it was read."""
OPEN: Final[frozenset[State]] = frozenset({"put", "overdue", "read", "presumed"})
"""May still hear a word. A word against a document that was presumed is believed; one for a denied one is not."""


class Rules(msgspec.Struct, frozen=True):
    acknowledged_within: timedelta
    """From putting until its syntax should have been answered."""
    presumed_after: timedelta
    """From its syntax answer: no word against it by then."""


class SentDocument(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    partner: str
    code: str
    key: str
    number: str
    state: State
    text: str = ""
    look_at: datetime | None = None

    @property
    def cause(self) -> str:
        return f"{self.partner}/{self.code}/{self.key or self.number}"


class Settled(msgspec.Struct, frozen=True):
    """The document as it stands now, and what people hear."""

    document: SentDocument
    notes: tuple[Note, ...] = ()


def after_syntax(document: SentDocument, accepted: bool | None, now: datetime, rules: Rules, text: str) -> Settled:
    """A 997, TA1 or CONTRL. `accepted` None: it does not tell of this document, and nothing changes."""
    if accepted is None or document.state not in ("put", "overdue"):
        return Settled(document)
    calm = ResolveAlert(AlertKind.EDI_UNACKNOWLEDGED, document.cause)
    if accepted:
        look_at = now + rules.presumed_after
        return Settled(msgspec.structs.replace(document, state="read", look_at=look_at, text=""), (calm,))
    words = text or "the syntax was refused"
    refused = msgspec.structs.replace(document, state="rejected", look_at=None, text=words)
    return Settled(refused, (calm, _refused(document, f"its syntax was refused: {words}")))


def after_word(document: SentDocument, accepted: bool | None, text: str) -> Settled:
    """An 824 or APERAK. `accepted` None: it says something, and a person has to read what."""
    if document.state not in OPEN:
        return Settled(document)
    calm = ResolveAlert(AlertKind.EDI_UNACKNOWLEDGED, document.cause)
    if accepted:
        return Settled(msgspec.structs.replace(document, state="accepted", look_at=None, text=text), (calm,))
    words = text or "no reason was given"
    if accepted is None:
        return Settled(document, (_refused(document, f"the partner says of it: {words}"),))
    denied = msgspec.structs.replace(document, state="denied", look_at=None, text=words)
    return Settled(denied, (calm, _refused(document, f"the partner refuses it: {words}")))


def when_due(document: SentDocument) -> Settled:
    """Its time has come and nobody has said a word."""
    if document.state == "put":
        text = (
            f"{document.code} {document.key} to {document.partner} (message {document.number}): nobody has said"
            " that it was read"
        )
        raised = RaiseAlert(AlertKind.EDI_UNACKNOWLEDGED, document.cause, document.key or document.number, text)
        return Settled(msgspec.structs.replace(document, state="overdue", look_at=None), (raised,))
    if document.state == "read":
        return Settled(msgspec.structs.replace(document, state="presumed", look_at=None))
    return Settled(msgspec.structs.replace(document, look_at=None))


def _refused(document: SentDocument, why: str) -> RaiseAlert:
    text = f"{document.code} {document.key} to {document.partner} (message {document.number}): {why}"
    return RaiseAlert(AlertKind.EDI_REFUSED, document.cause, document.key or document.number, text)


Came: TypeAlias = Literal["new", "duplicate", "reused", "stranger"]


def came(sender: str, expected: str, test: bool, expects_test: bool, known: bytes | None, content: bytes) -> Came:
    """What an interchange is by its envelope. `known`, `content`: hashes of what came before under its number, and of
    this one. A stranger's is not acted upon, and a number that stands for two things stands for none."""
    if sender != expected or test != expects_test:
        return "stranger"
    if known is None:
        return "new"
    return "duplicate" if known == content else "reused"
