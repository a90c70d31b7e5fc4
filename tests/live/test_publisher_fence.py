"""A publisher whose lease was taken over commits nothing more."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemon.publisher import Publisher
from daemon.watch import Watch
from tests.journeys.rig import until
from tests.live.publication_rig import PublicationRig, publication_rig

pytestmark = pytest.mark.live

EXPIRE = "update lease set expires_at = clock_timestamp() - interval '1 second'"
ATTEMPTS = "select count(*) from publication_attempt"


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[PublicationRig]:
    async with publication_rig(tmp_path, database_url) as rig:
        yield rig


async def take(publisher: Publisher) -> None:
    await publisher.leases.renew([publisher.lease], 1)


async def test_a_publisher_with_its_lease_publishes(rig: PublicationRig) -> None:
    await rig.list_sku("LAMP", 7)
    ours = rig.publisher()
    await take(ours)
    assert await ours.publish() == 0
    await ours.drain(5)
    assert rig.amazon.journal.told("SELLER1", "LAMP") == [7]


async def test_a_publisher_whose_lease_was_taken_over_commits_no_attempt(rig: PublicationRig) -> None:
    await rig.list_sku("LAMP", 7)
    slow, other = rig.publisher("slow"), rig.publisher("other")
    await take(slow)
    await rig.write(EXPIRE)
    await take(other)
    assert await slow.publish() == 1.0
    assert await rig.ask(ATTEMPTS) == 0
    assert await other.publish() == 0
    await other.drain(5)
    assert await rig.ask("select array_agg(holder) from publication_attempt") == ["other"]


async def test_the_fence_tells_a_holder_from_itself_before_it_lost_the_lease(rig: PublicationRig) -> None:
    """Lost and won again under one name: what was begun under the first lease belongs to nobody."""
    await rig.list_sku("LAMP", 7)
    ours, other = rig.publisher("ours"), rig.publisher("other")
    await take(ours)
    before = dict(ours.leases.held)
    for publisher in (other, ours):
        await rig.write(EXPIRE)
        await take(publisher)
    assert ours.leases.held[ours.lease] > before[ours.lease]
    ours.leases.held = before
    assert await ours.publish() == 1.0
    assert await rig.ask(ATTEMPTS) == 0


async def test_who_takes_over_waits_for_what_is_being_committed(rig: PublicationRig) -> None:
    ours, other = rig.publisher("ours"), rig.publisher("other")
    ours.leases.ttl = 0.3
    await take(ours)
    async with rig.app.database.transaction() as connection:
        await ours.leases.confirm(connection, ours.lease)
        await seen(rig, "select expires_at < clock_timestamp() from lease where name = 'publish/shop'")
        taking = asyncio.create_task(take(other))
        await seen(rig, "select exists (select from pg_locks where not granted)")
        assert not taking.done()
    await taking
    assert other.lease in other.leases.held


async def seen(rig: PublicationRig, question: str) -> None:
    async def answer() -> object:
        return await rig.ask(question)

    await until(answer)


async def test_a_refused_value_is_told_once_more_when_its_time_has_come(rig: PublicationRig) -> None:
    listing = await rig.list_sku("VASE", 3)
    rig.amazon.faults.invalid["VASE"] = "90220"
    ours = rig.publisher()
    await take(ours)
    await ours.publish()
    await ours.drain(5)
    assert await rig.ask("select refused_value from publication where listing_id = $1", listing) == 3
    await ours.publish()
    assert len(rig.amazon.journal.of("patchListingsItem")) == 1, "not again and again"
    rig.amazon.faults.invalid.clear()
    await _pass(rig, 0.9)
    await ours.publish()
    assert len(rig.amazon.journal.of("patchListingsItem")) == 1, "not before its time"
    await _pass(rig, 0.2)
    await ours.publish()
    await ours.drain(5)
    assert rig.amazon.journal.told("SELLER1", "VASE") == [3]
    assert await rig.ask("select count(*) from alert where kind = 'listing_refused' and resolved_at is null") == 0


async def _pass(rig: PublicationRig, part: float) -> None:
    """Let this part of `refused_again_after` go by, and the watch look."""
    app = rig.app
    seconds = rig.settings.refused_again_after * part
    await rig.write("update publication set told_at = told_at - make_interval(secs => $1)", seconds)
    await Watch(app.database, app.clock, app.settings, {}).round()
