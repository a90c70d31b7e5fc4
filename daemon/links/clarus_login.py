"""Clarus's login: client credentials, one token per tenant, fetched early, shared, and renewed when turned away.

With a shelf it is shared by all processes: a login of one may end the session of another, so nobody logs in while a
newer token than the one that was turned away lies there.

Where the credentials travel, the scope and how long a token lives are not documented: each is a setting.
"""

import asyncio
import hashlib
import os
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote_plus, urlencode

import aiohttp
from yarl import URL

from daemon.clock import Clock
from daemon.links.answer import Denied, NeverLeft
from daemon.links.exchange import Arrived, Request, exchange
from daemon.secrets import SecretFault, SecretFile
from daemon.settings import Clarus
from schemas.clarus import read_fault, read_token

FORM = "application/x-www-form-urlencoded"
OTHERS = 0.05
"""Real seconds between two looks for the token that somebody else is fetching."""


@dataclass(frozen=True, slots=True)
class ClarusToken:
    """A token and the secret it came from. Its repr shows neither."""

    value: str = field(repr=False)
    good_until: float
    """Business seconds of the clock that fetched it, the early refresh taken off."""
    secret: str = field(repr=False)


OpenSecret = Callable[[str], SecretFile]
"""From the name of a secret, as the settings give it, to its file. Raises SecretFault."""


def beside_us(name: str) -> SecretFile:
    return SecretFile(name, os.environ)


@dataclass(frozen=True, slots=True)
class SharedToken:
    """A token as it lies on a shelf. Its repr does not show it."""

    value: str = field(repr=False)
    secret_mark: str
    """Of the secret that it came from."""
    good_for: float
    """Business seconds from now, the early refresh taken off."""


class Shelf(Protocol):
    """Where the processes find each other's token."""

    async def held(self) -> tuple[int, SharedToken | None]:
        """The number of the last login, and its token."""
        ...

    async def claim(self, number: int) -> bool:
        """Whether the caller is to log in: nobody has since `number`, and nobody else does."""
        ...

    async def keep(self, token: SharedToken) -> None: ...

    async def give_up(self, number: int) -> None:
        """What was claimed did not succeed."""
        ...


@dataclass(slots=True)
class ClarusLogin:
    """Tokens of one tenant; callers who come together share one fetch."""

    session: aiohttp.ClientSession
    tenant: Clarus
    clock: Clock
    open_secret: OpenSecret = beside_us
    shelf: Shelf | None = None
    _file: SecretFile | None = None
    _token: ClarusToken | None = None
    _fetching: "asyncio.Task[ClarusToken | NeverLeft | Denied] | None" = None

    async def token(self, turned_away: ClarusToken | None = None) -> ClarusToken | NeverLeft | Denied:
        """A token that will hold for a while yet; never `turned_away`, which Clarus has just refused.

        NeverLeft when the login cannot be reached, Denied when it refuses the credentials.
        """
        try:
            if (held := self._held(turned_away)) is not None:
                return held
        except SecretFault as fault:
            return Denied(str(fault))
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._obtained(turned_away))
        # Shielded: the caller who started it may be cancelled, the others still wait for it.
        return await asyncio.shield(self._fetching)

    def _held(self, turned_away: ClarusToken | None) -> ClarusToken | None:
        if self._token is not None and self._token is turned_away:
            self._token = self._file = None
        token = self._token
        if token is None or token.good_until <= self._seconds() or token.secret != self._secret():
            return None
        return token

    def _secret(self) -> str:
        """From its file, whenever that has changed. Raises SecretFault."""
        self._file = self._file or self.open_secret(self.tenant.client_secret_file)
        return self._file.current().reveal()

    async def _obtained(self, turned_away: ClarusToken | None) -> ClarusToken | NeverLeft | Denied:
        """From the shelf, or by a login that nobody else makes meanwhile."""
        shelf, until = self.shelf, self.clock.monotonic() + self.tenant.request_timeout
        if shelf is None:
            return await self._fetched()
        while self.clock.monotonic() < until:
            number, lies_there = await shelf.held()
            if lies_there is not None and (token := self._usable(lies_there, turned_away)) is not None:
                return token
            if await shelf.claim(number):
                return await self._shared(shelf, number)
            await asyncio.sleep(OTHERS)
        return NeverLeft("Clarus's login: another process has been logging in for too long")

    def _usable(self, token: SharedToken, turned_away: ClarusToken | None) -> ClarusToken | None:
        try:
            secret = self._secret()
        except SecretFault:
            return None
        refused = turned_away is not None and turned_away.value == token.value
        if refused or token.good_for <= 0 or token.secret_mark != self._mark(secret):
            return None
        self._token = ClarusToken(token.value, self._seconds() + token.good_for, secret)
        return self._token

    async def _shared(self, shelf: Shelf, number: int) -> ClarusToken | NeverLeft | Denied:
        fetched = await self._fetched()
        if isinstance(fetched, ClarusToken):
            good_for = fetched.good_until - self._seconds()
            await shelf.keep(SharedToken(fetched.value, self._mark(fetched.secret), good_for))
        else:
            await shelf.give_up(number)
        return fetched

    def _mark(self, secret: str) -> str:
        named = f"{self.tenant.token_url}\0{self.tenant.client_id}\0{secret}"
        return hashlib.sha256(named.encode()).hexdigest()

    async def _fetched(self) -> ClarusToken | NeverLeft | Denied:
        try:
            secret, asked_at = self._secret(), self._seconds()
        except SecretFault as fault:
            return Denied(str(fault))
        arrived = await exchange(self.session, _request(self.tenant, secret), self.tenant.request_timeout)
        if not isinstance(arrived, Arrived):
            return NeverLeft(f"Clarus's login: {arrived.reason}")
        token = read_token(arrived.body or b"") if arrived.status == 200 else None
        if token is None:
            return _failed(self.tenant, arrived)
        life = self.tenant.token_life if token.expires_in is None else token.expires_in
        # Never all of its life: a token that is short-lived is still used for half of it.
        good_for = max(life - self.tenant.refresh_early, life / 2)
        self._token = ClarusToken(token.access_token, asked_at + good_for, secret)
        return self._token

    def _seconds(self) -> float:
        """Business seconds that never go back."""
        return self.clock.monotonic() * self.clock.factor


def _request(tenant: Clarus, secret: str) -> Request:
    form = {"grant_type": "client_credentials"} | ({"scope": tenant.scope} if tenant.scope else {})
    headers = {"content-type": FORM, "accept": "application/json"}
    if tenant.credentials_in == "basic":
        # RFC 6749, 2.3.1: each is form-encoded before they are joined.
        pair = f"{quote_plus(tenant.client_id)}:{quote_plus(secret)}"
        headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": tenant.client_id, "client_secret": secret}
    return Request("POST", URL(tenant.token_url), headers, urlencode(form).encode())


def _failed(tenant: Clarus, arrived: Arrived) -> NeverLeft | Denied:
    """A refusal of the credentials, or trouble at Clarus's login, which passes."""
    if arrived.status not in (400, 401, 403):
        return NeverLeft(f"Clarus's login: answered with HTTP {arrived.status} and no token")
    why = read_fault(arrived.body or b"") or f"HTTP {arrived.status}"
    return Denied(
        f"Clarus's login refused client {tenant.client_id} of {tenant.subdomain}: {why}; check client_id, the secret"
        f" in {tenant.client_secret_file}, and credentials_in (now {tenant.credentials_in})"
    )
