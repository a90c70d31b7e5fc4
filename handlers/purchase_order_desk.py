"""What is done about a purchase order now: answer it, hold it for people, or leave it as it is.

Nothing open and everything secured is answered by rule, at once. Anything else waits as a question to the account
manager, is tried anew as stock and mappings come, and is answered by the default policy when its time has nearly run
out. An answer that stands is bettered only where that is allowed: what was backordered may be accepted.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.acknowledgement_said import SAID, UNSETTLED, Said
from handlers.acknowledging import Answering, Explained, Proposal, parts_of, propose
from handlers.notes import AskPerson
from handlers.purchase_order_judgement import Judgement, Overruled
from handlers.purchase_orders import State, StoredPurchaseOrder
from handlers.securing import Secured
from handlers.vendor_clocks import AnswerClock, Limits, answer_clock, subject_of
from handlers.vendor_windows import Dates, Pace, dates_for
from schemas.purchase_order import LineAcknowledgement, PoLineNumber, PurchaseOrderNumber, RejectionReason
from schemas.terms import ChannelAccount

PO_ANSWER: Final = "po_answer"
ANSWER_NOW: Final = "answer_now"
REJECT_ALL: Final = "reject_all"
BY_HAND: Final = "by_hand"
OPTIONS: Final = (ANSWER_NOW, REJECT_ALL, BY_HAND)
Choice: TypeAlias = Literal["", "answer_now", "reject_all", "by_hand"]

RULE: Final = "rule"
POLICY: Final = "policy"
SHOWN: Final = 8
CALM: Final = 4
"""An answered order is looked at so many times more seldom than one that waits."""
AFTERWARDS: Final = timedelta(days=1)


class PoDeed(msgspec.Struct, frozen=True):
    """What somebody decided about one version of an order's answer."""

    channel_account: ChannelAccount
    number: PurchaseOrderNumber
    version: int
    choice: Choice
    by: str


def deed_of(option: str, by: str, detail: Mapping[str, object]) -> PoDeed:
    """What a question's answer does. Raises msgspec.ValidationError where the question was not one of ours."""
    return msgspec.convert({**detail, "choice": option, "by": by}, PoDeed)


class PoFile(msgspec.Struct, frozen=True, kw_only=True):
    """All that the books hold of an order, but for what is secured of it. `decided` holds for this version alone."""

    stored: StoredPurchaseOrder
    overruled: tuple[Overruled, ...] = ()
    rejections: Mapping[PoLineNumber, RejectionReason] = {}
    decided: Choice = ""
    decided_by: str = ""
    said: tuple[Said, ...] = ()
    """Every answer, the oldest first."""


class DeskRules(msgspec.Struct, frozen=True, kw_only=True):
    """`backorder_after`: when what is missing will be there; None: nobody can tell. `owner`: the account manager."""

    limits: Limits = Limits()
    pace: Pace
    backorder_after: timedelta | None = None
    look_again: timedelta = timedelta(minutes=15)
    owner: str = "merchandising"
    answers: bool = True
    """False: people answer in the retailer's own pages; orders are only read, judged and secured."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`proposal` with `decided_by`: to be sent now. `question`: for people. `look_at`: None: nothing would change."""

    state: State
    look_at: datetime | None
    proposal: Proposal | None = None
    decided_by: str = ""
    question: AskPerson | None = None
    overdrawn: tuple[PoLineNumber, ...] = ()
    answered_by_hand: bool = False
    """The retailer has an answer that we did not give: its status says which."""

    @property
    def sends(self) -> bool:
        return self.proposal is not None and bool(self.decided_by)


def said_before(said: Sequence[Said]) -> dict[PoLineNumber, LineAcknowledgement]:
    """What the retailer has been told of each line, or may have been."""
    told: dict[PoLineNumber, LineAcknowledgement] = {}
    for one in said:
        if one.state in SAID:
            told |= {line.number: line for line in one.acknowledgement.lines}
    return told


