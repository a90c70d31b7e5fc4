"""What holds at the simulated vendor side whatever is sent to it, and in whatever order."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.amazon_vendor_acknowledgements import write_acknowledgement
from schemas.amazon_vendor_invoices import write_invoice
from schemas.amazon_vendor_shipments import write_notice
from schemas.purchase_order import LineAnswer
from schemas.ship_notice import Carton, Pallet, ShipNotice
from simulators.amazon import vendor_queries as queries
from simulators.amazon.vendor import Vendor
from simulators.amazon.vendor_books import Change
from tests.controls import vendor as made
from tests.simulators.vendor_desk import NOW, acknowledge, invoice, notify

ODD: st.SearchStrategy[object] = st.sampled_from(
    [
        None,
        "",
        "x",
        "-1",
        -1,
        0,
        10**12,
        0.5,
        True,
        [],
        {},
        "NaN",
        "1e999",
        "2026-03-02T09:00:00",
        "2026-03-02",
        "A" * 300,
    ]
)
WEEK = {"createdAfter": "2026-03-01T00:00:00Z", "createdBefore": "2026-03-07T00:00:00Z"}


def places(told: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document."""
    steps = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for step, inner in steps:
        yield (*way, step)
        yield from places(inner, (*way, step))


def spoilt(draw: st.DrawFn, body: bytes) -> bytes:
    """With something odd in one place, or with nothing there."""
    told: Any = json.loads(body)
    *way, last = draw(st.sampled_from(sorted(places(told), key=str)))
    inner = told
    for step in way:
        inner = inner[step]
    if draw(st.booleans()):
        inner[last] = draw(ODD)
    else:
        del inner[last]
    return json.dumps(told).encode()


@st.composite
def spoilt_documents(draw: st.DrawFn) -> tuple[str, bytes]:
    kind = draw(st.sampled_from(["acknowledge", "confirm_shipments", "submit_invoices"]))
    body = {
        "acknowledge": write_acknowledgement(made.answer()),
        "confirm_shipments": write_notice(made.notice()),
        "submit_invoices": write_invoice(made.invoice()),
    }[kind]
    return kind, spoilt(draw, body)


def answered() -> Vendor:
    vendor = Vendor()
    vendor.add_order(made.order())
    acknowledge(vendor, made.answer())
    notify(vendor, first_notice())
    return vendor


def first_notice() -> ShipNotice:
    carton = Carton(number=1, sscc=made.sscc(77), items=(made.packed(4),))
    pallet = Pallet(sscc=made.sscc(78), cartons=(1,))
    return made.notice(carton, shipment="SHIP-0000", pallets=(pallet,), bill_of_lading="ACME100000000")


@settings(max_examples=250, deadline=None)
@given(spoilt_documents())
def test_a_document_that_is_spoilt_anywhere_is_refused_or_taken_and_breaks_nothing(said: tuple[str, bytes]) -> None:
    kind, body = said
    vendor = answered()
    reply = getattr(vendor, kind)(body, NOW)
    assert reply.status in (202, 400)
    assert holds(vendor)


def holds(vendor: Vendor) -> bool:
    """No line is answered beyond what is ordered, and none is invoiced beyond what was shipped."""
    for order in vendor.orders.values():
        for line in order.order.lines:
            book, key = order.books[line.number], (order.number, line.number)
            assert min(book.accepted, book.backordered, book.rejected) >= 0
            assert book.answered <= line.ordered.amount
            assert 0 <= vendor.invoiced[key] <= vendor.notices.shipped[key]
    assert queries.find_statuses(vendor.orders.values(), WEEK, NOW + timedelta(days=1)).status == 200
    return True


@st.composite
def answers(draw: st.DrawFn) -> tuple[LineAnswer, ...]:
    makers = (made.accepted, made.backordered, made.rejected)
    parts = draw(st.lists(st.tuples(st.sampled_from(makers), st.integers(1, 8)), min_size=1, max_size=3))
    return tuple(maker(amount) for maker, amount in parts)


STEPS = st.lists(
    st.tuples(st.just("answer"), answers())
    | st.tuples(st.just("resize"), st.integers(0, 15))
    | st.tuples(st.just("ship"), st.integers(1, 9))
    | st.tuples(st.just("bill"), st.integers(1, 9)),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_no_order_of_answers_changes_notices_and_invoices_promises_or_bills_too_much(
    steps: list[tuple[str, Any]],
) -> None:
    vendor = Vendor()
    vendor.add_order(made.order())
    rejected = 0
    for place, (kind, what) in enumerate(steps, start=1):
        at = NOW + timedelta(minutes=place)
        book = vendor.orders[made.NUMBER].books[made.FIRST]
        promised, rejected = book.promised, book.rejected
        if kind == "answer":
            acknowledge(vendor, made.answer(made.answer_line(*what)), at)
            assert not rejected or book.promised <= max(promised, vendor_ordered(vendor) - rejected)
        elif kind == "resize":
            vendor.change_order(made.NUMBER, Change(quantities={made.FIRST: what}), at)
        elif kind == "ship":
            ship(vendor, what, place)
            told = vendor.documents[-1]
            assert not told.took_effect or vendor.notices.shipped[made.NUMBER, made.FIRST] <= book.promised
        else:
            invoice(vendor, made.invoice(made.invoice_line(what), number=f"INV-{place}"), at)
        assert holds(vendor)


def vendor_ordered(vendor: Vendor) -> int:
    return vendor.orders[made.NUMBER].order.lines[0].ordered.amount


def ship(vendor: Vendor, amount: int, place: int) -> None:
    carton = Carton(number=1, sscc=made.sscc(place), items=(made.packed(amount),))
    pallets = (Pallet(sscc=made.sscc(100 + place), cartons=(1,)),)
    told = made.notice(carton, shipment=f"SHIP-{place}", pallets=pallets, bill_of_lading=f"ACME1000000{place:02d}")
    notify(vendor, told, NOW + timedelta(minutes=place))
