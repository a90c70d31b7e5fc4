"""Right of way: bulk work waits for a despatch under way, but never long; and takes turns with its like."""

import asyncio
import itertools
import time

import pytest

from daemon import urgency
from daemon.urgency import Urgency

WAIT = 60.0
"""Seconds: what does not end by itself fails, and a busy machine may take its time."""


async def _until_passed(way: Urgency, passed: list[str], name: str, longest: float = 2 * WAIT) -> None:
    await way.give_way(longest)
    passed.append(name)


async def test_bulk_work_waits_while_a_despatch_is_under_way() -> None:
    way, passed = Urgency(), list[str]()
    with way.claim():
        bulk = asyncio.create_task(_until_passed(way, passed, "bulk"))
        await asyncio.sleep(0.05)
        assert passed == []
    await asyncio.wait_for(bulk, WAIT)


async def test_bulk_work_waits_for_the_last_of_several_despatches() -> None:
    way, passed = Urgency(), list[str]()
    way.begin()
    with way.claim():
        bulk = asyncio.create_task(_until_passed(way, passed, "bulk"))
    await asyncio.sleep(5 * urgency.LINGER)
    assert passed == []
    way.end()
    await asyncio.wait_for(bulk, WAIT)


async def test_a_stream_of_despatches_slows_bulk_work_and_never_stops_it() -> None:
    way, begun = Urgency(), time.monotonic()
    with way.claim():
        await asyncio.wait_for(way.give_way(0.05), WAIT)
        assert time.monotonic() - begun >= 0.05


async def test_bulk_work_takes_turns_one_in_each_round_of_the_loop() -> None:
    way, passed = Urgency(), list[str]()
    workers = [asyncio.create_task(_until_passed(way, passed, str(n))) for n in range(3)]
    rounds = list[int]()
    while len(passed) < 3:
        await asyncio.sleep(0)
        rounds.append(len(passed))
    assert passed == ["0", "1", "2"]
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(rounds))
    await asyncio.gather(*workers)


async def test_a_worker_that_is_cancelled_while_it_waits_holds_nobody_up() -> None:
    way, passed = Urgency(), list[str]()
    with way.claim():
        gone = asyncio.create_task(_until_passed(way, passed, "gone"))
        stays = asyncio.create_task(_until_passed(way, passed, "stays"))
        await asyncio.sleep(0)
        gone.cancel()
    await asyncio.wait_for(stays, WAIT)
    assert passed == ["stays"]


async def test_a_despatch_is_remembered_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    way = Urgency()
    seen = [way.lately]
    with way.claim():
        seen.append(way.lately)
    seen.append(way.lately)
    monkeypatch.setattr(urgency, "LATELY", 0.0)
    assert [*seen, way.lately] == [False, True, True, False]


async def _work_behind(way: Urgency, inside: list[str], name: str, end: asyncio.Event) -> None:
    async with way.behind():
        inside.append(name)
        await end.wait()
        inside.remove(name)


async def _settled(inside: list[str], wanted: int) -> None:
    async with asyncio.timeout(WAIT):
        while len(inside) != wanted:
            await asyncio.sleep(0.001)


async def test_few_bulk_workers_are_at_work_at_once_while_despatches_come() -> None:
    way, inside, end = Urgency(), list[str](), asyncio.Event()
    with way.claim():
        pass
    workers = [asyncio.create_task(_work_behind(way, inside, str(n), end)) for n in range(5)]
    await _settled(inside, urgency.FEW)
    await asyncio.sleep(0.05)
    assert len(inside) == urgency.FEW
    end.set()
    await asyncio.gather(*workers)
    assert inside == []


async def test_bulk_workers_do_not_wait_for_each_other_while_no_despatch_comes() -> None:
    way, inside, end = Urgency(), list[str](), asyncio.Event()
    workers = [asyncio.create_task(_work_behind(way, inside, str(n), end)) for n in range(5)]
    await _settled(inside, 5)
    assert inside == ["0", "1", "2", "3", "4"]
    end.set()
    await asyncio.gather(*workers)


async def test_bulk_work_that_is_overdue_goes_on_although_the_few_places_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(urgency, "OVERDUE", 0.05)
    way, inside, end = Urgency(), list[str](), asyncio.Event()
    with way.claim():
        pass
    workers = [asyncio.create_task(_work_behind(way, inside, str(n), end)) for n in range(urgency.FEW + 1)]
    await _settled(inside, urgency.FEW)
    assert len(inside) == urgency.FEW, "the places are taken"
    await _settled(inside, urgency.FEW + 1)
    assert inside[-1] == str(urgency.FEW), "it went on without one"
    end.set()
    await asyncio.gather(*workers)
