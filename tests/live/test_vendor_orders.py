"""Purchase orders at the simulated Amazon: read, answered and settled by what it shows, whatever is lost."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from daemon.abreast import Abreast
from daemon.settings import Database as DatabaseSettings
from daemon.store.database import open_database
from daemon.vendor_orders import ABREAST, IDLE
from daemon.vendor_reading import shortened
from handlers.answers import Answer
from handlers.order_window import Cursor
from schemas.purchase_order import (
    Acknowledgement,
    CountedIn,
    LineAcknowledgement,
    LineAnswer,
    PoLineNumber,
    PurchaseOrderNumber,
)
from simulators.amazon import Fault
from simulators.amazon.vendor_books import Change
from simulators.amazon.vendor_transactions import VendorPlan
from tests.handlers.vendor_orders import ORDERED, line, order
from tests.live.vendor_rig import AmazonVendorRig, amazon_vendor_rig

pytestmark = pytest.mark.live

ORDERS = (PurchaseOrderNumber("HANGS001"), PurchaseOrderNumber("GOESON01"))


@pytest.fixture
async def rig(database_url: str, tmp_path: Path) -> AsyncIterator[AmazonVendorRig]:
    opened = await open_database(database_url, DatabaseSettings(url=database_url), 6)
    async with amazon_vendor_rig(opened, tmp_path) as made:
        yield made
    await opened.close()


def at_amazon(rig: AmazonVendorRig) -> list[tuple[int, int, int]]:
    """(accepted, backordered, rejected) of each line, as Amazon has it."""
    [placed] = rig.vendor.orders.values()
    return [(book.accepted, book.backordered, book.rejected) for book in placed.books.values()]


def by_hand(rig: AmazonVendorRig, number: PurchaseOrderNumber, accepted: int) -> None:
    """Somebody accepts so many in the portal, and rejects the rest."""
    placed = rig.vendor.orders[number].order
    assert placed.delivery_window is not None
    [ordered] = placed.lines
    rest = ordered.ordered.amount - accepted
    parts = (
        LineAnswer(code="accepted", quantity=CountedIn(accepted, "each", 1), deliver_at=placed.delivery_window.end),
        LineAnswer(code="rejected", quantity=CountedIn(rest, "each", 1), reason="temporarily_unavailable"),
    )
    told = LineAcknowledgement(
        number=ordered.number, identifiers=ordered.identifiers, ordered=ordered.ordered, net_cost=ordered.net_cost,
        answers=parts,
    )  # fmt: skip
    answer = Acknowledgement(
        number=number, vendor=placed.vendor, ordered_at=placed.ordered_at, acknowledged_at=rig.now, lines=(told,)
    )
    assert not rig.vendor.acknowledge_by_hand(answer, rig.now)


async def test_an_order_is_read_accepted_presumed_and_confirmed(rig: AmazonVendorRig) -> None:
    await rig.stock(MUG=24, CUP=12)
    rig.place(order(line("1", size=1), line("2", amount=2, unit="case", size=6, sku="CUP", cost="15.00")))
    await rig.run()
    assert await rig.said() == [("processing", "rule", 1)]
    assert at_amazon(rig) == [(24, 0, 0), (2, 0, 0)]
    for minutes in (1, 2, 4):
        await rig.run(minutes)
        assert await rig.said() == [("processing", "rule", 1)]
    await rig.run(8.5)
    assert await rig.said() == [("confirmed", "rule", 1)], "presumed after 15 minutes, then confirmed by the status"
    assert rig.vendor.chargebacks == []
    assert await rig.fetch("select state, reason from effect") == [("live", "confirmed")]
    assert await rig.fetch("select settled_at is not null from promise") == [(True,)]
    assert await rig.alerts() == []


async def test_an_answer_of_which_the_answer_is_lost_is_found_and_said_once(rig: AmazonVendorRig) -> None:
    await rig.stock(MUG=24)
    number = rig.place(order(line(size=1)))
    rig.amazon.faults.script(Fault(kind="cut_answer", operation="submitAcknowledgement", subject=number))
    await rig.run()
    assert await rig.said() == [("unknown", "rule", 1)]
    await rig.run(2)
    assert await rig.said() == [("confirmed", "rule", 1)]
    assert len(rig.vendor.documents) == 1


async def test_an_answer_that_never_took_effect_is_said_again_once_that_is_proven(rig: AmazonVendorRig) -> None:
    await rig.stock(MUG=24)
    number = rig.place(order(line(size=1)))
    rig.amazon.faults.script(
        Fault(kind="error_before", operation="submitAcknowledgement", subject=number, status=503)
    )
    await rig.run()
    assert await rig.said() == [("unknown", "rule", 1)]
    await rig.run(10)
    assert await rig.said() == [("unknown", "rule", 1)]
    for _ in range(2):
        await rig.run(20)
    assert [document.took_effect for document in rig.vendor.documents] == [True]
    await rig.run(16)
    assert await rig.said() == [("confirmed", "rule", 1)]


async def test_an_order_whose_request_hangs_holds_up_no_other(
    rig: AmazonVendorRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.stock(MUG=80)
    first, second = (rig.place(msgspec.structs.replace(order(line(size=1)), number=name)) for name in ORDERS)
    loop, answered = rig.loop(), asyncio.Event()
    loop.abreast = Abreast(ABREAST, wait=0.01)
    really = loop.link.acknowledge

    async def acknowledge(said: Acknowledgement) -> Answer[str]:
        if said.number == first:
            await answered.wait()
        return await really(said)

    monkeypatch.setattr(loop.link, "acknowledge", acknowledge)
    states = "select state from purchase_order_said where number = $1"
    async with asyncio.timeout(60):
        while await rig.fetch(states, second) != [("processing",)]:
            assert await loop.round() != IDLE
    assert await rig.fetch(states, first) == [("sent",)]
    answered.set()
    await loop.finish()
    assert await rig.fetch(states, first) == [("processing",)]
    assert sorted(document.subject for document in rig.vendor.documents) == sorted(ORDERS)


async def test_an_answer_whose_sender_has_died_is_in_doubt_for_the_next_at_once(
    rig: AmazonVendorRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.stock(MUG=80)
    rig.place(order(line(size=1)))
    loop = rig.loop()

    async def dies(said: Acknowledgement) -> Answer[str]:
        raise ConnectionError(said.number)

    monkeypatch.setattr(loop.link, "acknowledge", dies)
    with pytest.raises(ConnectionError):
        for _ in range(5):
            await loop.round()
    await rig.run()
    assert await rig.said() == [("sent", "rule", 1)], "whoever sent it may still hear of it"
    await rig.fetch("update purchase_order_said set holder = 'dead'")
    await rig.run()
    assert await rig.said() == [("unknown", "rule", 1)]


async def test_a_failure_is_told_in_amazons_words(rig: AmazonVendorRig) -> None:
    await rig.stock(MUG=20)
    number = rig.place(order(line(size=1)))
    await rig.run()
    assert await rig.said() == []
    rig.vendor.orders[number].become("closed", rig.now)
    rig.hand.at = ORDERED + timedelta(hours=23.9)
    rig.vendor.orders[number].order = msgspec.structs.replace(rig.vendor.orders[number].order, state="closed")
    loop = rig.loop()
    loop.vendor = msgspec.structs.replace(loop.vendor, read=False)
    await loop.round()
    rig.hand.on(61)
    await loop.round()
    assert await rig.said() == [("refused", "policy", 1)]
    [(text,)] = await rig.fetch("select text from alert where kind = 'po_answer_refused'")
    assert "The purchase order is closed." in text


async def test_what_amazon_changes_after_the_answer_is_answered_anew(rig: AmazonVendorRig) -> None:
    await rig.stock(MUG=40)
    number = rig.place(order(line(size=1)))
    await rig.run()
    await rig.run(16)
    rig.vendor.change_order(number, Change(quantities={PoLineNumber("1"): 30}), rig.now)
    await rig.run(90)
    assert await rig.said() == [("confirmed", "rule", 1), ("processing", "rule", 2)]
    assert at_amazon(rig) == [(30, 0, 0)]
    [(text,)] = await rig.fetch("select text from alert where kind = 'po_amended'")
    assert "line 1: quantity 24 -> 30" in text
    assert await rig.held() == {number: 30}


async def test_an_answer_given_in_the_portal_is_found_and_nothing_is_sent_over_it(rig: AmazonVendorRig) -> None:
    await rig.stock(MUG=24)
    number = rig.place(order(line(size=1)))
    by_hand(rig, number, 20)
    await rig.run()
    assert await rig.said() == [("confirmed", "portal", 1)]
    assert [document.by for document in rig.vendor.documents] == ["portal"]
    await rig.run(20)
    assert await rig.held() == {number: 20}


async def test_an_order_that_waits_is_read_again_before_anything_is_said_over_a_portals_answer(
    rig: AmazonVendorRig,
) -> None:
    """No search tells that an order was acknowledged by hand long after it was placed."""
    await rig.stock(MUG=10)
    number = rig.place(order(line(size=1)))
    await rig.run()
    await rig.run(200)
    by_hand(rig, number, 22)
    await rig.run(60 * 20)
    assert await rig.said() == [("confirmed", "portal", 1)]
    await rig.run(16)
    assert (await rig.row(number)).overdrawn == ("1",), "more was promised there than is here"


async def test_whoever_takes_over_from_a_process_that_died_finds_out_what_it_said(rig: AmazonVendorRig) -> None:
    await rig.stock(MUG=24)
    rig.place(order(line(size=1)))
    await rig.run()
    async with rig.database.connection() as connection:
        await connection.execute(
            "update purchase_order_said set state = 'sent', holder = 'test', transaction_id = '', look_at = null"
        )
    await rig.run(1)
    assert await rig.said() == [("sent", "rule", 1)], "its answer may still come"
    await rig.run(5)
    assert await rig.said() == [("confirmed", "rule", 1)]
    assert len(rig.vendor.documents) == 1


async def test_an_answer_that_stays_under_way_for_ever_is_presumed_and_raised(rig: AmazonVendorRig) -> None:
    rig.vendor.transactions.plan = VendorPlan(lost=1.0)
    await rig.stock(MUG=24)
    rig.place(order(line(size=1)))
    await rig.run()
    await rig.run(16)
    assert await rig.said() == [("presumed", "rule", 1)]
    for _ in range(4):
        await rig.run(16)
    assert await rig.alerts() == ["po_unconfirmed"]


async def test_what_is_short_is_answered_safely_in_time_and_never_charged(rig: AmazonVendorRig) -> None:
    await rig.stock(MUG=10)
    rig.place(order(line("1", size=1), line("2", amount=12, sku="WHAT", size=1)))
    await rig.run()
    assert await rig.said() == []
    await rig.run(60 * 22.8)
    assert await rig.said() == [("processing", "policy", 1)]
    assert at_amazon(rig) == [(10, 0, 14), (0, 0, 12)]
    await rig.run(60 * 3)
    rig.vendor.settle(rig.now)
    assert rig.vendor.chargebacks == []


async def test_an_order_that_was_closed_is_found_closed_and_gives_back_what_never_left(rig: AmazonVendorRig) -> None:
    await rig.stock(MUG=24)
    number = rig.place(order(line("1", size=1)))
    await rig.run()
    await rig.run(60 * 3)
    rig.vendor.close_order(number, rig.now)
    await rig.run(60 * 24)
    assert await rig.held() == {number: 24}, "no search tells that it is closed"
    await rig.run(60 * 24)
    assert await rig.held() == {}
    assert (await rig.row(number)).file.stored.state == "ended"


async def test_a_look_never_asks_for_more_than_a_query_may() -> None:
    long = Cursor(ORDERED - timedelta(days=30), ORDERED - timedelta(days=30), ORDERED)
    assert shortened(long).window_before == ORDERED - timedelta(days=23)
