"""The simulated Clarus as a server: the login, GraphQL for reads, REST for goods outs."""

import asyncio
import copy
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

import msgspec
from aiohttp import web

from simulators.clarus.execute import run
from simulators.clarus.faults import Fault, FaultPlan
from simulators.clarus.graphql import GraphFault, parse
from simulators.clarus.login import TOKEN_LIFE, Login
from simulators.clarus.orders import Answer, GoodsOuts
from simulators.clarus.orders import fault as fault_answer
from simulators.clarus.webhooks import Webhooks
from simulators.clarus.world import Heard, World
from simulators.time import SimulatorTime, WallTime

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CLIENT, SECRET = "simulated-integration", "simulated-clarus-secret"


class ClarusSimulator:
    """`async with ClarusSimulator() as clarus`: everything is in memory and gone at the end."""

    def __init__(
        self,
        time: SimulatorTime | None = None,
        *,
        faults: FaultPlan | None = None,
        subdomain: str = "acme-warehouse",
        token_life: float = TOKEN_LIFE,
        prefix: str = "/api",
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """`port` 0 takes any free one; `token_life` in simulated seconds."""
        self.world = World(subdomain, time or WallTime(), faults or FaultPlan(), Login(token_life))
        self.world.login.secrets[CLIENT] = SECRET
        self._host, self._port, self._prefix = host, port, prefix
        self.orders = GoodsOuts(self.world.goods_outs)
        self._runner: web.AppRunner | None = None
        self._coming = set["asyncio.Task[None]"]()
        """Effects that come after their requests were given up."""
        self.hooks = Webhooks(self.world, "")
        self.more_routes: tuple[web.RouteDef, ...] = ()
        """Set before it is served."""

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    @property
    def token_url(self) -> str:
        return f"{self.url}/oauth/token"

    @property
    def faults(self) -> FaultPlan:
        return self.world.faults

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=16_777_216, middlewares=[self._in_service])
        application.add_routes(
            [
                web.post("/oauth/token", self._token),
                web.post("/graphql", self._graphql),
                web.post(f"{self._prefix}/goods_outs", self._create),
                web.patch(f"{self._prefix}/goods_outs/{{id}}", self._change),
                web.delete(f"{self._prefix}/goods_outs/{{id}}", self._delete),
                web.post(f"{self._prefix}/goods_outs/{{id}}/cancel", self._cancel),
                web.post(f"{self._prefix}/goods_out_processes/process_picks_async", self._process),
                *self.more_routes,
            ]
        )
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.05)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]
        self.hooks.domain = self.url
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._coming:
            task.cancel()
        await self.hooks.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _in_service(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.world.faults.is_away(self.world.time.now()):
            return _closed(request)
        return await handler(request)

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        now = self.world.time.now()
        status, body = self.world.login.grant(form, request.headers.get("Authorization", ""), now)
        return _json(status, body)

    async def _graphql(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        asked = _decoded(body)
        operation = _operation(asked)
        fault = self.world.faults.next(operation)
        if (stopped := await self._stopped(request, operation, asked, fault)) is not None:
            return stopped
        return self._heard(request, operation, asked, *self._answered(asked, operation, fault), fault)

    def _answered(self, asked: Any, operation: str, fault: Fault | None) -> tuple[int, dict[str, Any]]:
        kind = fault.kind if fault else ""
        if kind == "errors_alone":
            return 200, {"errors": [{"message": "Timeout on StockBalanceConnection.edges"}]}
        try:
            data = run(self.world.schema, self.world.nodes, asked["query"], asked.get("variables") or {})
        except (GraphFault, TypeError, KeyError) as error:
            return 200, {"errors": [{"message": str(error), "locations": [{"line": 1, "column": 1}]}]}
        return 200, _spoilt(data, operation, fault)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        def act(body: Any) -> Answer:
            return self.orders.create(body, self.world.new_id(), self.world.time.now())

        return await self._rest(request, "goods_outs.create", act)

    async def _change(self, request: web.Request) -> web.StreamResponse:
        def act(body: Any) -> Answer:
            return self.orders.change(_id(request), body, self.world.time.now())

        return await self._rest(request, "goods_outs.change", act)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        def act(_: Any) -> Answer:
            return self.orders.delete(_id(request), self.world.time.now())

        return await self._rest(request, "goods_outs.delete", act)

    async def _cancel(self, request: web.Request) -> web.StreamResponse:
        def act(_: Any) -> Answer:
            return self.orders.cancel(_id(request), self.world.time.now())

        return await self._rest(request, "goods_outs.cancel", act)

    async def _process(self, request: web.Request) -> web.StreamResponse:
        def act(body: Any) -> Answer:
            return self.orders.process_picks(body, self.world.time.now())

        return await self._rest(request, "goods_out_processes.process_picks", act)

    async def _rest(self, request: web.Request, operation: str, act: Callable[[Any], Answer]) -> web.StreamResponse:
        body = _decoded(await request.read())
        fault = self.world.faults.next(operation)
        if (stopped := await self._stopped(request, operation, body, fault)) is not None:
            return stopped
        if fault is not None and fault.kind == "late_effect":
            self._keep(asyncio.create_task(self._late(request, operation, body, act, fault)))
            return _closed(request)
        status, answer = act(copy.deepcopy(body))
        return self._after(request, operation, body, status, answer, fault)

    async def _late(
        self, request: web.Request, operation: str, body: Any, act: Callable[[Any], Answer], fault: Fault
    ) -> None:
        await self.world.time.sleep(fault.seconds)
        status, answer = act(copy.deepcopy(body))
        self._heard(request, operation, body, status, answer, fault)

    def _keep(self, task: "asyncio.Task[None]") -> None:
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    def _after(
        self, request: web.Request, operation: str, body: Any, status: int, answer: Any, fault: Fault | None
    ) -> web.Response:
        """What becomes of the answer once the thing is done."""
        heard = self._heard(request, operation, body, status, answer, fault)
        if fault is not None and fault.kind == "reset_after":
            return _closed(request)
        if fault is not None and fault.kind == "error_after":
            return _json(fault.status, None)
        return heard

    async def _stopped(
        self, request: web.Request, operation: str, body: Any, fault: Fault | None
    ) -> web.StreamResponse | None:
        """What keeps a call from doing anything at all; a slow one is only late."""
        kind = fault.kind if fault else ""
        known = self.world.login.holder(request.headers.get("Authorization", ""), self.world.time.now())
        if known is None or kind == "unauthorised":
            return self._heard(request, operation, body, 401, {"error": "The session has ended"}, fault)
        if request.headers.get("X-Clarus-Subdomain") != self.world.subdomain:
            return self._heard(request, operation, body, 401, {"error": "Unknown subdomain"}, fault)
        match kind:
            case "slow" if fault:
                await self.world.time.sleep(fault.seconds)
            case "error" if fault:
                return self._heard(request, operation, body, fault.status, None, fault)
            case "throttle":
                return self._heard(request, operation, body, 429, {"errors": [{"symbol": "throttled"}]}, fault)
            case "refused" | "echoed":
                return self._heard(request, operation, body, 422, _refusal(kind, body), fault)
            case "reset":
                self._heard(request, operation, body, 0, None, fault)
                return _closed(request)
            case "garbled":
                self._heard(request, operation, body, 200, None, fault)
                return web.Response(body=b'{"data": {"stock', content_type="application/json")
            case _:
                pass
        return None

    def _heard(
        self, request: web.Request, operation: str, body: Any, status: int, answer: Any, fault: Fault | None
    ) -> web.Response:
        kept = {name.lower(): value for name, value in request.headers.items()}
        now, kind = self.world.time.now(), fault.kind if fault else ""
        self.world.heard.append(Heard(now, operation, status, body, kept, kind, request.path))
        return _json(status or 500, answer)


def _closed(request: web.Request) -> web.Response:
    """The connection closes under the client; the response is never written."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _refusal(kind: str, body: Any) -> Any:
    if kind == "refused":
        return fault_answer(422, "refused_by_script", "a fault of the simulator's")[1]
    said = f"cannot be sent to {msgspec.json.encode(body).decode()}"
    fault = {"code": 1, "symbol": "address_invalid", "details": said, "source": "address", "context": body}
    return {"errors": [fault]}


def _spoilt(data: dict[str, Any], operation: str, fault: Fault | None) -> dict[str, Any]:
    kind = fault.kind if fault else ""
    page = (data.get(operation) or {}).get("all") or {}
    edges = page.get("edges") or []
    if kind == "missing_field" and edges and fault is not None:
        edges[0]["node"].pop(fault.field, None)
    if kind == "repeated_rows" and edges:
        edges.insert(0, copy.deepcopy(edges[0]))
    if kind == "errors_beside_data":
        page["edges"] = edges[: len(edges) // 2]
        return {"data": data, "errors": [{"message": "Timeout on StockBalance.available", "path": [operation]}]}
    return {"data": data}


def _operation(asked: Any) -> str:
    """The first field of the query, which names the list."""
    try:
        return parse(asked["query"], asked.get("variables") or {}).fields[0].name
    except (GraphFault, TypeError, KeyError, AttributeError):
        return ""


def _id(request: web.Request) -> int:
    text = request.match_info["id"]
    return int(text) if text.isdigit() else 0


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body) if body else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _json(status: int, content: object) -> web.Response:
    if content is None:
        return web.Response(status=status)
    return web.Response(status=status, body=msgspec.json.encode(content), content_type="application/json")
