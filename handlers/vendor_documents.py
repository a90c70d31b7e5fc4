"""The ledger's rows for documents to a retailer, ship notices and invoices, and what each answer makes of them.

Neither can be read back. What may have arrived is repeated once, under the same identifier, after `late_effect`, and
shown to its owner; after that a person decides. A transaction that fails is refused; one that succeeds, or is still
under way `presumed_after` it was sent, counts as accepted: the retailer never says more.
"""

from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.alerts import AlertKind
from handlers.answers import Answer, Denied, Done, NeverLeft, Reading, Refused, Throttled, Unavailable, Unknown
from handlers.ledger import LedgerRow, State, named, outcome
from handlers.notes import AskPerson, Detail, Note, RaiseAlert, ResolveAlert
from schemas.amazon_vendor_transactions import VendorTransaction
from schemas.invoice import Invoice
from schemas.ship_notice import ShipNotice

VENDOR_LANE: Final = "vendor_documents"
DocumentKind: TypeAlias = Literal["ship_notice", "invoice"]

OPEN: Final[frozenset[State]] = frozenset({"waiting", "sent", "unknown", "accepted", "held"})
"""Not settled: its load sends nothing else meanwhile."""

VENDOR_DOCUMENT: Final = "vendor_document"
"""Kind of a question: what becomes of a document that was refused, or that may have arrived."""
SEND_AGAIN: Final = "send_again"
DONE_BY_HAND: Final = "done_by_hand"
GIVE_UP: Final = "give_up"
OPTIONS: Final = (SEND_AGAIN, DONE_BY_HAND, GIVE_UP)

LOOKS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 3, 7, 15))
"""After sending, when its transaction is looked at."""
PAUSE: Final = timedelta(minutes=1)
PRESUMED: Final = "presumed"
MADE: Final = "made"
"""Why a row counts as accepted whose document is a file, and lies here still: no clock ends by it."""
REPEATED: Final = "repeated"


class Rules(msgspec.Struct, frozen=True):
    """`late_effect`: in which a request that we gave up on may still arrive. `presumed_after`: see above. `by_file`:
    documents are made first and put later."""

    late_effect: timedelta
    presumed_after: timedelta = LOOKS[-1]
    lost_after: timedelta = timedelta(hours=24)
    by_file: bool = False


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent: one of the two."""

    notice: ShipNotice | None = None
    invoice: Invoice | None = None


class DocumentEffect(LedgerRow, frozen=True, kw_only=True):
    """A row of the ledger. `subject`: the load or the invoice; `request_id`: the retailer's transaction."""

    kind: DocumentKind
    payload: Document

    @property
    def name(self) -> str:
        """For people."""
        if self.payload.notice is not None:
            return f"ship notice {self.payload.notice.shipment}"
        return f"invoice {self.payload.invoice.number}" if self.payload.invoice else self.unique_key


class Step(msgspec.Struct, frozen=True):
    effect: DocumentEffect
    notes: tuple[Note, ...] = ()


def notice_effect(
    account: str, load_key: str, notice: ShipNotice, number: int, now: datetime, deadline: datetime | None
) -> DocumentEffect:
    subject = named(account, load_key)
    return DocumentEffect(
        kind="ship_notice", subject=subject, unique_key=f"ship_notice/{subject}/{number}", account=account,
        state="waiting", payload=Document(notice=notice), due=now, deadline=deadline, received_at=now,
    )  # fmt: skip


def invoice_effect(account: str, invoice: Invoice, now: datetime, deadline: datetime | None) -> DocumentEffect:
    return DocumentEffect(
        kind="invoice", subject=named(account, invoice.number), unique_key=invoice_key(account, invoice.number),
        account=account, state="waiting", payload=Document(invoice=invoice), due=now, deadline=deadline,
        received_at=now,
    )  # fmt: skip


def invoice_key(account: str, number: str) -> str:
    return f"invoice/{named(account, number)}"


def as_sent(effect: DocumentEffect, now: datetime, holder: str) -> DocumentEffect:
    return effect.moved("sent", attempt=effect.attempt + 1, sent_at=now, over_at=None, holder=holder, request_id="")


def after_answer(effect: DocumentEffect, answer: Answer[str], now: datetime, rules: Rules) -> Step:
    """What the retailer's answer to sending it means."""
    match answer:
        case Done(value=transaction) if rules.by_file:
            moved = effect.moved("accepted", reason=MADE, request_id=transaction, due=now + PAUSE)
            return Step(moved, _calm(effect))
        case Done(value=transaction):
            moved = effect.moved("accepted", reason="processing", request_id=transaction, due=_next_look(effect, now))
            return Step(moved, _calm(effect))
        case Refused(code=code, text=text):
            return _refused(effect, f"{code}: {text}", now)
        case Throttled() | NeverLeft() | Denied():
            why = answer.text if isinstance(answer, Throttled) else answer.reason
            moved = effect.moved(
                "waiting", reason="not_sent", detail=why, attempt=effect.attempt - 1, due=now + PAUSE
            )
            return Step(moved)
        case Unknown(reason=reason):
            return in_doubt(effect, reason, now, rules)


