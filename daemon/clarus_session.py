"""One session with each tenant of Clarus for all our processes.

A login may end the session of the one before. So the token stands in the books, sealed; whoever is turned away takes
the newer one from there, and logs in only where nobody else has or does.
"""

from dataclasses import dataclass
from datetime import timedelta

from daemon.clock import Clock
from daemon.links.clarus_login import SharedToken
from daemon.store import clarus_sessions as books
from daemon.store.clarus_sessions import Content
from daemon.store.database import Database
from daemon.store.sealing import current_keys


@dataclass(frozen=True, slots=True)
class BookedSession:
    """A tenant's token in the books: `Shelf` of daemon/links/clarus_login.py. `patience` in real seconds."""

    tenant: str
    patience: float
    database: Database
    clock: Clock

    async def held(self) -> tuple[int, SharedToken | None]:
        async with self.database.connection() as connection:
            kept = await books.load(connection, self.tenant, current_keys())
        if kept.content is None or kept.good_until is None:
            return kept.number, None
        left = (kept.good_until - self.clock.now()).total_seconds()
        return kept.number, SharedToken(kept.content.value, kept.content.secret_mark, left)

    async def claim(self, number: int) -> bool:
        now = self.clock.now()
        until = now + timedelta(seconds=2 * self.patience * self.clock.factor)
        async with self.database.connection() as connection:
            return await books.claim(connection, self.tenant, number, now, until)

    async def keep(self, token: SharedToken) -> None:
        good_until = self.clock.now() + timedelta(seconds=token.good_for)
        async with self.database.connection() as connection:
            content = Content(token.value, token.secret_mark)
            await books.keep(connection, self.tenant, content, good_until, current_keys())

    async def give_up(self, number: int) -> None:
        async with self.database.connection() as connection:
            await books.give_up(connection, self.tenant, number)
