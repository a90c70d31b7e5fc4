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
SILENCE = 1.8
"""Real seconds after which a process that says every second that it lives does not get to work."""
SILENT = """
select coalesce(max(seen_at) < clock_timestamp() - make_interval(secs => $1::float8), true)
from replica where name <> 'week'
"""
LATE = 600.0
"""Business seconds by which the week's own events may be late."""
LEAST, SLOWER = 20.0, 0.6
ANSWERS, SOON, OTHERS = timedelta(minutes=40), timedelta(minutes=12), timedelta(hours=1)
"""How long work should wait at most, in the week's own time: looks at orders and at what became of answers; notices
that are due within NEAR; everything else. Between the policy's answer and its deadline lie 72 minutes."""
NEAR = timedelta(minutes=45)
BACKLOG = 6
"""So many pieces of work may wait longer than they should."""
RATE, RATES = 40.0, (4.0, 400.0)
"""Pieces of work in a real second that the daemon is thought to do, at first, and the least and the most of it: more
whenever the clock waited for work and nothing waited too long, less as long as too much did."""
MORE, LESS = 1.01, 0.96
WAITING = """
with at (now, answers, soon, others, near) as (
    select $1::timestamptz, $2::timestamptz, $3::timestamptz, $4::timestamptz, $5::timestamptz
),
work (since, kind) as (
    select look_at, 'answers' from purchase_order, at where look_at < now
    union all
    select look_at, 'answers' from purchase_order_said, at where look_at < now
    union all
    select look_at, case when due_at < near then 'soon' else 'others' end from ship_load, at where look_at < now
    union all
    select look_at, 'others' from invoicing, at where look_at < now
    union all
    select due, case when state = 'waiting' and deadline < near then 'soon' else 'others' end from effect, at
    where lane = 'vendor_documents' and state in ('waiting', 'unknown', 'accepted') and due < now
)
select count(*) filter (where kind = 'answers') as answers, count(*) filter (where kind = 'soon') as soon,
    count(*) filter (where kind = 'others') as others,
    count(*) filter (
        where since < case kind when 'answers' then answers when 'soon' then soon else others end
    ) as overdue
from work, at
"""


@dataclass
class WorkAhead:
    """What limits the pace besides event loops. `down`: the daemon is not at work."""

    arm: Ours
    down: bool = False
    overdue: int = 0
    rate: float = RATE
    rounds: Counter[str] = field(default_factory=Counter[str])
    restarting: "asyncio.Task[None] | None" = None

    async def look(self, connection: Connection, clock: Clock, strain: Strain) -> None:
        bears = await self._bears(connection, clock)
        limits = {
            "down": DOWN if self.down or await connection.fetchval(SILENT, SILENCE) else None,
            "leaving": LEAVING if self._is_leaving(clock) else None,
            "late": max(LEAST, clock.pace * SLOWER) if self.arm.latest > LATE else None,
            "work": bears if bears < clock.factor else None,
        }
        self.arm.latest = 0.0
        for limit in limits.values():
            if limit is not None:
                strain.bears(limit)
        self._count([name for name, limit in limits.items() if limit is not None], clock)

    async def _bears(self, connection: Connection, clock: Clock) -> float:
        """The pace at which all that is due would be done before it has waited too long."""
        now = clock.now()
        times = (now, now - ANSWERS, now - SOON, now - OTHERS, now + NEAR)
        row = await connection.fetchrow(WAITING, *times)
        assert row is not None
        self.overdue = row["overdue"]
        limits = ((row["answers"], ANSWERS), (row["soon"], SOON), (row["others"], OTHERS))
        share = sum(count / limit.total_seconds() for count, limit in limits)
        is_limited = share * clock.factor > self.rate
        if self.overdue > BACKLOG or is_limited:
            least, most = RATES
            self.rate = min(most, max(least, self.rate * (LESS if self.overdue > BACKLOG else MORE)))
        return max(LEAST, self.rate / share) if share else clock.factor

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
