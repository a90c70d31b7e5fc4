"""What can become of a purchase order, from its placing to its invoice, the same by every transport.

Each journey asserts what it is about. What all of them have in common is judged by `seen`: what the retailer was
told, as the retailer read it, what our books say, and what would be charged.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import msgspec

from daemon import answered_by_hand
from schemas.amazon_vendor_shipments import to_amazon
from schemas.purchase_order import (
    Acknowledgement,
    CountedIn,
    LineAcknowledgement,
    LineAnswer,
    Party,
    PoLineNumber,
    PurchaseOrderLine,
)
from simulators.amazon.vendor import Arrived, Delivery
from simulators.amazon.vendor_books import Change
from simulators.amazon.vendor_chargebacks import by_kind
from simulators.amazon.vendor_notices import SimulatedNotice
from simulators.edi_partner import EdiPlan
from tests.controls.vendor import notice as plain_notice
from tests.journeys.vendors.goods import OTHER, PO, WINDOW, box, despatch, line, load, order, sent
from tests.journeys.vendors.house import ORDERED, ByEdi, House

Journey = Callable[[House], Awaitable[None]]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """How a journey ended, on both sides."""

    acknowledged: dict[str, dict[str, tuple[int, int, int]]]
    """Accepted, on back order, rejected; by order and line, as the retailer read it."""
    noticed: dict[str, int]
    """Units that ship notices told of, by order and line."""
    invoiced: dict[str, int]
    """Units invoiced and not credited."""
    owed: Decimal
    """What the retailer owes us, with tax."""
    chargebacks: dict[str, int]
    states: dict[str, str]
    held: dict[str, int]
    documents: dict[str, int]
    """Ours that the retailer took, by kind."""


async def seen(house: House) -> Seen:
    numbers = sorted(house.vendor.orders)
    rows = await house.fetch(
        "select number, state from purchase_order where channel_account = $1 order by number", house.account
    )
    taken = Counter[str](one.kind for one in house.vendor.documents if one.took_effect)
    invoiced, owed = Counter[str](), Decimal(0)
    for one in house.vendor.invoices.values():
        sign = 1 if one.invoice_type == "Invoice" else -1
        owed += sign * (one.invoice_total.amount or Decimal(0))
        for item in one.items:
            invoiced[f"{item.purchase_order_number}/{item.item_sequence_number}"] += sign * int(
                item.invoiced_quantity.amount
            )
    return Seen(
        acknowledged={number: house.their_answer(number) for number in numbers},
        noticed={"/".join(key): units for key, units in sorted(house.vendor.notices.shipped.items()) if units},
        invoiced={key: units for key, units in sorted(invoiced.items()) if units}, owed=owed,
        chargebacks=by_kind(house.vendor.chargebacks), states=dict(rows), held=await house.held(),
        documents={"acknowledgement": min(taken["acknowledgement"], 1), "notice": taken["notice"]},
    )  # fmt: skip


async def arrives(house: House, shipment: str, *contents: tuple[str, str, int]) -> None:
    """The load is at the fulfilment centre, with what it really carries."""
    named = house.vendor.notices.by_shipment
    assert shipment in named, f"{shipment} was told of by nobody; {sorted(named)} were"
    departed = named[shipment].said.shipped_date or house.now
    goods = tuple(Arrived(*one) for one in contents)
    house.deliver(
        Delivery(shipment=shipment, departed_at=max(departed, house.now - timedelta(hours=1)), contents=goods)
    )
    await house.wait(1)


async def ends(house: House) -> None:
    """The window is over: whatever is to be charged is charged."""
    due = max(order.due_end for order in house.vendor.orders.values() if order.due_end)
    house.vendor.settle(due + timedelta(days=2))


def shipments(house: House) -> list[str]:
    return list(house.vendor.notices.by_shipment)


async def supplied(house: House, *held: tuple[str, int, str], told: tuple[str, str, int] | None = None) -> None:
    """One load with everything, and its invoice; `told`: what arrives, in the order's units."""
    await sent(house, [box(house, 1, *held)])
    [name] = shipments(house)
    eaches = tuple((str(PO), reference, amount) for _, amount, reference in held)
    await arrives(house, name, *((told,) if told else eaches))


async def full_fill(house: House) -> None:
    """All that is ordered is there."""
    await house.stock(MUG=40)
    await house.place(order(house))
    await house.wait(20)
    assert await house.our_answer(PO) == house.their_answer(PO) == {"1": (24, 0, 0)}
    assert await house.held() == {"MUG": 24}
    await supplied(house, ("MUG", 24, "1"))


