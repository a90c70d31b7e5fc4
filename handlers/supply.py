"""What a listing may draw on: its SKUs' stock, less what others have sold of it and what is reserved for others.

Which orders lower which listing: those of every channel account that sells out of the same warehouses, and its own
unless the channel nets them by itself.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

from handlers.open_lines import Counter, Counters, OpenPart, takes
from handlers.sellable_stock import (
    NO_BUFFER,
    Buffer,
    Component,
    Listing,
    Sellable,
    Supply,
    WarehouseStock,
    sellable_from,
)
from schemas.terms import Account, ChannelAccount, Eaches, Marketplace, Sku, Warehouse

Key: TypeAlias = tuple[Account, Sku]


class Selling(msgspec.Struct, frozen=True):
    """How one channel account sells."""

    warehouses: frozenset[Warehouse]
    nets_own_orders: bool = False
    """The channel takes its own open orders off whatever it is told."""
    places: Mapping[Marketplace, frozenset[Warehouse]] = {}
    """Of an account with warehouses at the channel: whose stock is sold in each of them."""


class Rules(msgspec.Struct, frozen=True):
    """What the settings say of channel accounts, warehouses and velocity classes."""

    accounts: Mapping[ChannelAccount, Selling] = {}
    readings: Mapping[Warehouse, str] = {}
    """The tenant of Clarus, for warehouses whose authority is its readings."""
    buffers: Mapping[str, Buffer] = {}
    """By velocity class."""
    unsold: str = ""
    """The velocity class of a listing that was never sold."""

    def warehouses_of(self, account: ChannelAccount) -> frozenset[Warehouse]:
        selling = self.accounts.get(account)
        return frozenset() if selling is None else selling.warehouses

    def pool_of(self, listing: Listing) -> frozenset[Warehouse]:
        """Whose stock this listing sells."""
        selling = self.accounts.get(listing.channel_account)
        places = {} if selling is None else selling.places
        return places.get(listing.marketplace, frozenset()) if places else self.warehouses_of(listing.channel_account)


class Reserve(msgspec.Struct, frozen=True):
    """What a listing keeps for itself of a SKU, in eaches, towards listings of lower priority."""

    listing_id: int
    channel_account: ChannelAccount
    priority: int
    units: Eaches


class Inputs(msgspec.Struct, frozen=True):
    """What the books hold for some listings, by stock owner and SKU."""

    stock: Mapping[Key, Sequence[WarehouseStock]] = {}
    lines: Mapping[Key, Sequence[OpenPart]] = {}
    reserves: Mapping[Key, Sequence[Reserve]] = {}
    classes: Mapping[int, str] = {}
    """Listing id -> the velocity class that was measured."""


def sellable_of(listing: Listing, inputs: Inputs, rules: Rules) -> Sellable | None:
    """What the listing should show; None when none of its account's warehouses ever reported a SKU that it needs."""
    supplies = [supply(listing, component, inputs, rules) for component in listing.needs]
    velocity = listing.velocity_class or inputs.classes.get(listing.id, rules.unsold)
    return sellable_from(listing, supplies, rules.buffers.get(velocity, NO_BUFFER))


def supply(listing: Listing, component: Component, inputs: Inputs, rules: Rules) -> Supply:
    """What a listing may draw on for one of its components: its pool's stock, and what others take of it before."""
    key = (listing.account, component.sku)
    pool = rules.pool_of(listing)
    rows = inputs.stock.get(key, ())
    return Supply(
        component.sku,
        [row for row in rows if row.warehouse in pool],
        _taken(listing, key, pool, inputs, rules),
        _reserved(listing, key, pool, inputs, rules),
        component.quantity,
    )


def _taken(listing: Listing, key: Key, pool: frozenset[Warehouse], inputs: Inputs, rules: Rules) -> Eaches:
    """Units of open lines that this pool will still have to give."""
    lines = inputs.lines.get(key, ())
    if not lines:
        return 0
    counters = counters_of(inputs.stock.get(key, ()), rules)
    return sum(
        takes(line, counters, own, pool)
        for line in lines
        if not _netted_by_its_channel(listing, line, rules)
        for own in (_own(line, rules),)
    )


def _own(line: OpenPart, rules: Rules) -> frozenset[Warehouse] | None:
    """Whose stock the line's account sells; None for an account that is no longer configured: it may be any."""
    selling = rules.accounts.get(line.channel_account)
    return None if selling is None else selling.warehouses


def _netted_by_its_channel(listing: Listing, line: OpenPart, rules: Rules) -> bool:
    selling = rules.accounts.get(line.channel_account)
    return line.channel_account == listing.channel_account and selling is not None and selling.nets_own_orders


def counters_of(rows: Sequence[WarehouseStock], rules: Rules) -> Counters:
    """How far the books of a SKU have come, by warehouse."""
    return {
        row.warehouse: Counter(row.epoch, row.applied, row.level_time, row.warehouse in rules.readings)
        for row in rows
    }


def _reserved(listing: Listing, key: Key, pool: frozenset[Warehouse], inputs: Inputs, rules: Rules) -> Eaches:
    """What listings of higher priority keep for themselves in the same warehouses."""
    return sum(
        reserve.units
        for reserve in inputs.reserves.get(key, ())
        if reserve.priority < listing.priority
        and reserve.listing_id != listing.id
        and rules.warehouses_of(reserve.channel_account) & pool
    )
