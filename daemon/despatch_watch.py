"""The despatch lane's part of the watch: who never came back, what may go on, what is no longer wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.despatch_calls import DespatchCalls, served
from daemon.store import effects as ledger
from daemon.store.database import Connection, query
from daemon.store.mappings import OrderKey, known_orders, load_mappings, parcel_of, sought_by
from daemon.watch import Task
from handlers.alerts import AlertKind
from handlers.channel_orders import ChannelOrder
from handlers.confirmations import Step, after_loss, no_longer_wanted
from handlers.despatch_preparation import applied, order_to_look_up, prepare
from handlers.effects import Effect
from handlers.ledger import named
from handlers.mappings import Mappings
from handlers.notes import Note, ResolveAlert
from schemas.terms import ChannelAccount

AT_ONCE = 200
LATELY = timedelta(minutes=1)
"""An import that began this long before something was last looked at may not have been seen then."""
QUIET = timedelta(minutes=10)
"""An alert about throttling closes when there was none for so long."""

MAPPING_KINDS = (AlertKind.CARRIER_UNMAPPED, AlertKind.LISTING_UNMAPPED, AlertKind.CHANNEL_ACCOUNT_UNKNOWN)


@dataclass(frozen=True, slots=True)
class DespatchWatch:
    """Tasks for `daemon/watch.py`; the performers look every moment for what these set free."""

    calls: DespatchCalls

    def tasks(self) -> tuple[Task, ...]:
        return (
            self.take_over_lost,
            self.free_blocked,
            self.drop_called_off,
            self.resolve_mapped,
            self.resolve_quiet,
            self.resolve_refused_levels,
        )

    async def take_over_lost(self, connection: Connection, at: datetime) -> list[Note]:
        """Requests whose sender is gone: nobody saw their end, so they are unknown and will be read back."""
        lost = await ledger.lost(connection, at - self.calls.longest - timedelta(seconds=5), AT_ONCE)
        return await self._save(connection, [after_loss(effect, at, self.calls.rules) for effect in lost], at)

    async def free_blocked(self, connection: Connection, at: datetime) -> list[Note]:
        """What was blocked goes on by itself once what it waited for is there."""
        blocked = await ledger.freed(connection, list(self.calls.sellers), LATELY, AT_ONCE, at)
        if not blocked:
            return []
        mappings, orders = await self._known(connection, blocked)
        steps = [self._again(effect, mappings, orders, at) for effect in blocked]
        return await self._save(connection, steps, at)

    async def _known(
        self, connection: Connection, blocked: Sequence[Effect]
    ) -> tuple[Mappings, dict[OrderKey, ChannelOrder]]:
        parcels = [parcel_of(effect.payload) for effect in blocked]
        mappings = await load_mappings(
            connection, sought_by(parcels), served(self.calls.sellers), self.calls.carriers
        )
        return mappings, await known_orders(connection, {_order_key(effect) for effect in blocked})

    def _again(
        self, effect: Effect, mappings: Mappings, orders: Mapping[OrderKey, ChannelOrder], at: datetime
    ) -> Step:
        """Decided anew; one that stays blocked by the same is told to nobody a second time."""
        changed, notes = applied(effect, prepare(effect.payload, mappings, orders.get(_order_key(effect))), at)
        if changed.state == "blocked" and changed.waits_for == effect.waits_for:
            return changed, []
        if changed.needs_order:  # whether it may go on, the order says, and so whether its alert is over
            return changed, notes
        return changed, [*notes, *_resolved(effect)]

    async def drop_called_off(self, connection: Connection, at: datetime) -> list[Note]:
        """A person decided to send again what the warehouse has taken back meanwhile: it is not sent."""
        steps = [no_longer_wanted(effect) for effect in await ledger.called_off(connection, AT_ONCE)]
        return await self._save(connection, steps, at)

    async def resolve_mapped(self, connection: Connection, at: datetime) -> list[Note]:
        """An alert about a missing mapping closes when nothing waits for that mapping any more."""
        del at
        notes = list[Note]()
        for kind in MAPPING_KINDS:
            rows = await connection.fetch(query("open_alert_causes"), kind.value)
            causes = {row["cause"] for row in rows}
            still = await ledger.waited_for(connection, causes) if causes else set[str]()
            notes += [ResolveAlert(kind, cause) for cause in sorted(causes - still)]
        return notes

    async def resolve_quiet(self, connection: Connection, at: datetime) -> list[Note]:
        kind = AlertKind.CHANNEL_THROTTLED
        rows = await connection.fetch(query("quiet_alert_causes"), kind.value, at - QUIET)
        return [ResolveAlert(kind, row["cause"]) for row in rows]

    async def resolve_refused_levels(self, connection: Connection, at: datetime) -> list[Note]:
        """The warehouse refused a level, and the SKU has come out of doubt since."""
        del at
        rows = await connection.fetch(query("open_alert_causes"), AlertKind.LEVEL_REFUSED.value)
        if not rows:
            return []
        settled = await connection.fetch(query("refused_levels_settled"))
        well = {named(row["account"], row["warehouse"], row["sku"]) for row in settled}
        return [ResolveAlert(AlertKind.LEVEL_REFUSED, row["cause"]) for row in rows if row["cause"] in well]

    async def _save(self, connection: Connection, steps: Sequence[Step], at: datetime) -> list[Note]:
        await ledger.change(connection, [effect for effect, _ in steps], at)
        return [note for _, notes in steps for note in notes]


def _order_key(effect: Effect) -> OrderKey:
    payload = effect.payload
    return ChannelAccount(effect.account), order_to_look_up(payload.channel_order_id, payload.order_reference)


def _resolved(effect: Effect) -> list[Note]:
    """The alert that was about this request alone; those about a mapping close with the last that waits for it."""
    if effect.reason in (AlertKind.DESPATCH_INCOMPLETE.value, AlertKind.ORDER_UNKNOWN.value):
        return [ResolveAlert(AlertKind(effect.reason), effect.subject)]
    return []
