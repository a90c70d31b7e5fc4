"""The topology's values made true at RabbitMQ: a loop, and errors that say what to do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from aiormq.abc import AbstractChannel
from aiormq.exceptions import ChannelPreconditionFailed, ConnectionCommandInvalid

from daemon.bus.calls import CallFailed, calling
from daemon.bus.link import CALL_TIMEOUT, Link
from daemon.bus.port import BusError
from daemon.topology import Binding, Exchange, Queue, Topology


async def declare_topology(link: Link, topology: Topology) -> None:
    """Idempotent. Raises BusError for what exists with other arguments, or needs a plugin that is not enabled."""
    async with link.short_channel() as channel:
        for exchange in topology.exchanges:
            await _declare_exchange(channel, exchange)
        for queue in topology.queues:
            await _declare_queue(channel, queue)
        for binding in topology.bindings:
            await _bind(channel, binding)


async def _declare_exchange(channel: AbstractChannel, exchange: Exchange) -> None:
    async with _explained(f"exchange {exchange.name!r} ({exchange.kind})"):
        await channel.exchange_declare(
            exchange.name,
            exchange_type=exchange.kind,
            durable=True,
            arguments=cast("dict[str, Any]", dict(exchange.arguments)),
        )


async def _declare_queue(channel: AbstractChannel, queue: Queue) -> None:
    async with _explained(f"queue {queue.name!r}"):
        await channel.queue_declare(queue.name, durable=True, arguments=cast("dict[str, Any]", dict(queue.arguments)))


async def _bind(channel: AbstractChannel, binding: Binding) -> None:
    async with _explained(f"binding {binding.source!r} -> {binding.target!r}"):
        if binding.to == "exchange":
            await channel.exchange_bind(binding.target, binding.source, binding.key)
        else:
            await channel.queue_bind(binding.target, binding.source, binding.key)


@asynccontextmanager
async def _explained(what: str) -> AsyncIterator[None]:
    try:
        async with calling(f"declaring {what}", CALL_TIMEOUT):
            yield
    except CallFailed as failure:
        raise BusError(_advice(what, failure)) from failure


def _advice(what: str, failure: CallFailed) -> str:
    cause = failure.__cause__
    if isinstance(cause, ChannelPreconditionFailed):
        return (
            f"{what} exists at the broker with other arguments, which cannot be changed: {cause}. "
            "Drain it and delete it there, or give the new one another version in its name"
        )
    if isinstance(cause, ConnectionCommandInvalid) and "exchange" in what:
        return (
            f"the broker does not know the type of {what}: {cause}. On every node run "
            "`rabbitmq-plugins enable rabbitmq_consistent_hash_exchange`, then try again"
        )
    return str(failure)
