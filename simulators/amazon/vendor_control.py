"""The vendor side's back door, for tests in another process: orders placed and changed, goods that arrive."""

from typing import Any

import msgspec
from aiohttp import web

from schemas.purchase_order import Acknowledgement, PurchaseOrder
from simulators.amazon.vendor import Delivery, Vendor
from simulators.amazon.vendor_books import Change, SimulatedOrder
from simulators.amazon.vendor_chargebacks import by_kind
from simulators.amazon.vendor_transactions import VendorPlan
from simulators.amazon.world import World


class Changed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: str
    change: Change


class Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: str


class Steps(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What happens at a vendor, in this order."""

    plan: VendorPlan | None = None
    orders: tuple[PurchaseOrder, ...] = ()
    changes: tuple[Changed, ...] = ()
    by_hand: tuple[Acknowledgement, ...] = ()
    """Answered in the portal."""
    deliveries: tuple[Delivery, ...] = ()
    closed: tuple[Closed, ...] = ()


class VendorControl:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_simulator/vendors/{seller}", self._state),
            web.post("/_simulator/vendors/{seller}", self._steps),
        ]

    async def _state(self, request: web.Request) -> web.Response:
        """`?since=N` gives the documents after the first N."""
        vendor, since = self._vendor(request), int(request.query.get("since", "0"))
        vendor.settle(self._world.time.now())
        return _json(
            {
                "orders": [_order(order) for order in vendor.orders.values()],
                "documents": vendor.documents[since:],
                "chargebacks": vendor.chargebacks,
                "chargebacks_by_kind": by_kind(vendor.chargebacks),
                "invoices": sorted(vendor.invoices),
            }
        )

    async def _steps(self, request: web.Request) -> web.Response:
        vendor, now = self._vendor(request), self._world.time.now()
        try:
            steps = msgspec.json.decode(await request.read(), type=Steps)
            return _json({"by_hand": self._taken(vendor, steps), "now": now})
        except (msgspec.DecodeError, KeyError, ValueError) as error:
            raise web.HTTPBadRequest(text=str(error)) from None

    def _taken(self, vendor: Vendor, steps: Steps) -> list[Any]:
        now = self._world.time.now()
        if steps.plan is not None:
            vendor.transactions.plan = steps.plan
        for order in steps.orders:
            vendor.add_order(order)
        for one in steps.changes:
            vendor.change_order(one.number, one.change, now)
        faults = [vendor.acknowledge_by_hand(answer, now) for answer in steps.by_hand]
        for delivery in steps.deliveries:
            vendor.deliver(delivery, now)
        for closed in steps.closed:
            vendor.close_order(closed.number, now)
        return faults

    def _vendor(self, request: web.Request) -> Vendor:
        seller = self._world.sellers.get(request.match_info["seller"])
        if seller is None:
            raise web.HTTPNotFound(text="there is no such vendor")
        return seller.vendor


def _order(order: SimulatedOrder) -> dict[str, object]:
    lines = [
        {
            "number": line.number, "ordered": line.ordered.amount, "accepted": book.accepted,
            "backordered": book.backordered, "rejected": book.rejected, "received": book.received,
        }
        for line in order.order.lines
        for book in (order.books[line.number],)
    ]  # fmt: skip
    return {
        "number": order.number, "state": order.order.state, "acknowledged_by": order.acknowledged_by, "lines": lines
    }  # fmt: skip


def _json(content: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(content), content_type="application/json")
