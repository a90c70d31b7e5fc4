"""The simulated Clarus's back door: what people at its warehouse do, for whoever plays them from another process."""

from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from simulators.clarus.orders import GoodsOut
from simulators.clarus.packing_desk import PackingDesk

LOOPBACK = frozenset({"127.0.0.1", "::1"})


class Control:
    """On the loopback only, as the simulated Amazon's."""

    def __init__(self, desk: PackingDesk) -> None:
        self._desk = desk
        self._steps: dict[str, Callable[[GoodsOut], object]] = {
            "allocate": desk.allocate, "pick": desk.pick, "pack": desk.pack, "complete": desk.complete,
            "take-back": desk.take_back, "cancel": desk.cancel, "despatch": self._despatch,
        }  # fmt: skip

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_simulator/goods_outs", self._list),
            web.post("/_simulator/goods_outs/{reference}/{step}", self._work),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        _from_here(request)
        return _json([self._shown(order) for order in self._desk.clarus.world.goods_outs.values()])

    async def _work(self, request: web.Request) -> web.Response:
        """The oldest goods out of the reference that is there takes the step."""
        _from_here(request)
        reference, step = request.match_info["reference"], request.match_info["step"]
        if (work := self._steps.get(step)) is None:
            raise web.HTTPNotFound(text=f"no step {step!r}; there are: {', '.join(self._steps)}\n")
        named = self._desk.clarus.orders.named(reference)
        if not named:
            raise web.HTTPNotFound(
                text=f"no goods out {reference!r}; GET /_simulator/goods_outs lists what is there\n"
            )
        _refuse(named[0], step)
        work(named[0])
        return _json(self._shown(named[0]))

    def _despatch(self, order: GoodsOut) -> None:
        """All of it in one parcel, as on a day without trouble."""
        self._desk.allocate(order)
        self._desk.pick(order)
        self._desk.pack(order)
        self._desk.complete(order)

    def _shown(self, order: GoodsOut) -> dict[str, Any]:
        world = self._desk.clarus.world
        codes = {str(product.id): product.code for product in world.products.values()}
        return {
            "id": order.id,
            "reference": order.attributes["reference"],
            "status": order.status or "deleted",
            "lines": {codes[str(line["product_id"])]: line["order_quantity"] for line in order.lines.values()},
            "parcels": [
                package.tracking_number
                for one in world.shipments
                if one.goods_out == order.id
                for package in one.packages
            ],
        }


def _refuse(order: GoodsOut, step: str) -> None:
    """What has left can only be taken back, and nothing else can."""
    if (order.status == "COMPLETED") != (step == "take-back") or order.status == "CANCELLED":
        raise web.HTTPConflict(text=f"goods out {order.attributes['reference']} is {order.status}: no {step}\n")


def _from_here(request: web.Request) -> None:
    if request.remote not in LOOPBACK:
        raise web.HTTPForbidden(text="the simulator is controlled from its own machine only")


def _json(content: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(content) + b"\n", content_type="application/json")
