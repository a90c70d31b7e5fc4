"""What may or may not have arrived is told again, whatever becomes of telling it: nothing is taken for told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Literal, cast

import pytest

from daemon.links.amazon import AmazonLink
from daemon.links.answer import Answer, Done
from daemon.publisher import Publisher
from daemon.watch import Watch
from schemas.amazon_listings import Submission
from simulators.amazon import Fault
from tests.live.publication_rig import PublicationRig, publication_rig

ATTEMPTS = "select count(*) from publication_attempt"

pytestmark = pytest.mark.live


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[PublicationRig]:
    async with publication_rig(tmp_path, database_url) as rig:
        yield rig


@pytest.fixture
async def ours(rig: PublicationRig) -> Publisher:
    publisher = rig.publisher()
    await publisher.leases.renew([publisher.lease], 1)
    return publisher


async def round_of(rig: PublicationRig, publisher: Publisher) -> None:
    """With budget."""
    await rig.write("update budget set tokens = burst, closed_until = null")
    await publisher.publish()


async def tell(rig: PublicationRig, publisher: Publisher) -> None:
    """One request, with budget, and whatever was to wait for its time is due."""
    for column in ("not_before", "tell_again_at", "flight_over_at"):
        await rig.write(f"update publication set {column} = $1 where {column} > $1", rig.app.clock.now())
    await round_of(rig, publisher)
    await publisher.drain(10)


async def lost(rig: PublicationRig, publisher: Publisher, told: int, then: int) -> None:
    """The channel took `told`; `then` left and never arrived, and nobody knows that."""
    await rig.list_sku("LAMP", told)
    await tell(rig, publisher)
    await rig.restock("LAMP", then)
    rig.amazon.faults.script(Fault(kind="error_before", operation="patchListingsItem"))
    await tell(rig, publisher)
    assert await rig.ask("select flight_state from publication") == "unknown"
    assert rig.seller.listing("LAMP").live == told


@pytest.mark.parametrize("kind", ["throttle", "denied"])
async def test_a_lost_lowering_whose_repeat_is_put_off_is_told_once_it_may(
    rig: PublicationRig, ours: Publisher, kind: Literal["throttle", "denied"]
) -> None:
    await lost(rig, ours, told=10, then=2)
    rig.amazon.faults.script(Fault(kind=kind, operation="patchListingsItem", times=2 if kind == "denied" else 1))
    await tell(rig, ours)
    assert rig.amazon.journal.told("SELLER1", "LAMP") == [10]
    await tell(rig, ours)
    await rig.mark()
    await tell(rig, ours)
    assert rig.amazon.journal.told("SELLER1", "LAMP")[-1] == 2, "the channel sells ten of two"


async def test_a_lost_lowering_whose_repeat_is_refused_is_told_when_refusals_are_tried_again(
    rig: PublicationRig, ours: Publisher
) -> None:
    await lost(rig, ours, told=10, then=2)
    rig.amazon.faults.invalid["LAMP"] = "90220"
    await tell(rig, ours)
    await rig.mark()
    rig.amazon.faults.invalid.clear()
    await tell(rig, ours)
    assert rig.amazon.journal.told("SELLER1", "LAMP") == [10], "refused is not tried again at once"
    watch = Watch(rig.app.database, rig.app.clock, rig.app.settings, {})
    await rig.write("update publication set told_at = $1", rig.app.clock.now() - timedelta(days=2))
    await watch.round()
    await tell(rig, ours)
    assert rig.amazon.journal.told("SELLER1", "LAMP") == [10, 2]


class HeldLink:
    """Answers when the test says so, in any order."""

    def __init__(self) -> None:
        self.told = list[int]()
        self._answers = list["asyncio.Future[Answer[Submission]]"]()

    async def ready(self) -> bool:
        return True

    async def patch_listing(self, *arguments: object) -> "Answer[Submission]":
        value = arguments[3]
        assert isinstance(value, int)
        self.told.append(value)
        self._answers.append(asyncio.get_running_loop().create_future())
        return await self._answers[-1]

    def answer(self, place: int) -> None:
        self._answers[place].set_result(Done(Submission("ACCEPTED")))


@pytest.fixture
async def held(ours: Publisher) -> HeldLink:
    link = HeldLink()
    ours.link = cast(AmazonLink, link)
    return link


async def left(rig: PublicationRig, ours: Publisher, held: HeldLink, available: int) -> None:
    """`available` is what there is now, and a request with it has left."""
    await rig.restock("LAMP", available) if held.told else await rig.list_sku("LAMP", available)
    before = len(held.told)
    await round_of(rig, ours)
    async with asyncio.timeout(60):
        while len(held.told) == before:
            await asyncio.sleep(0)
    assert held.told[-1] == available


async def ended(ours: Publisher, held: HeldLink, place: int) -> None:
    running = len(ours.under_way)
    held.answer(place)
    async with asyncio.timeout(60):
        while len(ours.under_way) == running:
            await asyncio.sleep(0.01)


async def test_what_was_overtaken_twice_is_told_again_only_after_the_last_of_them_has_ended(
    rig: PublicationRig, ours: Publisher, held: HeldLink
) -> None:
    for place, available in enumerate((30, 8, 3)):
        await left(rig, ours, held, available)
        assert place < len(held.told)
    await ended(ours, held, 1)
    await ended(ours, held, 2)
    await round_of(rig, ours)
    assert await rig.ask(ATTEMPTS) == 3, "30 may still take effect: nothing is told for good"
    await rig.restock("LAMP", 5)
    await round_of(rig, ours)
    assert await rig.ask(ATTEMPTS) == 3, "a raise waits for it"
    await rig.restock("LAMP", 3)
    await ended(ours, held, 0)
    await left(rig, ours, held, 3)
    assert held.told == [30, 8, 3, 3], "30 arrived last, and must not stay"