async def short(house: House) -> None:
    """Nothing is there; nobody decides, and shortly before its time is over the policy says so."""
    await house.place(order(house))
    await house.wait(60)
    assert house.vendor.orders[PO].acknowledged_by == "" and await house.held() == {}
    await house.wait(21 * 60 + 50, 20)
    assert await house.our_answer(PO) == {"1": (0, 0, 24)}


async def part(house: House) -> None:
    """Ten of twenty-four are there, and the account manager has them sent."""
    await house.stock(MUG=10)
    await house.place(order(house))
    assert house.vendor.orders[PO].acknowledged_by == ""
    await house.decide("answer_now")
    await house.wait(20)
    assert await house.our_answer(PO) == {"1": (10, 0, 14)} and await house.held() == {"MUG": 10}
    await supplied(house, ("MUG", 10, "1"))


async def back_order(house: House) -> None:
    """The rest is promised for later, and accepted by itself when it has come."""
    await house.stock(MUG=10)
    await house.place(order(house, line(backorder=True)))
    await house.decide("answer_now")
    await house.wait(20)
    assert await house.our_answer(PO) == {"1": (10, 14, 0)}
    await house.stock(MUG=40)
    await house.wait(20, 20)
    assert await house.our_answer(PO) == house.their_answer(PO) == {"1": (24, 0, 0)}
    await supplied(house, ("MUG", 24, "1"))


async def case_and_each(house: House) -> None:
    """Cases of six and single pieces in one order: eaches inside, the order's own unit in every document."""
    await house.stock(MUG=40, CUP=30)
    await house.place(order(house, line(), line("2", 4, "CUP", case=6)))
    await house.wait(20)
    assert await house.our_answer(PO) == {"1": (24, 0, 0), "2": (4, 0, 0)}
    assert await house.held() == {"MUG": 24, "CUP": 24}
    await sent(house, [box(house, 1, ("MUG", 24, "1")), box(house, 2, ("CUP", 24, "2"))])
    [name] = shipments(house)
    await arrives(house, name, (PO, "1", 24), (PO, "2", 4))


async def misaligned_pack(house: House) -> None:
    """Ten eaches of what is packed in sixes wait for a person, who has whole packs sent."""
    await house.stock(CUP=30)
    await house.place(order(house, line("1", 10, "CUP")))
    await house.wait(60)
    assert house.vendor.orders[PO].acknowledged_by == "", "nothing is rounded in silence"
    await house.decide("answer_now")
    await house.wait(20)
    assert await house.our_answer(PO) == {"1": (6, 0, 4)}
    await supplied(house, ("CUP", 6, "1"))


async def cost_mismatch(house: House) -> None:
    """One line dearer than agreed, one cheaper: ours is acknowledged and invoiced, and nothing below it accepted."""
    await house.stock(MUG=40, JUG=40)
    await house.place(order(house, line(cost="2.75"), line("2", sku="JUG", cost="2.00")))
    await house.wait(60)
    assert house.vendor.orders[PO].acknowledged_by == ""
    await house.wait(21 * 60 + 50, 20)
    assert await house.our_answer(PO) == {"1": (24, 0, 0), "2": (0, 0, 24)}
    cost = house.vendor.orders[PO].books[PoLineNumber("1")].cost
    assert cost is not None and cost.amount == Decimal("2.50")
    await supplied(house, ("MUG", 24, "1"))


async def unknown_item(house: House) -> None:
    """An item that nobody knows is rejected; the others go."""
    await house.stock(MUG=40)
    await house.place(order(house, line(), line("2", sku="WHAT")))
    await house.wait(60)
    assert house.vendor.orders[PO].acknowledged_by == ""
    await house.decide("answer_now")
    await house.wait(20)
    assert await house.our_answer(PO) == {"1": (24, 0, 0), "2": (0, 0, 24)}
    await supplied(house, ("MUG", 24, "1"))


async def late_change(house: House) -> None:
    """After it was acknowledged the retailer wants half of it, and later."""
    await house.stock(MUG=40)
    await house.place(order(house))
    await house.wait(20)
    later = msgspec.structs.replace(WINDOW, start=WINDOW.start + timedelta(days=1))
    await house.change(PO, Change(quantities={PoLineNumber("1"): 12}, delivery_window=later))
    await house.wait(20)
    assert await house.our_answer(PO) == house.their_answer(PO) == {"1": (12, 0, 0)}
    assert await house.held() == {"MUG": 12}
    await supplied(house, ("MUG", 12, "1"))


