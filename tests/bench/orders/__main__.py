"""`make bench-orders`: from a channel's poll to the warehouse's request; the last line holds the figures.

Both partners are simulated in a process of their own. Each run sells the same orders to a shop with a thousand orders
in its books, to one with a million, and to nobody's books at all: the ceiling.
"""

import argparse
import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from daemon.collector import collect_seldom
from daemon.store.sealing import KeyRing, use_keys
from tests.bench.figures import Figure, last_line, ratios, say
from tests.bench.orders import ceiling
from tests.bench.orders.books import fill
from tests.bench.orders.house import House, Links, links_to, open_house
from tests.bench.orders.partners import Partners
from tests.services.postgres import Databases
from tests.services.running import running_postgres

FEW = 1_000


async def measure(databases: Databases, many: int, orders: int, runs: int) -> dict[str, list[float]]:
    """Seconds an order takes, by what was measured; the first run of each warms up and is not counted."""
    seconds: dict[str, list[float]] = {"ceiling": [], "few": [], "many": []}
    template = await databases.migrated_template()
    async with AsyncExitStack() as stack:
        partners = await stack.enter_async_context(Partners())
        folder = stack.enter_context(TemporaryDirectory(prefix="goodsout-bench-"))
        links = await stack.enter_async_context(links_to(partners.places, Path(folder)))
        houses: dict[str, House] = {}
        for name, stored in (("few", FEW), ("many", many)):
            url = await stack.enter_async_context(databases.fresh_database(template))
            say(f"  filling books with {stored} orders")
            await fill(url, stored)
            houses[name] = await stack.enter_async_context(open_house(partners, links, url))
        collect_seldom()  # as the daemon does once everything is built
        for run in range(-1, runs):
            found = {name: await _sold(partners, links, house, f"{name}-{run}", orders)
                     for name, house in (("ceiling", None), *houses.items())}  # fmt: skip
            told = ", ".join(f"{name} {1 / each:.1f}" for name, each in found.items())
            say(f"  {'warming up' if run < 0 else f'run {run + 1} of {runs}'}: orders a second {told}")
            if run >= 0:
                for name, each in found.items():
                    seconds[name].append(each)
    return seconds


async def _sold(partners: Partners, links: Links, house: House | None, prefix: str, orders: int) -> float:
    await partners.sell(prefix, orders)
    took = await ceiling.run(partners, links, orders) if house is None else await house.run(orders)
    return took / orders


def figures_of(seconds: dict[str, list[float]], many: int) -> tuple[list[Figure], dict[str, float]]:
    speed = {name: [1 / each for each in values] for name, values in seconds.items()}
    over = ratios(speed["few"], speed["ceiling"], "orders a second over the ceiling")
    cost = ratios(seconds["many"], seconds["few"], f"cost per order, {many} stored over {FEW}")
    figures = [
        Figure("the clients alone (ceiling)", "orders/s", speed["ceiling"]),
        Figure(f"poll to request, {FEW} stored", "orders/s", speed["few"]),
        Figure(f"poll to request, {many} stored", "orders/s", speed["many"]),
        Figure(f"cost of an order, {FEW} stored", "ms", [1000 * each for each in seconds["few"]]),
        Figure(f"cost of an order, {many} stored", "ms", [1000 * each for each in seconds["many"]]),
        over,
        cost,
    ]
    return figures, {"orders_over_ceiling": over.median, "cost_1m_over_1k": cost.median}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.orders", description=__doc__)
    parser.add_argument("--stored", type=int, default=1_000_000, help="orders in the greater books")
    parser.add_argument("--orders", type=int, default=1_000, help="orders sold in each run")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    use_keys(KeyRing((b"k" * 32,)))
    begun = time.monotonic()
    with running_postgres() as databases:
        seconds = asyncio.run(measure(databases, given.stored, given.orders, given.runs))
    figures, line = figures_of(seconds, given.stored)
    say(f"\nmedian (least to greatest, how often), after {time.monotonic() - begun:.0f} s")
    for figure in figures:
        say(figure)
    say(last_line(line))


if __name__ == "__main__":
    main()
