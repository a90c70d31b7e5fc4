"""What reports of stock are made of: from the settings to one loop, by lease, for each account."""

from typing import TYPE_CHECKING

from daemon.ahead import ahead_of
from daemon.choosing import Choosing
from daemon.edi_role import post_of, profile_of
from daemon.leases import Leases
from daemon.stock_report_settling import ReportSettling
from daemon.stock_reports import StockReports
from daemon.stock_update_ends import UpdateEnds
from daemon.supervisor import Loop, leased
from handlers.direct_fulfilment import LONGEST

if TYPE_CHECKING:
    from daemon.app import App


def reporting(app: "App", name: str) -> Loop:
    route = stock_reports(app, name, app.leases())

    async def round_() -> float:
        found = app.in_force()
        route.go_by(found.settings.publication, found.rules, found.ahead)
        return await route.round()

    return leased(route.leases, route.lease, round_, needs=1.0)


def stock_reports(app: "App", name: str, leases: Leases) -> StockReports:
    """Who reports for an account. Files are put by the exchange's own loop."""
    account, settings = app.settings.stock_reports[name], app.settings.publication
    exchange = app.settings.edi[account.exchange]
    post = post_of(app, account.exchange, exchange)
    profile = profile_of(exchange, app.settings.vendors[exchange.vendor])
    ends = UpdateEnds(
        name, "the partner", one_alert_each=False, telemetry=app.telemetry, settings=settings,
        owners=app.settings.owners,
    )  # fmt: skip
    settling = ReportSettling(name, account, account.exchange, exchange.standard, app.database, app.clock, ends)
    choosing = Choosing(app.database, app.clock, settings.near_zero, app.rules, ahead_of(app.settings), LONGEST)
    return StockReports(
        name, account, post, profile, app.database, app.clock, settings, choosing, settling, leases,
        app.settings.owners, app.holder,
    )  # fmt: skip
