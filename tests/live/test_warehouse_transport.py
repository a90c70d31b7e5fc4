"""The simulated warehouse on a real broker, beside the daemon's own topology."""

import asyncio
import json

import aio_pika
import pytest

from daemon.bus import open_bus
from daemon.bus.port import Publication
from daemon.settings import Bus as BusSettings
from daemon.topology import COMMANDS, TOPOLOGY
from simulators.warehouse import Answers, Producer, Warehouse, WarehouseFaults, broker

pytestmark = pytest.mark.live

SEED = 11


def command(name: str, sku: str) -> Publication:
    data = {"command_id": name, "account": "acme", "warehouse": "W1", "sku": sku, "reason": "gap"}
    body = json.dumps({"specversion": "1.0", "type": "inventory.level_request.v1", "data": data}).encode()
    return Publication(COMMANDS, "inventory.level_request", body, name)


async def test_it_trades_and_answers_over_rabbitmq(amqp_url: str) -> None:
    print(f"seed {SEED}")
    wms = Warehouse(SEED, ["0042", "a/b"])
    async with open_bus(BusSettings(url=amqp_url), None) as bus, broker(amqp_url) as port:
        await bus.declare(TOPOLOGY)
        watching = await aio_pika.connect(amqp_url)
        async with watching, asyncio.timeout(30):
            channel = await watching.channel()
            seen = await channel.declare_queue(exclusive=True)
            await seen.bind("clarus", "#")
            assert await bus.publish([command("ask-1", "0042"), command("ask-2", "unknown")]) == [True, True]
            work = asyncio.create_task(Producer(port, wms, WarehouseFaults(SEED), Answers(wms, SEED), rate=500).run())
            keys, answers = set[object](), set[str]()
            async with seen.iterator() as incoming:
                async for message in incoming:
                    keys.add(message.headers["partitionkey"])
                    answers.add(json.loads(message.body)["data"].get("command_id", ""))
                    await message.ack()
                    if {"ask-1", "ask-2"} <= answers and {"acme/0042", "acme/a/b"} <= keys:
                        break
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
    assert answers == {"", "ask-1", "ask-2"}
