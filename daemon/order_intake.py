"""Orders that a channel told, on their way into the books: each read alone, so that one bad order hides no other."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from daemon.order_taking import TakenIn, take_and_judge
from daemon.order_terms import contact_of, released_from
from daemon.settings import SellerAccount
from daemon.store.database import Connection, query
from daemon.store.orders_told import Told
from handlers.addresses import prepared
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.order_terms import Terms
from schemas.amazon_sales_order import RefusedOrder, read_sales_order
from schemas.sales_order import SalesOrder, ShipTo
from schemas.terms import ChannelAccount, Marketplace


async def take_in(
    connection: Connection,
    account: ChannelAccount,
    seller: SellerAccount,
    terms: Terms,
    raws: Sequence[bytes],
    at: datetime,
    refused: Iterable[bytes] = (),
) -> TakenIn:
    """Write and judge these orders. `refused`: those that could not even be counted as demand."""
    read, faults = list[Told](), list[RefusedOrder]()
    for raw in raws:
        try:
            read.append(Told(with_contact(read_sales_order(raw, account, only_marketplace(seller)), seller), raw))
        except RefusedOrder as fault:
            faults.append(named(fault, raw))
    faults += [_why(raw, account) for raw in refused]
    meant = [told for told in read if _is_ours(told, released_from(seller))]
    taken = await take_and_judge(connection, account, meant, terms, at)
    refusals = await _notes(connection, account, meant, faults)
    return msgspec.structs.replace(taken, notes=[*taken.notes, *refusals])


def only_marketplace(seller: SellerAccount) -> Marketplace:
    """Where an order is from that does not say: the account's marketplace, where it has only one."""
    return Marketplace(seller.marketplaces[0]) if len(seller.marketplaces) == 1 else Marketplace("")


def with_contact(order: SalesOrder, seller: SellerAccount) -> SalesOrder:
    """Its address as it goes to the warehouse. The channel's own words are kept beside it."""
    if order.ship_to is None or order.ship_to == ShipTo():
        return order
    return msgspec.structs.replace(order, ship_to=prepared(order.ship_to, contact_of(seller)))


def lacks_contact(order: SalesOrder, seller: SellerAccount) -> bool:
    """Its address has no phone or no e-mail, and the account has one of its own: it may have come since."""
    to, own = order.ship_to, contact_of(seller)
    return to is not None and bool((own.phone and not to.phone) or (own.email and not to.email))


def named(fault: RefusedOrder, raw: bytes) -> RefusedOrder:
    """One without an id goes by its content."""
    return fault if fault.order_id else RefusedOrder(f"#{hashlib.sha256(raw).hexdigest()[:16]}", str(fault))


def _why(raw: bytes, account: ChannelAccount) -> RefusedOrder:
    try:
        order = read_sales_order(raw, account)
    except RefusedOrder as fault:
        return named(fault, raw)
    return RefusedOrder(order.channel_order_id, "its lines cannot be counted")


def _is_ours(told: Told, since: datetime | None) -> bool:
    return since is None or told.order.ordered_at >= since


async def _notes(
    connection: Connection, account: ChannelAccount, read: Iterable[Told], faults: Iterable[RefusedOrder]
) -> list[Note]:
    """An alert for each order that was refused; it ends once the order was read."""
    raised: list[Note] = [
        RaiseAlert(
            AlertKind.ORDER_UNREADABLE,
            f"{account}/{fault.order_id}",
            account,
            f"order {fault.order_id} of {account} cannot be read, and is not released: {fault}",
        )
        for fault in faults
    ]
    good = {f"{account}/{told.order.channel_order_id}" for told in read}
    rows = await connection.fetch(query("open_alert_causes"), AlertKind.ORDER_UNREADABLE.value)
    over = [ResolveAlert(AlertKind.ORDER_UNREADABLE, row["cause"]) for row in rows if row["cause"] in good]
    return [*raised, *over]
