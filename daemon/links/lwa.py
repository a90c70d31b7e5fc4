"""Login with Amazon: one access token per seller account, fetched early, shared, and renewed when turned away."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from daemon.clock import Clock
from daemon.links.answer import Denied, NeverLeft
from daemon.links.exchange import Arrived, Request, exchange
from daemon.secrets import SecretFault, SecretFile
from daemon.settings import SellerAccount
from schemas.amazon import read_login_refusal, read_token

REFRESH_EARLY = 60.0
"""Seconds before its end at which a token is no longer used."""

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token and the credentials it came from. Its repr shows neither."""

    value: str = field(repr=False)
    good_until: float
    """By `_seconds` of the clock that fetched it, the early refresh taken off."""
    credentials: tuple[str, str] = field(repr=False)


OpenSecret = Callable[[str], SecretFile]
"""From the name of a secret, as the settings give it, to its file. Raises SecretFault."""


def _beside_us(name: str) -> SecretFile:
    return SecretFile(name, os.environ)


@dataclass(slots=True)
class _Account:
    seller: SellerAccount
    open_secret: OpenSecret
    files: tuple[SecretFile, SecretFile] | None = None
    token: AccessToken | None = None
    fetching: "asyncio.Task[AccessToken | NeverLeft | Denied] | None" = None

    def credentials(self) -> tuple[str, str]:
        """Client secret and refresh token, from their files whenever those have changed. Raises SecretFault."""
        if self.files is None:
            seller = self.seller
            self.files = self.open_secret(seller.client_secret_file), self.open_secret(seller.refresh_token_file)
        secret, refresh_token = self.files
        return secret.current().reveal(), refresh_token.current().reveal()

    def forget(self) -> None:
        """Amazon turned the token away: nothing that came from these files is trusted any longer."""
        self.token = self.files = None


class LoginWithAmazon:
    """Tokens for all seller accounts; callers of one account who come together share one fetch."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        clock: Clock,
        refresh_early: float = REFRESH_EARLY,
        timeout: float = 10.0,
        open_secret: OpenSecret = _beside_us,
    ) -> None:
        """`refresh_early` in seconds of the clock, `timeout` in real seconds."""
        self._session = session
        self._clock = clock
        self._refresh_early = refresh_early
        self._timeout = timeout
        self._open_secret = open_secret
        self._accounts: dict[SellerAccount, _Account] = {}

    async def token(
        self, seller: SellerAccount, turned_away: AccessToken | None = None
    ) -> AccessToken | NeverLeft | Denied:
        """A token that will hold for a while yet; never `turned_away`, which Amazon has just refused.

        NeverLeft when Amazon's login cannot be reached, Denied when it refuses the credentials.
        """
        account = self._account(seller)
        try:
            if (token := self._held(account, turned_away)) is not None:
                return token
        except SecretFault as error:
            return Denied(str(error))
        if account.fetching is None or account.fetching.done():
            account.fetching = asyncio.create_task(self._fetched(account))
        # Shielded: the caller who started it may be cancelled, the others still wait for it.
        return await asyncio.shield(account.fetching)

    def _account(self, seller: SellerAccount) -> _Account:
        if seller not in self._accounts:
            self._accounts[seller] = _Account(seller, self._open_secret)
        return self._accounts[seller]

    def _held(self, account: _Account, turned_away: AccessToken | None) -> AccessToken | None:
        token = account.token
        if token is not None and token is turned_away:
            account.forget()
            return None
        if token is None or token.good_until <= self._seconds() or token.credentials != account.credentials():
            return None
        return token

    async def _fetched(self, account: _Account) -> AccessToken | NeverLeft | Denied:
        try:
            credentials, asked_at = account.credentials(), self._seconds()
        except SecretFault as error:
            return Denied(str(error))
        arrived = await exchange(self._session, _request(account.seller, credentials), self._timeout)
        if not isinstance(arrived, Arrived):
            return NeverLeft(f"login with Amazon: {arrived.reason}")
        token = read_token(arrived.body or b"") if arrived.status == 200 else None
        if token is None:
            return _failed(account, arrived)
        # Never all of its life: a token that is short-lived is still used for half of it.
        life = max(token.expires_in - self._refresh_early, token.expires_in / 2)
        account.token = AccessToken(token.access_token, asked_at + life, credentials)
        return account.token

    def _seconds(self) -> float:
        """Business seconds that never go back."""
        return self._clock.monotonic() * self._clock.factor


def _request(seller: SellerAccount, credentials: tuple[str, str]) -> Request:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": credentials[1],
        "client_id": seller.client_id,
        "client_secret": credentials[0],
    }
    return Request("POST", URL(seller.token_url), {"content-type": FORM}, urlencode(form).encode())


def _failed(account: _Account, arrived: Arrived) -> NeverLeft | Denied:
    """A refusal of the credentials, or trouble at Amazon's login, which passes."""
    if arrived.status not in (400, 401, 403):
        return NeverLeft(f"login with Amazon: answered with HTTP {arrived.status}")
    refusal = read_login_refusal(arrived.body or b"")
    code = refusal.error or f"HTTP {arrived.status}"
    return Denied(f"login with Amazon refused {account.seller.seller_id}: {code}; {_advice(refusal.error, account)}")


def _advice(code: str, account: _Account) -> str:
    if code == "invalid_grant":
        return f"authorise the application anew and put the refresh token into {account.seller.refresh_token_file}"
    where = account.seller.client_secret_file
    return f"check client_id and the client secret in {where} (it must be rotated every 180 days)"
