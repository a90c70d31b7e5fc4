"""Amazon Seller Central: the only HTTP to Amazon. Answers are values; nothing the partner does raises.

Inside one call only what never left is repeated, for `patience` real seconds: everything else has spent budget, and
a request that may have left and changes something goes out once. An access that is turned away is settled once: the
token is dropped, the secrets are read again, and the call, which changed nothing, is made a second time.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import quote

import aiohttp
from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_after_delay, wait_random_exponential
from yarl import URL

from daemon.clock import Clock
from daemon.links import amazon_answers as answers
from daemon.links.answer import Answer, NeverLeft, Reading
from daemon.links.exchange import Arrived, NotSent, Request, exchange
from daemon.links.lwa import AccessToken, LoginWithAmazon
from daemon.settings import SellerAccount
from handlers.order_window import Window
from schemas import amazon_listings, amazon_orders
from schemas.amazon_catalogue import CataloguePage
from schemas.amazon_order_search import PAGE, OrderPage
from schemas.amazon_orders import AmazonOrder, ConfirmShipment
from schemas.terms import ChannelOrderId, Eaches, Marketplace, SellerSku

USER_AGENT = "goodsout/0.1 (Language=Python/3.11; Platform=Linux)"
PATIENCE = 3.0
"""Real seconds in which one call may repeat what is safe to repeat."""

OnLeaving = Callable[[str, str], None]
"""Called with operation and seller id as the request is written: a point to measure from."""

T = TypeVar("T")
Attempt = TypeVar("Attempt")


class AmazonLink:
    """One seller account at Amazon."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        seller: SellerAccount,
        login: LoginWithAmazon,
        timeout: float,
        *,
        clock: Clock | None = None,
        on_leaving: OnLeaving | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """`timeout` (one request) and `patience` (all repeats of a call) are real seconds."""
        self._session = session
        self._seller = seller
        self._login = login
        self._timeout = timeout
        self._clock = clock or Clock()
        self._on_leaving = on_leaving
        self._patience = patience

    async def ready(self) -> bool:
        """Have a token before budget is taken, so that what was granted leaves at once. False when there is none."""
        return isinstance(await self._login.token(self._seller), AccessToken)

    async def patch_listing(
        self,
        seller_sku: SellerSku,
        marketplace: Marketplace,
        product_type: str,
        quantity: Eaches,
        lead_time: int | None,
    ) -> Answer[amazon_listings.Submission]:
        """Tell a quantity in channel units, and the handling time in days where given. Done is accepted, not live."""
        patch = amazon_listings.to_amazon(product_type, quantity, lead_time, self._seller.stock_name)
        body = amazon_listings.write_patch(patch)
        url = self._url(f"/listings/2021-08-01/items/{self._seller.seller_id}/{segment(seller_sku)}")
        query = {"marketplaceIds": marketplace, "issueLocale": self._seller.issue_locale}
        return await self._write("patchListingsItem", "PATCH", url % query, body, answers.submission)

    async def read_listing(self, seller_sku: SellerSku, marketplace: Marketplace) -> Reading[Eaches | None]:
        """The live quantity in channel units; None where Amazon shows none for stock that we ship ourselves."""
        url = self._url(f"/listings/2021-08-01/items/{self._seller.seller_id}/{segment(seller_sku)}")
        query = {"marketplaceIds": marketplace, "includedData": "fulfillmentAvailability"}
        return await self._read("getListingsItem", url % query, answers.live_quantity_of(self._seller.stock_name))

    async def search_listings(
        self, marketplace: Marketplace, size: int, listed_from: datetime | None, token: str
    ) -> Reading[CataloguePage]:
        """A page of what the account lists, in the order of its listing. Amazon pages through a thousand at most."""
        query = {
            "marketplaceIds": marketplace, "includedData": "summaries,attributes", "sortBy": "createdDate",
            "sortOrder": "ASC", "pageSize": str(size),
        }  # fmt: skip
        query |= {"createdAfter": _moment(listed_from)} if listed_from else {}
        query |= {"pageToken": token} if token else {}
        url = self._url(f"/listings/2021-08-01/items/{self._seller.seller_id}")
        return await self._read("searchListingsItems", url % query, answers.catalogue_page_of(marketplace))

    async def confirm_despatch(self, order_id: ChannelOrderId, confirmation: ConfirmShipment) -> Answer[None]:
        """Tell of one parcel. The same package reference again is an edit of that parcel."""
        url = self._url(f"/orders/v0/orders/{segment(order_id)}/shipmentConfirmation")
        body = amazon_orders.write_confirmation(confirmation)
        return await self._write("confirmShipment", "POST", url, body, answers.confirmation)

    async def read_order(self, order_id: ChannelOrderId) -> Reading[AmazonOrder]:
        """The order with its lines and the parcels that Amazon knows of; it may be behind."""
        url = self._url(f"/orders/2026-01-01/orders/{segment(order_id)}")
        return await self._read("getOrder", url % {"includedData": "PACKAGES,FULFILLMENT"}, answers.order)

    async def read_sales_order(self, order_id: ChannelOrderId, buyers_data: Sequence[str] = ()) -> Reading[bytes]:
        """The order in Amazon's own words, as `search_orders` shows it, and with it the buyer's data that is named:
        RECIPIENT, BUYER."""
        url = self._url(f"/orders/2026-01-01/orders/{segment(order_id)}")
        included = ",".join(("FULFILLMENT", "CANCELLATION", *buyers_data))
        return await self._read("getOrder", url % {"includedData": included}, answers.sales_order)

    async def search_orders(
        self, window: Window, marketplaces: Sequence[str], *, in_full: bool = False
    ) -> Reading[OrderPage]:
        """A page of the orders that changed within the window and that we despatch ourselves; no buyer data.

        `in_full`: with all that their release needs to know but the address.
        """
        query = {
            "lastUpdatedAfter": _moment(window.changed_from), "lastUpdatedBefore": _moment(window.changed_before),
            "marketplaceIds": ",".join(marketplaces), "fulfilledBy": "MERCHANT",
            "includedData": "FULFILLMENT,CANCELLATION" if in_full else "FULFILLMENT",
            "maxResultsPerPage": str(PAGE),
        }  # fmt: skip
        url = self._url("/orders/2026-01-01/orders")
        token = {"paginationToken": window.token} if window.token else {}
        return await self._read("searchOrders", url % (query | token), answers.order_page)

    async def _write(
        self,
        operation: str,
        method: str,
        url: URL,
        body: bytes,
        read: Callable[[Arrived], Answer[T]],
        more: Mapping[str, str] | None = None,
    ) -> Answer[T]:
        """`more`: headers of this operation alone."""

        async def once() -> Answer[T]:
            arrived = await self._settled(operation, method, url, body, more)
            if isinstance(arrived, Arrived):
                return read(arrived)
            return answers.write_without_answer(arrived)

        return await self._patiently(once, _never_left)

    async def _read(
        self, operation: str, url: URL, read: Callable[[Arrived], Reading[T]], body: bytes | None = None
    ) -> Reading[T]:
        """With `body` a POST that changes nothing."""
        method = "GET" if body is None else "POST"

        async def once() -> Reading[T]:
            arrived = await self._settled(operation, method, url, body)
            if isinstance(arrived, Arrived):
                return read(arrived)
            return answers.read_without_answer(arrived)

        return await self._patiently(once, _never_left)

    async def _patiently(
        self, once: Callable[[], Awaitable[Attempt]], is_repeatable: Callable[[object], bool]
    ) -> Attempt:
        retrying = AsyncRetrying(
            stop=stop_after_delay(self._patience),
            wait=wait_random_exponential(multiplier=0.1, max=max(self._patience / 3, 0.01)),
            retry=retry_if_result(is_repeatable),
            retry_error_callback=_last,
        )
        return await retrying(once)

    async def _settled(
        self, operation: str, method: str, url: URL, body: bytes | None, more: Mapping[str, str] | None = None
    ) -> answers.Outcome:
        """One exchange; a second one with a fresh token when the first was turned away."""
        token = await self._login.token(self._seller)
        if not isinstance(token, AccessToken):
            return token
        first = await self._exchanged(operation, method, url, body, token, more)
        if not _turned_away(first):
            return first
        fresh = await self._login.token(self._seller, turned_away=token)
        if not isinstance(fresh, AccessToken):
            return fresh
        second = await self._exchanged(operation, method, url, body, fresh, more)
        return answers.denied(second, operation) if _turned_away(second) else second

    async def _exchanged(
        self,
        operation: str,
        method: str,
        url: URL,
        body: bytes | None,
        token: AccessToken,
        more: Mapping[str, str] | None,
    ) -> answers.Outcome:
        request = Request(method, url, self._headers(token) | dict(more or {}), body)
        arrived = await exchange(self._session, request, self._timeout, self._tell(operation))
        return NeverLeft(arrived.reason) if isinstance(arrived, NotSent) else arrived

    def _headers(self, token: AccessToken) -> dict[str, str]:
        # Amazon compares the date with its own clock, so it is the host's, not business time.
        return {
            "x-amz-access-token": token.value,
            "x-amz-date": self._clock.host_now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"),
            "user-agent": USER_AGENT,
            "content-type": "application/json",
            "accept": "application/json",
        }

    def _tell(self, operation: str) -> Callable[[], None] | None:
        hook = self._on_leaving
        return None if hook is None else lambda: hook(operation, self._seller.seller_id)

    def _url(self, path: str) -> URL:
        return URL(self._seller.endpoint.rstrip("/") + path, encoded=True)


def _moment(at: datetime) -> str:
    """In UTC, to the second: the past side of it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def segment(name: str) -> str:
    """A name as one segment of a path: everything is percent-encoded, and dots alone never mean a folder."""
    return "%2E" * len(name) if name in (".", "..") else quote(name, safe="")


def _turned_away(arrived: answers.Outcome) -> bool:
    return isinstance(arrived, Arrived) and arrived.status in (401, 403)


def _never_left(answer: object) -> bool:
    return isinstance(answer, NeverLeft)


def _last(state: RetryCallState) -> object:
    """Patience is over: the answer of the last attempt."""
    assert state.outcome is not None
    return state.outcome.result()
