"""What the simulated Amazon shows of purchase orders and of what became of them, page by page."""

import base64
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from schemas.amazon_vendor import UNIT_WORDS, to_order_party
from schemas.amazon_vendor_orders import to_amazon
from schemas.purchase_order import PurchaseOrderLine
from simulators.amazon.reply import Reply, refusal
from simulators.amazon.vendor_books import LineBook, Said, SimulatedOrder

LONGEST = timedelta(days=7)
HISTORY = timedelta(days=180)
MOST = 100
Shown = dict[str, object]


class BadQuery(ValueError):
    """A query that Amazon refuses."""


def find(orders: Iterable[SimulatedOrder], query: Mapping[str, str], now: datetime) -> Reply:
    """`getPurchaseOrders`."""
    try:
        found = _filtered(orders, query, now, {"created": _created, "changed": _changed}, _order_filters(query, now))
        page, token = _page(found, query)
    except BadQuery as error:
        return refusal(400, "InvalidRequest", str(error))
    in_full = query.get("includeDetails", "true") != "false"
    payload: Shown = {"orders": [show(order, now, in_full=in_full) for order in page]}
    return Reply(200, {"payload": payload | _pagination(token)}, "answered")


def get(order: SimulatedOrder | None, now: datetime) -> Reply:
    """`getPurchaseOrder`."""
    if order is None:
        return refusal(404, "NotFound", "The purchase order is not known.")
    return Reply(200, {"payload": show(order, now, in_full=True)}, "answered")


def find_statuses(orders: Iterable[SimulatedOrder], query: Mapping[str, str], now: datetime) -> Reply:
    """`getPurchaseOrdersStatus`."""
    try:
        found = _filtered(orders, query, now, {"created": _created, "updated": _updated}, _status_filters(query, now))
        page, token = _page(found, query)
    except BadQuery as error:
        return refusal(400, "InvalidRequest", str(error))
    payload: Shown = {"ordersStatus": [status(order, now) for order in page]}
    return Reply(200, {"payload": payload | _pagination(token)}, "answered")


def _filtered(
    orders: Iterable[SimulatedOrder],
    query: Mapping[str, str],
    now: datetime,
    times: Mapping[str, Callable[[SimulatedOrder], datetime | None]],
    filters: list[Callable[[SimulatedOrder], bool]],
) -> list[SimulatedOrder]:
    for name, time_of in times.items():
        after, before = _moment(query, f"{name}After"), _moment(query, f"{name}Before")
        if after is not None or before is not None:
            filters.append(_between(after, before or now, time_of))
    return [one for one in orders if now - one.order.ordered_at <= HISTORY and all(fits(one) for fits in filters)]


def _between(
    after: datetime | None, before: datetime, time_of: Callable[[SimulatedOrder], datetime | None]
) -> Callable[[SimulatedOrder], bool]:
    start = before - LONGEST if after is None else after
    if not timedelta(0) <= before - start <= LONGEST:
        raise BadQuery("The request is invalid: a window is seven days at most, and ends after it starts.")
    return lambda order: (at := time_of(order)) is not None and start <= at <= before


def _order_filters(query: Mapping[str, str], now: datetime) -> list[Callable[[SimulatedOrder], bool]]:
    found = _common_filters(query)
    if word := query.get("purchaseOrderState"):
        found.append(lambda one: _state_word(one, now) == word)
    if query.get("isPOChanged") == "true":
        found.append(lambda one: one.order.changed_at is not None)
    if query.get("poItemState") == "Cancelled":
        found.append(lambda one: any(line.cancelled for line in one.order.lines))
    return found


def _status_filters(query: Mapping[str, str], now: datetime) -> list[Callable[[SimulatedOrder], bool]]:
    found = _common_filters(query)
    if number := query.get("purchaseOrderNumber"):
        found.append(lambda one: one.number == number)
    if word := query.get("purchaseOrderStatus"):
        found.append(lambda one: _open_word(one, now) == word)
    if standing := query.get("itemConfirmationStatus"):
        found.append(lambda one: any(_standing(line, _said(one, line, now)) == standing for line in one.order.lines))
    if received := query.get("itemReceiveStatus"):
        found.append(lambda one: any(_received(line, one.books[line.number]) == received for line in one.order.lines))
    if centre := query.get("shipToPartyId"):
        found.append(lambda one: one.order.ship_to is not None and one.order.ship_to.party_id == centre)
    return found


def _common_filters(query: Mapping[str, str]) -> list[Callable[[SimulatedOrder], bool]]:
    code = query.get("orderingVendorCode")
    return [lambda one: one.order.vendor.party_id == code] if code else []


def _page(found: list[SimulatedOrder], query: Mapping[str, str]) -> tuple[list[SimulatedOrder], str]:
    """The newest first, as the real one has it whatever it is asked for, from where the last page ended."""
    limit = query.get("limit", str(MOST))
    if not limit.isdigit() or not 1 <= int(limit) <= MOST:
        raise BadQuery(f"The limit is from 1 to {MOST}.")
    ordered = sorted(found, key=_place, reverse=True)
    if token := query.get("nextToken"):
        last = _last_of(token)
        ordered = [order for order in ordered if _place(order) < last]
    page = ordered[: int(limit)]
    is_more = len(ordered) > len(page)
    return page, base64.urlsafe_b64encode(_place(page[-1]).encode()).decode() if is_more else ""


def _place(order: SimulatedOrder) -> str:
    return f"{order.order.ordered_at.astimezone(UTC).isoformat(timespec='microseconds')} {order.number}"


