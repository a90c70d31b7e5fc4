"""Amazon Shipping v2: rates, the purchase of a label, its file, and a purchase taken back."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import aiohttp
import msgspec

from daemon.clock import Clock
from daemon.links.amazon import AmazonLink, segment
from daemon.links.amazon_answers import failed_write, reading, request_id
from daemon.links.amazon_answers import rate as rate_of
from daemon.links.answer import Answer, Done, Reading, Refused, Throttled, Unavailable, Unknown
from daemon.links.exchange import Arrived
from daemon.links.lwa import AccessToken, LoginWithAmazon
from daemon.settings import SellerAccount
from schemas import amazon_shipping as words

BASE = "/shipping/v2/shipments"
T = TypeVar("T")


class AmazonShippingLink(AmazonLink):
    """One seller account's labels."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        seller: SellerAccount,
        login: LoginWithAmazon,
        timeout: float,
        business: str,
        *,
        clock: Clock | None = None,
        patience: float = 3.0,
    ) -> None:
        """`business` is Amazon's name of the shipping business, such as `AmazonShipping_UK`."""
        super().__init__(session, seller, login, timeout, clock=clock, patience=patience)
        self._business = business

    async def rates(self, request: words.RatesRequest) -> Reading[words.Rates]:
        """What it would cost, and by when it would arrive; each rate is good for ten minutes. Changes nothing."""
        body = words.write_rates_request(request)
        return await self._read("getRates", self._url(f"{BASE}/rates"), _reads(words.read_rates), body)

    async def purchase(self, request: words.PurchaseRequest, idempotency_key: str) -> Answer[words.Purchase]:
        """Buy. The same key again is the same purchase, and its answer."""
        more = {"x-amzn-IdempotencyKey": idempotency_key}
        body = words.write_purchase(request)
        return await self._write("purchaseShipment", "POST", self._url(BASE), body, _purchased, more)

    async def documents(self, shipment_id: str, package: str, format_: str) -> Reading[words.ShipmentDocuments]:
        """The label of what was bought."""
        url = self._url(f"{BASE}/{segment(shipment_id)}/documents")
        query = {"packageClientReferenceId": package, "format": format_}
        return await self._read("getShipmentDocuments", url % query, _reads(words.read_documents))

    async def cancel(self, shipment_id: str) -> Answer[None]:
        """Take a purchase back. Twice is no harm."""
        url = self._url(f"{BASE}/{segment(shipment_id)}/cancel")
        return await self._write("cancelShipment", "PUT", url, b"", _cancelled)

    def _headers(self, token: AccessToken) -> dict[str, str]:
        return super()._headers(token) | {"x-amzn-shipping-business-id": self._business}


def _reads(read: Callable[[bytes], T]) -> Callable[[Arrived], Reading[T]]:
    def read_one(arrived: Arrived) -> Reading[T]:
        answer = reading(arrived, read, words.name_refusal)
        if isinstance(answer, Unavailable):
            # The decoder's words could repeat what is in the answer.
            return replace(answer, reason=f"HTTP {arrived.status}, and nothing that can be read")
        return _in_symbols(arrived, answer) if isinstance(answer, Refused | Throttled) else answer

    return read_one


N = TypeVar("N", bound=Refused | Throttled)


def _in_symbols(arrived: Arrived, answer: N) -> N:
    """Amazon's own text could repeat the buyer's address."""
    return replace(answer, text=words.symbols_in(arrived.body or b"") or f"HTTP {arrived.status}")


def _failed(arrived: Arrived) -> Refused | Throttled | Unknown:
    answer = failed_write(arrived, words.name_refusal)
    return answer if isinstance(answer, Unknown) else _in_symbols(arrived, answer)


def _purchased(arrived: Arrived) -> Answer[words.Purchase]:
    if arrived.status != 200:
        return _failed(arrived)
    try:
        return Done(words.read_purchase(arrived.body or b""), request_id(arrived), rate_of(arrived))
    except (msgspec.DecodeError, UnicodeDecodeError):
        # The decoder's words could repeat what is in the answer.
        return Unknown("HTTP 200 with an answer that cannot be read", request_id(arrived))


def _cancelled(arrived: Arrived) -> Answer[None]:
    if arrived.status == 200:
        return Done(None, request_id(arrived), rate_of(arrived))
    return _failed(arrived)
