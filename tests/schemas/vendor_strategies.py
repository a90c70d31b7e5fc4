"""Any purchase order, answer, ship notice or invoice that Amazon's words can carry."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
from hypothesis import strategies as st

from schemas.invoice import Charge, Invoice, InvoiceLine, Tax, Terms
from schemas.purchase_order import (
    Acknowledgement,
    Cost,
    CountedIn,
    Identifier,
    LineAcknowledgement,
    LineAnswer,
    LineAnswerCode,
    OrderUnit,
    Party,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderNumber,
    RejectionReason,
    Window,
)
from schemas.ship_notice import Carton, PackedItem, Pallet, ShipNotice, Weight
from tests.controls import vendor as made

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)
CODES = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=1, max_size=10)
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))
AMOUNTS = st.decimals(Decimal("0.01"), Decimal(99999), places=2)
COSTS = st.builds(Cost, AMOUNTS, st.sampled_from(["GBP", "EUR", "USD"]))
SIZES = st.none() | st.integers(1, 500)
COUNTED = st.builds(CountedIn, st.integers(1, 9999), st.sampled_from(["case", "each"]), SIZES)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start = draw(TIMES)
    return Window(start, start + timedelta(seconds=draw(st.integers(0, 10**6))))


@st.composite
def parties(draw: st.DrawFn) -> Party:
    """With an address that is whole, or with none."""
    bare = Party(party_id=draw(NAMES), tax_number=draw(st.just("") | CODES))
    if draw(st.booleans()):
        return bare
    return msgspec.structs.replace(
        bare, name=draw(NAMES), lines=tuple(draw(st.lists(NAMES, min_size=1, max_size=3))), city=draw(NAMES),
        region=draw(st.just("") | NAMES), postcode=draw(CODES), country=draw(st.sampled_from(["GB", "DE", "US"])),
    )  # fmt: skip


@st.composite
def identifiers(draw: st.DrawFn) -> tuple[Identifier, ...]:
    both = made.names(draw(CODES), draw(NAMES))
    return draw(st.sampled_from([both, both[:1], both[1:]]))


@st.composite
def order_lines(draw: st.DrawFn, number: str) -> PurchaseOrderLine:
    ordered = draw(st.just(CountedIn(0, "each", 1)) | COUNTED)
    return PurchaseOrderLine(
        number=PoLineNumber(number), identifiers=draw(identifiers()), ordered=ordered,
        net_cost=draw(st.none() | COSTS), list_price=draw(st.none() | COSTS),
        backorder_allowed=draw(st.booleans()), cancelled=ordered.amount == 0,
    )  # fmt: skip


def numbers() -> st.SearchStrategy[list[str]]:
    return st.lists(CODES, min_size=1, max_size=6, unique=True)


@st.composite
def orders(draw: st.DrawFn) -> PurchaseOrder:
    word, state = draw(st.sampled_from([("New", "new"), ("Acknowledged", "acknowledged"), ("Closed", "closed")]))
    lines = tuple(draw(order_lines(number)) for number in draw(numbers()))
    return made.order(
        *lines, number=draw(CODES), state=state, state_word=word, ordered_at=draw(TIMES),
        changed_at=draw(st.none() | TIMES), kind=draw(st.sampled_from(["regular", "rush", "new_product", "Odd"])),
        ship_window=draw(st.none() | windows()), delivery_window=draw(st.none() | windows()),
        vendor=draw(parties()), retailer=draw(st.none() | parties()), ship_to=draw(st.none() | parties()),
        bill_to=draw(st.none() | parties()), deal=draw(st.just("") | CODES),
    )  # fmt: skip


CODE_WORDS: st.SearchStrategy[LineAnswerCode] = st.sampled_from(("accepted", "backordered", "rejected"))
REASONS: st.SearchStrategy[RejectionReason] = st.sampled_from(
    ("temporarily_unavailable", "invalid_identifier", "obsolete")
)
UNITS: st.SearchStrategy[OrderUnit] = st.sampled_from(("case", "each"))


@st.composite
def answer_lines(draw: st.DrawFn, number: str) -> LineAcknowledgement:
    unit, size = draw(UNITS), draw(SIZES)
    parts = draw(st.lists(st.tuples(CODE_WORDS, st.integers(1, 999)), min_size=1, max_size=3))
    answers = tuple(
        LineAnswer(
            code=code, quantity=CountedIn(amount, unit, size), reason=draw(REASONS) if code == "rejected" else None,
            ship_at=draw(st.none() | TIMES), deliver_at=draw(st.none() | TIMES),
        )
        for code, amount in parts
    )  # fmt: skip
    ordered = CountedIn(sum(amount for _, amount in parts), unit, size)
    return LineAcknowledgement(
        number=PoLineNumber(number), identifiers=draw(identifiers()), ordered=ordered, net_cost=draw(COSTS),
        answers=answers,
    )  # fmt: skip


@st.composite
def answers(draw: st.DrawFn) -> Acknowledgement:
    lines = tuple(draw(answer_lines(number)) for number in draw(numbers()))
    return made.answer(*lines, number=PurchaseOrderNumber(draw(CODES)), at=draw(TIMES))


@st.composite
def packed(draw: st.DrawFn, items: list[PackedItem]) -> tuple[PackedItem, ...]:
    return tuple(
        msgspec.structs.replace(
            item, quantity=msgspec.structs.replace(item.quantity, amount=draw(st.integers(1, 99))),
            lot=draw(st.just("") | CODES), expiry=draw(st.none() | DAYS),
        )
        for item in draw(st.lists(st.sampled_from(items), min_size=1, max_size=4))
    )  # fmt: skip


@st.composite
def notices(draw: st.DrawFn) -> ShipNotice:
    """Of one purchase order: of several, the lines' own numbers do not stand in what is sent."""
    items = [
        made.packed(line=PoLineNumber(number), identifiers=draw(identifiers()), quantity=draw(COUNTED))
        for number in draw(numbers())
    ]
    serials = iter(range(1, 1000))
    cartons = tuple(
        Carton(number=place, sscc=draw(st.sampled_from(["", made.sscc(next(serials))])),
               tracking_number=draw(st.just("") | CODES), items=draw(packed(items)))
        for place in range(1, draw(st.integers(1, 5)) + 1)
    )  # fmt: skip
    held = draw(st.integers(0, len(cartons)))
    pallet = Pallet(
        sscc=made.sscc(5000), cartons=tuple(range(1, held + 1)), items=draw(st.just(()) | packed(items)),
        tiers=draw(st.integers(0, 9)), blocks=draw(st.integers(0, 9)),
    )  # fmt: skip
    return made.notice(
        *cartons, pallets=draw(st.sampled_from([(), (pallet,)])), shipment=draw(CODES), noticed_at=draw(TIMES),
        kind=draw(st.sampled_from(["original", "replace"])), shipped_at=draw(st.none() | TIMES),
        mode=draw(st.sampled_from(["truckload", "less_than_truckload", "small_parcel"])),
        structure=draw(st.sampled_from(["", "assorted_pallets", "item_pallets", "standard_cartons"])),
        vendor=draw(parties()), ship_from=draw(parties()), ship_to=draw(parties()), carrier_scac=draw(CODES),
        pro_number=draw(st.just("") | CODES), retailer_reference=draw(st.just("") | CODES), seal=draw(CODES),
        gross_weight=draw(st.none() | st.builds(Weight, AMOUNTS, st.sampled_from(["kg", "lb"]))),
        volume_m3=draw(st.none() | AMOUNTS),
    )  # fmt: skip


