"""Vendor orders v1: purchase orders as Amazon shows them now, in our words.

A purchase order changes after it was acknowledged; a cancelled line stays in it with the quantity 0. It says who
pays the freight only by the window that it has. Facts: Amazon's model `vendorOrders.json` and its vendor guide.
"""

from datetime import datetime
from typing import Final

import msgspec

from schemas import amazon_vendor as wire
from schemas.amazon_vendor import Money, Quantity, Refused, RefusedDocument, WireParty
from schemas.duplicate_keys import duplicate_key
from schemas.purchase_order import (
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderNumber,
    PurchaseOrderState,
    Window,
)
from schemas.terms import ChannelAccount, Marketplace

PAGE: Final = 100
"""Purchase orders on a page at most."""
LONGEST_DAYS: Final = 7
"""Days of one query at most, by its model."""
STATES: Final[dict[str, PurchaseOrderState]] = {"New": "new", "Acknowledged": "acknowledged", "Closed": "closed"}
STATE_WORDS: Final[dict[PurchaseOrderState, str]] = {ours: word for word, ours in STATES.items()}
KINDS: Final = {
    "RegularOrder": "regular", "ConsignedOrder": "consigned", "NewProductIntroduction": "new_product",
    "RushOrder": "rush",
}  # fmt: skip
KIND_WORDS: Final = {ours: word for word, ours in KINDS.items()}