def in_doubt(effect: DocumentEffect, why: str, now: datetime, rules: Rules) -> Step:
    """It may have arrived. Its owner hears of it at once."""
    over = now + rules.late_effect
    text = f"nobody knows whether {effect.name} arrived ({why}); it is repeated once at {over:%H:%M:%S} UTC"
    if effect.reads:
        text = f"nobody knows whether {effect.name} arrived ({why}), nor whether its repeat did: decide"
    alert = RaiseAlert(AlertKind.VENDOR_DOCUMENT_UNKNOWN, effect.subject, effect.subject, text, {}, effect.deadline)
    if effect.reads:
        return Step(effect.moved("held", reason="unknown", detail=why), (alert, _question(effect, text)))
    return Step(effect.moved("unknown", reason="no_answer", detail=why, due=over, over_at=over), (alert,))


def repeated(effect: DocumentEffect, now: datetime) -> Step:
    """Its first sending can no longer take effect: once more, the same document with the same identifier."""
    return Step(effect.moved("waiting", reason=REPEATED, reads=effect.reads + 1, due=now))


def after_transaction(
    effect: DocumentEffect, answer: Reading[VendorTransaction], now: datetime, rules: Rules
) -> Step:
    """What the retailer says became of it."""
    since = effect.sent_at or effect.received_at
    match answer:
        case Done(value=transaction) if transaction.standing == "failure":
            told = "; ".join(f"{one.code}: {one.message}" for one in transaction.reasons)
            return _refused(effect, told or "the retailer gives no reason", now)
        case Done(value=transaction) if not transaction.left:
            return Step(effect.moved("accepted", reason=MADE, due=now + PAUSE))
        case Done(value=transaction) if transaction.standing == "success":
            return _live(effect, "confirmed", "", _calm(effect))
        case Done() if now >= since + rules.presumed_after:
            return _live(effect, PRESUMED, "still under way: it counts as accepted")
        case Done() | Throttled() | NeverLeft():
            return _look_again(effect, "", now)
        case Refused(text=text):
            return _unreadable(effect, text, now, since + rules.lost_after)
        case Unavailable(reason=reason) | Denied(reason=reason):
            return _unreadable(effect, reason, now, since + rules.lost_after)


def _live(effect: DocumentEffect, reason: str, detail: str, notes: tuple[Note, ...] = ()) -> Step:
    """It is there: nothing is left to look at, and others hear of it."""
    moved = effect.moved("live", reason=reason, detail=detail)
    return Step(moved, (*notes, outcome(moved, moved.kind, VENDOR_LANE)))


def _unreadable(effect: DocumentEffect, why: str, now: datetime, lost_at: datetime) -> Step:
    if now < lost_at:
        return _look_again(effect, why, now)
    text = f"what became of {effect.name} cannot be read ({why}): look in the retailer's pages and decide"
    alert = RaiseAlert(AlertKind.VENDOR_DOCUMENT_UNKNOWN, effect.subject, effect.subject, text)
    return Step(effect.moved("held", reason="unread", detail=why), (alert, _question(effect, text)))


def _look_again(effect: DocumentEffect, why: str, now: datetime) -> Step:
    return Step(effect.moved("accepted", reason="processing", detail=why, due=_next_look(effect, now)))


def _next_look(effect: DocumentEffect, now: datetime) -> datetime:
    since = effect.sent_at or now
    return next((since + after for after in LOOKS if since + after > now), now + LOOKS[-1])


def _refused(effect: DocumentEffect, words: str, now: datetime) -> Step:
    """Nothing of it is there: people hear the retailer's own words at once, with what they may do."""
    del now
    kind = AlertKind.SHIP_NOTICE_REFUSED if effect.kind == "ship_notice" else AlertKind.INVOICE_REFUSED
    text = f"{effect.name} was refused: {words}"
    notes = (
        *_calm(effect),
        RaiseAlert(kind, effect.subject, effect.subject, text, {"words": words[:500]}, effect.deadline),
        _question(effect, text),
    )
    return Step(effect.moved("held", reason="refused", detail=words), notes)


def _question(effect: DocumentEffect, text: str) -> AskPerson:
    owner = "operations" if effect.kind == "ship_notice" else "finance"
    detail: Detail = {"effect_key": effect.unique_key, "effect_id": effect.id or None}
    return AskPerson(VENDOR_DOCUMENT, effect.unique_key, owner, text, OPTIONS, detail=detail)


def _calm(effect: DocumentEffect) -> tuple[Note, ...]:
    return (ResolveAlert(AlertKind.VENDOR_DOCUMENT_UNKNOWN, effect.subject),)


def settled_by_person(effect: DocumentEffect) -> Step | None:
    """A person has said that it is there: nothing is left to look at."""
    if effect.state != "accepted" or effect.reason != DONE_BY_HAND:
        return None
    return _live(effect, DONE_BY_HAND, "", all_calm(effect))


def all_calm(effect: DocumentEffect) -> tuple[Note, ...]:
    """Every alert about the document closes: it is settled."""
    kind = AlertKind.SHIP_NOTICE_REFUSED if effect.kind == "ship_notice" else AlertKind.INVOICE_REFUSED
    return (*_calm(effect), ResolveAlert(kind, effect.subject))
