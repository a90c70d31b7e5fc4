"""What is to be done about a load's ship notice: one look, out of everything that the books have of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from handlers.alerts import AlertKind
from handlers.ledger import named
from handlers.notes import AskPerson, Note, RaiseAlert, ResolveAlert
from handlers.notice_clocks import Clock, notice_clock, warned_at
from handlers.ship_loads import Load
from handlers.ship_notice_sending import Ask, Hold, Send, Told, Verdict, Wait, is_due, judge, says_the_same
from handlers.ship_notices import LineKey, quantities
from handlers.vendor_documents import MADE, DocumentEffect, all_calm, notice_effect
from handlers.vendor_goods import Lack, Market
from schemas.ship_notice import ShipNotice

SHIP_NOTICE_DIFFERS: Final = "ship_notice_differs"
"""Kind of a question about a load that differs from its notice for good."""
WRONG: Final = frozenset({
    "above_acknowledged", "bill_of_lading_used", "line_differs", "line_unmapped", "not_whole_cases", "order_unknown",
    "orders_in_carton", "pack_unknown", "several_destinations", "several_vendors", "sscc_used", "sscc_wrong",
    "two_lots",
})  # fmt: skip
"""Lacks of a load that waits for its departure which departing does not mend: they are told while there is time."""
GIVEN: Final = {"bill_of_lading": "bill_of_lading", "scac": "carrier_scac"}
"""Lacks that may come with the departure, and the field which makes them wrong where it is there already."""
TOLD_BY_HAND: Final = "told_by_hand"
LEAVE: Final = "leave"


class LoadRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the books hold of a load; see the table."""

    channel_account: str
    load_key: str
    shipment: str
    told: ShipNotice | None = None
    before: ShipNotice | None = None
    first_at: datetime | None = None
    accepted: bool = False
    refused: ShipNotice | None = None
    effect_key: str = ""
    documents: int = 0
    lacks: tuple[str, ...] = ()
    asked: str = ""
    asked_notice: ShipNotice | None = None
    """What was on it when people were asked; None: no question is open, or nothing was."""
    started_at: datetime | None = None
    due_at: datetime | None = None
    warned: float = 0.0
    breached_at: datetime | None = None
    look_at: datetime | None = None

    @property
    def subject(self) -> str:
        return named(self.channel_account, self.load_key)

    @property
    def lines(self) -> dict[LineKey, int]:
        """What the standing notice tells of, in the lines' units."""
        return quantities(self.told.cartons, self.told.pallets) if self.told else {}


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """`patience`: until a notice is due where the warehouse names no time; `warn_at`: shares of the time."""

    patience: timedelta = timedelta(hours=4)
    warn_at: tuple[float, ...] = (0.5, 0.75, 0.9)
    look_again: timedelta = timedelta(minutes=15)


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """`lacks`: of the contents and of the market's rules. `effect`: the document that is not settled."""

    row: LoadRow
    load: Load
    notice: ShipNotice | None
    lacks: tuple[Lack, ...]
    market: Market | None
    effect: DocumentEffect | None = None
    now: datetime


class Outcome(msgspec.Struct, frozen=True):
    row: LoadRow
    effects: tuple[DocumentEffect, ...] = ()
    notes: tuple[Note, ...] = ()


def look(case: Case, limits: Limits) -> Outcome:
    """One look at a load."""
    row, clock = case.row, notice_clock(case.load, case.market, limits.patience)
    if case.effect is not None and not _is_refused(case.effect):
        later = msgspec.structs.replace(row, look_at=case.now + limits.look_again)
        return _timed(Outcome(later), clock, case, limits)
    verdict = judge(case.load, case.notice, case.lacks, _told(row), case.market, case.now)
    if isinstance(verdict, Send) and row.refused is not None and says_the_same(row.refused, verdict.notice):
        verdict = Wait("same")
    return _timed(_done(case, verdict, clock, limits), clock, case, limits)


def _is_refused(effect: DocumentEffect) -> bool:
    return effect.state == "held" and effect.reason == "refused"


def _told(row: LoadRow) -> Told | None:
    return Told(row.told, row.first_at) if row.told is not None and row.first_at is not None else None


