"""From what Amazon's servers sent to what it means, operation by operation. Pure."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from daemon.links.answer import Answer, Denied, Done, NeverLeft, Reading, Refused, Throttled, Unavailable, Unknown
from daemon.links.exchange import Arrived, NoAnswer
from schemas import amazon_listings, amazon_orders
from schemas.amazon import AmazonError, Refusal, read_errors, told
from schemas.amazon_catalogue import CataloguePage, read_catalogue_page
from schemas.amazon_listings import Submission
from schemas.amazon_order_search import OrderPage, read_page
from schemas.amazon_orders import AmazonOrder
from schemas.amazon_sales_order import order_in
from schemas.terms import Eaches, Marketplace

Outcome = Arrived | NoAnswer | NeverLeft | Denied
"""What comes of one call before its answer is read."""

Namer = Callable[[int, tuple[AmazonError, ...]], Refusal]
T = TypeVar("T")

TRANSIENT = frozenset({408, 425})
"""Statuses below 500 that say nothing about the request."""


def submission(arrived: Arrived) -> Answer[Submission]:
    """`patchListingsItem`: 200 is not success, its status is."""
    if arrived.status != 200:
        return failed_write(arrived, _name_listing_refusal)
    found = made(arrived, amazon_listings.read_submission)
    return found if isinstance(found, Unknown) else _judged(arrived, found.value)


def _judged(arrived: Arrived, answer: Submission) -> Answer[Submission]:
    if answer.status == "ACCEPTED":
        return Done(answer, request_id(arrived), rate(arrived))
    issues = answer.issues or ()
    code = amazon_listings.name_refusal(issues) if answer.status == "INVALID" else "not_applied"
    return Refused(code, amazon_listings.told(issues) or answer.status, request_id(arrived), rate(arrived))


def confirmation(arrived: Arrived) -> Answer[None]:
    """`confirmShipment`: 204 without a body."""
    if arrived.status in (200, 204):
        return Done(None, request_id(arrived), rate(arrived))
    return failed_write(arrived, amazon_orders.name_refusal)


def live_quantity_of(stock_name: str) -> Callable[[Arrived], Reading[Eaches | None]]:
    """`getListingsItem`: the quantity of one of the channel's stocks."""

    def read(body: bytes) -> Eaches | None:
        return amazon_listings.from_amazon(amazon_listings.read_listing(body), stock_name)

    return lambda arrived: reading(arrived, read, _name_listing_refusal)


def catalogue_page_of(marketplace: Marketplace) -> Callable[[Arrived], Reading[CataloguePage]]:
    def read(body: bytes) -> CataloguePage:
        return read_catalogue_page(body, marketplace)

    return lambda arrived: reading(arrived, read, _name_listing_refusal)


def order(arrived: Arrived) -> Reading[AmazonOrder]:
    return reading(
        arrived, lambda body: amazon_orders.from_amazon(amazon_orders.read_order(body)), amazon_orders.name_refusal
    )


def sales_order(arrived: Arrived) -> Reading[bytes]:
    """`getOrder`, unread: whoever reads it names what is wrong with it."""
    return reading(arrived, order_in, amazon_orders.name_refusal)


def order_page(arrived: Arrived) -> Reading[OrderPage]:
    return reading(arrived, read_page, amazon_orders.name_refusal)


def write_without_answer(outcome: NoAnswer | NeverLeft | Denied) -> NeverLeft | Denied | Unknown:
    return Unknown(outcome.reason) if isinstance(outcome, NoAnswer) else outcome


def read_without_answer(outcome: NoAnswer | NeverLeft | Denied) -> NeverLeft | Denied | Unavailable:
    return Unavailable(outcome.reason) if isinstance(outcome, NoAnswer) else outcome


def denied(outcome: Outcome, operation: str) -> Denied:
    """The second 401 or 403 for one call."""
    assert isinstance(outcome, Arrived)
    text = told(read_errors(outcome.body or b"")) or "no reason given"
    return Denied(
        f"Amazon turned {operation} away twice (HTTP {outcome.status}, request {request_id(outcome)}): {text}; "
        "check the application's roles and that the seller still authorises it"
    )


def reading(arrived: Arrived, read: Callable[[bytes], T], name: Namer) -> Reading[T]:
    """Of a read: `read` takes the body of an answer with 200, `name` names a refusal."""
    if arrived.status != 200:
        return _failed_read(arrived, name)
    try:
        return Done(read(arrived.body or b""), request_id(arrived), rate(arrived))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Unavailable(f"HTTP 200 with an answer that cannot be read: {error}", request_id(arrived))


def made(arrived: Arrived, read: Callable[[bytes], T]) -> Done[T] | Unknown:
    """Of a write that was taken. An answer that cannot be read does not undo it: nobody knows what was made."""
    try:
        return Done(read(arrived.body or b""), request_id(arrived), rate(arrived))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Unknown(f"HTTP {arrived.status} with an answer that cannot be read: {error}", request_id(arrived))


def failed_write(arrived: Arrived, name: Namer) -> Refused | Throttled | Unknown:
    return _turned_down(arrived, name) or Unknown(_status(arrived), request_id(arrived))


def _failed_read(arrived: Arrived, name: Namer) -> Refused | Throttled | Unavailable:
    return _turned_down(arrived, name) or Unavailable(_status(arrived), request_id(arrived))


def _turned_down(arrived: Arrived, name: Namer) -> Refused | Throttled | None:
    """A status that says that nothing was done; None for those that say nothing of the kind."""
    text = told(read_errors(arrived.body or b"")) or f"HTTP {arrived.status}"
    if arrived.status == 429:
        return Throttled(request_id(arrived), text)
    if arrived.status in TRANSIENT or not 300 <= arrived.status < 500:
        return None
    return Refused(_word(arrived, name), text, request_id(arrived), rate(arrived))


def _word(arrived: Arrived, name: Namer) -> Refusal:
    if arrived.status < 400:
        return "redirected"
    if arrived.status == 413:
        return "too_large"
    return name(arrived.status, read_errors(arrived.body or b""))


def _name_listing_refusal(status: int, errors: tuple[AmazonError, ...]) -> Refusal:
    if status == 404:
        return "listing_not_found"
    return "invalid_input" if errors else "refused"


def _status(arrived: Arrived) -> str:
    errors = told(read_errors(arrived.body or b""))
    return f"HTTP {arrived.status}" + (f" ({errors})" if errors else "")


def request_id(arrived: Arrived) -> str:
    """Amazon's name for the request: its support asks for it."""
    return arrived.headers.get("x-amzn-requestid", "")


def rate(arrived: Arrived) -> float | None:
    """Calls per second that Amazon says we have; None when it does not say, or says nonsense."""
    try:
        stated = float(arrived.headers.get("x-amzn-ratelimit-limit", ""))
    except ValueError:
        return None
    return stated if 0 < stated < 1_000_000 else None
