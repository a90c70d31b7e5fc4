"""Orders that the channel keeps back or has paid back: from its word through the judging to the life-cycle table."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemon.store import sales_orders as store
from daemon.store.sales_orders import Verdict
from handlers.order_judgement import judge
from handlers.order_terms import Known, Terms
from handlers.sales_orders import State
from handlers.sellable_stock import Listing
from handlers.shipping_services import ServiceRow
from schemas.sales_order import OrderStatus
from schemas.terms import Account, Marketplace, SellerSku, Sku
from tests.live.release_rig import CHANNEL, SKUS, ReleaseRig, release_rig

GB = Marketplace("GB")
LISTINGS = {
    (GB, SellerSku(sku)): Listing(number, CHANNEL, GB, SellerSku(sku), Account("acme"), Sku(sku))
    for number, sku in enumerate(SKUS)
}
KNOWN = Known(
    listings=LISTINGS,
    services=(ServiceRow(channel_account=CHANNEL, service="", carrier="DPD", carrier_service="NEXT-DAY"),),
)


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[ReleaseRig]:
    async with release_rig(tmp_path, database_url) as given:
        yield given


async def says(rig: ReleaseRig, name: str, status: OrderStatus, word: str = "") -> State:
    """The channel says it, and it is judged as the clearing does."""
    await rig.sell(name, clear=False, status=status, status_word=word)
    terms, at = Terms(account=CHANNEL, release="clarus"), rig.hand.at
    async with rig.database.transaction() as connection:
        [stored] = await store.due(connection, CHANNEL, at, 10)
        found = judge(stored, terms, KNOWN, at)
        verdict = Verdict(
            channel_account=CHANNEL, channel_order_id=stored.order.channel_order_id, version=stored.version,
            state=found.state, blocked_by=found.reasons, cleared=found.cleared,
        )  # fmt: skip
        await store.judged(connection, [verdict], at)
    await rig.later(await rig.run())
    state: State = await rig.books.fetchval("select state from sales_order where channel_order_id = $1", name)
    return state


async def test_a_held_order_waits_unreleased_until_the_channel_lets_it_go(rig: ReleaseRig) -> None:
    assert await says(rig, "1", "held") == "pending"
    assert (rig.asked(), rig.at_clarus("1")) == ([], [])
    assert await says(rig, "1", "open") == "released"
    assert rig.quantities(rig.only("1")) == {"A": 2, "B": 1}


async def test_an_order_that_is_held_when_it_was_ready_is_not_released_by_its_older_version(rig: ReleaseRig) -> None:
    await rig.sell("1")
    assert await says(rig, "1", "held") == "pending"
    assert rig.asked() == []


async def test_an_order_refunded_before_its_release_ends_and_one_refunded_later_is_taken_back_and_ends(
    rig: ReleaseRig,
) -> None:
    assert await says(rig, "before", "refunded") == "ended"
    assert rig.asked() == []
    assert await says(rig, "after", "open") == "released"
    assert await says(rig, "after", "refunded") == "ended"
    assert rig.at_clarus("after") == [] and await rig.alerts("after") == set()


async def test_an_order_refunded_while_it_is_picked_asks_a_person_and_stays_with_the_release(rig: ReleaseRig) -> None:
    assert await says(rig, "1", "open") == "released"
    rig.move("1", "PICK")
    assert await says(rig, "1", "refunded") == "released"
    assert rig.only("1").status == "PICK" and await rig.alerts("1") == {"order_stop_asked"}


async def test_a_word_never_seen_holds_a_new_order_and_leaves_a_released_one_as_it_is(rig: ReleaseRig) -> None:
    assert await says(rig, "new", "unknown", "ON_MARS") == "blocked"
    assert rig.asked() == []
    assert await says(rig, "there", "open") == "released"
    told = rig.mark()
    assert await says(rig, "there", "unknown", "ON_MARS") == "released"
    assert rig.asked(told) == [] and await rig.alerts("there") == {"order_adrift"}
