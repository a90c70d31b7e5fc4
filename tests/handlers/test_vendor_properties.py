"""Whatever happens to orders, despatches and answers: no invoice above what has left, no notice without a field.

A small world goes through random events. After each, the handlers are asked what they would send, as the daemon asks
them, and what they send is held against rules that are written here a second time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from hypothesis import event, given, settings
from hypothesis import strategies as st

from handlers.gs1 import check_digit
from handlers.invoice_rules import lacks as invoice_lacks
from handlers.invoicing import Agreed, Billed, LineFacts, drafts, invoice_of
from handlers.ship_loads import Part, load_keys, load_of
from handlers.ship_notice_rules import Terms, lacks
from handlers.ship_notice_sending import Send, Told, judge
from handlers.ship_notices import Known, LineKey, compose, freight_of, quantities
from handlers.vendor_goods import MARKETS, OrderToShip
from schemas.despatch import Shipment
from schemas.invoice import Invoice
from schemas.purchase_order import Cost
from schemas.ship_notice import ShipNotice
from tests.controls.invoices import AGREED
from tests.handlers.vendor_loads import (
    DALLAS,
    FREIGHT,
    FROM,
    HOUR,
    LEEDS,
    NOW,
    PARCELS,
    carton,
    held,
    line,
    order,
    part,
)

POS = ("4Z32PABC", "7QX11DEF")


@dataclass
class World:
    orders: dict[str, OrderToShip]
    parts: dict[str, Part] = field(default_factory=dict[str, Part])
    keys: set[str] = field(default_factory=set[str])
    told: dict[str, Told] = field(default_factory=dict[str, Told])
    accepted: dict[str, ShipNotice] = field(default_factory=dict[str, ShipNotice])
    invoices: list[Invoice] = field(default_factory=list[Invoice])
    now: datetime = NOW

    def noticed(self, notices: dict[str, ShipNotice], but: str = "") -> dict[LineKey, int]:
        sums: dict[LineKey, int] = {}
        for key, notice in notices.items():
            for where, amount in quantities(notice.cartons, notice.pallets).items():
                sums[where] = sums.get(where, 0) + (amount if key != but else 0)
        return sums

    def despatched(self, po: str, number: str) -> int:
        """Eaches that have left and not come back, counted anew from the events."""
        return sum(
            int(held.quantity)
            for one in self.parts.values()
            if one.stage == "completed" and one.order == po
            for parcel in one.data.parcels
            for held in parcel.lines
            if held.line_reference == number
        )

    def invoiced(self, po: str, number: str) -> int:
        return sum(
            (1 if invoice.kind == "invoice" else -1) * one.quantity.amount
            for invoice in self.invoices
            for one in invoice.lines
            if (one.purchase_order, one.line) == (po, number)
        )

    def billed(self, po: str, number: str) -> tuple[Billed, ...]:
        found: dict[str, Billed] = {}
        for invoice in self.invoices:
            name, sign = (invoice.number, 1) if invoice.kind == "invoice" else (invoice.credits, -1)
            for one in invoice.lines:
                if (one.purchase_order, one.line) == (po, number):
                    before = found.get(name, Billed(name, 0, one.net_cost))
                    found[name] = Billed(name, before.amount + sign * one.quantity.amount, before.cost)
        return tuple(found.values())


def notice_all(world: World) -> Iterator[tuple[str, ShipNotice]]:
    """What the loads of the world send now."""
    for key in sorted(world.keys):
        load = load_of(key, [one for one in world.parts.values() if key in load_keys(one.data)])
        others = {name: told.notice for name, told in world.told.items()}
        around = Known(
            orders=world.orders,  # type: ignore[arg-type]
            ship_from=FROM,
            noticed=world.noticed(others, but=key),
        )
        made = compose(load, around, f"S-{key}", world.now)
        found = list(made.lacks)
        market = MARKETS.get(next(iter(world.orders.values())).ship_to.country)  # type: ignore[union-attr]
        if made.notice is not None:
            freight = freight_of(load.header, [world.orders[po] for po in load.orders if po in world.orders])
            found += lacks(made.notice, Terms(transport="sp_api", freight=freight, dated=made.dated))
        verdict = judge(load, made.notice, tuple(found), world.told.get(key), market, world.now)
        if isinstance(verdict, Send):
            first = world.told[key].first_at if key in world.told else world.now
            world.told[key] = Told(verdict.notice, first)
            yield key, verdict.notice


def check_notice(world: World, notice: ShipNotice, before: ShipNotice | None) -> None:
    """The rules once more, in other words than the table's."""
    american = notice.ship_to.country == "US"
    freight = notice.mode != "small_parcel"
    assert notice.shipment and notice.vendor.party_id and notice.ship_to.party_id and notice.ship_from.postcode
    assert notice.shipped_at is not None and notice.shipped_at <= world.now and notice.deliver_at is not None
    assert len(re.findall(r"\d", notice.bill_of_lading)) >= 8 or (american and not freight)
    assert not american or (notice.carrier_scac and notice.gross_weight and (notice.pro_number or not freight))
    assert notice.cartons
    for box in notice.cartons:
        assert len(box.sscc) == 18 and check_digit(box.sscc[:-1]) == box.sscc[-1]
        assert box.items and all(item.quantity.amount > 0 and item.identifiers for item in box.items)
        assert freight or box.tracking_number
        assert len({item.purchase_order for item in box.items}) <= 5
    told = quantities(notice.cartons, notice.pallets)
    everything = world.noticed({key: one.notice for key, one in world.told.items()})
    for (po, number), amount in told.items():
        known = world.orders[po].line(number)
        assert known is not None and everything[po, number] <= known.accepted
        assert all(one.quantity.unit == known.unit.unit for box in notice.cartons for one in box.items if one.line == number and one.purchase_order == po)  # fmt: skip  # noqa: E501
        if before is not None:
            assert amount <= quantities(before.cartons, before.pallets).get((po, number), 0)
    assert (notice.kind == "replace") == (before is not None)


