"""Who read a buyer's address, of which order, when and why; and who erased it. Counted by day, reader and purpose."""

import getpass
import socket
from collections.abc import Collection
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from daemon.store.database import Connection, query

Why: TypeAlias = Literal[
    "compare", "judge", "release", "label", "print_label", "open", "show_parked", "replay_parked", "erased",
    "erased_on_time",
]  # fmt: skip
"""`compare`: with the channel's newest answer. `judge`: can it be delivered. `release`: to tell the warehouse.
`label`: is its label still right. `print_label`: a person got its label. `open`: for another flow.
`show_parked`, `replay_parked`: a person had a parked message shown or sent again.
`erased`: by a person; `erased_on_time`: by the schedule."""

_reader: list[str] = []


def read_as(reader: str) -> None:
    """Make `reader` the name of this process in the log. Once at start; without it, the user at this machine."""
    _reader[:] = [reader]


def reader() -> str:
    return _reader[0] if _reader else f"{getpass.getuser()}@{socket.gethostname()}"


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """A day's reads of one subject, by one reader for one purpose."""

    subject: str
    reader: str
    why: str
    first_at: datetime
    last_at: datetime
    times: int


async def note(connection: Connection, subjects: Collection[str], why: Why, at: datetime) -> None:
    """Written in the transaction that reads: no address is opened without a trace."""
    if subjects:
        await connection.execute(query("buyer_access_note"), sorted(set(subjects)), reader(), why, at)


async def of(connection: Connection, subjects: Collection[str] | None, limit: int) -> list[Access]:
    """The newest first; None: of anybody."""
    rows = await connection.fetch(query("buyer_access_of"), None if subjects is None else sorted(subjects), limit)
    return [msgspec.convert(dict(row.items()), Access) for row in rows]
