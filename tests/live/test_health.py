"""Clocks and outlooks on a real PostgreSQL: facts in any order, breaches once, the order that tips, by index."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from daemon.store import order_clocks
from daemon.store.database import query
from handlers.effects import ConfirmDespatch
from simulators.amazon import UK, SimulatedHealth
from tests.live.feed_rig import START
from tests.live.health_rig import HOUR, HealthRig, health_rig

pytestmark = pytest.mark.live

DAY = timedelta(days=1)


@pytest.fixture
async def rig(database_url: str, tmp_path: Path) -> AsyncIterator[HealthRig]:
    async with health_rig(database_url, tmp_path) as there:
        yield there


async def left(rig: HealthRig, order: str, at: object) -> None:
    await rig.rows(query("order_clocks_left"), ["shop"], [order], [at], rig.clock.at)


async def told(rig: HealthRig, order: str, doubt: str = "", state: str = "accepted", marketplace: str = UK) -> None:
    """A confirmation in the ledger, as despatches leave it."""
    payload = {"order_id": order, "order_reference": order, "marketplace": marketplace, "doubt": doubt}
    effect_id = await rig.value(
        "insert into effect (kind, subject, unique_key, lane, account, state, payload, due, received_at, created_at,"
        " settled_at) values ('confirm_despatch', $1, $1, 'despatch', 'shop', $2, $3, $4, $4, $4, $4) returning id",
        f"acme/{order}", state, payload, rig.clock.at,
    )  # fmt: skip
    await rig.rows(query("order_clocks_told"), [effect_id], rig.clock.at)


async def breaches(rig: HealthRig) -> list[dict[str, object]]:
    return await rig.rows("select channel_order_id, clock, ended_at from order_breach order by deadline, clock")


async def test_an_order_that_runs_late_is_written_once_and_ends_late(rig: HealthRig) -> None:
    await rig.heard("O1", START + HOUR)
    await rig.watched()
    assert await breaches(rig) == [] and await rig.value("select due_at > $1 from order_clock", START + HOUR)
    rig.clock.at = START + HOUR + timedelta(seconds=1)
    for _ in range(3):
        await rig.watched()
    assert await breaches(rig) == [{"channel_order_id": "O1", "clock": "ship_by", "ended_at": None}]
    await left(rig, "O1", rig.clock.at)
    await told(rig, "O1")
    await rig.watched()
    assert (await breaches(rig))[0]["ended_at"] == rig.clock.at
    late = (await rig.look()).outlooks
    assert next(one for one in late if one.measure == "late_shipment").expected == Decimal(1)


async def test_what_left_is_told_and_what_was_told_is_shown_or_people_hear_of_it(rig: HealthRig) -> None:
    await rig.heard("GONE", START + DAY)
    await rig.heard("TOLD", START + DAY)
    await left(rig, "GONE", START)
    await left(rig, "TOLD", START)
    await told(rig, "TOLD")
    rig.clock.at = START + 2 * HOUR
    await rig.watched()
    opened = (await rig.look()).open[UK]  # type: ignore[index]
    assert (opened.gone, opened.unshown, opened.over, opened.soon) == (1, 1, 0, 0)
    assert "2026-11-20 09:00:00 UTC" in (await rig.alerts())["despatch_unshown"]
    assert {row["clock"] for row in await breaches(rig)} == {"told", "shown"}
    await told(rig, "GONE")
    for order in ("GONE", "TOLD"):
        await rig.heard(order, START + DAY, "despatched", updated_at=rig.clock.at)
    await rig.watched()
    assert "despatch_unshown" not in await rig.alerts()


async def test_facts_in_any_order_and_late_and_repeated_answers_come_to_the_same(rig: HealthRig) -> None:
    """A despatch before its order was heard of is not lost; one taken back counts as here again."""
    await left(rig, "EARLY", START)
    await rig.heard("EARLY", START + HOUR)
    assert await rig.value("select left_at = $1 and open from order_clock", START)
    await left(rig, "EARLY", None)
    assert await rig.value("select left_at is null from order_clock")
    await rig.heard("O1", START + HOUR, "despatched", updated_at=START + HOUR)
    before = await rig.rows("select * from order_clock")
    rig.clock.at += HOUR
    await rig.heard("O1", START + HOUR, "despatched", updated_at=START + HOUR)
    await rig.heard("O1", START + DAY, "open", updated_at=START)
    assert await rig.rows("select * from order_clock") == before


async def test_the_account_is_tipped_by_the_order_that_has_the_room_before_it(rig: HealthRig) -> None:
    rig.seller.health[UK] = SimulatedHealth(orders=1000, late=38, shipments=100, tracked=100)
    await rig.fetch()
    for number in range(6):
        await rig.heard(f"O{number}", rig.clock.at + (number + 1) * HOUR)
    late = next(one for one in (await rig.look()).outlooks if one.measure == "late_shipment")
    assert (late.room, late.tips, late.tips_at) == (2, "O2", rig.clock.at + 3 * HOUR)
    assert [threat.channel_order_id for threat in late.threats] == [f"O{number}" for number in range(6)]
    await rig.watched()
    text = (await rig.alerts())["late_shipment_forecast"]
    assert "with order O2" in text and "less than 4.0 %" in text
    await rig.watched()
    assert await rig.value("select times from alert where kind = 'late_shipment_forecast'") == 1, "said once"
    rig.clock.at += 3 * HOUR + timedelta(seconds=1)
    crossed = next(one for one in (await rig.look()).outlooks if one.measure == "late_shipment")
    assert crossed.is_crossed and crossed.over == 3 and crossed.threats[0].due is None
    for number in range(6):
        await rig.heard(f"O{number}", rig.clock.at, "cancelled", updated_at=rig.clock.at, cancelled_by="buyer")
    await rig.watched()
    assert "late_shipment_forecast" not in await rig.alerts(), "and it closes by itself"


async def test_what_the_warehouse_will_not_send_and_what_the_channel_cancels_count_as_cancelled(
    rig: HealthRig,
) -> None:
    rig.seller.health[UK] = SimulatedHealth(orders=100, cancelled=2, shipments=100, tracked=100)
    await rig.fetch()
    await rig.heard("WONT", rig.clock.at + DAY)
    await rig.rows(
        "insert into order_standing (account, order_reference, revision, standing, lines, at)"
        " values ('acme', 'WONT', 1, 'cancelled', '[]', $1)", rig.clock.at,
    )  # fmt: skip
    await rig.heard("OLD", rig.clock.at - timedelta(days=6, hours=23))
    rate = next(one for one in (await rig.look()).outlooks if one.measure == "cancellation")
    assert rate.over == 1 and rate.is_crossed, "3 of 101 is more than 2.5 %"
    assert {(threat.channel_order_id, threat.due) for threat in rate.threats} == {
        ("WONT", None), ("OLD", rig.clock.at + HOUR),
    }  # fmt: skip
    await rig.watched()
    assert "cancellation_forecast" in await rig.alerts()
    rig.clock.at += timedelta(seconds=1)
    for number, by in enumerate(("buyer", "merchant", "")):
        await rig.heard(f"O{number}", START + DAY, "cancelled", updated_at=rig.clock.at, cancelled_by=by)
    more = next(one for one in (await rig.look()).outlooks if one.measure == "cancellation")
    assert more.base == rate.base and more.expected is not None
    assert more.expected == round(Decimal(2 + 2 + 1) / (100 + 5 + 1), 6), "the buyer's own counts for nothing"


async def test_parcels_with_doubtful_numbers_lower_the_tracking_rate_until_they_are_corrected(rig: HealthRig) -> None:
    rig.seller.health[UK] = SimulatedHealth(orders=100, shipments=20, tracked=19)
    await rig.fetch()
    rig.clock.at += timedelta(minutes=1)
    await told(rig, "BAD", doubt="'TRK-1' does not look like a number of Royal Mail")
    rate = next(one for one in (await rig.look()).outlooks if one.measure == "tracking")
    assert rate.is_crossed and "TRK-1" in rate.threats[0].why and rate.target.source == "report"
    await rig.watched()
    assert "tracking_forecast" in await rig.alerts()


async def test_a_parcels_payload_names_its_doubt_as_the_query_reads_it() -> None:
    """The index and the query read the ledger's own field."""
    assert "doubt" in {field.name for field in msgspec.structs.fields(ConfirmDespatch)}
    assert "payload ->> 'doubt' <> ''" in query("health_doubtful")


