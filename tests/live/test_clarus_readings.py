"""Readings of the simulated Clarus, into real books."""

from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import cast

import msgspec
import pytest

from daemon.bus.port import Bus, Delivery
from daemon.clarus_checks import Checked
from daemon.clarus_shown import Found
from daemon.consumer import StockIntake
from daemon.level_requests import put_in_doubt
from daemon.links.answer import Done
from daemon.links.clarus import ClarusLink
from daemon.settings import ClarusHook, Intake
from daemon.store import stock
from daemon.store.clarus_readings import Sweep
from daemon.store.stock import StockKey
from daemon.urgency import Urgency
from daemon.watch import Watch
from handlers.stock_state import Applied, StockState
from schemas.clarus import BalanceFilter, BalancePage
from schemas.inventory import Quantities, StockMessage
from schemas.terms import Account, Sku, Warehouse
from simulators.clarus import Fault, Trading
from tests.live.clarus_rig import LAG, START, HandClock, Rig, clarus_rig

pytestmark = pytest.mark.live

KEY = StockKey(Account("acme"), Warehouse("W1"), Sku("KETTLE"))
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


async def test_answers_with_errors_are_not_believed_and_are_shown_once_they_last(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=12)
        rig.clarus.world.set_balance("LAMP", available=9)
        reader = await rig.known("KETTLE")
        rig.clarus.world.set_balance("KETTLE", available=0)
        await rig.hint("KETTLE")
        rig.clarus.faults.script(Fault("errors_beside_data"), Fault("garbled"), Fault("error"), Fault("errors_alone"))
        waits = [await reader.round() for _ in range(2)]
        rig.hand.on(301)
        waits += [await reader.round() for _ in range(2)]
        assert waits == [2.0, 4.0, 8.0, 16.0]
        assert await rig.available("KETTLE") == 12
        assert await rig.alerts() == [("source_unreadable", "main")]
        await rig.read(reader)
        assert (await rig.available("KETTLE"), await rig.alerts()) == (0, [])


async def test_credentials_that_are_turned_away_are_shown_at_once(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        reader = await rig.known()
        rig.clarus.world.login.rotate(rig.settings.clarus["main"].client_id, "another")
        rig.clarus.world.login.issued.clear()
        await rig.hint("KETTLE")
        await reader.round()
        assert await rig.alerts() == [("source_denied", "main")]
        (rig.folder / "secret").write_text("another")
        await rig.read(reader)
        assert await rig.alerts() == []


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


async def checked(rig: Rig, **tenant: object) -> tuple[Checked, list[int]]:
    rounds: list[int] = []

    async def round_() -> float:
        rounds.append(1)
        return 0.25

    settings = msgspec.structs.replace(rig.settings.clarus["main"], **tenant)
    link = rig.link
    link.tenant = settings
    checked = Checked(
        "main", settings, link, rig.database, HandClock(rig.hand), {}, round_, link.missing_fields,
        "balance_fields of [clarus.main]", "main", settings.hooks,
    )  # fmt: skip
    return checked, rounds


async def test_a_field_that_the_schema_lacks_keeps_the_source_off_and_says_which(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.schema.remove("StockBalance", "picked")
        check, rounds = await checked(rig)
        assert await check.round() == 300.0 and rounds == []
        assert await rig.alerts() == [("source_fields", "main")]
        assert "stock_balances.all.edges.node.picked" in await rig.one("select text from alert")
        rig.clarus.world.schema.types["StockBalance"]["picked"] = "Float"
        assert await check.round() == 0.25 and rounds == [1]
        assert await rig.alerts() == []


async def test_a_schema_that_cannot_be_asked_is_asked_again_and_reads_wait(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.faults.script(Fault("error"))
        check, rounds = await checked(rig)
        assert await check.round() == 3.0 and rounds == []
        rig.clarus.faults.script(Fault("errors_beside_data"))
        assert await check.round() == 3.0 and await rig.alerts() == []
        assert await check.round() == 0.25 and rounds == [1]


async def test_a_schema_that_is_never_told_is_shown_with_the_way_out(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.faults.script(Fault("errors_alone", times=3))
        check, rounds = await checked(rig)
        assert [await check.round() for _ in range(3)] == [3.0, 3.0, 300.0] and rounds == []
        assert await rig.alerts() == [("source_fields", "main")]
        assert "check_fields = false" in await rig.one("select text from alert")
        blind, rounds = await checked(rig, check_fields=False)
        assert await blind.round() == 0.25 and rounds == [1]


async def test_automations_that_differ_from_the_settings_are_shown(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        right = rig.clarus.world.add_automation("stock", "picked", "http://127.0.0.1:1")
        off = rig.clarus.world.add_automation("stock", "received", "http://127.0.0.1:1")
        other = rig.clarus.world.add_automation("stock_balance", "updated", "http://127.0.0.1:1")
        off.enabled = False
        hooks = {
            name: ClarusHook(token_file="t", automation_id=str(number), resource="stock", event=event)
            for name, number, event in (
                ("right", right.id, "picked"), ("off", off.id, "received"), ("other", other.id, "dispatched"),
                ("gone", 99_999, "picked"),
            )
        }  # fmt: skip
        check, rounds = await checked(rig, hooks=hooks)
        await check.round()
        assert rounds == [1], "automations that differ do not keep the source off"
        assert await rig.alerts() == [("automation_differs", f"main/{name}") for name in ("gone", "off", "other")]


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


async def test_an_answer_that_breaks_the_reader_is_backed_off_from_and_shown_once_it_lasts(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        rig.clarus.world.set_balance("KETTLE", available=0)
        await rig.books.execute("alter table clarus_seen rename to clarus_seen_gone")
        reader = rig.reader()
        assert await reader.round() == 2.0
        rig.hand.on(301)
        assert await reader.round() == 4.0
        assert await rig.alerts() == [("source_unreadable", "main")]
        await rig.books.execute("alter table clarus_seen_gone rename to clarus_seen")
        await rig.read(reader)
        assert (await rig.available("KETTLE"), await rig.alerts()) == (0, [])
