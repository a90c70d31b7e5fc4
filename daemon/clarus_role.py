"""What reads the warehouses at Clarus is made of: from the settings to the parts that run."""

from typing import TYPE_CHECKING

from daemon.clarus_access import ClarusAccess, Way
from daemon.clarus_checks import Checked
from daemon.clarus_goods_out_rules import plan_of
from daemon.clarus_goods_out_settling import Settling
from daemon.clarus_goods_outs import GoodsOutReader
from daemon.clarus_hooks import ClarusHooks, Hook
from daemon.clarus_readings import Reader
from daemon.clarus_shown import territory_of
from daemon.clarus_trouble import Trouble
from daemon.clarus_turns import Turns
from daemon.links.answer import Reading
from daemon.links.clarus_lists import ClarusLists
from daemon.settings import Settings
from daemon.supervisor import Loop, Round, leased
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


def clarus_loops(app: "App", access: ClarusAccess) -> dict[str, Loop]:
    """A reader for each tenant that a warehouse names, by lease."""
    named = {section.clarus for section in app.settings.warehouses.values()}
    return {f"clarus-{name}": _reading(app, access.to(name), name) for name in app.settings.clarus if name in named}


def _reading(app: "App", way: Way, name: str) -> Loop:
    tenant, (link, gate) = app.settings.clarus[name], way
    territory = territory_of(app.settings, name)
    reader = Reader(territory, link, gate, app.database, app.clock, app.telemetry, app.settings)
    owners = app.settings.owners
    checked = Checked(
        name, tenant, link, app.database, app.clock, owners, reader.round, link.missing_fields,
        f"balance_fields of [clarus.{name}]", name, tenant.hooks,
    )  # fmt: skip
    rounds: list[Round] = [checked.round]
    if tenant.goods_outs.read:
        rounds.append(_goods_outs(app, name, way))
    return leased(app.leases(), f"clarus/{name}", Turns(rounds, app.clock).round, needs=0.0)


def _goods_outs(app: "App", name: str, way: Way) -> Round:
    """The reader of what leaves the warehouse, behind its own check of the schema."""
    plan, owners, (link, gate) = plan_of(app.settings, name), app.settings.owners, way
    lists, cause = ClarusLists(link), f"{name}/goods_outs"
    trouble = Trouble(cause, plan.territory.tenant.unreadable_after, gate, app.database, app.clock, owners)
    reader = GoodsOutReader(plan, lists, trouble, Settling(plan, owners), app.database, app.clock, app.telemetry)

    async def missing() -> Reading[tuple[str, ...]]:
        return await lists.missing(plan.asked())

    tenant, setting = app.settings.clarus[name], f"the fields of [clarus.{name}.goods_outs]"
    checked = Checked(
        name,
        tenant,
        link,
        app.database,
        app.clock,
        owners,
        reader.round,
        missing,
        setting,
        cause,
        {},
    )
    return checked.round
