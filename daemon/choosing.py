"""What may leave for a channel now: decided anew under lock, from the books as they are, whatever the route."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.ahead import Ahead, Elsewhere
from daemon.brakes import still_braked
from daemon.clock import Clock
from daemon.marking import desire, unexamined
from daemon.store import publication as books
from daemon.store.database import Connection, Database, query
from daemon.store.publication import Begun, Desired, Standing
from daemon.store.supply import locked_inputs
from handlers.publication import Send, again_at, next_for
from handlers.sellable_stock import Listing, Sellable
from handlers.supply import Inputs, Rules, sellable_of


@dataclass(slots=True)
class Choosing:
    """Chooses for one channel account."""

    database: Database
    clock: Clock
    near_zero: int
    rules: Rules
    ahead: Ahead
    longest: timedelta
    """How long after it left a request may take effect when nobody has seen its end."""
    to_examine: set[int] = field(default_factory=set[int])
    """Listings whose zero was first seen on the point of being told: they are marked, and so looked at."""

    def go_by(self, near_zero: int, rules: Rules, ahead: Ahead) -> None:
        self.near_zero, self.rules, self.ahead = near_zero, rules, ahead

    async def have_examined(self) -> None:
        """Mark what was found unexamined, apart from any transaction that holds its row: marks are locked first."""
        while self.to_examine:
            listing = self.to_examine.pop()
            async with self.database.transaction() as connection:
                await connection.execute(query("zero_mark"), listing, self.clock.now())

    async def choose(
        self, connection: Connection, listing_ids: Sequence[int], now: datetime
    ) -> list[tuple[Begun, Listing, Send]]:
        """Lock these listings and what they sell, and decide from the books as they are now what may leave."""
        stock = await locked_inputs(connection, listing_ids)
        standings = await books.lock(connection, listing_ids)
        elsewhere = await self.ahead.elsewhere(connection, standings, now)
        desired, chosen = self._choose(standings, stock, now, elsewhere)
        await books.save_desired(connection, desired, now)
        braked = await still_braked(connection, standings, now)
        return [one for one in chosen if one[2].value != 0 or one[1].id not in braked]

    def _choose(
        self, standings: Sequence[Standing], stock: Inputs, now: datetime, elsewhere: Elsewhere
    ) -> tuple[list[Desired], list[tuple[Begun, Listing, Send]]]:
        desired, chosen = list[Desired](), list[tuple[Begun, Listing, Send]]()
        for standing in standings:
            found = sellable_of(standing.listing, stock, self.rules)
            desired.append(desire(standing, found, now, elsewhere))
            if unexamined(standing, desired[-1]):
                self.to_examine.add(standing.listing.id)
                continue
            move = next_for(standing.told, desired[-1].desired, now, self.near_zero)
            if isinstance(move, Send) and found is not None:
                chosen.append((self._begun(standing, found, move, now), standing.listing, move))
        return desired, chosen

    def _begun(self, standing: Standing, found: Sellable, move: Send, now: datetime) -> Begun:
        again = again_at(standing.told, move, now, self.longest)
        doubtful = not found.may_rise
        told = standing.told
        unsettled = told.flight is not None or told.tell_again_at is not None
        return Begun(
            standing.listing.id, move.value, told.told, found.quantity, doubtful, move.overtakes, again, unsettled
        )
