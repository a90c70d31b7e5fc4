"""Direct fulfilment stock on a real database: what is told, how an update ends, who hears of one that does not."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daemon.commands.turn import standing_of
from daemon.store.status import status
from daemon.store.stock_updates import due
from daemon.store.story import story
from simulators.amazon import Fault, Lags
from tests.live.fulfilment_rig import FulfilmentRig, fulfilment_rig

pytestmark = pytest.mark.live


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[FulfilmentRig]:
    async with fulfilment_rig(tmp_path, database_url) as rig:
        yield rig


async def test_each_warehouse_of_the_channel_is_told_of_its_own_stock_in_one_partial_update(
    rig: FulfilmentRig,
) -> None:
    rig.warehouse().items["FOREIGN"] = 7
    await rig.list_item("POT", 5)
    await rig.list_item("PAN", 3)
    await rig.list_item("LID", 9, "BHX4", "W2")
    await rig.rounds(2)
    assert (rig.told(), rig.told("BHX4")) == ([{"PAN": 3, "POT": 5}], [{"LID": 9}])
    assert rig.shows() == {"FOREIGN": 7, "POT": 5, "PAN": 3}, "what an update does not name stays"
    assert await rig.states() == ["in_effect", "in_effect"]
    assert await rig.ask("select count(*) from publication where live = desired and proven_at is not null") == 3


async def test_an_item_is_in_flight_until_its_transaction_has_ended(rig: FulfilmentRig) -> None:
    rig.amazon.faults.lags = Lags(live=(900, 900))
    await rig.list_item("POT", 5)
    await rig.rounds(2)
    await rig.stock("POT", 8)
    await rig.rounds(2)
    assert (rig.told(), await rig.states()) == ([{"POT": 5}], ["processing"]), "a raise waits"
    await rig.stock("POT", 2)
    await rig.rounds()
    assert rig.told() == [{"POT": 5}], "the round looked at what is under way"
    await rig.route.tell()
    assert rig.told() == [{"POT": 5}, {"POT": 2}], "a lowering does not wait"


async def test_what_was_overtaken_is_told_once_more_when_it_has_ended(rig: FulfilmentRig) -> None:
    rig.amazon.faults.lags = Lags(live=(900, 900))
    await rig.list_item("POT", 9)
    await rig.rounds()
    await rig.stock("POT", 2)
    await rig.route.tell()
    for taken in rig.warehouse().transactions:
        taken.at = rig.amazon.world.time.now()
    await rig.rounds(2)
    assert await rig.states() == ["in_effect", "in_effect", "processing"]
    assert rig.told() == [{"POT": 9}, {"POT": 2}, {"POT": 2}]


async def test_a_refusal_of_many_ends_in_one_alert_about_the_item_that_is_wrong(rig: FulfilmentRig) -> None:
    for number in range(12):
        await rig.list_item(f"S{number:02d}", 10 + number, known=number != 7)
    await rig.rounds(8)
    assert rig.shows() == {f"S{number:02d}": 10 + number for number in range(12) if number != 7}
    assert await rig.alerts() == ["listing_refused df/LTN9/S07"]
    updates = len(rig.told())
    await rig.rounds(3)
    assert len(rig.told()) == updates, "what was refused alone is not repeated"


async def test_an_item_that_is_mended_closes_its_alert_and_may_go_with_others_again(rig: FulfilmentRig) -> None:
    await rig.list_item("POT", 4, known=False)
    await rig.rounds(2)
    assert await rig.alerts() == ["listing_refused df/LTN9/POT"]
    rig.warehouse().items["POT"] = 0
    await rig.stock("POT", 3)
    await rig.rounds(2)
    assert (rig.shows(), await rig.alerts()) == ({"POT": 3}, [])
    assert await rig.ask("select together is null from publication") is True


@pytest.mark.parametrize("kind", ["lost_answer", "reset", "error_after"])
async def test_an_update_whose_answer_got_lost_is_told_again_with_the_newest_value(
    rig: FulfilmentRig, kind: str
) -> None:
    rig.amazon.faults.script(Fault(kind=kind, operation="submitInventoryUpdate", seconds=2))  # type: ignore[arg-type]
    await rig.list_item("POT", 5)
    await rig.rounds()
    assert await rig.states() == ["unknown"]
    await rig.stock("POT", 6)
    await rig.rounds()
    assert len(await rig.states()) == 1, "a raise waits for what may still take effect"
    await rig.write("update publication set flight_over_at = $1", rig.app.clock.now())
    await rig.rounds(2)
    assert (rig.shows(), await rig.states()) == ({"POT": 6}, ["unknown", "in_effect"])
    await rig.write("update publication set tell_again_at = tell_again_at - interval '31 minutes'")
    await rig.rounds(2)
    assert rig.told()[-2:] == [{"POT": 6}, {"POT": 6}], "what was lost may have been processed after it"


async def test_a_process_that_ends_between_its_row_and_its_answer_leaves_an_unknown(rig: FulfilmentRig) -> None:
    await rig.list_item("POT", 5)
    listing = await rig.ask("select id from listing")
    assert isinstance(listing, int)
    leaving = await rig.route.begin("LTN9", [listing])
    assert leaving is not None and await rig.states() == ["sent"]
    await rig.aged(timedelta(minutes=1))
    await rig.route.round()
    assert await rig.states() == ["unknown"]
    assert await rig.ask("select state from publication_attempt") == "unknown"


async def test_one_that_is_processed_for_ever_is_raised_told_again_and_mended_when_it_ends(
    rig: FulfilmentRig,
) -> None:
    rig.amazon.faults.lags = Lags(live=(9_000, 9_000))
    await rig.list_item("POT", 5)
    await rig.rounds()
    await rig.aged(timedelta(minutes=31))
    await rig.rounds()
    assert (await rig.states(), await rig.alerts()) == (["overdue"], ["update_overdue df/LTN9/1"])
    rig.amazon.faults.lags = Lags()
    await rig.stock("POT", 4)
    await rig.route.tell()
    [first, second] = rig.warehouse().transactions
    first.at = second.at = rig.amazon.world.time.now()
    await rig.rounds(3)
    assert (rig.shows(), await rig.alerts()) == ({"POT": 4}, [])
    assert rig.told() == [{"POT": 5}, {"POT": 4}, {"POT": 4}], "the late one may have buried the newer"


@pytest.mark.parametrize(("kind", "alert"), [("throttle", "channel_throttled"), ("denied", "channel_denied")])
async def test_what_was_turned_away_counts_as_never_told_and_goes_out_again(
    rig: FulfilmentRig, kind: str, alert: str
) -> None:
    rig.amazon.faults.script(Fault(kind=kind, operation="submitInventoryUpdate", times=2))  # type: ignore[arg-type]
    await rig.list_item("POT", 5)
    await rig.rounds()
    assert await rig.states() == ["not_sent"]
    assert [one.split()[0] for one in await rig.alerts()] == [alert]
    rig.amazon.faults.stop()
    await rig.write("update budget set closed_until = null, tokens = burst")
    await rig.rounds(3)
    assert (rig.shows(), await rig.alerts()) == ({"POT": 5}, [])


async def test_a_zero_is_held_for_a_decision_and_every_other_value_passes(rig: FulfilmentRig) -> None:
    await rig.list_item("POT", 5)
    await rig.list_item("PAN", 5, rule="send")
    await rig.rounds(2)
    for sku in ("POT", "PAN"):
        await rig.stock(sku, 0)
    await rig.write("update publication set zero_look_until = null")
    await rig.mark("POT")
    await rig.mark("PAN")
    await rig.rounds(2)
    assert rig.shows() == {"POT": 5, "PAN": 0}
    assert await rig.ask("select zero_hold from publication where listing_id = 1") == "rule"


async def test_what_will_not_be_true_in_time_is_raised_early_and_closes_by_itself(rig: FulfilmentRig) -> None:
    await rig.list_item("POT", 5)
    changed = datetime(2026, 7, 1, 11, 0, tzinfo=UTC)
    await rig.write("update publication set untold_since = $1", changed)
    await rig.watch(changed + timedelta(minutes=30))
    assert await rig.alerts() == [], "13:00 UTC is 14:00 in London; 45 minutes before 12:45 nobody needs to know yet"
    await rig.watch(changed + timedelta(minutes=61))
    assert await rig.alerts() == ["replenishment_at_risk df/LTN9"]
    assert b'items_at_risk{account="df",warehouse="LTN9"} 1.0' in rig.app.telemetry.exposition()
    text = await rig.ask("select text from alert")
    assert "2026-07-01 13:00:00 UTC" in str(text) and "POT" in str(text)
    await rig.rounds(2)
    await rig.watch(changed + timedelta(minutes=62))
    assert await rig.alerts() == []


async def test_a_holder_that_lost_its_lease_sends_nothing(rig: FulfilmentRig) -> None:
    await rig.list_item("POT", 5)
    await rig.write("update lease set holder = 'another', fence = fence + 1 where name = 'publish/df'")
    assert await rig.route.round() == 1.0
    assert (rig.told(), await rig.states()) == ([], [])
    async with rig.app.database.connection() as connection:
        assert await due(connection, "df", rig.app.clock.now(), 10) == []


async def test_status_and_explain_name_the_update_and_what_comes_next(rig: FulfilmentRig) -> None:
    rig.amazon.faults.lags = Lags(live=(900, 900))
    await rig.list_item("POT", 9)
    await rig.rounds()
    await rig.stock("POT", 4)
    now, settings = rig.app.clock.now(), rig.app.settings.publication
    async with rig.app.database.connection() as connection:
        shown = await status(connection, now)
        found = await story(connection, "POT", None, 20)
        standing = await standing_of(
            connection, found.listings[0], rig.app.rules, settings, 604_800.0, now, by_update=True
        )
    [update] = shown.updates
    assert (update["state"], update["warehouse"], update["items"]) == ("processing", "LTN9", 1)
    [taken] = rig.warehouse().transactions
    assert any(f"told 9 by update 1 ({taken.name})" in moment.what for moment in found.timeline(20))
    assert standing.next[0].startswith("tell 4") and standing.next[1:] == ("by the next update of its warehouse",)
