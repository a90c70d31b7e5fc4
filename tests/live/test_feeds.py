"""Feeds on a real PostgreSQL against the simulated Amazon: whatever happens to a feed, it ends true."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from daemon.commands.status import show
from daemon.links.amazon_feeds import AmazonFeedLink
from daemon.links.answer import Done, Reading
from daemon.store.status import status
from schemas.amazon_feeds import Feed
from simulators.amazon import UK, Fate, Fault, FeedLags, FeedPlan
from tests.live.feed_rig import EAGER, FeedRig, feed_rig

pytestmark = pytest.mark.live

MANY = {f"SKU-{number:03d}": 20 + number for number in range(1, 31)}
LAGS = FeedLags(queue=(30, 60), work=(120, 180))
SEED = 20261121


@pytest.fixture
async def rig(database_url: str, tmp_path: Path) -> AsyncIterator[FeedRig]:
    print("seed", SEED)
    async with feed_rig(database_url, tmp_path, FeedPlan(SEED, LAGS)) as there:
        yield there


async def running(rig: FeedRig) -> object:
    return await rig.value("select count(*) > 0 from feed where state in ('in_queue', 'in_progress')")


async def begun(rig: FeedRig, **more: int) -> None:
    """A feed with everything runs at the channel; what was changed after it was made waits."""
    await rig.list_skus(MANY | more)
    for _ in range(20):
        await rig.tick(patches=False)
        if await running(rig):
            return
    raise AssertionError(await rig.rows("select * from feed"))


async def test_a_backlog_goes_by_feed_and_its_result_is_written(rig: FeedRig) -> None:
    await begun(rig)
    assert await rig.value("select count(*) from publication where flight_id is not null") == len(MANY)
    await rig.until(rig.all_true)
    journal = rig.simulator.journal
    assert len(journal.accepted("feedMessage")) == len(MANY) and journal.accepted("patchListingsItem") == []
    assert len(journal.accepted("createFeed")) == 1 and journal.throttled() == []
    assert rig.seller.listing("SKU-001").submitted["lead_time_to_ship_max_days"] == 2
    [feed] = await rig.rows("select state, messages, accepted, refused, failed from feed")
    assert feed == {"state": "done", "messages": 30, "accepted": 30, "refused": 0, "failed": False}


async def test_a_small_backlog_goes_by_patch(rig: FeedRig) -> None:
    await rig.list_skus({"A": 9, "B": 8})
    await rig.until(rig.all_true)
    assert await rig.value("select count(*) from feed") == 0


async def test_a_lowering_near_zero_never_goes_by_feed(rig: FeedRig) -> None:
    await begun(rig, LOW=2, NONE=0)
    await rig.until(rig.all_true)
    assert {entry.subject for entry in rig.simulator.journal.accepted("patchListingsItem")} == {"LOW", "NONE"}


async def test_feeds_with_refusals_and_one_fatal_end_true(database_url: str, tmp_path: Path) -> None:
    plan, many = FeedPlan(SEED, LAGS, refused=0.02), {f"SKU-{number:04d}": 50 for number in range(400)}
    plan.script(Fate(), Fate(end="fatal", applied=0.5), Fate())
    settings = EAGER.__replace__(messages=130)
    print("seed", SEED)
    async with feed_rig(database_url, tmp_path, plan, settings) as rig:
        await rig.list_skus(many)

        async def settled() -> bool:
            untrue = {sku for sku, _, _ in await rig.untrue()}
            refused = await rig.rows(
                "select seller_sku from publication p join listing l on l.id = p.listing_id"
                " where refused_value is not null and flight_id is null"
            )
            open_feeds = await rig.value("select count(*) from feed where not settled")
            return not open_feeds and untrue <= {str(row["seller_sku"]) for row in refused}

        await rig.until(settled)
        states = [row["state"] for row in await rig.rows("select state from feed order by id")]
        assert "fatal" in states and states.count("done") >= 2
        untrue = [sku for sku, _, _ in await rig.untrue()]
        refusals = rig.simulator.journal.refused("feedMessage")
        assert 2 <= len(untrue) <= 20 and set(untrue) <= {entry.subject for entry in refusals}
        assert (await rig.alerts("listing_refused")).count(True) == len(untrue)
        rig.simulator.faults.stop()
        await rig.stock(dict.fromkeys(untrue, 51))
        await rig.until(rig.all_true)
        assert not any(await rig.alerts("listing_refused")) and not any(await rig.alerts("feed_failed"))
        assert len(await rig.alerts("feed_failed")) == 1


async def test_a_lowering_overtakes_a_running_feed_and_is_told_again_after_it(rig: FeedRig) -> None:
    await begun(rig)
    await rig.stock({"SKU-007": 1})
    await rig.tick()
    assert rig.live("SKU-007") == 1, "at once, by patch"
    await rig.until(rig.all_true)
    assert rig.simulator.journal.told("S1", "SKU-007") == [1, 27, 1]


async def test_what_was_lowered_by_patch_before_the_upload_is_no_message_of_the_feed(rig: FeedRig) -> None:
    await rig.list_skus(MANY)
    await rig.leases.renew([rig.publisher.lease, rig.route.lease], 2)
    while not await rig.value("select count(*) from feed where state = 'drafted'"):
        await rig.route.round()
    await rig.stock({"SKU-007": 1})
    await rig.publisher.publish()
    await rig.publisher.drain(5)
    await rig.stock({"SKU-007": 3})
    await rig.until(rig.all_true)
    told = rig.simulator.journal.told("S1", "SKU-007")
    assert 27 not in told and told[0] == 1 and told[-1] == 3
    assert await rig.value("select state from publication_attempt where value = 27") == "never_left"
    assert await rig.value("select messages from feed") == len(MANY) - 1


async def test_a_poll_that_is_answered_about_another_feed_says_nothing_of_ours(
    rig: FeedRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begun(rig)
    read, asked = rig.link.read_feed, list[str]()

    async def other(feed_id: str) -> "Reading[Feed]":
        asked.append(feed_id)
        answer = await read(feed_id)
        return Done(msgspec.structs.replace(answer.value, feed_id="9")) if isinstance(answer, Done) else answer

    monkeypatch.setattr(AmazonFeedLink, "read_feed", lambda _, feed_id: other(feed_id))
    for _ in range(20):
        await rig.tick(patches=False)
    assert 1 <= len(asked) <= 10, "asked again after growing pauses, not in a circle"
    monkeypatch.undo()
    await rig.until(rig.all_true)
    assert not await rig.value("select count(*) from alert where kind like 'feed%'")


async def test_a_patch_beside_a_feed_that_may_be_half_applied_is_told_again_when_that_is_over(rig: FeedRig) -> None:
    rig.simulator.faults.feeds.script(Fate(end="fatal", applied=0.5))
    await begun(rig)
    await rig.stock({"SKU-007": 1})
    await rig.until(lambda: rig.value("select count(*) from feed where settled"))
    told = rig.simulator.journal.told("S1", "SKU-007")
    assert told[0] == 1
    assert await rig.value(
        "select p.tell_again_at > $1 from publication p join listing l on l.id = p.listing_id"
        " where l.seller_sku = 'SKU-007'",
        rig.clock.at,
    )
    await rig.until(rig.all_true)
    assert rig.simulator.journal.told("S1", "SKU-007")[-1] == 1


async def test_a_raise_waits_for_the_end_of_a_running_feed(rig: FeedRig) -> None:
    await begun(rig)
    await rig.stock({"SKU-007": 99})
    await rig.until(rig.all_true)
    assert rig.simulator.journal.told("S1", "SKU-007") == [27, 99]


async def test_a_feed_that_sticks_is_raised_and_patches_go_on_and_all_is_told_again_when_it_ends(
    rig: FeedRig,
) -> None:
    rig.simulator.faults.feeds.script(Fate(end="stuck"))
    await begun(rig)
    await rig.stock({"SKU-001": 500, "SKU-002": 2})
    rig.clock.at += timedelta(hours=2)

    async def stuck() -> object:
        return await rig.value("select state = 'stuck' from feed")

    async def live() -> bool:
        return all(rig.live(sku) == value for sku, value in (MANY | {"SKU-001": 500, "SKU-002": 2}).items())

    await rig.until(stuck)
    assert await rig.alerts("feed_stuck") == [True]
    console = Console(record=True, width=200)
    async with rig.database.connection() as connection:
        show(console, await status(connection, rig.clock.at), rig.clock.at)
    assert re.search(r"shop.*stuck.*5000000\d.*30 .*it runs longer", console.export_text())
    await rig.until(live)
    assert await rig.value("select count(*) from feed") == 1, "no feed is made behind one that sticks"
    rig.simulator.world.feeds.release("S1", Fate(), rig.clock.at)
    assert rig.live("SKU-001") == 21, "the old value came at last"
    await rig.until(rig.all_true)
    assert rig.live("SKU-001") == 500 and rig.live("SKU-002") == 2
    assert await rig.alerts("feed_stuck") == [False]


@pytest.mark.parametrize(
    ("fate", "kind"),
    [
        (Fate(lie="strange_message"), "feed_mismatch"),
        (Fate(lie="counts"), "feed_mismatch"),
        (Fate(lie="other_feed"), "feed_mismatch"),
        (Fate(lie="no_report"), "feed_mismatch"),
        (Fate(lie="other_format"), "feed_mismatch"),
        (Fate(lie="garbled"), "feed_mismatch"),
        (Fate(whole_file="the file could not be read"), "feed_failed"),
        (Fate(end="cancelled"), "feed_failed"),
        (Fate(end="fatal", applied=0.3, lie="no_report"), "feed_failed"),
        (Fate(end="fatal", applied=0.7, lie="other_format"), "feed_failed"),
    ],
)
async def test_a_result_that_cannot_be_believed_is_raised_and_all_ends_true(
    rig: FeedRig, fate: Fate, kind: str
) -> None:
    rig.simulator.faults.feeds.script(fate)
    await begun(rig)

    async def raised() -> object:
        return await rig.alerts(kind)

    assert await rig.until(raised) == [True]
    [feed] = await rig.rows("select accepted, refused, failed from feed")
    assert (feed["refused"], feed["failed"]) == (0, True)
    await rig.until(rig.all_true)
    await rig.tick(15)
    await rig.tick()
    assert await rig.alerts(kind) == [False], "closed once each listing was told anew"


async def test_after_failures_feeds_pause_and_patches_go_on(rig: FeedRig) -> None:
    rig.simulator.faults.feeds.chances = ((1.0, Fate(end="fatal", applied=0)),)
    await begun(rig)
    for place in range(40):
        await rig.stock({sku: value + place % 2 for sku, value in MANY.items()})
        await rig.tick(30)
    starts = [row["gathered_at"] for row in await rig.rows("select gathered_at from feed order by id")]
    pauses = [later - earlier for earlier, later in pairwise(starts)]
    assert len(starts) == 2 and all(pause > timedelta(minutes=5) for pause in pauses), pauses
    assert rig.simulator.journal.accepted("patchListingsItem")


async def test_a_submission_without_an_answer_is_found_and_not_repeated(rig: FeedRig) -> None:
    rig.simulator.faults.script(Fault(kind="cut_answer", operation="createFeed"))
    await rig.list_skus(MANY)
    await rig.until(rig.all_true)
    assert len(rig.simulator.journal.accepted("createFeed")) == 1
    [feed] = await rig.rows("select submissions, failed from feed")
    assert feed == {"submissions": 1, "failed": False}


async def test_a_submission_that_did_not_arrive_is_repeated_and_counted(rig: FeedRig) -> None:
    rig.simulator.faults.script(Fault(kind="error_before", operation="createFeed"))
    await rig.list_skus(MANY)
    await rig.until(rig.all_true)
    assert len(rig.simulator.journal.accepted("createFeed")) == 1
    assert await rig.value("select submissions from feed") == 2


async def test_another_programs_feed_is_never_taken_for_ours(rig: FeedRig) -> None:
    rig.simulator.faults.script(Fault(kind="cut_answer", operation="createFeed"))
    other = rig.simulator.world.feeds
    other.create("S1", UK, other.documents.make("S1", "", rig.clock.at).document_id, rig.clock.at)
    await rig.list_skus(MANY)
    await rig.until(rig.all_true)
    [feed] = await rig.rows("select state, failed, accepted, cardinality(partner_ids) as names from feed")
    assert (feed["state"], feed["failed"], feed["names"]) == ("abandoned", True, 2)


async def test_values_that_grow_old_before_the_submission_are_computed_anew(rig: FeedRig) -> None:
    rig.simulator.faults.script(Fault(kind="throttle", operation="createFeed", times=None))
    await rig.list_skus(MANY)
    await rig.until(rig.all_true)
    assert rig.simulator.journal.accepted("createFeed") == []
    [feed] = await rig.rows("select state, submissions from feed")
    assert feed == {"state": "abandoned", "submissions": 0}
    assert await rig.alerts("channel_throttled") == [True]


async def test_credentials_that_are_turned_away_while_a_feed_runs_are_raised_and_it_goes_on(rig: FeedRig) -> None:
    await begun(rig)
    rig.simulator.faults.script(Fault(kind="denied", operation="getFeed", times=4))
    for _ in range(30):
        await rig.tick(patches=False)
        if await rig.alerts("channel_denied"):
            break
    assert await rig.alerts("channel_denied") == [True]
    await rig.until(rig.all_true)
    assert await rig.alerts("channel_denied") == [False]


async def test_a_feed_is_bounded_by_messages_and_by_bytes(database_url: str, tmp_path: Path) -> None:
    settings = EAGER.__replace__(worth=1, messages=12, size=2_500, at_once=9)
    async with feed_rig(database_url, tmp_path, FeedPlan(SEED), settings) as rig:
        await rig.list_skus(MANY)
        for _ in range(10):
            await rig.tick(patches=False)
        counts = await rig.rows("select messages from feed where settled order by id")
        assert sum(row["messages"] for row in counts) == 30
        assert all(0 < row["messages"] <= 12 for row in counts) and len(counts) >= 3
        documents = rig.simulator.world.feeds.documents.documents.values()
        assert max(len(d.body or b"") for d in documents if not d.result_of) <= 2_600


async def test_one_marketplace_in_each_feed(rig: FeedRig) -> None:
    await rig.list_skus(MANY)
    await rig.list_skus({f"DE-{number}": 30 for number in range(20)}, marketplace="A1PA6795UKMFR9")
    await rig.until(rig.all_true)
    feeds = await rig.rows("select marketplace, messages from feed order by id")
    assert [(feed["marketplace"], feed["messages"]) for feed in feeds] == [(UK, 30), ("A1PA6795UKMFR9", 20)]


async def test_a_listing_that_is_removed_while_its_feed_runs_harms_nobody(rig: FeedRig) -> None:
    await begun(rig)
    rig.simulator.faults.invalid["SKU-004"] = "90220"
    await rig.value("delete from listing where seller_sku in ('SKU-003', 'SKU-004') returning id")
    await rig.until(rig.all_true)
    assert await rig.alerts("feed_mismatch") == []


async def test_a_baseline_tells_every_listing_once_more_at_its_time(database_url: str, tmp_path: Path) -> None:
    async with feed_rig(database_url, tmp_path, FeedPlan(SEED, LAGS)) as rig:
        rig.account = rig.account.__replace__(baseline_at="09:30")
        rig.start()
        await rig.list_skus(MANY)
        await rig.until(rig.all_true)
        rig.seller.listing("SKU-009").live = 5
        rig.clock.at += timedelta(minutes=35)
        await rig.tick()
        await rig.until(rig.all_true)
        for _ in range(10):
            await rig.tick(600)
        assert rig.live("SKU-009") == 29
        assert len(rig.simulator.journal.told("S1", "SKU-001")) == 2, "once, and not again before the next day"
