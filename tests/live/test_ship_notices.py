"""Ship notices and invoices in the books: sent once, repeated once, then a person; never more than has left."""

from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

from daemon.store import sscc as numbers
from daemon.store.acknowledged_orders import AcknowledgedOrders
from handlers.acknowledged_orders import Agreed
from handlers.gs1 import fault
from handlers.ship_loads import Part
from handlers.sscc_pool import Issued, Pool
from schemas.despatch import Parcel
from tests.controls import vendor as made
from tests.handlers.vendor_loads import FREIGHT, NOW, PARCELS, carton, held, part
from tests.live.notice_rig import SETTINGS, VendorRig, order, shipment, vendor_rig

pytestmark = pytest.mark.live
SENT = msgspec.structs.replace(FREIGHT, departure=NOW)


def _of(*parcels: Parcel) -> Part:
    return part(*parcels, po="4Z32PABC", shipment=SENT)


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[VendorRig]:
    async with vendor_rig(database_url) as given:
        yield given


async def test_a_despatch_is_noticed_and_once_that_is_accepted_invoiced(rig: VendorRig) -> None:
    assert await rig.hear(shipment(stage="packed", shipment=SENT)) == ["vendor_packed"]
    await rig.work()
    assert rig.link.notices == [], "the load has not left"
    assert await rig.hear(shipment(shipment=SENT)) == ["vendor_completed"]
    await rig.pass_time(30)
    assert await rig.documents() == [("live", "confirmed", 1)]
    assert await rig.documents("invoice") == [("live", "presumed", 1)]
    assert rig.told() == [("acknowledgement", "4Z32PABC"), ("notice", "S00000001"), ("invoice", "INV00000001")]
    assert [one.faults for one in rig.vendor.documents] == [()] * 3
    assert str(rig.link.invoices[0].total) == "122.40"
    assert await rig.alerts() == []


async def test_a_despatch_heard_again_is_noticed_once(rig: VendorRig) -> None:
    await rig.hear(shipment(shipment=SENT), shipment(shipment=SENT))
    await rig.pass_time(20)
    rig.revision = -1
    assert await rig.hear(shipment(shipment=SENT)) == ["stale_revision"]
    await rig.pass_time(20)
    assert len(rig.link.notices) == len(rig.link.invoices) == 1


@pytest.mark.parametrize("lost", ["answer", "request"])
async def test_what_may_have_arrived_is_repeated_once_with_the_same_number(rig: VendorRig, lost: str) -> None:
    rig.link.lose = [lost]  # type: ignore[list-item]
    await rig.hear(shipment(shipment=SENT))
    await rig.work()
    assert await rig.documents() == [("unknown", "no_answer", 1)]
    assert await rig.alerts() == ["vendor_document_unknown"]
    await rig.pass_time(4)
    assert len(rig.link.notices) == 1, "not before the first can no longer arrive"
    await rig.pass_time(2)
    assert rig.link.notices[0] == rig.link.notices[1]
    assert [one for one in rig.told() if one[0] == "notice"] == [("notice", "S00000001")]


async def test_a_second_silence_is_for_a_person(rig: VendorRig) -> None:
    rig.link.lose = ["request", "request"]
    await rig.hear(shipment(shipment=SENT))
    await rig.pass_time(60)
    assert await rig.documents() == [("held", "unknown", 2)]
    [(question, kind)] = await rig.questions()
    assert kind == "vendor_document"
    await rig.decide(question, "done_by_hand")
    await rig.pass_time(20)
    assert len(rig.link.notices) == 2
    assert await rig.documents() == [("live", "done_by_hand", 2)]
    assert len(rig.link.invoices) == 1, "the goods were announced, so they are invoiced"


async def test_a_crash_after_sending_is_an_answer_that_was_lost(rig: VendorRig) -> None:
    rig.link.lose = [RuntimeError("killed")]
    await rig.hear(shipment(shipment=SENT))
    with pytest.raises(RuntimeError):
        await rig.work()
    assert await rig.documents() == [("sent", "", 1)]
    await rig.work(holder="two")
    assert await rig.documents() == [("unknown", "no_answer", 1)]
    await rig.pass_time(30)
    assert await rig.documents() == [("live", "confirmed", 2)]


