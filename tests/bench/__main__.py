"""`make bench`: speed and memory in one run on one machine; the last line holds the figures."""

import asyncio

from tests.bench import intake
from tests.bench.figures import last_line, say
from tests.services.running import running_postgres, running_rabbitmq

RUNS = 5


async def main() -> None:
    with running_postgres() as databases, running_rabbitmq() as broker:
        say("durable intake against R")
        values, figures = await intake.measure(databases, broker, RUNS)
        for figure in figures:
            say(figure)
        say(last_line(values))


if __name__ == "__main__":
    asyncio.run(main())
