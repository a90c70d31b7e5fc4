"""What an order that a channel reports changes: its lines, what they take of each SKU, and the demand that they show.

Answers come late and repeated: the channel's own time of an order's last change decides which is newest. A line whose
seller SKU no listing names takes nothing yet; it is kept, and goes on by itself once the listing is there.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from handlers.open_lines import OpenPart, sold
from handlers.sellable_stock import Listing
from schemas.amazon_order_search import SoldLine, SoldOrder
from schemas.terms import (
    ChannelAccount,
    ChannelOrderId,
    LineReference,
    Marketplace,
    OrderReference,
    SellerSku,
)

ListingName: TypeAlias = tuple[Marketplace, SellerSku]
Word: TypeAlias = Literal["new", "changed", "unchanged", "stale"]


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a channel's order, in channel units, as the books keep it. `id` is 0 until they give one."""

    id: int = 0
    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    line_reference: LineReference
    order_reference: OrderReference
    marketplace: Marketplace
    seller_sku: SellerSku
    ordered: int
    cancelled: int = 0
    fulfilled: int = 0
    ordered_at: datetime
    updated_at: datetime
    mapped_at: datetime | None = None

    @property
    def owed(self) -> int:
        return max(0, self.ordered - self.cancelled - self.fulfilled)

    @property
    def listing(self) -> ListingName:
        return self.marketplace, self.seller_sku


class Heard(msgspec.Struct, frozen=True):
    """What one order's answer means: the lines to save."""

    word: Word
    lines: tuple[OrderLine, ...] = ()


def hear(order: SoldOrder, account: ChannelAccount, known: Sequence[OrderLine]) -> Heard:
    """The order's lines as they are now. A line that the channel no longer shows is cancelled."""
    if any(line.updated_at > order.updated_at for line in known):
        return Heard("stale")
    before = {line.line_reference: line for line in known}
    shown = {line.line_reference for line in order.lines}
    lines = [_line(line, order, account, before.get(line.line_reference)) for line in order.lines]
    lines += [_gone(line, order.updated_at) for line in known if line.line_reference not in shown]
    changed = tuple(line for line in lines if line != before.get(line.line_reference))
    if not known:
        return Heard("new", changed)
    return Heard("changed" if changed else "unchanged", changed)


def unsent(order: SoldOrder) -> SoldOrder:
    """An order whose lines count as fulfilled, while nothing of it has left us."""
    lines = tuple(msgspec.structs.replace(line, fulfilled=0) for line in order.lines)
    return msgspec.structs.replace(order, lines=lines)


def _line(line: SoldLine, order: SoldOrder, account: ChannelAccount, known: OrderLine | None) -> OrderLine:
    if known is not None:
        return msgspec.structs.replace(
            known,
            ordered=line.ordered,
            cancelled=line.cancelled,
            fulfilled=line.fulfilled,
            updated_at=order.updated_at,
        )
    return OrderLine(
        channel_account=account,
        channel_order_id=order.order_id,
        line_reference=line.line_reference,
        order_reference=OrderReference(order.order_id),
        marketplace=order.marketplace,
        seller_sku=line.seller_sku,
        ordered=line.ordered,
        cancelled=line.cancelled,
        fulfilled=line.fulfilled,
        ordered_at=order.ordered_at,
        updated_at=order.updated_at,
    )


def _gone(line: OrderLine, at: datetime) -> OrderLine:
    cancelled = max(0, line.ordered - line.fulfilled)
    return msgspec.structs.replace(line, cancelled=cancelled, updated_at=at)


def opened(line: OrderLine, listing: Listing, learned_at: datetime) -> list[OpenPart]:
    """What a line takes of each SKU of its listing."""
    return [
        moved(
            OpenPart(
                line_id=line.id,
                channel_account=line.channel_account,
                order_reference=line.order_reference,
                line_reference=line.line_reference,
                account=listing.account,
                sku=need.sku,
                per_unit=need.quantity * listing.pack_size,
                ordered=0,
            ),
            line,
            learned_at,
        )
        for need in listing.needs
    ]


def moved(part: OpenPart, line: OrderLine, learned_at: datetime) -> OpenPart:
    """The part as its line now stands. What it takes of a unit stays as it was when the line was first seen."""
    each = part.per_unit
    return sold(part, line.ordered * each, line.cancelled * each, line.fulfilled * each, line.updated_at, learned_at)


def with_listings(
    lines: Iterable[OrderLine], listings: Mapping[ListingName, Listing]
) -> tuple[list[tuple[OrderLine, Listing]], list[OrderLine]]:
    """Lines whose listing is known, with it; and those that wait for one."""
    found, waiting = list[tuple[OrderLine, Listing]](), list[OrderLine]()
    for line in lines:
        listing = listings.get(line.listing)
        if listing is None:
            waiting.append(line)
        else:
            found.append((line, listing))
    return found, waiting