async def test_what_never_left_is_simply_sent_again(rig: VendorRig) -> None:
    rig.link.lose = ["unsent", "unsent"]
    await rig.hear(shipment(shipment=SENT))
    await rig.pass_time(15)
    assert await rig.documents() == [("accepted", "processing", 1)]
    assert await rig.questions() == []


async def test_a_refusal_is_told_with_its_words_and_a_corrected_load_goes_out_by_itself(rig: VendorRig) -> None:
    rig.orders.known["4Z32PABC"] = order(accepted=20)  # our books are wrong about it
    await rig.hear(_of(carton(1, held(quantity=12))))
    await rig.pass_time(10)
    assert await rig.documents() == [("held", "refused", 1)]
    assert "ship_notice_refused" in await rig.alerts()
    text = await rig.books.fetchval("select text from alert where kind = 'ship_notice_refused'")
    assert "INVALID_QUANTITY" in text and "more than the 10 acknowledged" in text
    await rig.hear(_of(carton(1, held(quantity=9))))
    await rig.pass_time(20)
    assert [state for state, _, _ in await rig.documents()] == ["refused", "live"]
    assert await rig.questions() == []
    assert "ship_notice_refused" not in await rig.alerts()
    assert [one.lines[0].quantity.amount for one in rig.link.invoices] == [9]


async def test_less_on_the_truck_replaces_the_notice_and_is_credited(rig: VendorRig) -> None:
    both = _of(carton(1, held(quantity=6)), carton(2, held(quantity=4)))
    await rig.hear(both)
    await rig.pass_time(40)
    assert [one.lines[0].quantity.amount for one in rig.link.invoices] == [10]
    await rig.hear(_of(carton(1, held(quantity=6))))
    await rig.pass_time(40)
    assert [(one.kind, one.shipment) for one in rig.link.notices] == [
        ("original", "S00000001"),
        ("replace", "S00000001"),
    ]
    credit = rig.link.invoices[1]
    assert (credit.kind, credit.credits, credit.lines[0].quantity.amount) == ("credit_note", "INV00000001", 4)
    assert all(one.took_effect for one in rig.vendor.documents)


async def test_what_a_person_told_in_the_retailers_pages_is_invoiced(rig: VendorRig) -> None:
    await rig.hear(_of(carton(1, held(quantity=4))))
    await rig.pass_time(20)
    await rig.hear(_of(carton(1, held(quantity=9))))
    await rig.pass_time(20)
    assert [one.lines[0].quantity.amount for one in rig.link.invoices] == [4], "no more than was noticed"
    [(question, _)] = await rig.questions()
    await rig.decide(question, "told_by_hand")
    await rig.pass_time(20)
    assert [one.lines[0].quantity.amount for one in rig.link.invoices] == [4, 5]
    assert len(rig.link.notices) == 1 and await rig.alerts() == []


async def test_a_missing_field_is_an_alert_naming_it_and_the_notice_goes_once_it_is_there(rig: VendorRig) -> None:
    bare = msgspec.structs.replace(SENT, bill_of_lading="")
    await rig.hear(shipment(shipment=bare))
    await rig.work()
    assert rig.link.notices == []
    assert await rig.alerts() == ["ship_notice_held"]
    await rig.pass_time(16)
    assert await rig.alerts() == ["ship_notice_due", "ship_notice_held"]
    await rig.pass_time(20)
    text = await rig.books.fetchval("select text from alert where kind = 'ship_notice_due' and resolved_at is null")
    assert "is not there: the load has no bill of lading" in text
    assert await rig.books.fetchval("select breached_at is not null from ship_load")
    await rig.hear(shipment(shipment=SENT))
    await rig.pass_time(30)
    assert await rig.documents() == [("live", "confirmed", 1)]
    assert await rig.alerts() == []


