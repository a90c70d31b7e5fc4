"""Readings of the simulated Clarus, into real books: lowered at once, raised once they are believed."""

from datetime import timedelta
from pathlib import Path

import pytest

from daemon.clarus_shown import Found
from daemon.level_requests import put_in_doubt
from daemon.settings import Intake
from schemas.clarus import BalanceFilter, BalancePage
from simulators.clarus import Fault, Trading
from tests.live.clarus_rig import KEY, LAG, START, clarus_rig

pytestmark = pytest.mark.live


SEED = 811


async def test_a_first_sweep_fills_the_books_after_a_second_look(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12, allocated=3)
        rig.clarus.world.set_balance("LAMP", available=0)
        reader = await rig.read()
        assert await rig.available("KETTLE") is None and await rig.available("LAMP") == 0
        rig.hand.on(LAG)
        await rig.read(reader)
        assert await rig.available("KETTLE") == 12
        row = await rig.books.fetchrow("select source, allocated, level_time from stock where sku = 'KETTLE'")
        assert row is not None and tuple(row) == ("clarus:main", 3, START)
        assert await rig.one("select count(*) from dirty where sku = 'KETTLE'") == 1
        assert await rig.one("select count(*) from stock_outbox") > 0
        assert await rig.one("select count(*) from clarus_mark") == 0


