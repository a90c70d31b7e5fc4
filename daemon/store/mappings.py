"""Carriers and listings, as far as despatches need them; and what channels said of orders."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from handlers.channel_orders import ChannelOrder
from handlers.effects import ParcelContent
from handlers.mappings import CarrierRow, ListingRow, Mappings, carriers_by_name
from schemas.terms import Account, ChannelAccount, ChannelOrderId, Marketplace, PackageReference

Sellers = Mapping[ChannelAccount, tuple[Marketplace, ...]]
OrderKey = tuple[ChannelAccount, ChannelOrderId]


class Sought(msgspec.Struct, frozen=True):
    """What of the mappings some parcels need."""

    carriers: frozenset[str]
    accounts: frozenset[str]
    listings: frozenset[tuple[str, str, str]]
    """(channel account, stock owner, SKU)."""


def sought_by(parcels: Iterable[tuple[ChannelAccount, Account, ParcelContent]]) -> Sought:
    """What parcels need, given with the channel account they were sold by and the stock owner."""
    given = list(parcels)
    return Sought(
        frozenset(content.carrier for _, _, content in given),
        frozenset(channel_account for channel_account, _, _ in given),
        frozenset((seller, account, line.sku) for seller, account, content in given for line in content.lines),
    )


async def load_mappings(connection: Connection, sought: Sought, sellers: Sellers) -> Mappings:
    """The rows that may apply to what is sought."""
    if not sought.accounts:
        return Mappings(sellers, {})
    carriers = await connection.fetch(query("carriers_of"), list(sought.accounts), list(sought.carriers))
    listings = await _listings(connection, sought.listings) if sought.listings else []
    return Mappings(
        sellers,
        carriers_by_name(msgspec.convert(dict(row.items()), CarrierRow) for row in carriers),
        tuple(msgspec.convert(dict(row.items()), ListingRow) for row in listings),
    )


async def _listings(connection: Connection, keys: Collection[tuple[str, str, str]]) -> list[asyncpg.Record]:
    return await connection.fetch(query("listings_of_skus"), *zip(*keys, strict=True))


async def known_orders(connection: Connection, keys: Collection[OrderKey]) -> dict[OrderKey, ChannelOrder]:
    """What the channel said of these orders when we last asked, if ever."""
    if not keys:
        return {}
    rows = await connection.fetch(query("channel_orders_load"), *zip(*keys, strict=True))
    return {(row["channel_account"], row["channel_order_id"]): _order(row) for row in rows}


def _order(row: asyncpg.Record) -> ChannelOrder:
    values = {
        "order_id": row["channel_order_id"],
        "marketplace": row["marketplace"],
        "status": row["status"],
        "programmes": row["programmes"],
        "lines": row["lines"],
        "packages": row["packages"],
        "ours": row["ours"],
    }
    return msgspec.convert(values, ChannelOrder)


async def references_of_ours(connection: Connection, order: ChannelOrder) -> ChannelOrder:
    """The order, knowing which of its packages we told."""
    shown = [package.package_reference for package in order.packages]
    if not shown:
        return order
    rows = await connection.fetch(query("package_references_ours"), shown)
    ours = frozenset(PackageReference(row["package_reference"]) for row in rows)
    return msgspec.structs.replace(order, ours=ours)


async def save_order(
    connection: Connection, channel_account: ChannelAccount, order: ChannelOrder, read_at: datetime
) -> None:
    """Keep what was read, unless something newer is there."""
    await connection.execute(
        query("channel_order_save"),
        channel_account,
        order.order_id,
        list(order.programmes),
        order.marketplace,
        order.status,
        order.lines,
        order.packages,
        read_at,
    )