def bill_all(world: World) -> None:
    """Invoice and credit what is due; each document is checked once more and counts at once."""
    for po, one in world.orders.items():
        facts = {
            known.line: LineFacts(
                world.despatched(po, known.line),
                world.noticed(world.accepted).get((po, known.line), 0),  # type: ignore[arg-type]
                world.billed(po, known.line),
            )
            for known in one.lines
        }
        for draft in drafts(one, facts):
            made = invoice_of(one, draft, _agreed(one), f"INV-{len(world.invoices)}", world.now, None)
            assert isinstance(made, Invoice)
            found = invoice_lacks(made, {known.line: known for known in one.lines}, "eu", "sp_api", world.now)
            assert found == ()
            world.invoices.append(made)


def _agreed(_: OrderToShip) -> Agreed:
    return AGREED


def check_invoices(world: World) -> None:
    for po, one in world.orders.items():
        for known in one.lines:
            left = world.despatched(po, known.line) // (known.pack or 1)
            assert 0 <= world.invoiced(po, known.line) <= left
    numbers = [invoice.number for invoice in world.invoices]
    assert len(set(numbers)) == len(numbers)
    for invoice in world.invoices:
        goods = sum(one.net_cost.amount * one.quantity.amount for one in invoice.lines)
        taxes = sum((tax.amount for one in invoice.lines for tax in one.taxes), Decimal(0))
        assert invoice.total == goods + taxes
        assert invoice.total == invoice.total.quantize(Decimal("0.01"))


@st.composite
def shipments(draw: st.DrawFn) -> Shipment:
    """Mostly whole, sometimes with something missing."""
    base = draw(st.sampled_from([FREIGHT, FREIGHT, PARCELS]))
    departure = NOW + draw(st.integers(-3, 30)) * HOUR
    appointment = draw(st.one_of(st.none(), st.integers(1, 48).map(lambda hours: departure + hours * HOUR)))
    base = msgspec.structs.replace(
        base,
        reference=draw(st.sampled_from(["", "L1", "L2"])),
        bill_of_lading=f"OAKHI{draw(st.integers(10_000_000, 10_000_003))}",
        departure=departure,
        appointment=appointment,
    )
    missing = draw(st.sampled_from([None, None, None, "departure", "pro_number", "bill_of_lading", "carrier_scac"]))
    return msgspec.structs.replace(base, **{missing: None if missing == "departure" else ""}) if missing else base


