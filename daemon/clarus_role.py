"""What reads the warehouses at Clarus is made of: from the settings to the parts that run."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import aiohttp

from daemon.clarus_checks import Checked
from daemon.clarus_gate import ClarusGate
from daemon.clarus_hooks import ClarusHooks, Hook
from daemon.clarus_readings import Reader
from daemon.clarus_shown import territory_of
from daemon.links.clarus import ClarusLink
from daemon.settings import Settings
from daemon.supervisor import Loop, leased
from schemas.terms import Warehouse

if TYPE_CHECKING:
    from daemon.app import App


def under_clarus(settings: Settings) -> frozenset[Warehouse]:
    """Warehouses of which the bus has nothing to say."""
    return frozenset(Warehouse(name) for name, one in settings.warehouses.items() if one.authority == "clarus")


def clarus_hooks(app: "App") -> ClarusHooks:
    """The webhooks of every tenant. Raises SecretFault when a token's file cannot be read."""
    hooks = tuple(
        Hook(tenant_name, tenant, name, hook, app.configuration.secret_file(hook.token_file))
        for tenant_name, tenant in app.settings.clarus.items()
        for name, hook in tenant.hooks.items()
    )
    return ClarusHooks(hooks, app.database, app.clock, app.telemetry, app.settings.owners)


async def clarus_loops(app: "App", stack: AsyncExitStack) -> dict[str, Loop]:
    """A reader for each tenant that a warehouse names, by lease."""
    named = {section.clarus for section in app.settings.warehouses.values()}
    tenants = [name for name in app.settings.clarus if name in named]
    if not tenants:
        return {}
    session = await stack.enter_async_context(aiohttp.ClientSession())
    return {f"clarus-{name}": _reading(app, session, name) for name in tenants}


def _reading(app: "App", session: aiohttp.ClientSession, name: str) -> Loop:
    tenant = app.settings.clarus[name]
    gate = ClarusGate(name, tenant.calls_per_second, app.database, app.budget)
    link = ClarusLink(session, tenant, app.clock, gate, app.configuration.secret_file)
    territory = territory_of(app.settings, name)
    reader = Reader(territory, link, gate, app.database, app.clock, app.telemetry, app.settings)
    checked = Checked(name, tenant, link, app.database, app.clock, app.settings.owners, reader.round)
    return leased(app.leases(), f"clarus/{name}", checked.round, needs=0.0)
