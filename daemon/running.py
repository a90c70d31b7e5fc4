"""The daemon at work: which loops each role has, until a signal or the death of one.

Stop: loops are told, drain and end within their bound; then all that `app.py` opened closes.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

from daemon.app import App, opened, with_secret_paths
from daemon.brake_watch import BrakeWatch
from daemon.carrier_terms import carrier_rules
from daemon.catalogue_role import catalogue_loops
from daemon.clarus_access import clarus_access
from daemon.clarus_role import clarus_hooks, clarus_loops, under_clarus
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
from daemon.leases import QUICK_TTL, ROUND, be_gone, be_seen
from daemon.log import fact
from daemon.loop_lag import LoopLag
from daemon.outbox import Relay
from daemon.pace import Pace, backlog_of, follow
from daemon.pack_role import pack_loops
from daemon.partitions import Partitions
from daemon.publish_role import add_publishers
from daemon.release_role import release_loops
from daemon.replenishment_watch import ReplenishmentWatch
from daemon.selling import placed_of, speed_of
from daemon.settings import Role
from daemon.store import buyer_access
from daemon.supervisor import Round, Supervisor, leased, repeating
from daemon.systemd import Systemd
from daemon.topology import STOCK_QUEUES
from daemon.vendor_documents_role import vendor_document_loops
from daemon.vendor_figures import show_vendor_figures
from daemon.vendor_role import vendor_loops
from daemon.vendor_watch import VendorWatch
from daemon.watch import Watch
from daemon.web import Check, WebServer

log = logging.getLogger(__name__)

DISCIPLINE_EVERY = 60.0
"""Real seconds between two looks at the database's clock."""


async def run(configuration: Configuration, roles: Sequence[Role], stop: asyncio.Event | None = None) -> None:
    """Run these roles until SIGTERM, SIGINT or `stop`. Raises when a loop dies."""
    async with opened(configuration, roles) as app, LoopLag(app.telemetry, on_lag=app.strain.late):
        supervisor = Supervisor(app.settings.intake.drain, stop or asyncio.Event())
        _listen_for_signals(supervisor)
        buyer_access.read_as(f"goodsout run, {app.holder}")
        await be_seen(app.database, app.holder, roles)
        await know_the_time(app)
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


async def know_the_time(app: App) -> None:
    """A clock that has yielded is behind what its factor says: nothing may be dated before that is known."""
    if app.settings.clock.yields and app.clock.factor > 1:
        async with app.database.connection() as connection:
            await follow(connection, app.clock)


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