@st.composite
def despatches(draw: st.DrawFn) -> Part:
    """A despatch of one of the orders, with any cartons, packed, left or taken back."""
    serials = draw(st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True))
    parcels = []
    for serial in serials:
        reference, sku = draw(st.sampled_from([("1", "MUG"), ("2", "JUG")]))
        lines = (held(sku, draw(st.sampled_from([1, 6, 12, 24, 60])), reference),)
        tracking = draw(st.sampled_from(["1Z1", "1Z1", ""]))
        parcels.append(carton(serial, *lines, pallet=draw(st.sampled_from([None, None, 90])), tracking=tracking))
    return part(
        *parcels,
        despatch=draw(st.sampled_from(["D1", "D2", "D3"])),
        po=draw(st.sampled_from(POS)),
        stage=draw(st.sampled_from(["packed", "completed", "completed", "undone"])),
        shipment=draw(shipments()),
    )


@dataclass(frozen=True)
class Change:
    po: str
    line: str
    accepted: int
    cost: str


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """A purchase order changes after all: what is accepted of a line, and its cost."""
    cost = draw(st.sampled_from(["10.20", "10.00", "0.35"]))
    return Change(draw(st.sampled_from(POS)), draw(st.sampled_from(["1", "2"])), draw(st.integers(0, 40)), cost)


EVENTS = st.lists(
    st.one_of(
        despatches(),
        despatches(),
        changes(),
        st.integers(0, 30),  # hours that pass
        st.sampled_from(["undo D1", "undo D2", "complete D1", "complete D2", "complete D3"]),
        st.sampled_from(["lose D1", "lose D2", "lose D3"]),
        st.sampled_from(["accept", "accept", "refuse"]),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(EVENTS, st.sampled_from([LEEDS, LEEDS, DALLAS]))
def test_nothing_is_invoiced_above_what_left_and_no_notice_lacks_a_mandatory_field(
    events: list[object], place: object
) -> None:
    lines = (line("1", "MUG", accepted=60), line("2", "JUG", unit="case", pack=12, accepted=10, cost="0.35"))
    world = World({po: order(*lines, number=po, ship_to=place) for po in POS})  # type: ignore[arg-type]
    for one in events:
        happen(world, one)
        before = {key: told.notice for key, told in world.told.items()}
        for key, notice in notice_all(world):
            event(f"{notice.kind} {notice.mode}")
            check_notice(world, notice, before.get(key))
        bill_all(world)
        check_invoices(world)
    for invoice in world.invoices:
        event(invoice.kind)


def happen(world: World, one: object) -> None:
    match one:
        case Part():
            world.parts[one.data.despatch_id] = one
            world.keys.update(load_keys(one.data))
        case Change(po, number, accepted, cost):
            lines = tuple(
                msgspec.structs.replace(known, accepted=accepted, cost=Cost(Decimal(cost), "GBP"))
                if known.line == number
                else known
                for known in world.orders[po].lines
            )
            world.orders[po] = msgspec.structs.replace(world.orders[po], lines=lines)
        case int():
            world.now += timedelta(hours=one)
        case "accept":
            world.accepted |= {key: told.notice for key, told in world.told.items()}
        case "refuse":
            for key in set(world.told) - set(world.accepted):
                del world.told[key]
        case str():
            verb, despatch = one.split()
            if known := world.parts.get(despatch):
                world.parts[despatch] = later(known, verb)


def later(known: Part, verb: str) -> Part:
    """The despatch taken back, gone, or without its last carton."""
    if verb == "lose":
        fewer = msgspec.structs.replace(known.data, parcels=known.data.parcels[:-1] or known.data.parcels)
        return msgspec.structs.replace(known, data=fewer)
    return msgspec.structs.replace(known, stage="undone" if verb == "undo" else "completed")
