"""Three hundred despatches over two daemon processes, one of them killed again and again, to an Amazon that times
out, breaks, throttles and lags. The oracle is the simulator's journal: each parcel is told exactly once."""

import asyncio
import os
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from daemon.bus import open_bus
from daemon.bus.port import Bus
from daemon.settings import Bus as BusSettings
from daemon.topology import TOPOLOGY
from simulators.amazon import UK, AmazonSimulator, Chance, Fault, FaultPlan, Lags, SimulatedSeller
from simulators.amazon.journal import Entry
from simulators.time import WallTime
from tests.journeys.rig import PATIENCE
from tests.live.configuration import write_configuration
from tests.live.consignments import ACCOUNTS, CARRIERS, Box, Consignment, Event, consignments, events, listings
from tests.live.replicas import Replica

DESPATCHES = 300
SEED = int(os.environ.get("GOODSOUT_TEST_SEED", "30061"))
"""Another one tries other moments."""
FACTOR = 4.0
ROLES = "documents,relay,despatch,watch"
LATE_EFFECT, READ_LAG, ORDER_LAG = 6.0, 4.0, 3.0
REQUEST_TIMEOUT = 2.0
"""Real seconds."""
KILLS = 6
SPELLS = (40, 120, 200)
"""Confirmations heard when an account's throttling begins."""
AT_ONCE = 120
"""Despatches that are published and not yet settled, at most."""

pytestmark = [pytest.mark.live, pytest.mark.long]


def chance(probability: float, kind: Any, operation: str, seconds: float = 1.0, status: int = 500) -> Chance:
    return Chance(
        probability=probability, fault=Fault(kind=kind, operation=operation, seconds=seconds, status=status)
    )


CHANCES = (
    chance(0.03, "lost_answer", "confirmShipment", seconds=1.5 * REQUEST_TIMEOUT * FACTOR),
    chance(0.04, "cut_answer", "confirmShipment"),
    chance(0.03, "late_effect", "confirmShipment", seconds=0.7 * LATE_EFFECT),
    chance(0.03, "reset", "confirmShipment"),
    chance(0.02, "error_before", "confirmShipment"),
    chance(0.02, "error_before", "confirmShipment", status=503),
    chance(0.02, "error_after", "confirmShipment"),
    chance(0.02, "error_after", "confirmShipment", status=503),
    chance(0.15, "slow", "confirmShipment", seconds=2.0),
    chance(0.03, "reset", "getOrder"),
    chance(0.05, "error_before", "getOrder", status=503),
    chance(0.05, "slow", "getOrder", seconds=2.0),
)
SETTINGS = f"""
[despatch]
late_effect = {LATE_EFFECT}
read_lag = {READ_LAG}
request_timeout = {REQUEST_TIMEOUT}
"""


@dataclass
class Bench:
    """Both sides of the daemon, and the plan of the day."""

    amazon: AmazonSimulator
    sellers: dict[str, SimulatedSeller]
    time: WallTime
    bus: Bus
    books: "asyncpg.Connection[asyncpg.Record]"
    replicas: list[Replica]
    day: list[Consignment]
    arrivals: list[Event]
    draw: random.Random
    kills: list[int] = field(default_factory=list[int])
    """Numbers of confirmations heard at which the victim dies."""

    @property
    def victim(self) -> Replica:
        return self.replicas[1]

    def heard(self) -> int:
        return len(self.amazon.journal.of("confirmShipment"))

    async def publish(self, stretch: Sequence[Event]) -> None:
        assert all(await self.bus.publish([event.publication(self.time.now()) for event in stretch]))

    async def open_subjects(self) -> int:
        return int(await self.books.fetchval(f"select count(distinct subject) from effect where state in {OPEN}"))


OPEN = "('blocked', 'held', 'waiting', 'sent', 'unknown')"


