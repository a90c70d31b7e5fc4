"""One read of a goods out against what we said last: the messages to send, the row as it is then, when to look again.

Hears: `GoodsOut` as shown, or that it is not shown. Remembers: `Said`. Decides with `clarus_orders.py` and
`clarus_despatches.py`. A read that began before the last one that counted changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from handlers import clarus_despatches, clarus_orders
from handlers.alerts import AlertKind
from handlers.clarus_goods_outs import NOT_STARTED, GoodsOut, Reading, Rules, Said, settled
from handlers.clarus_sales import Sale, with_known_lines
from handlers.notes import Note, RaiseAlert, ResolveAlert


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """`look_at`: when it must be read again at the latest; None: when something says so, or at the next sweep."""

    said: Said
    order: clarus_orders.Told | None = None
    despatch: clarus_despatches.Told | None = None
    notes: tuple[Note, ...] = ()
    look_at: datetime | None = None
    word: str = "same"


class Order(msgspec.Struct, frozen=True):
    """How a goods out stands to the others of its name. `speaks`: it says where the order stands."""

    revision: int = 0
    """The highest that was said of the order."""
    speaks: bool = True
    first_look: bool = False
    """What has ended by now had ended before we ever looked here."""


def decide(said: Said | None, shown: GoodsOut, sale: Sale, order: Order, reading: Reading, rules: Rules) -> Decision:
    """What a read that shows it asks for."""
    before = said or Said(
        goods_out_id=shown.id, account=shown.account, warehouse=shown.warehouse, reference=shown.reference
    )
    if reading.number <= before.number:
        return Decision(said=before, word="older_read")
    proved = settled(before, shown, reading)
    base = _seen(before, shown, reading)
    if shown.word is None:
        return _unknown(base, shown, rules)
    if _only_noted(said, base, shown, sale, order):
        return Decision(said=msgspec.structs.replace(base, noted=True), word="noted")
    base = msgspec.structs.replace(base, noted=False)
    return _told(base, with_known_lines(shown, sale), sale, order, reading, rules, proved=proved)


def _seen(said: Said, shown: GoodsOut, reading: Reading) -> Said:
    same = said.picture == shown.picture and said.picture_since is not None
    return msgspec.structs.replace(
        said,
        account=shown.account,
        warehouse=shown.warehouse,
        reference=shown.reference,
        channel_order_id=shown.channel_order_id,
        code=shown.code,
        word=shown.word,
        number=reading.number,
        picture=shown.picture,
        picture_since=said.picture_since if same else reading.began,
        absent_since=None,
        gone=False,
    )


def _unknown(said: Said, shown: GoodsOut, rules: Rules) -> Decision:
    code = f"{rules.tenant}/{shown.code}"
    text = f"goods out {shown.reference} has the status {shown.code!r}, which nobody here knows: no action is taken"
    note = RaiseAlert(AlertKind.GOODS_OUT_STATUS, code, code, text, {"reference": shown.reference})
    return Decision(said=said, notes=(note,), word="unknown_status")


def _only_noted(said: Said | None, base: Said, shown: GoodsOut, sale: Sale, order: Order) -> bool:
    """What was over before our time was told by somebody else, unless its channel waits for it: at once, or as soon
    as our books hear that it does."""
    return (base.noted or (said is None and order.first_look)) and shown.ended and not sale.waits


def _told(
    said: Said, shown: GoodsOut, sale: Sale, order: Order, reading: Reading, rules: Rules, *, proved: bool
) -> Decision:
    told, waits = None, False
    if order.speaks and not shown.faults:
        said, told, waits = clarus_orders.tell(said, shown, order.revision, proved=proved)
    since = said.picture_since or reading.began
    step = clarus_despatches.tell(said, shown, sale, rules, since)
    if sale.channel is None and not sale.fault:  # nobody waits to be told of it
        step = msgspec.structs.replace(step, held="", differs="")
    if not proved:
        waits = waits or bool(step.told or step.held or step.differs or said.alerts)
        look = since + reading.lag if waits else None
        return Decision(said=said, order=told, look_at=look, word="waits" if waits else _word(told, None))
    look = reading.began + rules.look_again if step.held or _lacks_a_label(shown, step) else None
    said, notes = _alerted(step, rules)
    word = "held" if step.held else _word(told, step.told)
    return Decision(said=said, order=told, despatch=step.told, notes=notes, look_at=look, word=word)


def _word(order: clarus_orders.Told | None, despatch: clarus_despatches.Told | None) -> str:
    return despatch.what if despatch else "standing" if order else "same"


def _lacks_a_label(shown: GoodsOut, step: clarus_despatches.Step) -> bool:
    """Told without a tracking number, a parcel waits at the channel's side for a correction."""
    told = step.said.despatch == "completed" and shown.ended
    return told and any(not parcel.tracking_number for parcel in step.said.parcels)


