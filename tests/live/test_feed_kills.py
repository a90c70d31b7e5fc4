"""A process that ends between any two steps of a feed: another goes on from the books, and all ends true."""

from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from daemon import feed_settling, feeds
from simulators.amazon import Fate, FeedLags, FeedPlan
from tests.live.feed_rig import FeedRig, Killer, feed_rig

pytestmark = [pytest.mark.live, pytest.mark.long]

SKUS = [f"SKU-{number:02d}" for number in range(12)]
SEED = 7


async def one_feed(rig: FeedRig, value: int, fate: Fate) -> list[str]:
    """All stock changes, and the process that carries the feed ends at the killer's point. Returns what it saw."""
    rig.simulator.faults.feeds.stop()
    rig.simulator.faults.feeds.script(fate)
    await rig.stock({sku: value + place for place, sku in enumerate(SKUS)})
    feeds_before = int(str(await rig.value("select count(*) from feed")))
    for _ in range(40):
        await rig.tick(patches=False)
        if await rig.value("select count(*) > $1 and bool_and(settled) from feed", feeds_before):
            break
    await rig.until(rig.all_true, ticks=100)
    return rig.killer.seen


@pytest.mark.parametrize("fate", [Fate(refused=0.0), Fate(end="fatal", applied=0.5), Fate(end="cancelled")], ids=str)
async def test_a_kill_at_each_step_ends_true(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fate: Fate
) -> None:
    monkeypatch.setattr(feeds, "PIECE", 5)
    monkeypatch.setattr(feed_settling, "PIECE", 5)
    print("seed", SEED)
    plan = FeedPlan(SEED, FeedLags(queue=(10, 10), work=(20, 20)))
    async with feed_rig(database_url, tmp_path, plan) as rig:
        await rig.list_skus(dict.fromkeys(SKUS, 100))
        await rig.until(rig.all_true)
        killed_at, seen = list[str](), list[str]()
        for n in count():
            rig.killer = Killer(n)
            rig.start()
            seen = await one_feed(rig, 200 + 50 * (n % 2), fate)
            if not rig.killer.killed:
                break
            killed_at.append(seen[n])
            assert await rig.value("select count(*) from publication where flight_id is not null") == 0
            rig.clock.at += timedelta(hours=2)
    print(len(killed_at), "kills:", killed_at)
    assert killed_at == seen, "every step of a feed that nobody disturbs was a place to be killed at"
    assert len(killed_at) >= 25
