"""A hundred mixed orders under faults: each is at the warehouse once, with the lines that its channel wants."""

import asyncio
import random
from pathlib import Path

from daemon.releasing import Releasing
from simulators.clarus import Fault
from simulators.clarus.faults import Kind
from tests.live.release_rig import LAG, ReleaseRig, lines, release_rig

SEED = 20261121
ORDERS = 100
KINDS: tuple[Kind, ...] = ("error", "error_after", "reset", "reset_after", "throttle", "unauthorised")
CHANCES = (
    *(
        (0.06, Fault(kind, operation))
        for kind in KINDS
        for operation in ("goods_outs.create", "goods_outs.change", "goods_outs.delete")
    ),
    (0.1, Fault("error", "goods_outs")),
    (0.05, Fault("errors_beside_data", "goods_out_lines")),
)


async def killed(rig: ReleaseRig, holder: str, draw: random.Random) -> None:
    """A process that works for a moment and dies in the middle of it."""
    dying = asyncio.create_task(rig.run(rig.loop(holder), 10))
    await asyncio.sleep(draw.uniform(0.005, 0.06))
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)


async def worked(rig: ReleaseRig, loop: Releasing) -> None:
    """Some rounds; a look-up that failed is simply made again."""
    for _ in range(12):
        await loop.round()


async def test_each_order_is_there_once_with_the_right_lines_whatever_goes_wrong(
    tmp_path: Path, database_url: str
) -> None:
    print(f"seed {SEED}")
    draw = random.Random(SEED)
    async with release_rig(tmp_path, database_url, request_timeout=2.0) as rig:
        rig.clarus.faults.replica_lag = (0.0, LAG - 1)
        rig.clarus.faults.chances = CHANCES
        wanted: dict[str, dict[str, int]] = {}
        for number in range(ORDERS):
            name = f"111-{number}"
            wanted[name] = {"A": draw.randint(1, 5), "0012": draw.randint(1, 3)}
            await rig.sell(name, *lines(**wanted[name]))
        by_hand = draw.sample(sorted(wanted), 5)
        for name in by_hand:
            rig.type_in(name, **wanted[name])
        rig.hand.on(LAG)
        for turn in range(6):
            await killed(rig, f"dead-{turn}", draw)
            await worked(rig, rig.loop(f"alive-{turn}"))
            for name in draw.sample(sorted(wanted), 8):
                await change(rig, draw, name, wanted)
            rig.hand.on(draw.uniform(5.0, 200.0))
        rig.clarus.faults.stop()
        last = rig.loop("last")
        for _ in range(6):
            await rig.later(
                last,
                150.0,
            )
        assert rig.clarus.orders.twice() == set()
        for name, quantities in wanted.items():
            there = [rig.quantities(order) for order in rig.at_clarus(name)]
            assert there == ([quantities] if quantities else []), name
        open_ = "select count(*) from effect where state in ('sent', 'unknown', 'waiting')"
        assert await rig.books.fetchval(open_) == 0


async def change(rig: ReleaseRig, draw: random.Random, name: str, wanted: dict[str, dict[str, int]]) -> None:
    if not wanted[name]:
        return
    if draw.random() < 0.3:
        wanted[name] = {}
        await rig.become(name, "cancelled")
    else:
        wanted[name] = {"A": draw.randint(1, 5), draw.choice(["B", "0012"]): draw.randint(1, 3)}
        await rig.sell(name, *lines(**wanted[name]))
