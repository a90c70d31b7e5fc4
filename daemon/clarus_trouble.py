"""When a source gives no usable answer: back off, and tell people once it lasts."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.clarus_gate import ClarusGate
from daemon.clock import Clock
from daemon.links.answer import Denied, NeverLeft, Refused, Throttled, Unavailable
from daemon.log import fact
from daemon.store.database import Database
from daemon.store.notes import write_notes
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert, ResolveAlert

FAILED = 0.25
"""Real seconds after an answer that cannot be used; twice as long after each further one, up to LONGEST."""
LONGEST = 60.0
THROTTLED_FOR = 5.0

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
    failures: int = 0
    since: datetime | None = None
    told: bool = True
    """Whether an alert of ours may be open: at start nobody knows."""

    async def failed(self, failure: Refused | Throttled | NeverLeft | Unavailable | Denied) -> float:
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
        return min(LONGEST, FAILED * (1 << min(self.failures - 1, 10)))

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
