"""Purchase orders, acknowledgements, ship notices and invoices at the simulated Amazon, through the link."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from daemon.links.amazon_vendor import VendorLink
from daemon.links.answer import Denied, Done, Refused, Throttled, Unavailable, Unknown
from handlers.order_window import Window
from schemas.purchase_order import PurchaseOrder, PurchaseOrderNumber
from simulators.amazon import Fault
from simulators.amazon.vendor import Vendor
from simulators.amazon.vendor_books import Change
from simulators.amazon.vendor_transactions import VendorPlan
from tests.controls import vendor as made
from tests.daemon.amazon_rig import Rig
from tests.daemon.amazon_rig import rig as amazon_rig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with amazon_rig(tmp_path) as rig:
        yield rig


@pytest.fixture
def link(rig: Rig) -> VendorLink:
    return VendorLink(rig.session, rig.account, rig.login, 2.0, made.ACCOUNT, patience=0.0)


@pytest.fixture
def vendor(rig: Rig) -> Vendor:
    return rig.seller.vendor


def placed(rig: Rig, number: str = made.NUMBER, hours: int = 1) -> PurchaseOrder:
    order = made.order(number=PurchaseOrderNumber(number), ordered_at=now(rig) - timedelta(hours=hours))
    return rig.seller.vendor.add_order(order).order


def now(rig: Rig) -> datetime:
    return rig.simulator.world.time.now()


def the_week(rig: Rig, token: str = "") -> Window:
    return Window(now(rig) - timedelta(days=6), now(rig) + timedelta(minutes=1), token)


async def test_a_purchase_order_is_read_in_our_words(rig: Rig, link: VendorLink) -> None:
    order = placed(rig)
    page = await link.purchase_orders(the_week(rig), "created")
    one = await link.purchase_order(order.number)
    assert isinstance(page, Done) and isinstance(one, Done)
    assert page.value.orders == (order,) and one.value == order


async def test_every_page_is_read_and_nothing_twice(rig: Rig, link: VendorLink) -> None:
    expected = {placed(rig, f"PO{n:06d}", hours=n % 90).number for n in range(230)}
    found, token, pages = list[str](), "", 0
    while pages == 0 or token:
        page = await link.purchase_orders(the_week(rig, token), "created")
        assert isinstance(page, Done)
        found += [order.number for order in page.value.orders]
        token, pages = page.value.next_token, pages + 1
    assert pages == 3 and len(found) == 230 and set(found) == expected


async def test_a_changed_order_is_found_by_its_change_and_one_that_never_changed_is_not(
    rig: Rig, link: VendorLink, vendor: Vendor
) -> None:
    placed(rig, "OLD00001")
    order = placed(rig)
    vendor.change_order(order.number, Change(quantities={made.FIRST: 4}), now(rig))
    page = await link.purchase_orders(the_week(rig), "changed")
    assert isinstance(page, Done)
    assert [(one.number, one.lines[0].ordered.amount) for one in page.value.orders] == [(order.number, 4)]


@pytest.mark.parametrize("days", [8, -1])
async def test_a_window_that_amazon_would_refuse_is_never_asked_for(rig: Rig, link: VendorLink, days: int) -> None:
    window = Window(now(rig), now(rig) + timedelta(days=days))
    with pytest.raises(ValueError, match="7 days"):
        await link.purchase_orders(window, "created")
    with pytest.raises(ValueError, match="7 days"):
        await link.statuses(window, "changed")


async def test_an_order_that_is_not_known_is_refused_by_that_name(link: VendorLink) -> None:
    answer = await link.purchase_order(PurchaseOrderNumber("NOBODY00"))
    assert isinstance(answer, Refused) and answer.code == "order_not_found"


async def test_an_acknowledgement_is_taken_and_only_the_status_shows_that_it_landed(
    rig: Rig, link: VendorLink, vendor: Vendor
) -> None:
    vendor.transactions.plan = VendorPlan(status_lag=(1800, 1800))
    order = placed(rig)
    parts = (made.accepted(6), made.rejected(4))
    taken = await link.acknowledge(made.answer(made.answer_line(*parts), number=order.number))
    assert isinstance(taken, Done)
    told = await link.transaction(taken.value)
    assert isinstance(told, Done) and told.value.standing == "processing"
    before = await link.status(order.number)
    assert isinstance(before, Done) and before.value is not None and before.value.lines[0].standing == "unconfirmed"
    vendor.orders[order.number].shown[-1] = msgspec.structs.replace(
        vendor.orders[order.number].shown[-1], visible_at=now(rig)
    )
    after = await link.status(order.number)
    assert isinstance(after, Done) and after.value is not None
    line = after.value.lines[0]
    assert (line.standing, line.accepted, line.rejected) == ("part_accepted", 6, 4)


async def test_a_failure_is_told_with_its_reason_or_with_none(rig: Rig, link: VendorLink, vendor: Vendor) -> None:
    taken = await link.acknowledge(made.answer(number=PurchaseOrderNumber("NOBODY00")))
    vendor.transactions.plan = VendorPlan(untold=1.0)
    silent = await link.acknowledge(made.answer(number=PurchaseOrderNumber("NOBODY00")))
    assert isinstance(taken, Done) and isinstance(silent, Done)
    told, untold = await link.transaction(taken.value), await link.transaction(silent.value)
    assert isinstance(told, Done) and isinstance(untold, Done)
    assert (told.value.standing, told.value.reasons[0].code, told.value.is_explained) == (
        "failure", "INVALID_ORDER_ID", True,
    )  # fmt: skip
    assert (untold.value.standing, untold.value.is_explained) == ("failure", False)


async def test_statuses_are_read_by_their_update(rig: Rig, link: VendorLink) -> None:
    order = placed(rig, hours=100)
    assert isinstance(await link.acknowledge(made.answer(number=order.number)), Done)
    page = await link.statuses(Window(now(rig) - timedelta(hours=1), now(rig) + timedelta(hours=1)), "changed")
    assert isinstance(page, Done)
    assert [(one.number, one.open, one.lines[0].accepted) for one in page.value.statuses] == [
        (order.number, True, 10)
    ]


async def test_of_an_order_that_amazon_shows_nothing_of_there_is_no_status(link: VendorLink) -> None:
    assert await link.status(PurchaseOrderNumber("NOBODY00")) == Done(None, "simulated-00000001", 10.0)


async def test_from_the_order_to_the_invoice(rig: Rig, link: VendorLink, vendor: Vendor) -> None:
    order = placed(rig)
    assert isinstance(await link.acknowledge(made.answer(number=order.number)), Done)
    notice = made.notice(noticed_at=now(rig), shipped_at=now(rig) - timedelta(minutes=5), deliver_at=now(rig))
    told = await link.notify_shipment(notice)
    billed = await link.invoice(made.invoice(issued_at=now(rig)))
    assert isinstance(told, Done) and isinstance(billed, Done)
    assert [document.faults for document in vendor.documents] == [(), (), ()]
    ends = [await link.transaction(one.value) for one in (told, billed)]
    assert [isinstance(end, Done) and end.value.standing for end in ends] == ["success", "processing"]


async def test_an_answer_that_is_lost_leaves_it_unknown_although_it_took_effect(
    rig: Rig, link: VendorLink, vendor: Vendor
) -> None:
    order = placed(rig)
    rig.simulator.faults.script(Fault(kind="cut_answer", operation="submitAcknowledgement", subject=order.number))
    assert isinstance(await link.acknowledge(made.answer(number=order.number)), Unknown)
    found = await link.status(order.number)
    assert isinstance(found, Done) and found.value is not None and found.value.lines[0].accepted == 10
    assert vendor.documents[0].took_effect


async def sent(rig: Rig, link: VendorLink, kind: str) -> object:
    """One document of a kind, after those that come before it."""
    if kind == "submitAcknowledgement":
        return await link.acknowledge(made.answer())
    if kind == "SubmitShipmentConfirmations":
        shipped = now(rig) - timedelta(minutes=5)
        return await link.notify_shipment(made.notice(noticed_at=now(rig), shipped_at=shipped, deliver_at=now(rig)))
    return await link.invoice(made.invoice(issued_at=now(rig)))


SUBMISSIONS = ("submitAcknowledgement", "SubmitShipmentConfirmations", "submitInvoices")


@pytest.mark.parametrize("operation", SUBMISSIONS)
@pytest.mark.parametrize(
    ("fault", "answer", "takes_effect"),
    [
        (Fault(kind="cut_answer"), Unknown, True),
        (Fault(kind="error_after", status=503), Unknown, True),
        (Fault(kind="error_before", status=500), Unknown, False),
        (Fault(kind="reset"), Unknown, False),
        (Fault(kind="throttle"), Throttled, False),
        (Fault(kind="denied", times=2), Denied, False),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
async def test_whatever_goes_wrong_with_a_submission_nothing_is_claimed_of_it(
    rig: Rig, link: VendorLink, vendor: Vendor, operation: str, fault: Fault, answer: type, takes_effect: bool
) -> None:
    placed(rig)
    before = SUBMISSIONS[: SUBMISSIONS.index(operation)]
    for kind in before:
        assert isinstance(await sent(rig, link, kind), Done)
    rig.simulator.faults.script(msgspec.structs.replace(fault, operation=operation))
    assert isinstance(await sent(rig, link, operation), answer)
    effects = [document.took_effect for document in vendor.documents]
    assert effects == [True] * (len(before) + takes_effect)


async def test_what_takes_effect_after_we_stopped_waiting_is_unknown_until_it_is_read(
    rig: Rig, link: VendorLink, vendor: Vendor
) -> None:
    order = placed(rig)
    rig.simulator.faults.script(Fault(kind="late_effect", operation="submitAcknowledgement", seconds=0.05))
    assert isinstance(await link.acknowledge(made.answer()), Unknown)
    for _ in range(1000):
        if vendor.documents:
            break
        await asyncio.sleep(0.005)
    found = await link.status(order.number)
    assert isinstance(found, Done) and found.value is not None and found.value.lines[0].accepted == 10


async def test_a_breakdown_of_a_read_is_unavailable(rig: Rig, link: VendorLink) -> None:
    rig.simulator.faults.script(Fault(kind="error_before", operation="getPurchaseOrders", status=503))
    assert isinstance(await link.purchase_orders(the_week(rig), "created"), Unavailable)


async def test_an_order_that_cannot_be_read_hides_no_other(rig: Rig, link: VendorLink, vendor: Vendor) -> None:
    fine, odd = placed(rig), placed(rig, "ODD00001")
    negative = made.order_line(ordered=made.each(-3))
    vendor.orders[odd.number].order = msgspec.structs.replace(odd, lines=(negative,))
    page = await link.purchase_orders(the_week(rig), "created")
    alone = await link.purchase_order(odd.number)
    assert isinstance(page, Done) and [order.number for order in page.value.orders] == [fine.number]
    assert [(one.number, one.reason) for one in page.value.refused] == [
        ("ODD00001", "line 1 has the quantity -3, which nobody can believe")
    ]
    assert isinstance(alone, Unavailable) and "line 1 has the quantity -3" in alone.reason


async def test_beyond_ten_at_once_it_is_throttled(rig: Rig, link: VendorLink) -> None:
    order = placed(rig)
    answers = [await link.acknowledge(made.answer(number=order.number)) for _ in range(14)]
    assert any(isinstance(answer, Throttled) for answer in answers)
    assert all(isinstance(answer, Done) for answer in answers[:10])
