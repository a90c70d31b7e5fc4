"""One HTTP request and its answer, as a value that says whether the request left.

"Left" is taken from the moment itself: the body is handed to the open connection by `_Body`, and nothing of the
request is written before that. What fails earlier (name, connection, TLS, waiting for a free connection) never
left; what fails later may have taken effect. aiohttp repeats idempotent methods once by itself on a dropped
connection; POST and PATCH, the only ones that change something here, it does not (tested).
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from yarl import URL

MAX_ANSWER = 1_048_576
"""Bytes of an answer that are read, where nothing else is said; what is longer is unreadable."""

LARGE = 262_144
"""Bytes of a request from which on it is written piece by piece, so that nothing else waits for it."""

CONNECT_TIMEOUT = 5.0
"""Real seconds to reach the partner at all."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to be sent. Headers and body may hold secrets: its repr shows neither."""

    method: str
    url: URL
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Arrived:
    """The partner answered, whatever it says. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None
    """None when it could not be read to its end, or is longer than was asked for."""


@dataclass(frozen=True, slots=True)
class NotSent:
    reason: str


@dataclass(frozen=True, slots=True)
class NoAnswer:
    reason: str


Exchange = Arrived | NotSent | NoAnswer


@dataclass(slots=True)
class _Leaving:
    """Remembers the moment a request leaves, and tells who asked to know."""

    tell: Callable[[], None] | None
    left: bool = False

    def now(self) -> None:
        self.left = True
        if self.tell is not None:
            self.tell()


class _Body(aiohttp.BytesPayload):
    """The body, which knows when it is being written."""

    def __init__(self, body: bytes, content_type: str, leaving: _Leaving) -> None:
        super().__init__(body, content_type=content_type)
        self._leaving = leaving

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self._leaving.now()
        await super().write_with_length(writer, content_length)


class _LargeBody(aiohttp.BytesIOPayload):
    """The same for a body that is too large to be handed over in one piece."""

    def __init__(self, body: bytes, content_type: str, leaving: _Leaving) -> None:
        super().__init__(io.BytesIO(body), content_type=content_type)
        self._leaving = leaving

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self._leaving.now()
        await super().write_with_length(writer, content_length)


class Dropped(aiohttp.ClientError):
    """The connection ended under a request."""


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """A drop as an error that aiohttp does not take for an invitation to send again."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
        raise Dropped(_reason(error)) from error


async def exchange(
    session: aiohttp.ClientSession,
    request: Request,
    timeout: float,
    on_leaving: Callable[[], None] | None = None,
    *,
    limit: int = MAX_ANSWER,
) -> Exchange:
    """Send it and read the answer, at most `limit` bytes of it, within `timeout` real seconds.

    Raises only what is not the partner's doing.
    """
    leaving = _Leaving(on_leaving)
    try:
        return await _sent(session, request, timeout, leaving, limit)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return NotSent(_reason(error)) if _stayed(error, leaving) else NoAnswer(_reason(error))


def _stayed(error: Exception, leaving: _Leaving) -> bool:
    """For a request without a body the kind of failure decides: nothing tells when it is written."""
    return not leaving.left or isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)


async def _sent(
    session: aiohttp.ClientSession, request: Request, timeout: float, leaving: _Leaving, limit: int
) -> Arrived:
    limits = aiohttp.ClientTimeout(total=timeout, sock_connect=min(timeout, CONNECT_TIMEOUT))
    async with session.request(
        request.method,
        request.url,
        headers=request.headers,
        data=_payload(request, leaving),
        timeout=limits,
        allow_redirects=False,
        middlewares=(_once,),
    ) as response:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Arrived(response.status, headers, await _bounded(response, limit))


def _payload(request: Request, leaving: _Leaving) -> _Body | _LargeBody | None:
    if request.body is None:
        leaving.now()
        return None
    kind = _Body if len(request.body) <= LARGE else _LargeBody
    return kind(request.body, request.headers.get("content-type", "application/json"), leaving)


async def _bounded(response: aiohttp.ClientResponse, limit: int) -> bytes | None:
    """The status has arrived by now and is worth keeping, so a broken body is no exception."""
    body = bytearray()
    try:
        async for chunk in response.content.iter_chunked(65_536):
            body += chunk
            if len(body) > limit:
                response.close()
                return None
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None
    return bytes(body)


def _reason(error: Exception) -> str:
    """Which failure, without addresses: they may hold what no log should."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return f"the name {error.host} could not be resolved"
        case aiohttp.ClientConnectorError():
            return f"{error.host}:{error.port} could not be reached: {error.strerror or type(error).__name__}"
        case aiohttp.ConnectionTimeoutError():
            return "no connection within the time allowed"
        case Dropped():
            return str(error)
        case TimeoutError():
            return "no answer within the time allowed"
        case aiohttp.ServerDisconnectedError():
            return "the connection was closed without an answer"
        case _:
            return f"the connection failed: {type(error).__name__}"
