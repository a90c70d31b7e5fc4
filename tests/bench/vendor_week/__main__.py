"""`make bench-vendor-week`: a retailer's week on the fast clock, answered by the daemon and by the usual connector.

The last line holds the figures; docs/vendor-week.md says what they mean.
"""

import argparse
import asyncio
import os
from collections import Counter
from pathlib import Path

from tests.bench.figures import say
from tests.bench.freshness import trace as traces
from tests.bench.vendor_week.both import figures, measured
from tests.bench.vendor_week.calendar import Calendar
from tests.bench.vendor_week.charges import Charges, table
from tests.bench.vendor_week.daemon import Terms
from tests.bench.vendor_week.evidence import told
from tests.bench.vendor_week.picture import draw_week
from tests.services.running import running_postgres, running_rabbitmq

SEED = 20_261_102
PICTURE = Path(__file__).resolve().parents[3] / "docs" / "pictures" / "vendor-week.svg"
DRAWN_FROM = 2000
"""Fewer purchase orders make no picture."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.vendor_week", description=__doc__)
    parser.add_argument("--orders", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--factor", type=float, default=3000.0, help="how fast the clock runs at most")
    parser.add_argument("--days", type=int, default=5, help="on which orders are placed")
    parser.add_argument("--kills", type=int, default=6, help="of the daemon")
    parser.add_argument("--explain", action="store_true", help="what the books say of each chargeback of ours")
    parser.add_argument("--trace", default=os.environ.get("TRACE"), help="a folder of gzipped day files")
    arguments = parser.parse_args()
    trace = traces.load(arguments.trace, arguments.seed)
    say(f"{trace.source}: {arguments.orders} purchase orders, seed {arguments.seed}")
    terms = Terms(arguments.factor, arguments.kills, Calendar(arguments.days))
    with running_postgres() as databases, running_rabbitmq() as rabbitmq:
        lived, world = asyncio.run(measured(databases, rabbitmq, trace, arguments.orders, arguments.seed, terms))
    week = lived.world.week
    ours, usual = (Charges(one.arm.vendors.values(), week) for one in (lived.world, world))
    if arguments.explain:
        for charge in ours.all:
            say("\n".join(told(charge, lived.evidence, lived.arm.vendors.values(), week)))
    alerts = Counter(row["kind"] for row in lived.evidence.alerts)
    say(f"alerts raised: {', '.join(f'{kind} {count}' for kind, count in sorted(alerts.items()))}")
    say("\n".join(table(ours, usual)))
    if arguments.orders >= DRAWN_FROM:
        draw_week(PICTURE, ours, usual, f"{arguments.orders} purchase orders, seed {arguments.seed}")
    say(" ".join(f"{name}={value:.4g}" for name, value in figures(lived, ours, usual).items()))


if __name__ == "__main__":
    main()
