"""The port for ORDER_CHANGE notifications: whatever receives them (a queue of Amazon's, say) calls `order_changed`.

The order is marked as to be read, in the caller's transaction; the read, inside its budget, is the truth. Notices
that come twice, late or in any order do no more than ask for one more read.
"""

from collections.abc import Mapping
from datetime import datetime

from daemon.settings import SellerAccount
from daemon.store.database import Connection
from daemon.store.sales_orders import ask_for
from schemas.amazon_order_change import OrderChange, read_order_change
from schemas.terms import ChannelAccount


async def order_changed(
    connection: Connection, body: bytes, sellers: Mapping[str, SellerAccount], at: datetime
) -> ChannelAccount | None:
    """The account whose order is to be read; None where none of ours releases that seller's orders.

    Raises NotAnOrderChange: the message is then to be parked, not to be delivered again.
    """
    change = read_order_change(body)
    account = account_of(change, sellers)
    if account is not None:
        await ask_for(connection, account, [change.order_id], at)
    return account


def account_of(change: OrderChange, sellers: Mapping[str, SellerAccount]) -> ChannelAccount | None:
    """By seller and marketplace; by the seller alone, where no marketplace is said and only one can be meant."""
    own = {
        name: seller
        for name, seller in sellers.items()
        if seller.seller_id == change.seller_id and seller.release != "none"
    }
    meant = [
        name for name, seller in own.items() if not change.marketplace or change.marketplace in seller.marketplaces
    ]
    return ChannelAccount(meant[0]) if len(meant) == 1 else None
