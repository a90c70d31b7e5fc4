"""Reading back on a real database, inside its budget; and what untold changes raise."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.publisher import Publisher
from daemon.read_back import ReadBack
from daemon.watch import Watch
from simulators.amazon import Fault, Lags
from tests.live.publication_rig import PublicationRig, publication_rig

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


async def tell(publisher: Publisher) -> None:
    await publisher.publish()
    await publisher.drain(10)


async def read(rig: PublicationRig, reader: ReadBack) -> None:
    """Whatever is planned falls due, and one round reads."""
    await rig.write("update publication set read_back_at = $1 where read_back_at is not null", rig.app.clock.now())
    await rig.write("update budget set tokens = burst")
    await reader.round()


async def meanings(rig: PublicationRig) -> object:
    return await rig.ask("select array_agg(meaning order by id) from publication_reading")


async def open_alerts(rig: PublicationRig) -> object:
    return await rig.ask("select array_agg(kind order by kind) from alert where resolved_at is null")


async def test_accepted_but_never_live_is_raised_with_both_values_and_resolved_by_itself(
    rig: PublicationRig, ours: Publisher
) -> None:
    rig.amazon.faults.lags = Lags(live=(3_600, 3_600))
    await rig.list_sku("LAMP", 4)
    await tell(ours)
    reader = rig.reader()
    await read(rig, reader)
    await read(rig, reader)
    assert await open_alerts(rig) is None, "a channel may take its time"
    late = timedelta(seconds=rig.settings.never_live_after)
    await rig.write("update publication set accepted_at = accepted_at - $1::interval", late)
    await read(rig, reader)
    assert await open_alerts(rig) == ["never_live"]
    assert await rig.ask("select (detail->>'accepted') || ' ' || (detail->>'live') from alert") == "4 0"
    rig.seller.listing("LAMP").live = 4
    await read(rig, reader)
    assert await open_alerts(rig) is None
    assert await meanings(rig) == ["older", "live"]
    assert await rig.ask("select proven_at is not null and read_backs = 0 from publication")


async def test_somebody_elses_value_is_raised_with_both_values_and_ours_is_told_again_once(
    rig: PublicationRig, ours: Publisher
) -> None:
    await rig.list_sku("LAMP", 4)
    await tell(ours)
    reader = rig.reader()
    await read(rig, reader)
    rig.seller.listing("LAMP").live = 25
    await read(rig, reader)
    assert await open_alerts(rig) == ["foreign_stock"]
    assert await rig.ask("select (detail->>'accepted') || ' ' || (detail->>'live') from alert") == "4 25"
    await tell(ours)
    assert rig.amazon.journal.told("SELLER1", "LAMP") == [4, 4]
    rig.seller.listing("LAMP").live = 25
    await read(rig, reader)
    await tell(ours)
    assert rig.amazon.journal.told("SELLER1", "LAMP") == [4, 4], "no war"
    assert await open_alerts(rig) == ["foreign_stock"]
    rig.seller.listing("LAMP").live = 4
    await read(rig, reader)
    assert await open_alerts(rig) is None
    assert await meanings(rig) == ["live", "foreign", "live"]


async def test_a_raise_after_a_time_out_waits_where_the_reading_shows_the_old_value(
    rig: PublicationRig, ours: Publisher
) -> None:
    await rig.list_sku("LAMP", 4)
    await tell(ours)
    reader = rig.reader()
    await read(rig, reader)
    await rig.restock("LAMP", 12)
    rig.amazon.faults.script(Fault(kind="late_effect", operation="patchListingsItem", seconds=1_000))
    await tell(ours)
    await rig.restock("LAMP", 30)
    await read(rig, reader)
    assert await rig.ask("select flight_state from publication") == "unknown"
    await tell(ours)
    assert rig.amazon.journal.told("SELLER1", "LAMP") == [4], "30 must not be overtaken by 12"
    rig.seller.listing("LAMP").live = 12
    await read(rig, reader)
    assert await rig.ask("select flight_id is null and accepted = 12 from publication")
    await tell(ours)
    assert rig.amazon.journal.told("SELLER1", "LAMP") == [4, 30]


async def test_the_value_in_flight_proves_nothing_where_it_was_shown_before(
    rig: PublicationRig, ours: Publisher
) -> None:
    await rig.list_sku("LAMP", 12)
    rig.amazon.faults.lags = Lags(live=(0, 0))
    await tell(ours)
    reader = rig.reader()
    await read(rig, reader)
    await rig.restock("LAMP", 4)
    rig.amazon.faults.lags = Lags(live=(3_600, 3_600))
    await tell(ours)
    await rig.restock("LAMP", 12)
    rig.amazon.faults.script(Fault(kind="late_effect", operation="patchListingsItem", seconds=1_000))
    await tell(ours)
    await read(rig, reader)
    assert await rig.ask("select flight_state = 'unknown' and accepted = 4 from publication"), "12 is the old 12"


async def test_an_answer_that_comes_after_something_newer_was_accepted_accuses_nobody(
    rig: PublicationRig, ours: Publisher
) -> None:
    await rig.list_sku("LAMP", 4)
    await tell(ours)
    reader = rig.reader()
    await read(rig, reader)
    await rig.write(
        "update publication set accepted = 9, proven_at = null, accepted_at = $1",
        rig.app.clock.now() + timedelta(seconds=60),
    )
    await read(rig, reader)
    assert await meanings(rig) == ["live", "too_early"]
    assert await open_alerts(rig) is None


async def test_reading_stays_inside_its_budget_and_what_is_risky_goes_first(
    rig: PublicationRig, ours: Publisher
) -> None:
    for number in range(30):
        await rig.list_sku(f"SKU-{number:02d}", 50)
    await rig.write("update publication set accepted = 0, accepted_at = $1", rig.app.clock.now())
    await rig.write(
        "update publication set read_back_at = $1, read_back_why = case when listing_id % 3 = 0 then 'near_zero'"
        " when listing_id % 3 = 1 then 'sample' else 'audit' end",
        rig.app.clock.now() - timedelta(seconds=1),
    )
    reader = rig.reader()
    while await rig.ask("select exists (select from publication where read_back_at <= $1)", rig.app.clock.now()):
        await reader.round()
    reads = rig.amazon.journal.of("getListingsItem")
    assert len(reads) == 30
    assert rig.amazon.journal.throttled() == []
    whys = {
        f"SKU-{number:02d}": await rig.ask("select id % 3 from listing where seller_sku = $1", f"SKU-{number:02d}")
        for number in range(30)
    }
    assert [whys[entry.subject] for entry in reads] == [0] * 10 + [1] * 10 + [2] * 10


async def test_an_unsampled_raise_is_not_read_before_its_audit(rig: PublicationRig, ours: Publisher) -> None:
    await rig.list_sku("LAMP", 4)
    await tell(ours)
    await rig.restock("LAMP", 40)
    ours.settings = type(ours.settings)(read_back_raises=0.0)
    await tell(ours)
    assert rig.amazon.journal.told("SELLER1", "LAMP") == [4, 40]
    half_a_day = rig.app.clock.now() + timedelta(seconds=ours.settings.read_back_audit_every / 2 - 60)
    assert await rig.ask("select read_back_why = 'audit' and read_back_at > $1 from publication", half_a_day)


async def test_a_listing_that_the_channel_does_not_know_shows_nothing(rig: PublicationRig, ours: Publisher) -> None:
    await rig.list_sku("LAMP", 4)
    await tell(ours)
    reader = rig.reader()
    await read(rig, reader)
    rig.seller.listings.clear()
    await read(rig, reader)
    assert await meanings(rig) == ["live", "nothing"]


async def test_an_untold_change_is_raised_by_class_and_resolved(rig: PublicationRig, ours: Publisher) -> None:
    watch = Watch(rig.app.database, rig.app.clock, rig.app.settings, {})
    await rig.list_sku("LAMP", 40)
    await tell(ours)
    await rig.restock("LAMP", 2)
    await watch.round()
    assert await open_alerts(rig) is None
    too_long = timedelta(seconds=rig.settings.untold_near_zero_after + 1)
    await rig.write("update publication set untold_since = untold_since - $1::interval", too_long)
    await watch.round()
    assert await open_alerts(rig) == ["stock_untold"]
    assert await rig.ask("select cause || ' ' || owner from alert") == "shop/near_zero ecommerce"
    assert await rig.ask("select times from alert") == 1
    await watch.round()
    assert await rig.ask("select times from alert") == 1, "said once while it lasts"
    await tell(ours)
    await watch.round()
    assert await open_alerts(rig) is None


async def test_whatever_is_told_after_an_unknown_end_is_read_back(rig: PublicationRig, ours: Publisher) -> None:
    await rig.list_sku("LAMP", 4)
    await tell(ours)
    await rig.restock("LAMP", 40)
    rig.amazon.faults.script(Fault(kind="late_effect", operation="patchListingsItem", seconds=1_000))
    await tell(ours)
    await rig.write("update publication set flight_over_at = $1", rig.app.clock.now())
    await rig.restock("LAMP", 50)
    ours.settings = type(ours.settings)(read_back_raises=0.0)
    await tell(ours)
    assert rig.amazon.journal.told("SELLER1", "LAMP") == [4, 50]
    soon = rig.app.clock.now() + timedelta(seconds=ours.settings.read_back_after)
    assert await rig.ask("select read_back_why = 'in_doubt' and read_back_at <= $1 from publication", soon)
