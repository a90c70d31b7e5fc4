"""Amazon Shipping v2 in Amazon's own words: rates for an order's parcel, a purchase, its label.

Nothing in a request names the buyer: of an order of its own, Amazon knows where it goes. Lenient to read, strict to
write.
"""

import base64
import binascii
import re
import zlib
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from schemas.amazon import AmazonError, Refusal, read_errors
from schemas.terms import ChannelOrderId, LineReference

LabelFormat: TypeAlias = Literal["PNG", "PDF", "ZPL"]
SYMBOL = re.compile("[A-Za-z][A-Za-z0-9_]{0,63}")
PNG = b"\x89PNG\r\n\x1a\n"
SizeUnit: TypeAlias = Literal["INCH", "CENTIMETER"]


class Currency(msgspec.Struct, frozen=True):
    value: Decimal
    unit: str
    """ISO 4217."""


class Weight(msgspec.Struct, frozen=True):
    value: Decimal
    unit: Literal["GRAM", "KILOGRAM", "OUNCE", "POUND"] = "GRAM"


class Dimensions(msgspec.Struct, frozen=True):
    length: Decimal
    width: Decimal
    height: Decimal
    unit: SizeUnit = "CENTIMETER"


class Item(msgspec.Struct, frozen=True, rename="camel"):
    item_identifier: LineReference
    quantity: int


class Package(msgspec.Struct, frozen=True, rename="camel"):
    dimensions: Dimensions
    weight: Weight
    insured_value: Currency
    package_client_reference_id: str
    items: tuple[Item, ...]


