"""A release behind a look at who else imports its accounts' orders: at start, and then every `connectors_every`.

What is found stands in the books before anything is released, and what was ready is judged again. A list that cannot
be read is told to people and holds nothing: reading it may need a right that releasing does not.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.links.answer import Done, Reading, Refused
from daemon.links.clarus_lists import ClarusLists, Rows
from daemon.log import fact
from daemon.release_books import ReleaseBooks
from daemon.settings import Clarus
from daemon.store import order_rechecks, other_imports
from daemon.store.database import Connection
from daemon.store.notes import write_notes
from daemon.supervisor import Round
from daemon.watch import standing
from handlers.alerts import AlertKind
from handlers.connectors import Connector, importing, named
from handlers.notes import RaiseAlert, ResolveAlert
from schemas.clarus_goods_outs import ListOf
from schemas.terms import ChannelAccount

LIST, FILTER = "integrations", "IntegrationFilterType"
TROUBLED = 5.0
"""Real seconds until the next try at start; and those in which a judgement that was under way has ended."""
TRIES = 3
"""Looks at start that may fail before the release goes on without one."""
AGAIN = timedelta(minutes=5)
"""After a look that failed."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class ConnectorWatch:
    """`round` of a release, behind the look."""

    tenant_name: str
    tenant: Clarus
    books: ReleaseBooks
    lists: ClarusLists
    release: Round
    failures: int = 0
    _due: datetime | None = None
    _held: set[ChannelAccount] = field(default_factory=set[ChannelAccount])
    """Accounts that were found just now to be imported by others: what was being judged is judged once more."""

    @property
    def cause(self) -> str:
        return f"{self.tenant_name}/{LIST}"

    async def round(self) -> float:
        await self._judge_again()
        now = self.books.clock.now()
        if self._due is None or now >= self._due:
            wait = await self._look(now)
            if wait:
                return wait
        return await self.release()

    async def _judge_again(self) -> None:
        if self._held:
            async with self.books.database.transaction() as connection:
                await self._hold(connection, self.books.clock.now())
            self._held.clear()

    async def _look(self, now: datetime) -> float:
        """0 when the release may go on, else the real seconds until it is worth looking again."""
        answer = await self._asked()
        if not isinstance(answer, Done):
            return await self._unread(answer, now)
        found = importing(answer.value.nodes, self.tenant.other_connectors)
        async with self.books.database.transaction() as connection:
            await self._write(connection, found, now)
        self.failures, self._due = 0, now + timedelta(seconds=self.tenant.connectors_every)
        return TROUBLED if self._held else 0.0

    async def _asked(self) -> Reading[Rows]:
        """Where the settings say that nobody is to look, there is nothing: what an earlier look found ends."""
        if not self.tenant.check_connectors:
            return Done(Rows((), 1))
        return await self.lists.all(ListOf(LIST, FILTER, self.tenant.integration_fields), {})

    async def _write(self, connection: Connection, found: tuple[Connector, ...], now: datetime) -> None:
        accounts = sorted(self.books.routes)
        news = [account for account in accounts if await other_imports.replace(connection, account, found, now)]
        if found:
            self._held.update(news)
        await self._hold(connection, now)
        await order_rechecks.recheck(connection, news, now)
        raised = [_alert(self.books.warehouse, self.tenant_name, account, found) for account in accounts if found]
        kind, prefix = AlertKind.ORDERS_IMPORTED_TWICE, f"{self.books.warehouse}/"
        notes = await standing(connection, kind, raised, lambda cause: cause.startswith(prefix))
        over = ResolveAlert(AlertKind.SOURCE_UNREADABLE, self.cause)
        await write_notes(connection, [*notes, over], now, self.books.owners)

    async def _hold(self, connection: Connection, now: datetime) -> None:
        for account in sorted(self._held):
            await order_rechecks.recheck_ready(connection, account, now)

    async def _unread(self, answer: Reading[Rows], now: datetime) -> float:
        self.failures += 1
        why = fact("connectors_not_read", tenant=self.tenant_name, why=repr(answer))
        log.warning("connectors not read", extra=why)
        if self._due is None and self.failures < TRIES and not isinstance(answer, Refused):
            return TROUBLED
        self._due = now + AGAIN
        said = getattr(answer, "text", "") or getattr(answer, "reason", "")
        text = (
            f"{self.tenant_name} does not show its {LIST} ({said}): nobody knows whether one of its own connectors"
            " imports our orders too; have the account given the right to see them, or set check_connectors = false"
        )
        await self.books.note([RaiseAlert(AlertKind.SOURCE_UNREADABLE, self.cause, self.cause, text)])
        return 0.0


def _alert(warehouse: str, tenant: str, account: str, found: tuple[Connector, ...]) -> RaiseAlert:
    text = (
        f"orders of {account} would be made twice: {named(found)} of {tenant} may import them too; none is released"
        " until it is switched off there, or named in other_connectors because it is for another account"
    )
    return RaiseAlert(AlertKind.ORDERS_IMPORTED_TWICE, f"{warehouse}/{account}", account, text)
