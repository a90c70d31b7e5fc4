"""Orders judged in the step that writes them: what comes between search and read leaves none due by nobody."""

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from daemon.order_taking import take_and_judge
from daemon.store import orders_to_read
from daemon.store.orders_told import Told, take
from schemas.sales_order import SalesLine, SalesOrder, ShipTo
from schemas.terms import ChannelAccount, ChannelOrderId, LineReference, Marketplace, SellerSku
from simulators.amazon import UK
from tests.live.clearing_rig import CHAIR, HOME, NEXT_DAY, SHOP, House, house

pytestmark = pytest.mark.live


async def told_elsewhere(here: House, order: SalesOrder) -> None:
    """An order of the same id in another account of ours."""
    twin = replace(order, channel_account=ChannelAccount("other"))
    async with here.database.transaction() as connection:
        await take(connection, twin.channel_account, [Told(twin, b"{}")], datetime.now(UTC))


def sold(name: str) -> SalesOrder:
    at = datetime.now(UTC) - timedelta(minutes=2)
    return SalesOrder(
        channel_account=SHOP, channel_order_id=ChannelOrderId(name), marketplace=Marketplace(UK), status="open",
        ordered_at=at, updated_at=at, service="NextDay",
        ship_to=ShipTo(name="B. Uyer", lines=("1 Lane",), city="Leeds", postcode="LS1 1AA", country="GB", phone="1"),
        lines=(SalesLine(line_reference=LineReference("1"), seller_sku=SellerSku("chair"), ordered=1),),
    )  # fmt: skip


async def takes(here: House, order: SalesOrder) -> str:
    """Told in one step, and what is made of it there."""
    now = datetime.now(UTC)
    async with here.database.transaction() as connection:
        await take_and_judge(connection, SHOP, [Told(order, b"{}")], here.clearing.terms, now)
        known = "select state || case when check_at is null then '' else ' and due' end from sales_order"
        return str(await connection.fetchval(f"{known} where channel_account = 'shop'"))


async def test_an_order_whose_id_came_first_in_another_account_waits_and_says_so(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        await told_elsewhere(here, sold("O-1"))
        assert await takes(here, sold("O-1")) == "pending and due"
        await here.clearing.round()
        stored = await here.stored("O-1")
        assert (stored.state, [reason.kind for reason in stored.blocked_by]) == ("blocked", ["duplicate"])


async def test_an_order_that_another_account_shows_as_well_while_it_is_searched_for_is_not_lost(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1")
        await told_elsewhere(here, sold("O-1"))
        await here.run()
        stored = await here.stored("O-1")
        assert (stored.state, [reason.kind for reason in stored.blocked_by]) == ("blocked", ["duplicate"])


async def test_an_order_whose_mapping_goes_while_its_address_is_asked_for_waits_for_it(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1")
        await here.demand.round()
        await here.execute("delete from listing")
        await here.run()
        stored = await here.stored("O-1")
        assert (stored.state, [reason.kind for reason in stored.blocked_by]) == ("blocked", ["sku_unmapped"])
        await here.maps(CHAIR)
        await here.run()
        assert (await here.stored("O-1")).state == "ready"


LEFT = """
select channel_order_id, state, status from sales_order s
where channel_account = 'shop' and state <> 'ended' and check_at is null and status = 'open'
    and not coalesce(cleared_version = version and ship_to_of >= updated_at, false)
    and not exists (
        select from order_to_read r
        where r.channel_account = s.channel_account and r.channel_order_id = s.channel_order_id
    )
"""
"""Open orders that are neither cleared with their newest address, nor due to be judged, nor to be read."""
UNFIT = """
select channel_order_id from sales_order
where state = 'ready' and (cleared_version < version or status <> 'open' or ship_to is null or blocked_by <> '[]')
    or (state = 'ended') <> (ended_at is not null)
"""


class Walk:
    """What befalls some orders, in any order; a read that was answered may be written long after."""

    def __init__(self, here: House, chance: random.Random) -> None:
        self.here, self.chance, self.names, self.done = here, chance, list[str](), list[str]()
        self.answered: Callable[[], Awaitable[None]] | None = None

    async def step(self) -> None:
        word = self.chance.choice(("search", "judge", "judge", "read", "write", "sell", "befall", "befall", "befall"))
        self.done.append(word)
        match word:
            case "search":
                await self.here.demand.round()
            case "judge":
                await self.here.clearing.round()
            case "read":
                await self.write()
                self.answered = await self.read()
            case "write":
                await self.write()
            case "sell":
                self.names.append(f"O-{len(self.names)}")
                self.here.order(self.names[-1], status=self.chance.choice(("UNSHIPPED", "UNSHIPPED", "PENDING")))
            case _:
                await self.befall()

    async def read(self) -> Callable[[], Awaitable[None]]:
        clearing = self.here.clearing
        reads = await clearing._next_reads()
        answered = await clearing._answers(reads)
        return lambda: clearing._write_read(reads, answered)

    async def write(self) -> None:
        if self.answered is not None:
            await self.answered()
        self.answered = None

    async def befall(self) -> None:
        if not self.names:
            return
        name, here = self.chance.choice(self.names), self.here
        match self.chance.randrange(7):
            case 0:
                here.change(name, status=self.chance.choice(("UNSHIPPED", "CANCELLED", "PENDING", "SHIPPED")))
            case 1:
                here.change(name, service=self.chance.choice(("NextDay", "Unknown")))
            case 2:
                here.change(name, address=HOME | {"city": self.chance.choice(("Leeds", "York"))})
            case 3:
                await here.execute("delete from listing")
            case 4:
                await here.maps(CHAIR)
            case 5:
                await told_elsewhere(here, sold(name))
            case _:
                async with here.database.transaction() as connection:
                    await orders_to_read.ask_for(connection, SHOP, [ChannelOrderId(name)], datetime.now(UTC))


@pytest.mark.parametrize("seed", [5])
async def test_whatever_befalls_an_order_it_is_cleared_or_due_or_to_be_read(
    seed: int, tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        walk = Walk(here, random.Random(seed))
        for _ in range(60):
            await walk.step()
            async with here.database.connection() as connection:
                wrong = [*await connection.fetch(LEFT), *await connection.fetch(UNFIT)]
            assert not wrong, f"seed {seed}, {len(walk.done)} steps, the last of them {walk.done[-6:]}: {wrong}"
        assert walk.names
