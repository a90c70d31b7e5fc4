"""An order as the channel shows it: read for its release and for what it takes of the stock, or refused by name."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from daemon.order_intake import named, only_marketplace, with_contact
from daemon.settings import SellerAccount
from daemon.store.orders_told import Told
from handlers.alerts import AlertKind
from handlers.notes import RaiseAlert
from schemas.amazon_order_search import SoldOrder, read_sold
from schemas.amazon_sales_order import RefusedOrder, read_sales_order
from schemas.sales_order import SalesOrder, ShipTo
from schemas.terms import ChannelAccount, ChannelOrderId


class Shown(NamedTuple):
    """An order that the channel showed; without what it is, where it is not ours to take."""

    order_id: ChannelOrderId
    told: Told | None
    sold: SoldOrder | None
    with_address: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one selling account's orders. `since`: those placed before it are left alone."""

    name: str
    seller: SellerAccount
    since: datetime | None

    def read(self, order_id: ChannelOrderId, raw: bytes, *, with_address: bool) -> Shown | RaiseAlert:
        """`with_address`: the channel was asked for it, so that one without has none."""
        marketplace = only_marketplace(self.seller)
        try:
            sold = self._placed(read_sold(raw))
            order = with_contact(read_sales_order(raw, ChannelAccount(self.name), marketplace), self.seller)
        except RefusedOrder as fault:
            return self.unreadable(named(fault, raw))
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
            return self.unreadable(RefusedOrder(order_id, "its lines cannot be counted"))
        if order.channel_order_id != order_id:
            return self.unreadable(RefusedOrder(order_id, "the channel showed another order in its place"))
        if sold is None or not self._is_ours(order):
            return Shown(order_id, None, None, with_address)
        if with_address and order.ship_to is None:
            order = msgspec.structs.replace(order, ship_to=ShipTo())
        return Shown(order_id, Told(order, raw), sold, with_address)

    def unreadable(self, fault: RefusedOrder) -> RaiseAlert:
        text = f"order {fault.order_id} of {self.name} cannot be read, and is not released: {fault}"
        return RaiseAlert(AlertKind.ORDER_UNREADABLE, f"{self.name}/{fault.order_id}", self.name, text)

    def _placed(self, sold: SoldOrder | None) -> SoldOrder | None:
        """With its marketplace, where only one can be meant."""
        if sold is None or sold.marketplace:
            return sold
        return msgspec.structs.replace(sold, marketplace=only_marketplace(self.seller))

    def _is_ours(self, order: SalesOrder) -> bool:
        return self.since is None or order.ordered_at >= self.since