async def test_a_hint_lowers_at_once_and_is_read_again_once_the_lag_is_over(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        reader = await rig.known("KETTLE")
        rig.clarus.world.set_balance("KETTLE", available=4)
        await rig.hint("KETTLE")
        await rig.read(reader)
        assert await rig.available("KETTLE") == 4
        assert await rig.one("select due_at from clarus_mark") == rig.hand.at + timedelta(seconds=LAG)
        rig.hand.on(LAG)
        await rig.read(reader)
        assert await rig.one("select count(*) from clarus_mark") == 0


async def test_what_a_lagging_replica_hides_is_found_by_the_read_after_the_lag(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        reader = await rig.known("KETTLE")
        rig.clarus.faults.replica_lag = (50.0, 50.0)
        rig.hand.on(600)
        rig.clarus.world.set_balance("KETTLE", available=4)
        await rig.hint("KETTLE")
        await rig.read(reader)
        assert await rig.available("KETTLE") == 12, "the replica did not lag"
        rig.hand.on(LAG)
        await rig.read(reader)
        assert await rig.available("KETTLE") == 4


async def test_a_lagging_read_does_not_raise(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        reader = await rig.known("KETTLE")
        rig.hand.on(600)
        rig.clarus.world.set_balance("KETTLE", available=3)
        await rig.hint("KETTLE")
        await rig.read(reader)
        assert await rig.available("KETTLE") == 3
        rig.clarus.faults.replica_lag = (LAG, LAG)  # another replica, which still shows 12
        await rig.hint("KETTLE")
        await rig.read(reader)
        assert await rig.one("select available from clarus_second_look") == 12
        rig.hand.on(LAG)
        await rig.read(reader)
        assert await rig.available("KETTLE") == 3
        assert max((await rig.told("KETTLE"))[1:]) == 3


async def test_a_day_of_trading_by_a_lagging_replica_never_tells_more_than_was_true(
    tmp_path: Path, database_url: str
) -> None:
    print(f"seed {SEED}")
    async with clarus_rig(tmp_path, database_url, page_size=3) as rig:
        trading = Trading(rig.clarus, ("A", "B", "C", "D"), seed=SEED, opening=(5, 20))
        reader = await rig.known("A")
        rig.clarus.faults.replica_lag = (0.0, LAG)
        recent: dict[str, list[int]] = {sku: [trading.available(sku)] for sku in trading.skus}
        for _ in range(60):
            await rig.hint(*trading.trade(2))
            for sku in trading.skus:
                recent[sku].append(trading.available(sku))
            await rig.read(reader)
            for sku in trading.skus:
                assert (await rig.available(sku) or 0) <= max(recent[sku][-12:]), sku
            rig.hand.on(15)
        for _ in range(4):
            rig.hand.on(LAG)
            await rig.read(reader)
        assert {sku: await rig.available(sku) for sku in trading.skus} == {
            sku: trading.available(sku) for sku in trading.skus
        }


async def test_a_doubt_is_settled_by_reading_and_nobody_on_the_bus_is_asked(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        reader = await rig.known("KETTLE")
        async with rig.database.transaction() as connection:
            await put_in_doubt(connection, [KEY], "gap", rig.hand.at, Intake(), {})
        assert await rig.commands() == 0
        await rig.read(reader)
        assert await rig.doubt("KETTLE") == "gap", "a read that may be older than the doubt settled it"
        rig.hand.on(LAG)
        await rig.read(reader)
        assert await rig.doubt("KETTLE") is None
        assert await rig.one("select answer from level_request") == "level"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [(-1, "negative"), (2.5, "fractional"), (10**12, "absurd"), ("many", "missing"), (None, "missing")],
)
async def test_a_balance_that_cannot_be_is_held_shown_and_never_published(
    tmp_path: Path, database_url: str, wrong: object, says: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        rig.clarus.world.set_balance("LAMP", available=9)
        reader = await rig.known("KETTLE", "LAMP")
        rig.clarus.world.set_balance("KETTLE", available=wrong)
        rig.clarus.world.set_balance("LAMP", available=5)
        rig.hand.on(3600)
        await rig.read(reader)
        assert (await rig.available("KETTLE"), await rig.doubt("KETTLE")) == (12, "balance_refused")
        assert await rig.available("LAMP") == 5, "the row beside it was lost"
        assert await rig.alerts() == [("balance_refused", "main/acme/W1/KETTLE")]
        assert says in await rig.one("select text from alert where resolved_at is null")
        assert "KETTLE" in await rig.one("select detail::text from alert where resolved_at is null")
        rig.clarus.world.set_balance("KETTLE", available=7)
        rig.hand.on(300)
        await rig.read(reader)
        rig.hand.on(LAG)
        await rig.read(reader)
        assert (await rig.available("KETTLE"), await rig.doubt("KETTLE"), await rig.alerts()) == (7, None, [])
        assert set(await rig.told("KETTLE")) == {12, 7}


async def test_a_row_without_a_name_is_held_and_costs_nobody_a_doubt(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        reader = await rig.known("KETTLE")
        rig.clarus.faults.script(Fault("missing_field", "stock_balances", field="product"))
        await rig.hint("KETTLE")
        await rig.read(reader)
        assert (await rig.available("KETTLE"), await rig.doubt("KETTLE")) == (12, None)
        assert await rig.alerts() == [("balance_refused", "main/rows")]


async def test_a_read_that_began_before_another_does_not_overwrite_it(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        await rig.known("KETTLE")
        slow, quick = rig.reader(), rig.reader()
        rig.clarus.world.set_balance("KETTLE", available=8)
        began = await slow._begin()
        answer = await slow._page(BalanceFilter(slow.territory.warehouse_ids, skus=("KETTLE",)), None)
        rig.clarus.world.set_balance("KETTLE", available=2)
        await rig.hint("KETTLE")
        await rig.read(quick)
        assert await rig.available("KETTLE") == 2
        assert isinstance(answer, BalancePage)
        found = Found()
        found.add(slow.territory, answer.rows)
        await slow._settle(began, found, [])
        assert await rig.available("KETTLE") == 2


async def test_a_hint_that_comes_while_its_product_is_read_is_not_lost(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        reader = await rig.known("KETTLE")
        await rig.hint("KETTLE")
        rig.hand.on(LAG)
        [mark] = await rig.marks_due()
        reading, found = await reader._begin(), Found()
        answer = await reader._page(BalanceFilter(reader.territory.warehouse_ids, skus=("KETTLE",)), None)
        assert isinstance(answer, BalancePage)
        found.add(reader.territory, answer.rows)
        rig.clarus.world.set_balance("KETTLE", available=3)
        await rig.hint("KETTLE")
        await reader._settle(reading, found, [mark])
        assert await rig.available("KETTLE") == 12
        await rig.read(reader)
        assert await rig.available("KETTLE") == 3
