"""The topology's values made true at RabbitMQ: a loop, and errors that say what to do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from aiormq.abc import AbstractChannel
from aiormq.exceptions import ChannelPreconditionFailed

from daemon.bus.calls import CallFailed, calling
from daemon.bus.link import CALL_TIMEOUT, Link
from daemon.bus.port import BusError
from daemon.bus.wire import Wire
from daemon.topology import Binding, Exchange, Queue, Topology


async def declare_topology(link: Link, topology: Topology) -> None:
    """Idempotent. Raises BusError for what exists with other arguments, or needs a plugin that is not enabled."""
    async with link.short_channel() as (channel, wire):
        for exchange in topology.exchanges:
            await _declare_exchange(channel, wire, exchange)
        for queue in topology.queues:
            await _declare_queue(channel, wire, queue)
        for binding in topology.bindings:
            await _bind(channel, wire, binding)


async def _declare_exchange(channel: AbstractChannel, wire: Wire, exchange: Exchange) -> None:
    async with _explained(f"exchange {exchange.name!r} ({exchange.kind})", wire):
        await channel.exchange_declare(
            exchange.name,
            exchange_type=exchange.kind,
            durable=True,
            arguments=cast("dict[str, Any]", dict(exchange.arguments)),
        )


async def _declare_queue(channel: AbstractChannel, wire: Wire, queue: Queue) -> None:
    async with _explained(f"queue {queue.name!r}", wire):
        await channel.queue_declare(queue.name, durable=True, arguments=cast("dict[str, Any]", dict(queue.arguments)))


async def _bind(channel: AbstractChannel, wire: Wire, binding: Binding) -> None:
    async with _explained(f"binding {binding.source!r} -> {binding.target!r}", wire):
        if binding.to == "exchange":
            await channel.exchange_bind(binding.target, binding.source, binding.key)
        else:
            await channel.queue_bind(binding.target, binding.source, binding.key)


@asynccontextmanager
async def _explained(what: str, wire: Wire) -> AsyncIterator[None]:
    try:
        async with calling(f"declaring {what}", CALL_TIMEOUT):
            yield
    except CallFailed as failure:
        raise BusError(_advice(what, failure, wire.last_words)) from failure


def _advice(what: str, failure: CallFailed, last_words: str) -> str:
    cause = failure.__cause__
    if isinstance(cause, ChannelPreconditionFailed):
        return (
            f"{what} exists at the broker with other arguments, which cannot be changed: {cause}. "
            "Drain it and delete it there, or give the new one another version in its name"
        )
    if "unknown exchange type" in last_words:
        return (
            f"the broker does not know the type of {what}: {last_words}. On every node run "
            "`rabbitmq-plugins enable rabbitmq_consistent_hash_exchange`, then try again"
        )
    return str(failure)