def verdict(
    file: PoFile, judgement: Judgement, secured: Mapping[PoLineNumber, Secured], rules: DeskRules, now: datetime
) -> Verdict:
    """What becomes of the order now."""
    stored = file.stored
    clock = answer_clock(stored, rules.limits)
    if stored.state == "ended" or not judgement.lines:
        return Verdict(state="ended" if stored.state == "ended" else "answered", look_at=None)
    if any(one.state in UNSETTLED and not _overtaken(one, stored) for one in file.said):
        return Verdict(state=stored.state, look_at=now + rules.look_again)
    if stored.answered_version == stored.version:
        return _stands(file, judgement, secured, rules, clock, now)
    return _open(file, judgement, secured, rules, clock, now)


def _overtaken(said: Said, stored: StoredPurchaseOrder) -> bool:
    """Files keep their order: an answer by EDI to what the order is no more need not be known to have been read. A
    partner that acknowledges nothing would else keep its own change from ever being answered."""
    return (
        stored.order.transport != "sp_api" and said.state in ("made", "processing") and said.version < stored.version
    )


def _open(
    file: PoFile, judgement: Judgement, secured: Mapping[PoLineNumber, Secured], rules: DeskRules,
    clock: AnswerClock, now: datetime,
) -> Verdict:  # fmt: skip
    if _answered_by_hand(file):
        return Verdict(state="held", look_at=now + rules.look_again, answered_by_hand=True)
    decider = _decider(file, clock, now)
    proposal = _proposed(file, judgement, secured, rules, now, by_policy=decider != RULE)
    again = _later(clock, rules, now)
    if _was_refused(file) or file.decided == BY_HAND or not rules.answers:
        return Verdict(state="held", look_at=again, proposal=proposal, overdrawn=proposal.overdrawn)
    if decider != RULE or _is_plain(file, judgement, proposal):
        return Verdict(
            state="answered", look_at=again, proposal=proposal, decided_by=decider, overdrawn=proposal.overdrawn
        )
    safe = _proposed(file, judgement, secured, rules, now, by_policy=True)
    question = _question(file.stored, judgement, safe, rules, clock)
    return Verdict(state="held", look_at=again, proposal=proposal, question=question)


def _answered_by_hand(file: PoFile) -> bool:
    """Acknowledged at the retailer, and not by us: an answer of ours would replace it."""
    return file.stored.order.state == "acknowledged" and not said_before(file.said)


def _decider(file: PoFile, clock: AnswerClock, now: datetime) -> str:
    """Who answers what is still open; the rule answers only where nothing is."""
    if file.decided in (ANSWER_NOW, REJECT_ALL):
        return file.decided_by
    return POLICY if now >= clock.safe_at else RULE


def _was_refused(file: PoFile) -> bool:
    """The retailer refused our words for this version: saying them again by itself would only be refused again."""
    return bool(file.said) and file.said[-1].state == "refused" and file.said[-1].version == file.stored.version


def _is_plain(file: PoFile, judgement: Judgement, proposal: Proposal) -> bool:
    """Nothing is open, and all that is not accepted was rejected by a person."""
    rejected = file.rejections.keys()
    open_lines = [reason for reason in judgement.reasons if not reason.line or reason.line not in rejected]
    return not open_lines and all(one.line in rejected for one in proposal.explained)


def _proposed(
    file: PoFile, judgement: Judgement, secured: Mapping[PoLineNumber, Secured], rules: DeskRules, now: datetime,
    *, by_policy: bool,
) -> Proposal:  # fmt: skip
    order, clock = file.stored.order, answer_clock(file.stored, rules.limits)
    rejections: dict[PoLineNumber, RejectionReason] = {}
    if file.decided == REJECT_ALL:
        rejections = dict.fromkeys((line.number for line in order.lines), "temporarily_unavailable")
    rejections.update(file.rejections)
    how = Answering(
        by_policy=by_policy,
        frozen=now > clock.correctable_until,
        dates=judgement.dates,
        backorder_dates=_backorder_dates(file.stored, rules, now),
        rejections=rejections,
    )
    return propose(order, judgement, secured, said_before(file.said), how, now)


