"""Documents in Amazon's store: fetched from a pre-signed address, and unpacked.

The address is the key, so no token goes along, and neither logs nor texts nor reprs ever hold it. Whoever has it has
the document for five minutes.
"""

import zlib

import aiohttp
from yarl import URL

from daemon.links.amazon import USER_AGENT
from daemon.links.answer import Done, Reading, Refused, Unavailable
from daemon.links.exchange import Arrived, Request, exchange
from schemas.amazon import Refusal

TRANSFER_TIMEOUT = 60.0
"""Real seconds for one upload or download."""
GZIP_HEAD = b"\x1f\x8b"


def address(url: str) -> URL:
    """As it was signed: nothing in it may be written differently."""
    return URL(url, encoded=True)


def store_word(status: int) -> Refusal:
    """What the store's refusal means."""
    return "document_expired" if status == 403 else "too_large" if status == 413 else "refused"


async def fetched(
    session: aiohttp.ClientSession, url: str, timeout: float, limit: int, *, maybe_packed: bool = True
) -> Reading[bytes]:
    """The document, unpacked. `timeout` in real seconds, `limit` in bytes, packed and unpacked."""
    request = Request("GET", address(url), {"user-agent": USER_AGENT})
    arrived = await exchange(session, request, timeout, limit=limit)
    if not isinstance(arrived, Arrived):
        return Unavailable(arrived.reason)
    if arrived.status != 200:
        text = f"HTTP {arrived.status} from the document store"
        return Refused(store_word(arrived.status), text) if arrived.status < 500 else Unavailable(text)
    if arrived.body is None:
        return Unavailable(f"the document broke off, or is longer than {limit} bytes")
    return unpacked(arrived.body, limit) if maybe_packed else Done(arrived.body)


def unpacked(body: bytes, limit: int) -> Reading[bytes]:
    """What is announced is not what comes: the store may have unpacked it on the way, so the bytes are asked."""
    if not body.startswith(GZIP_HEAD):
        return Done(body)
    packed = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = packed.decompress(body, limit)
    except zlib.error as error:
        return Unavailable(f"the document cannot be unpacked: {error}")
    if not packed.eof:
        return Unavailable(f"the document breaks off, or is longer than {limit} bytes unpacked")
    return Done(plain)
