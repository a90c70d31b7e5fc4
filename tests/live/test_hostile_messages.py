"""Messages made to break whoever reads them: each is parked, its SKU doubted, and everybody else goes on."""

import json
import random
import uuid
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from daemon.bus.port import Publication
from daemon.settings import Role
from tests.journeys.rig import Rig, running, until

pytestmark = pytest.mark.live

ROLES: tuple[Role, ...] = ("intake", "documents")
random_text = random.Random(7)


def text_that_fills_an_index(length: int) -> str:
    """Four bytes a character, and nothing to compress."""
    return "".join(chr(random_text.randrange(0x10000, 0x2FFF0)) for _ in range(length))


def nested(levels: int) -> dict[str, object]:
    table: dict[str, object] = {"a": "x"}
    for _ in range(levels):
        table = {"a": table}
    return table


HOSTILE: dict[str, dict[str, object]] = {
    "tables nested deeper than the program can follow": {"x": nested(400)},
    "the broker's own headers, forged": {
        "x-first-death-queue": text_that_fills_an_index(500),
        "cloudEvents_id": text_that_fills_an_index(500),
    },
    "what no attribute is made of": {"cloudEvents_id": {"a": 1}, "cloudEvents_time": None, "n\x00": b"\xff\x00"},
}


def level(sku: str, available: object, account: str = "acme") -> bytes:
    data = {"account": account, "warehouse": "W1", "sku": sku, "available": available}
    return json.dumps(
        {
            "specversion": "1.0", "id": str(uuid.uuid4()), "source": "/warehouse", "type": "inventory.level.v1",
            "time": datetime.now(UTC).isoformat(), "sequence": "1", "data": data,
        }
    ).encode()  # fmt: skip


async def send(rig: Rig, key: str, body: bytes, headers: Mapping[str, object]) -> None:
    odd = cast("Mapping[str, str]", headers)
    assert all(await rig.bus.publish([Publication("clarus", key, body, str(uuid.uuid4()), odd)]))


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[Rig]:
    async with running(tmp_path, database_url, ROLES) as started:
        yield started


async def until_parked(rig: Rig, origin: str) -> None:
    async def parked() -> object:
        return await rig.books.fetchval("select count(*) = 1 from parked where origin = $1", origin)

    await until(parked)


async def until_in_doubt(rig: Rig, sku: str) -> None:
    async def in_doubt() -> object:
        statement = (
            "select count(*) = 1 from stock join stock_trouble on stock_id = id "
            "where sku = $1 and doubt_since is not null"
        )
        return await rig.books.fetchval(statement, sku)

    await until(in_doubt)


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_stock_event_with_hostile_headers_is_parked_and_its_partition_goes_on(rig: Rig, what: str) -> None:
    await send(rig, "inventory.level", b"junk", HOSTILE[what] | {"partitionkey": "acme/KETTLE"})
    await until_parked(rig, "goodsout.stock")
    await rig.level("KETTLE", 5)

    async def applied() -> object:
        return await rig.books.fetchval("select available = 5 from stock where sku = 'KETTLE'")

    await until(applied)


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_document_with_hostile_headers_is_parked_where_it_came_from(rig: Rig, what: str) -> None:
    await send(rig, "order.picking", b"junk", HOSTILE[what])
    await until_parked(rig, "goodsout.orders.v1")


async def test_an_event_under_the_key_of_another_sku_puts_both_in_doubt(rig: Rig) -> None:
    await rig.level("KETTLE", 50)
    await rig.level("TOASTER", 50)

    async def both() -> object:
        return await rig.books.fetchval("select count(*) = 2 from stock")

    await until(both)
    await send(rig, "inventory.level", level("KETTLE", 1), {"partitionkey": "acme/TOASTER"})
    await until_in_doubt(rig, "TOASTER")
    await until_in_doubt(rig, "KETTLE")


async def test_an_event_without_a_key_that_cannot_be_believed_puts_its_sku_in_doubt(rig: Rig) -> None:
    await rig.level("KETTLE", 50)

    async def there() -> object:
        return await rig.books.fetchval("select count(*) = 1 from stock")

    await until(there)
    await send(rig, "inventory.level", level("KETTLE", 10**12), {})
    await until_in_doubt(rig, "KETTLE")


async def test_a_sku_first_named_in_the_batch_of_its_broken_event_is_in_doubt(rig: Rig) -> None:
    key = {"partitionkey": "acme/KETTLE"}
    good = Publication("clarus", "inventory.level", level("KETTLE", 50), "1", key)
    broken = Publication("clarus", "inventory.moved", b"junk", "2", key)
    assert all(await rig.bus.publish([good, broken]))
    await until_in_doubt(rig, "KETTLE")
