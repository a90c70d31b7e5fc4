"""Foresight in the books: what others draw on the pools of some listings, and what is shown because of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from daemon.settings import Settings
from daemon.store.database import Connection, query
from daemon.store.publication import Standing
from handlers.demand_model import DAY
from handlers.foresight import OFF, Foresight, shown_ahead


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Channel units a day that others take from the pool of each listing; absent is none."""

    per_day: Mapping[int, float] = field(default_factory=dict[int, float])
    foresight: Foresight = OFF

    def shown(self, listing_id: int, wanted: int, pool: int) -> int:
        return shown_ahead(wanted, pool, self.per_day.get(listing_id, 0.0) / DAY, self.foresight)


NOTHING = Elsewhere()


@dataclass(frozen=True, slots=True)
class Ahead:
    """How far to look ahead. While foresight is off, the books are not asked."""

    foresight: Foresight
    half_life: float
    """Seconds until a sale counts half in measured demand."""

    async def elsewhere(self, connection: Connection, standings: Sequence[Standing], now: datetime) -> Elsewhere:
        if not self.foresight.on:
            return NOTHING
        ids = [standing.listing.id for standing in standings]
        rows = await connection.fetch(query("demand_of_others"), ids, now, self.half_life)
        return Elsewhere({row["listing_id"]: row["per_day"] for row in rows}, self.foresight)


def ahead_of(settings: Settings) -> Ahead:
    one = settings.publication
    return Ahead(Foresight(one.foresight, one.channel_lag, one.order_units), settings.demand.half_life)
