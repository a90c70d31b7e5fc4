"""The stock of one direct fulfilment account: told in partial updates, each settled by its transaction.

The desired values are those of every other channel. A round looks at transactions that are due, then tells what has
changed: one update for each of the channel's warehouses, lowerings first. What an update names is decided anew under
lock, its row is committed, and only then it leaves.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.ahead import Ahead
from daemon.baseline import Baseline
from daemon.budget import READ_TRANSACTION, SUBMIT_STOCK, Bucket, Budget, Plan, buckets
from daemon.choosing import Choosing
from daemon.clock import Clock
from daemon.direct_fulfilment_settling import UpdateSettling
from daemon.leases import LeaseLost, Leases
from daemon.links.amazon_direct_fulfilment import DirectFulfilmentLink
from daemon.log import fact
from daemon.settings import DirectFulfilmentAccount, Publication
from daemon.stock_changes import changes
from daemon.store import stock_updates
from daemon.store.database import Database
from daemon.store.stock_updates import Update
from daemon.telemetry import Telemetry
from handlers.direct_fulfilment import TAKES
from handlers.supply import Rules
from schemas.terms import SellerSku

IDLE = 0.25
"""Real seconds between two rounds where nothing was due."""
LOOKS = 8
"""Transactions looked at in one round."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Leaving:
    """An update whose row is committed."""

    update: Update
    quantities: dict[SellerSku, int]


@dataclass(slots=True)
class DirectFulfilment:
    """Publishes for one direct fulfilment account."""

    name: str
    account: DirectFulfilmentAccount
    link: DirectFulfilmentLink
    database: Database
    budget: Budget
    clock: Clock
    telemetry: Telemetry
    settings: Publication
    choosing: Choosing
    settling: UpdateSettling
    baseline: Baseline
    leases: Leases
    holder: str

    def go_by(self, settings: Publication, rules: Rules, ahead: Ahead) -> None:
        """From here on by these: a peak has begun or ended."""
        self.settings = settings
        self.choosing.go_by(settings.near_zero, rules, ahead)

    @property
    def lease(self) -> str:
        """Whoever holds it publishes for this account, and nobody else."""
        return f"publish/{self.name}"

    async def round(self) -> float:
        """Returns the real seconds until the next is worth while."""
        await self.baseline.round()
        looked = await self.look()
        return 0.0 if looked else await self.tell()

    async def look(self) -> int:
        """At transactions whose time has come; returns at how many."""
        now = self.clock.now()
        async with self.database.connection() as connection:
            due = await stock_updates.due(connection, self.name, now, LOOKS)
        lost = [update for update in due if update.state == "sent"]
        for update in lost:
            await self.settling.sender_lost(update)
        taken = [update for update in due if update.state != "sent"]
        granted = await self._granted(READ_TRANSACTION, len(taken)) if taken else 0
        await asyncio.gather(*(self._look_at(update) for update in taken[:granted]))
        return len(lost) + granted

    async def _look_at(self, update: Update) -> None:
        begun = self.clock.monotonic()
        answer = await self.link.transaction(update.transaction_id)
        word = type(answer).__name__.lower()
        self.telemetry.called(self.name, READ_TRANSACTION.operation, word, self.clock.monotonic() - begun)
        await self.settling.seen(update, answer)

    async def tell(self) -> float:
        """What has changed, one update for each warehouse; returns as `round` does."""
        now = self.clock.now()
        pieces = await self._pieces(now)
        if not pieces:
            return IDLE
        await self.link.ready()
        granted = await self._granted(SUBMIT_STOCK, len(pieces))
        if not granted:
            return IDLE
        await self.choosing.have_examined()
        try:
            leaving = [await self.begin(warehouse, ids) for warehouse, ids in pieces[:granted]]
        except LeaseLost as lost:
            log.warning("%s", lost, extra=fact("publication_fenced", account=self.name))
            return 1.0
        going = [one for one in leaving if one is not None]
        await self._give_back(granted - len(going))
        await asyncio.gather(*(self._call(one) for one in going))
        return 0.0

    async def _pieces(self, now: datetime) -> list[tuple[str, list[int]]]:
        """The next update of each warehouse that has one: the listings that it is to name."""
        async with self.database.connection() as connection:
            found = await changes(
                connection, self.name, now, self.settings.near_zero, self.choosing.ahead.half_life, self.account.items
            )
        return [(warehouse, one.pieces(self.account.items)[0]) for warehouse, one in found.items()]

    async def begin(self, warehouse: str, listing_ids: Sequence[int]) -> Leaving | None:
        """Decide anew under lock, and commit the rows of what will leave; None where nothing is left to say."""
        now = self.clock.now()
        look_at = now + timedelta(seconds=3 * self.settings.request_timeout * self.clock.factor)
        async with self.database.transaction() as connection:
            await self.leases.confirm(connection, self.lease)
            chosen = await self.choosing.choose(connection, listing_ids, now)
            if not chosen:
                return None
            begun = [one for one, _, _ in chosen]
            update = await stock_updates.begin(
                connection, self.name, warehouse, begun, now, look_at, now + 3 * TAKES, self.holder
            )
        quantities = {listing.seller_sku: send.value for _, listing, send in chosen}
        return Leaving(Update(update, warehouse, "sent", len(chosen), now, "", ""), quantities)

    async def _call(self, leaving: Leaving) -> None:
        begun = self.clock.monotonic()
        answer = await self.link.submit_stock(leaving.update.warehouse, self.account.party, leaving.quantities)
        word = type(answer).__name__.lower()
        self.telemetry.called(self.name, SUBMIT_STOCK.operation, word, self.clock.monotonic() - begun)
        await self.settling.answered(leaving.update, answer)

    def _buckets(self, plan: Plan) -> tuple[Bucket, ...]:
        return buckets(plan, self.name, self.account.application)

    async def _granted(self, plan: Plan, calls: int) -> int:
        """How many calls the budget grants now."""
        wanted = self._buckets(plan)
        async with self.database.connection() as connection:
            granted = await self.budget.take(connection, wanted, calls)
        self.telemetry.budgeted(self.name, plan.operation, granted.wait, wanted[0].rate)
        return granted.granted

    async def _give_back(self, unused: int) -> None:
        if unused > 0:
            async with self.database.connection() as connection:
                await self.budget.give_back(connection, self._buckets(SUBMIT_STOCK), unused)
