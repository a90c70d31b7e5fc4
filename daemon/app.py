"""What one process has whatever its roles, built and closed in order; `running.py` sets its loops to work.

Start: database (version checked), clock (disciplined by the database), bus (topology declared), links. They close the
other way round.
"""

import os
import socket
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import aiohttp
import msgspec

from daemon.budget import Budget
from daemon.bus import open_bus
from daemon.bus.port import Bus
from daemon.clock import Clock
from daemon.config import Configuration
from daemon.leases import TTL, Leases
from daemon.links.amazon_direct_fulfilment import DirectFulfilmentLink
from daemon.links.amazon_feeds import AmazonFeedLink
from daemon.links.amazon_reports import AmazonReportLink
from daemon.links.amazon_shipping import AmazonShippingLink
from daemon.links.amazon_vendor import VendorLink
from daemon.links.lwa import LoginWithAmazon
from daemon.pace import CHANGING, Strain
from daemon.season import InForce, Season
from daemon.selling import accounts_of, rules_of, vendor_as_seller
from daemon.settings import Role, SellerAccount, Settings
from daemon.store.database import Database, check_version, open_database
from daemon.telemetry import Telemetry
from daemon.topology import TOPOLOGY
from daemon.urgency import Urgency
from daemon.vendor_role import by_api
from handlers.supply import Rules
from schemas.terms import ChannelAccount


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
