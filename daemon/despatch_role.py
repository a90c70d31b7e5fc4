"""Builds the intake of documents and the despatch lane, for the composition root."""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import aiohttp

from daemon.carrier_terms import carrier_rules
from daemon.despatch_calls import Channel, DespatchCalls, request_left, served
from daemon.document_flows import BROKEN, UNROUTABLE, AnswerFlow, DespatchFlow, OrderFlow
from daemon.documents import Documents, Shell
from daemon.links.amazon import AmazonLink
from daemon.links.lwa import LoginWithAmazon
from daemon.order_changes import OrderChangeFlow
from daemon.performer import Performer
from daemon.settings import SellerAccount
from daemon.store.database import Database
from daemon.supervisor import Loop, Round, repeating
from daemon.topology import ANSWER_QUEUE, BROKEN_QUEUE, CHANGE_QUEUE, DESPATCH_QUEUE, ORDER_QUEUE, UNROUTABLE_QUEUE
from daemon.vendor_flow import VendorFlow
from schemas.terms import ChannelAccount

if TYPE_CHECKING:
    from daemon.app import App

WARM_EVERY = 20.0
"""Real seconds between two looks at whether every account has a token: no despatch waits for a login."""
KEEP_ALIVE = 75.0
"""Real seconds that an idle connection to a channel is kept."""


def document_loops(app: "App", committed: Callable[[], None]) -> dict[str, Loop]:
    """One loop per document queue; `committed` is called after each commit of despatches."""
    sellers = app.settings.sellers
    at_manifest = frozenset(ChannelAccount(name) for name, one in sellers.items() if one.confirm_at == "manifest")
    carriers, vendors = carrier_rules(app.settings), VendorFlow(app.settings.notices)
    despatches = DespatchFlow(app.settings.despatch, served(sellers), at_manifest, carriers, vendors)
    urgent, bulk = _shell(app, app.despatch_database), _shell(app, app.database)
    return {
        "despatches": Documents(urgent, DESPATCH_QUEUE, despatches, urgent=True, committed=committed).work,
        "orders": Documents(bulk, ORDER_QUEUE, OrderFlow(app.rules)).work,
        "answers": Documents(bulk, ANSWER_QUEUE, AnswerFlow()).work,
        "changes": Documents(bulk, CHANGE_QUEUE, OrderChangeFlow(sellers)).work,
        "unroutable": Documents(bulk, UNROUTABLE_QUEUE, UNROUTABLE).work,
        "broken": Documents(bulk, BROKEN_QUEUE, BROKEN).work,
    }


def _shell(app: "App", database: Database) -> Shell:
    settings = app.settings
    return Shell(app.bus, database, app.clock, app.telemetry, app.urgency, settings.intake, settings.owners)


async def open_despatch(
    app: "App", sellers: Mapping[str, SellerAccount], stack: AsyncExitStack
) -> tuple[Performer, dict[str, Loop]]:
    """The performer, and its loops. `sellers` with their secret files where they were found.

    It has an HTTP session and connections of its own: nothing that is slow elsewhere holds it up.
    """
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE)
    session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
    login = LoginWithAmazon(session, app.clock)
    timeout = app.settings.despatch.request_timeout
    links = {
        name: AmazonLink(session, seller, login, timeout, clock=app.clock, on_leaving=request_left)
        for name, seller in sellers.items()
    }
    performer = Performer(despatch_calls(app, links), app.holder)
    return performer, {"despatch": performer.work, "logins": repeating(_keep_logged_in(login, sellers))}


def despatch_calls(app: "App", links: Mapping[str, Channel]) -> DespatchCalls:
    """`links` may be empty for the watch, which calls nobody."""
    settings = app.settings
    return DespatchCalls(
        settings.sellers,
        links,
        app.despatch_database,
        app.budget,
        app.clock,
        app.telemetry,
        app.urgency,
        settings.despatch,
        settings.owners,
        carrier_rules(settings),
    )


def _keep_logged_in(login: LoginWithAmazon, sellers: Mapping[str, SellerAccount]) -> Round:
    async def round_() -> float:
        for seller in sellers.values():
            await login.token(seller)
        return WARM_EVERY

    return round_
