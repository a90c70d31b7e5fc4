"""When a source gives no usable answer: back off, and tell people once it lasts."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from daemon.clarus_gate import ClarusGate
from daemon.clock import Clock
from daemon.links.answer import Denied, NeverLeft, Refused, Throttled, Unavailable
from daemon.log import fact
from daemon.outcome import is_trouble
from daemon.store.database import Database
from daemon.store.notes import write_notes
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert, ResolveAlert

FAILED = 0.25
LONGEST = 60.0
"""Real seconds between two tries at most."""
THROTTLED_FOR = 5.0

Failure: TypeAlias = Refused | Throttled | NeverLeft | Unavailable | Denied

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Trouble:
    """Of one source, by the `name` that its alerts carry. `after`: seconds until an alert."""

    name: str
    after: float
    gate: ClarusGate
    database: Database
    clock: Clock
    owners: Mapping[str, str]
    first: float = FAILED
    """Real seconds after an answer that cannot be used; twice as long after each further one."""
    failures: int = 0
    since: datetime | None = None
    told: bool = True
    """Whether an alert of ours may be open: at start nobody knows."""

    async def surviving(self, round_: Callable[[], Awaitable[float]]) -> float:
        """One round of a reader. What breaks on an answer is an answer that cannot be used: backed off from, and
        shown once it lasts."""
        try:
            return await round_()
        except Exception as error:
            if is_trouble(error):
                raise
            log.exception("reading broke", extra=fact("reading_broke", source=self.name))
            return await self.failed(Unavailable(f"an answer broke the reader: {error!r}"))

    async def failed(self, failure: Failure) -> float:
        """Returns the real seconds until the next try."""
        now = self.clock.now()
        self.failures += 1
        self.since = self.since or now
        why = failure.text if isinstance(failure, Refused | Throttled) else failure.reason
        log.warning("reading failed", extra=fact("reading_failed", source=self.name, why=why))
        if isinstance(failure, Throttled):
            await self.gate.close_for(THROTTLED_FOR)
        if isinstance(failure, Denied):
            await self._tell(RaiseAlert(AlertKind.SOURCE_DENIED, self.name, self.name, why))
        elif now - self.since >= timedelta(seconds=self.after):
            text = f"{self.name} gives no usable answer since {self.since:%F %T} UTC: {why}"
            await self._tell(RaiseAlert(AlertKind.SOURCE_UNREADABLE, self.name, self.name, text))
        return min(LONGEST, self.first * (1 << min(self.failures - 1, 10)))

    async def over(self) -> None:
        """An answer that could be used."""
        self.failures, self.since = 0, None
        if self.told:
            await self._tell(*(ResolveAlert(kind, self.name) for kind in _KINDS))
            self.told = False

    async def _tell(self, *notes: Note) -> None:
        self.told = True
        async with self.database.transaction() as connection:
            await write_notes(connection, notes, self.clock.now(), self.owners)


_KINDS = (AlertKind.SOURCE_DENIED, AlertKind.SOURCE_UNREADABLE)
