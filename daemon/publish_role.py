"""Builds what publishes stock to the selling accounts, for the composition root."""

import asyncio
from typing import TYPE_CHECKING

from daemon import label_terms
from daemon.account_reports import AccountReports
from daemon.ahead import ahead_of
from daemon.baseline import Baseline, time_of
from daemon.choosing import Choosing
from daemon.direct_fulfilment import DirectFulfilment
from daemon.direct_fulfilment_settling import UpdateSettling
from daemon.feed_calls import FeedCalls
from daemon.feeds import feed_route
from daemon.label_books import LabelBooks
from daemon.labels import LabelBuying
from daemon.leases import Leases
from daemon.marking import mark
from daemon.order_clearing import OrderClearing
from daemon.order_demand import OrderDemand
from daemon.order_terms import released_from, terms_of
from daemon.publisher import Publisher
from daemon.read_back import ReadBack
from daemon.season import Recomputing
from daemon.selling import speed_of
from daemon.settings import SellerAccount
from daemon.stock_report_role import reporting
from daemon.stock_update_ends import UpdateEnds
from daemon.supervisor import Loop, Supervisor, leased, repeating
from handlers.direct_fulfilment import LONGEST
from schemas.terms import ChannelAccount

if TYPE_CHECKING:
    from daemon.app import App


def add_publishers(app: "App", supervisor: Supervisor) -> None:
    """Marks for all accounts; and for each its orders, patches, feeds and readings, each under a lease of its own."""

    async def marks() -> float:
        found = app.in_force()
        return 0.0 if await mark(app.database, found.rules, found.brakes, app.clock, found.ahead) else 0.02

    supervisor.add("marks", repeating(marks))
    recomputing = Recomputing(app.season, app.database, app.clock)
    supervisor.add("reckoned", leased(app.leases(), "reckoned", recomputing.round, needs=1.0))
    for name, seller in app.settings.sellers.items():
        orders = OrderDemand(
            name, seller, app.links[name], app.database, app.budget, app.clock, app.telemetry, app.settings.demand,
            speed_of(app.settings), app.rules, terms_of(app.settings)[ChannelAccount(name)], app.settings.owners,
        )  # fmt: skip
        supervisor.add(f"orders-{name}", leased(app.leases(), f"orders/{name}", orders.round, needs=1.0))
        if seller.release != "none":
            clearing = _clearing(app, name, seller)
            supervisor.add(f"clearing-{name}", leased(app.leases(), f"clearing/{name}", clearing.round, needs=1.0))
        if name in app.shipping_links:
            labels = _labelling(app, name, seller)
            supervisor.add(f"labels-{name}", leased(app.leases(), f"labels/{name}", labels.round, needs=1.0))
        reports = AccountReports(
            name, seller, app.report_links[name], app.database, app.budget, app.clock, app.telemetry,
            app.settings.health, app.settings.owners,
        )  # fmt: skip
        supervisor.add(f"reports-{name}", leased(app.leases(), f"reports/{name}", reports.round, needs=1.0))
        supervisor.add(f"publish-{name}", _publishing(app, name, seller))
        supervisor.add(f"feeds-{name}", _feeding(app, name, seller))
        reader = ReadBack(
            name, seller, app.links[name], app.database, app.budget, app.clock, app.telemetry,
            app.settings.publication, app.settings.owners,
        )  # fmt: skip
        supervisor.add(f"read-back-{name}", leased(app.leases(), f"read-back/{name}", reader.round, needs=1.0))
    for name in app.settings.direct_fulfilment:
        supervisor.add(f"publish-{name}", _fulfilling(app, name))
    for name in app.settings.stock_reports:
        supervisor.add(f"publish-{name}", reporting(app, name))


def _clearing(app: "App", name: str, seller: SellerAccount) -> OrderClearing:
    return OrderClearing(
        name, seller, app.links[name], app.database, app.budget, app.clock, app.telemetry, app.settings.orders,
        terms_of(app.settings)[ChannelAccount(name)], speed_of(app.settings), app.rules, app.settings.owners,
        released_from(seller),
    )  # fmt: skip


def _labelling(app: "App", name: str, seller: SellerAccount) -> LabelBuying:
    account = app.settings.labels[name]
    books = LabelBooks(ChannelAccount(name), app.database, app.clock, app.settings.owners)
    return LabelBuying(
        books, seller, app.shipping_links[name], app.budget, app.telemetry, label_terms.terms_of(account),
        label_terms.rules_of(account), app.settings.publication.request_timeout, account.buy == "before_release",
    )  # fmt: skip


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

    async def round_() -> float:
        found = app.in_force()
        route.publisher.go_by(found.settings.publication, found.rules, found.ahead)
        route.baseline.go_by(found.settings.sellers[name].baseline_at)
        return await route.round()

    return leased(leases, route.lease, round_, needs=app.settings.publication.request_timeout)


def _publishing(app: "App", name: str, seller: SellerAccount) -> Loop:
    settings, leases = app.settings.publication, app.leases()
    publisher = _publisher(app, name, seller, leases)

    async def round_() -> float:
        found = app.in_force()
        publisher.go_by(found.settings.publication, found.rules, found.ahead)
        return await publisher.publish()

    rounds = leased(leases, publisher.lease, round_, needs=settings.request_timeout)

    async def loop(stopping: asyncio.Event) -> None:
        try:
            await rounds(stopping)
        finally:
            await publisher.drain(settings.request_timeout)

    return loop


def _fulfilling(app: "App", name: str) -> Loop:
    route = direct_fulfilment(app, name, app.leases())

    async def round_() -> float:
        found = app.in_force()
        route.go_by(found.settings.publication, found.rules, found.ahead)
        route.baseline.go_by(found.settings.direct_fulfilment[name].baseline_at)
        return await route.round()

    return leased(route.leases, route.lease, round_, needs=app.settings.publication.request_timeout)


def direct_fulfilment(app: "App", name: str, leases: Leases) -> DirectFulfilment:
    """Who publishes for a direct fulfilment account. Its orders are not ours to read here, and what has succeeded is
    in effect."""
    account, settings = app.settings.direct_fulfilment[name], app.settings.publication
    ends = UpdateEnds(
        name, "the channel", one_alert_each=True, telemetry=app.telemetry, settings=settings,
        owners=app.settings.owners,
    )  # fmt: skip
    settling = UpdateSettling(name, account, app.database, app.budget, app.clock, settings, ends)
    choosing = Choosing(app.database, app.clock, settings.near_zero, app.rules, ahead_of(app.settings), LONGEST)
    baseline = Baseline(name, app.database, app.clock, time_of(account.baseline_at))
    return DirectFulfilment(
        name, account, app.fulfilment_links[name], app.database, app.budget, app.clock, app.telemetry, settings,
        choosing, settling, baseline, leases, app.holder,
    )  # fmt: skip
