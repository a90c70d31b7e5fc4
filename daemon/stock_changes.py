"""What has changed of an account's stock, for each warehouse of the channel: where one update names many items."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from daemon.store import publication, stock_updates
from daemon.store.database import Connection
from daemon.store.publication import Waiting
from daemon.store.stock_updates import Place
from daemon.turns import sending
from handlers.direct_fulfilment import Wanted, updates
from handlers.publication import Send
from schemas.terms import SellerSku

ROOM = 4
"""Updates' worth of listings looked at in one round: they may be of several warehouses."""


class Changes(NamedTuple):
    """The items of one warehouse that may be told, and the listing of each."""

    wanted: Sequence[Wanted]
    listing_ids: Mapping[SellerSku, int]

    def pieces(self, at_once: int) -> list[list[int]]:
        """The listings of one update after the other, of at most so many items."""
        return [[self.listing_ids[sku] for sku in piece] for piece in updates(self.wanted, at_once)]


async def changes(
    connection: Connection, account: str, now: datetime, near_zero: int, half_life: float, at_once: int
) -> dict[str, Changes]:
    """By warehouse. `half_life`: seconds, of measured demand; `at_once`: items of one update."""
    found = await publication.candidates(connection, account, now, near_zero, ROOM * at_once, half_life)
    sends = sending(found, now, near_zero)
    places = await stock_updates.places(connection, [waiting.listing_id for waiting, _ in sends])
    return by_warehouse(sends, places)


def by_warehouse(sends: Sequence[tuple[Waiting, Send]], places: Mapping[int, Place]) -> dict[str, Changes]:
    """Listings without a place there are left out."""
    wanted: dict[str, list[Wanted]] = {}
    ids: dict[str, dict[SellerSku, int]] = {}
    for waiting, send in sends:
        if (place := places.get(waiting.listing_id)) is not None:
            one = Wanted(place.seller_sku, send.value, waiting.told.told, send.since, place.together)
            wanted.setdefault(place.warehouse, []).append(one)
            ids.setdefault(place.warehouse, {})[place.seller_sku] = waiting.listing_id
    return {warehouse: Changes(items, ids[warehouse]) for warehouse, items in wanted.items()}