class Address(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Where the parcel starts: the seller's own."""

    name: str
    address_line1: str
    city: str
    state_or_region: str
    postal_code: str
    country_code: str
    address_line2: str | None = None
    email: str | None = None
    phone_number: str | None = None


class _OrderDetails(msgspec.Struct, frozen=True, rename="camel"):
    order_id: ChannelOrderId


class _Channel(msgspec.Struct, frozen=True, rename="camel"):
    amazon_order_details: _OrderDetails
    channel_type: Literal["AMAZON"] = "AMAZON"


class RatesRequest(msgspec.Struct, frozen=True, rename="camel"):
    ship_from: Address
    packages: tuple[Package, ...]
    channel_details: _Channel


class DocumentSize(msgspec.Struct, frozen=True):
    width: Decimal
    length: Decimal
    unit: SizeUnit = "INCH"


class DocumentDetail(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    is_mandatory: bool = False


class PrintOption(msgspec.Struct, frozen=True, rename="camel"):
    supported_document_details: tuple[DocumentDetail, ...] = ()
    supported_file_joining_options: tuple[bool, ...] = ()
    supported_page_layouts: tuple[str, ...] = ()
    supported_dpis: tuple[int, ...] = msgspec.field(default=(), name="supportedDPIs")


class SupportedDocument(msgspec.Struct, frozen=True, rename="camel"):
    format: str
    size: DocumentSize
    print_options: tuple[PrintOption, ...] = ()


class TimeWindow(msgspec.Struct, frozen=True):
    start: datetime | None = None
    end: datetime | None = None


class Promise(msgspec.Struct, frozen=True, rename="camel"):
    delivery_window: TimeWindow | None = None


class Rate(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One service that Amazon sells for the parcel, good for ten minutes."""

    rate_id: str
    carrier_id: str
    carrier_name: str
    service_id: str
    service_name: str
    total_charge: Currency
    promise: Promise
    requires_additional_inputs: bool
    supported_document_specifications: tuple[SupportedDocument, ...]


class Reason(msgspec.Struct, frozen=True):
    code: str = ""
    message: str = ""


class IneligibleRate(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    service_id: str
    service_name: str = ""
    ineligibility_reasons: tuple[Reason, ...] = ()


class Rates(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    request_token: str
    rates: tuple[Rate, ...]
    ineligible_rates: tuple[IneligibleRate, ...] = ()


class DocumentWish(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """How the label is to be printed: one of what the rate supports."""

    format: str
    size: DocumentSize
    need_file_joining: bool
    requested_document_types: tuple[str, ...]
    page_layout: str | None = None
    dpi: int | None = None


class PurchaseRequest(msgspec.Struct, frozen=True, rename="camel"):
    request_token: str
    rate_id: str
    requested_document_specification: DocumentWish


class Document(msgspec.Struct, frozen=True):
    """`contents` in Base64: a name and an address are printed on it."""

    type: str
    format: str
    contents: str

    def __repr__(self) -> str:
        """Says nothing of the buyer: reprs end in logs."""
        return f"Document({self.type}, {self.format})"


class PackageDocuments(msgspec.Struct, frozen=True, rename="camel"):
    package_client_reference_id: str
    package_documents: tuple[Document, ...] = ()
    tracking_id: str = ""


class Purchase(msgspec.Struct, frozen=True, rename="camel"):
    shipment_id: str
    package_document_details: tuple[PackageDocuments, ...]
    promise: Promise


class ShipmentDocuments(msgspec.Struct, frozen=True, rename="camel"):
    shipment_id: str
    package_document_detail: PackageDocuments


class _RatesAnswer(msgspec.Struct, frozen=True):
    payload: Rates


class _PurchaseAnswer(msgspec.Struct, frozen=True):
    payload: Purchase


class _DocumentsAnswer(msgspec.Struct, frozen=True):
    payload: ShipmentDocuments


_encode = msgspec.json.Encoder(decimal_format="number").encode
_rates = msgspec.json.Decoder(_RatesAnswer)
_purchase = msgspec.json.Decoder(_PurchaseAnswer)
_documents = msgspec.json.Decoder(_DocumentsAnswer)


def to_amazon(order_id: ChannelOrderId, ship_from: Address, package: Package) -> RatesRequest:
    """Rates for an order of Amazon's own, in one parcel."""
    return RatesRequest(ship_from, (package,), _Channel(_OrderDetails(order_id)))


def write_rates_request(request: RatesRequest) -> bytes:
    return _encode(request)


def write_purchase(request: PurchaseRequest) -> bytes:
    return _encode(request)


def read_rates(body: bytes) -> Rates:
    return _rates.decode(body).payload


def read_purchase(body: bytes) -> Purchase:
    return _purchase.decode(body).payload


def read_documents(body: bytes) -> ShipmentDocuments:
    return _documents.decode(body).payload


def label_in(documents: PackageDocuments) -> tuple[str, bytes] | None:
    """(format, file) of the label among a parcel's documents; None where there is none that can be read."""
    for document in documents.package_documents:
        if document.type == "LABEL":
            try:
                content = base64.b64decode(document.contents, validate=True)
            except (binascii.Error, ValueError):
                continue
            if is_whole(document.format, content):
                return document.format, content
    return None


def _chunks_of(content: bytes) -> list[bytes]:
    """The chunks of a PNG, by name; none where one is cut off or is not what its checksum says."""
    names, place = list[bytes](), len(PNG)
    while place < len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        body, end = content[place + 4 : place + 8 + size], place + 12 + size
        if zlib.crc32(body).to_bytes(4, "big") != content[end - 4 : end]:
            return []
        names.append(body[:4])
        place = end
    return names


def is_whole(format_: str, content: bytes) -> bool:
    """Whether a file begins and ends as its format does, a picture unharmed in between: half a label is no label."""
    match format_:
        case "PNG":
            return content.startswith(PNG) and _chunks_of(content)[-1:] == [b"IEND"]
        case "PDF":
            return content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]
        case "ZPL":
            text = content.strip()
            return text.startswith(b"^XA") and text.endswith(b"^XZ")
        case _:
            return False


def symbols_in(body: bytes) -> str:
    """What of a refusal's words holds no data of anybody's: its codes, and details that are a symbol."""
    words = (word for error in read_errors(body) for word in (error.code, error.details or ""))
    return ", ".join(dict.fromkeys(word for word in words if SYMBOL.fullmatch(word)))


def name_refusal(status: int, errors: tuple[AmazonError, ...]) -> Refusal:
    """Our word for it."""
    if any("TOKEN_EXPIRED" in (error.code.upper(), (error.details or "").upper()) for error in errors):
        return "token_expired"
    if status == 404:
        return "shipment_not_found"
    return "invalid_input" if errors else "refused"
