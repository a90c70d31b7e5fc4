"""Orders to a warehouse at Clarus, one loop for each: look, decide, write, and only then ask.

A round takes the orders that are due, looks all of them up at once (nothing is created before a look, nothing that
may have happened is repeated before one), decides each by the life-cycle table, commits what that makes of the books
with every request as a row `sent`, and makes the requests (release_requests.py). One process at a time has the lease.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.links.answer import Denied, Done, Reading, Refused, Throttled
from daemon.links.clarus_orders import ClarusOrders
from daemon.log import fact
from daemon.release_books import ReleaseBooks
from daemon.release_requests import ReleaseRequests, Request
from daemon.store.warehouse_orders import Loaded, Plan
from daemon.telemetry import Telemetry
from handlers.alerts import AlertKind
from handlers.notes import RaiseAlert, ResolveAlert
from handlers.release_desk import Case, Verdict
from handlers.releasing import decide
from handlers.warehouse_orders import amendment, creation
from schemas.clarus_order_lists import Found
from schemas.terms import Sku

IDLE = 0.5
"""Real seconds at most between two looks at the books when there was nothing."""
FIRST_IDLE = 0.02
"""After the first; then twice as many each time: orders come in bursts."""
BATCHES = 10
"""In a round at most, of a backlog: the lease and what was lost are looked at between rounds."""
LASTS = 5.0
"""Real seconds after which a round decides no further batch: a process that is told to stop ends it in time."""
TROUBLED = 5.0
"""Real seconds at most until the next try after a look-up that brought nothing."""
TROUBLED_FIRST = 0.25
"""After the first; then twice as many each time."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What a look-up brought, and when it began."""

    begun: datetime
    found: Mapping[tuple[str, str], tuple[Found, ...]]
    """(stock owner, reference) -> what there is of it."""