async def cancelled_line(house: House) -> None:
    """After it was acknowledged the retailer cancels a line of two; by EDI in a change of that line alone."""
    if isinstance(house.exchange, ByEdi):
        house.exchange.partner.behave(EdiPlan(changes_as="change"))
    await house.stock(MUG=40, JUG=40)
    await house.place(order(house, line(), line("2", sku="JUG")))
    await house.wait(20)
    assert await house.held() == {"MUG": 24, "JUG": 24}
    await house.change(PO, Change(cancelled=(PoLineNumber("2"),)))
    await house.wait(20)
    assert house.their_answer(PO) == {"1": (24, 0, 0)} and await house.held() == {"MUG": 24}
    await supplied(house, ("MUG", 24, "1"))


async def split_despatch(house: House) -> None:
    """Ten go today and fourteen later: two notices, two invoices."""
    await house.stock(MUG=40)
    await house.place(order(house))
    await house.wait(20)
    await sent(house, [box(house, 1, ("MUG", 10, "1"))])
    first = shipments(house)[0]
    await arrives(house, first, (PO, "1", 10))
    other = load(house, "LOAD-2", 2)
    await sent(house, [box(house, 2, ("MUG", 14, "1"), pallet=91)], shipment=other, name="D2")
    [second] = [name for name in shipments(house) if name != first]
    await arrives(house, second, (PO, "1", 14))
    assert len(house.vendor.invoices) == 2


async def mixed_pallet(house: House) -> None:
    """Two orders on one pallet, and one carton with goods of both: one notice, an invoice for each."""
    await house.stock(MUG=60, JUG=60)
    await house.place(order(house), order(house, line(sku="JUG"), number=OTHER))
    await house.wait(20)
    truck = load(house, carton_count=3, pallet_count=1)
    parts = [
        (PO, "D1", [box(house, 1, ("MUG", 20, "1")), box(house, 3, ("MUG", 4, "1"))]),
        (OTHER, "D2", [box(house, 2, ("JUG", 18, "1")), box(house, 3, ("JUG", 6, "1"))]),
    ]
    packed = [despatch(house, *boxes, shipment=truck, name=name, number=number) for number, name, boxes in parts]
    await house.hear(*packed)
    await house.wait(20, 41)
    gone = [
        msgspec.structs.replace(
            one, stage="completed", data=msgspec.structs.replace(one.data, despatched_at=house.now)
        )
        for one in packed
    ]  # fmt: skip
    await house.hear(*gone)
    await house.wait(20, 20)
    [name] = shipments(house)
    notice = house.vendor.notices.by_shipment[name].said
    assert (len(notice.cartons), len(notice.pallets)) == (3, 1)
    await arrives(house, name, (PO, "1", 24), (OTHER, "1", 24))
    assert len(house.vendor.invoices) == 2


async def rejected_and_replaced_notice(house: House) -> None:
    """The retailer refuses a notice; corrected it is taken, and replaced when less has left than was packed."""
    await house.stock(MUG=40)
    await house.place(order(house))
    await house.wait(20)
    house.vendor.notices.used[box(house, 1).sscc or ""] = "ANOTHER"
    house.vendor.notices.by_shipment["ANOTHER"] = _another(house)
    await house.hear(
        despatch(house, box(house, 1, ("MUG", 14, "1")), box(house, 2, ("MUG", 10, "1")), shipment=load(house))
    )
    await house.wait(20)
    assert house.refused() == ["DUPLICATE_SSCC"] and "ship_notice_refused" in await house.alerts()
    del house.vendor.notices.by_shipment["ANOTHER"], house.vendor.notices.used[box(house, 1).sscc or ""]
    boxes = [box(house, 4, ("MUG", 14, "1")), box(house, 2, ("MUG", 10, "1"))]
    truck = load(house)
    await house.hear(despatch(house, *boxes, shipment=truck))
    await house.wait(20, 20)
    [name] = shipments(house)
    assert house.vendor.notices.by_shipment[name].contents == {(PO, "1"): 24}
    fewer = [box(house, 4, ("MUG", 14, "1")), box(house, 2, ("MUG", 8, "1"))]
    await house.hear(despatch(house, *fewer, shipment=truck, stage="completed", at=house.now))
    await house.wait(20, 20)
    assert house.vendor.notices.by_shipment[name].contents == {(PO, "1"): 22}
    assert house.vendor.notices.by_shipment[name].said.shipment_confirmation_type == "Replace"
    await arrives(house, name, (PO, "1", 22))
    await sent(house, [box(house, 5, ("MUG", 2, "1"), pallet=91)], shipment=load(house, "LOAD-2", 2), name="D2")
    [second] = [one for one in shipments(house) if one != name]
    await arrives(house, second, (PO, "1", 2))
    assert "ship_notice_refused" not in await house.alerts()


