"""Orders 2026-01-01 in full: what a buyer ordered, where it goes and by when; Amazon's words to ours.

Amazon's answer is not trusted: each order is read alone, and one that contradicts itself or holds what nobody can
believe is refused with a reason that names no buyer.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from schemas.amazon_order_search import MOST, STATUSES, is_possible, progress
from schemas.amazon_orders import OrderFulfillment, OrderItem, Product, SalesChannel
from schemas.duplicate_keys import duplicate_key
from schemas.sales_order import SalesLine, SalesOrder, ShipTo
from schemas.terms import ChannelAccount, ChannelOrderId, LineReference, Marketplace, SellerSku

PROGRAMMES: Final = {
    "PRIME": "prime", "PREMIUM": "premium", "FBM_SHIP_PLUS": "ship_plus", "AMAZON_BUSINESS": "business",
}  # fmt: skip
"""A programme that is not named here keeps Amazon's word."""
REPLACEMENT: Final = "replacement"
"""Our word for an order that replaces another, and may cost nothing."""
MAX_NAME: Final = 200
"""Characters of an id, a SKU or a service."""
MAX_TEXT: Final = 500
ANYWHERE: Final = Marketplace("")
DEAREST: Final = Decimal(10_000_000)

_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Range(msgspec.Struct, frozen=True, rename="camel"):
    earliest_date_time: datetime | None = None
    latest_date_time: datetime | None = None


class Fulfilment(OrderFulfillment, frozen=True, rename="camel"):
    fulfillment_service_level: str | None = None
    ship_by_window: Range | None = None
    deliver_by_window: Range | None = None


class Money(msgspec.Struct, frozen=True, rename="camel"):
    amount: str
    currency_code: str


class Price(msgspec.Struct, frozen=True, rename="camel"):
    unit_price: Money | None = None


class OrderedProduct(Product, frozen=True, rename="camel"):
    asin: str | None = None
    title: str | None = None
    price: Price | None = None


class Cancellation(msgspec.Struct, frozen=True, rename="camel"):
    cancellation_request: dict[str, object] | None = None


class Item(OrderItem, frozen=True, rename="camel"):
    product: OrderedProduct = OrderedProduct()
    cancellation: Cancellation | None = None
    programs: tuple[str, ...] | None = None


class ExtendedFields(msgspec.Struct, frozen=True, rename="camel"):
    street_name: str | None = None
    street_number: str | None = None
    complement: str | None = None
    neighborhood: str | None = None


