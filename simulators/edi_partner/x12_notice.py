"""856: the tree of levels, what stands where, and whether it adds up."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from schemas.amazon_vendor import WireParty
from schemas.amazon_vendor_shipments import (
    SSCC,
    CartonReferences,
    ContainerName,
    Measure,
    Measurements,
    ShipmentConfirmation,
    Transportation,
    WirePallet,
)
from simulators.edi_partner import words
from simulators.edi_partner.envelopes import Row
from simulators.edi_partner.findings import BAD_VALUE, MISSING, Form, loops
from simulators.edi_partner.terms import Parties
from simulators.edi_partner.words import Box, Packed
from simulators.edi_partner.x12_rows import NEVER, pairs, totals, unit, within

NESTED = {"S": ("",), "O": ("S",), "T": ("O",), "P": ("O", "T"), "I": ("P", "T")}
"""Which level may stand under which."""


def notice(form: Form, parties: Parties) -> ShipmentConfirmation:
    head = form.only("BSN")
    kind = {"00": "Original", "05": "Replace"}.get(form.code(head, 1, ("00", "05")), "Original")
    form.code(head, 5, ("0001",))
    levels = loops(form.rows, lambda row: row.name == "HL")
    boxes, pallets = _Tree(form).read(levels)
    top = levels[0] if levels else []
    own = Form(top)
    items, references = words.contents([*boxes, *pallets])
    measured = _measured(form, own, len(boxes), len(pallets))
    totals(form, len(levels), sum(int(item.shipped_quantity.amount) for item in items))
    is_parcel = not pallets and any(box.tracking for box in boxes)
    if not is_parcel:
        own.text(own.only("TD5"), 3)
        own.only("REF", "BM")
    places = {role: _place(form, top, role) for role in ("SF", "ST")}
    words.one_lot_each(form, boxes)
    shipped, due = _moment(form, own, "011"), _moment(form, own, "017")
    form.found += own.found
    return ShipmentConfirmation(
        shipment_identifier=form.text(head, 2), shipment_confirmation_type=kind,
        shipment_type="SmallParcel" if is_parcel else "LessThanTruckLoad",
        transportation_details=Transportation(
            _value(own, "TD5", 3), _value(own, "REF", 2, "CN"), _value(own, "REF", 2, "BM")
        ),
        amazon_reference_number=_value(own, "REF", 2, "BX"),
        shipment_confirmation_date=words.day(form, head, 3) or NEVER,
        shipped_date=shipped, estimated_delivery_date=due,
        selling_party=WireParty(parties.vendor_code), ship_from_party=places["SF"], ship_to_party=places["ST"],
        shipment_measurements=measured, shipped_items=items, cartons=words.cartons(boxes, references),
        pallets=tuple(_pallet(box, boxes, references) for box in pallets),
    )  # fmt: skip


def _value(form: Form, name: str, element: int, *values: str) -> str | None:
    row = form.some(name, *values)
    return (row.value(element) or None) if row else None


def _measured(form: Form, own: Form, cartons: int, pallets: int) -> Measurements:
    row = own.some("TD1", "CTN")
    if row is None:
        form.wrong(MISSING, "TD1*CTN is missing")
        return Measurements()
    form.code(row, 6, ("G",))
    weight = Measure(form.code(row, 8, ("LB", "KG")), form.number(row, 7))
    told = form.whole(row, 2)
    stacked = own.some("TD1", "PLT")
    form.agree(row, 2, told, cartons)
    if stacked or pallets:
        form.agree(stacked or row, 2, form.whole(stacked, 2) if stacked else 0, pallets)
    return Measurements(
        gross_shipment_weight=weight, carton_count=told, pallet_count=form.whole(stacked, 2) if stacked else None
    )


def _moment(form: Form, own: Form, qualifier: str) -> datetime | None:
    row = own.only("DTM", qualifier)
    form.code(row, 4, ("GM",))
    at, hour = words.day(form, row, 2), row.value(3)
    if at is None or not (hour.isdigit() and len(hour) in (4, 6)):
        form.wrong(BAD_VALUE, f"DTM03 is {hour!r}", row, 3)
        return None
    return at + timedelta(hours=int(hour[:2]), minutes=int(hour[2:4]), seconds=int(hour[4:] or 0))


def _place(form: Form, rows: Sequence[Row], role: str) -> WireParty:
    loop = next((one for one in loops(rows, lambda row: row.name == "N1") if one[0].value(1) == role), None)
    if loop is None:
        form.wrong(MISSING, f"N1*{role} is missing")
        return WireParty("")
    head, where = loop[0], next((row for row in loop if row.name == "N4"), Row("N4", ()))
    form.code(head, 3, ("92", "15", "ZZ"))
    if role == "SF":
        form.text(where, 3)
        form.text(where, 4)
    street = next((row.value(1) for row in loop if row.name == "N3"), "")
    return words.party(form.text(head, 4), head.value(2), street, where.value(1), where.value(3), where.value(4))


class _Tree:
    """HL levels by number; cartons and pallets that stand under several orders are one."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.codes: dict[str, str] = {}
        self.orders: dict[str, str] = {}
        self.boxes: dict[str, Box] = {}
        self.cartons: dict[str, Box] = {}
        self.pallets: dict[str, Box] = {}

    def read(self, levels: list[list[Row]]) -> tuple[list[Box], list[Box]]:
        for place, rows in enumerate(levels, 1):
            self._level(place, rows)
        return list(self.cartons.values()), list(self.pallets.values())

    def _level(self, place: int, rows: list[Row]) -> None:
        head = rows[0]
        number, parent, code = head.value(1), head.value(2), self.form.code(head, 3, tuple(NESTED))
        self.form.agree(head, 1, number, str(place))
        if self.codes.get(parent, "") not in NESTED.get(code, ()):
            self.form.wrong(BAD_VALUE, f"HL {number} ({code}) stands under {self.codes.get(parent, 'nothing')}", head)
        self.codes[number] = code
        self.orders[number] = self.orders.get(parent, "")
        if code == "O":
            self.orders[number] = self._order(rows)
        elif code in ("T", "P"):
            self.boxes[number] = self._box(code, parent, rows)
        elif code == "I" and parent in self.boxes:
            self.boxes[parent].items.append(self._packed(self.orders[number], rows))

    def _order(self, rows: list[Row]) -> str:
        row = next((one for one in rows if one.name == "PRF"), rows[0])
        if row.name != "PRF":
            self.form.wrong(MISSING, "an order level has no PRF", rows[0])
            return ""
        return self.form.text(row, 1)

    def _box(self, code: str, parent: str, rows: list[Row]) -> Box:
        marks = {row.value(1): row.value(2) for row in rows if row.name == "MAN"}
        if not marks:
            self.form.wrong(MISSING, f"{'a pallet' if code == 'T' else 'a carton'} has no MAN", rows[0])
        told = marks.get("GM", "")
        if told and not (len(told) == 20 and told.startswith("00")):
            self.form.wrong(BAD_VALUE, f"MAN*GM has {told!r}: 00 and eighteen digits are wanted", rows[0])
        sscc, kept = told[2:], self.cartons if code == "P" else self.pallets
        name = sscc or marks.get("CP", "") or f"unnamed {len(kept)}"
        above = self.boxes.get(parent)
        made = Box(sscc=sscc, tracking=marks.get("CP", ""), pallet=above.sscc if above else "", items=[])
        return kept.setdefault(name, made)

    def _packed(self, order: str, rows: list[Row]) -> Packed:
        line = within(rows, "LIN")
        count = within(rows, "SN1")
        names = pairs(line, 2)
        words.named(self.form, names, line)
        lots = [line.value(at + 1) for at in range(2, len(line.elements)) if line.value(at) == "LT"]
        dated = next((row for row in rows if row.name == "DTM" and row.value(1) == "036"), None)
        until = words.day(self.form, dated, 2) if dated else None
        return Packed(
            order=order, line=self.form.text(line, 1), names=names, amount=self.form.whole(count, 2),
            unit=unit(self.form, count, 3), lot=lots[0] if lots else "", expiry=_date(until),
        )  # fmt: skip


def _date(at: datetime | None) -> date | None:
    return None if at is None else at.date()


def _pallet(box: Box, boxes: list[Box], references: dict[tuple[str, str], str]) -> WirePallet:
    stacked = tuple(str(place) for place, one in enumerate(boxes, 1) if one.pallet and one.pallet == box.sscc)
    return WirePallet(
        pallet_identifiers=(ContainerName(SSCC, box.sscc),),
        carton_reference_details=CartonReferences(len(stacked), stacked) if stacked else None,
        items=words.held(box, references),
    )
