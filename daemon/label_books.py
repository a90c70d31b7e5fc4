"""The books behind the loop that buys labels: what is due, loaded under lock, and written only if it is still so."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from daemon.clock import Clock
from daemon.log import fact
from daemon.store import labels as store
from daemon.store import orders_to_read, sales_orders, warehouse_orders
from daemon.store.database import Connection, Database, query
from daemon.store.notes import write_notes
from handlers import label_answers, label_following
from handlers import labels as rules
from handlers.alerts import AlertKind
from handlers.labels import Label, LabelEffect, Rules, Settled
from handlers.notes import ResolveAlert
from handlers.sales_orders import Key, StoredOrder
from schemas.terms import ChannelAccount

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """One order that is due, its address left where it is."""

    order: StoredOrder
    label: Label
    effect: LabelEffect | None
    step: rules.Step


Settle = Callable[[Work, LabelEffect, datetime], Settled]
"""What an answer makes of the order as it is now, with its request as the books have it."""


@dataclass(frozen=True, slots=True)
class LabelBooks:
    """The labels of one selling account, in the books."""

    account: ChannelAccount
    database: Database
    clock: Clock
    owners: Mapping[str, str]

    async def due(self, limit: int, *, buys: bool) -> list[Key]:
        async with self.database.connection() as connection:
            found = await store.due(connection, self.account, self.clock.now(), limit, buys=buys)
        return [(self.account, order_id) for order_id in found]

    async def work(self, key: Key) -> Work | None:
        async with self.database.transaction() as connection:
            return await self._load(connection, key)

    async def _load(self, connection: Connection, key: Key) -> Work | None:
        order = await sales_orders.locked(connection, *key)
        if order is None:
            return None
        label, effect = await store.load(connection, key)
        label = label or rules.fresh(order)
        place = await store.place(connection, key)
        return Work(order, label, effect, rules.step_of(order, label, effect, place))

    async def write(self, work: Work, settled: Settled) -> bool:
        """False, and nothing is written, where the order or its label is not any more what the work began with."""
        async with self.database.transaction() as connection:
            if not await self._is_still(connection, work):
                return False
            await store.save(connection, settled, self.clock.now(), self.owners)
            return True

    async def _is_still(self, connection: Connection, work: Work) -> bool:
        found = await self._load(connection, work.order.key)
        return found is not None and _seen(found) == _seen(work)

    async def write_purchase(self, work: Work, settled: Settled) -> Settled | None:
        """The row of a purchase, with what it is made for. None where nothing was written, as in `write`."""
        async with self.database.transaction() as connection:
            if not await self._is_still(connection, work):
                return None
            now = self.clock.now()
            order = await sales_orders.opened(connection, *work.order.key, now, why="label")
            made_to = "" if order is None else await store.digest_of_address(connection, order.order)
            bound = rules.bound_to(settled, made_to)
            await store.save(connection, bound, now, self.owners)
            return bound

    async def follow(self, work: Work, limits: Rules) -> Settled | None:
        """What its label does now that the order has changed; returned only where a request is to leave."""
        key = work.order.key
        async with self.database.transaction() as connection:
            now = self.clock.now()
            [loaded] = await warehouse_orders.load(connection, [key], now, "label")
            label, effect = await store.load(connection, key)
            if label is None or label != work.label or effect is not None:
                return None
            made_to = await store.digest_of_address(connection, loaded.order.order)
            does = label_following.following(loaded.order, label, made_to, loaded.row, asks=loaded.effect is not None)
            settled = label_following.followed(loaded.order, label, does, now, limits)
            await store.save(connection, settled, now, self.owners)
            return settled if settled.effect is not None else None

    async def use(self, work: Work) -> None:
        """Its parcel has left, and the channel's own word for that is read again."""
        if await self.write(work, label_answers.used(work.label)):
            async with self.database.connection() as connection:
                account, order_id = work.order.key
                await orders_to_read.ask_for(connection, account, [order_id], self.clock.now())

    async def answered(self, key: Key, effect: LabelEffect, settle: Settle, *, is_done: bool, bought: str) -> None:
        """Written unless others have asked again meanwhile and know more. `bought`: the shipment that it tells of."""
        async with self.database.transaction() as connection:
            found, now = await self._load(connection, key), self.clock.now()
            if found is None:
                return
            if label_answers.is_awaited(found.label, found.effect, effect, is_done=is_done):
                settled: Settled | None = settle(found, found.effect or effect, now)
            else:
                log.warning("answer not awaited", extra=fact("label_answer_late", key=effect.unique_key))
                settled = label_answers.astray(found.label, effect, bought)
            if settled is not None:
                await store.save(connection, settled, now, self.owners)

    async def resolve_missing(self) -> None:
        """An alert about something that is missing closes when no label waits for it any more."""
        kind = AlertKind.LABEL_BLOCKED
        async with self.database.transaction() as connection:
            causes = {row["cause"] for row in await connection.fetch(query("open_alert_causes"), kind.value)}
            mine = {cause for cause in causes if cause.startswith(f"{self.account}/")}
            still = await store.missing(connection, mine) if mine else set[str]()
            over = [ResolveAlert(kind, cause) for cause in sorted(mine - still)]
            await write_notes(connection, over, self.clock.now(), self.owners)


def _seen(work: Work) -> tuple[int, str, Label]:
    return work.order.version, work.order.state, work.label
