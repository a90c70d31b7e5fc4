"""The same requests by the same clients, as many at once, with no books between them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from daemon.links.answer import Done
from daemon.order_clearing import READ_AT_ONCE
from daemon.release_role import routes
from handlers.order_window import Window
from handlers.warehouse_orders import Wanted, WantedLine, creation
from schemas.amazon_sales_order import read_sales_order
from schemas.sales_order import SalesOrder
from schemas.terms import Account, ChannelAccount, ChannelOrderId, OrderReference, Sku
from tests.bench.orders.books import MARKETPLACE, OWNER, SHOP
from tests.bench.orders.house import AT_ONCE, Links
from tests.bench.orders.partners import Partners

T = TypeVar("T")
R = TypeVar("R")


async def run(partners: Partners, links: Links, orders: int) -> float:
    """Seconds to search all orders, read each with its address, look them up, and create them."""
    begun = time.monotonic()
    found = await _search(links)
    sold = await _spread(lambda order_id: _read(links, order_id), found, READ_AT_ONCE)
    products = await _looked_up(links, sold)
    await _spread(lambda order: _create(links, order, products), sold, AT_ONCE)
    seconds = time.monotonic() - begun
    made = await partners.made()
    assert made == (orders, orders), f"{made} of {orders}"
    return seconds


async def _search(links: Links) -> list[ChannelOrderId]:
    now, token, found = datetime.now(UTC), "", list[ChannelOrderId]()
    while True:
        window = Window(now - timedelta(minutes=10), now, token)
        answer = await links.amazon.search_orders(window, (MARKETPLACE,), in_full=True)
        assert isinstance(answer, Done), answer
        found += [order.order_id for order in answer.value.orders]
        if not (token := answer.value.next_token):
            return found


async def _read(links: Links, order_id: ChannelOrderId) -> SalesOrder:
    answer = await links.amazon.read_sales_order(order_id, ("RECIPIENT",))
    assert isinstance(answer, Done), answer
    return read_sales_order(answer.value, ChannelAccount(SHOP))


async def _looked_up(links: Links, sold: Sequence[SalesOrder]) -> dict[Sku, int]:
    """As many in a look-up as the daemon asks for; returns the products' ids."""
    size = links.settings.releases.looked_up_at_once
    number = links.settings.warehouses["W1"].account_ids[OWNER]
    for start in range(0, len(sold), size):
        names = [order.channel_order_id for order in sold[start : start + size]]
        looked = await links.clarus.look_up(names, number)
        assert isinstance(looked, Done) and looked.value == (), looked
    reading = await links.clarus.product_ids(sorted({line.seller_sku for order in sold for line in order.lines}))
    assert isinstance(reading, Done), reading
    return {Sku(code): product_id for code, product_id in reading.value.items()}


async def _create(links: Links, order: SalesOrder, products: dict[Sku, int]) -> None:
    assert order.ship_by is not None
    lines = tuple(
        WantedLine(line_reference=line.line_reference, sku=Sku(line.seller_sku), quantity=line.ordered)
        for line in order.lines
    )
    wanted = Wanted(
        reference=OrderReference(order.channel_order_id), channel_order_id=order.channel_order_id,
        account=Account(OWNER), despatch_by=order.ship_by, carrier="DPD", carrier_service="NEXT-DAY", lines=lines,
        ship_to=order.ship_to,
    )  # fmt: skip
    to = routes(links.settings, "W1")[ChannelAccount(SHOP)]
    made = await links.clarus.create(creation(wanted, to, products))
    assert isinstance(made, Done), made


async def _spread(ask: Callable[[T], Awaitable[R]], things: Sequence[T], at_once: int) -> list[R]:
    """`at_once` of them under way."""
    room = asyncio.Semaphore(at_once)

    async def one(thing: T) -> R:
        async with room:
            return await ask(thing)

    return list(await asyncio.gather(*map(one, things)))