@pytest.fixture
async def bench(tmp_path: Path, database_url: str, amqp_url: str) -> AsyncIterator[Bench]:
    origin, draw = datetime.now(UTC), random.Random(SEED)
    time = WallTime(FACTOR, origin)
    faults = FaultPlan(SEED, CHANCES, Lags(order=(0.0, ORDER_LAG)))
    async with AmazonSimulator(time, faults=faults) as amazon, open_bus(BusSettings(url=amqp_url), None) as bus:
        await bus.declare(TOPOLOGY)
        sellers = {name: amazon.add_seller(f"SELLER-{name}") for name in ACCOUNTS}
        file = write_configuration(
            tmp_path, database=database_url, amqp=amqp_url, amazon=amazon, sellers=sellers, clock=(FACTOR, origin),
            settings=SETTINGS,
        )  # fmt: skip
        books = await asyncpg.connect(database_url)
        await fill_books(books, time.now())
        day = consignments(draw, DESPATCHES)
        take_orders(sellers, day)
        kills = sorted(draw.sample(range(20, DESPATCHES), KILLS))
        replicas = [Replica(f"replica-{n}", file, ROLES) for n in range(2)]
        bench = Bench(amazon, sellers, time, bus, books, replicas, day, events(draw, day), draw, kills)
        try:
            for replica in replicas:
                await replica.start()
            yield bench
        finally:
            statuses = [await replica.stop() for replica in replicas]
            await books.close()
        assert statuses == [0, 0], "\n".join(replica.told() for replica in replicas)


async def fill_books(books: "asyncpg.Connection[asyncpg.Record]", now: datetime) -> None:
    rows = [
        (name, UK, seller_sku, "acme", sku, pack, now) for name in ACCOUNTS for seller_sku, sku, pack in listings()
    ]
    columns = ["channel_account", "marketplace", "seller_sku", "account", "sku", "pack_size", "imported_at"]
    await books.copy_records_to_table("listing", records=rows, columns=columns)
    carriers = [("*", ours, "*", theirs, "Next Day", now) for ours, theirs in CARRIERS.items()]
    columns = ["channel_account", "carrier", "service", "carrier_code", "shipping_method", "imported_at"]
    await books.copy_records_to_table("carrier", records=carriers, columns=columns)


def take_orders(sellers: dict[str, SimulatedSeller], day: Sequence[Consignment]) -> None:
    for one in day:
        items = [(line.reference, line.seller_sku, line.quantity) for line in one.lines]
        sellers[one.account].add_order(one.order_id, items)


async def trade(bench: Bench) -> None:
    """All events in uneven stretches, as fast as the channel keeps up."""
    arrivals = list(bench.arrivals)
    while arrivals:
        stretch = arrivals[: bench.draw.randint(1, 12)]
        del arrivals[: len(stretch)]
        await bench.publish(stretch)
        while await bench.open_subjects() >= AT_ONCE:
            await asyncio.sleep(0.05)


async def throttle_by_plan(bench: Bench) -> None:
    """A spell per account, each while confirmations come: over before the first came, it would throttle none."""
    for moment, account in zip(SPELLS, ACCOUNTS, strict=True):
        while bench.heard() < moment:
            await asyncio.sleep(0.05)
        seller = bench.sellers[account].seller_id
        bench.amazon.faults.spell("throttle", 24.0, bench.time.now(), "confirmShipment", seller)


async def kill_by_plan(bench: Bench) -> None:
    for moment in bench.kills:
        while bench.heard() < moment:
            await asyncio.sleep(0.005)
        await bench.victim.kill()
        await bench.victim.start()


async def settled(bench: Bench, within: float) -> None:
    """Every event is in the books, nothing is open, and no fault is still to take effect."""
    revisions = {one.despatch_id: one.last_revision for one in bench.day}
    deadline = asyncio.get_running_loop().time() + within * PATIENCE
    while True:
        rows = await bench.books.fetch("select despatch_id, revision from despatch")
        missing = revisions.items() - {(row["despatch_id"], row["revision"]) for row in rows}
        if not missing and not await bench.open_subjects():
            return
        for replica in bench.replicas:
            assert replica.alive(), replica.told()
        still = await bench.books.fetch(f"select subject, state, reason, detail from effect where state in {OPEN}")
        assert asyncio.get_running_loop().time() < deadline, (sorted(missing)[:5], still[:5])
        await asyncio.sleep(0.2)


async def no_effect_is_still_to_come(bench: Bench) -> None:
    until = bench.time.now().timestamp() + LATE_EFFECT + REQUEST_TIMEOUT * FACTOR
    while bench.time.now().timestamp() < until:
        await asyncio.sleep(0.1)


