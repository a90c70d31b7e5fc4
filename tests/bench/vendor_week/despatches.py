"""A load as the warehouse tells of it on the bus: one despatch for each order that is on it."""

from collections.abc import Iterator

from tests.bench.vendor_week.loads import Box, Load

CARRIER = "ACME HAULAGE"


def despatch_data(load: Load, warehouse: str, *, departed: bool) -> Iterator[dict[str, object]]:
    """The data of `despatch.packed` or `despatch.completed`; each telling is the next revision."""
    load.told += 1
    for despatch, boxes in load.orders().items():
        aboard = [box for box in boxes if not box.left]
        order = boxes[0].order.order
        yield {
            "account": "acme", "warehouse": warehouse, "order_reference": order.number, "despatch_id": despatch,
            "revision": load.told, "channel_order_id": order.number,
            "despatched_at": load.departure.isoformat() if departed else None,
            "channel": {
                "kind": "amazon_vendor", "account": order.channel_account, "marketplace": order.marketplace,
            },
            "parcels": [_parcel(box, load) for box in aboard],
            "shipment": _shipment(load, departed=departed),
        }  # fmt: skip


def _parcel(box: Box, load: Load) -> dict[str, object]:
    told: dict[str, object] = {
        "parcel_id": box.sscc, "tracking_number": f"TRK{box.sscc}", "carrier": CARRIER, "service": "PALLET",
        "sscc": box.sscc, "weight_kg": "10.5",
        "lines": [
            {"sku": box.line.product.sku, "quantity": box.aboard, "line_reference": box.line.line.number}
        ],
    }  # fmt: skip
    return told if load.is_parcels else told | {"pallet_sscc": load.pallets()[box.sscc]}


def _shipment(load: Load, *, departed: bool) -> dict[str, object]:
    departure = load.departure if departed else load.planned_departure
    if load.is_parcels:
        return {
            "mode": load.mode, "departure": departure.isoformat(), "freight_terms": "vendor_pays",
            "bill_of_lading": load.bill, "expected_delivery": load.arrival.isoformat(), "carrier_scac": "ACMH",
            "carrier_name": CARRIER,
        }  # fmt: skip
    aboard = [box for boxes in load.orders().values() for box in boxes if not box.left]
    pallets = load.pallets()
    told: dict[str, object] = {
        "reference": load.key.replace("/", "-"), "mode": load.mode, "departure": departure.isoformat(),
        "expected_delivery": (departure + load.on_the_way).isoformat(), "carrier_scac": "ACMH",
        "carrier_name": CARRIER, "bill_of_lading": load.wrong_bill or load.bill, "pro_number": f"PRO{load.bill}",
        "gross_weight_kg": str(10 * len(aboard)), "carton_count": len(aboard),
        "pallet_count": len({pallets[box.sscc] for box in aboard}),
    }  # fmt: skip
    if load.account.freight == "retailer_pays":
        return told | {"freight_terms": "retailer_pays", "retailer_reference": f"ARN{load.bill}"}
    slot = {"slot_request": load.slot_at.isoformat()} if load.slot_at else {}
    appointment = load.appointment.isoformat() if load.appointment else None
    return told | slot | {"freight_terms": "vendor_pays", "appointment": appointment}
