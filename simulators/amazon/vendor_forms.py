"""What is wrong in form with a vendor's document: the simulated Amazon refuses that at once."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from schemas import amazon_vendor as wire
from schemas.amazon_vendor_acknowledgements import OrderAcknowledgement
from schemas.amazon_vendor_invoices import TAXES, WireInvoice
from schemas.amazon_vendor_shipments import KINDS, ShipmentConfirmation
from simulators.amazon.vendor_notices import contained


def of_acknowledgements(said: Iterable[OrderAcknowledgement]) -> str:
    """The reason to refuse the request; empty for none."""
    items = [item for one in said for item in one.items]
    parts = [part.acknowledged_quantity for item in items for part in item.item_acknowledgements]
    return _odd_numbers([item.ordered_quantity for item in items] + parts)


def of_notices(said: Iterable[ShipmentConfirmation]) -> str:
    """The reason to refuse the request; empty for none."""
    for one in said:
        if one.shipment_confirmation_type not in KINDS.values():
            return "The value of element 'shipmentConfirmationType' is not valid."
        quantities = [item.shipped_quantity for item in one.shipped_items]
        quantities += [item.shipped_quantity for item in contained(one)]
        times = (one.shipment_confirmation_date, one.shipped_date, one.estimated_delivery_date)
        if odd := _odd_numbers(quantities) or _odd_times(times):
            return odd
    return ""


def of_invoices(said: Iterable[WireInvoice]) -> str:
    """The reason to refuse the request; empty for none."""
    for one in said:
        taxes = [*one.tax_details, *(tax for item in one.items for tax in item.tax_details)]
        money = [one.invoice_total, *(item.net_cost for item in one.items), *(tax.tax_amount for tax in taxes)]
        money += [charge.charge_amount for charge in one.charge_details]
        money += [allowance.allowance_amount for allowance in one.allowance_details]
        if any(tax.tax_type not in TAXES for tax in taxes):
            return "The value of element 'taxType' is not valid with respect to its enumeration."
        odd = _odd_numbers([item.invoiced_quantity for item in one.items]) or _odd_times((one.date,))
        if odd := odd or _odd_money(money):
            return odd
    return ""


def _odd_numbers(quantities: Iterable[wire.Quantity]) -> str:
    try:
        for quantity in quantities:
            wire.whole(quantity.amount, "an item")
    except ValueError as error:
        return str(error)
    return ""


def _odd_times(times: Iterable[datetime | None]) -> str:
    return "A time has no zone." if any(at is not None and at.tzinfo is None for at in times) else ""


def _odd_money(amounts: Iterable[wire.Money]) -> str:
    told = (Decimal(0) if money.amount is None else money.amount for money in amounts)
    return "An amount is no number." if any(not it.is_finite() or abs(it) > wire.DEAREST for it in told) else ""
