"""EDI in the books: files as they came and left, interchanges, documents, control numbers."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from daemon.store.database import Connection, query
from edi.faults import Fault
from edi.partner import Numbers
from handlers.edi_documents import SentDocument


class Archived(NamedTuple):
    """A file that came, not read yet."""

    id: int
    name: str
    content: bytes
    at: datetime


class Made(NamedTuple):
    """A file that waits to be put."""

    id: int
    name: str
    content: bytes


class Entry(NamedTuple):
    """A document in or out, as it is kept."""

    code: str
    interchange: str
    group: str
    number: str
    key: str
    state: str
    text: str = ""
    said: bytes | None = None
    """The hash of what ours says, without control numbers."""


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


async def archive(connection: Connection, partner: str, name: str, content: bytes, at: datetime) -> int | None:
    """Keep a file as it came; None where the same one is kept already."""
    found: int | None = await connection.fetchval(
        query("edi_file_fetched"), partner, name, content, digest(content), at
    )
    return found


async def next_to_read(connection: Connection, partner: str) -> Archived | None:
    """The oldest that is not read."""
    row = await connection.fetchrow(query("edi_files_to_read"), partner)
    return None if row is None else Archived(*row)


async def done(connection: Connection, file: int, state: str, detail: str = "") -> None:
    await connection.execute(query("edi_file_done"), file, state, detail[:2_000])


async def to_put(connection: Connection, partner: str, limit: int) -> list[Made]:
    return [Made(*row) for row in await connection.fetch(query("edi_files_to_put"), partner, limit)]


async def put(connection: Connection, file: int, at: datetime, look_at: datetime) -> None:
    await connection.execute(query("edi_file_put"), file, at, look_at)


async def put_heard(connection: Connection, account: str, at: datetime) -> None:
    """Whoever waits for documents of this account to be put looks at once."""
    await connection.execute(query("edi_put_heard"), account, at)


async def numbers(connection: Connection, partner: str, messages: int = 1) -> Numbers:
    """Control numbers of one interchange; the counters stay locked until the transaction ends."""
    taken = [
        await connection.fetchval(query("edi_number_next"), partner, kind, count)
        for kind, count in (("interchange", 1), ("group", 1), ("message", messages))
    ]
    return Numbers(*taken)


async def save_file(connection: Connection, partner: str, name: str, content: bytes, at: datetime) -> int:
    """A file that is to be put."""
    found: int = await connection.fetchval(query("edi_file_made"), partner, name, content, digest(content), at)
    return found


async def known_under(
    connection: Connection, partner: str, sender: str, number: str, test: bool, since: datetime
) -> bytes | None:
    """The hash of what came under this number before; None: nothing did."""
    row = await connection.fetchrow(query("edi_interchange_known"), partner, sender, number, test, since)
    return None if row is None else bytes(row["content_hash"])


async def save_interchange(
    connection: Connection,
    file: int,
    partner: str,
    direction: str,
    sender: str,
    number: str,
    test: bool,
    at: datetime,
    content_hash: bytes,
    state: str,
    faults: Sequence[Fault] = (),
) -> int:
    """An interchange that came or is to be put, with the faults of its envelope; returns its id."""
    told = msgspec.json.encode([str(fault) for fault in faults]).decode()
    found: int = await connection.fetchval(
        query("edi_interchange_save"), file, partner, direction, sender, number, test, at, content_hash, state, told
    )
    return found


async def save_document(
    connection: Connection, interchange: int, partner: str, direction: str, entry: Entry, at: datetime
) -> int:
    """A document of an interchange; returns its id."""
    found: int = await connection.fetchval(
        query("edi_document_save"), interchange, partner, direction, entry.code, entry.interchange, entry.group,
        entry.number, entry.key, entry.state, at, None, entry.text[:4_000], entry.said,
    )  # fmt: skip
    return found


async def said_before(connection: Connection, partner: str, code: str, key: str, said: bytes) -> int | None:
    """The document that says the same and was not refused; None where there is none."""
    found: int | None = await connection.fetchval(query("edi_document_said"), partner, code, key, said)
    return found


async def of_group(connection: Connection, partner: str, group: str, interchange: str) -> list[SentDocument]:
    """Ours that a syntax answer is about, locked."""
    return _documents(partner, await connection.fetch(query("edi_documents_of_group"), partner, group, interchange))


async def of_word(
    connection: Connection, partner: str, group: str, number: str, reference: str
) -> list[SentDocument]:
    """Ours that a partner's application speaks of, locked; none where it cannot be told."""
    rows = await connection.fetch(query("edi_documents_of_word"), partner, group, number, reference)
    return _documents(partner, rows)


async def due(connection: Connection, partner: str, at: datetime, limit: int) -> list[SentDocument]:
    """Ours whose silence means something now, locked."""
    return _documents(partner, await connection.fetch(query("edi_documents_due"), partner, at, limit))


def _documents(partner: str, rows: Sequence[object]) -> list[SentDocument]:
    return [msgspec.convert({**dict(row), "partner": partner}, SentDocument) for row in rows]  # type: ignore[call-overload]  # a record


async def document(connection: Connection, number: int) -> SentDocument | None:
    """One of ours by its id."""
    row = await connection.fetchrow(query("edi_document_of"), number)
    return None if row is None else _documents(row["partner"], [row])[0]


async def settle(connection: Connection, document: SentDocument) -> None:
    await connection.execute(
        query("edi_document_settle"), document.id, document.state, document.look_at, document.text[:4_000]
    )


async def forget(connection: Connection, before: datetime, limit: int) -> str:
    """Files that have been kept long enough, with all that was said of them."""
    told: str = await connection.execute(query("edi_files_forget"), before, limit)
    return told


class Line(NamedTuple):
    """A document as people list it."""

    id: int
    partner: str
    direction: str
    code: str
    interchange: str
    number: str
    key: str
    state: str
    at: datetime
    look_at: datetime | None
    text: str
    file: int


class File(NamedTuple):
    id: int
    partner: str
    direction: str
    name: str
    content: bytes
    at: datetime
    state: str
    detail: str


async def listed(connection: Connection, partner: str, key: str, state: str, limit: int) -> list[Line]:
    """Documents, newest first; an empty word means any."""
    return [Line(*row) for row in await connection.fetch(query("edi_list"), partner, key, state, limit)]


async def file_of(connection: Connection, file: int) -> File | None:
    row = await connection.fetchrow(query("edi_file_of"), file)
    return None if row is None else File(*row)


async def again(connection: Connection, file: int) -> str | None:
    """Have a file that was put, put once more, byte for byte; returns its name, None where there is none such."""
    found: str | None = await connection.fetchval(query("edi_file_again"), file)
    return found
