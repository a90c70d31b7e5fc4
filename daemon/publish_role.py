"""Builds what publishes stock to the selling accounts, for the composition root."""

import asyncio
from typing import TYPE_CHECKING

from daemon.ahead import ahead_of
from daemon.brakes import brakes_of
from daemon.feed_calls import FeedCalls
from daemon.feeds import feed_route
from daemon.leases import Leases
from daemon.marking import mark
from daemon.order_demand import OrderDemand
from daemon.publisher import Publisher
from daemon.read_back import ReadBack
from daemon.selling import speed_of
from daemon.settings import SellerAccount
from daemon.supervisor import Loop, Supervisor, leased, repeating

if TYPE_CHECKING:
    from daemon.app import App


def add_publishers(app: "App", supervisor: Supervisor) -> None:
    """Marks for all accounts; and for each its orders, patches, feeds and readings, each under a lease of its own."""
    brakes = brakes_of(app.settings.zeroes, app.settings.sellers, app.rules)
    ahead = ahead_of(app.settings)

    async def marks() -> float:
        return 0.0 if await mark(app.database, app.rules, brakes, app.clock, ahead) else 0.02

    supervisor.add("marks", repeating(marks))
    for name, seller in app.settings.sellers.items():
        orders = OrderDemand(
            name, seller, app.links[name], app.database, app.budget, app.clock, app.telemetry, app.settings.demand,
            speed_of(app.settings), app.rules, app.settings.owners,
        )  # fmt: skip
        supervisor.add(f"orders-{name}", leased(app.leases(), f"orders/{name}", orders.round, needs=1.0))
        supervisor.add(f"publish-{name}", _publishing(app, name, seller))
        supervisor.add(f"feeds-{name}", _feeding(app, name, seller))
        reader = ReadBack(
            name, seller, app.links[name], app.database, app.budget, app.clock, app.telemetry,
            app.settings.publication, app.settings.owners,
        )  # fmt: skip
        supervisor.add(f"read-back-{name}", leased(app.leases(), f"read-back/{name}", reader.round, needs=1.0))


def _publisher(app: "App", name: str, seller: SellerAccount, leases: Leases) -> Publisher:
    return Publisher(
        name, seller, app.links[name], app.database, app.budget, app.clock, app.telemetry, app.settings.publication,
        app.holder, app.rules, app.settings.owners, leases, ahead_of(app.settings),
    )  # fmt: skip


def _feeding(app: "App", name: str, seller: SellerAccount) -> Loop:
    settings, leases = app.settings.feeds, app.leases()
    calls = FeedCalls(
        name, seller, app.links[name], app.database, app.budget, app.clock, app.telemetry, settings.transfer_timeout,
        app.settings.owners,
    )  # fmt: skip
    route = feed_route(_publisher(app, name, seller, leases), calls, settings, app.settings.owners)
    return leased(leases, route.lease, route.round, needs=app.settings.publication.request_timeout)


def _publishing(app: "App", name: str, seller: SellerAccount) -> Loop:
    settings, leases = app.settings.publication, app.leases()
    publisher = _publisher(app, name, seller, leases)
    rounds = leased(leases, publisher.lease, publisher.publish, needs=settings.request_timeout)

    async def loop(stopping: asyncio.Event) -> None:
        try:
            await rounds(stopping)
        finally:
            await publisher.drain(settings.request_timeout)

    return loop
