"""Stock events as the contract has them, about 570 bytes each, and queues filled with them."""

import json
import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import asyncpg

from daemon.bus.port import Bus, Publication

ACCOUNT, WAREHOUSE, SOURCE = "northwind", "LEEDS-1", "/clarus/northwind/leeds"
PADDING = "moved by the goods-out team, wave 7, as the picking plan of the morning asks; " * 2


def sku_name(number: int) -> str:
    return f"SKU-{number:08d}"


def movements(count: int, skus: int, seed: int, first: int = 0) -> Iterator[Publication]:
    """`count` movements spread evenly over `skus`, from the `first`-th on: each SKU's numbers have no gaps."""
    order = list(range(skus))
    random.Random(seed).shuffle(order)
    now = datetime.now(UTC)
    for place in range(first, first + count):
        yield movement(order[place % skus], 1 + place // skus, now + timedelta(microseconds=place))


def movement(sku: int, number: int, time: datetime) -> Publication:
    name = sku_name(sku)
    event_id = str(uuid.uuid4())
    body = {
        "specversion": "1.0", "id": event_id, "source": SOURCE, "type": "inventory.moved.v1",
        "time": time.isoformat(), "sequence": str(number), "datacontenttype": "application/json",
        "data": {
            "account": ACCOUNT, "warehouse": WAREHOUSE, "sku": name, "kind": "picked", "reason": PADDING,
            "delta": {"available": -1, "picked": 1},
        },
    }  # fmt: skip
    encoded = json.dumps(body).encode()
    return Publication("clarus", "inventory.moved", encoded, event_id, headers={"partitionkey": f"{ACCOUNT}/{name}"})


async def fill(bus: Bus, messages: Sequence[Publication]) -> None:
    """Publish all, in order, until each is confirmed."""
    for start in range(0, len(messages), 1000):
        assert all(await bus.publish(messages[start : start + 1000]))


async def stock_books(url: str, skus: int) -> None:
    """Books that know `skus` SKUs already, vacuumed and checkpointed as books that have lived a while are."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "insert into stock (account, warehouse, sku, source, applied, number, available, last_time, level_time)"
        " select $1, $2, 'SKU-' || lpad(n::text, 8, '0'), $3, 0, 0, 1000000, now() - interval '1 day',"
        " now() - interval '1 day' from generate_series(0, $4::int - 1) as n",
        ACCOUNT, WAREHOUSE, SOURCE, skus,
    )  # fmt: skip
    await connection.execute("vacuum analyze stock")
    await connection.execute("checkpoint")
    await connection.close()
