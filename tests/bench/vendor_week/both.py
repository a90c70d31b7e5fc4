"""The same week twice: by the daemon, then by the usual connector; and what it comes to."""

from datetime import datetime

from tests.bench.freshness.trace import Trace
from tests.bench.vendor_week.charges import Charges
from tests.bench.vendor_week.daemon import Lived, Terms, answered_by_us
from tests.bench.vendor_week.trace import Week, make_week
from tests.bench.vendor_week.usual import answered_as_usual
from tests.bench.vendor_week.world import World
from tests.services.broker import Broker
from tests.services.postgres import Databases


async def measured(
    databases: Databases, rabbitmq: Broker, trace: Trace, orders: int, seed: int, terms: Terms
) -> tuple[Lived, World]:
    def make(beginning: datetime) -> Week:
        return make_week(trace, orders, seed, terms.calendar, beginning)

    lived = await answered_by_us(databases, rabbitmq, make, terms)
    return lived, await answered_as_usual(lived.world.week)


def figures(lived: Lived, ours: Charges, usual: Charges) -> dict[str, float]:
    return {
        "chargebacks_over_baseline": len(ours.all) / max(1, len(usual.all)),
        "late_acks": ours.by_kind["late_acknowledgement"],
        "over_acked_units": ours.over_acknowledged,
        "asn_faults": ours.notices,
        "clock_factor": lived.factor,
    }