def _another(house: House) -> SimulatedNotice:
    """A shipment of ours that the retailer remembers and we do not: an SSCC that was used before."""
    return SimulatedNotice(to_amazon(plain_notice()), house.now, {})


async def credit_note(house: House) -> None:
    """Four that were invoiced are taken off the lorry and follow with the next: credited and invoiced anew, or, where
    there are no credit notes (X12), evened out."""
    await house.stock(MUG=40)
    await house.place(order(house))
    await house.wait(20)
    boxes = [box(house, 1, ("MUG", 20, "1")), box(house, 2, ("MUG", 4, "1"))]
    truck = load(house)
    await sent(house, boxes, shipment=truck)
    assert len(house.vendor.invoices) == 1
    await house.hear(despatch(house, boxes[0], shipment=truck, stage="completed", at=house.now - timedelta(hours=1)))
    await house.wait(20, 20)
    [name] = shipments(house)
    assert house.vendor.notices.by_shipment[name].contents == {(PO, "1"): 20}
    kinds = [one.invoice_type for one in house.vendor.invoices.values()]
    assert kinds == (["Invoice"] if house.transport == "x12" else ["Invoice", "CreditNote"])
    await arrives(house, name, (PO, "1", 20))
    await sent(house, [box(house, 3, ("MUG", 4, "1"), pallet=91)], shipment=load(house, "LOAD-2", 2), name="D2")
    [second] = [one for one in shipments(house) if one != name]
    await arrives(house, second, (PO, "1", 4))


async def acknowledged_by_hand(house: House) -> None:
    """Somebody answers in the retailer's pages: by the API that is found by reading, by EDI a person tells us."""
    await house.stock(MUG=10)
    await house.place(order(house))
    assert house.vendor.acknowledge_by_hand(_by_hand(house, 10, 14), house.now) == ()
    await house.wait(20)
    if isinstance(house.exchange, ByEdi):
        await house.decide("by_hand")
        async with house.database.transaction() as connection:
            key = (house.account, PO)
            assert await answered_by_hand.told(connection, key, {PoLineNumber("1"): 10}, "Ruth", house.now, {})
    await house.wait(60)
    assert await house.our_answer(PO) == house.their_answer(PO) == {"1": (10, 0, 14)}
    by = [one.by for one in house.vendor.documents if one.kind == "acknowledgement"]
    assert by == ["portal"], "nothing is sent over it"
    await supplied(house, ("MUG", 10, "1"))


def _by_hand(house: House, accepted: int, rejected: int) -> Acknowledgement:
    wanted = house.vendor.orders[PO].order.lines[0]
    parts = (
        LineAnswer(code="accepted", quantity=_counted(wanted, accepted), deliver_at=WINDOW.start),
        LineAnswer(code="rejected", quantity=_counted(wanted, rejected), reason="temporarily_unavailable"),
    )
    told = LineAcknowledgement(
        number=wanted.number, identifiers=wanted.identifiers, ordered=wanted.ordered, net_cost=wanted.net_cost,
        answers=parts,
    )  # fmt: skip
    return Acknowledgement(
        number=PO, vendor=Party(party_id="ACME1"), ordered_at=ORDERED, acknowledged_at=house.now, lines=(told,)
    )


def _counted(wanted: PurchaseOrderLine, amount: int) -> CountedIn:
    return msgspec.structs.replace(wanted.ordered, amount=amount)


JOURNEYS: dict[str, Journey] = {
    one.__name__: one
    for one in (
        full_fill, short, part, back_order, case_and_each, misaligned_pack, cost_mismatch, unknown_item, late_change,
        cancelled_line, split_despatch, mixed_pallet, rejected_and_replaced_notice, credit_note, acknowledged_by_hand,
    )
}  # fmt: skip
