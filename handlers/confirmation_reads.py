"""What a read of the order says of a parcel's confirmation, and what that makes of the ledger's row. Pure tables.

Before it leaves, the read says what to tell; where nobody knows whether it was taken, it is looked for; once it was
accepted, it is looked at until it is shown.
"""

from datetime import datetime, timedelta
from typing import Final, TypeAlias

import msgspec

from handlers.alerts import AlertKind
from handlers.answers import Denied, Done, NeverLeft, Reading, Refused, Throttled, Unavailable
from handlers.channel_orders import ChannelOrder
from handlers.confirmations import (
    DENIALS,
    NOT_FOUND,
    Rules,
    Step,
    back_off,
    kept,
    no_longer_wanted,
    troubles_over,
    turned_down,
)
from handlers.decisions import CONFIRM_AGAIN, CONFIRMED_BY_HAND, DESPATCH_UNKNOWN, GIVE_UP
from handlers.despatch_preparation import NEVER, applied, prepare
from handlers.despatched_lines import Blocked
from handlers.effects import Effect, outcome
from handlers.mappings import Mappings
from handlers.notes import AskPerson, Note, RaiseAlert, ResolveAlert

OF_ONE_REQUEST: Final = (AlertKind.DESPATCH_INCOMPLETE, AlertKind.ORDER_UNKNOWN)
"""Alerts about one parcel alone; those about a mapping close with the last that waits for it."""
READS: Final = (2.0, 60.0)
LOOKS: Final = (300.0, 14_400.0)


def after_reading(
    effect: Effect,
    reading: "Reading[ChannelOrder]",
    begun: datetime,
    now: datetime,
    rules: Rules,
    mappings: Mappings,
    jitter: float,
) -> Step:
    """The row of a request whose order was read; the read began at `begun`."""
    if not isinstance(reading, Done):
        return _unread(effect, reading, now, rules, jitter)
    order = reading.value
    if effect.state == "unknown":
        return _looked_for(effect, order, begun, now, jitter)
    if effect.state == "accepted":
        return _looked_at(effect, order, now, rules, jitter)
    changed, notes = applied(effect, prepare(effect.payload, mappings, order), now)
    over = [ResolveAlert(kind, effect.subject) for kind in OF_ONE_REQUEST if kind.value != changed.reason]
    return changed, [*over, *notes]


def _looked_for(effect: Effect, order: ChannelOrder, begun: datetime, now: datetime, jitter: float) -> Step:
    assert effect.payload.ready is not None
    assert effect.over_at is not None
    if order.shows(effect.payload.ready):
        return _found(effect, "found_by_reading")
    if effect.reason == NOT_FOUND and order.told_by_somebody_else(effect.payload.content.tracking_number):
        return _found(effect, "found_at_channel")
    if begun <= effect.over_at:
        wait = min(back_off(_looks(effect, now), READS, jitter), max(effect.over_at - now, timedelta()))
        return msgspec.structs.replace(effect, due=now + wait + timedelta(milliseconds=1), reads=0), []
    if effect.called_off:
        return no_longer_wanted(effect)
    if effect.reason == NOT_FOUND:
        return turned_down(effect, NOT_FOUND, effect.detail, effect.request_id)
    return effect.moved("waiting", reason="not_found_by_reading", due=now, over_at=None, reads=0), []


def _looks(effect: Effect, now: datetime) -> int:
    """How often it was looked for, by how long it has been so: 3 s, then doubling."""
    since = (now - effect.sent_at).total_seconds() if effect.sent_at else 0.0
    return max(1, int(since / READS[0]).bit_length())


def _found(effect: Effect, word: str) -> Step:
    live = effect.moved("live", reason=word, due=NEVER, over_at=None, reads=0)
    return live, [*kept(effect), outcome(live), *troubles_over(effect)]


def _looked_at(effect: Effect, order: ChannelOrder, now: datetime, rules: Rules, jitter: float) -> Step:
    """Accepted is not live: is it shown?"""
    if effect.payload.ready is None or order.shows(effect.payload.ready):
        live = effect.moved("live", due=NEVER)
        return live, [outcome(live), *troubles_over(effect)]
    if effect.overtaken:  # the channel shows the correction instead, for ever
        return msgspec.structs.replace(effect, due=NEVER), []
    reads = effect.reads + 1
    later = msgspec.structs.replace(effect, reads=reads, due=now + back_off(reads, LOOKS, jitter))
    if reads < rules.unknown_reads:
        return later, []
    payload = effect.payload
    text = (
        f"{effect.account} accepted package {payload.package_reference}, and order {payload.order_id} "
        f"does not show it after {reads} reads"
    )
    return later, [RaiseAlert(AlertKind.DESPATCH_UNKNOWN, effect.subject, effect.subject, text)]


Failed: TypeAlias = Refused | Throttled | NeverLeft | Unavailable | Denied


def _unread(effect: Effect, reading: Failed, now: datetime, rules: Rules, jitter: float) -> Step:
    """The order could not be read."""
    if isinstance(reading, Refused) and effect.state == "waiting":
        return _no_such_order(effect, reading, now)
    reads = effect.reads + (not isinstance(reading, Throttled))
    bounds = LOOKS if effect.state == "accepted" else DENIALS if isinstance(reading, Denied) else READS
    later = msgspec.structs.replace(effect, reads=reads, due=now + back_off(max(reads, 1), bounds, jitter))
    if effect.state == "unknown" and reads >= rules.unknown_reads:
        return _ask_person(later, _why(reading))
    return later, _alarms(effect, reading)


def _no_such_order(effect: Effect, reading: Refused, now: datetime) -> Step:
    sought = effect.payload.channel_order_id or effect.payload.order_reference
    text = f"{effect.account} does not show order {sought}: {reading.text}"
    blocked = Blocked(AlertKind.ORDER_UNKNOWN, f"order:{effect.subject}", effect.subject, text)
    return applied(effect, blocked, now)


def _why(reading: Failed) -> str:
    return reading.text if isinstance(reading, Refused | Throttled) else reading.reason


def _alarms(effect: Effect, reading: Failed) -> list[Note]:
    match reading:
        case Throttled(text=text):
            return [RaiseAlert(AlertKind.CHANNEL_THROTTLED, f"{effect.account}/getOrder", effect.account, text)]
        case Denied(reason=reason):
            return [RaiseAlert(AlertKind.CHANNEL_DENIED, effect.account, effect.account, reason)]
        case _:
            return []


def _ask_person(effect: Effect, why: str) -> Step:
    payload = effect.payload
    held = effect.moved("held", reason=DESPATCH_UNKNOWN, detail=why, due=NEVER)
    text = (
        f"nobody knows whether {effect.account} took package {payload.package_reference} of order "
        f"{payload.order_id}: {effect.reads} reads brought nothing, the last one: {why}"
    )
    question = AskPerson(
        kind=DESPATCH_UNKNOWN,
        subject=effect.subject,
        owner="operations",
        question=f"Does the channel show package {payload.package_reference} of order {payload.order_id}?",
        options=(CONFIRM_AGAIN, CONFIRMED_BY_HAND, GIVE_UP),
        detail={"effect_id": effect.id, "order": payload.order_id, "tracking": payload.content.tracking_number},
    )
    alert = RaiseAlert(AlertKind.DESPATCH_UNKNOWN, effect.subject, effect.subject, text, {}, effect.deadline)
    return held, [alert, question]
