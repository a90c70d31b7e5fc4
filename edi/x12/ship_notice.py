"""Our ship notice as an X12 856: shipment, order, pallet, carton, item, numbered from one end to the other."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count

from edi.faults import Fault, Refused
from edi.profile import Profile
from edi.x12.elements import dt_text, n0_text, r_text, tm_text
from edi.x12.order_acknowledgement import UNITS, pairs
from edi.x12.parties import rows as party_rows
from edi.x12.write import Row
from schemas.purchase_order import PurchaseOrderNumber
from schemas.ship_notice import Carton, PackedItem, Pallet, ShipNotice

PURPOSES = {"original": "00", "replace": "05"}
SHIPMENT, ORDER, PALLET, CARTON, ITEM = "S", "O", "T", "P", "I"
STRUCTURE = "0001"
"""BSN05: shipment, order, packaging, item."""
SSCC_IN_BARCODES = "00"
"""The application identifier that MAN*GM carries before the 18 digits."""
WEIGHTS = {"kg": "KG", "lb": "LB"}


def rows(notice: ShipNotice, profile: Profile) -> Iterator[Row]:
    """What stands between ST and SE."""
    at = profile.local(notice.noticed_at)
    yield ("BSN", PURPOSES[notice.kind], notice.shipment, dt_text(at.date()), tm_text(at.time()), STRUCTURE)
    tree = _Tree(notice, profile)
    yield from tree.rows()
    yield ("CTT", n0_text(tree.levels), n0_text(tree.units))


class _Tree:
    """Gives the levels their numbers while they are written."""

    def __init__(self, notice: ShipNotice, profile: Profile) -> None:
        self.notice, self.profile = notice, profile
        self.cartons = {carton.number: carton for carton in notice.cartons}
        self.levels = self.units = 0
        self._items = count(1)

    def rows(self) -> Iterator[Row]:
        yield self._level(0, SHIPMENT)
        yield from _shipment(self.notice, self.profile)
        for order in _orders(self.notice):
            yield from self._order(order)

    def _level(self, parent: int, code: str) -> Row:
        self.levels += 1
        return ("HL", n0_text(self.levels), n0_text(parent) if parent else "", code)

    def _order(self, order: PurchaseOrderNumber) -> Iterator[Row]:
        yield self._level(1, ORDER)
        parent = self.levels
        yield ("PRF", order)
        stacked = {number for pallet in self.notice.pallets for number in pallet.cartons}
        for pallet in self.notice.pallets:
            yield from self._pallet(order, pallet, parent)
        for carton in self.notice.cartons:
            if carton.number not in stacked:
                yield from self._carton(order, carton, parent)

    def _pallet(self, order: PurchaseOrderNumber, pallet: Pallet, parent: int) -> Iterator[Row]:
        own = [item for item in pallet.items if item.purchase_order == order]
        cartons = [self._named(number) for number in pallet.cartons]
        if not own and not any(_holds(carton, order) for carton in cartons):
            return
        yield self._level(parent, PALLET)
        here = self.levels
        yield ("MAN", "GM", SSCC_IN_BARCODES + pallet.sscc)
        for carton in cartons:
            yield from self._carton(order, carton, here)
        for item in own:
            yield from self._item(item, here)

    def _named(self, number: int) -> Carton:
        if number not in self.cartons:
            raise Refused(
                Fault(level="message", code="", reason=f"a pallet names carton {number}, which is not there")
            )
        return self.cartons[number]

    def _carton(self, order: PurchaseOrderNumber, carton: Carton, parent: int) -> Iterator[Row]:
        if not _holds(carton, order):
            return
        yield self._level(parent, CARTON)
        here = self.levels
        if carton.sscc:
            yield ("MAN", "GM", SSCC_IN_BARCODES + carton.sscc)
        if carton.tracking_number:
            yield ("MAN", "CP", carton.tracking_number)
        for item in carton.items:
            if item.purchase_order == order:
                yield from self._item(item, here)

    def _item(self, item: PackedItem, parent: int) -> Iterator[Row]:
        yield self._level(parent, ITEM)
        self.units += item.quantity.amount
        lot = ("LT", item.lot) if item.lot else ()
        yield ("LIN", item.line, *pairs(item.identifiers), *lot)
        yield ("SN1", "", n0_text(item.quantity.amount), UNITS[item.quantity.unit])
        if item.expiry:
            yield ("DTM", "036", dt_text(item.expiry))


def _holds(carton: Carton, order: PurchaseOrderNumber) -> bool:
    return any(item.purchase_order == order for item in carton.items)


def _orders(notice: ShipNotice) -> Sequence[PurchaseOrderNumber]:
    """Each order once, in the order in which they were packed."""
    packed = [*(item for carton in notice.cartons for item in carton.items),
              *(item for pallet in notice.pallets for item in pallet.items)]  # fmt: skip
    return list(dict.fromkeys(item.purchase_order for item in packed))


def _shipment(notice: ShipNotice, profile: Profile) -> Iterator[Row]:
    weight = (
        ("G", r_text(notice.gross_weight.amount), WEIGHTS[notice.gross_weight.unit]) if notice.gross_weight else ()
    )
    yield ("TD1", "CTN", n0_text(len(notice.cartons)), "", "", "", *weight)
    if notice.pallets:
        yield ("TD1", "PLT", n0_text(len(notice.pallets)))
    if notice.carrier_scac:
        yield ("TD5", "", "2", notice.carrier_scac)
    if notice.seal:
        yield ("TD3", "TL", "", "", "", "", "", "", "", notice.seal)
    references = (
        ("BM", notice.bill_of_lading), ("CN", notice.pro_number),
        (profile.retailer_reference_qualifier, notice.retailer_reference),
    )  # fmt: skip
    yield from (("REF", qualifier, value) for qualifier, value in references if value)
    for qualifier, at in (("011", notice.shipped_at), ("017", notice.deliver_at)):
        if at is not None:
            yield _moment(qualifier, at)
    yield from party_rows("SF", notice.ship_from, profile.location_qualifier)
    yield from party_rows("ST", notice.ship_to, profile.location_qualifier)


def _moment(qualifier: str, at: datetime) -> Row:
    """In Greenwich time, and said so."""
    return ("DTM", qualifier, dt_text(at.date()), tm_text(at.time()), "GM")
