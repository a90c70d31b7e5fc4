"""Sweeps of the simulated Clarus: page by page, whoever reads; what is not shown is not taken for gone."""

from datetime import timedelta
from itertools import count
from pathlib import Path

import msgspec
import pytest

from daemon.links.answer import Done
from daemon.links.clarus import ClarusLink
from daemon.store.clarus_readings import Sweep
from schemas.clarus import BalanceFilter
from tests.live.clarus_rig import clarus_rig

pytestmark = pytest.mark.live


async def test_a_sweep_settles_what_no_webhook_told(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        reader = await rig.known("KETTLE")
        rig.clarus.world.set_balance("KETTLE", available=2)
        await rig.read(reader)
        assert await rig.available("KETTLE") == 12
        rig.hand.on(3600)
        await rig.read(reader)
        assert await rig.available("KETTLE") == 2


async def test_a_sweep_goes_on_where_a_killed_process_left_it(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url, page_size=2) as rig:
        for number in range(9):
            rig.clarus.world.set_balance(f"SKU-{number}", available=0)
        killed = rig.reader()
        await killed.round()
        await killed.round()
        assert await rig.one("select pages from clarus_sweep") == 2
        before = len(rig.clarus.world.reads())
        await rig.read(rig.reader())
        assert len(rig.clarus.world.reads()) - before == 3
        assert await rig.one("select count(*) from stock") == 9
        assert await rig.one("select sweep from clarus_sweep") == 1


async def test_a_page_that_two_replicas_read_is_turned_once(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url, page_size=2) as rig:
        for number in range(6):
            rig.clarus.world.set_balance(f"SKU-{number}", available=0)
        one, other = rig.reader(), rig.reader()
        await one.round()
        stale = await rig.books.fetchrow("select * from clarus_sweep")
        await one.round()
        assert stale is not None
        sweep = Sweep(*(stale[name] for name in Sweep.__struct_fields__))
        await other.sweep_page(sweep)
        assert await rig.one("select pages from clarus_sweep") == 2
        await rig.read(one)
        assert await rig.one("select count(*) from stock") == 6


async def test_pages_that_change_while_they_are_read_lose_nothing(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url, page_size=2) as rig:
        world = rig.clarus.world
        for number in range(6):
            world.set_balance(f"SKU-{number}", available=3)
        reader = await rig.known(*(f"SKU-{number}" for number in range(6)))
        for number in range(6):
            world.set_balance(f"SKU-{number}", available=2)
        rig.hand.on(3600)
        await reader.round()
        world.hide("SKU-0")  # what follows moves up by one: SKU-2 is on no page that is still to come
        await rig.read(reader)
        assert await rig.available("SKU-2") == 2
        assert await rig.doubt("SKU-2") is None


async def test_rows_that_come_twice_bring_the_next_sweep_forward(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url, page_size=2) as rig:
        for number in range(4):
            rig.clarus.world.set_balance(f"SKU-{number}", available=0)
        reader = rig.reader()
        await reader.round()
        rig.clarus.world.set_balance("NEW", available=0, front=True)
        await rig.read(reader)
        assert await rig.available("NEW") is None
        assert await rig.one("select next_at - finished_at from clarus_sweep") == timedelta(seconds=300)
        rig.hand.on(300)
        await rig.read(reader)
        assert await rig.available("NEW") == 0
        assert await rig.one("select next_at - finished_at from clarus_sweep") == timedelta(seconds=3600)


async def test_a_cursor_that_means_nothing_any_more_begins_the_sweep_anew(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url, page_size=2) as rig:
        for number in range(5):
            rig.clarus.world.set_balance(f"SKU-{number}", available=0)
        reader = rig.reader()
        await reader.round()
        await rig.books.execute("update clarus_sweep set cursor = 'not a cursor'")
        await rig.read(reader)
        assert await rig.one("select sweep from clarus_sweep") == 2
        assert await rig.one("select count(*) from stock") == 5


async def test_a_balance_that_is_no_longer_shown_is_a_doubt_and_not_zero(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        rig.clarus.world.set_balance("LAMP", available=0)
        reader = await rig.known("KETTLE", "LAMP")
        rig.clarus.world.hide("KETTLE")
        rig.clarus.world.hide("LAMP")
        rig.hand.on(3600)
        await rig.read(reader)
        assert (await rig.available("KETTLE"), await rig.doubt("KETTLE")) == (12, "not_shown")
        assert await rig.doubt("LAMP") is None
        assert await rig.alerts() == [("balance_not_shown", "main/acme/W1")]
        rig.clarus.world.set_balance("KETTLE", available=12)
        rig.hand.on(360)
        await rig.read(reader)
        assert (await rig.doubt("KETTLE"), await rig.alerts()) == (None, [])


async def test_where_the_tenant_hides_what_is_sold_out_it_is_zero_unless_too_many_go_at_once(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url, absent_means="zero") as rig:
        skus = [f"SKU-{number:02}" for number in range(30)]
        for sku in skus:
            rig.clarus.world.set_balance(sku, available=5)
        reader = await rig.known(*skus)
        rig.clarus.world.hide("SKU-00")
        rig.hand.on(3600)
        await rig.read(reader)
        assert await rig.available("SKU-00") == 0
        for sku in skus[1:]:
            rig.clarus.world.hide(sku)
        rig.hand.on(3600)
        await rig.read(reader)
        assert {await rig.available(sku) for sku in skus[1:]} == {5}
        assert await rig.one("select count(*) from stock_trouble where doubt_reason = 'not_shown'") == 29


async def test_a_product_whose_pages_do_not_end_is_not_taken_for_absent(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The filter is ignored: the whole house comes, page by page, and the product is beyond the last one we read."""
    async with clarus_rig(tmp_path, database_url, absent_means="zero", page_size=1) as rig:
        skus = [f"SKU-{number:02}" for number in range(25)]
        for sku in skus:
            rig.clarus.world.set_balance(sku, available=5)
        reader = await rig.known(*skus)
        asked = ClarusLink.balances

        async def unfiltered(link: ClarusLink, wanted: BalanceFilter, after: str | None = None) -> object:
            return await asked(link, BalanceFilter(wanted.warehouse_ids), after)

        monkeypatch.setattr(ClarusLink, "balances", unfiltered)
        await rig.hint("SKU-24")
        await reader.round()
        assert (await rig.available("SKU-24"), await rig.doubt("SKU-24")) == (5, None)
        assert await rig.marks_due() == [], "and nothing else waits for it"


@pytest.mark.parametrize("empty", [False, True])
async def test_a_sweep_that_goes_round_in_a_circle_is_given_up_and_shown(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, empty: bool
) -> None:
    async with clarus_rig(tmp_path, database_url, page_size=1) as rig:
        for number in range(4):
            rig.clarus.world.set_balance(f"SKU-{number}", available=5)
        reader = await rig.known("SKU-0", "SKU-3")
        asked = ClarusLink.balances
        turn = count()

        async def circling(link: ClarusLink, wanted: BalanceFilter, after: str | None = None) -> object:
            if wanted.skus:
                return await asked(link, wanted, after)
            answer = await asked(link, wanted, None)
            assert isinstance(answer, Done)
            rows = () if empty else answer.value.rows
            return Done(msgspec.structs.replace(answer.value, rows=rows, after=f"page-{next(turn) % 2}"))

        monkeypatch.setattr(ClarusLink, "balances", circling)
        rig.hand.on(3600)
        await rig.read(reader)
        assert await rig.one("select started_at is null and next_at > $1 from clarus_sweep", rig.hand.at)
        assert await rig.alerts() == [("source_unreadable", "main/sweep")]
        assert (await rig.available("SKU-3"), await rig.doubt("SKU-3")) == (5, None)
        monkeypatch.undo()
        rig.hand.on(3600)
        await rig.read(reader)
        assert await rig.alerts() == []


@pytest.mark.parametrize("code", ["", "KET\x00TLE", "x" * 201])
async def test_a_name_that_cannot_be_kept_is_held_and_stops_no_sweep(
    tmp_path: Path, database_url: str, code: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance(code, available=0)
        rig.clarus.world.set_balance("LAMP", available=0)
        await rig.read()
        assert await rig.alerts() == [("balance_refused", "main/rows")]
        assert await rig.one("select array_agg(sku) from stock") == ["LAMP"]
        assert await rig.one("select finished_at is not null from clarus_sweep")
