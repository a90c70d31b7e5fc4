"""Showing less ahead of likely sales elsewhere on the same pool, while the channel would not know of them yet.

What the channel is told is live a lag later. By then others may have taken some of the pool. The u-th unit shown of a
pool of p is no longer backed once others take more than p - u in that time; whether it pays to show it depends on
that chance alone, since a buyer who never comes costs nothing either way. So the most is shown of which the last
unit's chance of being taken elsewhere is at most `risk`.

The same holds while a change has to wait for its turn: under pressure, what is likely to be taken before a listing's
next turn is held back, so that one call says what several would.
"""

import math

import msgspec


class Foresight(msgspec.Struct, frozen=True):
    """`risk` 0 shows everything; near 1 holds back next to nothing, near 0 much."""

    risk: float = 0.0
    lag: float = 0.0
    """Seconds until the channel shows what it is told."""
    order_units: float = 1.0
    """Channel units in an average order."""

    @property
    def on(self) -> bool:
        return 0.0 < self.risk < 1.0


OFF = Foresight()

STEPS = (0.0, 0.5, 5.0, 15.0, 60.0, 240.0)
"""Seconds of waiting that are told apart: pressure changes all the time, what is shown should not."""
EASE = 0.1


def eased(before: float, found: float) -> float:
    """Pressure as it is felt: a tenth of each new finding, so that one burst is no pressure."""
    return before + EASE * (found - before)


def step_of(pressure: float) -> float:
    """The waiting to reckon with, in seconds: the highest step reached."""
    return max(step for step in STEPS if step <= max(pressure, 0.0))


def shown_ahead(wanted: int, pool: int, others_per_second: float, foresight: Foresight) -> int:
    """At most `wanted`, never below 0, all in the channel's units. Shows all where nobody else draws on the pool."""
    if not foresight.on or wanted <= 0:
        return wanted
    held_back = taken_within(others_per_second * foresight.lag, foresight.order_units, foresight.risk)
    return max(0, min(wanted, pool - held_back))


LOOKS = 3.0
"""Mean lags of the channel until nearly every word is live."""
TURNS = 4.0
"""What is dear keeps coming while a listing waits: its next turn is about this many times the wait away."""


def until_next_turn(waiting: float, channel_lag: float) -> float:
    """Seconds until the channel shows what a listing's next turn says; 0 without pressure."""
    return TURNS * waiting + LOOKS * channel_lag if waiting > 0 else 0.0


def shown_meanwhile(wanted: int, pool: int, others_per_second: float, ahead: Foresight, waiting: Foresight) -> int:
    """The lesser of what the channel's lag and what the waiting under pressure allow."""
    return min(
        shown_ahead(wanted, pool, others_per_second, ahead), shown_ahead(wanted, pool, others_per_second, waiting)
    )


def taken_within(asked: float, order_units: float, risk: float) -> int:
    """The least number of units that others take more of with a chance of at most `risk`.

    `asked`: units that they are expected to ask for. The inverse of `demand_model.chance_of`.
    """
    orders = asked / order_units
    any_order = -math.expm1(-orders)
    if any_order <= risk:
        return 0
    reach = math.sqrt(orders) + math.sqrt(math.log(any_order / risk))
    return max(0, math.ceil(order_units * reach * reach) - 1)
