"""Pressure of one selling account: how long dear lowerings wait for their turn, in the books for whoever marks.

Felt by its publisher from round to round. A row is written when a step is reached or left; when it falls, what was
held back is computed anew.
"""

from dataclasses import dataclass

from daemon.clock import Clock
from daemon.store.database import Database, query
from daemon.store.listings import mark_stock
from handlers.foresight import eased, step_of


@dataclass(slots=True)
class Pressure:
    """`waiting` is None until the first round: what another publisher left in the books may be long over."""

    account: str
    database: Database
    clock: Clock
    felt: float = 0.0
    """Seconds."""
    waiting: float | None = None
    """Seconds, one of the steps."""

    async def feel(self, found: float) -> None:
        """`found`: seconds of the patches' budget that the dear lowerings take which wait now."""
        self.felt = eased(self.felt, found)
        reached, before = step_of(self.felt), self.waiting
        if reached == before:
            return
        now = self.clock.now()
        async with self.database.transaction() as connection:
            if before is None or reached < before:
                held = await connection.fetch(query("listings_held_back"), self.account)
                rows = await connection.fetch(query("listing_marks"), [row["listing_id"] for row in held])
                await mark_stock(connection, {(row["account"], row["sku"]) for row in rows}, now)
            await connection.execute(query("pressure_note"), self.account, reached, now)
        self.waiting = reached
