"""A marked buyer goes through everything, faults included: nothing in clear holds a mark, and erased is erased."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import click
import pytest

from daemon.commands.alerts import alerts
from daemon.commands.decisions import decisions
from daemon.commands.erase import erase
from daemon.commands.explain import explain
from daemon.commands.listings import listings
from daemon.commands.orders import orders
from daemon.commands.parked import parked
from daemon.commands.services import services
from daemon.commands.status import status
from daemon.log import JsonLines
from daemon.settings import Database as DatabaseSettings
from daemon.settings import Role
from daemon.store import erasing
from daemon.store.database import Connection, open_database
from daemon.store.sealing import Erased, open_body
from simulators.amazon import UK, AmazonSimulator
from simulators.amazon.buckets import Plan
from simulators.amazon.order_details import OrderDetails
from simulators.clarus import ClarusSimulator, Fault, FaultPlan, PackingDesk
from tests import marks
from tests.daemon.books_rig import Rig as Desk
from tests.journeys.carriers import map_carrier
from tests.journeys.clarus_tables import free_port, tables
from tests.journeys.release_tables import LISTINGS, SERVICES
from tests.journeys.release_tables import tables as release_tables
from tests.journeys.rig import Rig, running, until

pytestmark = pytest.mark.live

ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "documents", "despatch", "release", "watch", "web")
ORDER = "202-1"
FAULTY = (
    b'{"specversion": "1.0", "id": "%s", "source": "/w", "type": "%s.v1", "data": {"account": "Quillon Xaverti",'
    b' "order_reference": ["77 Zorblatt Mews"], "parcels": "Wexmouthmark", "status": "buyer-mark"}}'
)
"""Of the right kind, and wrong in every field, by which its refusal might quote it."""


@dataclass
class Journey:
    rig: Rig
    clarus: ClarusSimulator
    desk: Desk
    port: int
    log: io.StringIO
    said: list[tuple[str, str]]

    async def command(self, command: click.Command, *arguments: object) -> str:
        """Its output is kept to be searched."""
        result = await asyncio.to_thread(self.desk.run, command, *arguments)
        assert result.output and "Error" not in result.output, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        self.said.append((f"goodsout {command.name} {arguments}", result.output))
        return str(result.output)

    async def has(self, statement: str) -> None:
        async def there() -> object:
            return await self.rig.books.fetchval(statement)

        await until(there)

    async def metrics(self) -> str:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.port}/metrics") as answer,
        ):
            return await answer.text()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Every line of the daemon's, unmasked."""
    stream, root, ours = io.StringIO(), logging.getLogger(), logging.getLogger("daemon")
    handler, before = logging.StreamHandler(stream), (root.level, ours.level)
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    ours.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before[0])
    ours.setLevel(before[1])


@asynccontextmanager
async def journey(folder: Path, database_url: str, log: io.StringIO) -> AsyncIterator[Journey]:
    port = free_port()
    async with ClarusSimulator(faults=FaultPlan(replica_lag=(0.0, 0.0))) as clarus:
        clarus.world.set_balance("CHAIR", ago=60.0, available=10)

        def more(amazon: AmazonSimulator) -> str:
            amazon.world.search_behind = timedelta(0)
            amazon.world.buckets.plans["searchOrders"] = Plan(100, 100)
            ours, _, rest = release_tables(clarus).partition("[clarus.main]")
            seen, _, hooks = tables(folder, clarus, port).partition("[warehouses.W1]")
            warehouse, hooks = rest[rest.index("[warehouses.W1]") :], hooks[hooks.index("[clarus.main.hooks") :]
            return f"read_buyer = true\n{ours}{seen}{warehouse}{hooks}"

        async with running(folder, database_url, ROLES, more, {"GOODSOUT_WEB__PORT": str(port)}) as rig:
            await rig.books.execute(marks.COPY)
            desk = Desk(database_url, folder)
            desk.sell_as("SHOP", folder)
            yield Journey(rig, clarus, desk, port, log, [])


async def blocked_and_freed(at: Journey, folder: Path) -> None:
    told = OrderDetails(service="NextDay", prices={"L1": "9.90"}, address=marks.ADDRESS, email=marks.EMAIL)
    order = at.rig.seller.add_order(ORDER, [("L1", "chair", 3)], marketplace=UK, details=told)
    order.created_at -= timedelta(seconds=30)
    await at.has("select state = 'blocked' from sales_order")
    await at.command(orders, "waiting", "shop")
    for command, name, text in ((services, "services", SERVICES), (listings, "listings", LISTINGS)):
        (folder / f"{name}.csv").write_text(text)
        await at.command(command, "import", folder / f"{name}.csv")


async def refused_and_sent_again(at: Journey) -> None:
    """Clarus repeats the address in its refusal; a person has it sent again, and then the answer is lost."""
    await at.has("select true from decision where kind = 'order_refused' and decided is null")
    number = await at.rig.books.fetchval("select id from decision where kind = 'order_refused' and decided is null")
    await at.command(decisions, "show", number)
    await searched(at)
    at.clarus.faults.script(Fault("error_after", "goods_outs.create", status=502))
    await at.command(decisions, "decide", number, "send_again", "--by", "somebody")
    await at.has("select status = 'pending' from warehouse_order")
    [there] = at.clarus.orders.named(ORDER)
    assert marks.found_in(str(there.address)) >= {"Quillon", "Zorblatt", "Wexmouthmark"}, "the marks went through"