class Address(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    name: str | None = None
    company_name: str | None = None
    address_line1: str | None = msgspec.field(default=None, name="addressLine1")
    address_line2: str | None = msgspec.field(default=None, name="addressLine2")
    address_line3: str | None = msgspec.field(default=None, name="addressLine3")
    city: str | None = None
    district_or_county: str | None = None
    state_or_region: str | None = None
    municipality: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None
    extended_fields: ExtendedFields | None = None

    def __repr__(self) -> str:
        return "Address()"


class Recipient(msgspec.Struct, frozen=True, rename="camel"):
    delivery_address: Address | None = None


class Buyer(msgspec.Struct, frozen=True, rename="camel"):
    buyer_email: str | None = None

    def __repr__(self) -> str:
        return "Buyer()"


class AssociatedOrder(msgspec.Struct, frozen=True, rename="camel"):
    association_type: str | None = None


class FullOrder(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    order_id: str
    created_time: datetime
    last_updated_time: datetime
    sales_channel: SalesChannel
    order_items: tuple[Item, ...]
    programs: tuple[str, ...] | None = None
    associated_orders: tuple[AssociatedOrder, ...] | None = None
    fulfillment: Fulfilment | None = None
    recipient: Recipient | None = None
    buyer: Buyer | None = None


class _Answer(msgspec.Struct, frozen=True):
    order: msgspec.Raw


class _Named(msgspec.Struct, frozen=True, rename="camel"):
    order_id: str


_full = msgspec.json.Decoder(FullOrder)
_answer = msgspec.json.Decoder(_Answer)
_named = msgspec.json.Decoder(_Named)


class RefusedOrder(ValueError):
    """An order that cannot be read. `order_id` is empty where not even that can be told; the text names no buyer."""

    def __init__(self, order_id: str, reason: str) -> None:
        super().__init__(reason)
        self.order_id = order_id


def order_in(body: bytes) -> bytes:
    """The order within an answer of `getOrder`. Raises msgspec.DecodeError or UnicodeDecodeError."""
    return bytes(_answer.decode(body).order)


def read_sales_order(raw: bytes, account: ChannelAccount, marketplace: Marketplace = ANYWHERE) -> SalesOrder:
    """An order by Amazon's own words. `marketplace`: where Amazon does not say. Raises RefusedOrder."""
    try:
        order = _full.decode(raw)
        if duplicate_key(raw) is not None:
            raise RefusedOrder(_id_of(raw), "it names a field twice, so that it can be read in two ways")
        return _in_our_words(order, account, marketplace)
    except RefusedOrder:
        raise
    except msgspec.ValidationError as error:
        raise RefusedOrder(_id_of(raw), f"it is not as Amazon describes its orders: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RefusedOrder("", "it is not JSON that can be read") from None


def _id_of(raw: bytes) -> str:
    try:
        name = _named.decode(raw).order_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return "" if _UNPRINTABLE.search(name) else name[:MAX_NAME]


def _in_our_words(order: FullOrder, account: ChannelAccount, marketplace: Marketplace) -> SalesOrder:
    told = order.fulfillment
    word = told.fulfillment_status if told else ""
    _check(order)
    return SalesOrder(
        channel_account=account,
        channel_order_id=ChannelOrderId(order.order_id),
        marketplace=Marketplace(order.sales_channel.marketplace_id or marketplace),
        status=STATUSES.get(word, "unknown"),
        status_word=_plain(word),
        ordered_at=_moment(order.created_time, order.order_id),
        updated_at=_moment(order.last_updated_time, order.order_id),
        ship_by=_until(told.ship_by_window if told else None, order.order_id),
        deliver_by=_until(told.deliver_by_window if told else None, order.order_id),
        service=_plain((told.fulfillment_service_level if told else None) or ""),
        programmes=_programmes(order),
        lines=tuple(_line(item, word, order.order_id) for item in order.order_items),
        ship_to=_ship_to(order),
    )


def _check(order: FullOrder) -> None:
    """Names must be such that they can be kept and compared, and each line must be told from the others."""
    names = [order.order_id, order.sales_channel.marketplace_id or "-"]
    for item in order.order_items:
        names += [item.order_item_id, item.product.seller_sku or "-", item.product.asin or "-"]
    if any(not name or len(name) > MAX_NAME or _UNPRINTABLE.search(name) for name in names):
        raise RefusedOrder(
            "" if _UNPRINTABLE.search(order.order_id) else order.order_id[:MAX_NAME],
            f"an id or a SKU is empty, longer than {MAX_NAME} characters, or holds a control character",
        )
    lines = [item.order_item_id for item in order.order_items]
    if not lines or len(set(lines)) < len(lines):
        raise RefusedOrder(order.order_id, "two of its lines have one id" if lines else "it has no lines")


def _moment(at: datetime, order_id: str) -> datetime:
    if at.tzinfo is None:
        raise RefusedOrder(order_id, "a time has no zone")
    if not is_possible(at):
        raise RefusedOrder(order_id, "a time is one that nobody can believe")
    return at


def _until(window: Range | None, order_id: str) -> datetime | None:
    latest = window.latest_date_time if window else None
    return None if latest is None else _moment(latest, order_id)


def _programmes(order: FullOrder) -> frozenset[str]:
    of_lines = [word for item in order.order_items for word in item.programs or ()]
    found = {PROGRAMMES.get(word, _plain(word)) for word in (*(order.programs or ()), *of_lines)}
    replaces = any("REPLACEMENT" in (other.association_type or "").upper() for other in order.associated_orders or ())
    return frozenset(found | ({REPLACEMENT} if replaces else set()))


def _line(item: Item, status: str, order_id: str) -> SalesLine:
    ordered, told = item.quantity_ordered, item.fulfillment
    done = (told.quantity_fulfilled if told else None) or 0
    left = told.quantity_unfulfilled if told else None
    if not all(0 <= number <= MOST for number in (ordered, done, left or 0)):
        raise RefusedOrder(order_id, f"line {item.order_item_id} has a quantity that nobody can believe")
    cancelled, fulfilled = progress(status, ordered, done, left)
    price = item.product.price.unit_price if item.product.price else None
    return SalesLine(
        line_reference=LineReference(item.order_item_id),
        seller_sku=SellerSku(item.product.seller_sku or ""),
        ordered=ordered,
        cancelled=cancelled,
        fulfilled=fulfilled,
        title=_plain(item.product.title or ""),
        asin=item.product.asin or "",
        unit_price=_amount(price, order_id),
        currency=_plain(price.currency_code) if price else "",
        cancel_asked=item.cancellation is not None and item.cancellation.cancellation_request is not None,
    )


def _amount(price: Money | None, order_id: str) -> Decimal | None:
    if price is None:
        return None
    if not _AMOUNT.fullmatch(price.amount):
        raise RefusedOrder(order_id, "a price is no number")
    amount = Decimal(price.amount)
    if abs(amount) > DEAREST:
        raise RefusedOrder(order_id, "a price is one that nobody can believe")
    return amount


def _ship_to(order: FullOrder) -> ShipTo | None:
    """None where the recipient was not asked for, or nothing was said of one."""
    address = order.recipient.delivery_address if order.recipient else None
    if address is None:
        return None
    return ShipTo(
        name=address.name or "",
        company=address.company_name or "",
        lines=_street(address),
        city=address.city or address.municipality or "",
        district=address.district_or_county or "",
        region=address.state_or_region or "",
        postcode=address.postal_code or "",
        country=address.country_code or "",
        phone=address.phone or "",
        email=(order.buyer.buyer_email if order.buyer else None) or "",
    )


def _street(address: Address) -> tuple[str, ...]:
    """The lines as given; where there are none, what Amazon splits them into in some countries."""
    lines = (address.address_line1, address.address_line2, address.address_line3)
    found = tuple(line for line in lines if line and line.strip())
    more = address.extended_fields
    if found or more is None:
        return found
    first = " ".join(part for part in (more.street_name, more.street_number) if part)
    return tuple(line for line in (first, more.complement, more.neighborhood) if line and line.strip())


def _plain(text: str) -> str:
    return _UNPRINTABLE.sub("", text)[:MAX_TEXT]
