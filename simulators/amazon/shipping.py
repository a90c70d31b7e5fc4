"""Amazon Shipping v2 at the simulated Amazon: rates that expire, purchases that an idempotency key makes once."""

import base64
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import msgspec

from schemas.amazon_shipping import DocumentWish, Package, PurchaseRequest
from simulators.amazon.orders import SimulatedOrder
from simulators.amazon.reply import Reply, refusal

RATES_LIVE = timedelta(minutes=10)
DOTS = (96, 144)
"""Of the picture: wide and high; a real label has more, and the same form."""


class _RatesRequest(msgspec.Struct, frozen=True, rename="camel"):
    """As far as the simulator looks at it."""

    ship_from: dict[str, object]
    packages: tuple[Package, ...]
    channel_details: "_Channel"


class _Order(msgspec.Struct, frozen=True, rename="camel"):
    order_id: str


class _Channel(msgspec.Struct, frozen=True, rename="camel"):
    channel_type: str
    amazon_order_details: _Order


@dataclass(frozen=True, slots=True)
class SimulatedService:
    """What is on sale: `days` until delivery, `price` in `currency`."""

    carrier: str
    service: str
    price: Decimal
    days: float
    currency: str = "GBP"
    more_needed: bool = False
    formats: tuple[str, ...] = ("PNG", "ZPL")
    says_when: bool = True


@dataclass(slots=True)
class Quote:
    """An answer to getRates, by its token."""

    order_id: str
    to: str
    package: Package
    at: datetime
    services: Mapping[str, SimulatedService]


@dataclass(slots=True)
class SimulatedShipment:
    """A label that was bought and paid."""

    shipment_id: str
    order_id: str
    package: str
    tracking: str
    service: SimulatedService
    format: str
    end: datetime
    to: str = ""
    """Whose name stands on the label."""
    cancelled: bool = False
    collected: bool = False
    """By the carrier: it is not taken back any more."""


@dataclass(slots=True)
class Shipping:
    """One seller's."""

    services: list[SimulatedService] = field(default_factory=list[SimulatedService])
    quotes: dict[str, Quote] = field(default_factory=dict[str, Quote])
    shipments: dict[str, SimulatedShipment] = field(default_factory=dict[str, SimulatedShipment])
    by_key: dict[str, str] = field(default_factory=dict[str, str])
    """Idempotency key -> shipment."""
    without_documents: bool = False
    """Purchases are answered without the label, which has to be fetched."""
    sold_is_shipped: bool = False
    """An order counts as shipped once its label is sold."""
    documents_late: bool = False
    """The label is not there to be fetched either, for now."""

    def rates(self, body: bytes, orders: Mapping[str, SimulatedOrder], now: datetime) -> Reply:
        """`getRates`."""
        try:
            asked = msgspec.json.decode(body, type=_RatesRequest)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return refusal(400, "InvalidInput", f"The request cannot be parsed: {error}")
        order_id = asked.channel_details.amazon_order_details.order_id
        if order_id not in orders or len(asked.packages) != 1:
            return refusal(400, "InvalidInput", "The order is not known, or not in one package.")
        to = (orders[order_id].details.address or {}).get("name", "")
        quote = Quote(order_id, to, asked.packages[0], now, {str(uuid4()): one for one in self.services})
        token = str(uuid4())
        self.quotes[token] = quote
        shown = [_rate(rate_id, one, now) for rate_id, one in quote.services.items()]
        return Reply(200, {"payload": {"requestToken": token, "rates": shown}}, "answered")

    def purchase(self, body: bytes, key: str, orders: Mapping[str, SimulatedOrder], now: datetime) -> Reply:
        """`purchaseShipment`. A key that was used gives what it bought, whatever else is asked with it."""
        if key in self.by_key:
            return self._bought(self.shipments[self.by_key[key]], now, "answered")
        try:
            asked = msgspec.json.decode(body, type=PurchaseRequest)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return refusal(400, "InvalidInput", f"The request cannot be parsed: {error}")
        quote = self.quotes.get(asked.request_token)
        if quote is None or asked.rate_id not in quote.services:
            return refusal(400, "InvalidInput", "The request token or the rate is not known.")
        if now - quote.at > RATES_LIVE:
            return refusal(400, "InvalidRequest", "The request token has expired.", "TOKEN_EXPIRED")
        service, wish = quote.services[asked.rate_id], asked.requested_document_specification
        if fault := _unsupported(service, wish):
            return refusal(400, "InvalidInput", fault)
        end = quote.at + timedelta(days=service.days)
        shipment = SimulatedShipment(
            str(uuid4()), quote.order_id, quote.package.package_client_reference_id,
            f"AZ{len(self.shipments) + 1:010d}", service, wish.format, end, quote.to,
        )  # fmt: skip
        self.shipments[shipment.shipment_id] = shipment
        if key:
            self.by_key[key] = shipment.shipment_id
        if self.sold_is_shipped:
            orders[quote.order_id].status, orders[quote.order_id].changed_at = "SHIPPED", now
        return self._bought(shipment, now, "accepted")

    def documents(self, shipment_id: str, package: str) -> Reply:
        """`getShipmentDocuments`."""
        shipment = self.shipments.get(shipment_id)
        if shipment is None or shipment.package != package or shipment.cancelled or self.documents_late:
            return refusal(404, "NotFound", "The shipment or its package is not known.")
        told = {"shipmentId": shipment_id, "packageDocumentDetail": _documents(shipment, with_label=True)}
        return Reply(200, {"payload": told}, "answered")

    def cancel(self, shipment_id: str) -> Reply:
        """`cancelShipment`."""
        shipment = self.shipments.get(shipment_id)
        if shipment is None:
            return refusal(404, "NotFound", "The shipment is not known.")
        if shipment.collected:
            return refusal(400, "InvalidInput", "The shipment was collected.")
        repeated, shipment.cancelled = shipment.cancelled, True
        return Reply(200, {"payload": {}}, "answered" if repeated else "accepted")

    def of_order(self, order_id: str) -> list[SimulatedShipment]:
        """What was bought for an order, and not taken back."""
        return [one for one in self.shipments.values() if one.order_id == order_id and not one.cancelled]

    def _bought(self, shipment: SimulatedShipment, now: datetime, outcome: str) -> Reply:
        told = {
            "shipmentId": shipment.shipment_id,
            "packageDocumentDetails": [_documents(shipment, with_label=not self.without_documents)],
            "promise": _promise(now, shipment.end),
        }
        return Reply(200, {"payload": told}, "accepted" if outcome == "accepted" else "answered")


