"""The composition root: what is built, started and stopped, in order.

Start: database (version checked), clock (disciplined by the database), bus (topology declared), then the loops of
this process's roles. Stop: loops are told, drain and end within their bound; then links, bus and database close.
"""

import asyncio
import logging
import os
import signal
import socket
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import aiohttp
import msgspec

from daemon.brake_watch import BrakeWatch
from daemon.budget import Budget
from daemon.bus import open_bus
from daemon.bus.port import Bus
from daemon.carrier_terms import carrier_rules
from daemon.catalogue_role import catalogue_loops
from daemon.clarus_access import clarus_access
from daemon.clarus_role import clarus_hooks, clarus_loops, under_clarus
from daemon.clock import Clock
from daemon.collector import collect_seldom
from daemon.config import Configuration
from daemon.consumer import StockIntake
from daemon.demand_watch import DemandWatch
from daemon.despatch_role import despatch_calls, document_loops, open_despatch
from daemon.despatch_watch import DespatchWatch
from daemon.edi_role import edi_document_links, edi_loops
from daemon.figures import show_figures
from daemon.health_watch import health_watch
from daemon.housekeeping import Housekeeping
from daemon.leases import QUICK_TTL, ROUND, TTL, Leases, be_gone, be_seen
from daemon.links.amazon_direct_fulfilment import DirectFulfilmentLink
from daemon.links.amazon_feeds import AmazonFeedLink
from daemon.links.amazon_reports import AmazonReportLink
from daemon.links.amazon_shipping import AmazonShippingLink
from daemon.links.amazon_vendor import VendorLink
from daemon.links.lwa import LoginWithAmazon
from daemon.log import fact
from daemon.loop_lag import LoopLag
from daemon.outbox import Relay
from daemon.pace import CHANGING, Pace, Strain, backlog_of
from daemon.pack_role import pack_loops
from daemon.partitions import Partitions
from daemon.publish_role import add_publishers
from daemon.release_role import release_loops
from daemon.replenishment_watch import ReplenishmentWatch
from daemon.season import InForce, Season
from daemon.selling import accounts_of, placed_of, rules_of, speed_of, vendor_as_seller
from daemon.settings import Role, SellerAccount, Settings
from daemon.store import buyer_access
from daemon.store.database import Database, check_version, open_database
from daemon.supervisor import Round, Supervisor, leased, repeating
from daemon.systemd import Systemd
from daemon.telemetry import Telemetry
from daemon.topology import STOCK_QUEUES, TOPOLOGY
from daemon.urgency import Urgency
from daemon.vendor_documents_role import vendor_document_loops
from daemon.vendor_figures import show_vendor_figures
from daemon.vendor_role import by_api, vendor_loops
from daemon.vendor_watch import VendorWatch
from daemon.watch import Watch
from daemon.web import Check, WebServer
from handlers.supply import Rules
from schemas.terms import ChannelAccount

log = logging.getLogger(__name__)

DISCIPLINE_EVERY = 60.0
"""Real seconds between two looks at the database's clock."""


@dataclass(slots=True)
class App:
    """One process of the daemon: what its roles share."""

    configuration: Configuration
    roles: Sequence[Role]
    clock: Clock
    database: Database
    despatch_database: Database
    bus: Bus
    telemetry: Telemetry
    budget: Budget
    holder: str
    links: dict[str, AmazonFeedLink] = field(default_factory=dict[str, AmazonFeedLink])
    report_links: dict[str, AmazonReportLink] = field(default_factory=dict[str, AmazonReportLink])
    fulfilment_links: dict[str, DirectFulfilmentLink] = field(default_factory=dict[str, DirectFulfilmentLink])
    shipping_links: dict[str, AmazonShippingLink] = field(default_factory=dict[str, AmazonShippingLink])
    vendor_links: dict[str, VendorLink] = field(default_factory=dict[str, VendorLink])
    urgency: Urgency = field(default_factory=Urgency)
    strain: Strain = field(init=False)
    season: Season = field(init=False)

    def __post_init__(self) -> None:
        self.season = Season(self.settings)
        self.strain = Strain(self.settings.clock.tolerance)

    def in_force(self) -> InForce:
        """The settings of this moment: the standing ones, or those of a peak."""
        return self.season.at(self.clock.now())

    @property
    def settings(self) -> Settings:
        return self.configuration.settings

    @property
    def rules(self) -> Rules:
        return rules_of(self.settings)

    def leases(self, ttl: float = TTL) -> Leases:
        return Leases(self.database, self.holder, ttl)


def clock_of(settings: Settings) -> Clock:
    """The clock that the settings describe, not yet disciplined."""
    section = settings.clock
    origin = datetime.fromisoformat(section.origin) if section.origin else datetime.fromtimestamp(0).astimezone()
    return Clock(section.factor, origin, timedelta(seconds=section.host_error))


