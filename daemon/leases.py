"""Leases in PostgreSQL, on the database's clock: who works on what, with a fence that rises at each new holder.

Nothing is right or wrong by a lease alone (the books' own locks and numbers guard order); leases spread work over
the replicas and keep two of them from doing the same.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from daemon.store.database import Connection, Database, query

TTL = 8.0
"""Real seconds. A dead holder's work is taken over within this and one round; a request's time-out is shorter."""
QUICK_TTL = 4.0
"""Real seconds, for work that the books' own locks keep in order anyway."""
ROUND = 1.0
"""Real seconds between renewals."""


class LeaseLost(Exception):
    """Another holder may work on it by now: what this transaction was about to commit is its to decide."""


@dataclass(slots=True)
class Leases:
    """The leases of one kind that this process holds."""

    database: Database
    holder: str
    ttl: float = TTL
    held: dict[str, int] = field(default_factory=dict[str, int])
    _renewed: float = 0.0

    async def share(self, names: Sequence[str], role: str) -> int:
        """How many of `names` are this replica's fair share among the living replicas of the role."""
        async with self.database.connection() as connection:
            alive = await connection.fetch(query("replicas_alive"), role, 2 * TTL)
        return -(-len(names) // max(1, len(alive)))

    async def renew(self, names: Sequence[str], limit: int) -> dict[str, int]:
        """Renew ours and take free ones, at most `limit` in all; returns name -> fence of what is held now."""
        begun = time.monotonic()
        async with self.database.connection() as connection:
            rows = await connection.fetch(query("lease_take"), list(names), self.holder, self.ttl, limit)
        self.held = {row["name"]: row["fence"] for row in rows}
        self._renewed = begun
        return self.held

    def safe_for(self) -> float:
        """Real seconds for which what is held is certainly still held, by our own monotonic clock."""
        return self._renewed + self.ttl - time.monotonic()

    async def confirm(self, connection: Connection, name: str) -> None:
        """Fence what this transaction commits: nobody takes `name` over before it ends. Raises LeaseLost."""
        fence = self.held.get(name)
        if fence is None or await connection.fetchval(query("lease_confirm"), name, self.holder, fence) is None:
            raise LeaseLost(f"the lease {name!r} is not ours any more")

    async def release(self, names: Sequence[str]) -> None:
        async with self.database.connection() as connection:
            await connection.execute(query("lease_release"), list(names), self.holder)
        self.held = {name: fence for name, fence in self.held.items() if name not in names}


async def be_seen(database: Database, holder: str, roles: Sequence[str]) -> None:
    """This replica lives, and has these roles."""
    async with database.connection() as connection:
        await connection.execute(query("replica_seen"), holder, list(roles))


async def be_gone(database: Database, holder: str) -> None:
    async with database.connection() as connection:
        await connection.execute(query("replica_gone"), holder)