def _backorder_dates(stored: StoredPurchaseOrder, rules: DeskRules, now: datetime) -> Dates | None:
    if rules.backorder_after is None:
        return None
    dates = dates_for(stored.order, rules.pace, now + rules.backorder_after)
    return dates if isinstance(dates, Dates) else None


def _stands(
    file: PoFile, judgement: Judgement, secured: Mapping[PoLineNumber, Secured], rules: DeskRules,
    clock: AnswerClock, now: datetime,
) -> Verdict:  # fmt: skip
    """An answer stands. Better is said only of what was backordered; what is lacking is told to people."""
    stored, before = file.stored, said_before(file.said)
    short = overdrawn(judgement, secured, before)
    owed = any(parts_of(line).backordered for line in before.values())
    look = _calmly(stored, rules, now) if not owed else now + rules.look_again
    if not owed or now > clock.correctable_until or not rules.answers:
        return Verdict(state="answered", look_at=look, overdrawn=short)
    better = _proposed(file, judgement, secured, rules, now, by_policy=True)
    if short or not _is_better(better, before):
        return Verdict(state="answered", look_at=look, overdrawn=short)
    return Verdict(state="answered", look_at=look, proposal=better, decided_by=RULE)


def _calmly(stored: StoredPurchaseOrder, rules: DeskRules, now: datetime) -> datetime:
    """When an answered order is looked at again, of which no more can be promised: whether it is all still there, and
    once its window is over whether it is closed."""
    windows = [window for window in (stored.order.delivery_window, stored.order.ship_window) if window]
    is_over = bool(windows) and now > max(window.end for window in windows)
    return now + (AFTERWARDS if is_over else rules.look_again * CALM)


def _is_better(proposal: Proposal, before: Mapping[PoLineNumber, LineAcknowledgement]) -> bool:
    """More is accepted of some line, and of none less."""
    pairs = [
        (parts_of(line).accepted, parts_of(before[line.number]).accepted)
        for line in proposal.acknowledgement.lines
        if line.number in before
    ]
    return all(now >= then for now, then in pairs) and any(now > then for now, then in pairs)


def overdrawn(
    judgement: Judgement, secured: Mapping[PoLineNumber, Secured], said: Mapping[PoLineNumber, LineAcknowledgement]
) -> tuple[PoLineNumber, ...]:
    """Lines of which more was accepted than is there."""
    return tuple(
        line.number
        for line in judgement.lines
        if line.number in said
        and (accepted := parts_of(said[line.number]).accepted)
        and (line.step is None or accepted * line.step.unit > secured.get(line.number, Secured(0)).eaches)
    )


def _later(clock: AnswerClock, rules: DeskRules, now: datetime) -> datetime:
    at = clock.next_after(now)
    return now + rules.look_again if at is None else min(at, now + rules.look_again)


def _question(
    stored: StoredPurchaseOrder, judgement: Judgement, safe: Proposal, rules: DeskRules, clock: AnswerClock
) -> AskPerson:
    order = stored.order
    waits = [reason.text for reason in judgement.reasons] or ["not everything can be secured"]
    text = (
        f"how is purchase order {order.number} of {order.channel_account} answered? It waits: {_some(waits)}."
        f" The safe answer now: {_told(safe.explained)}"
    )
    return AskPerson(
        kind=PO_ANSWER,
        subject=subject_of(stored),
        owner=rules.owner,
        question=text,
        options=OPTIONS,
        default=ANSWER_NOW,
        default_at=clock.safe_at,
        detail={"channel_account": order.channel_account, "number": order.number, "version": stored.version},
    )


def _told(explained: Sequence[Explained]) -> str:
    return _some([f"line {one.line}: {one.units} {one.code} ({one.why})" for one in explained] or ["all accepted"])


def _some(texts: Sequence[str]) -> str:
    more = f"; and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return "; ".join(texts[:SHOWN]) + more
