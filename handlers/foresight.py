"""Showing less ahead of likely sales elsewhere on the same pool, while the channel would not know of them yet.

What the channel is told is live a lag later. By then others may have taken some of the pool. The u-th unit shown of a
pool of p is no longer backed once others take more than p - u in that time; whether it pays to show it depends on
that chance alone, since a buyer who never comes costs nothing either way. So the most is shown of which the last
unit's chance of being taken elsewhere is at most `risk`.
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


def shown_ahead(wanted: int, pool: int, others_per_second: float, foresight: Foresight) -> int:
    """At most `wanted`, never below 0, all in the channel's units. Shows all where nobody else draws on the pool."""
    if not foresight.on or wanted <= 0:
        return wanted
    held_back = taken_within(others_per_second * foresight.lag, foresight.order_units, foresight.risk)
    return max(0, min(wanted, pool - held_back))


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
