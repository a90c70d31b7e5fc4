"""Carriers and listings, as far as despatches need them; and what channels said of orders."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from handlers.carrier_rules import CarrierRules
from handlers.channel_orders import ChannelOrder
from handlers.effects import ConfirmDespatch, ParcelContent
from handlers.mappings import CarrierRow, ListingRow, Mappings, carriers_by_name
from schemas.terms import Account, ChannelAccount, ChannelOrderId, Marketplace, PackageReference

Sellers = Mapping[ChannelAccount, tuple[Marketplace, ...]]
ANY_CARRIER = CarrierRules()
"""Nothing is known of any carrier."""
OrderKey = tuple[ChannelAccount, ChannelOrderId]
ORDER_NAMES = ("channel_order_id", "order_reference")


class Sought(msgspec.Struct, frozen=True):
    """What of the mappings some parcels need."""

    carriers: frozenset[str]
    accounts: frozenset[str]
    listings: frozenset[tuple[str, str, str]]
    """(channel account, stock owner, SKU)."""
    orders: frozenset[str] = frozenset()
    """By the channel's id, or by the warehouse's reference."""


class Parcel(NamedTuple):
    """A parcel, with the channel account it was sold by, the stock owner, and all the names of its order."""

    channel_account: ChannelAccount
    account: Account
    content: ParcelContent
    order: tuple[str, str]


def parcel_of(effect: ConfirmDespatch) -> Parcel:
    names = effect.channel_order_id, effect.order_reference
    return Parcel(effect.channel_account, effect.account, effect.content, names)


def sought_by(parcels: Iterable[Parcel]) -> Sought:
    """What has to be looked up to tell these parcels."""
    given = list(parcels)
    return Sought(
        frozenset(one.content.carrier for one in given),
        frozenset(one.channel_account for one in given),
        frozenset((one.channel_account, one.account, line.sku) for one in given for line in one.content.lines),
        frozenset(name for one in given for name in one.order if name),
    )


async def load_mappings(
    connection: Connection, sought: Sought, sellers: Sellers, rules: CarrierRules = ANY_CARRIER
) -> Mappings:
    """The rows that may apply to what is sought."""
    if not sought.accounts:
        return Mappings(sellers, {}, carrier_rules=rules)
    carriers = await connection.fetch(query("carriers_of"), list(sought.accounts), list(sought.carriers))
    listings = await _listings(connection, sought.listings) if sought.listings else []
    labels = await connection.fetch(query("labels_of_orders"), list(sought.accounts), list(sought.orders))
    return Mappings(
        sellers,
        carriers_by_name(msgspec.convert(dict(row.items()), CarrierRow) for row in carriers),
        tuple(msgspec.convert(dict(row.items()), ListingRow) for row in listings),
        frozenset((row["channel_account"], row[name]) for row in labels for name in ORDER_NAMES),
        rules,
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
