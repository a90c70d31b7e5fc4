"""The week answered by the usual connector, in seconds."""

from datetime import timedelta

from simulators.amazon.vendor import Vendor
from simulators.amazon.vendor_transactions import Transactions
from simulators.time import WallTime
from tests.bench.vendor_week.baseline import Baseline
from tests.bench.vendor_week.faults import fault_plan, vendor_plan
from tests.bench.vendor_week.orders import ACCOUNTS
from tests.bench.vendor_week.trace import Week
from tests.bench.vendor_week.world import World, until_the_end, warehouse_of

AFTERWARDS = timedelta(days=2)
"""By then every clock of the retailer has run out."""


async def answered_as_usual(week: Week) -> World:
    vendors = {
        one.name: Vendor(Transactions(week.seed + place, vendor_plan(one, week.calendar)))
        for place, one in enumerate(ACCOUNTS)
    }
    arm = Baseline(week, vendors, fault_plan(week.seed))
    arm.world = world = World(week, arm, warehouse_of(week, WallTime()))
    world.plan()
    arm.begin()
    await world.live(until_the_end(week))
    await world.finish()
    for vendor in vendors.values():
        vendor.settle(arm.now() + AFTERWARDS)
    return world
