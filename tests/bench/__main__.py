"""`make bench`: speed and memory in one run on one machine; the last line holds the figures."""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable

from tests.bench import despatch, intake, memory, scale
from tests.bench.figures import Figure, last_line, say
from tests.services.broker import Broker
from tests.services.postgres import Databases
from tests.services.running import running_postgres, running_rabbitmq

RUNS = 5

Part = Callable[[Databases, Broker, int], Awaitable[tuple[dict[str, float], list[Figure]]]]

PARTS: dict[str, tuple[str, Part]] = {
    "intake": ("durable intake against R", intake.measure),
    "scale": ("what an event costs with a million SKUs in the books", scale.measure),
    "despatch": ("a despatch, idle and under a million stock messages", despatch.measure),
    "memory": ("memory with a million SKUs in the books", memory.measure),
}

LAST_LINE = (
    "intake_over_R",
    "intake_over_per_message",
    "cost_1m_over_1k",
    "despatch_p99_busy_minus_idle_ms",
    "despatch_p50_busy_over_idle",
    "rss_1m_over_1k",
    "bytes_per_event",
)


def chosen() -> list[str]:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", metavar="PART,PART", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    names = [name.strip() for name in parser.parse_args().only.split(",")]
    if unknown := sorted(set(names) - set(PARTS)):
        parser.error(f"{', '.join(unknown)}: the parts are {', '.join(PARTS)}")
    return names


def main(names: list[str]) -> None:
    values, figures, begun = dict[str, float](), list[Figure](), time.monotonic()
    with running_postgres() as databases, running_rabbitmq() as broker:
        for name in names:
            title, measure = PARTS[name]
            say(f"{name}: {title}")
            found, of_part = asyncio.run(_measured(measure, databases, broker))
            values |= found
            figures += of_part
    say(f"\nmedian (least to greatest, how often), after {time.monotonic() - begun:.0f} s")
    for figure in figures:
        say(figure)
    say(last_line({name: values[name] for name in LAST_LINE if name in values}))


async def _measured(measure: Part, databases: Databases, broker: Broker) -> tuple[dict[str, float], list[Figure]]:
    return await measure(databases, broker, RUNS)


if __name__ == "__main__":
    main(chosen())
