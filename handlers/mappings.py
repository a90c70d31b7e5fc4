"""The rows that operations and merchandising own: carriers' names at a channel, and listings' stock."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from handlers.carrier_rules import CarrierRules
from handlers.sellable_stock import Component
from schemas.terms import Account, ChannelAccount, Marketplace, SellerSku, Sku

ANY: Final = "*"


class CarrierRow(msgspec.Struct, frozen=True, kw_only=True):
    """The channel's exact names for a carrier and service of the warehouse.

    `confirm` is False where the channel already knows, because the label was bought from it.
    """

    channel_account: str
    carrier: str
    service: str
    carrier_code: str
    carrier_name: str = ""
    shipping_method: str = ""
    confirm: bool = True


class ListingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A listing, as far as a despatch needs it. `pack_size` is eaches per channel unit, of a kit: kits."""

    channel_account: ChannelAccount
    marketplace: Marketplace
    seller_sku: SellerSku
    account: Account
    sku: Sku
    pack_size: int
    components: tuple[Component, ...] = ()
    """Of a kit, whose `sku` is only its name."""

    def takes(self, sku: Sku) -> bool:
        """Whether goods under this SKU may be goods of this listing: its own, a kit put together, or a component."""
        return self.sku == sku or self.has_component(sku)

    def has_component(self, sku: Sku) -> bool:
        return any(one.sku == sku for one in self.components)


class Mappings(msgspec.Struct, frozen=True):
    """What of the mappings the books loaded for a batch, and the channel accounts that are configured."""

    sellers: Mapping[ChannelAccount, tuple[Marketplace, ...]]
    carriers: Mapping[tuple[str, str, str], CarrierRow]
    listings: tuple[ListingRow, ...] = ()
    labelled: frozenset[tuple[str, str]] = frozenset()
    """(channel account, order) whose label was bought from the channel; by its id, and by our reference."""
    carrier_rules: CarrierRules = CarrierRules()

    def has_label(self, channel_account: str, *names: str) -> bool:
        return any((channel_account, name) in self.labelled for name in names if name)

    def carrier(self, channel_account: str, carrier: str, service: str) -> CarrierRow | None:
        """The most specific row: of the account before any, of the service before any."""
        for owner in (channel_account, ANY):
            for name in (service, ANY):
                if (row := self.carriers.get((owner, carrier, name))) is not None:
                    return row
        return None

    def listings_of(
        self, channel_account: ChannelAccount, marketplace: Marketplace, account: Account, sku: Sku
    ) -> tuple[ListingRow, ...]:
        return tuple(
            row
            for row in self.listings
            if (row.channel_account, row.marketplace, row.account) == (channel_account, marketplace, account)
            and row.takes(sku)
        )


def carriers_by_name(rows: Iterable[CarrierRow]) -> dict[tuple[str, str, str], CarrierRow]:
    return {(row.channel_account, row.carrier, row.service): row for row in rows}
