"""Whose turn it is to be released: no rush, backlog or batch keeps another waiting."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from schemas.terms import ChannelAccount
from simulators.clarus import Fault
from tests.live.release_rig import LAG, ReleaseRig, release_rig


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[ReleaseRig]:
    async with release_rig(tmp_path, database_url) as given:
        yield given


async def test_a_rush_of_new_orders_keeps_neither_a_doubt_nor_what_was_sent_from_being_seen(rig: ReleaseRig) -> None:
    await rig.sell("sent")
    loop = await rig.run()
    rig.hand.on(LAG - 3)
    await rig.sell("doubtful")
    rig.clarus.faults.script(Fault("error_after", "goods_outs.create"))
    loop.books, loop.batches = replace(loop.books, batch=5), 1
    await loop.round()
    assert await rig.effects("doubtful") == [("order_create", "unknown", "unknown")]
    await rig.hear(*(rig.telling(f"new-{number}") for number in range(20)))
    rig.hand.on(6)
    before = (await rig.row("sent"))["read_at"]
    await loop.round()
    assert await rig.effects("doubtful") == [("order_create", "accepted", "found")]
    assert (await rig.row("sent"))["read_at"] > before
    assert len(rig.asked()) == 2 + 3, "the others of the five are new"


async def test_an_account_with_a_long_backlog_keeps_no_other_waiting(rig: ReleaseRig) -> None:
    loop = rig.loop()
    loop.batches = 1
    loop.books = replace(loop.books, batch=4, routes={**loop.books.routes, ChannelAccount("zz"): rig.to})
    await rig.hear(*(rig.telling(f"new-{number}") for number in range(10)))
    other, clear = rig.telling("other")
    await rig.hear((msgspec.structs.replace(other, channel_account=ChannelAccount("zz")), clear))
    await loop.round()
    assert len(rig.asked()) == 4 and len(rig.at_clarus("other")) == 1


async def test_while_a_batch_is_being_sent_the_next_one_is_decided(rig: ReleaseRig) -> None:
    loop = rig.loop()
    loop.books, loop.batches = replace(loop.books, batch=2), 2
    await rig.hear(*(rig.telling(f"new-{number}") for number in range(4)))
    rig.clarus.faults.script(Fault("slow", "goods_outs.create", seconds=1.0, times=2))
    working = asyncio.create_task(loop.round())
    sent = "select count(*) from effect where state = 'sent'"
    while await rig.books.fetchval(sent) < 4:
        assert not working.done(), "the second batch was not decided before the first was answered"
        await asyncio.sleep(0.01)
    await working
    assert len(rig.asked()) == 4 and await rig.books.fetchval(sent) == 0
