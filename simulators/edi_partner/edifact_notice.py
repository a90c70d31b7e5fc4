"""DESADV: the load, its pallets, its cartons, and whether they add up."""

from collections.abc import Sequence

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
from simulators.edi_partner.edifact_rows import NEVER, amount, dated, names, party, within
from simulators.edi_partner.envelopes import Row
from simulators.edi_partner.findings import BAD_VALUE, MISSING, Form, loops
from simulators.edi_partner.terms import Parties
from simulators.edi_partner.words import Box, Packed

PALLETS, CARTONS = "201", "PK"
WEIGHTS = {"KGM": "KG", "LBR": "LB"}


def notice(form: Form, parties: Parties) -> ShipmentConfirmation:
    head = form.only("BGM", "351")
    kind = {"9": "Original", "5": "Replace"}.get(form.code(head, 3, ("9", "5")), "Original")
    packs = loops(form.rows, lambda row: row.name == "CPS")
    cartons, pallets = _read(form, packs)
    items, references = words.contents([*cartons, *pallets])
    _counted(form, packs, cartons, pallets, sum(int(item.shipped_quantity.amount) for item in items))
    is_parcel = not pallets and any(box.tracking for box in cartons)
    head_rows = form.rows[: next((at for at, row in enumerate(form.rows) if row.name == "CPS"), len(form.rows))]
    transport = form.only("TDT", "20")
    if not is_parcel:
        form.only("RFF", "BM")
    places = {role: party(form, head_rows, role) for role in ("DP", "SU", "SF")}
    _postcode(form, head_rows)
    words.one_lot_each(form, cartons)
    return ShipmentConfirmation(
        shipment_identifier=form.text(head, 2), shipment_confirmation_type=kind,
        shipment_type="SmallParcel" if is_parcel else "LessThanTruckLoad",
        transportation_details=Transportation(
            transport.value(5) or None, _reference(head_rows, "CN"), _reference(head_rows, "BM")
        ),
        amazon_reference_number=_reference(head_rows, "ACD"),
        shipment_confirmation_date=dated(form, head_rows, "137") or NEVER,
        shipped_date=dated(form, head_rows, "11"), estimated_delivery_date=dated(form, head_rows, "132"),
        selling_party=WireParty(parties.vendor_code), ship_from_party=places["SF"], ship_to_party=places["DP"],
        shipment_measurements=Measurements(
            gross_shipment_weight=_weight(form, head_rows), carton_count=len(cartons), pallet_count=len(pallets)
        ),
        shipped_items=items, cartons=words.cartons(cartons, references),
        pallets=tuple(_pallet(box, cartons, references) for box in pallets),
    )  # fmt: skip


def _reference(rows: Sequence[Row], qualifier: str) -> str | None:
    return within(rows, "RFF", qualifier).value(1, 2) or None


def _postcode(form: Form, rows: Sequence[Row]) -> None:
    """Where it comes from, as the guide demands it: postcode and country."""
    row = within(rows, "NAD", "SF")
    form.text(row, 8)
    form.text(row, 9)


def _weight(form: Form, rows: Sequence[Row]) -> Measure | None:
    row = within(rows, "MEA", "PD", "AAB")
    if not row.elements:
        return None
    return Measure(WEIGHTS.get(form.code(row, 3, tuple(WEIGHTS)), ""), form.number(row, 3, 2))


def _read(form: Form, packs: Sequence[Sequence[Row]]) -> tuple[list[Box], list[Box]]:
    """Cartons and pallets; the first CPS is the load itself."""
    known, cartons, pallets = {"1": Box(items=[])}, list[Box](), list[Box]()
    for place, rows in enumerate(packs, 1):
        head = rows[0]
        form.agree(head, 1, head.value(1), str(place))
        if place == 1:
            continue
        if head.value(2) not in known:
            form.wrong(BAD_VALUE, f"CPS {place} stands under {head.value(2)!r}, which is not there", head, 2)
        kind = form.code(within(rows, "PAC"), 3, (PALLETS, CARTONS))
        box = _box(form, rows, known.get(head.value(2)))
        known[head.value(1)] = box
        (pallets if kind == PALLETS else cartons).append(box)
    return cartons, pallets


def _box(form: Form, rows: Sequence[Row], above: Box | None) -> Box:
    first = next((at for at, row in enumerate(rows) if row.name == "LIN"), len(rows))
    marks = {row.value(1): row.value(2) for row in rows[:first] if row.name == "GIN"}
    if "BJ" in marks and len(marks["BJ"]) != 18:
        form.wrong(BAD_VALUE, f"GIN+BJ has {marks['BJ']!r}: eighteen digits are wanted", rows[0])
    lines = loops(rows[first:], lambda row: row.name == "LIN")
    items = [_packed(form, line) for line in lines]
    return Box(
        sscc=marks.get("BJ", ""), tracking=marks.get("BX", ""), pallet=above.sscc if above else "", items=items
    )  # fmt: skip


def _packed(form: Form, line: Sequence[Row]) -> Packed:
    own, order = names(line), within(line, "RFF", "ON")
    words.named(form, own, line[0])
    number, unit = amount(form, within(line, "QTY", "12"))
    for component, what in ((2, "the order"), (3, "its line")):
        if not order.value(1, component):
            form.wrong(MISSING, f"RFF+ON of LIN {line[0].value(1)} does not name {what}", line[0])
    until = within(line, "DTM", "36")
    expiry = words.day(form, until, 1, 2) if until.elements else None
    return Packed(
        order=order.value(1, 2), line=order.value(1, 3), names=own, amount=number, unit=unit,
        lot=within(line, "GIN", "BX").value(2), expiry=expiry.date() if expiry else None,
    )  # fmt: skip


def _counted(
    form: Form, packs: Sequence[Sequence[Row]], cartons: Sequence[Box], pallets: Sequence[Box], units: int
) -> None:
    """CNT+1 is the units, and the load's own PAC count its pallets and its cartons."""
    row = form.only("CNT", "1")
    form.agree(row, 1, form.whole(row, 1, 2), units)
    load = packs[0] if packs else []
    for kind, boxes in ((PALLETS, pallets), (CARTONS, cartons)):
        told = next((one for one in load if one.name == "PAC" and one.value(3) == kind), Row("PAC", ()))
        form.agree(told, 1, form.whole(told, 1) if told.elements else 0, len(boxes))
    lines = [one.value(1) for one in form.rows if one.name == "LIN"]
    if lines != [str(place) for place in range(1, len(lines) + 1)] or not lines:
        form.wrong(BAD_VALUE, "its LIN are not numbered from 1, or there is none")


def _pallet(box: Box, cartons: Sequence[Box], references: dict[tuple[str, str], str]) -> WirePallet:
    stacked = tuple(str(place) for place, one in enumerate(cartons, 1) if one.pallet and one.pallet == box.sscc)
    return WirePallet(
        pallet_identifiers=(ContainerName(SSCC, box.sscc),),
        carton_reference_details=CartonReferences(len(stacked), stacked) if stacked else None,
        items=words.held(box, references),
    )
