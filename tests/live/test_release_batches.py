"""Batches of orders that follow one another: one that fails, or is cut short, takes no other with it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from daemon.links.answer import Throttled
from daemon.release_requests import ReleaseRequests
from daemon.releasing import Releasing
from simulators.clarus import Fault
from tests.live.release_rig import ReleaseRig, release_rig


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[ReleaseRig]:
    async with release_rig(tmp_path, database_url) as given:
        yield given


async def backlog(rig: ReleaseRig, orders: int, slow: float = 0.0) -> Releasing:
    """By twos; the first two are answered after `slow` real seconds."""
    loop = rig.loop()
    loop.books = replace(loop.books, batch=2)
    await rig.hear(*(rig.telling(f"new-{number}") for number in range(orders)))
    if slow:
        rig.clarus.faults.script(Fault("slow", "goods_outs.create", seconds=slow, times=2))
    return loop


async def requests(rig: ReleaseRig) -> dict[str, int]:
    rows = await rig.books.fetch("select state, count(*) from effect group by state")
    return {row["state"]: row["count"] for row in rows}


def failing(method: Callable[..., Any], at: int, answer: object = None) -> Callable[..., Any]:
    """The method of a loop, which fails at its call number `at`, or gives this answer."""
    calls = list[int]()

    async def called(self: Releasing, *given: Any) -> Any:
        calls.append(1)
        if len(calls) == at and answer is not None:
            return answer
        if len(calls) == at:
            raise OSError("the books cannot be reached")
        return await method(self, *given)

    return called


async def test_what_has_left_is_waited_for_though_the_next_cannot_be_decided(
    rig: ReleaseRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = await backlog(rig, 4, slow=0.5)
    monkeypatch.setattr(Releasing, "_decided", failing(Releasing._decided, at=2))
    with pytest.raises(OSError, match="cannot be reached"):
        await loop.round()
    assert await requests(rig) == {"accepted": 2}
    await rig.run(loop)
    assert await requests(rig) == {"accepted": 4} and len(rig.asked()) == 4


async def test_what_is_decided_leaves_though_the_answers_before_it_could_not_be_written(
    rig: ReleaseRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = await backlog(rig, 4, slow=0.5)
    monkeypatch.setattr(ReleaseRequests, "_answered", failing(ReleaseRequests._answered, at=1))
    with pytest.raises(OSError, match="cannot be reached"):
        await loop.round()
    states = await requests(rig)
    assert states["accepted"] >= 2 and len(rig.asked()) == 4, "and of the others nobody knows what became"


async def both_sent(rig: ReleaseRig, working: "asyncio.Task[float]") -> None:
    while (await requests(rig)).get("sent", 0) < 4:
        assert not working.done(), "the second batch was not decided before the first was answered"
        await asyncio.sleep(0.01)


async def test_what_waited_too_long_behind_a_slow_batch_does_not_leave_and_leaves_once_it_was_looked_up_again(
    rig: ReleaseRig,
) -> None:
    loop = await backlog(rig, 4, slow=1.0)
    working = asyncio.create_task(loop.round())
    await both_sent(rig, working)
    rig.hand.on(loop.requests.longest.total_seconds() / 2 + 1)
    await working
    assert await requests(rig) == {"accepted": 2, "waiting": 2} and len(rig.asked()) == 2
    await rig.later(loop, 5.0)
    assert await requests(rig) == {"accepted": 4} and len(rig.asked()) == 4


async def test_a_look_that_fails_while_a_batch_is_being_sent_holds_only_what_was_to_be_looked_up(
    rig: ReleaseRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = await backlog(rig, 4, slow=0.5)
    monkeypatch.setattr(Releasing, "_look", failing(Releasing._look, at=2, answer=Throttled("", "too many calls")))
    await loop.round()
    assert await requests(rig) == {"accepted": 2}
    await rig.run(loop)
    assert await requests(rig) == {"accepted": 4} and len(rig.asked()) == 4


async def test_a_round_that_is_cut_short_leaves_nothing_running(rig: ReleaseRig) -> None:
    loop = await backlog(rig, 4, slow=5.0)
    before = asyncio.all_tasks()
    working = asyncio.create_task(loop.round())
    await both_sent(rig, working)
    ours = {task for task in asyncio.all_tasks() - before if "releas" in repr(task).lower()}
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert len(ours) > 2 and all(task.done() for task in ours)


async def test_a_round_that_has_lasted_long_decides_no_more(rig: ReleaseRig) -> None:
    loop = await backlog(rig, 6)
    loop.lasts = 0.0
    await loop.round()
    assert await requests(rig) == {"accepted": 2}
