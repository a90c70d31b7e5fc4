"""The simulated Amazon and Clarus in a process of their own, told by lines of text what to hold."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from simulators.amazon import AmazonSimulator, FaultPlan, SimulatedSeller
from simulators.amazon.buckets import Plan
from simulators.amazon.order_details import OrderDetails
from simulators.clarus import ClarusSimulator

ROOT = Path(__file__).resolve().parents[3]
PRODUCTS = 50
HOME = {
    "name": "B. Uyer", "addressLine1": "1 Some Street", "city": "Norwich", "postalCode": "NR1 1AA",
    "countryCode": "GB", "phone": "01603 000000",
}  # fmt: skip


class Places(msgspec.Struct, frozen=True):
    """Where the partners are, and what they let us in with."""

    amazon: str
    token_url: str
    client_id: str
    client_secret: str
    refresh_token: str
    seller_id: str
    clarus: str
    clarus_token_url: str
    subdomain: str
    account_id: int
    warehouse_id: int


class Partners:
    """The other process, as whoever measures sees it."""

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-m", __spec__.name)
        self._process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
        self.places = msgspec.convert(await self._heard(), Places)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._process.communicate(b"")

    async def sell(self, prefix: str, count: int) -> None:
        """Forget all orders, and have so many new ones that changed two minutes ago."""
        assert await self._ask("sell", prefix, count) == count

    async def made(self) -> tuple[int, int]:
        """(goods outs that Clarus has, references of them)."""
        found = await self._ask("made")
        return found[0], found[1]

    async def _ask(self, *words: object) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words).encode() + b"\n")
        await self._process.stdin.drain()
        return await self._heard()

    async def _heard(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(await self._process.stdout.readline())


def product(number: int) -> str:
    return f"P-{number % PRODUCTS:03d}"


async def _serve() -> None:
    async with (
        AmazonSimulator(faults=FaultPlan(rate_header_absent=1.0), token_life=1e9) as amazon,
        ClarusSimulator(token_life=1e9) as clarus,
    ):
        seller = amazon.add_seller("A1BENCH")
        amazon.world.search_behind = timedelta(0)
        amazon.world.buckets.plans |= {name: Plan(1e6, 1e6) for name in ("getOrder", "searchOrders")}
        for number in range(PRODUCTS):
            clarus.world.product_id(product(number))
        _say(msgspec.to_builtins(_places(amazon, seller, clarus)))
        while line := await asyncio.to_thread(sys.stdin.readline):
            _say(_done(json.loads(line), amazon, seller, clarus))


def _places(amazon: AmazonSimulator, seller: SimulatedSeller, clarus: ClarusSimulator) -> Places:
    return Places(
        amazon.url, amazon.token_url, seller.client_id, seller.client_secret, seller.refresh_token, seller.seller_id,
        clarus.url, clarus.token_url, clarus.world.subdomain,
        int(clarus.world.account_id("ACME")), int(clarus.world.warehouse_id("WH1")),
    )  # fmt: skip


def _done(words: list[Any], amazon: AmazonSimulator, seller: SimulatedSeller, clarus: ClarusSimulator) -> object:
    if words[0] == "made":
        there = clarus.world.goods_outs.values()
        return len(there), len({str(order.attributes["reference"]) for order in there})
    _, prefix, count = words
    seller.orders.clear()
    clarus.world.goods_outs.clear()
    clarus.world.heard.clear()
    amazon.journal.entries.clear()
    for number in range(count):
        _order(seller, prefix, number)
    return count


def _order(seller: SimulatedSeller, prefix: str, number: int) -> None:
    lines = [(f"L{place}", product(number + place), 1 + place) for place in range(1 + number % 3)]
    ship_by = datetime.now(UTC) + timedelta(hours=20)
    prices = {line: "9.90" for line, _, _ in lines}
    told = OrderDetails(service="NextDay", ship_by=ship_by, prices=prices, address=HOME)
    order = seller.add_order(f"{prefix}-{number}", lines, details=told)
    order.created_at -= timedelta(minutes=2)


def _say(what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve())
