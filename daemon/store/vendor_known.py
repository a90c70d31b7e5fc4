"""What the books know that purchase orders are judged by: codes, listings, case packs, agreed costs."""

from collections.abc import Iterable, Sequence

import msgspec

from daemon.store.database import Connection, query
from daemon.store.vendor_files import costs_of, packs_of
from handlers.cross_reference import CodeName, ListingName, ProductCode, Target, loosely, targets_of_codes
from handlers.purchase_order_judgement import Known
from handlers.purchase_order_names import Product, names_to_look_up, product_of, with_kits
from handlers.sellable_stock import Component, Listing
from handlers.supply import Key
from schemas.purchase_order import PurchaseOrder
from schemas.terms import Account, ChannelAccount, Marketplace, SellerSku, Sku


async def known_for(connection: Connection, order: PurchaseOrder) -> Known:
    """All that an order of a retailer's is judged by: who its items are, their packs, and what was agreed of them."""
    account = order.channel_account
    listed, coded = names_to_look_up(order.lines)
    listings = await _listings(connection, order, listed)
    codes = await _codes(connection, account, coded)
    near = await _near(connection, account, [name for name in listed if (order.marketplace, name) not in listings])
    named = [product_of(line, order.marketplace, listings, codes) for line in order.lines]
    keys: list[Key] = sorted({(one.account, one.sku) for one in named if isinstance(one, Product)})
    return Known(
        listings=listings,
        codes=codes,
        near=near,
        packs=await packs_of(connection, keys),
        costs=await costs_of(connection, account, keys),
    )


async def _listings(connection: Connection, order: PurchaseOrder, names: Sequence[str]) -> dict[ListingName, Listing]:
    places = [order.marketplace] * len(names)
    rows = await connection.fetch(query("listings_named"), order.channel_account, places, list(names))
    found = [msgspec.convert(dict(row.items()), Listing) for row in rows]
    return {(listing.marketplace, listing.seller_sku): listing for listing in found}


async def _codes(
    connection: Connection, account: ChannelAccount, names: Sequence[CodeName]
) -> dict[CodeName, Target]:
    if not names:
        return {}
    rows = await connection.fetch(query("product_codes_named"), account, *map(list, zip(*names, strict=True)))
    found = targets_of_codes(msgspec.convert(dict(row.items()), ProductCode) for row in rows)
    return with_kits(found, await _makes(connection, found.values()))


async def _makes(connection: Connection, targets: Iterable[Target]) -> dict[Key, set[tuple[Component, ...]]]:
    keys = sorted({(target.account, need.sku) for target in targets for need in target.needs})
    rows = await connection.fetch(query("kits_named"), [key[0] for key in keys], [key[1] for key in keys])
    found: dict[Key, set[tuple[Component, ...]]] = {}
    for row in rows:
        made = tuple(sorted(msgspec.convert(row["components"], tuple[Component, ...])))
        found.setdefault((Account(row["account"]), Sku(row["sku"])), set()).add(made)
    return found


async def _near(connection: Connection, account: ChannelAccount, names: Sequence[str]) -> list[ListingName]:
    loose = sorted({loosely(name) for name in names} - {""})
    if not loose:
        return []
    rows = await connection.fetch(query("listings_loosely"), account, loose)
    return [(Marketplace(row["marketplace"]), SellerSku(row["seller_sku"])) for row in rows]
