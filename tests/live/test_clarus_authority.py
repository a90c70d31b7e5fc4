"""Who may say what stands in a warehouse: the bus or Clarus, and what happens where that changes."""

from datetime import timedelta
from pathlib import Path
from typing import cast

import msgspec
import pytest

from daemon.bus.port import Bus, Delivery
from daemon.consumer import StockIntake
from daemon.level_requests import put_in_doubt
from daemon.settings import Intake
from daemon.store import stock
from daemon.urgency import Urgency
from daemon.watch import Watch
from handlers.stock_state import Applied, StockState
from schemas.inventory import Quantities, StockMessage
from schemas.terms import Warehouse
from tests.live.clarus_rig import KEY, LAG, HandClock, Rig, clarus_rig

pytestmark = pytest.mark.live


async def bus_books(rig: Rig, available: int, number: int = 1) -> None:
    """What a producer on the bus has told."""
    async with rig.database.transaction() as connection:
        [ledger] = await stock.load(connection, [KEY], [("/warehouse", 0)])
        message = StockMessage(
            *KEY, "/warehouse", f"e-{number}", 500 + number, 0, rig.hand.at, True, "level", Quantities(available)
        )
        ledger.applied.append(Applied(message, number, Quantities(available)))
        ledger.state = StockState(
            "/warehouse", 0, 500 + number, number, Quantities(available), rig.hand.at, rig.hand.at
        )
        await stock.save(connection, [ledger], rig.hand.at, 0, timedelta(seconds=30))


async def test_under_the_bus_a_difference_that_stays_is_a_doubt_and_a_level_request(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url, authority="bus") as rig:
        await bus_books(rig, 12)
        rig.clarus.world.set_balance("KETTLE", available=12)
        reader = await rig.read()
        assert await rig.doubt("KETTLE") is None
        rig.clarus.world.set_balance("KETTLE", available=9)
        rig.hand.on(3600)
        await rig.read(reader)
        assert await rig.doubt("KETTLE") is None, "one look is not enough"
        rig.hand.on(LAG)
        await rig.read(reader)
        assert (await rig.available("KETTLE"), await rig.doubt("KETTLE")) == (12, "check_differs")
        assert await rig.commands() == 1
        assert await rig.alerts() == [("balance_differs", "main/acme/W1/KETTLE")]


async def test_under_the_bus_what_only_travels_slower_is_no_difference(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url, authority="bus") as rig:
        await bus_books(rig, 12)
        rig.clarus.world.set_balance("KETTLE", available=9)
        reader = await rig.read()
        await bus_books(rig, 9, number=2)
        rig.hand.on(LAG)
        await rig.read(reader)
        assert await rig.doubt("KETTLE") is None
        assert await rig.one("select count(*) from clarus_second_look") == 0


async def test_a_warehouse_that_comes_under_clarus_starts_in_doubt_and_goes_on_by_what_is_read(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        await bus_books(rig, 12)
        rig.clarus.world.set_balance("KETTLE", available=15)
        reader = await rig.read()
        assert (await rig.available("KETTLE"), await rig.doubt("KETTLE")) == (12, "taken_over")
        assert await rig.commands() == 0
        for _ in range(2):
            rig.hand.on(LAG)
            await rig.read(reader)
        assert (await rig.available("KETTLE"), await rig.doubt("KETTLE")) == (15, None)
        assert await rig.one("select source from stock") == "clarus:main"
        assert await rig.one("select array_agg(number order by number) from stock_stream") == [1, 2]


async def test_other_owners_in_the_same_building_are_none_of_ours(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=0)
        rig.clarus.world.set_balance("KETTLE", account="OTHER", available=0)
        await rig.read()
        assert await rig.one("select count(*) from stock") == 1
        counted = rig.telemetry.registry.get_sample_value(
            "goodsout_readings_total", {"tenant": "main", "outcome": "not_ours"}
        )
        assert counted == 1


def intake(rig: Rig, not_ours: frozenset[Warehouse] = frozenset()) -> StockIntake:
    bus = cast("Bus", None)  # only `commit` is called, which has no need of it
    return StockIntake(bus, rig.database, HandClock(rig.hand), rig.telemetry, Urgency(), Intake(), 100, {}, not_ours)


def level_event(rig: Rig, available: int, source: str = "/warehouse") -> Delivery:
    event = {
        "specversion": "1.0", "id": f"e-{available}", "source": source, "type": "inventory.level.v1",
        "time": rig.hand.at.isoformat(), "sequence": "7",
        "data": {"account": "acme", "warehouse": "W1", "sku": "KETTLE", "available": available},
    }  # fmt: skip
    headers = {"partitionkey": "acme/KETTLE"}
    return Delivery(
        msgspec.json.encode(event),
        "clarus",
        "inventory.level",
        headers,
        "application/cloudevents+json",
        False,
        0,
        1,
        1,
    )


async def test_a_warehouse_that_goes_back_under_the_bus_is_taken_over_and_asks_for_its_levels(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        await rig.known("KETTLE")
        rig.hand.on(10)
        await intake(rig).commit([level_event(rig, 9)], 0)
        assert (await rig.available("KETTLE"), await rig.doubt("KETTLE")) == (9, "taken_over")
        assert await rig.one("select source from stock") == "/warehouse"
        assert await rig.commands() == 1
        assert await rig.one("select count(*) from parked") == 0


@pytest.mark.parametrize(
    ("not_ours", "source", "reason"),
    [
        (frozenset({Warehouse("W1")}), "/warehouse", "other_authority"),
        (frozenset[Warehouse](), "clarus:main", "reserved_source"),
    ],
)
async def test_what_the_bus_has_no_say_in_is_parked_and_changes_nothing(
    tmp_path: Path, database_url: str, not_ours: frozenset[Warehouse], source: str, reason: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        await rig.known("KETTLE")
        await intake(rig, not_ours).commit([level_event(rig, 99, source)], 0)
        assert await rig.one("select reason from parked") == reason
        assert (await rig.available("KETTLE"), await rig.doubt("KETTLE")) == (12, None)


async def test_a_request_that_we_answer_ourselves_is_not_repeated_on_the_bus(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        await rig.known("KETTLE")
        async with rig.database.transaction() as connection:
            await put_in_doubt(connection, [KEY], "gap", rig.hand.at, Intake(), {})
        rig.hand.on(31)
        watch = Watch(rig.database, HandClock(rig.hand), rig.settings, {})
        async with rig.database.transaction() as connection:
            assert await watch.ask_again(connection, rig.hand.at) == []
        assert await rig.one("select sent from level_request") == 2
