"""Orders to a warehouse that is driven over the bus: the same table, commands instead of requests.

A command's body holds the buyer, so it is built when it is published and goes past the outbox: its row in the ledger
says `sent`, and until it is answered it is published again with the same id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from daemon.bus.port import Bus, Publication
from daemon.release_books import ReleaseBooks
from daemon.releasing import IDLE
from daemon.store import warehouse_orders as store
from daemon.store.database import Connection
from daemon.store.notes import write_notes
from daemon.store.open_lines import newest_standings
from daemon.store.warehouse_orders import Loaded, Plan
from daemon.topology import COMMANDS
from handlers.alerts import AlertKind
from handlers.notes import RaiseAlert
from handlers.order_commands import TYPES, command, command_id, shown
from handlers.order_requests import OrderEffect, WarehouseOrder
from handlers.order_standing import StandingRow
from handlers.release_desk import Verdict
from handlers.releasing import decide
from handlers.sales_orders import StoredOrder
from schemas.envelope import CloudEvent, write_event
from schemas.outgoing import SOURCE

SILENT = 10
"""Commands unanswered for so many times `answer_within` are told to people."""


@dataclass(frozen=True, slots=True)
class BusReleasing:
    """The orders of some channel accounts at one warehouse on the bus."""

    books: ReleaseBooks
    bus: Bus
    answer_within: timedelta

    async def round(self) -> float:
        """One look at what is due; returns the real seconds until the next is worth while."""
        async with self.books.database.connection() as connection:
            plans = await self.books.due(connection)
        if not plans:
            await self.books.resolve_missing()
            return IDLE
        commands = await self._decided(plans)
        if commands:
            await self.bus.publish(commands)
        return 0.0

    async def _decided(self, plans: Sequence[Plan]) -> list[Publication]:
        owners = {plan.key: plan.account for plan in plans}
        names = [(plan.account, plan.reference) for plan in plans]
        async with self.books.database.transaction() as connection:
            loaded = await self.books.load(connection, list(owners))
            newest = await newest_standings(connection, names)
            known = {(str(row.account), str(row.order_reference)): row for row in newest}
            now = self.books.clock.now()
            again = [one for one in loaded if one.effect is not None and one.effect.state == "sent"]
            await self._put_off(connection, again, now)
            fresh = [one for one in loaded if one not in again]
            pairs = [(one, self._verdict(one, owners[one.order.key], known, now)) for one in fresh]
            await self.books.write(connection, pairs, now)
        first = [(verdict.send, one.order, verdict.row) for one, verdict in pairs if verdict.send is not None]
        repeated = [(one.effect, one.order, one.row) for one in again if one.effect and one.row]
        return [self._publication(effect, order, row, now) for effect, order, row in [*repeated, *first]]

    async def _put_off(self, connection: Connection, again: Sequence[Loaded], now: datetime) -> None:
        """Unanswered: published again, and after a while told to people. Of an order that changed meanwhile the old
        command stands: it is answered before the next one is made."""
        cause = f"{self.books.warehouse}/unanswered"
        for one in again:
            assert one.effect is not None
            silent = one.effect.sent_at is not None and now - one.effect.sent_at > SILENT * self.answer_within
            await store.put_off(connection, one.order.key, now + self.answer_within, cause if silent else "")
            if silent:
                text = f"the warehouse does not answer commands about orders, the oldest since {one.effect.sent_at}"
                alert = RaiseAlert(AlertKind.ORDER_UNSENT, cause, self.books.warehouse, text)
                await write_notes(connection, [alert], now, self.books.owners)

    def _verdict(
        self, loaded: Loaded, owner: str, known: "dict[tuple[str, str], StandingRow]", now: datetime
    ) -> Verdict:
        standing = known.get((owner, loaded.order.order_reference))
        found = shown(loaded.row, loaded.effect, standing)
        verdict = decide(self.books.case(loaded, owner, found, now, now, {}), self.books.rules)
        if verdict.send is None:
            return verdict
        # The answer finds its request by the command's id.
        sent = msgspec.structs.replace(verdict.send, request_id=command_id(verdict.send))
        effects = tuple(sent if one.unique_key == sent.unique_key else one for one in verdict.effects)
        row = msgspec.structs.replace(verdict.row, look_at=now + self.answer_within)
        return msgspec.structs.replace(verdict, send=sent, effects=effects, row=row)

    def _publication(
        self, effect: OrderEffect, order: StoredOrder, row: WarehouseOrder, now: datetime
    ) -> Publication:
        name, kind = command_id(effect), TYPES[effect.kind]
        event = CloudEvent(id=name, source=SOURCE, type=kind, time=now, data=command(effect, order, row))
        key = {"partitionkey": f"{effect.payload.account}/{effect.payload.order_reference}"}
        return Publication(COMMANDS, kind.removesuffix(".v1"), write_event(event), name, headers=key)
