"""How the simulated warehouse answers requests for a level: soon, late, with a refusal, or not at all. By seed."""

import json
import random
from dataclasses import dataclass, field

from simulators.warehouse.business import Warehouse
from simulators.warehouse.messages import WireMessage


@dataclass
class Answers:
    """`answer` a command's body. Whoever never hears back is expected to ask again with the same id."""

    warehouse: Warehouse
    seed: int = 0
    delay: tuple[float, float] = (0.0, 0.0)
    """Simulated seconds until the shelf is looked at, drawn between the two."""
    refuse: float = 0.0
    ignore: float = 0.0
    asked: dict[str, int] = field(default_factory=dict[str, int])
    """Command id -> how often it was asked."""
    refused: list[str] = field(default_factory=list[str])
    ignored: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)

    async def answer(self, command: bytes) -> list[WireMessage]:
        """The level as it is once the delay is over."""
        command_id: str = json.loads(command)["data"]["command_id"]
        self.asked[command_id] = self.asked.get(command_id, 0) + 1
        fate, delay = self._draw.random(), self._draw.uniform(*self.delay)
        if fate < self.ignore:
            self.ignored.append(command_id)
            return []
        await self.warehouse.time.sleep(delay)
        if fate < self.ignore + self.refuse:
            self.refused.append(command_id)
            return self.warehouse.refuse(command, "not now")
        return self.warehouse.answer(command)
