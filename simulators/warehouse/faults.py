"""What happens to a warehouse's messages on the way: lost, doubled, spoilt, out of order. By seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

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
    lost: list[WireMessage] = field(default_factory=list[WireMessage])
    corrupted: list[WireMessage] = field(default_factory=list[WireMessage])
    """As they were meant."""
    duplicated: list[WireMessage] = field(default_factory=list[WireMessage])

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)

    def apply(self, messages: Sequence[WireMessage]) -> list[WireMessage]:
        return self._shuffled([arrived for message in messages for arrived in self._travelled(message)])

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


def spoilt(message: WireMessage, draw: random.Random) -> WireMessage:
    """The message as nobody can read it. Its partition key still says whose it was; its body is never the same."""
    body = draw.choice((_cut, _not_text, _wrong_type, _nothing_known))(message.body, draw)
    return msgspec.structs.replace(message, body=body)


def _cut(body: bytes, draw: random.Random) -> bytes:
    return body[: draw.randint(1, len(body) - 2)]


def _not_text(body: bytes, draw: random.Random) -> bytes:
    place = draw.randint(2, len(body) - 2)
    return body[:place] + b"\xff\xfe\xff" + body[place:]


def _wrong_type(body: bytes, draw: random.Random) -> bytes:
    del draw
    return body.replace(b'"specversion": "1.0"', b'"specversion": 1.0', 1)


def _nothing_known(body: bytes, draw: random.Random) -> bytes:
    del draw
    return body.replace(b'"data"', b'"date"', 1)
