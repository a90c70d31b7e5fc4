"""On which channel a goods out was sold, and as which order: by our own books, then by what the goods out says."""

from collections.abc import Mapping, Set

import msgspec

from handlers.channel_orders import looks_like_an_order_id
from handlers.clarus_goods_outs import Box, GoodsOut, Rules, Said, Sold
from handlers.despatch_messages import AMAZON
from schemas.despatch import Channel
from schemas.terms import ChannelOrderId, LineReference


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """`channel` None: no order of a channel. `fault`: why it cannot be said. `waits`: the channel waits for it."""

    channel: Channel | None = None
    order_id: ChannelOrderId | None = None
    lines: frozenset[tuple[str, str]] = frozenset()
    waits: bool = False
    fault: str = ""


class Books(msgspec.Struct, frozen=True):
    """What our books know, by our name of the order and by the channel's. Several: nothing is certain."""

    by_reference: Mapping[tuple[str, str], tuple[Sold, ...]] = {}
    by_order_id: Mapping[tuple[str, str], tuple[Sold, ...]] = {}


def sale_of(shown: GoodsOut, books: Books, rules: Rules) -> Sale:
    """Our books come first, since we made the order or read it from its channel; a goods out that says otherwise is
    held, and so is one that carries a channel's order id when nobody knows the channel."""
    ours = books.by_reference.get((shown.account, shown.reference), ())
    named = books.by_order_id.get((shown.account, shown.channel_order_id), ()) if shown.channel_order_id else ()
    rule = rules.channels.get(shown.channel)
    known = ours or named
    if len({(sold.channel_account, sold.channel_order_id) for sold in known}) > 1:
        return Sale(fault=f"our books know {shown.reference} on more than one channel")
    if known:
        return _of_books(shown, known[0], rule.account if rule else "", checked=bool(ours))
    if rule is not None:
        channel = Channel(rule.kind, rule.account, rule.marketplace)
        return Sale(channel=channel, order_id=shown.channel_order_id or None)
    for text in (shown.channel_order_id, shown.reference):
        if looks_like_an_order_id(text):
            return Sale(fault=f"{text} looks like a channel's order, and nobody says which channel account sold it")
    return Sale()


def still_waits(said: Said, books: Books) -> bool:
    """Whether an order of a channel, as our books know it, waits for a goods out that is no longer shown."""
    ours = books.by_reference.get((said.account, said.reference), ())
    named = books.by_order_id.get((said.account, said.channel_order_id), ()) if said.channel_order_id else ()
    return any(sold.waits for sold in ours or named)


def with_known_lines(shown: GoodsOut, sale: Sale) -> GoodsOut:
    """A reference that is none of the channel's lines, such as the warehouse's own line number, names none."""
    ours = {reference for reference, _ in sale.lines}
    if not ours:
        return shown
    none = LineReference("")
    lines = tuple(
        line if line.line_reference in ours else msgspec.structs.replace(line, line_reference=none)
        for line in shown.lines
    )
    boxes = shown.boxes and tuple(_with_known_lines(box, ours) for box in shown.boxes)
    return msgspec.structs.replace(shown, lines=lines, boxes=boxes)


def _with_known_lines(box: Box, ours: Set[str]) -> Box:
    contents = box.contents and tuple(
        one if one.line_reference in ours else msgspec.structs.replace(one, line_reference=LineReference(""))
        for one in box.contents
    )
    return msgspec.structs.replace(box, contents=contents)


def _of_books(shown: GoodsOut, sold: Sold, by_rule: str, *, checked: bool) -> Sale:
    said = shown.channel_order_id
    if checked and said and said != sold.channel_order_id and looks_like_an_order_id(said):
        text = f"it says it is order {said}, and our books say {sold.channel_order_id} of {sold.channel_account}"
        return Sale(fault=text)
    if by_rule and by_rule != sold.channel_account:
        return Sale(fault=f"it says it was sold on {by_rule}, and our books say on {sold.channel_account}")
    channel = Channel(AMAZON, sold.channel_account, sold.marketplace)
    return Sale(channel=channel, order_id=sold.channel_order_id, lines=sold.lines, waits=sold.waits)
