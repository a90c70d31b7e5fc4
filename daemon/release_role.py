"""What releases orders to the warehouses is made of: from the settings to one loop for each warehouse."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from daemon.clarus_access import ClarusAccess
from daemon.clarus_checks import Checked
from daemon.connector_watch import ConnectorWatch
from daemon.label_terms import labelled_of
from daemon.links.clarus_lists import ClarusLists
from daemon.links.clarus_orders import ClarusOrders
from daemon.release_books import ReleaseBooks
from daemon.releasing import Releasing
from daemon.releasing_bus import BusReleasing
from daemon.settings import ReleaseAccount, Settings, WarehouseSection
from daemon.supervisor import Loop, Round, leased
from handlers.release_desk import Rules
from handlers.warehouse_orders import Destination
from schemas.terms import ChannelAccount, Warehouse

if TYPE_CHECKING:
    from daemon.app import App

COMMANDS_AT_ONCE = 200


def release_loops(app: "App", access: ClarusAccess) -> dict[str, Loop]:
    """One loop, by lease, for each warehouse that some channel account's orders go to."""
    named = {account.warehouse for account in app.settings.releases.accounts.values()}
    at_clarus = [name for name in sorted(named) if _is_at_clarus(app.settings, name)]
    return {f"release-{name}": _commanding(app, name) for name in sorted(named - set(at_clarus))} | {
        f"release-{name}": _releasing(app, access, name) for name in at_clarus
    }


def _commanding(app: "App", warehouse: str) -> Loop:
    """For a warehouse whose own system is told over the bus: it answers, and its events need no lag."""
    books = books_of(app, warehouse, rules_of(app.settings, 0.0, asks_machine=True), COMMANDS_AT_ONCE)
    loop = BusReleasing(books, app.bus, timedelta(seconds=app.settings.releases.answer_within))
    return leased(app.leases(), f"release/{warehouse}", loop.round, needs=1.0)


def _is_at_clarus(settings: Settings, warehouse: str) -> bool:
    section = settings.warehouses.get(warehouse)
    return section is not None and section.authority == "clarus" and section.clarus is not None


def _releasing(app: "App", access: ClarusAccess, warehouse: str) -> Loop:
    settings = app.settings
    name = settings.warehouses[warehouse].clarus or ""
    tenant, link = settings.clarus[name], access.to(name).link
    books = books_of(
        app, warehouse, rules_of(settings, tenant.replica_lag), batch_of(settings, tenant.calls_per_second)
    )
    loop = Releasing(books, ClarusOrders(link), app.telemetry)
    round_ = behind_checks(loop, name)
    return leased(app.leases(), f"release/{warehouse}", round_, needs=1.0)


def behind_checks(loop: Releasing, tenant_name: str) -> Round:
    """The loop's round behind what must be known first: the schema's fields, and who else imports the same orders."""
    checked, link = checked_fields(loop, tenant_name), loop.link.link
    return ConnectorWatch(tenant_name, link.tenant, loop.books, ClarusLists(link), checked.round).round


def checked_fields(loop: Releasing, tenant_name: str) -> Checked:
    """One unknown field would fail every look-up."""
    link, books = loop.link.link, loop.books
    setting = f"order_fields and order_line_fields of [clarus.{tenant_name}]"
    return Checked(
        tenant_name, link.tenant, link, books.database, books.clock, books.owners, loop.round, loop.link.missing,
        setting, loop.cause, {},
    )  # fmt: skip


def books_of(app: "App", warehouse: str, rules: Rules, batch: int) -> ReleaseBooks:
    settings, name = app.settings, Warehouse(warehouse)
    return ReleaseBooks(
        name, routes(settings, warehouse), app.database, app.clock, settings.owners, rules, app.holder, batch,
        labelled_of(settings),
    )  # fmt: skip


def batch_of(settings: Settings, calls_per_second: float) -> int:
    """No more than leave within a few seconds: what waits too long behind others must not leave at all."""
    return max(1, min(settings.releases.looked_up_at_once, int(calls_per_second * 5)))


def rules_of(settings: Settings, replica_lag: float, *, asks_machine: bool = False) -> Rules:
    section = settings.releases
    return Rules(
        late_effect=timedelta(seconds=section.late_effect),
        replica_lag=timedelta(seconds=replica_lag),
        look_again=timedelta(seconds=section.look_again),
        look_over=timedelta(seconds=section.look_over),
        look_soon=timedelta(seconds=section.look_soon),
        stop_within=timedelta(seconds=section.stop_within),
        despatch_within=timedelta(seconds=section.despatch_within),
        asks_machine=asks_machine,
    )


def routes(settings: Settings, warehouse: str) -> Mapping[ChannelAccount, Destination]:
    """The channel accounts whose orders go to this warehouse, each with what its orders say there."""
    section = settings.warehouses[warehouse]
    return {
        ChannelAccount(name): _destination(settings, section, account)
        for name, account in sorted(settings.releases.accounts.items())
        if account.warehouse == warehouse
    }


def _destination(settings: Settings, section: WarehouseSection, account: ReleaseAccount) -> Destination:
    tenant, number = settings.clarus.get(section.clarus or ""), section.warehouse_id or ""
    return Destination(
        warehouse_id=int(number) if number.isdigit() else None,
        account_ids=section.account_ids,
        carrier_ids=section.carrier_ids,
        service_ids=section.service_ids,
        customer_id=account.customer_id,
        order_type_id=account.order_type_id,
        priority=account.priority,
        dispatch_strategy=account.dispatch_strategy,
        pack_strategy=account.pack_strategy,
        pick_type=account.pick_type,
        delete_verb=tenant.line_delete_verb if tenant else "DESTROY",
    )
