"""Days and hours of the week. The small form has short days: everything but the retailer's own deadlines shrinks."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Calendar:
    """`day`: how long a day lasts. Orders come on the first `order_days`."""

    order_days: int = 5
    day: timedelta = timedelta(hours=24)

    @property
    def hour(self) -> timedelta:
        return self.day / 24

    @property
    def part(self) -> float:
        """How long a day is, of a real one."""
        return self.day / timedelta(hours=24)

    @property
    def trading_days(self) -> int:
        """On which other channels sell: until the last order has left."""
        return self.order_days + 3

    @property
    def end(self) -> timedelta:
        """The last window is over, and all but the latest lorries have come."""
        return self.at(self.order_days + 4, 12)

    def at(self, day: int, hour: float) -> timedelta:
        """`hour` of 24, on the day of that number."""
        return self.day * day + self.hour * hour
