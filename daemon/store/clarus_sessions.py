"""The session with each tenant of Clarus, in the books: sealed by a master key, one for all processes."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from daemon.store.database import Connection, query
from daemon.store.sealing import KeyRing, SealingFault


class Content(msgspec.Struct, frozen=True):
    """What is sealed. Its repr shows nothing."""

    value: str
    secret_mark: str
    """Of the secret that it came from: another secret needs another token."""

    def __repr__(self) -> str:
        return "Content()"


class Kept(NamedTuple):
    """`content` is None where there is none, or none that our keys open."""

    number: int
    content: Content | None
    good_until: datetime | None


async def load(connection: Connection, tenant: str, ring: KeyRing) -> Kept:
    row = await connection.fetchrow(query("clarus_session_load"), tenant)
    if row is None:
        return Kept(0, None, None)
    return Kept(row["number"], _opened(tenant, row["sealed"], ring), row["good_until"])


async def claim(connection: Connection, tenant: str, number: int, now: datetime, until: datetime) -> bool:
    """Whether the caller is the one to log in, after the login `number`."""
    return await connection.fetchval(query("clarus_session_claim"), tenant, number, now, until) is not None


async def keep(connection: Connection, tenant: str, content: Content, good_until: datetime, ring: KeyRing) -> None:
    sealed = ring.seal(_subject(tenant), msgspec.json.encode(content))
    await connection.execute(query("clarus_session_keep"), tenant, sealed, good_until)


async def give_up(connection: Connection, tenant: str, number: int) -> None:
    """The claim of whoever could not log in."""
    await connection.execute(query("clarus_session_give_up"), tenant, number)


def _opened(tenant: str, sealed: bytes | None, ring: KeyRing) -> Content | None:
    if sealed is None:
        return None
    try:
        return msgspec.json.decode(ring.open(_subject(tenant), sealed), type=Content)
    except (SealingFault, msgspec.DecodeError):
        return None


def _subject(tenant: str) -> str:
    return f"clarus-session:{tenant}"
