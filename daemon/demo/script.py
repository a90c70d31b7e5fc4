"""What happens in the demo, in order: opening levels, brisk trade with faults on the way, closing levels, quiet."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from daemon.demo.look import Eyes, Seen
from daemon.demo.road import carry
from daemon.demo.scenes_channel import (
    AT_CHANNEL,
    break_after_a_confirmation,
    break_down,
    cut_a_confirmation,
    lose_a_confirmation_answer,
    lose_a_patch_answer,
    rotate_the_secret,
    throttle,
)
from daemon.demo.scenes_people import (
    correct_the_listing,
    map_the_carrier,
    refuse_a_listing,
    ship_with_an_unmapped_carrier,
    take_one_back,
)
from daemon.demo.scenes_road import burst, clear_the_road, spoil_the_road
from daemon.demo.stage import Stage
from daemon.supervisor import pause

Scene = Callable[[Stage], Awaitable[None]]

SCENES: tuple[tuple[float, Scene], ...] = (
    (0.02, spoil_the_road),
    (0.06, lose_a_patch_answer),
    (0.10, ship_with_an_unmapped_carrier),
    (0.14, lose_a_confirmation_answer),
    (0.18, refuse_a_listing),
    (0.25, throttle),
    (0.33, take_one_back),
    (0.38, break_after_a_confirmation),
    (0.42, rotate_the_secret),
    (0.50, map_the_carrier),
    (0.55, break_down),
    (0.62, correct_the_listing),
    (0.66, cut_a_confirmation),
    (0.70, burst),
    (0.90, clear_the_road),
)
"""(share of the trading time, scene)."""

MOVEMENTS, ORDERS = 8.0, 0.8
"""A second."""
TICK = 0.25
LOOK_EVERY = 0.5
OPENING_WITHIN, SETTLE_WITHIN = 30.0, 45.0
"""Seconds at most."""
LEAST_TRADE = 8.0
SETTLED_FOR = 2
"""Looks in a row that must find everything settled."""


@dataclass(slots=True)
class Show:
    """Plays the script, looks while it plays, and ends at once when told to stop."""

    stage: Stage
    eyes: Eyes
    seconds: float
    stop: asyncio.Event
    shown: Callable[[Seen, str], None]
    """Hears of every look, and of what is going on."""
    phase: str = "opening"
    seen: Seen | None = None
    _owed: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def interrupted(self) -> bool:
        return self.stop.is_set()

    async def play(self) -> Seen:
        """All of it; returns the last look. Raises what the daemon died of."""
        playing = asyncio.create_task(self._acts())
        try:
            while not playing.done():
                if not self.interrupted:
                    self.stage.house.check()
                await self._look()
                await asyncio.wait([playing], timeout=LOOK_EVERY)
        finally:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)
        if not playing.cancelled():
            playing.result()
        return await self._look()

    async def _look(self) -> Seen:
        self.seen = await self.eyes.look(self.stage.at)
        self.stage.timeline.follow(self.seen)
        self.shown(self.seen, self.phase)
        return self.seen

    async def _acts(self) -> None:
        await self._open()
        await self._trade()
        await self._settle()

    async def _open(self) -> None:
        await carry(self.stage.house.bus, self.stage.house.warehouse.opening_levels())
        await self._until(lambda seen: seen.true == len(self.stage.house.offers), OPENING_WITHIN)

    async def _trade(self) -> None:
        self.phase = "trading"
        begun = self.stage.at
        lasts = max(LEAST_TRADE, self.seconds - begun)
        scenes = list(SCENES)
        while not self.interrupted and (now := self.stage.at - begun) < lasts:
            while scenes and now >= scenes[0][0] * lasts:
                await scenes.pop(0)[1](self.stage)
            await self._ordinary_business()
            await pause(self.stop, TICK)

    async def _ordinary_business(self) -> None:
        house = self.stage.house
        await self.stage.tell(house.warehouse.trade(self._due("movements", MOVEMENTS)))
        for _ in range(self._due("orders", ORDERS)):
            await self.stage.despatch(house.sales.sell())

    def _due(self, what: str, rate: float) -> int:
        """Whole pieces of what a tick owes; the rest is owed to the next."""
        owed = self._owed.get(what, 0.0) + rate * TICK
        self._owed[what] = owed % 1
        return int(owed)

    async def _settle(self) -> None:
        self.phase = "settling"
        if not self.interrupted:
            await carry(self.stage.house.bus, self.stage.house.warehouse.levels())
            await self._until(self._is_settled, SETTLE_WITHIN, SETTLED_FOR)

    def _is_settled(self, seen: Seen) -> bool:
        told = {"withdrawn", *AT_CHANNEL}
        return (
            seen.true == len(self.stage.house.offers)
            and not seen.troubled
            and not self.stage.timeline.open
            and all(row["state"] in told for row in seen.effects)
            and seen.parcels.told == seen.parcels.due
        )

    async def _until(self, condition: Callable[[Seen], bool], within: float, looks: int = 1) -> None:
        """Until so many looks in a row fulfil the condition, at most `within` seconds, or until stopped."""
        deadline, last, kept = self.stage.at + within, None, 0
        while kept < looks and self.stage.at < deadline and not self.interrupted:
            if self.seen is not None and self.seen is not last:
                last = self.seen
                kept = kept + 1 if condition(last) else 0
            await pause(self.stop, TICK)