def _alerted(step: clarus_despatches.Step, rules: Rules) -> tuple[Said, tuple[Note, ...]]:
    texts = {AlertKind.GOODS_OUT_HELD: step.held, AlertKind.GOODS_OUT_DIFFERS: step.differs}
    said, notes = alerted(step.said, texts, rules)
    return msgspec.structs.replace(said, held=bool(step.held)), notes


def alerted(said: Said, texts: dict[AlertKind, str], rules: Rules) -> tuple[Said, tuple[Note, ...]]:
    """Open what has a text, close what is open and has none."""
    cause = f"{rules.tenant}/{said.goods_out_id}"
    texts = {kind: texts.get(kind, "") for kind in _KINDS}
    raised: list[Note] = [
        RaiseAlert(kind, cause, cause, f"goods out {said.reference} ({said.account}): {text}",
                   {"reference": said.reference, "goods_out_id": said.goods_out_id})
        for kind, text in texts.items()
        if text
    ]  # fmt: skip
    closed: list[Note] = [
        ResolveAlert(kind, cause) for kind, text in texts.items() if not text and kind.value in said.alerts
    ]
    opened = tuple(sorted(kind.value for kind, text in texts.items() if text))
    return msgspec.structs.replace(said, alerts=opened), (*raised, *closed)


_KINDS = (AlertKind.GOODS_OUT_HELD, AlertKind.GOODS_OUT_DIFFERS, AlertKind.GOODS_OUT_VANISHED)


def absent(said: Said, order: Order, reading: Reading, rules: Rules, *, waits: bool = False) -> Decision:
    """A whole read by its name does not show it. Clarus deletes what is cancelled before it was started; a right that
    was taken away looks the same, so without a known cancellation people are asked. `waits`: its channel does."""
    if reading.number <= said.number:
        return Decision(said=said, word="older_read")
    if said.gone or said.ended or said.noted:
        return _archived(msgspec.structs.replace(said, number=reading.number, gone=True), reading, rules, waits=waits)
    since = said.absent_since or reading.began
    base = msgspec.structs.replace(said, number=reading.number, absent_since=since, picture="", picture_since=None)
    if reading.began < since + reading.lag:
        return Decision(said=base, look_at=since + reading.lag, word="waits")
    expected = said.cancel_asked or rules.vanished == "cancelled"
    if said.word in NOT_STARTED and expected and not said.despatch:
        return _deleted(base, order, rules)
    text = "it is no longer shown, and no cancellation is known: was it deleted, or has our account lost a right?"
    base, notes = alerted(base, {AlertKind.GOODS_OUT_VANISHED: text}, rules)
    return Decision(said=base, notes=notes, look_at=reading.began + rules.look_again, word="vanished")


def _archived(said: Said, reading: Reading, rules: Rules, *, waits: bool) -> Decision:
    """Nothing can be put right at Clarus any more: what it leaves open is over once its channel does not wait."""
    if not (waits and said.alerts):
        said, notes = alerted(said, {}, rules)
        return Decision(said=msgspec.structs.replace(said, held=False), notes=notes, word="archived")
    again = reading.began + rules.look_again
    if not said.held:
        return Decision(said=said, look_at=again, word="archived")
    text = "it was not told as it left, is no longer shown, and its channel waits: confirm or cancel it there by hand"
    said, notes = alerted(said, {AlertKind.GOODS_OUT_HELD: text}, rules)
    return Decision(said=said, notes=notes, look_at=again, word="held")


def _deleted(said: Said, order: Order, rules: Rules) -> Decision:
    said, notes = alerted(msgspec.structs.replace(said, gone=True), {}, rules)
    if not order.speaks:
        return Decision(said=said, notes=notes, word="deleted")
    said, told = clarus_orders.cancelled(said, order.revision)
    return Decision(said=said, order=told, notes=notes, word="deleted")


def doubled(shown: Sequence[GoodsOut], ever: int, rules: Rules) -> Note | None:
    """Several goods outs of one name that all live: the buyer may get everything twice. `ever`: all there were."""
    alive = [one for one in shown if one.word not in ("cancelled", None)]
    if not alive:
        return None
    cause = f"{rules.tenant}/{alive[0].account}/{alive[0].reference}"
    if len(alive) == 1:
        return ResolveAlert(AlertKind.GOODS_OUT_DOUBLED, cause) if ever > 1 else None
    ids = ", ".join(sorted(one.id for one in alive))
    text = f"goods outs {ids} all stand for {alive[0].reference} of {alive[0].account}: cancel all but one"
    return RaiseAlert(AlertKind.GOODS_OUT_DOUBLED, cause, cause, text, {"goods_outs": sorted(o.id for o in alive)})
