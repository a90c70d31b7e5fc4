"""The rows that operations and merchandising own: carriers' names at a channel, and listings' stock."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

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
    """A listing, as far as a despatch needs it. `pack_size` is eaches per channel unit."""

    channel_account: ChannelAccount
    marketplace: Marketplace
    seller_sku: SellerSku
    account: Account
    sku: Sku
    pack_size: int


class Mappings(msgspec.Struct, frozen=True):
    """What of the mappings the books loaded for a batch, and the channel accounts that are configured."""

    sellers: Mapping[ChannelAccount, tuple[Marketplace, ...]]
    carriers: Mapping[tuple[str, str, str], CarrierRow]
    listings: tuple[ListingRow, ...] = ()

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
            if (row.channel_account, row.marketplace, row.account, row.sku)
            == (channel_account, marketplace, account, sku)
        )


def carriers_by_name(rows: Iterable[CarrierRow]) -> dict[tuple[str, str, str], CarrierRow]:
    return {(row.channel_account, row.carrier, row.service): row for row in rows}
