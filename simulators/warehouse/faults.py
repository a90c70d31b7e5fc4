"""What happens to a warehouse's messages on the way: lost, doubled, spoilt, late, out of order. By seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulators.warehouse.corruption import spoilt
from simulators.warehouse.messages import WireMessage


@dataclass
class WarehouseFaults:
    """`apply` a stretch of messages at a time. What was done to whom is kept for those who judge."""

    seed: int
    reorder_window: int = 0
    """A message arrives at most about this many places from where it belongs."""
    duplicate: float = 0.0
    lose: float = 0.0
    corrupt: float = 0.0
    burst: float = 0.0
    """How likely a stretch is held back, to arrive at once with the next; `flush` lets the last one go."""
    lost: list[WireMessage] = field(default_factory=list[WireMessage])
    corrupted: list[WireMessage] = field(default_factory=list[WireMessage])
    """As they were meant."""
    duplicated: list[WireMessage] = field(default_factory=list[WireMessage])
    last: dict[tuple[str, str, str], str] = field(default_factory=dict[tuple[str, str, str], str])
    """The id of each SKU's last event, whatever became of it."""

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)
        self._waiting: list[WireMessage] = []

    def apply(self, messages: Sequence[WireMessage]) -> list[WireMessage]:
        """What arrives of them, in the order in which it arrives."""
        self.last |= {message.key: message.message_id for message in messages if any(message.key)}
        arrived = self._shuffled([arrived for message in messages for arrived in self._travelled(message)])
        if self.burst and self._draw.random() < self.burst:
            self._waiting += arrived
            return []
        return self.flush() + arrived

    def flush(self) -> list[WireMessage]:
        """What was held back for a burst."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def stop(self) -> None:
        """Nothing goes wrong from here on."""
        self.duplicate = self.lose = self.corrupt = self.burst = 0.0
        self.reorder_window = 0

    def _travelled(self, message: WireMessage) -> list[WireMessage]:
        fate = self._draw.random()
        if fate < self.lose:
            self.lost.append(message)
            return []
        if fate < self.lose + self.corrupt:
            self.corrupted.append(message)
            return [spoilt(message, self._draw)]
        if fate < self.lose + self.corrupt + self.duplicate:
            self.duplicated.append(message)
            return [message, message]
        return [message]

    def _shuffled(self, messages: list[WireMessage]) -> list[WireMessage]:
        if not self.reorder_window:
            return messages
        places = [(place + self._draw.random() * self.reorder_window, place) for place in range(len(messages))]
        return [messages[place] for _, place in sorted(places)]
