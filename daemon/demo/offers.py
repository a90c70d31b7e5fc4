"""What the demo's selling accounts offer, and what each offer must show: worked out here, apart from the daemon."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from handlers.sellable_stock import Listing
from schemas.terms import Account, ChannelAccount, Marketplace, SellerSku, Sku
from simulators.amazon import UK

SELLERS = {"home": "A1HOME", "garden": "A2GARDEN", "outlet": "A3OUTLET"}
"""Our names for the selling accounts -> Amazon's."""

OWNER = "acme"
"""The stock owner in the warehouse."""

PACKS = (1, 1, 1, 1, 6, 12)
BUFFERS = (0, 0, 0, 2, 5)


@dataclass(frozen=True, slots=True)
class Offer:
    """One listing. `buffer` in eaches, `pack` eaches to a channel unit, `lead_time` in days."""

    seller: str
    seller_sku: str
    sku: str
    pack: int
    buffer: int
    lead_time: int

    def shows(self, available: int) -> int:
        """The channel units that a true balance of `available` eaches allows."""
        return max(0, available - self.buffer) // self.pack


def listing_of(offer: Offer) -> Listing:
    """The same as the daemon's mapping has it. The handling time is Amazon's own: we never send one."""
    return Listing(
        id=0,
        channel_account=ChannelAccount(offer.seller),
        marketplace=Marketplace(UK),
        seller_sku=SellerSku(offer.seller_sku),
        account=Account(OWNER),
        sku=Sku(offer.sku),
        pack_size=offer.pack,
        buffer_units=offer.buffer,
    )


def sku_names(count: int) -> list[str]:
    """Leading zeros are part of a name."""
    return [f"{number:05d}-{'KRT'[number % 3]}" for number in range(1, count + 1)]


def offers_of(skus: Sequence[str], seed: int) -> list[Offer]:
    """Each SKU sold by one account; some in packs, some with a buffer; all with a handling time that must survive."""
    draw = random.Random(seed)
    return [_offer(sku, list(SELLERS)[place % len(SELLERS)], draw) for place, sku in enumerate(skus)]


def _offer(sku: str, seller: str, draw: random.Random) -> Offer:
    pack = draw.choice(PACKS)
    name = sku if pack == 1 else f"{sku}-CASE{pack}"
    return Offer(seller, name, sku, pack, draw.choice(BUFFERS), draw.randint(1, 5))
