"""One suite for both buses: what the rest of the daemon relies on, whichever bus it runs on."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from daemon.bus import open_bus
from daemon.bus.port import Bus, BusError, Delivery, Publication, Subscription, SubscriptionLost
from daemon.settings import Bus as BusSettings
from daemon.topology import (
    BROKEN_QUEUE,
    CLARUS,
    DELIVERY_LIMIT,
    DESPATCH_QUEUE,
    STOCK_QUEUES,
    TOPOLOGY,
    UNROUTABLE_QUEUE,
    Queue,
    Topology,
)

pytestmark = pytest.mark.live

WAIT = 20.0


@pytest.fixture(params=["embedded", "rabbitmq"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    yield "embedded:" if request.param == "embedded" else request.getfixturevalue("amqp_url")


@pytest_asyncio.fixture
async def bus(url: str) -> AsyncIterator[Bus]:
    async with open_bus(BusSettings(url=url), None) as opened:
        await opened.declare(TOPOLOGY)
        yield opened


def level(number: int, partitionkey: str = "acme/sku-1") -> Publication:
    return Publication(
        CLARUS, "inventory.level", str(number).encode(), f"level-{number}", {"partitionkey": partitionkey}
    )


def despatch(number: int, **headers: str) -> Publication:
    return Publication(CLARUS, "despatch.completed", str(number).encode(), f"despatch-{number}", headers)


def numbers(deliveries: list[Delivery]) -> list[int]:
    return [int(delivery.body) for delivery in deliveries]


async def take_exactly(subscription: Subscription, count: int) -> list[Delivery]:
    taken: list[Delivery] = []
    async with asyncio.timeout(WAIT):
        while len(taken) < count:
            taken += await subscription.take(count - len(taken), 0.0)
    return taken


async def until_depth(bus: Bus, queue: str, depth: int) -> None:
    async with asyncio.timeout(WAIT):
        while await bus.depth(queue) != depth:
            await asyncio.sleep(0.02)


async def queue_that_filled(bus: Bus) -> str:
    async with asyncio.timeout(WAIT):
        while True:
            for queue in STOCK_QUEUES:
                if await bus.depth(queue):
                    return queue
            await asyncio.sleep(0.02)


async def drain_partitions(bus: Bus, count: int) -> dict[str, list[Delivery]]:
    """What each stock queue held, `count` in all."""
    found: dict[str, list[Delivery]] = defaultdict(list)

    async def drain(subscription: Subscription) -> None:
        while True:
            found[subscription.queue] += await subscription.take(100, 0.0)

    tasks = [asyncio.create_task(drain(await bus.subscribe(queue, 1000))) for queue in STOCK_QUEUES]
    async with asyncio.timeout(WAIT):
        while sum(map(len, found.values())) < count:
            await asyncio.sleep(0.02)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return found


async def test_messages_of_one_partitionkey_meet_in_one_queue_in_their_order(bus: Bus) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    chance = random.Random(seed)
    sent = [level(number, f"acme/sku-{chance.randrange(40)}") for number in range(600)]
    assert all(await bus.publish(sent))

    found = await drain_partitions(bus, len(sent))

    homes: dict[object, set[str]] = defaultdict(set)
    for queue, deliveries in found.items():
        assert numbers(deliveries) == sorted(numbers(deliveries))
        for delivery in deliveries:
            homes[delivery.headers["partitionkey"]].add(queue)
    assert len(homes) == 40
    assert all(len(queues) == 1 for queues in homes.values())
    assert len(found) > 1, "the keys are spread"


async def test_messages_without_a_partitionkey_share_one_partition(bus: Bus) -> None:
    sent = [Publication(CLARUS, "inventory.moved", str(number).encode(), f"m{number}") for number in range(20)]
    assert all(await bus.publish(sent))

    found = await drain_partitions(bus, len(sent))

    assert [numbers(deliveries) for deliveries in found.values() if deliveries] == [list(range(20))]


async def test_what_was_not_acknowledged_comes_back_first_and_in_order(bus: Bus) -> None:
    assert all(await bus.publish([despatch(number) for number in range(8)]))
    first = await bus.subscribe(DESPATCH_QUEUE, 5)
    assert numbers(await take_exactly(first, 5)) == [0, 1, 2, 3, 4]
    await first.close()

    again = await take_exactly(await bus.subscribe(DESPATCH_QUEUE, 100), 8)

    assert numbers(again) == list(range(8))
    assert [delivery.redelivered for delivery in again] == [True] * 5 + [False] * 3
    assert [delivery.delivery_count for delivery in again] == [1] * 5 + [0] * 3


async def test_acknowledging_one_acknowledges_all_before_it(bus: Bus) -> None:
    assert all(await bus.publish([despatch(number) for number in range(6)]))
    first = await bus.subscribe(DESPATCH_QUEUE, 100)
    taken = await take_exactly(first, 6)
    await first.acknowledge_up_to(taken[3])
    await first.close()

    again = await take_exactly(await bus.subscribe(DESPATCH_QUEUE, 100), 2)

    assert numbers(again) == [4, 5]


async def test_acknowledging_twice_or_backwards_does_no_harm(bus: Bus) -> None:
    assert all(await bus.publish([despatch(number) for number in range(3)]))
    subscription = await bus.subscribe(DESPATCH_QUEUE, 100)
    taken = await take_exactly(subscription, 3)

    for delivery in (taken[1], taken[1], taken[0], taken[2]):
        await subscription.acknowledge_up_to(delivery)
    assert all(await bus.publish([despatch(3)]))

    assert numbers(await take_exactly(subscription, 1)) == [3]


async def test_an_acknowledgement_of_an_earlier_generation_is_refused(bus: Bus) -> None:
    assert all(await bus.publish([despatch(number) for number in range(3)]))
    first = await bus.subscribe(DESPATCH_QUEUE, 100)
    old = await take_exactly(first, 3)
    await first.close()
    second = await bus.subscribe(DESPATCH_QUEUE, 100)
    new = await take_exactly(second, 3)

    with pytest.raises(SubscriptionLost):
        await first.acknowledge_up_to(old[2])
    with pytest.raises(SubscriptionLost):
        await second.acknowledge_up_to(old[2])
    await second.acknowledge_up_to(new[2])
    await second.close()

    assert old[0].generation != new[0].generation
    await until_depth(bus, DESPATCH_QUEUE, 0)


async def test_a_single_active_consumer_hands_over_without_overtaking(bus: Bus) -> None:
    assert all(await bus.publish([level(number) for number in range(10)]))
    queue = await queue_that_filled(bus)
    active = await bus.subscribe(queue, 3)
    assert numbers(await take_exactly(active, 3)) == [0, 1, 2]

    standing_by = await bus.subscribe(queue, 100)
    successor = asyncio.create_task(take_exactly(standing_by, 10))
    done, _ = await asyncio.wait([successor], timeout=0.3)
    assert not done, "only one consumer is active"
    await active.close()

    taken = await successor
    assert numbers(taken) == list(range(10))
    assert [delivery.redelivered for delivery in taken] == [True] * 3 + [False] * 7


async def test_a_routing_key_that_no_row_names_falls_to_the_unroutable(bus: Bus) -> None:
    stranger = Publication(CLARUS, "weather.changed", b"rain", "w1")
    assert await bus.publish([stranger]) == [True]

    (taken,) = await take_exactly(await bus.subscribe(UNROUTABLE_QUEUE, 10), 1)

    assert (taken.body, taken.routing_key, taken.exchange) == (b"rain", "weather.changed", CLARUS)


async def test_publishing_answers_for_each_message_and_never_raises(bus: Bus, url: str) -> None:
    assert await bus.publish([]) == []
    assert await bus.publish([despatch(1), despatch(2)]) == [True, True]
    assert await bus.publish([Publication("no.such.exchange", "key", b"", "m1")]) == [False]
    assert await bus.publish([despatch(3)]) == [True], "and goes on after a failure"

    closed = open_bus(BusSettings(url=url), None)
    await closed.close()
    assert await closed.publish([despatch(4)]) == [False]


async def test_more_messages_than_one_window_arrive_in_order(bus: Bus) -> None:
    assert all(await bus.publish([despatch(number) for number in range(1000)]))

    taken = await take_exactly(await bus.subscribe(DESPATCH_QUEUE, 2000), 1000)

    assert numbers(taken) == list(range(1000))


async def test_what_was_delivered_too_often_becomes_a_dead_letter(bus: Bus) -> None:
    assert all(await bus.publish([despatch(7, partitionkey="acme/order-7")]))
    for count in range(DELIVERY_LIMIT + 1):
        subscription = await bus.subscribe(DESPATCH_QUEUE, 10)
        (delivery,) = await take_exactly(subscription, 1)
        assert delivery.delivery_count == count
        await subscription.close()

    (dead,) = await take_exactly(await bus.subscribe(BROKEN_QUEUE, 10), 1)

    assert numbers([dead]) == [7]
    assert dead.headers["x-first-death-reason"] == "delivery_limit"
    assert dead.headers["x-first-death-queue"] == DESPATCH_QUEUE
    assert dead.headers["partitionkey"] == "acme/order-7"


async def test_take_gives_at_most_the_limit_and_at_least_one(bus: Bus) -> None:
    assert all(await bus.publish([despatch(number) for number in range(5)]))
    subscription = await bus.subscribe(DESPATCH_QUEUE, 100)
    await take_exactly(subscription, 1)

    batch = await subscription.take(2, WAIT)

    assert numbers(batch) == [1, 2], "the limit was reached, so it did not linger"
    assert numbers(await subscription.take(100, 0.5)) == [3, 4], "it lingered for more, then took what there was"


async def test_take_waits_for_the_first_message(bus: Bus) -> None:
    subscription = await bus.subscribe(DESPATCH_QUEUE, 100)
    taker = asyncio.create_task(subscription.take(10, 0.0))
    done, _ = await asyncio.wait([taker], timeout=0.2)
    assert not done

    assert all(await bus.publish([despatch(1)]))

    assert numbers(await taker) == [1]


async def test_a_cancelled_take_loses_nothing(bus: Bus) -> None:
    subscription = await bus.subscribe(DESPATCH_QUEUE, 100)
    assert all(await bus.publish([despatch(1)]))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await subscription.take(10, WAIT)

    assert all(await bus.publish([despatch(2)]))

    assert numbers(await take_exactly(subscription, 2)) == [1, 2]


async def test_no_more_than_the_prefetch_is_open_at_once(bus: Bus) -> None:
    assert all(await bus.publish([despatch(number) for number in range(10)]))
    subscription = await bus.subscribe(DESPATCH_QUEUE, 3)

    first = await subscription.take(10, 0.3)
    await subscription.acknowledge_up_to(first[-1])
    second = await subscription.take(10, 0.3)

    assert (numbers(first), numbers(second)) == ([0, 1, 2], [3, 4, 5])


async def test_closing_a_subscription_ends_the_waiting_take(bus: Bus) -> None:
    subscription = await bus.subscribe(DESPATCH_QUEUE, 10)
    taker = asyncio.create_task(subscription.take(10, 0.0))
    await asyncio.wait([taker], timeout=0.05)

    await subscription.close()
    await subscription.close()

    with pytest.raises(SubscriptionLost):
        await taker
    with pytest.raises(SubscriptionLost):
        await subscription.take(10, 0.0)


async def test_headers_of_the_binary_mode_and_the_content_type_survive(bus: Bus) -> None:
    headers = {
        "cloudEvents_id": "9b1d",
        "cloudEvents:source": "/clarus/lager-süd",
        "partitionkey": "acme/0007-Ä b",
        "empty": "",
        "long": "x" * 1000,
    }
    message = Publication(CLARUS, "despatch.packed", b"\x00\xff{}", "m1", headers, content_type="application/json")
    assert all(await bus.publish([message]))

    (taken,) = await take_exactly(await bus.subscribe(DESPATCH_QUEUE, 10), 1)

    assert {name: taken.headers[name] for name in headers} == headers
    assert (taken.body, taken.content_type) == (b"\x00\xff{}", "application/json")
    assert (taken.redelivered, taken.delivery_count) == (False, 0)


@pytest.mark.parametrize("size", [0, 1, 131_064, 131_065, 700_000])
async def test_a_body_of_any_size_arrives_whole(bus: Bus, size: int) -> None:
    body = random.Random(size).randbytes(size)
    assert all(await bus.publish([Publication(CLARUS, "despatch.packed", body, "m1"), despatch(2)]))

    first, second = await take_exactly(await bus.subscribe(DESPATCH_QUEUE, 10), 2)

    assert first.body == body
    assert second.body == b"2"


async def test_declaring_again_changes_nothing(bus: Bus) -> None:
    assert all(await bus.publish([despatch(1)]))
    await bus.declare(TOPOLOGY)
    await until_depth(bus, DESPATCH_QUEUE, 1)
    assert bus.connected


async def test_declaring_a_queue_with_other_arguments_says_which(bus: Bus) -> None:
    other = Topology((), (Queue(DESPATCH_QUEUE, {"x-queue-type": "quorum"}),), ())
    with pytest.raises(BusError, match=f"{DESPATCH_QUEUE}.*other arguments.*version"):
        await bus.declare(other)


async def test_subscribing_to_an_unknown_queue_says_so(bus: Bus) -> None:
    with pytest.raises(BusError, match=r"no\.such\.queue.*does not exist"):
        await bus.subscribe("no.such.queue", 10)


async def test_buses_with_one_address_meet(bus: Bus, url: str) -> None:
    async with open_bus(BusSettings(url=url), None) as simulator:
        assert await simulator.publish([despatch(1)]) == [True]
    assert numbers(await take_exactly(await bus.subscribe(DESPATCH_QUEUE, 10), 1)) == [1]
