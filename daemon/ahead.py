"""What others are likely to take in the books, and what is not shown because of it: foresight, and under pressure.

Foresight looks as far ahead as the channel's lag; under pressure, while dear lowerings wait for their turn, what is
shown looks as far ahead as they wait. Both are `handlers.foresight`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.settings import Settings
from daemon.store.database import Connection, query
from daemon.store.publication import Standing
from handlers.demand import order_units
from handlers.demand_model import DAY
from handlers.foresight import OFF, Foresight, shown_meanwhile, until_next_turn


@dataclass(frozen=True, slots=True)
class Rates:
    """Of one listing: channel units a second that others take from its pool, units in an average order, and how long
    its account's dear lowerings wait, in seconds."""

    others: float
    order_units: float
    waiting: float


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What others take from the pool of each listing; absent is nothing."""

    rates: Mapping[int, Rates] = field(default_factory=dict[int, Rates])
    foresight: Foresight = OFF
    held_back_risk: float = 0.0

    def shown(self, listing_id: int, wanted: int, pool: int) -> int:
        """Of `wanted` units, as many as are likely to be there still when the channel can next be told."""
        found = self.rates.get(listing_id)
        if found is None:
            return wanted
        ahead = Foresight(self.foresight.risk, self.foresight.lag, found.order_units)
        turn = until_next_turn(found.waiting, self.foresight.lag)
        meanwhile = Foresight(self.held_back_risk, turn, found.order_units)
        return shown_meanwhile(wanted, pool, found.others, ahead, meanwhile)


NOTHING = Elsewhere()


@dataclass(frozen=True, slots=True)
class Ahead:
    """How far to look ahead. Without foresight or pressure, demand is not read."""

    foresight: Foresight
    half_life: float
    """Seconds until a sale counts half in measured demand."""
    held_back_risk: float = 0.0

    async def elsewhere(self, connection: Connection, standings: Sequence[Standing], now: datetime) -> Elsewhere:
        waiting = {}
        if self.held_back_risk > 0:
            waiting = {row["channel_account"]: row["waiting"] for row in await connection.fetch(query("pressures"))}
        if not self.foresight.on and not waiting:
            return NOTHING
        ids = [standing.listing.id for standing in standings]
        rows = await connection.fetch(query("demand_of_others"), ids, now, self.half_life)
        usual, half_life = self.foresight.order_units, timedelta(seconds=self.half_life)
        rates = {
            row["listing_id"]: Rates(
                row["per_day"] / DAY,
                order_units(row["own_per_day"], row["own_orders_per_day"], usual, half_life),
                waiting.get(row["channel_account"], 0.0),
            )
            for row in rows
        }
        return Elsewhere(rates, self.foresight, self.held_back_risk)


def ahead_of(settings: Settings) -> Ahead:
    one = settings.publication
    foresight = Foresight(one.foresight, one.channel_lag, one.order_units)
    return Ahead(foresight, settings.demand.half_life, one.held_back_risk)
