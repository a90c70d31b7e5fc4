"""The books behind a loop that releases orders: what is due, what a verdict makes of them, what is put right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

import msgspec

from daemon.clock import Clock
from daemon.store import labels, sales_orders
from daemon.store import warehouse_orders as books
from daemon.store.database import Connection, Database, query
from daemon.store.notes import write_notes
from daemon.store.warehouse_orders import Loaded, Plan
from handlers.alerts import AlertKind
from handlers.notes import AskPerson, Note, ResolveAlert
from handlers.order_answers import Settled
from handlers.order_requests import OrderEffect, WarehouseOrder
from handlers.release_desk import Case, Rules, Verdict
from handlers.sales_orders import Key
from handlers.warehouse_orders import Destination
from schemas.clarus_order_lists import Found
from schemas.terms import Account, ChannelAccount, Sku, Warehouse


@dataclass(frozen=True, slots=True)
class ReleaseBooks:
    """The orders of some channel accounts at one warehouse, in the books."""

    warehouse: Warehouse
    routes: Mapping[ChannelAccount, Destination]
    database: Database
    clock: Clock
    owners: Mapping[str, str]
    rules: Rules
    holder: str
    batch: int
    labelled: frozenset[ChannelAccount] = frozenset()
    """Accounts whose orders go to the warehouse only once their label is there."""

    async def due(self, connection: Connection) -> list[Plan]:
        """Of every account in turn: none waits for another's backlog."""
        now = self.clock.now()
        due = [
            await books.due(connection, account, now, self.batch, needs_label=account in self.labelled)
            for account in self.routes
        ]
        keys = [key for turn in zip_longest(*due) for key in turn if key is not None][: self.batch]
        return await books.plan(connection, keys) if keys else []

    async def load(self, connection: Connection, keys: Sequence[Key]) -> list[Loaded]:
        """These orders, locked; without those that have come to lack their label since they were due."""
        loaded = await books.load(connection, keys, self.clock.now())
        lacking = await labels.lacking(connection, [key for key in keys if key[0] in self.labelled])
        return [one for one in loaded if one.order.key not in lacking]

    def case(
        self,
        loaded: Loaded,
        owner: str,
        found: tuple[Found, ...],
        begun: datetime,
        now: datetime,
        products: Mapping[Sku, int],
    ) -> Case:
        order = loaded.order
        row = loaded.row or WarehouseOrder(
            channel_account=order.order.channel_account,
            channel_order_id=order.order.channel_order_id,
            warehouse=self.warehouse,
            account=order.cleared.account if order.cleared else Account(owner),
            order_reference=order.order_reference,
        )
        return Case(
            order=order, row=row, effect=loaded.effect, begun=begun, now=now,
            found=found, to=self.routes[order.order.channel_account],
            products=products,
        )  # fmt: skip

    async def write(self, connection: Connection, pairs: Sequence[tuple[Loaded, Verdict]], now: datetime) -> None:
        verdicts = [verdict for _, verdict in pairs]
        effects = [self._ours(effect) for verdict in verdicts for effect in verdict.effects]
        ids = await books.save_effects(connection, effects, now)
        await books.save(connection, [(verdict.row, verdict.waits_for) for verdict in verdicts], now)
        released = dict[Key, int]()
        for loaded, verdict in pairs:
            key = verdict.row.channel_account, verdict.row.channel_order_id
            if verdict.ended:
                await sales_orders.ended(connection, key, now)
            elif verdict.released or (verdict.judged and loaded.order.state == "released"):
                released[key] = verdict.row.handled_version
        await sales_orders.released(connection, released, now)
        await books.close_questions(connection, _answered(pairs), now)
        notes = [with_effect_id(note, ids) for verdict in verdicts for note in verdict.notes]
        await write_notes(connection, notes, now, self.owners)

    def _ours(self, effect: OrderEffect) -> OrderEffect:
        return msgspec.structs.replace(effect, holder=self.holder) if effect.state == "sent" else effect

    async def settle(self, connection: Connection, settled: Sequence[Settled], now: datetime) -> None:
        """What answers, or their absence, made of rows of `load_asked`."""
        await books.save_effects(connection, [one.effect for one in settled], now)
        await books.settle(connection, [one.row for one in settled], now)
        await write_notes(connection, [note for one in settled for note in one.notes], now, self.owners)

    async def resolve_missing(self) -> None:
        """An alert about something that was missing closes when no order waits for it any more."""
        kind = AlertKind.ORDER_UNSENT
        async with self.database.connection() as connection:
            causes = {row["cause"] for row in await connection.fetch(query("open_alert_causes"), kind.value)}
            mine = {cause for cause in causes if cause.startswith(f"{self.warehouse}/")}
            still = await books.still_missing(connection, mine) if mine else set[str]()
        if mine - still:
            await self.note([ResolveAlert(kind, cause) for cause in sorted(mine - still)])

    async def note(self, notes: Sequence[Note]) -> None:
        async with self.database.transaction() as connection:
            await write_notes(connection, notes, self.clock.now(), self.owners)


def with_effect_id(note: Note, ids: Mapping[str, int]) -> Note:
    """A question about a request that has been written only now names it by its id."""
    if not isinstance(note, AskPerson) or "effect_key" not in note.detail:
        return note
    effect_id = ids.get(str(note.detail["effect_key"]))
    return note if effect_id is None else msgspec.structs.replace(note, detail=note.detail | {"effect_id": effect_id})


def _answered(pairs: Sequence[tuple[Loaded, Verdict]]) -> list[str]:
    """Orders whose open question was settled without an answer."""
    return [
        verdict.row.subject
        for loaded, verdict in pairs
        if loaded.effect is not None
        and loaded.effect.state == "held"
        and any(one.unique_key == loaded.effect.unique_key and one.state != "held" for one in verdict.effects)
    ]
