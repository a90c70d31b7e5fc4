"""Vendor stock by EDI on a real database: what is reported, when, and what silence and refusals do."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.replenishment_watch import ReplenishmentWatch
from daemon.selling import placed_of
from daemon.store.notes import write_notes
from tests.live.edi_house import envelope
from tests.live.stock_report_rig import START, ReportRig, report_rig

pytestmark = pytest.mark.live


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[ReportRig]:
    async with report_rig(tmp_path, database_url) as made:
        yield made


def read_by_partner(group: int, number: int, verdict: str = "A") -> bytes:
    return envelope("997", "FA", f"AK1*IB*{group}~AK9*{verdict}*1*1*1~", f"{number:09d}")


async def test_only_what_has_changed_since_is_reported_and_only_by_its_time(rig: ReportRig) -> None:
    await rig.listed(POT=5, PAN=3)
    await rig.round()
    assert rig.told() == [("25", {"PAN": 3, "POT": 5})] and await rig.states() == ["processing"]
    await rig.came("ack.edi", read_by_partner(1, 11))
    await rig.on(2)
    assert await rig.states() == ["in_effect"]
    assert await rig.fetch("select count(*) from publication where live = desired and flight_id is null") == [(2,)]
    await rig.stock(POT=8)
    await rig.on(2)
    assert len(rig.told()) == 1, "the next report is not due"
    await rig.on(15)
    assert rig.told()[1:] == [("25", {"POT": 8})]
    [(transaction,)] = await rig.fetch("select transaction_id from stock_update order by id desc limit 1")
    assert str(transaction).startswith("edi-"), "the row names the document that was made with it"


async def test_a_report_that_nobody_answers_has_its_newest_levels_said_again(rig: ReportRig) -> None:
    await rig.listed(POT=5, PAN=3)
    await rig.round()
    await rig.stock(POT=2)
    await rig.on(61)
    await rig.round()
    assert await rig.alerts() == ["update_overdue"] and (await rig.states())[0] == "overdue"
    assert rig.told()[1:] == [("25", {"PAN": 3, "POT": 2})], "absolute, and the newest"
    await rig.came("ack.edi", read_by_partner(2, 12))
    await rig.on(2)
    assert await rig.alerts() == [] and (await rig.states())[-1] == "in_effect"


async def test_a_refused_report_is_said_again_in_smaller_ones_until_the_item_stands_alone(rig: ReportRig) -> None:
    await rig.listed(POT=5, BAD=3)
    await rig.round()
    await rig.came("ack.edi", read_by_partner(1, 11))
    await rig.on(2)
    advice = "BGN*11*1*20261121~OTI*TR*IB*S000000001*****1*0001*846~TED*024*ITEM BAD IS UNKNOWN~"
    await rig.came("advice.edi", envelope("824", "AG", advice, "000000013"))
    assert await rig.states() == ["refused"], "it was read, and is refused all the same"
    await rig.on(16)
    assert sorted(map(str, rig.told()[1:])) == ["('25', {'BAD': 3})", "('25', {'POT': 5})"]
    await rig.write(
        "update edi_document set state = 'denied', text = 'ITEM BAD IS UNKNOWN' where id in ("
        "select replace(u.transaction_id, 'edi-', '')::bigint from stock_update u"
        " join publication_attempt a on a.update_id = u.id join listing l on l.id = a.listing_id"
        " where u.state = 'processing' and l.seller_sku = 'BAD')"
    )
    await rig.on(2)
    assert "listing_refused" in await rig.alerts()
    await rig.on(16)
    assert len(rig.told()) == 3, "the same value is not said again before something changes"


async def test_a_full_report_says_everything_and_a_held_zero_as_it_stood_before(
    tmp_path: Path, database_url: str
) -> None:
    async with report_rig(tmp_path, database_url, zero="hold") as rig:
        await rig.listed(POT=5, PAN=3)
        await rig.on(0)
        assert [kind for kind, _ in rig.told()] == ["25"], "the full one is due at 02:30, and not before"
        await rig.came("ack.edi", read_by_partner(1, 11))
        await rig.on(2)
        await rig.stock(POT=0)
        rig.hand.at += timedelta(minutes=20)
        await rig.stock(POT=0)
        await rig.round()
        assert len(rig.told()) == 1, "the zero waits for a person"
        assert await rig.fetch("select zero_hold from publication where desired = 0") == [("rule",)]
        rig.hand.at = START.replace(hour=2, minute=31) + timedelta(days=1)
        await rig.round()
        assert rig.told()[1:] == [("00", {"PAN": 3, "POT": 5})], "what it does not name would be taken as gone"
        await rig.on(1)
        assert len(rig.told()) == 2, "once for each time"


async def test_what_must_be_true_for_a_replenishment_does_not_wait_and_is_raised_where_it_is_late(
    rig: ReportRig,
) -> None:
    rig.hand.at = START.replace(hour=13, minute=30)
    await rig.listed(POT=5)
    await rig.round()
    await rig.came("ack.edi", read_by_partner(1, 11))
    await rig.on(5)
    await rig.stock(POT=1)
    await rig.on(5)
    assert len(rig.told()) == 2, "at 13:40, though the last report is ten minutes old"
    watch = ReplenishmentWatch(placed_of(rig.app.settings))
    rig.hand.at = START.replace(hour=13, minute=56)
    async with rig.app.database.transaction() as connection:
        await write_notes(connection, await watch.raise_at_risk(connection, rig.hand.at), rig.hand.at, {})
    assert "replenishment_at_risk" in await rig.alerts(), "nobody has said that it was read"


async def test_an_item_that_cannot_be_written_hides_no_other(rig: ReportRig) -> None:
    await rig.listed(**{"POT": 5, "P*N": 3})
    await rig.round()
    assert rig.told() == [("25", {"POT": 5})] and await rig.alerts() == ["listing_refused"]
    assert await rig.states() == ["processing"]