def _rate(rate_id: str, service: SimulatedService, now: datetime) -> dict[str, object]:
    option = {
        "supportedDPIs": [203, 300],
        "supportedPageLayouts": ["DEFAULT"],
        "supportedFileJoiningOptions": [True, False],
        "supportedDocumentDetails": [{"name": "LABEL", "isMandatory": True}],
    }
    size = {"width": 4, "length": 6, "unit": "INCH"}
    end = now + timedelta(days=service.days)
    return {
        "rateId": rate_id,
        "carrierId": service.carrier,
        "carrierName": service.carrier.title(),
        "serviceId": service.service,
        "serviceName": service.service.title(),
        "totalCharge": {"value": float(service.price), "unit": service.currency},
        "promise": _promise(now, end) if service.says_when else {},
        "requiresAdditionalInputs": service.more_needed,
        "supportedDocumentSpecifications": [
            {"format": name, "size": size, "printOptions": [option]} for name in service.formats
        ],
    }


def _promise(now: datetime, end: datetime) -> dict[str, object]:
    return {"deliveryWindow": {"start": now.isoformat(), "end": end.isoformat()}}


def _unsupported(service: SimulatedService, wish: DocumentWish) -> str:
    if service.more_needed:
        return "Additional inputs are required."
    if wish.format not in service.formats or (wish.size.width, wish.size.length) != (Decimal(4), Decimal(6)):
        return "The document specification is not supported by the rate."
    return "" if "LABEL" in wish.requested_document_types else "A label is mandatory."


def _documents(shipment: SimulatedShipment, *, with_label: bool) -> dict[str, object]:
    draw = picture if shipment.format == "PNG" else zebra
    content = draw(shipment.tracking, shipment.to)
    label = {"type": "LABEL", "format": shipment.format, "contents": base64.b64encode(content).decode()}
    return {
        "packageClientReferenceId": shipment.package,
        "packageDocuments": [label] if with_label else [],
        "trackingId": shipment.tracking,
    }


def zebra(tracking: str, to: str = "") -> bytes:
    """A label for a Zebra printer."""
    return f"^XA^CI28^FO50,50^BY3^BCN,100,Y,N,N^FD{tracking}^FS^FO50,200^FD{to}^FS^XZ".encode()


def picture(tracking: str, to: str = "") -> bytes:
    """A PNG of bars that follow the bits of the tracking number: grey, 8 bits; the name is in a text beside them."""
    wide, high = DOTS
    bits = "".join(f"{byte:08b}" for byte in tracking.encode())
    row = bytes(0 if bits[place % len(bits)] == "1" else 255 for place in range(wide))
    header = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\x00" + row) * high)
    text = b"Title\x00" + to.encode("latin-1", "replace")
    chunks = ((b"IHDR", header), (b"tEXt", text), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
