"""The account health report against a simulated Amazon: read once a day, whatever it comes as and wherever we die."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from daemon.store import channel_reports
from schemas.amazon_reports import SELLER_PERFORMANCE
from simulators.amazon import UK, Fault, ReportFate, SimulatedHealth
from tests.live.feed_rig import Killed, Killer
from tests.live.health_rig import HealthRig, health_rig

pytestmark = pytest.mark.live


@pytest.fixture
async def rig(database_url: str, tmp_path: Path) -> AsyncIterator[HealthRig]:
    async with health_rig(database_url, tmp_path) as there:
        there.seller.health[UK] = SimulatedHealth(orders=1000, late=32, shipments=900, tracked=880)
        yield there


def made(rig: HealthRig) -> int:
    return len(rig.simulator.world.reports.made)


async def late_rate(rig: HealthRig) -> Decimal | None:
    return next(one for one in (await rig.look()).outlooks if one.measure == "late_shipment").reported


async def test_a_report_is_read_once_a_day_with_its_targets(rig: HealthRig) -> None:
    rig.seller.health[UK].late_target = 0.035
    await rig.fetch()
    seen = await rig.look()
    late = next(one for one in seen.outlooks if one.measure == "late_shipment")
    assert (late.reported, late.target.value, late.target.source) == (Decimal("0.032"), Decimal("0.035"), "report")
    assert seen.report_of is not None and seen.faults == ()
    for _ in range(5):
        rig.clock.at += timedelta(hours=4)
        await rig.reports.round()
    assert made(rig) == 1
    rig.clock.at += timedelta(hours=5)
    await rig.reports.round()
    await rig.fetch()
    assert made(rig) == 2 and rig.simulator.journal.throttled() == []


async def test_a_death_at_any_point_costs_no_second_report_and_no_step(rig: HealthRig) -> None:
    """Killed at each point in turn, each time begun anew from the books alone."""
    counting = Killer()
    rig.point = counting
    await rig.fetch()
    points = len(counting.seen)
    assert points > 12 and made(rig) == 1
    for at in range(points):
        rig.clock.at += timedelta(days=1)
        before, rig.point = made(rig), Killer(at)
        try:
            await rig.fetch()
        except Killed:
            rig.start()
            await rig.fetch()
        newest = await rig.rows("select state, requests from channel_report order by id desc limit 1")
        assert newest[0]["state"] == "read", (counting.seen[at], newest)
        assert made(rig) - before in (1, 1 + (newest[0]["requests"] == 2)), counting.seen[at]
    assert await rig.value("select count(*) from channel_report where settled_at is null") == 0
    assert await rig.alerts() == {}


async def test_a_lost_answer_is_looked_for_and_not_asked_again(rig: HealthRig) -> None:
    rig.simulator.faults.script(Fault(kind="cut_answer", operation="createReport"))
    await rig.fetch()
    assert made(rig) == 1 and len(rig.simulator.journal.of("getReports")) == 1
    assert await late_rate(rig) == Decimal("0.032")


FATES = (
    (ReportFate(end="cancelled"), "cancelled"), (ReportFate(end="fatal"), "fatal"),
    (ReportFate(lie="no_document"), "no document"), (ReportFate(lie="table"), "a table with tabs"),
    (ReportFate(lie="table", encoding="utf-16", gzip=True), "a table with tabs"),
    (ReportFate(lie="xml"), "XML"), (ReportFate(lie="garbled"), "broken off"), (ReportFate(lie="empty"), "empty"),
    (ReportFate(end="stuck"), "not to be had within"),
)  # fmt: skip


async def test_what_cannot_be_read_is_kept_and_told_and_the_last_good_one_stays(rig: HealthRig) -> None:
    await rig.fetch()
    for fate, says in FATES:
        rig.clock.at += timedelta(days=1)
        rig.simulator.world.reports.fates.append(fate)
        await rig.reports.round()
        await rig.fetch(rounds=400, step=300.0)
        assert says in (await rig.alerts())["account_report_unread"]
        assert await late_rate(rig) == Decimal("0.032"), "the last one that was read"
        kept = await rig.value("select body is not null from channel_report order by id desc limit 1")
        assert kept == (fate.lie in ("table", "xml", "garbled", "empty"))
        rig.clock.at += timedelta(hours=7)
        await rig.reports.round()
        await rig.fetch()
        assert await rig.alerts() == {}, "the next good one closes it"
    async with rig.database.connection() as connection:
        assert await channel_reports.kept_body(connection, "shop", SELLER_PERFORMANCE) == b"", "the empty one"


async def test_a_changed_field_is_named_and_the_others_are_used(rig: HealthRig) -> None:
    rig.simulator.world.reports.fates.append(ReportFate(lie="renamed", encoding="latin-1"))
    await rig.fetch()
    assert await rig.alerts() == {}, "both of Amazon's names are known"
    del rig.seller.health[UK]
    rig.account = rig.account.__replace__(marketplaces=(UK, "A1PA6795UKMFR9"))
    rig.start()
    rig.clock.at += timedelta(days=1)
    await rig.reports.round()
    await rig.fetch()
    assert {one.marketplace for one in (await rig.look()).outlooks} == {UK, "A1PA6795UKMFR9"}


async def test_a_refusal_is_named_and_tried_again_later(rig: HealthRig) -> None:
    rig.account = rig.account.__replace__(marketplaces=tuple(f"M{n}" for n in range(0)))
    rig.start()
    await rig.fetch()
    assert "refuses it" in (await rig.alerts())["account_report_unread"]
    assert made(rig) == 0


async def test_outages_cost_time_and_nothing_else(rig: HealthRig) -> None:
    rig.simulator.faults.script(
        Fault(kind="error_before", operation="createReport"),
        Fault(kind="error_after", operation="createReport"), Fault(kind="reset", operation="getReport", times=3),
        Fault(kind="error_before", operation="getReportDocument", times=2),
    )  # fmt: skip
    await rig.fetch(rounds=300)
    assert await rig.value("select state from channel_report") == "read"
    assert await late_rate(rig) == Decimal("0.032")