TAXES = st.builds(
    Tax, kind=st.sampled_from(["VAT", "MwSt.", "DomesticVAT"]), rate=AMOUNTS, taxable=AMOUNTS, amount=AMOUNTS
)
CHARGED = st.builds(Charge, charge=st.just(True), reason=st.sampled_from(["freight", "handling"]), amount=AMOUNTS)
ALLOWED = st.builds(Charge, charge=st.just(False), reason=st.sampled_from(["discount", "special"]), amount=AMOUNTS)


@st.composite
def invoice_lines(draw: st.DrawFn, sequence: int) -> InvoiceLine:
    return made.invoice_line(
        sequence=sequence, line=PoLineNumber(""), purchase_order=draw(CODES), identifiers=draw(identifiers()),
        quantity=draw(COUNTED), net_cost=Cost(draw(AMOUNTS), "EUR"), taxes=tuple(draw(st.lists(TAXES, max_size=2))),
    )  # fmt: skip


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    sequences = draw(st.lists(st.integers(1, 999), min_size=1, max_size=5, unique=True))
    what = draw(st.sampled_from([None, "invoice", "return", "debit_note", "agreement"]))
    terms = st.builds(Terms, net_days=st.integers(0, 90), discount=AMOUNTS, discount_days=st.integers(0, 30))
    return made.invoice(
        *(draw(invoice_lines(sequence)) for sequence in sequences), currency="EUR", total=draw(AMOUNTS),
        kind="credit_note" if what else "invoice", number=draw(CODES), issued_at=draw(TIMES),
        remit_to=draw(parties()), bill_to=draw(st.none() | parties()), ship_to=draw(st.none() | parties()),
        terms=draw(st.none() | terms),
        charges=(*draw(st.lists(CHARGED, max_size=2)), *draw(st.lists(ALLOWED, max_size=2))),
        taxes=tuple(draw(st.lists(TAXES, max_size=2))), credits=draw(CODES) if what else "",
        credits_what=what or "invoice", returned_on=draw(DAYS) if what == "return" else None,
    )  # fmt: skip
