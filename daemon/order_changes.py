"""ORDER_CHANGE notifications, from whatever receives them: the exchange `channels`, or a file.

Amazon delivers them to a queue in the cloud and nowhere else; a bridge of your choice carries them here. The order is
marked as to be read, in the caller's transaction; the read, inside its budget, is the truth. Notices that come twice,
late or in any order do no more than ask for one more read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from daemon.bus.port import Delivery
from daemon.documents import Settled
from daemon.settings import SellerAccount
from daemon.store.database import Connection
from daemon.store.orders_to_read import ask_for
from handlers.channel_notices import Decision, Seller, decide
from schemas.amazon_order_change import EVENT_TYPE, NotAnOrderChange, OrderChange, read_order_change
from schemas.envelope import Envelope, Unreadable
from schemas.terms import ChannelAccount


@dataclass(frozen=True, slots=True)
class OrderChangeFlow:
    """`amazon.order_change`: decided in `handlers/channel_notices.py`."""

    sellers: Mapping[str, SellerAccount]

    def read(self, delivery: Delivery, envelope: Envelope, received_at: datetime) -> OrderChange:
        del delivery, received_at
        if envelope.type != EVENT_TYPE:
            raise Unreadable("unknown_type", f"type {envelope.type!r} is not {EVENT_TYPE}")
        try:
            return read_order_change(bytes(envelope.data))
        except NotAnOrderChange as fault:
            raise Unreadable("invalid_data", str(fault)) from None

    async def settle(self, connection: Connection, messages: Sequence[OrderChange], at: datetime) -> Settled:
        return Settled(await orders_changed(connection, messages, self.sellers, at))


async def orders_changed(
    connection: Connection, changes: Iterable[OrderChange], sellers: Mapping[str, SellerAccount], at: datetime
) -> list[Decision]:
    """Have these orders read, those of them that are ours to release."""
    known = sellers_of(sellers)
    decisions = [decide(change, known) for change in changes]
    for account in sorted({one.account for one in decisions if one.account is not None}):
        await ask_for(connection, account, [one.order_id for one in decisions if one.account == account], at)
    return decisions


def sellers_of(sellers: Mapping[str, SellerAccount]) -> list[Seller]:
    return [
        Seller(ChannelAccount(name), one.seller_id, frozenset(one.marketplaces), one.release != "none")
        for name, one in sellers.items()
    ]
