"""Resident memory of the daemon with a million SKUs in the books against a thousand, after the same events."""

from tests.bench.figures import Figure, ratios, say
from tests.bench.house import House, open_house
from tests.bench.pouring import depth, pour
from tests.services.broker import Broker
from tests.services.postgres import Databases

FEW, MANY = 1_000, 1_000_000
EVENTS = 60_000
MEGABYTE = 1_000_000


async def measure(databases: Databases, broker: Broker, runs: int) -> tuple[dict[str, float], list[Figure]]:
    """A new process for each reading, in turn on both books; each has drained EVENTS spread over all its SKUs."""
    resident: dict[int, list[float]] = {FEW: [], MANY: []}
    async with (
        open_house(databases, broker, FEW, "bench-memory-few") as few,
        open_house(databases, broker, MANY, "bench-memory-many") as many,
    ):
        for run in range(runs):
            for skus, house in ((FEW, few), (MANY, many)):
                await pour(house.amqp, EVENTS, skus, seed=3, first=run * EVENTS)
                resident[skus].append(await _after_draining(house) / MEGABYTE)
            last = f"{resident[FEW][-1]:.0f} MB with {FEW}, {resident[MANY][-1]:.0f} MB with {MANY}"
            say(f"  run {run + 1} of {runs}: {last}")
    over = ratios(resident[MANY], resident[FEW], "memory with a million SKUs over a thousand")
    figures = [
        Figure(f"resident memory, {FEW} SKUs", "MB", resident[FEW]),
        Figure(f"resident memory, {MANY} SKUs", "MB", resident[MANY]),
        over,
    ]
    return {"rss_1m_over_1k": over.median}, figures


async def _after_draining(house: House) -> float:
    """Bytes, once all events are in the books and all of their stream has been relayed."""
    before = int(str(await house.ask("select count(*) from stock_stream")))
    async with house.running():
        await house.until(f"select count(*) >= {before + EVENTS} from stock_stream")
        await house.until("select not exists (select from stock_outbox)")
        assert await depth(house.amqp) == 0
        return house.resident
