"""What the books know that orders are judged by: listings, codes, services, doubles, and who else imports them."""

from collections.abc import Iterable, Sequence

import msgspec

from daemon.store.database import Connection, query
from daemon.store.other_imports import importers
from handlers.cross_reference import (
    CodeName,
    ListingName,
    ProductCode,
    Target,
    loosely,
    named_by,
    targets_of_codes,
)
from handlers.order_terms import Known
from handlers.sales_orders import StoredOrder
from handlers.sellable_stock import Listing
from handlers.shipping_services import ServiceRow
from schemas.terms import ChannelAccount, Marketplace, SellerSku


async def known_for(
    connection: Connection, account: ChannelAccount, orders: Sequence[StoredOrder]
) -> dict[str, Known]:
    """By order id; listings, codes and services are shared."""
    listings = await _listings(connection, account, orders)
    known = Known(
        listings=listings,
        codes=await _codes(connection, account, orders),
        near=await _near(connection, account, _missing(orders, listings)),
        services=await _services(connection, account),
        importers=await importers(connection, account),
    )
    twins = await _twins(connection, account, [stored.order.channel_order_id for stored in orders])
    return {
        order_id: msgspec.structs.replace(known, twins=twins.get(order_id, ()))
        for order_id in (stored.order.channel_order_id for stored in orders)
    }


async def _listings(
    connection: Connection, account: ChannelAccount, orders: Iterable[StoredOrder]
) -> dict[ListingName, Listing]:
    names = sorted(
        {(one.order.marketplace, line.seller_sku) for one in orders for line in one.order.lines if line.seller_sku}
    )
    if not names:
        return {}
    rows = await connection.fetch(query("listings_named"), account, *map(list, zip(*names, strict=True)))
    found = [msgspec.convert(dict(row.items()), Listing) for row in rows]
    return {(listing.marketplace, listing.seller_sku): listing for listing in found}


async def _codes(
    connection: Connection, account: ChannelAccount, orders: Iterable[StoredOrder]
) -> dict[CodeName, Target]:
    names = sorted({key for one in orders for line in one.order.lines for key in named_by(line).values()})
    if not names:
        return {}
    rows = await connection.fetch(query("product_codes_named"), account, *map(list, zip(*names, strict=True)))
    return targets_of_codes(msgspec.convert(dict(row.items()), ProductCode) for row in rows)


def _missing(orders: Iterable[StoredOrder], listings: dict[ListingName, Listing]) -> set[str]:
    lines = ((one.order.marketplace, line.seller_sku) for one in orders for line in one.order.lines)
    return {name[1] for name in lines if name[1] and name not in listings}


async def _near(connection: Connection, account: ChannelAccount, skus: Iterable[str]) -> list[ListingName]:
    loose = sorted({loosely(sku) for sku in skus} - {""})
    if not loose:
        return []
    rows = await connection.fetch(query("listings_loosely"), account, loose)
    return [(Marketplace(row["marketplace"]), SellerSku(row["seller_sku"])) for row in rows]


async def _services(connection: Connection, account: ChannelAccount) -> list[ServiceRow]:
    rows = await connection.fetch(query("shipping_services_of"), account)
    return [msgspec.convert(dict(row.items()), ServiceRow) for row in rows]


async def _twins(
    connection: Connection, account: ChannelAccount, order_ids: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Other accounts with an order of the same id that came first, or that is on its way already."""
    rows = await connection.fetch(query("sales_orders_twins"), account, list(order_ids))
    return {row["channel_order_id"]: tuple(row["accounts"]) for row in rows}
