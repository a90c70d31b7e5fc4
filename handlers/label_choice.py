"""Which label an order gets: its parcel from what is known of its products, its rate from what the account allows.

Nothing is guessed. Without a size, a service or a time of delivery that is certain there is no label, and `NoLabel`
says what is missing.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from handlers.sales_orders import Cleared, StoredOrder
from schemas.amazon_shipping import (
    Address,
    Currency,
    Dimensions,
    DocumentSize,
    DocumentWish,
    Item,
    LabelFormat,
    Package,
    PrintOption,
    Rate,
    Rates,
    Weight,
)
from schemas.terms import Sku

ANY = "*"
LABEL = "LABEL"
TERMS_NOT_ACCEPTED = "TERMS_AND_CONDITIONS_NOT_ACCEPTED"
ENCLOSED = frozenset({LABEL, "PACKSLIP", "RECEIPT"})
"""Documents that a parcel may leave without, and the label. A customs form it may not, and only the label is kept."""


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """Of one each, packed to leave; or of the account's box, whose weight is that of the box alone."""

    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int


class LabelTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What a selling account's settings say of its labels."""

    ship_from: Address
    services: Mapping[str, tuple[str, ...]]
    """`CARRIER/SERVICE` as orders are cleared for, or `*` -> the channel's services that may be bought for it."""
    currency: str
    products: Mapping[Sku, Size] = {}
    box: Size | None = None
    """For what is more than one each."""
    insured: Decimal = Decimal(0)
    format: LabelFormat = "PNG"
    size: DocumentSize = DocumentSize(Decimal(4), Decimal(6))
    dpi: int | None = None


class NoLabel(msgspec.Struct, frozen=True):
    """Why none can be bought: a word, and the same for people. `of`: what many orders may wait for."""

    word: str
    text: str
    of: str = ""


class Choice(msgspec.Struct, frozen=True):
    rate: Rate
    wish: DocumentWish


def package_of(order: StoredOrder, terms: LabelTerms, reference: str) -> Package | NoLabel:
    """The one parcel that an order leaves in."""
    if order.cleared is None:
        return NoLabel("not_cleared", "nothing was cleared for release")
    outer = _outer(order.cleared, terms)
    items = tuple(
        Item(line.line_reference, left)
        for line in order.order.lines
        if (left := line.ordered - line.cancelled - line.fulfilled) > 0
    )
    if isinstance(outer, NoLabel) or not items:
        return outer if isinstance(outer, NoLabel) else NoLabel("nothing_to_send", "no line is left to be sent")
    dimensions = Dimensions(_cm(outer.length_mm), _cm(outer.width_mm), _cm(outer.height_mm))
    insured = Currency(terms.insured, terms.currency)
    return Package(dimensions, Weight(Decimal(outer.weight_g)), insured, reference, items)


def _outer(cleared: Cleared, terms: LabelTerms) -> Size | NoLabel:
    wanted = [line for line in cleared.lines if line.quantity > 0]
    unknown = sorted({line.sku for line in wanted} - terms.products.keys())
    if unknown:
        return NoLabel("no_size", f"size and weight of {', '.join(unknown)} are not in the settings", unknown[0])
    if sum(line.quantity for line in wanted) == 1:
        return terms.products[wanted[0].sku]
    if terms.box is None:
        return NoLabel("no_box", "more than one each is sent, and the settings name no box", "box")
    weight = sum(terms.products[line.sku].weight_g * line.quantity for line in wanted)
    return msgspec.structs.replace(terms.box, weight_g=terms.box.weight_g + weight)


def _cm(millimetres: int) -> Decimal:
    return Decimal(millimetres) / 10


def choose(rates: Rates, order: StoredOrder, terms: LabelTerms) -> Choice | NoLabel:
    """The cheapest rate of a service that is allowed, surely delivers in time, and prints a label that we can use."""
    allowed = _allowed(order.cleared, terms)
    if isinstance(allowed, NoLabel):
        return allowed
    offered = [rate for rate in rates.rates if rate.service_id in allowed]
    if not offered:
        why = _why_not(rates, allowed)
        shared = TERMS_NOT_ACCEPTED if TERMS_NOT_ACCEPTED in why else ""
        return NoLabel("not_offered", f"none of {', '.join(allowed)} is offered: {why}", shared)
    usable = [rate for rate in offered if _is_plain(rate, terms)]
    if not usable:
        text = f"each service wants more details, or is not charged in {terms.currency}"
        return NoLabel("not_plain", text, "/".join(allowed))
    timely = [rate for rate in usable if _arrives(rate, order.order.deliver_by)]
    if not timely:
        return NoLabel(
            "too_late", f"no allowed service surely delivers by {order.order.deliver_by:%Y-%m-%d %H:%M} UTC"
        )
    pairs = [(rate, wish) for rate in timely if (wish := _wish(rate, terms)) is not None]
    if not pairs:
        text = f"no allowed service prints {terms.format} in the size of the settings, and wants no other document"
        return NoLabel("not_printable", text, "/".join(allowed))
    return Choice(*min(pairs, key=lambda pair: (pair[0].total_charge.value, pair[0].service_id, pair[0].rate_id)))


def _allowed(cleared: Cleared | None, terms: LabelTerms) -> tuple[str, ...] | NoLabel:
    name = f"{cleared.carrier}/{cleared.carrier_service}" if cleared else ""
    found = terms.services.get(name) or terms.services.get(ANY)
    return found or NoLabel("no_service", f"the settings allow no service of the channel for {name}", name)


def _why_not(rates: Rates, allowed: tuple[str, ...]) -> str:
    told = [
        f"{one.service_id} {reason.code}"
        for one in rates.ineligible_rates
        if one.service_id in allowed
        for reason in one.ineligibility_reasons
    ]
    return ", ".join(told) or "no reason given"


def _is_plain(rate: Rate, terms: LabelTerms) -> bool:
    return not rate.requires_additional_inputs and rate.total_charge.unit == terms.currency


def _arrives(rate: Rate, deliver_by: datetime | None) -> bool:
    if deliver_by is None:
        return True
    window = rate.promise.delivery_window
    return window is not None and window.end is not None and window.end <= deliver_by


def _wish(rate: Rate, terms: LabelTerms) -> DocumentWish | None:
    """What of the rate's documents the printer takes; None where it takes none."""
    for document in rate.supported_document_specifications:
        if (document.format, document.size) == (terms.format, terms.size):
            for option in document.print_options:
                if (wish := _printed(option, terms)) is not None:
                    return wish
    return None


def _printed(option: PrintOption, terms: LabelTerms) -> DocumentWish | None:
    names = {detail.name for detail in option.supported_document_details}
    mandatory = [detail.name for detail in option.supported_document_details if detail.is_mandatory]
    if not ENCLOSED.issuperset(mandatory):
        return None
    joined = option.supported_file_joining_options
    if LABEL not in names or not joined or (terms.dpi is not None and terms.dpi not in option.supported_dpis):
        return None
    return DocumentWish(
        format=terms.format,
        size=terms.size,
        # Apart, so that the label is a file of its own.
        need_file_joining=False not in joined,
        requested_document_types=tuple(dict.fromkeys((LABEL, *mandatory))),
        page_layout=next(iter(option.supported_page_layouts), None),
        dpi=terms.dpi,
    )
