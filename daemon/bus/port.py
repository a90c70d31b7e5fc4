"""The bus as the rest of the daemon sees it: declare, subscribe, take a batch, acknowledge up to, publish.

Two buses stand behind this port, `rabbitmq.py` and `embedded.py`; one conformance suite proves both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from daemon.topology import Topology


class BusError(Exception):
    """The bus could not do what was asked; the message says what, where and what to do next."""


class SubscriptionLost(BusError):
    """The channel behind a subscription is gone: its unacknowledged deliveries will come again, in order."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as it arrived. `tag` counts within `generation`, the life of one channel."""

    body: bytes
    exchange: str
    routing_key: str
    headers: Mapping[str, object]
    content_type: str
    redelivered: bool
    delivery_count: int
    tag: int
    generation: int


@dataclass(frozen=True, slots=True)
class Publication:
    """One persistent message to publish. `message_id` stays the same on every repeat."""

    exchange: str
    routing_key: str
    body: bytes
    message_id: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    content_type: str = "application/cloudevents+json"


class Subscription(Protocol):
    """One consumer of one queue on a channel of its own, in the queue's order."""

    @property
    def queue(self) -> str: ...

    async def take(self, limit: int, linger: float) -> list[Delivery]:
        """What has arrived, at least one and at most `limit`, in order.

        Waits for the first without bound, then up to `linger` real seconds for more unless `limit` is
        reached sooner. Raises SubscriptionLost when the channel is gone.
        """
        ...

    async def acknowledge_up_to(self, delivery: Delivery) -> None:
        """Acknowledge this delivery and all before it. Raises SubscriptionLost if its generation has ended."""
        ...

    async def close(self) -> None:
        """Close the channel, bounded: what was not acknowledged goes back to the head of the queue in order.

        Never a cancel first: with a single active consumer, the successor would overtake the open window.
        """
        ...


class Bus(Protocol):
    """A message bus. Consuming and publishing never share a connection."""

    async def declare(self, topology: Topology) -> None:
        """Make every exchange, queue and binding of the table exist. Idempotent."""
        ...

    async def subscribe(self, queue: str, prefetch: int) -> Subscription: ...

    async def publish(self, messages: Sequence[Publication]) -> list[bool]:
        """Publish in the given order; True for each that the bus confirmed. Never raises for a message.

        False means unknown, not refused: publish it again with the same `message_id`.
        Where order matters, repeat everything from the first False on: later ones may have arrived, or not been sent.
        """
        ...

    async def depth(self, queue: str) -> int:
        """Messages ready in the queue."""
        ...

    @property
    def connected(self) -> bool: ...

    @property
    def rebuilds(self) -> int:
        """Connections that the watchdog found dead without a word, and built anew."""
        ...

    async def close(self) -> None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
