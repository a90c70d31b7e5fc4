"""Our ship notice as an EDIFACT DESADV: the load, its pallets, its cartons, and what is in each."""

from collections.abc import Iterator
from itertools import count

from edi.edifact.elements import number_text
from edi.edifact.order_acknowledgement import UNITS, day, item
from edi.edifact.parties import row as party_row
from edi.edifact.write import Row
from edi.faults import Fault, Refused
from edi.profile import Profile
from schemas.ship_notice import Carton, PackedItem, ShipNotice

PURPOSES = {"original": "9", "replace": "5"}
PALLETS, CARTONS = "201", "PK"
SSCC = "52"
"""7233: marked with an SSCC."""
WEIGHTS = {"kg": "KGM", "lb": "LBR"}


def rows(notice: ShipNotice, profile: Profile) -> Iterator[Row]:
    """What stands between UNH and UNT."""
    yield from _head(notice, profile)
    packs, lines = count(1), count(1)
    whole = next(packs)
    yield ("CPS", number_text(whole))
    if notice.pallets:
        yield ("PAC", number_text(len(notice.pallets)), "", PALLETS)
    yield ("PAC", number_text(len(notice.cartons)), "", CARTONS)
    cartons = {carton.number: carton for carton in notice.cartons}
    for pallet in notice.pallets:
        here = next(packs)
        yield from _pack(here, whole, PALLETS, pallet.sscc)
        yield from _items(pallet.items, lines)
        for number in pallet.cartons:
            if number not in cartons:
                reason = f"a pallet names carton {number}, which is not there"
                raise Refused(Fault(level="message", code="", reason=reason))
            yield from _carton(cartons.pop(number), next(packs), here, lines)
    for carton in cartons.values():
        yield from _carton(carton, next(packs), whole, lines)
    yield ("CNT", ("1", number_text(_units(notice))))


def _head(notice: ShipNotice, profile: Profile) -> Iterator[Row]:
    yield ("BGM", "351", notice.shipment, PURPOSES[notice.kind])
    if notice.shipped_at is not None:
        yield day("11", notice.shipped_at, profile)
    if notice.deliver_at is not None:
        yield day("132", notice.deliver_at, profile)
    yield day("137", notice.noticed_at, profile)
    references = (
        ("BM", notice.bill_of_lading), ("CN", notice.pro_number),
        (profile.retailer_reference_rff, notice.retailer_reference),
    )  # fmt: skip
    yield from (("RFF", (qualifier, value)) for qualifier, value in references if value)
    for role, party in (("DP", notice.ship_to), ("SU", notice.vendor), ("SF", notice.ship_from)):
        yield party_row(role, party, profile.agency)
    if notice.gross_weight is not None:
        weight = notice.gross_weight
        yield ("MEA", "PD", "AAB", (WEIGHTS[weight.unit], number_text(weight.amount)))
    yield ("TDT", "20", "", "30", "31", notice.carrier_scac)


def _pack(number: int, parent: int, kind: str, sscc: str) -> Iterator[Row]:
    yield ("CPS", number_text(number), number_text(parent))
    yield ("PAC", "1", ("", SSCC) if sscc else "", kind)
    if sscc:
        yield ("PCI", "33E")
        yield ("GIN", "BJ", sscc)


def _carton(carton: Carton, number: int, parent: int, lines: "count[int]") -> Iterator[Row]:
    yield from _pack(number, parent, CARTONS, carton.sscc)
    if carton.tracking_number:
        yield ("GIN", "BX", carton.tracking_number)
    yield from _items(carton.items, lines)


def _items(items: tuple[PackedItem, ...], lines: "count[int]") -> Iterator[Row]:
    for one in items:
        yield from item(number_text(next(lines)), "", one.identifiers)
        yield ("QTY", ("12", number_text(one.quantity.amount), UNITS[one.quantity.unit]))
        yield ("RFF", ("ON", one.purchase_order, one.line))
        if one.expiry is not None or one.lot:
            yield ("PCI", "17")
        if one.expiry is not None:
            yield ("DTM", ("36", f"{one.expiry:%Y%m%d}", "102"))
        if one.lot:
            yield ("GIN", "BX", one.lot)


def _units(notice: ShipNotice) -> int:
    cartons = [one for carton in notice.cartons for one in carton.items]
    loose = [one for pallet in notice.pallets for one in pallet.items]
    return sum(one.quantity.amount for one in (*cartons, *loose))