def _done(case: Case, verdict: Verdict, clock: Clock | None, limits: Limits) -> Outcome:
    match verdict:
        case Send(notice=notice):
            return _sent(case, notice, clock)
        case Hold(lacks=lacks):
            return _held(case, lacks, limits)
        case Ask():
            return _asked(case, verdict)
        case Wait(why="not_left") if wrong := tuple(lack for lack in case.lacks if _is_wrong(lack, case.load)):
            return _held(case, wrong, limits)
        case Wait():
            row = msgspec.structs.replace(case.row, lacks=(), look_at=None)
            return Outcome(row, (), tuple(_resolved(case.row, AlertKind.SHIP_NOTICE_HELD)))


def _sent(case: Case, notice: ShipNotice, clock: Clock | None) -> Outcome:
    row, number = case.row, case.row.documents + 1
    deadline = clock.due if clock and row.told is None else None
    effect = notice_effect(row.channel_account, row.load_key, notice, number, case.now, deadline)
    row = msgspec.structs.replace(
        row, told=notice, before=row.told, first_at=row.first_at or case.now, refused=None, lacks=(), asked="",
        asked_notice=None, effect_key=effect.unique_key, documents=number, look_at=None,
    )  # fmt: skip
    notes = [*_resolved(case.row, AlertKind.SHIP_NOTICE_HELD), *_resolved(case.row, AlertKind.SHIP_NOTICE_DIFFERS)]
    if case.effect is None:
        return Outcome(row, (effect,), tuple(notes))
    overtaken = case.effect.moved("refused", reason="overtaken", detail="the load has changed since")
    return Outcome(row, (overtaken, effect), (*notes, *all_calm(overtaken)))


def _is_wrong(lack: Lack, load: Load) -> bool:
    return lack.word in WRONG or (lack.word in GIVEN and bool(getattr(load.header, GIVEN[lack.word])))


def _held(case: Case, lacks: tuple[Lack, ...], limits: Limits) -> Outcome:
    row = msgspec.structs.replace(
        case.row, lacks=tuple(dict.fromkeys(lack.word for lack in lacks)), look_at=case.now + limits.look_again
    )
    texts = [lack.text for lack in lacks]
    text = f"ship notice {row.shipment} of load {row.load_key} waits: {'; '.join(texts[:5])}"
    more = f"; and {len(texts) - 5} more" if len(texts) > 5 else ""
    alert = RaiseAlert(
        AlertKind.SHIP_NOTICE_HELD, row.subject, row.subject, text + more, {"lacks": list(row.lacks)}, row.due_at
    )
    return Outcome(row, (), (alert,))


def _asked(case: Case, verdict: Ask) -> Outcome:
    if case.row.asked == verdict.text:
        return Outcome(msgspec.structs.replace(case.row, look_at=None))
    notice = None if verdict.why == "nothing_left" else case.notice
    row = msgspec.structs.replace(case.row, asked=verdict.text, asked_notice=notice, look_at=None)
    options = (TOLD_BY_HAND, LEAVE)
    ask = AskPerson(
        SHIP_NOTICE_DIFFERS, row.subject, "operations", verdict.text, options,
        detail={"why": verdict.why, "channel_account": row.channel_account, "load_key": row.load_key},
    )  # fmt: skip
    alert = RaiseAlert(AlertKind.SHIP_NOTICE_DIFFERS, row.subject, row.subject, verdict.text, {"why": verdict.why})
    return Outcome(row, (), (alert, ask))


class NoticeDeed(msgspec.Struct, frozen=True):
    """A person told the retailer in its own pages what is on the load, and the retailer took it."""

    channel_account: str
    load_key: str


def notice_deed(detail: Mapping[str, object]) -> NoticeDeed | None:
    """None: the question names no load."""
    try:
        return msgspec.convert(detail, NoticeDeed)
    except msgspec.ValidationError:
        return None


def told_by_hand(row: LoadRow, now: datetime) -> LoadRow | None:
    """The load as a person told of it: what it held when they were asked counts as accepted. None: nobody asked about
    anything that was on it."""
    if row.asked_notice is None:
        return None
    return msgspec.structs.replace(
        row, told=row.asked_notice, before=None, first_at=row.first_at or now, accepted=True, refused=None,
        effect_key="", asked_notice=None, look_at=now,
    )  # fmt: skip