async def test_a_despatch_taken_back_before_its_notice_is_nothing_and_after_it_a_question(rig: VendorRig) -> None:
    await rig.hear(shipment(stage="packed", shipment=SENT))
    undone = shipment(stage="undone", shipment=None)
    gone = msgspec.structs.replace(undone, data=msgspec.structs.replace(undone.data, parcels=(), channel=None))
    assert await rig.hear(gone) == ["vendor_undone"]
    await rig.work()
    assert await rig.questions() == []
    await rig.hear(shipment(shipment=SENT))
    await rig.pass_time(20)
    await rig.hear(gone)
    await rig.pass_time(2)
    assert [kind for _, kind in await rig.questions()] == ["ship_notice_differs"]
    assert rig.link.invoices[-1].kind == "credit_note", "what came back is credited"


async def test_an_invoice_that_is_given_up_keeps_its_number_and_its_goods_are_invoiced_anew(rig: VendorRig) -> None:
    await rig.hear(shipment(shipment=SENT))
    await rig.pass_time(2)
    await rig.work()
    rig.link.lose = ["request", "request"]
    await rig.pass_time(60)
    [(question, _)] = await rig.questions()
    await rig.decide(question, "give_up")
    await rig.pass_time(20)
    assert [one.number for one in rig.link.invoices] == ["INV00000001", "INV00000001", "INV00000002"]
    assert sum(one.kind == "invoice" for one in rig.vendor.documents) == 1


async def test_goods_that_left_and_are_not_invoiced_have_a_clock_whose_breach_stays(rig: VendorRig) -> None:
    rig.settings = msgspec.structs.replace(SETTINGS, invoice_within_hours=1.0, warn_at=(0.5,))
    bare = msgspec.structs.replace(SENT, bill_of_lading="")
    await rig.hear(shipment(shipment=bare))
    await rig.pass_time(29)
    assert "invoice_due" not in await rig.alerts()
    await rig.pass_time(2)
    assert "invoice_due" in await rig.alerts()
    await rig.pass_time(30)
    text = await rig.books.fetchval("select text from alert where kind = 'invoice_due'")
    assert "was due" in text and text.endswith("no ship notice about it has been accepted")
    await rig.hear(shipment(shipment=SENT))
    await rig.pass_time(30)
    assert await rig.documents("invoice") == [("live", "presumed", 1)] and await rig.alerts() == []
    [clock] = await rig.books.fetch("select breached_at - started_at as late, stopped_at, warned from invoice_clock")
    assert clock["late"] >= timedelta(hours=1) and clock["stopped_at"] and clock["warned"] == 1
    assert await rig.books.fetchval("select count(*) from invoicing") == 0, "nothing is left to look at"


async def test_an_invoice_that_nobody_has_taken_keeps_its_clock_running(rig: VendorRig) -> None:
    rig.settings = msgspec.structs.replace(SETTINGS, invoice_within_hours=1.0)
    await rig.hear(shipment(shipment=SENT))
    await rig.pass_time(2)
    await rig.work()
    rig.link.lose = ["request", "request"]
    await rig.pass_time(60)
    text = await rig.books.fetchval("select text from alert where kind = 'invoice_due' and resolved_at is null")
    assert "was due" in text and "invoice INV00000001 has not been taken" in text
    [(question, _)] = await rig.questions()
    await rig.decide(question, "done_by_hand")
    await rig.pass_time(6)
    assert "invoice_due" not in await rig.alerts()


async def test_what_is_switched_off_is_composed_and_told_but_not_sent(rig: VendorRig) -> None:
    rig.settings = msgspec.structs.replace(SETTINGS, notices=False)
    await rig.hear(shipment(shipment=SENT))
    await rig.work()
    assert rig.link.notices == []
    assert "notices is false" in await rig.books.fetchval("select text from alert where kind = 'ship_notice_held'")


async def test_cartons_without_a_number_get_one_of_ours_once_for_ever(rig: VendorRig) -> None:
    bare = msgspec.structs.replace(carton(1), sscc=None)
    await rig.hear(_of(bare))
    await rig.pass_time(20)
    told = rig.link.notices[0].cartons[0].sscc
    assert told.startswith("05012345") and fault("sscc", told) == ""
    await rig.hear(_of(bare))
    await rig.pass_time(5)
    assert len(rig.link.notices) == 1, "the same number, so nothing has changed"


