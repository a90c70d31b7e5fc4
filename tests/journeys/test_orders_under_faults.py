"""Mixed orders from Amazon to Clarus and back while everything goes wrong: each once, each parcel told once.

Time-outs after the effect, effects after the time-out, duplicates, disorder, lost webhooks, replicas that are behind,
orders that change on their way, kills, and a bus and a Clarus that are away for a while.

`ORDERS_UNDER_FAULTS` says how many orders (`make orders-under-faults`: 5,000), `FAULTS_SEED` which, and
`FAULTS_REPLICAS` how many daemons share the work.
"""

import asyncio
import itertools
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.faults.house import House, house
from tests.journeys.faults.shop import BLOCKED, CANCELLED, Sold
from tests.journeys.faults.verdict import check, lacking, stuck

pytestmark = pytest.mark.live

ORDERS = int(os.environ.get("ORDERS_UNDER_FAULTS", "60"))
SEED = int(os.environ.get("FAULTS_SEED", "20261121"))
REPLICAS = int(os.environ.get("FAULTS_REPLICAS", "1"))
KILLS = max(1, ORDERS // 500)
AT_ONCE = 50
"""Orders that are sold in one moment."""
WITHIN = 90.0 + ORDERS * 1.5
"""Real seconds until everything must have settled: many times what it takes, for a busy machine."""
STILL = 90.0
"""Real seconds without any progress, after which none will come."""
AWAY = 1.0 if ORDERS < 200 else 5.0
"""Seconds that an outage lasts."""
SAY_EVERY = 10.0


async def test_each_order_is_there_once_or_blocked_and_each_parcel_is_told_once(
    tmp_path: Path, database_url: str, amqp_url: str
) -> None:
    print(f"{ORDERS} orders, seed {SEED}")
    begun = time.monotonic()
    async with house(tmp_path, database_url, amqp_url, SEED, ORDERS, REPLICAS) as here:
        try:
            async with asyncio.timeout(WITHIN):
                await _live(here, begun)
        except TimeoutError:
            pytest.fail(await stuck(here))
        await here.clarus.hooks.settle()
        await check(here)
        print(_figures(here, time.monotonic() - begun))


async def _live(here: House, begun: float) -> None:
    """Orders are sold, changed and packed, with a trouble each time that so many have come to Clarus."""
    trouble, numbers, say_at = _troubles(), iter(range(ORDERS)), begun
    next_trouble, before, moved_at = next(trouble, None), "", begun
    while left := await _lacking(here, numbers):
        here.check_alive()
        before, moved_at = left, moved_at if left == before else time.monotonic()
        if time.monotonic() > moved_at + STILL:
            raise TimeoutError(f"nothing has moved for {STILL:.0f} s")
        if time.monotonic() > say_at:
            print(f"{time.monotonic() - begun:.0f} s: {len(here.clarus.world.goods_outs)} at Clarus, {left}")
            say_at = time.monotonic() + SAY_EVERY
        if next_trouble and here.warehouse.seen >= next_trouble[0]:
            print(f"{time.monotonic() - begun:.1f} s: {next_trouble[1]}")
            await _strike(here, next_trouble[1])
            next_trouble = next(trouble, None)
        await asyncio.sleep(0.05)


async def _lacking(here: House, numbers: Iterator[int]) -> str:
    for number in itertools.islice(numbers, AT_ONCE):
        _sell(here, number)
    here.warehouse.work(lambda sold: _arrived(here, sold))
    return await lacking(here)


def _sell(here: House, number: int) -> None:
    sold = here.shop.sell(number)
    if sold.fate == "by_hand":
        here.warehouse.enter_by_hand(sold)
    here.shop.show(sold)
    if sold.fate in ("plain", "by_hand", "pending_first", *BLOCKED) or sold.fate.endswith("_before"):
        _soon(here, sold)


def _arrived(here: House, sold: Sold) -> None:
    if not sold.changed:
        _soon(here, sold)


def _soon(here: House, sold: Sold) -> None:
    """At a moment that nobody can foresee."""
    asyncio.get_running_loop().call_later(here.shop.draw.uniform(0.0, 2.0), here.shop.change, sold)


def _troubles() -> Iterator[tuple[int, str]]:
    """(so many at Clarus, what then happens)."""
    kinds = ["kill", "bus", "clarus"] + ["kill"] * (KILLS - 1)
    for place, kind in enumerate(kinds, 1):
        yield int(ORDERS * 0.7 * place / (len(kinds) + 1)), kind


async def _strike(here: House, kind: str) -> None:
    match kind:
        case "kill":
            await here.kill()
        case "bus":
            await here.road.closed_for(AWAY)
        case _:
            here.clarus_goes_away(AWAY)


def _figures(here: House, seconds: float) -> str:
    blocked = Counter(BLOCKED[sold.fate] for sold in here.shop.of(BLOCKED))
    return (
        f"seed {SEED}: {len(here.shop.orders)} orders, {len(here.warehouse.packed)} released and despatched,"
        f" {sum(blocked.values())} blocked {dict(blocked)}, {len(here.shop.of(CANCELLED))} cancelled,"
        f" {len(here.warehouse.shorted)} shorted,"
        f" {len(here.amazon.journal.accepted('confirmShipment'))} parcels confirmed,"
        f" {here.kills} kills of {len(here.daemons)} replicas, {here.clarus.hooks.lost} webhooks lost,"
        f" {seconds:.0f} s"
    )
