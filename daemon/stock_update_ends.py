"""How updates of an account's stock end, whatever carries them: each of their items written, and people told.

An update is a request or a document. Who settles it finds out what became of it; what that means for its items, its
row, its alerts and its figures is written here, within the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from daemon.settings import Publication
from daemon.store import stock_updates
from daemon.store.database import Connection, query
from daemon.store.notes import write_notes
from daemon.store.stock_updates import Item, Update
from daemon.telemetry import Telemetry
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.publication import urgency


@dataclass(frozen=True, slots=True)
class UpdateEnds:
    """Writes how the updates of one account end. `name`: the account's; `who`: says what is refused."""

    name: str
    who: str
    one_alert_each: bool
    """An alert for each update that is overdue, over once it has ended; else one for each of the account's
    warehouses, however many updates go unanswered, over once one is in effect."""
    telemetry: Telemetry
    settings: Publication
    owners: Mapping[str, str]

    async def in_effect(self, connection: Connection, update: Update, found: Sequence[Item], now: datetime) -> None:
        """All of it; refusals of its items that are open are over."""
        flying = in_flight(found)
        await stock_updates.end_attempts(connection, found, "accepted", now)
        await stock_updates.in_effect(connection, flying, now)
        healed = await self._healed(connection, update, flying)
        await self.ended(connection, update, "in_effect", now, notes=healed)
        for one in flying:
            self._measure(one, now)

    async def overdue(
        self, connection: Connection, update: Update, why: str, text: str, look_at: datetime, now: datetime
    ) -> None:
        """The newest values go out again by themselves, and it is looked at on. `text`: what people are told."""
        await self.doubted(connection, update, why, now, now)
        await stock_updates.move(connection, update, "overdue", now, look_at=look_at, answer=why)
        detail: dict[str, str | int | list[str] | None] = {"update": update.id, "transaction": update.transaction_id}
        raised = RaiseAlert(AlertKind.UPDATE_OVERDUE, self._cause(update), self.name, text, detail)
        await write_notes(connection, [raised], now, self.owners)
        self.telemetry.stock_updates.labels(self.name, "overdue").inc()

    async def lost(self, connection: Connection, update: Update, why: str, now: datetime) -> None:
        """Nobody waits for its end any more."""
        await self.doubted(connection, update, why, now, now)
        await self.ended(connection, update, "lost", now, why)

    async def doubted(
        self, connection: Connection, update: Update, why: str, over_at: datetime, now: datetime
    ) -> list[Item]:
        """From `over_at` on its items' newest values go out again; returns those of which nothing else was told."""
        found = await stock_updates.items(connection, update.id)
        await stock_updates.end_attempts(connection, found, "unknown", now, why)
        flying = in_flight(found)
        await stock_updates.doubt(connection, flying, over_at)
        return flying

    async def ended(
        self,
        connection: Connection,
        update: Update,
        state: str,
        now: datetime,
        answer: str = "",
        notes: Sequence[Note] = (),
    ) -> None:
        """Its row alone: what became of its items is written."""
        await stock_updates.move(connection, update, state, now, look_at=None, answer=answer)
        over = [ResolveAlert(AlertKind.UPDATE_OVERDUE, self._cause(update))] if self._is_over(update, state) else []
        await write_notes(connection, [*over, *notes], now, self.owners)
        self.telemetry.stock_updates.labels(self.name, state).inc()

    def refusal(self, update: Update, one: Item, text: str) -> Note:
        """Of an item that was refused alone."""
        cause = self._of(update, one)
        what = f"{self.who} refuses {one.value} for {cause}: {text}"
        return RaiseAlert(AlertKind.LISTING_REFUSED, cause, cause, what, {"value": one.value})

    async def _healed(self, connection: Connection, update: Update, found: Sequence[Item]) -> list[Note]:
        opened = await connection.fetch(query("open_alert_causes"), AlertKind.LISTING_REFUSED.value)
        causes = {self._of(update, one) for one in found} & {row["cause"] for row in opened}
        return [ResolveAlert(AlertKind.LISTING_REFUSED, cause) for cause in sorted(causes)]

    def _is_over(self, update: Update, state: str) -> bool:
        return update.state == "overdue" if self.one_alert_each else state == "in_effect"

    def _of(self, update: Update, one: Item) -> str:
        return f"{self.name}/{update.warehouse}/{one.seller_sku}"

    def _cause(self, update: Update) -> str:
        warehouse = f"{self.name}/{update.warehouse}"
        return f"{warehouse}/{update.id}" if self.one_alert_each else warehouse

    def _measure(self, one: Item, now: datetime) -> None:
        seconds = (now - (one.untold_since or one.sent_at)).total_seconds()
        kind = urgency(one.told_before, one.value, self.settings.near_zero)
        self.telemetry.told(self.name, kind, seconds)
        self.telemetry.live(self.name, kind, seconds)


def in_flight(found: Sequence[Item]) -> list[Item]:
    """Those of which nothing else was told since."""
    return [one for one in found if one.is_in_flight]
