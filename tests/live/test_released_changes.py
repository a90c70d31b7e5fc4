"""Changes of orders that the warehouse has: made once, asked about where it is late, never made again."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from simulators.clarus import Fault
from tests.live.release_rig import LAG, ReleaseRig, lines, release_rig


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[ReleaseRig]:
    async with release_rig(tmp_path, database_url) as given:
        yield given


async def test_an_amendment_goes_from_fresh_lines_only_and_never_adds_a_line_twice(
    tmp_path: Path, database_url: str
) -> None:
    async with release_rig(tmp_path, database_url, lag=LAG - 1) as rig:
        await rig.sell("111-1", *lines(A=2))
        loop = await rig.run()
        for changed in (lines(A=2, B=3), lines(B=3, A=1)):
            await rig.sell("111-1", *changed)
            rig.clarus.faults.script(Fault("error_after", "goods_outs.change"))
            for _ in range(20):
                await rig.later(loop, 13.0)
            wanted = {str(line.seller_sku): line.ordered for line in changed}
            assert rig.quantities(rig.only("111-1")) == wanted


async def test_a_stop_that_a_person_answers_in_time_ends_the_order_at_the_warehouse(rig: ReleaseRig) -> None:
    await rig.sell("111-1")
    loop = await rig.later(await rig.run())
    rig.move("111-1", "PICK")
    await rig.become("111-1", "cancelled")
    await rig.run(loop)
    assert await rig.alerts("111-1") == {"order_stop_asked"} and len(rig.asked()) == 1
    await rig.answer("111-1", "stopped")
    await rig.later(loop)
    assert rig.only("111-1").status == "CANCELLED"
    assert await rig.alerts("111-1") == set() and await rig.questions("111-1") == []


async def test_a_stop_that_nobody_answers_is_too_late_and_the_channel_is_to_be_told(rig: ReleaseRig) -> None:
    await rig.sell("111-1")
    loop = await rig.later(await rig.run())
    rig.move("111-1", "PICK")
    await rig.become("111-1", "cancelled")
    await rig.run(loop)
    rig.hand.on(1801.0)
    await rig.nobody_answers()
    await rig.later(loop)
    assert rig.only("111-1").status == "PICK" and len(rig.asked()) == 1
    assert await rig.alerts("111-1") == {"order_tell_channel"}
    assert (await rig.effects("111-1"))[-1] == ("order_cancel", "refused", "too_late")


async def asked_for(rig: ReleaseRig, name: str) -> None:
    wished = [msgspec.structs.replace(line, cancel_asked=True) for line in lines(A=2, B=1)]
    await rig.sell(name, *wished, clear=False)


async def test_a_buyers_wish_is_put_to_a_person_and_what_they_stop_is_told_to_the_channel(rig: ReleaseRig) -> None:
    await rig.sell("111-1")
    loop = await rig.later(await rig.run())
    await asked_for(rig, "111-1")
    await rig.run(loop)
    assert len(rig.at_clarus("111-1")) == 1 and await rig.alerts("111-1") == {"order_stop_asked"}
    await rig.answer("111-1", "stopped")
    await rig.later(loop)
    assert rig.at_clarus("111-1") == [] and await rig.alerts("111-1") == {"order_tell_channel"}
    await rig.become("111-1", "cancelled")
    await rig.run(loop)
    assert await rig.alerts("111-1") == set(), "the two sides agree"


async def test_a_wish_that_is_withdrawn_withdraws_the_question(rig: ReleaseRig) -> None:
    await rig.sell("111-1", *lines(A=2, B=1))
    loop = await rig.later(await rig.run())
    await asked_for(rig, "111-1")
    await rig.run(loop)
    await rig.sell("111-1", *lines(A=2, B=1))
    await rig.later(loop)
    assert await rig.questions("111-1") == [] and await rig.alerts("111-1") == set()
    assert [heard.operation for heard in rig.asked()] == ["goods_outs.create"]


async def test_an_edit_that_a_person_made_at_the_warehouse_is_not_made_again(rig: ReleaseRig) -> None:
    await rig.sell("111-1", *lines(A=2))
    loop = await rig.later(await rig.run())
    rig.move("111-1", "PICK")
    await rig.sell("111-1", *lines(A=1))
    await rig.run(loop)
    await rig.answer("111-1", "changed")
    order = rig.only("111-1")
    next(iter(order.lines.values()))["order_quantity"] = 1
    order.keep(rig.hand.at)
    await rig.later(loop)
    assert await rig.alerts("111-1") == set() and len(rig.asked()) == 1


async def test_a_person_who_stops_it_without_a_word_is_seen_and_asked_no_more(rig: ReleaseRig) -> None:
    await rig.sell("111-1")
    loop = await rig.later(await rig.run())
    rig.move("111-1", "PICK")
    await rig.become("111-1", "cancelled")
    await rig.run(loop)
    rig.move("111-1", "CANCELLED")
    await rig.later(loop, 301.0)
    assert await rig.questions("111-1") == [] and await rig.alerts("111-1") == set()
    assert (await rig.effects("111-1"))[-1] == ("order_cancel", "accepted", "found")


async def test_what_went_to_picking_since_the_look_is_not_undone_but_asked_about(
    tmp_path: Path, database_url: str
) -> None:
    async with release_rig(tmp_path, database_url, lag=LAG - 1) as rig:
        await rig.sell("111-1")
        loop = await rig.later(await rig.run(), 200.0)
        rig.move("111-1", "PICK")
        await rig.become("111-1", "cancelled")
        await rig.run(loop)
        assert rig.only("111-1").status == "PICK", "the request was refused: the look was behind"
        await rig.later(loop)
        assert await rig.alerts("111-1") == {"order_stop_asked"}


async def test_an_order_on_hold_is_taken_back_and_created_anew_once_the_hold_is_lifted(rig: ReleaseRig) -> None:
    await rig.sell("111-1")
    loop = await rig.later(await rig.run())
    await rig.become("111-1", "held")
    await rig.run(loop)
    assert rig.at_clarus("111-1") == []
    await rig.become("111-1", "open")
    await rig.later(loop)
    assert len(rig.at_clarus("111-1")) == 1 and await rig.alerts("111-1") == set()


@pytest.mark.parametrize("lag", [0.0, LAG - 1])
async def test_what_is_said_to_be_taken_away_and_is_still_shown_is_taken_away_again(
    tmp_path: Path, database_url: str, lag: float
) -> None:
    async with release_rig(tmp_path, database_url, lag=lag) as rig:
        sold = await rig.sell("111-1")
        loop = await rig.later(await rig.run())
        rig.clarus.faults.script(Fault("garbled", "goods_outs.delete"))
        await rig.sell("111-1", *sold.lines, status="cancelled")
        await rig.run(loop)
        assert len(rig.at_clarus("111-1")) == 1 and (await rig.row("111-1"))["status"] == "withdrawn"
        await rig.later(loop)
        assert rig.at_clarus("111-1") == []
        await rig.later(loop)
        state = await rig.books.fetchval("select state from sales_order where channel_order_id = '111-1'")
        assert state == "ended" and await rig.alerts("111-1") == set()