class Item(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    item_sequence_number: str
    amazon_product_identifier: str | None = None
    vendor_product_identifier: str | None = None
    ordered_quantity: Quantity | None = None
    is_back_order_allowed: bool | None = None
    net_cost: Money | None = None
    list_price: Money | None = None


class Details(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    purchase_order_date: datetime
    purchase_order_changed_date: datetime | None = None
    purchase_order_state_changed_date: datetime | None = None
    purchase_order_type: str | None = None
    deal_code: str | None = None
    payment_method: str | None = None
    buying_party: WireParty | None = None
    selling_party: WireParty | None = None
    ship_to_party: WireParty | None = None
    bill_to_party: WireParty | None = None
    ship_window: str | None = None
    delivery_window: str | None = None
    items: tuple[Item, ...] = ()


class Order(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    purchase_order_number: str
    purchase_order_state: str | None = None
    order_details: Details | None = None


class Pagination(msgspec.Struct, frozen=True, rename="camel"):
    next_token: str | None = None


class OrderList(msgspec.Struct, frozen=True):
    """Orders stay raw at first: one that cannot be read must not hide the others."""

    orders: tuple[msgspec.Raw, ...] = ()
    pagination: Pagination | None = None


class _Orders(msgspec.Struct, frozen=True):
    payload: OrderList


class _One(msgspec.Struct, frozen=True):
    payload: msgspec.Raw


class _Named(msgspec.Struct, frozen=True, rename="camel"):
    purchase_order_number: str


class PurchaseOrderPage(msgspec.Struct, frozen=True):
    """One page, each order beside Amazon's own words. `next_token`: empty on the last page."""

    orders: tuple[PurchaseOrder, ...]
    raw: tuple[bytes, ...] = ()
    refused: tuple[Refused, ...] = ()
    next_token: str = ""


_orders = msgspec.json.Decoder(_Orders)
_one = msgspec.json.Decoder(_One)
_order = msgspec.json.Decoder(Order)
_named = msgspec.json.Decoder(_Named)


def read_page(body: bytes, account: ChannelAccount, marketplace: Marketplace) -> PurchaseOrderPage:
    """An answer of `getPurchaseOrders`. Raises msgspec.DecodeError or UnicodeDecodeError."""
    answer = _orders.decode(body).payload
    orders, kept, refused = list[PurchaseOrder](), list[bytes](), list[Refused]()
    for raw in map(bytes, answer.orders):
        try:
            orders.append(read_purchase_order(raw, account, marketplace))
            kept.append(raw)
        except RefusedDocument as error:
            refused.append(Refused(error.number, str(error), raw))
    token = answer.pagination.next_token if answer.pagination else None
    return PurchaseOrderPage(tuple(orders), tuple(kept), tuple(refused), token or "")


def order_in(body: bytes) -> bytes:
    """The order within an answer of `getPurchaseOrder`. Raises msgspec.DecodeError or UnicodeDecodeError."""
    return bytes(_one.decode(body).payload)


def read_purchase_order(raw: bytes, account: ChannelAccount, marketplace: Marketplace) -> PurchaseOrder:
    """A purchase order by Amazon's own words. Raises RefusedDocument."""
    try:
        order = _order.decode(raw)
        if duplicate_key(raw) is not None:
            raise ValueError("it names a field twice, so that it can be read in two ways")
        return from_amazon(order, account, marketplace)
    except msgspec.ValidationError as error:
        raise RefusedDocument(_number_of(raw), f"it is not as Amazon describes its orders: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RefusedDocument("", "it is not JSON that can be read") from None
    except ValueError as error:
        raise RefusedDocument(_number_of(raw), str(error)) from None


def _number_of(raw: bytes) -> str:
    try:
        return wire.plain(_named.decode(raw).purchase_order_number)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def from_amazon(order: Order, account: ChannelAccount, marketplace: Marketplace) -> PurchaseOrder:
    """Raises ValueError for what contradicts itself, or says too little to be answered."""
    told = order.order_details
    if told is None or not told.items:
        raise ValueError("it has no lines")
    vendor = wire.party(told.selling_party)
    if vendor is None:
        raise ValueError("it does not say which vendor code it is for")
    word, kind = order.purchase_order_state or "", told.purchase_order_type or "RegularOrder"
    changed = told.purchase_order_changed_date
    return PurchaseOrder(
        channel_account=account,
        number=PurchaseOrderNumber(wire.named(order.purchase_order_number, "its number")),
        marketplace=marketplace,
        transport="sp_api",
        state=STATES.get(word, "unknown"),
        state_word=wire.plain(word),
        ordered_at=wire.zoned(told.purchase_order_date, "the time of the order"),
        changed_at=None if changed is None else wire.zoned(changed, "the time of its change"),
        kind=KINDS.get(kind, wire.plain(kind)),
        ship_window=window(told.ship_window, "the ship window"),
        delivery_window=window(told.delivery_window, "the delivery window"),
        vendor=vendor,
        retailer=wire.party(told.buying_party),
        ship_to=wire.party(told.ship_to_party),
        bill_to=wire.party(told.bill_to_party),
        deal=wire.plain(told.deal_code),
        lines=_lines(told.items),
    )


def window(text: str | None, what: str) -> Window | None:
    """`start--end`. Raises ValueError for anything else, and for an end before its start."""
    if text is None:
        return None
    start, separator, end = text.partition("--")
    if not separator:
        raise ValueError(f"{what} {wire.plain(text)[:60]!r} is not a start and an end with -- between them")
    found = Window(_moment(start, what), _moment(end, what))
    if found.end < found.start:
        raise ValueError(f"{what} ends before it starts")
    return found


def _moment(text: str, what: str) -> datetime:
    try:
        at = msgspec.convert(text.strip(), datetime)
    except msgspec.ValidationError:
        raise ValueError(f"{what}: {wire.plain(text)[:40]!r} is no time") from None
    return wire.zoned(at, what)


def _lines(items: tuple[Item, ...]) -> tuple[PurchaseOrderLine, ...]:
    numbers = [item.item_sequence_number for item in items]
    if len(set(numbers)) < len(numbers):
        raise ValueError("two of its lines have one number")
    return tuple(_line(item) for item in items)


def _line(item: Item) -> PurchaseOrderLine:
    what = f"line {wire.plain(item.item_sequence_number)}"
    ordered = wire.counted(item.ordered_quantity, what)
    found = wire.identifiers(item.amazon_product_identifier, item.vendor_product_identifier, what)
    if not found:
        raise ValueError(f"{what} has nothing that names the item")
    return PurchaseOrderLine(
        number=PoLineNumber(wire.named(item.item_sequence_number, "the number of a line")),
        identifiers=found,
        ordered=ordered,
        net_cost=wire.cost(item.net_cost, what),
        list_price=wire.cost(item.list_price, what),
        backorder_allowed=item.is_back_order_allowed is True,
        cancelled=ordered.amount == 0,
    )


def to_amazon(order: PurchaseOrder) -> Order:
    """A purchase order as Amazon would show it. Raises ValueError for a state that Amazon has no word for."""
    if order.state not in STATE_WORDS:
        raise ValueError(f"Amazon has no word for a purchase order that is {order.state}")
    return Order(order.number, STATE_WORDS[order.state], _details(order))


def _details(order: PurchaseOrder) -> Details:
    return Details(
        purchase_order_date=order.ordered_at,
        purchase_order_changed_date=order.changed_at,
        purchase_order_state_changed_date=order.ordered_at,
        purchase_order_type=KIND_WORDS.get(order.kind, order.kind),
        deal_code=order.deal or None,
        payment_method="Invoice",
        buying_party=None if order.retailer is None else wire.to_order_party(order.retailer),
        selling_party=wire.to_order_party(order.vendor),
        ship_to_party=None if order.ship_to is None else wire.to_order_party(order.ship_to),
        bill_to_party=None if order.bill_to is None else wire.to_order_party(order.bill_to),
        ship_window=window_text(order.ship_window),
        delivery_window=window_text(order.delivery_window),
        items=tuple(_item(line) for line in order.lines),
    )


def window_text(stretch: Window | None) -> str | None:
    return None if stretch is None else "--".join(at.isoformat().replace("+00:00", "Z") for at in _ends(stretch))


def _ends(stretch: Window) -> tuple[datetime, datetime]:
    return wire.zoned(stretch.start, "the start of a window"), wire.zoned(stretch.end, "the end of a window")


def _item(line: PurchaseOrderLine) -> Item:
    amazons, vendors = wire.item_names(line.identifiers, f"line {line.number}")
    return Item(
        item_sequence_number=line.number,
        amazon_product_identifier=amazons,
        vendor_product_identifier=vendors,
        ordered_quantity=Quantity(line.ordered.amount, wire.UNIT_WORDS[line.ordered.unit], line.ordered.unit_size),
        is_back_order_allowed=line.backorder_allowed,
        net_cost=None if line.net_cost is None else Money(line.net_cost.currency, wire.written(line.net_cost.amount)),
        list_price=(
            None if line.list_price is None else Money(line.list_price.currency, wire.written(line.list_price.amount))
        ),
    )