def _last_of(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except ValueError:
        raise BadQuery("The token is not valid.") from None


def _pagination(token: str) -> Shown:
    return {"pagination": {"nextToken": token}} if token else {}


def _created(order: SimulatedOrder) -> datetime | None:
    return order.order.ordered_at


def _changed(order: SimulatedOrder) -> datetime | None:
    return order.order.changed_at


def _updated(order: SimulatedOrder) -> datetime | None:
    return order.updated_at


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    if name not in query:
        return None
    try:
        at = msgspec.convert(query[name], datetime)
    except msgspec.ValidationError:
        raise BadQuery("The request is invalid.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _state_word(order: SimulatedOrder, now: datetime) -> str:
    visible = order.visible(now)
    state = visible.state if visible else "new"
    return {"new": "New", "acknowledged": "Acknowledged"}.get(state, "Closed")


def _open_word(order: SimulatedOrder, now: datetime) -> str:
    return "CLOSED" if _state_word(order, now) == "Closed" else "OPEN"


def show(order: SimulatedOrder, now: datetime, *, in_full: bool) -> Shown:
    """A purchase order as it is now; its state as far as it is seen yet."""
    word = _state_word(order, now)
    if not in_full:
        return {"purchaseOrderNumber": order.number, "purchaseOrderState": word}
    told: Shown = msgspec.json.decode(msgspec.json.encode(to_amazon(order.order)), type=dict[str, object])
    details = told["orderDetails"]
    assert isinstance(details, dict)
    details["purchaseOrderStateChangedDate"] = order.state_changed_at.isoformat()
    return told | {"purchaseOrderState": word}


def status(order: SimulatedOrder, now: datetime) -> Shown:
    """What became of a purchase order, as far as it is seen yet."""
    told = order.order
    parties = {"sellingParty": told.vendor, "shipToParty": told.ship_to or told.vendor}
    return {
        "purchaseOrderNumber": order.number,
        "purchaseOrderStatus": _open_word(order, now),
        "purchaseOrderDate": told.ordered_at.isoformat(),
        "lastUpdatedDate": order.updated_at.isoformat(),
        "itemStatus": [_line(order, line, now) for line in told.lines],
    } | {name: msgspec.to_builtins(to_order_party(whose)) for name, whose in parties.items()}


def _line(order: SimulatedOrder, line: PurchaseOrderLine, now: datetime) -> Shown:
    book, said = order.books[line.number], _said(order, line, now)
    names = {one.kind: one.value for one in line.identifiers}
    last = said[-1] if said else Said(now, 0, 0)
    acknowledged: Shown = {
        "confirmationStatus": _standing(line, said),
        "acceptedQuantity": _counted(line, min(last.accepted, line.ordered.amount)),
        "rejectedQuantity": _counted(
            line, min(last.rejected, line.ordered.amount - min(last.accepted, line.ordered.amount))
        ),
        "acknowledgementStatusDetails": [_detail(line, one) for one in said],
    }
    received: Shown = {
        "receiveStatus": _received(line, book), "receivedQuantity": _counted(line, book.received)
    }  # fmt: skip
    return {
        "itemSequenceNumber": line.number,
        "buyerProductIdentifier": names.get("asin", ""),
        "vendorProductIdentifier": names.get("vendor_sku", ""),
        "orderedQuantity": {
            "orderedQuantity": _counted(line, line.ordered.amount),
            "orderedQuantityDetails": [
                _size(line, one.at, one.ordered, one.cancelled) for one in reversed(book.sizes)
            ],
        },
        "acknowledgementStatus": acknowledged,
        "receivingStatus": received | ({"lastReceiveDate": book.received_at.isoformat()} if book.received_at else {}),
    }


def _said(order: SimulatedOrder, line: PurchaseOrderLine, now: datetime) -> tuple[Said, ...]:
    visible = order.visible(now)
    return visible.said.get(line.number, ()) if visible else ()


def _standing(line: PurchaseOrderLine, said: tuple[Said, ...]) -> str:
    last, ordered = said[-1] if said else None, line.ordered.amount
    if last is None or last.accepted + last.rejected < ordered:
        return "UNCONFIRMED"
    if last.rejected == 0 or last.accepted >= ordered:
        return "ACCEPTED"
    return "PARTIALLY_ACCEPTED" if last.accepted else "REJECTED"


def _received(line: PurchaseOrderLine, book: LineBook) -> str:
    if not book.received:
        return "NOT_RECEIVED"
    return (
        "RECEIVED"
        if book.received >= min(book.promised or line.ordered.amount, line.ordered.amount)
        else "PARTIALLY_RECEIVED"
    )


def _detail(line: PurchaseOrderLine, said: Said) -> Shown:
    return {
        "acknowledgementDate": said.at.isoformat(),
        "acceptedQuantity": _counted(line, said.accepted),
        "rejectedQuantity": _counted(line, said.rejected),
    }


def _size(line: PurchaseOrderLine, at: datetime, ordered: int, cancelled: int) -> Shown:
    told = (
        {"cancelledQuantity": _counted(line, cancelled)}
        if cancelled
        else {"orderedQuantity": _counted(line, ordered)}
    )
    return {"updatedDate": at.isoformat(), **told}


def _counted(line: PurchaseOrderLine, amount: int) -> Shown:
    return {
        "amount": amount, "unitOfMeasure": UNIT_WORDS[line.ordered.unit], "unitSize": line.ordered.unit_size or 1
    }  # fmt: skip