async def parked_and_posted(at: Journey) -> None:
    """Messages that nobody can act on, of every kind, and a webhook that tells more than it should."""
    for place, key in enumerate(("despatch.completed", "order.created", "order.allocated", "despatch.packed")):
        await at.rig.send(key, FAULTY % (f"e{place}".encode(), key.encode()), f"acme/{ORDER}")
    await at.rig.send("despatch.completed", b"Quillon Xaverti, 77 Zorblatt Mews", "")
    await at.has("select count(*) >= 3 from parked")
    [there] = at.clarus.orders.named(ORDER)
    body = {"data": {**(there.node_at(datetime.now(UTC)) or {}), "delivery_address": marks.ADDRESS}}
    at.clarus.hooks.fire("goods_out", "updated", body)
    await at.has("select count(*) >= 1 from clarus_hook")
    assert await at.rig.books.fetchval("select bool_and(body_sealed) from parked")


async def despatched(at: Journey) -> None:
    desk, [there] = PackingDesk(at.clarus), at.clarus.orders.named(ORDER)
    desk.allocate(there)
    desk.pack(there)
    desk.complete(there)
    await at.has("select count(*) > 0 from effect where lane = 'despatch' and state in ('accepted', 'live')")
    await at.has("select count(*) > 0 from sales_order where state = 'ended' or status = 'despatched'")


async def searched(at: Journey) -> None:
    """What people are shown, to be searched with the rest."""
    one = ("shop", ORDER)
    lists = (("list", "--json"), ("list", "--state", "released"), ("waiting", "shop"), ("access",))
    for arguments in (*lists, ("show", *one), ("show", *one, "--json"), ("access", *one, "--json")):
        await at.command(orders, *arguments)
    for command in (alerts, decisions, parked):
        await at.command(command, "list", "--json")
        await at.command(command, "list")
    for row in await at.rig.books.fetch("select id from parked"):
        await at.command(parked, "show", row["id"], "--json")
    more: tuple[tuple[click.Command, tuple[str, ...]], ...] = (
        (status, ()), (explain, ("CHAIR",)), (listings, ("export", "-")), (services, ("export", "-")),
    )  # fmt: skip
    for shown, rest in more:
        await at.command(shown, *rest)


Sealed = list[tuple[str, bytes]]


async def sealed(at: Journey) -> Sealed:
    """Everything that a buyer's key seals: (subject, bytes)."""
    rows = await at.rig.books.fetch(
        "select subject, unnest(array[ship_to, raw]) as body from sales_order"
        " union all select s.subject, w.told_to from warehouse_order w"
        " join sales_order s using (channel_account, channel_order_id)"
        " union all select partition_key, body from parked where partition_key <> ''"
        " union all select subject, body from clarus_hook where subject like '%/goods_out/%'"
    )
    return [(row["subject"], row["body"]) for row in rows if row["body"] is not None]


async def readable(connection: Connection, bodies: Sealed) -> list[str]:
    """Those that still open and hold a mark."""
    found = list[str]()
    for subject, body in bodies:
        try:
            text = (await open_body(connection, subject, body)).decode()
        except Erased:
            continue
        found += [subject] if marks.found_in(text) else []
    return found


async def test_a_buyer_goes_through_everything_sealed_and_once_erased_nobody_can_open_what_is_left(
    tmp_path: Path, database_url: str, log: io.StringIO
) -> None:
    async with journey(tmp_path, database_url, log) as at:
        await map_carrier(at.rig)
        at.clarus.faults.script(Fault("echoed", "goods_outs.create"))
        await blocked_and_freed(at, tmp_path)
        await refused_and_sent_again(at)
        await parked_and_posted(at)
        await despatched(at)
        await searched(at)
        clear = await in_clear(at)
        assert marks.leaks(clear) == []
        await erased(at, database_url)
        assert marks.leaks(await in_clear(at)) == []


async def in_clear(at: Journey) -> list[tuple[str, str]]:
    """All that was ever written: rows, those of now and those of before; lines of the log; metrics; outputs."""
    copies = await at.rig.books.fetch("select relation, said from written")
    told = {row["relation"] for row in copies}
    assert told >= {"outbox", "alert", "decision", "effect", "parked", "sales_order", "despatch", "buyer_access"}
    lines = at.log.getvalue().splitlines()
    assert any("swept" in line for line in lines) and len(at.said) > 20
    return [
        *((f"written to {row['relation']}", row["said"]) for row in copies),
        *await marks.all_rows(at.rig.books),
        *(("the log", line) for line in lines),
        ("metrics", await at.metrics()),
        *at.said,
    ]


async def erased(at: Journey, database_url: str) -> None:
    before = await sealed(at)
    books = await open_database(database_url, DatabaseSettings(url=database_url), 2)
    try:
        async with books.connection() as connection:
            held = await readable(connection, before)
        assert {subject.partition(":")[0].partition("/")[0] for subject in held} == {"order", "acme", "clarus-hook"}
        said = await at.command(erase, "--order", f"shop/{ORDER}", "--yes")
        assert said.count("erased: ") == 3 and "backups: " in said and "35 days" in said
        async with books.transaction() as connection:
            assert await readable(connection, before) == []
            nameless = "select count(*) from subject_key where subject like 'message:%'"
            assert await connection.fetchval(nameless) == 1
            await erasing.erase_parked(connection, datetime.now(UTC) + timedelta(days=31))
            assert await connection.fetchval(nameless) == 0
    finally:
        await books.close()
    whys: Any = await at.rig.books.fetch(
        "select distinct why from buyer_access where subject = $1", f"order:shop/{ORDER}"
    )
    assert {row["why"] for row in whys} >= {"release", "erased"}, (
        "an order judged as it came was not read from the books"
    )
