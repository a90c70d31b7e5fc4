"""How fast the week may go: slow where minutes count and where somebody does not keep up, fast through the nights.

Nothing here looks at whether a document has gone out: the pace goes by departures that are planned, by processes that
are down, and by how much work of any kind waits.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from daemon.clock import Clock
from daemon.pace import Strain
from daemon.store.database import Connection
from tests.bench.vendor_week.ours import Ours

DOWN = 60.0
"""The pace while the daemon is killed and starts again: some minutes of outage."""
LEAVING = 360.0
"""The pace from half an hour before a lorry leaves whose notice is due half an hour after, until that is over."""
BEFORE, AFTER = timedelta(minutes=30), timedelta(minutes=40)
PATIENCE = 2.5
"""Real seconds that work may wait: the loops look every two."""
BACKLOG = 6
SILENCE = 1.8
"""Real seconds after which a process that says every second that it lives does not get to work."""
SILENT = """
select coalesce(max(seen_at) < clock_timestamp() - make_interval(secs => $1::float8), true)
from replica where name <> 'week'
"""
SLOWER = 0.6
LATE = 600.0
"""Business seconds by which the week's own events may be late."""
LEAST = 20.0
OVERDUE = """
select (select count(*) from purchase_order where look_at < $1)
    + (select count(*) from purchase_order_said where look_at < $1)
    + (select count(*) from ship_load where look_at < $1)
    + (select count(*) from invoicing where look_at < $1)
    + (select count(*) from effect where lane = 'vendor_documents' and state in ('waiting', 'unknown', 'accepted')
        and due < $1)
"""


@dataclass
class WorkAhead:
    """What limits the pace besides event loops. `down`: the daemon is not at work."""

    arm: Ours
    down: bool = False
    overdue: int = 0
    rounds: Counter[str] = field(default_factory=Counter[str])
    restarting: "asyncio.Task[None] | None" = None

    async def look(self, connection: Connection, clock: Clock, strain: Strain) -> None:
        since = clock.now() - timedelta(seconds=PATIENCE * clock.pace)
        self.overdue = await connection.fetchval(OVERDUE, since)
        slower = max(LEAST, clock.pace * SLOWER)
        limits = {
            "down": DOWN if self.down or await connection.fetchval(SILENT, SILENCE) else None,
            "leaving": LEAVING if self._is_leaving(clock) else None,
            "late": slower if self.arm.latest > LATE else None,
            "overdue": slower if self.overdue > BACKLOG else None,
        }
        self.arm.latest = 0.0
        for limit in limits.values():
            if limit is not None:
                strain.bears(limit)
        self._count([name for name, limit in limits.items() if limit is not None], clock)

    def _count(self, limits: list[str], clock: Clock) -> None:
        """What held the clock back for how long, in rounds."""
        idle = "free" if clock.pace >= clock.factor else "others"
        for name in limits or [idle]:
            self.rounds[name] += 1

    def _is_leaving(self, clock: Clock) -> bool:
        now = clock.now()
        return any(
            load.departure - BEFORE <= now <= load.departure + AFTER
            for load in self.arm.world.loads.values()
            if load.account.region == "NA" and not load.is_parcels
        )
