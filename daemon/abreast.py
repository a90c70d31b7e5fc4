"""Work side by side, so much at once and one piece of each name: a call that a partner never answers holds up nobody.

A round starts what is due and waits a little for it; what takes longer goes on while the next rounds work around it.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field


@dataclass(slots=True)
class Abreast:
    """`most`: pieces at once. `wait`: real seconds that a round waits for them; None: until all are done."""

    most: int
    wait: float | None = None
    _under_way: "dict[str, asyncio.Task[None]]" = field(default_factory=dict[str, "asyncio.Task[None]"])
    _new: "set[asyncio.Task[None]]" = field(default_factory=set["asyncio.Task[None]"])
    """Started since the last wait."""

    @property
    def names(self) -> frozenset[str]:
        """Of what is under way."""
        return frozenset(self._under_way)

    @property
    def room(self) -> int:
        return max(0, self.most - len(self._under_way))

    def start(self, name: str, work: Coroutine[object, object, None]) -> None:
        """Nothing of that name may be under way."""
        assert name not in self._under_way, name
        self._under_way[name] = task = asyncio.create_task(work, name=name)
        self._new.add(task)

    async def go_on(self) -> None:
        """Wait as a round does, for what is new to it. Raises what a piece of work died of, once all that have ended
        are put away."""
        if self._new:
            await asyncio.wait(self._new, timeout=self.wait)
        self._put_away()

    async def finish(self) -> None:
        """Until nothing is under way, however long it takes: whoever stops us bounds it."""
        if self._under_way:
            await asyncio.wait(self._under_way.values())
        self._put_away()

    def _put_away(self) -> None:
        self._new.clear()
        ended = [name for name, task in self._under_way.items() if task.done()]
        tasks = [self._under_way.pop(name) for name in ended]
        died = [error for task in tasks if not task.cancelled() and (error := task.exception()) is not None]
        if died:
            raise died[0]