async def test_a_code_is_given_once_and_a_crash_neither_repeats_nor_skips_one(rig: VendorRig) -> None:
    pool = Pool("5012345")
    with pytest.raises(RuntimeError):
        async with rig.database.transaction() as connection:
            await numbers.give(connection, pool, ["a", "b"], NOW)
            raise RuntimeError("killed before the commit")
    async with rig.database.transaction() as connection:
        first = await numbers.give(connection, pool, ["a"], NOW)
        again = await numbers.give(connection, pool, ["a", "b"], NOW)
    assert isinstance(first, Issued) and isinstance(again, Issued)
    given = [code.sscc for code in (*first.codes, *again.codes)]
    assert [int(code[8:17]) for code in given] == [0, 1]
    assert again.issued == 2


async def test_the_parcels_of_one_despatch_share_its_bill_of_lading_and_no_other_load_does(rig: VendorRig) -> None:
    both = (carton(1, held(quantity=4), tracking="1Z1"), carton(2, held(quantity=3), tracking="1Z2"))
    await rig.hear(part(*both, po="4Z32PABC", stage="packed", shipment=PARCELS))
    await rig.pass_time(20)
    assert [(one.bill_of_lading, len(one.cartons)) for one in rig.link.notices] == [("OAKHI00017343", 1)] * 2
    await rig.hear(part(carton(3, held(quantity=2), tracking="1Z3"), despatch="D2", po="4Z32PABC", stage="packed",
                        shipment=PARCELS))  # fmt: skip
    await rig.pass_time(20)
    assert len(rig.link.notices) == 2 and "ship_notice_held" in await rig.alerts()


async def test_two_loads_never_notice_more_than_was_acknowledged_together(rig: VendorRig) -> None:
    elsewhere = msgspec.structs.replace(SENT, reference="LOAD-2", bill_of_lading="OAKHI00017399")
    first = part(carton(1, held(quantity=6)), po="4Z32PABC", shipment=SENT)
    second = part(carton(2, held(quantity=6)), po="4Z32PABC", shipment=elsewhere, despatch="D2")
    await rig.hear(first, second)
    await rig.pass_time(20)
    assert len(rig.link.notices) == 1
    assert "only 10 acknowledged" in await rig.books.fetchval(
        "select text from alert where kind = 'ship_notice_held' and resolved_at is null"
    )


async def test_orders_come_out_of_the_books_as_they_were_acknowledged(rig: VendorRig) -> None:
    document = msgspec.to_builtins(msgspec.structs.replace(made.order(), lines=()))
    line = msgspec.to_builtins(made.order_line())
    answer = msgspec.to_builtins(made.answer(made.answer_line(made.accepted(6), made.rejected(4))))
    orders = AcknowledgedOrders(Agreed())
    async with rig.database.transaction() as connection:
        await connection.execute(
            "insert into purchase_order (channel_account, number, marketplace, transport, ordered_at, document,"
            " content_hash, heard_at, due_at, safe_at, escalations)"
            " values ('vendor-uk', $1, '', 'sp_api', $2, $3, '', $2, $2, $2, '{}')",
            made.NUMBER, NOW, document,
        )  # fmt: skip
        await connection.execute(
            "insert into purchase_order_line (channel_account, number, line, place, document, sku, unit)"
            " values ('vendor-uk', $1, '1', 1, $2, 'MUG', 1)",
            made.NUMBER, line,
        )  # fmt: skip
        before = await orders.of(connection, "vendor-uk", [made.NUMBER])
        await connection.execute(
            "insert into purchase_order_said (channel_account, number, sequence, version, decided_by,"
            " acknowledgement, state, sent_at) values ('vendor-uk', $1, 1, 1, 'rule', $2, 'presumed', $3),"
            " ('vendor-uk', $1, 2, 1, 'rule', '{}', 'refused', $3)",
            made.NUMBER, answer, NOW,
        )  # fmt: skip
        after = await orders.of(connection, "vendor-uk", [made.NUMBER])
    assert before[made.NUMBER].lines[0].accepted == 0
    found = after[made.NUMBER].lines[0]
    assert (found.accepted, found.sku, found.pack, found.cost) == (6, "MUG", 1, made.COST)
