"""One queue of the embedded bus: what waits in it, and who may take it."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from daemon.bus.port import Publication
from daemon.topology import Queue


@dataclass(frozen=True, slots=True)
class Stored:
    message: Publication
    deliveries: int = 0


DeadLetter = Callable[[str, Mapping[str, object], Stored, str], None]
"""Called with the queue's name and arguments, the message and the reason."""


class EmbeddedQueue:
    """A deque with RabbitMQ's manners: order, limit, one active consumer."""

    def __init__(self, declared: Queue, dead_letter: DeadLetter) -> None:
        self.declared = declared
        self.waiting: deque[Stored] = deque()
        self._consumers: list[object] = []
        self._dead_letter = dead_letter
        self._waiters: set[asyncio.Future[None]] = set()

    def admits(self) -> bool:
        """False if the queue is full and refuses; a full queue that drops its oldest admits."""
        longest = self._number("x-max-length")
        refuses = self.declared.arguments.get("x-overflow") == "reject-publish"
        return longest is None or not refuses or len(self.waiting) < longest

    def put(self, message: Publication) -> None:
        self.waiting.append(Stored(message))
        longest = self._number("x-max-length")
        while longest is not None and len(self.waiting) > longest:
            self._bury(self.waiting.popleft(), "maxlen")
        self.changed()

    def join(self, consumer: object) -> None:
        self._consumers.append(consumer)

    def leave(self, consumer: object, unacknowledged: list[Stored]) -> None:
        """Back to the head in order; what has been delivered too often goes to the dead letters."""
        if consumer in self._consumers:
            self._consumers.remove(consumer)
        limit = self._number("x-delivery-limit")
        for stored in reversed(unacknowledged):
            if limit is None or stored.deliveries <= limit:
                self.waiting.appendleft(stored)
        for stored in unacknowledged:
            if limit is not None and stored.deliveries > limit:
                self._bury(stored, "delivery_limit")
        self.changed()

    def available_to(self, consumer: object) -> int:
        one_active = self.declared.arguments.get("x-single-active-consumer")
        if one_active and self._consumers[:1] != [consumer]:
            return 0
        return len(self.waiting)

    def hand_over(self, count: int) -> list[Stored]:
        """The oldest, each counted as delivered once more."""
        batch = [self.waiting.popleft() for _ in range(count)]
        return [replace(stored, deliveries=stored.deliveries + 1) for stored in batch]

    def changed(self) -> None:
        """Wake everybody who waits for this queue, to look again."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def change(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)

    def _bury(self, stored: Stored, reason: str) -> None:
        self._dead_letter(self.declared.name, self.declared.arguments, stored, reason)

    def _number(self, argument: str) -> int | None:
        value = self.declared.arguments.get(argument)
        return value if isinstance(value, int) else None