@asynccontextmanager
async def opened(configuration: Configuration, roles: Sequence[Role]) -> AsyncIterator[App]:
    """Everything open that the roles share; closed in reverse."""
    settings = configuration.settings
    clock = clock_of(settings)
    async with AsyncExitStack() as stack:
        urgency = Urgency()
        database = await open_books(configuration, settings.database.connections, stack, urgency=urgency)
        despatch = await open_books(configuration, settings.database.despatch_connections, stack, "goodsout-despatch")
        async with database.connection() as connection:
            await check_version(connection)
        clock.discipline(await database.now())
        bus = await stack.enter_async_context(
            open_bus(settings.bus, _password(configuration, settings.bus.password_file))
        )
        await bus.declare(TOPOLOGY)
        name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        budget = Budget(partial(clock.slowest, CHANGING))
        app = App(configuration, roles, clock, database, despatch, bus, Telemetry(), budget, name, urgency=urgency)
        app.telemetry.bus_connected.set_function(lambda: float(bus.connected))
        await _make_links(app, stack)
        yield app


async def open_books(
    configuration: Configuration,
    connections: int,
    stack: AsyncExitStack,
    name: str = "goodsout",
    urgency: Urgency | None = None,
) -> Database:
    """A pool on the configured database; `embedded:` must have been started and named by then."""
    section = configuration.settings.database
    password = _password(configuration, section.password_file)
    database = await open_database(section.url, section, connections, password=password, name=name, urgency=urgency)
    stack.push_async_callback(database.close)
    return database


def _password(configuration: Configuration, file: str | None) -> str | None:
    return None if file is None else configuration.secret(file).reveal()


async def _make_links(app: App, stack: AsyncExitStack) -> None:
    session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)))
    login = LoginWithAmazon(session, app.clock)
    timeout = app.settings.publication.request_timeout
    for name, account in accounts_of(app.settings).items():
        if name in app.settings.stock_reports:
            continue
        found = with_secret_paths(app.configuration, account)
        if name in app.settings.direct_fulfilment:
            app.fulfilment_links[name] = DirectFulfilmentLink(session, found, login, timeout, clock=app.clock)
        else:
            app.links[name] = AmazonFeedLink(session, found, login, timeout, clock=app.clock)
            app.report_links[name] = AmazonReportLink(session, found, login, timeout, clock=app.clock)
        if name in app.settings.labels:
            business = app.settings.labels[name].business
            app.shipping_links[name] = AmazonShippingLink(session, found, login, timeout, business, clock=app.clock)
    for name, vendor in by_api(app.settings).items():
        found = with_secret_paths(app.configuration, vendor_as_seller(vendor))
        long = app.settings.despatch.request_timeout
        app.vendor_links[name] = VendorLink(session, found, login, long, ChannelAccount(name), clock=app.clock)


def with_secret_paths(configuration: Configuration, seller: SellerAccount) -> SellerAccount:
    """The account with its secret files named by where they were found."""
    return msgspec.structs.replace(
        seller,
        client_secret_file=str(configuration.secret_path(seller.client_secret_file)),
        refresh_token_file=str(configuration.secret_path(seller.refresh_token_file)),
    )


async def run(configuration: Configuration, roles: Sequence[Role], stop: asyncio.Event | None = None) -> None:
    """Run these roles until SIGTERM, SIGINT or `stop`. Raises when a loop dies."""
    async with opened(configuration, roles) as app, LoopLag(app.telemetry, on_lag=app.strain.late):
        supervisor = Supervisor(app.settings.intake.drain, stop or asyncio.Event())
        _listen_for_signals(supervisor)
        buyer_access.read_as(f"goodsout run, {app.holder}")
        await be_seen(app.database, app.holder, roles)
        async with AsyncExitStack() as stack:
            _add_loops(app, supervisor)
            await _add_documents(app, supervisor, stack)
            access = await stack.enter_async_context(clarus_access(app))
            loops = clarus_loops(app, access) if "intake" in roles else {}
            loops |= release_loops(app, access) if "release" in roles else {}
            loops |= catalogue_loops(app, access) | pack_loops(app, access) if "watch" in roles else {}
            for name, loop in loops.items():
                supervisor.add(name, loop)
            if "web" in roles:
                await stack.enter_async_context(_web(app, supervisor))
            collect_seldom()
            Systemd().ready("running")
            log.info("running", extra=fact("started", roles=list(roles), holder=app.holder))
            await supervisor.wait()
        Systemd().stopping("drained")
        await be_gone(app.database, app.holder)
        log.info("drained and stopped", extra=fact("stopped", holder=app.holder))


def _listen_for_signals(supervisor: Supervisor) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, supervisor.stopping.set)


def _web(app: App, supervisor: Supervisor) -> WebServer:
    async def bus() -> str | None:
        return None if app.bus.connected else "the bus is not connected"

    async def database() -> str | None:
        await app.database.now()
        return None

    async def loops() -> str | None:
        return supervisor.failing()

    checks: dict[str, Check] = {"bus": bus, "database": database, "loops": loops}
    section = app.settings.web
    routes = clarus_hooks(app).routes()
    return WebServer(section.host, section.port, telemetry=app.telemetry, checks=checks, routes=routes)