def _timed(outcome: Outcome, clock: Clock | None, case: Case, limits: Limits) -> Outcome:
    """The clock of the load's first notice: it stops once the notice has been taken, or nothing is on the load."""
    row = outcome.row
    if _left(row, case.effect) and case.effect is not None and clock is not None:
        # While its document waits to be asked about, a look finds nothing new, and takes time from the asking.
        look_at = case.effect.due if case.effect.due > case.now else row.look_at
        return Outcome(msgspec.structs.replace(row, look_at=look_at), outcome.effects, outcome.notes)
    if row.accepted or clock is None:
        notes = (*outcome.notes, *_resolved(row, AlertKind.SHIP_NOTICE_DUE))
        return Outcome(
            msgspec.structs.replace(row, due_at=None if clock is None else row.due_at), outcome.effects, notes
        )
    row = msgspec.structs.replace(row, started_at=clock.started_at, due_at=clock.due)
    steps = (*limits.warn_at, 1.0)
    fraction = warned_at(clock, steps, case.now) or 0.0
    breached = row.breached_at or (case.now if fraction >= 1.0 else None)
    row = msgspec.structs.replace(
        row, warned=fraction, breached_at=breached, look_at=_soonest(row, clock, steps, case.now)
    )
    if fraction == case.row.warned and clock.due == case.row.due_at:
        return Outcome(row, outcome.effects, outcome.notes)
    alerts = [_warning(row, clock, fraction, case)] if fraction else _resolved(row, AlertKind.SHIP_NOTICE_DUE)
    return Outcome(row, outcome.effects, (*outcome.notes, *alerts))


def _left(row: LoadRow, effect: DocumentEffect | None) -> bool:
    """Its document has been taken: whether that was in time is known, only what becomes of it is not. One that is a
    file, and lies here still, has not."""
    if effect is None or effect.unique_key != row.effect_key:
        return False
    return effect.request_id != "" and effect.reason != MADE


def _soonest(row: LoadRow, clock: Clock, steps: tuple[float, ...], now: datetime) -> datetime | None:
    span = clock.due - clock.started_at
    moments = [at for step in steps if (at := clock.started_at + span * step) > now]
    return min([*moments, *([row.look_at] if row.look_at else [])], default=None)


def _warning(row: LoadRow, clock: Clock, fraction: float, case: Case) -> RaiseAlert:
    why = "; ".join(lack.text for lack in case.lacks[:3]) if case.lacks else _standing(case)
    when = f"{clock.due:%H:%M on %d %B} UTC ({clock.bound.replace('_', ' ')})"
    text = f"ship notice {row.shipment} of load {row.load_key} is due at {when}: {why}"
    if fraction >= 1.0:
        text = f"ship notice {row.shipment} of load {row.load_key} was due at {when} and is not there: {why}"
    detail = {"fraction": f"{fraction:.2f}"}
    return RaiseAlert(AlertKind.SHIP_NOTICE_DUE, row.subject, row.subject, text, {**detail}, clock.due)


def _standing(case: Case) -> str:
    if case.effect is not None and case.effect.reason == MADE:
        return "it is made, and could not be put where the partner takes files"
    if case.effect is not None:
        return f"it is {case.effect.state}, {case.effect.reason or 'on its way'}"
    return "it is on its way" if is_due(case.load, case.market) else "the load has not left"


def _resolved(row: LoadRow, kind: AlertKind) -> list[Note]:
    return [ResolveAlert(kind, row.subject)]


def settled(row: LoadRow, effect: DocumentEffect) -> LoadRow:
    """The load as the state of its document leaves it."""
    notice = effect.payload.notice
    if notice is None or effect.unique_key != row.effect_key:
        return row
    if effect.state == "live":
        return msgspec.structs.replace(
            row, told=notice, before=None, accepted=True, effect_key="", look_at=effect.due
        )
    if _is_refused(effect) or effect.state in ("refused", "withdrawn", "dead"):
        over = effect.state != "held"
        first = row.first_at if row.before is not None else None
        return msgspec.structs.replace(
            row, told=row.before, refused=notice, first_at=first, effect_key="" if over else row.effect_key
        )
    return msgspec.structs.replace(row, told=notice, first_at=row.first_at or effect.received_at)
