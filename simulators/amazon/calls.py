"""One call to the simulated Amazon: who may make it, what goes wrong with it, what is written down."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec
from aiohttp import web

from simulators.amazon.faults import Fault
from simulators.amazon.journal import Entry
from simulators.amazon.login import IssuedToken
from simulators.amazon.reply import Reply, breakdown, denial, refusal, throttling
from simulators.amazon.world import SimulatedSeller, World

Act = Callable[[SimulatedSeller], Reply]
"""What the operation does, in one step, to the state of a seller."""

MAX_USER_AGENT = 500


@dataclass(frozen=True, slots=True)
class Call:
    request: web.Request
    operation: str
    subject: str
    marketplace: str
    body: bytes
    arrived: datetime
    request_id: str
    act: Act
    product: bool = False
    """It touches product data, which has a limit of its own."""


class Calls:
    """Runs calls against the world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._late = set[asyncio.Task[None]]()

    async def run(self, call: Call) -> web.StreamResponse:
        holder = self._world.login.holder(call.request.headers.get("x-amz-access-token", ""), call.arrived)
        if holder is None or call.request.match_info.get("seller", holder.seller) != holder.seller:
            return self._answered(call, "", denial())
        fault = self._world.faults.next(call.operation, holder.seller, call.subject, call.arrived)
        if (stopped := self._stopped(call, holder, fault)) is not None:
            return self._answered(call, holder.seller, stopped, fault)
        return await self._acted(call, self._world.sellers[holder.seller], fault)

    def close(self) -> None:
        """Forget the effects that were still to come."""
        for task in self._late:
            task.cancel()

    def _stopped(self, call: Call, holder: IssuedToken, fault: Fault | None) -> Reply | None:
        """What keeps the call from doing anything at all."""
        if not 0 < len(call.request.headers.get("user-agent", "")) <= MAX_USER_AGENT:
            return refusal(400, "InvalidInput", "A user-agent of at most 500 characters is required.")
        if fault is not None and fault.kind == "denied":
            return denial(403, "Access was withdrawn for a while.")
        if fault is not None and fault.kind == "throttle":
            return throttling("injected")
        at = call.arrived.timestamp()
        scope = self._world.buckets.take(call.operation, holder.seller, holder.application, at, product=call.product)
        return throttling(scope) if scope else None

    async def _acted(self, call: Call, seller: SimulatedSeller, fault: Fault | None) -> web.StreamResponse:
        match fault and fault.kind:
            case "reset":
                return self._cut(call, seller, Reply(0, None, "broken", error="reset"), fault)
            case "late_effect":
                self._keep(asyncio.create_task(self._acted_late(call, seller, fault)))
                return _closed(call)
            case "slow" if fault:
                await self._world.time.sleep(fault.seconds)
            case "error_before" if fault:
                return self._answered(call, seller.seller_id, breakdown(fault.status), fault)
            case "repeated":
                return self._answered(call, seller.seller_id, self._twice(call, seller), fault)
            case _:
                pass
        return await self._told(call, seller, self._act(call, seller), fault)

    async def _told(
        self, call: Call, seller: SimulatedSeller, reply: Reply, fault: Fault | None
    ) -> web.StreamResponse:
        """The effect is there; now for the answer."""
        match fault and fault.kind:
            case "cut_answer":
                return self._cut(call, seller, reply, fault)
            case "lost_answer" if fault:
                self._write_down(call, seller.seller_id, reply, 0, fault)
                await self._world.time.sleep(fault.seconds)
                return _closed(call)
            case "error_after" if fault:
                self._write_down(call, seller.seller_id, reply, fault.status, fault)
                return self._response(call, breakdown(fault.status))
            case _:
                return self._answered(call, seller.seller_id, reply, fault)

    async def _acted_late(self, call: Call, seller: SimulatedSeller, fault: Fault | None) -> None:
        await self._world.time.sleep(fault.seconds if fault else 0)
        self._write_down(call, seller.seller_id, self._act(call, seller), 0, fault)

    def _act(self, call: Call, seller: SimulatedSeller) -> Reply:
        """Feeds that were due before take effect before."""
        seller.settle_feeds()
        return call.act(seller)

    def _twice(self, call: Call, seller: SimulatedSeller) -> Reply:
        """The page as two replicas have it, one among the other."""
        one, other = self._act(call, seller), self._act(call, seller)
        if not isinstance(one.body, dict) or not isinstance(other.body, dict) or "orders" not in one.body:
            return one
        rows: list[object] = [*one.body["orders"], *other.body["orders"]]
        return replace(one, body={**one.body, "orders": self._world.faults.shuffled(rows)})

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def _cut(self, call: Call, seller: SimulatedSeller, reply: Reply, fault: Fault | None) -> web.StreamResponse:
        self._write_down(call, seller.seller_id, reply, 0, fault)
        return _closed(call)

    def _answered(self, call: Call, seller: str, reply: Reply, fault: Fault | None = None) -> web.StreamResponse:
        self._write_down(call, seller, reply, reply.status, fault)
        return self._response(call, reply)

    def _write_down(self, call: Call, seller: str, reply: Reply, status: int, fault: Fault | None) -> None:
        journal = self._world.journal
        entry = Entry(
            number=journal.next_number(),
            at=call.arrived,
            done_at=self._world.time.now(),
            operation=call.operation,
            seller=seller,
            subject=call.subject,
            marketplace=call.marketplace,
            outcome=reply.outcome,
            status=status,
            request_id=call.request_id,
            fault=fault.kind if fault else "",
            scope=reply.scope,
            error=reply.error,
            quantity=reply.quantity,
            package=reply.package,
            edit=reply.edit,
            body=_decoded(call.body),
        )
        journal.add(entry)

    def _response(self, call: Call, reply: Reply) -> web.Response:
        headers = {"x-amzn-RequestId": call.request_id}
        if (200 <= reply.status < 300 or reply.status in (400, 404)) and not self._world.faults.hides_rate():
            headers["x-amzn-RateLimit-Limit"] = str(float(self._world.buckets.plans[call.operation].rate))
        if reply.body is None:
            return web.Response(status=reply.status, headers=headers)
        body = msgspec.json.encode(reply.body)
        return web.Response(status=reply.status, headers=headers, body=body, content_type="application/json")


def _closed(call: Call) -> web.StreamResponse:
    """Close the connection under the client; the response is never written."""
    if call.request.transport is not None:
        call.request.transport.abort()
    return web.Response()


def _decoded(body: bytes) -> object:
    try:
        return msgspec.json.decode(body) if body else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return repr(body)