def _add_loops(app: App, supervisor: Supervisor) -> None:
    supervisor.add("presence", repeating(_presence(app)))
    if app.settings.clock.yields and app.clock.factor > 1:
        supervisor.add("pace", repeating(_pace(app)))
    if "intake" in app.roles:
        supervisor.add("intake", stock_intake(app).run)
    if "relay" in app.roles:
        _add_relays(app, supervisor)
    if "publish" in app.roles:
        add_publishers(app, supervisor)
    if "watch" in app.roles:
        supervisor.add("watch", leased(app.leases(), "watch", _watch(app), needs=0.0))
        supervisor.add("figures", repeating(_figures(app)))


def _nobody() -> None:
    """Whoever performs is in another process, and looks by itself."""


async def _add_documents(app: App, supervisor: Supervisor, stack: AsyncExitStack) -> None:
    """What waits for nobody in another process: a despatch committed here wakes the performer here."""
    wake: Callable[[], None] = _nobody
    if "despatch" in app.roles:
        sellers = {
            name: with_secret_paths(app.configuration, seller) for name, seller in app.settings.sellers.items()
        }
        performer, loops = await open_despatch(app, sellers, stack)
        wake = performer.wake.set
        for name, loop in loops.items():
            supervisor.add(name, loop)
    if "documents" in app.roles:
        loops = document_loops(app, wake) | vendor_loops(app) | edi_loops(app)
        loops |= vendor_document_loops(app, {**app.vendor_links, **edi_document_links(app)})
        for name, loop in loops.items():
            supervisor.add(name, loop)


def stock_intake(app: App) -> Partitions:
    """The stock intake over this replica's share of the partitions."""
    settings = app.settings
    intake = StockIntake(
        app.bus, app.database, app.clock, app.telemetry, app.urgency, settings.intake, settings.bus.prefetch,
        settings.owners, under_clarus(settings),
    )  # fmt: skip

    async def work(partition: int, stopping: asyncio.Event) -> None:
        await intake.work(STOCK_QUEUES[partition], partition, stopping)

    partitions = Partitions(app.leases(QUICK_TTL), "intake", work, settings.intake.drain / 2)
    app.telemetry.partitions_owned.set_function(lambda: float(len(partitions.workers)))
    return partitions


def _add_relays(app: App, supervisor: Supervisor) -> None:
    relay = Relay(app.bus, app.database, app.telemetry, app.urgency)
    partitions = Partitions(app.leases(), "relay", relay.stock, app.settings.intake.drain / 2)
    supervisor.add("relay", partitions.run)

    async def documents() -> float:
        return 0.0 if await relay.documents_round() else 0.02

    supervisor.add("relay-documents", leased(app.leases(), "relay/documents", documents, needs=1.0))


def _watch(app: App) -> Round:
    housekeeping = Housekeeping(app.settings)
    despatch = DespatchWatch(despatch_calls(app, {}))
    brakes = BrakeWatch(app.settings.zeroes, app.settings.intake, app.settings.owners)
    demand = DemandWatch(app.settings.demand, app.rules, speed_of(app.settings))
    replenishment = ReplenishmentWatch(placed_of(app.settings))
    vendors = VendorWatch(app.settings.vendors)
    health = health_watch(app.settings, carrier_rules(app.settings))
    more = (
        *housekeeping.tasks(), *despatch.tasks(), *brakes.tasks(), *demand.tasks(), *replenishment.tasks(),
        *vendors.tasks(), *health.tasks(),
    )  # fmt: skip
    watch = Watch(app.database, app.clock, app.settings, app.settings.owners, more=more)

    async def round_() -> float:
        watch.settings = app.in_force().settings
        await watch.round()
        return app.settings.watch.every

    return round_


def _pace(app: App) -> Round:
    backlog = backlog_of(len(app.settings.sellers))
    return Pace(app.database, app.clock, app.holder, app.strain, backlog).round


def _figures(app: App) -> Round:
    classes = list(app.settings.classes)
    replenishment = ReplenishmentWatch(placed_of(app.settings))
    health = health_watch(app.settings, carrier_rules(app.settings))

    async def round_() -> float:
        await health.show(app.database, app.clock.now(), app.telemetry)
        await replenishment.show(app.database, app.clock.now(), app.telemetry)
        if app.settings.vendors:
            await show_vendor_figures(app.database, app.clock.now(), list(app.settings.edi), app.telemetry)
        near_zero = app.in_force().settings.publication.near_zero
        return await show_figures(app.database, app.clock, app.telemetry, near_zero, classes)

    return round_


def _presence(app: App) -> Round:
    """This replica lives: for its peers' shares, for systemd's watchdog, and for the clock they all go by."""
    disciplined, rebuilds = app.clock.monotonic(), 0
    systemd = Systemd()

    async def round_() -> float:
        nonlocal disciplined, rebuilds
        # The loop lives, whatever the database does: an outage of ours must not get the daemon killed.
        systemd.watchdog()
        app.telemetry.bus_rebuilds.inc(app.bus.rebuilds - rebuilds)
        rebuilds = app.bus.rebuilds
        await be_seen(app.database, app.holder, app.roles)
        if app.clock.monotonic() - disciplined > DISCIPLINE_EVERY:
            disciplined = app.clock.monotonic()
            app.clock.discipline(await app.database.now())
        return ROUND

    return round_
