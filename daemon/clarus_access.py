"""The way to each Clarus tenant: one link in a process, shared by all that call it; one session for all processes.

A second login with a tenant's account may end the first one's session, so that two links of one process would turn
each other out again and again; and `concurrent_calls` counts for the process, not for each of its loops.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import aiohttp

from daemon.clarus_gate import ClarusGate
from daemon.clarus_session import BookedSession
from daemon.links.clarus import ClarusLink

if TYPE_CHECKING:
    from daemon.app import App


class Way(NamedTuple):
    """A tenant's link, and the gate that its calls leave by."""

    link: ClarusLink
    gate: ClarusGate


@dataclass(slots=True)
class ClarusAccess:
    app: "App"
    session: aiohttp.ClientSession
    _ways: dict[str, Way] = field(default_factory=dict[str, Way])

    def to(self, name: str) -> Way:
        """The same for whoever asks."""
        if name not in self._ways:
            app, tenant = self.app, self.app.settings.clarus[name]
            gate = ClarusGate(name, tenant.calls_per_second, app.database, app.budget)
            shelf = BookedSession(name, tenant.request_timeout, app.database, app.clock)
            link = ClarusLink(self.session, tenant, app.clock, gate, app.configuration.secret_file, shelf)
            self._ways[name] = Way(link, gate)
        return self._ways[name]


@asynccontextmanager
async def clarus_access(app: "App") -> AsyncIterator[ClarusAccess]:
    async with aiohttp.ClientSession() as session:
        yield ClarusAccess(app, session)
