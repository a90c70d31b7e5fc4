"""The daily comparison of one selling account: its channel's catalogue, the listings, and the warehouse's products.

The catalogue is read page by page inside its budget; how far it has come is a row, so a kill costs one page. Once it
is through, the warehouse's products are read, and what does not agree is kept; people hear of what is new.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import msgspec

from daemon.budget import SEARCH_LISTINGS, Budget, buckets
from daemon.clock import Clock
from daemon.links import answer as answers
from daemon.links.amazon import AmazonLink
from daemon.log import fact
from daemon.settings import Catalogue, SellerAccount
from daemon.store import catalogue as books
from daemon.store.catalogue import Shop
from daemon.store.database import Database
from daemon.store.listings import all_listings
from daemon.store.notes import write_notes
from daemon.warehouse_products import Products, read_products
from handlers.alerts import AlertKind
from handlers.catalogue_changes import changes, note
from handlers.catalogue_comparison import OF_PRODUCTS, differences
from handlers.catalogue_walk import CatalogueStuck, Walk, after_page, begun_anew, next_time
from handlers.notes import Note, RaiseAlert, ResolveAlert
from schemas.amazon_catalogue import CataloguePage
from schemas.terms import ChannelAccount, Marketplace

IDLE = 5.0
"""Real seconds at most between two rounds."""
TROUBLED = 5.0
THROTTLED_FOR = 60.0
SOON = timedelta(seconds=10)
"""Business time until a page that did not come is asked for again; longer each time."""
PATIENCE = 10
"""Pages in a row that did not come before people hear of it."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class CatalogueComparison:
    """One account's. `products`: of all its warehouses at Clarus; without any nothing is said of products."""

    name: str
    seller: SellerAccount
    link: AmazonLink
    products: tuple[Products, ...]
    database: Database
    budget: Budget
    clock: Clock
    settings: Catalogue
    owners: Mapping[str, str]

    async def round(self) -> float:
        """One page, or one comparison; returns the real seconds until the next round is worth while."""
        for marketplace in self.seller.marketplaces:
            shop = self.name, marketplace
            if (walk := await self._due(shop)) is not None:
                return await self._page(shop, walk)
        return IDLE

    async def _due(self, shop: Shop) -> Walk | None:
        """The reading to go on with, or a new one."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            standing = await books.standing_of(connection, shop)
            if standing is None:
                await books.wait_for(connection, shop, self._next(now))
            if standing is None or standing.next_at > now:
                return None
            if standing.walk is not None:
                return standing.walk
            walk = Walk(run=standing.run + 1)
            await books.keep_walk(connection, shop, walk, now, now)
        return walk

    async def _page(self, shop: Shop, walk: Walk) -> float:
        wanted = buckets(SEARCH_LISTINGS, self.name, self.seller.application)
        async with self.database.connection() as connection:
            granted = await self.budget.take(connection, wanted, 1)
        if not granted.granted:
            return min(IDLE, granted.wait)
        size = self.settings.page_size
        answer = await self.link.search_listings(Marketplace(shop[1]), size, walk.listed_from, walk.token)
        match answer:
            case answers.Done(value=page):
                return await self._take(shop, walk, page)
            case answers.Throttled():
                async with self.database.connection() as connection:
                    await self.budget.throttled(connection, wanted, THROTTLED_FOR)
            case answers.Refused(text=text):
                await self._put_off(shop, begun_anew(walk), text)
            case answers.Denied(reason=reason):
                await self._put_off(shop, walk, reason)
            case _:
                await self._try_again(shop, walk, type(answer).__name__.lower())
        return TROUBLED

    async def _take(self, shop: Shop, walk: Walk, page: CataloguePage) -> float:
        try:
            further = after_page(walk, page)
        except CatalogueStuck as stuck:
            return await self._give_up(shop, str(stuck))
        now = self.clock.now()
        async with self.database.transaction() as connection:
            await books.take_items(connection, shop, page.items, walk.run)
            if further is not None:
                await books.keep_walk(connection, shop, further, now, now)
                return 0.0
        return await self._compare(shop, walk.run)

    async def _compare(self, shop: Shop, run: int) -> float:
        """Not without the products: a kill before the end of this reads the last page again."""
        products = await read_products(self.products)
        if not isinstance(products, list):
            return await self._give_up(shop, f"the warehouse's products cannot be read: {products!r}")
        now = self.clock.now()
        async with self.database.transaction() as connection:
            await books.forget_older(connection, shop, run)
            items = await books.items_of(connection, shop)
            listings = [one for one in await all_listings(connection, ChannelAccount(self.name))
                        if one.marketplace == shop[1]]  # fmt: skip
            found = [
                one for one in differences(items, listings, products) if self.products or one.kind not in OF_PRODUCTS
            ]
            changed = changes(await books.differences_of(connection, *shop), found)
            await books.keep_differences(connection, shop, found, changed, now)
            await books.end_walk(connection, shop, self._next(now), now)
            told = note(*shop, found, changed)
            over = ResolveAlert(AlertKind.CATALOGUE_UNREAD, "/".join(shop))
            await write_notes(connection, [over, *([told] if told else [])], now, self.owners)
        log.info("catalogue compared", extra=fact("catalogue_compared", account=self.name, items=len(items),
                                                  products=len(products), differences=len(found)))  # fmt: skip
        return 0.0

    def _next(self, now: datetime) -> datetime:
        return next_time(now, time.fromisoformat(self.settings.at))

    async def _give_up(self, shop: Shop, why: str) -> float:
        """This reading leads to nothing: people hear of it, and the next one is made after a while."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            await books.end_walk(connection, shop, now + timedelta(seconds=self.settings.again), None)
            await write_notes(connection, [self._unread(shop, why)], now, self.owners)
        return 0.0

    async def _put_off(self, shop: Shop, walk: Walk, why: str) -> None:
        now = self.clock.now()
        async with self.database.transaction() as connection:
            await books.keep_walk(connection, shop, walk, now, now + timedelta(seconds=self.settings.again))
            await write_notes(connection, [self._unread(shop, why)], now, self.owners)

    async def _try_again(self, shop: Shop, walk: Walk, why: str) -> None:
        """It may pass by itself: other catalogues have their turn meanwhile, and after a while people hear of it."""
        again = msgspec.structs.replace(walk, tries=walk.tries + 1)
        if again.tries >= PATIENCE:
            await self._put_off(shop, again, f"its pages have not come {again.tries} times in a row: {why}")
            return
        now = self.clock.now()
        async with self.database.transaction() as connection:
            await books.keep_walk(connection, shop, again, now, now + again.tries * SOON)

    def _unread(self, shop: Shop, why: str) -> Note:
        cause = "/".join(shop)
        text = f"the catalogue of {cause} is not compared: {why}"
        return RaiseAlert(AlertKind.CATALOGUE_UNREAD, cause, self.name, text)