async def test_an_account_without_orders_is_well_until_the_channel_says_otherwise(rig: HealthRig) -> None:
    await rig.fetch()
    seen = await rig.look()
    assert [one.is_crossed for one in seen.outlooks] == [False] * 3
    await rig.watched()
    assert await rig.alerts() == {}
    rig.clock.at += DAY
    await rig.reports.round()
    rig.seller.health[UK] = SimulatedHealth(standing="AT_RISK")
    await rig.fetch()
    await rig.watched()
    assert "AT_RISK" in (await rig.alerts())["account_at_risk"]
    rig.clock.at += timedelta(days=4)
    await rig.watched()
    assert "newest account health report" in (await rig.alerts())["account_report_unread"]


async def test_the_first_of_very_many_open_orders_are_found_by_index(rig: HealthRig) -> None:
    await rig.rows(
        "insert into order_clock (channel_account, channel_order_id, marketplace, standing, ordered_at, updated_at,"
        " ship_by, told_at, heard_at, due_at)"
        " select 'shop', 'O' || n, $1, case when n % 2 = 0 then 'open' else 'despatched' end, $2, $2,"
        " $2::timestamptz + n * interval '1 minute', case when n % 2 = 1 then $2::timestamptz end, $2,"
        " $2::timestamptz + n * interval '1 minute' from generate_series(1, 40000) n", UK, START,
    )  # fmt: skip
    await rig.rows("analyze order_clock")
    ahead = START + 2 * DAY
    plans = {
        "health_next": ("shop", UK, START, ahead, 30, 1),
        "health_over": ("shop", UK, START + HOUR),
        "health_open": ("shop", [UK], START, START + 4 * HOUR, START),
        "order_clocks_due": (START + HOUR, 500),
    }
    for name, arguments in plans.items():
        rows = await rig.rows(f"explain (costs off) {query(name)}", *arguments)
        plan = "\n".join(str(row["QUERY PLAN"]) for row in rows)
        print(name, plan, sep="\n")
        assert "Seq Scan on order_clock" not in plan, plan
        assert "order_clock_open" in plan or name == "order_clocks_due", plan
    begun = await rig.look()
    tip = next(one for one in begun.outlooks if one.measure == "late_shipment")
    assert tip.tips == "O2", "none is late yet in books without a report, so the first one tips"
    async with rig.database.transaction() as connection:
        assert len(await order_clocks.due(connection, START + HOUR, 500)) == 60
