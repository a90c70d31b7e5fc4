"""What only a real broker and a real network do: connections killed or frozen, queues deleted, odd arguments."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import cast
from urllib.parse import quote

import pytest
import pytest_asyncio
from yarl import URL

from daemon.bus.port import BusError, Delivery, Publication, SubscriptionLost
from daemon.bus.rabbitmq import RabbitBus
from daemon.bus.subscription import RabbitSubscription
from daemon.settings import Bus as BusSettings
from daemon.topology import (
    CLARUS,
    DEAD_LETTERS,
    DESPATCH_QUEUE,
    ORDER_QUEUE,
    STOCK,
    STOCK_QUEUES,
    TOPOLOGY,
    Exchange,
    Topology,
)
from tests.live.freezing_proxy import FreezingProxy, freezing_proxy
from tests.services.broker import Broker

pytestmark = pytest.mark.live

WAIT = 40.0


def settings(url: str, *, heartbeat: int = 30, publish_timeout: float = 10.0, watchdog: float = 20.0) -> BusSettings:
    return BusSettings(url=url, heartbeat=heartbeat, publish_timeout=publish_timeout, watchdog=watchdog)


def despatch(number: int) -> Publication:
    return Publication(CLARUS, "despatch.completed", str(number).encode(), f"despatch-{number}")


def numbers(deliveries: list[Delivery]) -> list[int]:
    return [int(delivery.body) for delivery in deliveries]


async def take(subscription: RabbitSubscription, linger: float = 0.0) -> list[Delivery]:
    return await asyncio.wait_for(subscription.take(10, linger), WAIT)


async def subscribe(bus: RabbitBus) -> RabbitSubscription:
    return await asyncio.wait_for(bus.subscribe(DESPATCH_QUEUE, 10), WAIT)


async def until_published(bus: RabbitBus, message: Publication) -> None:
    async with asyncio.timeout(WAIT):
        while await bus.publish([message]) != [True]:
            await asyncio.sleep(0.05)


@pytest_asyncio.fixture
async def bus(amqp_url: str) -> AsyncIterator[RabbitBus]:
    async with RabbitBus(settings(amqp_url)) as opened:
        await opened.declare(TOPOLOGY)
        yield opened


@pytest_asyncio.fixture
async def proxied(amqp_url: str) -> AsyncIterator[tuple[RabbitBus, FreezingProxy]]:
    """A bus behind a proxy, with a short patience; the heartbeats alone would take minutes."""
    place = URL(amqp_url)
    assert place.host and place.port
    async with freezing_proxy(place.host, place.port) as (proxy, port):
        url = str(place.with_host("127.0.0.1").with_port(port))
        quick = settings(url, heartbeat=60, publish_timeout=1.0, watchdog=1.0)
        async with RabbitBus(quick) as opened:
            await opened.declare(TOPOLOGY)
            yield opened, proxy


async def test_a_killed_connection_is_replaced_and_what_was_open_comes_again(
    bus: RabbitBus, amqp_url: str, rabbitmq_server: Broker
) -> None:
    assert all(await bus.publish([despatch(number) for number in range(3)]))
    subscription = await subscribe(bus)
    old = await take(subscription, 0.5)

    await kill_connections(rabbitmq_server, URL(amqp_url).path.strip("/"), expected=2)
    with pytest.raises(SubscriptionLost):
        await take(subscription)
    with pytest.raises(SubscriptionLost):
        await subscription.acknowledge_up_to(old[-1])
    again = await take(await subscribe(bus), 0.5)

    assert numbers(old) == numbers(again) == [0, 1, 2]
    assert all(delivery.redelivered for delivery in again)
    await until_published(bus, despatch(4))
    assert bus.connected


async def kill_connections(broker: Broker, vhost: str, expected: int) -> None:
    """The management interface learns of a connection some seconds after it is made."""
    path = f"vhosts/{quote(vhost, safe='')}/connections"
    found: list[dict[str, object]] = []
    while len(found) < expected:
        await asyncio.sleep(0.2)
        found = cast("list[dict[str, object]]", await asyncio.to_thread(broker.call, "GET", path))
    for connection in found:
        name = quote(str(connection["name"]), safe="")
        await asyncio.to_thread(broker.call, "DELETE", f"connections/{name}")


async def test_connections_that_fall_silent_are_built_anew(proxied: tuple[RabbitBus, FreezingProxy]) -> None:
    bus, proxy = proxied
    assert all(await bus.publish([despatch(0)]))
    subscription = await subscribe(bus)
    assert numbers(await take(subscription)) == [0]

    proxy.freeze()
    assert await bus.publish([despatch(1)]) == [False], "unknown: it may or may not have arrived"
    with pytest.raises(SubscriptionLost):
        await take(subscription)
    await until_published(bus, despatch(1))
    again = await bus.subscribe(ORDER_QUEUE, 10)

    assert bus.rebuilds >= 2
    assert proxy.accepted >= 4
    assert again.queue == ORDER_QUEUE and bus.connected


async def test_an_acknowledgement_on_a_silent_connection_ends_in_subscription_lost(
    proxied: tuple[RabbitBus, FreezingProxy],
) -> None:
    bus, proxy = proxied
    assert all(await bus.publish([despatch(0)]))
    subscription = await subscribe(bus)
    (delivery,) = await take(subscription)

    proxy.freeze()
    with pytest.raises(SubscriptionLost):
        while True:
            await subscription.acknowledge_up_to(delivery)
            await asyncio.sleep(0.05)


async def test_a_quiet_healthy_bus_is_left_alone(proxied: tuple[RabbitBus, FreezingProxy]) -> None:
    bus, proxy = proxied
    subscription = await subscribe(bus)
    taker = asyncio.create_task(take(subscription))

    done, _ = await asyncio.wait([taker], timeout=3.0)
    assert not done
    await until_published(bus, despatch(5))

    assert numbers(await taker) == [5]
    assert (bus.rebuilds, proxy.accepted) == (0, 2)


async def test_closing_is_bounded_when_the_network_is_dead(proxied: tuple[RabbitBus, FreezingProxy]) -> None:
    bus, proxy = proxied
    await subscribe(bus)
    assert all(await bus.publish([despatch(0)]))

    proxy.freeze()
    started = time.monotonic()
    await bus.close()

    assert time.monotonic() - started < 15
    assert not bus.connected
    with pytest.raises(BusError, match="closed"):
        await subscribe(bus)


async def test_a_consumer_that_the_broker_has_forgotten_is_noticed(
    proxied: tuple[RabbitBus, FreezingProxy],
) -> None:
    bus, _ = proxied
    subscription = await subscribe(bus)
    channel = subscription._channel
    await channel.basic_cancel(next(iter(channel.consumers)))  # type: ignore[attr-defined]  # behind our own back

    with pytest.raises(SubscriptionLost, match="no consumer"):
        await take(subscription)

    assert bus.rebuilds == 1


async def test_messages_that_wait_while_none_arrives_are_noticed(proxied: tuple[RabbitBus, FreezingProxy]) -> None:
    bus, _ = proxied
    subscription = await subscribe(bus)
    hog = await bus.subscribe(DESPATCH_QUEUE, 1)
    channel = subscription._channel
    await channel.basic_cancel(next(iter(channel.consumers)))  # type: ignore[attr-defined]  # behind our own back
    assert all(await bus.publish([despatch(number) for number in range(3)]))
    assert numbers(await take(hog)) == [0]

    with pytest.raises(SubscriptionLost, match="none arrives"):
        await take(subscription)

    assert bus.rebuilds == 1


async def test_standing_by_for_a_busy_single_active_consumer_is_no_fault(
    proxied: tuple[RabbitBus, FreezingProxy],
) -> None:
    bus, proxy = proxied
    active, standing_by = await bus.subscribe(STOCK_QUEUES[0], 1), await bus.subscribe(STOCK_QUEUES[0], 1)
    waiting = asyncio.create_task(take(standing_by))
    straight_to_the_queue = [Publication("", STOCK_QUEUES[0], b"%d" % number, f"s{number}") for number in range(5)]
    assert all(await bus.publish(straight_to_the_queue))
    assert numbers(await take(active)) == [0]

    done, _ = await asyncio.wait([waiting], timeout=3.0)

    assert not done
    assert (bus.rebuilds, proxy.accepted) == (0, 2)
    await active.close()
    assert numbers(await waiting) == [0]


async def test_a_queue_deleted_under_its_consumer_is_declared_anew(
    bus: RabbitBus, amqp_url: str, rabbitmq_server: Broker
) -> None:
    subscription = await subscribe(bus)
    queue = f"queues/{quote(URL(amqp_url).path.strip('/'), safe='')}/{DESPATCH_QUEUE}"
    await asyncio.to_thread(rabbitmq_server.call, "DELETE", queue)

    with pytest.raises(SubscriptionLost, match="cancelled"):
        await take(subscription)
    again = await subscribe(bus)
    assert await bus.publish([despatch(1)]) == [True]

    assert numbers(await take(again)) == [1]


async def test_a_loop_that_stood_still_longer_than_the_heartbeat_recovers(amqp_url: str) -> None:
    async with RabbitBus(settings(amqp_url, heartbeat=1, watchdog=1.0)) as bus:
        await bus.declare(TOPOLOGY)
        subscription = await subscribe(bus)
        assert await bus.publish([despatch(1)]) == [True]
        (old,) = await take(subscription)

        time.sleep(4)  # the fault itself, not a wait
        with pytest.raises(SubscriptionLost):
            while True:
                await subscription.acknowledge_up_to(old)
                await take(subscription)
        (again,) = await take(await subscribe(bus))

        assert again.redelivered and again.generation != old.generation


async def test_an_unknown_exchange_type_says_which_plugin_to_enable(bus: RabbitBus) -> None:
    odd = Exchange("odd", kind="x-not-there")  # type: ignore[arg-type]  # as a broker without the plugin sees it
    with pytest.raises(BusError, match=r"odd.*rabbitmq-plugins enable rabbitmq_consistent_hash_exchange"):
        await bus.declare(Topology((odd,), (), ()))

    await bus.declare(TOPOLOGY)
    assert bus.connected


async def test_the_password_is_never_logged(amqp_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "hunter2-" + "x" * 8
    url = str(URL(amqp_url).with_password(None))
    bus = RabbitBus(settings(url), secret)
    connecting = asyncio.create_task(bus.depth(DESPATCH_QUEUE))
    while "no consuming connection" not in caplog.text:
        await asyncio.sleep(0.02)
    await bus.close()
    with pytest.raises(BusError) as refused:
        await connecting

    assert secret not in caplog.text
    assert secret not in str(refused.value)


async def test_an_unreachable_broker_is_named_without_its_password() -> None:
    bus = RabbitBus(settings("amqp://someone:topsecret@127.0.0.1:1/shop", publish_timeout=0.3))
    assert await bus.publish([despatch(1)]) == [False]
    assert not bus.connected
    await bus.close()
    assert "topsecret" not in bus._consuming.address


@pytest.mark.parametrize(
    "long",
    [
        Publication(STOCK, "stock.acme.W1", b"x", f"acme/W1/{'K' * 300}/1"),
        Publication(DEAD_LETTERS, "\u00e9" * 200, b"x", "1"),
        Publication(DEAD_LETTERS, "malformed", b"x", "1", {}, "\u00e9" * 200),
    ],
    ids=["message id", "routing key", "content type"],
)
async def test_what_is_longer_than_the_protocol_allows_does_not_hold_up_the_outbox(
    bus: RabbitBus, long: Publication
) -> None:
    assert await bus.publish([long, despatch(1)]) == [True, True]
