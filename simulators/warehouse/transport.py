"""How the simulated warehouse reaches a bus: a port of two calls, and RabbitMQ behind it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractQueue

from simulators.warehouse.messages import WireMessage

IN, COMMANDS = "clarus", "goodsout.commands"
LEVEL_REQUEST = "inventory.level_request"


class Port(Protocol):
    """What a producer needs of a bus."""

    async def publish(self, messages: Sequence[WireMessage]) -> None:
        """In this order; returns once the bus has all of them, raises when it may not have."""
        ...

    def commands(self) -> AsyncIterator[bytes]:
        """Bodies of the commands that reach the warehouse, one after the other, without end."""
        ...


class Broker:
    """A RabbitMQ. A command is acknowledged once the next is asked for, so none is lost with its reader."""

    def __init__(self, channel: AbstractChannel, exchange: AbstractExchange, queue: AbstractQueue) -> None:
        self._channel = channel
        self._exchange = exchange
        self._queue = queue

    async def publish(self, messages: Sequence[WireMessage]) -> None:
        for message in messages:
            await self._exchange.publish(_amqp(message), message.routing_key, mandatory=False)

    async def commands(self) -> AsyncIterator[bytes]:
        async with self._queue.iterator() as incoming:
            async for message in incoming:
                yield message.body
                await message.ack()


def _amqp(message: WireMessage) -> aio_pika.Message:
    return aio_pika.Message(
        message.body,
        headers=dict(message.headers),
        content_type=message.content_type,
        message_id=message.message_id,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )


@asynccontextmanager
async def broker(url: str, queue: str = "warehouse.commands") -> AsyncIterator[Broker]:
    """A connection of the warehouse's own. Declares what it speaks to, as any producer may."""
    connection = await aio_pika.connect_robust(url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.set_qos(prefetch_count=100)
        exchange = await channel.declare_exchange(IN, "topic", durable=True)
        commands = await channel.declare_exchange(COMMANDS, "topic", durable=True)
        inbox = await channel.declare_queue(queue, durable=True, arguments={"x-queue-type": "quorum"})
        await inbox.bind(commands, LEVEL_REQUEST)
        yield Broker(channel, exchange, inbox)
