"""What a channel's own notices ask for: an order is to be read. A hint, never a fact.

A notice may be forged, late, doubled or about an order that is none of ours: the most that it can do is to have one
order read inside the rate limit. Nothing that it says of the order is believed, but that the channel despatches it;
the search finds what a false word there would hide.
"""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from schemas.amazon_order_change import OrderChange
from schemas.terms import ChannelAccount, ChannelOrderId

Word = Literal["to_be_read", "not_ours", "not_released", "channel_despatches"]
"""`not_ours`: no account of ours sells as that seller there, or several may be meant. `not_released`: people make
that account's orders by hand."""

BY_THE_CHANNEL: Final = "AFN"


class Seller(msgspec.Struct, frozen=True):
    """A selling account, by what notices call it."""

    account: ChannelAccount
    seller_id: str
    marketplaces: frozenset[str]
    releases: bool


class Decision(msgspec.Struct, frozen=True):
    """`account`: whose order it is, where it is to be read."""

    word: Word
    order_id: ChannelOrderId
    account: ChannelAccount | None = None

    @property
    def outcome(self) -> Literal["done", "ignored"]:
        return "done" if self.word == "to_be_read" else "ignored"


def decide(change: OrderChange, sellers: Iterable[Seller]) -> Decision:
    """Whose order a notification is about, and whether it is to be read for it."""
    seller = _meant(change, [one for one in sellers if one.seller_id == change.seller_id])
    if seller is None:
        return Decision("not_ours", change.order_id)
    if not seller.releases:
        return Decision("not_released", change.order_id)
    if change.fulfilled_by == BY_THE_CHANNEL:
        return Decision("channel_despatches", change.order_id)
    return Decision("to_be_read", change.order_id, seller.account)


def _meant(change: OrderChange, own: list[Seller]) -> Seller | None:
    """By seller and marketplace; by the seller alone, where no marketplace is said and only one can be meant."""
    found = [one for one in own if not change.marketplace or change.marketplace in one.marketplaces]
    return found[0] if len(found) == 1 else None