async def test_each_of_three_hundred_despatches_is_told_exactly_once_through_faults_and_kills(bench: Bench) -> None:
    print(f"seed {SEED}")
    begun = asyncio.get_running_loop().time()
    async with asyncio.timeout(150 * PATIENCE), asyncio.TaskGroup() as tasks:
        tasks.create_task(trade(bench))
        tasks.create_task(kill_by_plan(bench))
        tasks.create_task(throttle_by_plan(bench))
    print(f"traded after {asyncio.get_running_loop().time() - begun:.0f} s")
    await settled(bench, 60)
    print(f"settled after {asyncio.get_running_loop().time() - begun:.0f} s")
    await no_effect_is_still_to_come(bench)
    await settled(bench, 5)
    tell(bench)

    everything_went_wrong_that_was_to(bench)
    assert bench.victim.kills == KILLS
    undone = await subjects(
        bench, "select cause from alert where kind = 'undone_after_confirmation' and resolved_at is null"
    )
    told = accepted(bench)
    for one in bench.day:
        check_consignment(one, told.pop(one.order_id, []), undone)
    assert told == {}, "something was told that nobody despatched"
    await books_agree(bench)
    assert bench.amazon.journal.throttled() == [], "we sent more than the budget allows"
    assert bench.amazon.journal.throttled(injected=True) != []


def tell(bench: Bench) -> None:
    journal = bench.amazon.journal
    print(f"{len(bench.arrivals)} events, {sum(len(one.boxes) for one in bench.day)} parcels, {KILLS} kills")
    print("heard", Counter((entry.operation, entry.fault or "well") for entry in journal.entries))


def everything_went_wrong_that_was_to(bench: Bench) -> None:
    seen = {(entry.operation, entry.fault) for entry in bench.amazon.journal.entries}
    assert {(chance.fault.operation, chance.fault.kind) for chance in CHANCES} <= seen


async def subjects(bench: Bench, statement: str) -> set[str]:
    return {row[0] for row in await bench.books.fetch(statement)}


Told = list[dict[str, Any]]


def accepted(bench: Bench) -> dict[str, Told]:
    """Order id -> what was accepted of its parcels, in the order in which it took effect."""
    found: dict[str, Told] = defaultdict(list)
    for entry in bench.amazon.journal.accepted("confirmShipment"):
        found[entry.subject].append(detail_of(entry))
    return dict(found)


def detail_of(entry: Entry) -> dict[str, Any]:
    assert isinstance(entry.body, dict)
    detail: dict[str, Any] = entry.body["packageDetail"]
    return detail


def check_consignment(one: Consignment, told: Told, undone: set[str]) -> None:
    """The parcels of one despatch against what the channel accepted of its order."""
    references = set[str]()
    for versions in one.boxes:
        by_tracking = {box.tracking_number: box for box in versions}
        mine = [detail for detail in told if detail["trackingNumber"] in by_tracking]
        for detail in mine:
            check_content(one, by_tracking[detail["trackingNumber"]], detail)
        check_times(one, versions, [detail["trackingNumber"] for detail in mine], undone)
        own = {detail["packageReferenceId"] for detail in mine}
        assert len(own) <= 1, f"{one}: one parcel under several references {own}"
        assert not own & references, f"{one}: two parcels under one reference {own}"
        references |= own
        told = [detail for detail in told if detail not in mine]
    assert told == [], f"{one}: told of parcels that are not there"


def check_content(one: Consignment, box: Box, detail: dict[str, Any]) -> None:
    items = {item["orderItemId"]: item["quantity"] for item in detail["orderItems"]}
    assert (items, detail["carrierCode"]) == (dict(box.units), CARRIERS[box.carrier]), one
    assert isinstance(detail["packageReferenceId"], str) and detail["packageReferenceId"].isdecimal(), one


def check_times(one: Consignment, versions: Sequence[Box], trackings: list[str], undone: set[str]) -> None:
    """Which versions of a parcel the channel heard, and how often."""
    names, alerted = [box.tracking_number for box in versions], one.subject(versions[0]) in undone
    if one.fate == "undone":
        assert trackings in ([], names), one
        assert alerted == bool(trackings), f"{one}: told {len(trackings)} times, alert open: {alerted}"
    else:
        # A version that was superseded before it left is not told; the valid one is, once, and last.
        assert trackings in (names, names[-1:]), f"{one}: {trackings} of {names}"
        assert not alerted, one


STILL_WRONG = "resolved_at is null and kind not in ('undone_after_confirmation', 'listing_without_stock')"


async def books_agree(bench: Bench) -> None:
    """The ledger ends where the channel does; every promise is kept in time."""
    states = Counter(
        {row[0]: row[1] for row in await bench.books.fetch("select state, count(*) from effect group by 1")}
    )
    print("effects", dict(states))
    assert set(states) <= {"accepted", "live", "withdrawn"}
    late = "select subject from promise where settled_at is null or settled_at > deadline"
    assert await subjects(bench, late) == set()
    assert await subjects(bench, f"select kind || ' ' || cause from alert where {STILL_WRONG}") == set()
    assert await bench.books.fetchval("select count(*) from parked") == 0