@dataclass(slots=True)
class Releasing:
    """The orders of some channel accounts at one warehouse at Clarus."""

    books: ReleaseBooks
    link: ClarusOrders
    telemetry: Telemetry
    batches: int = BATCHES
    lasts: float = LASTS
    _products: dict[Sku, int] = field(default_factory=dict[Sku, int])
    _unread_since: datetime | None = None
    _failures: int = 0
    """Look-ups in a row that brought nothing."""
    _quiet: int = 0
    """Looks at the books in a row that found nothing."""
    _raised: bool = True
    """An alert about look-ups may be open: so it is after a start, for all that we know."""

    @property
    def requests(self) -> ReleaseRequests:
        return ReleaseRequests(self.books, self.link, self.telemetry)

    async def round(self) -> float:
        """What is due, batch by batch; returns the real seconds until the next look is worth while.

        While a batch is being sent the next one is looked up and decided.
        """
        await self.requests.take_over()
        begun, batch = self.books.clock.monotonic(), list[Request]()
        for _ in range(self.batches):
            following = await self._send_and_decide(batch)
            if not isinstance(following, list):
                return following
            batch = following
            if self.books.clock.monotonic() - begun > self.lasts:
                break
        await self.requests.send(batch)
        return 0.0

    async def _send_and_decide(self, batch: Sequence[Request]) -> "list[Request] | float":
        """Send these, and decide the next meanwhile. Neither's failure cuts the other short: what has left is waited
        for, and what is decided leaves."""
        sent, following = await asyncio.gather(self.requests.send(batch), self._next_batch(), return_exceptions=True)
        if isinstance(sent, BaseException):
            if isinstance(following, list):
                await self.requests.send(following)
            raise sent from (following if isinstance(following, BaseException) else None)
        if isinstance(following, BaseException):
            raise following
        return following

    async def _next_batch(self) -> "list[Request] | float":
        """Looked up, decided and committed; or nothing, and the real seconds until the next look is worth while."""
        async with self.books.database.connection() as connection:
            plans = await self.books.due(connection)
        if not plans:
            await self.books.resolve_missing()
            self._quiet += 1
            return min(IDLE, FIRST_IDLE * (1 << min(self._quiet - 1, 10)))
        self._quiet = 0
        look = await self._look(plans)
        if not isinstance(look, Look):
            await self._unread(look)
            self._failures += 1
            return min(TROUBLED, TROUBLED_FIRST * (1 << min(self._failures - 1, 10)))
        await self._read()
        return await self._decided(plans, look)

    # Looking.

    async def _look(self, plans: Sequence[Plan]) -> "Look | Reading[object]":
        begun = self.books.clock.now()
        found: dict[tuple[str, str], tuple[Found, ...]] = {}
        for owner, account_id in sorted(self._owners_of(plans)):
            references = sorted({plan.reference for plan in plans if plan.account == owner})
            reading = await self.link.look_up(references, account_id)
            if not isinstance(reading, Done):
                return reading
            for one in reading.value:
                key = owner, one.order.reference
                found[key] = (*found.get(key, ()), one)
        failed = await self._learn_products({Sku(sku) for plan in plans for sku in plan.skus})
        return failed or Look(begun, found)

    def _owners_of(self, plans: Sequence[Plan]) -> set[tuple[str, int]]:
        """Each stock owner with its id; one without an id has nothing there that we could look up."""
        return {
            (plan.account, ids[plan.account])
            for plan in plans
            if plan.account in (ids := self.books.routes[plan.key[0]].account_ids)
        }

    async def _learn_products(self, skus: set[Sku]) -> "Reading[object] | None":
        unknown = sorted(skus - self._products.keys())
        if not unknown:
            return None
        size = self.link.link.tenant.page_size
        for start in range(0, len(unknown), size):
            reading = await self.link.product_ids(unknown[start : start + size])
            if not isinstance(reading, Done):
                return reading
            self._products |= {Sku(code): product_id for code, product_id in reading.value.items()}
        return None

    @property
    def cause(self) -> str:
        """The name that alerts about its look-ups carry."""
        return f"orders/{self.books.warehouse}"

    async def _unread(self, reading: "Reading[object]") -> None:
        """People hear of it at once where it does not pass by itself, else after a while."""
        why = fact("orders_unlooked", warehouse=self.books.warehouse, why=repr(reading))
        log.warning("orders not looked up", extra=why)
        now, tenant = self.books.clock.now(), self.link.link.tenant
        self._unread_since = self._unread_since or now
        kind = AlertKind.SOURCE_DENIED if isinstance(reading, Denied) else AlertKind.SOURCE_UNREADABLE
        lasting = isinstance(reading, Denied | Refused)
        if lasting or now - self._unread_since > timedelta(seconds=tenant.unreadable_after):
            said = reading.text if isinstance(reading, Refused | Throttled) else getattr(reading, "reason", "")
            text = f"orders of {self.books.warehouse} cannot be looked up: {said}"
            await self.books.note([RaiseAlert(kind, self.cause, self.books.warehouse, text)])
            self._raised = True

    async def _read(self) -> None:
        self._unread_since, self._failures = None, 0
        if self._raised:
            kinds = (AlertKind.SOURCE_DENIED, AlertKind.SOURCE_UNREADABLE)
            await self.books.note([ResolveAlert(kind, self.cause) for kind in kinds])
            self._raised = False

    # Deciding.

    async def _decided(self, plans: Sequence[Plan], look: Look) -> list[Request]:
        """Everything that follows from the look, committed; what is to be sent is returned."""
        owners = {plan.key: plan.account for plan in plans}
        async with self.books.database.transaction() as connection:
            loaded = await self.books.load(connection, list(owners))
            now = self.books.clock.now()
            pairs = [
                (one, decide(self._case(one, owners[one.order.key], look, now), self.books.rules))
                for one in loaded
                if not _is_under_way(one)
            ]
            await self.books.write(connection, pairs, now)
            return [self._request(one, verdict) for one, verdict in pairs if verdict.send is not None]

    def _case(self, loaded: Loaded, owner: str, look: Look, now: datetime) -> Case:
        found = look.found.get((owner, loaded.order.order_reference), ())
        return self.books.case(loaded, owner, found, look.begun, now, self._products)

    def _request(self, loaded: Loaded, verdict: Verdict) -> Request:
        effect, wanted = verdict.send, verdict.wanted
        assert effect is not None
        key, to = loaded.order.key, self.books.routes[loaded.order.order.channel_account]
        if effect.kind in ("order_cancel", "order_process"):
            return Request(key, effect, verdict.row)
        assert wanted is not None
        if effect.kind == "order_create":
            return Request(key, effect, verdict.row, creation(wanted, to, self._products))
        there = verdict.there.lines if verdict.there else ()
        return Request(key, effect, verdict.row, amendment(wanted, there, to, self._products))


def _is_under_way(loaded: Loaded) -> bool:
    """Its answer is still awaited."""
    return loaded.effect is not None and loaded.effect.state == "sent"
