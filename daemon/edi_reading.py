"""Reads what one EDI partner has sent: each interchange once, whatever is fetched again or read again after a crash.

Orders are taken into their books first, each in a transaction of its own (the same order again changes nothing); then
the interchange, its documents, what it says of ours, and the answer that it wants are committed together.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from daemon.edi_post import EdiPost, unreadable
from daemon.store import edi as store
from daemon.store.database import Connection
from daemon.store.edi import Archived, Entry
from daemon.store.notes import write_notes
from edi.arriving import (
    Arrival,
    BusinessWord,
    Document,
    Meaning,
    SyntaxWord,
    Taken,
    Unhandled,
    arrivals,
    meaning,
    standard_of,
)
from edi.faults import Fault
from edi.partner import Standard
from edi.profile import Profile
from handlers.alerts import AlertKind
from handlers.edi_documents import Came, Rules, Settled, after_syntax, after_word, came
from handlers.notes import Note, RaiseAlert
from schemas.remittance import Remittance

IN_THREAD = 200_000
"""Bytes from which on a file is read beside the loop."""
SHOWN = 3
"""Faults in an alert's text; all are kept in the books."""

Take: TypeAlias = Callable[[Taken], Awaitable[object]]
"""Takes an order, a change of one or a remittance into its books; the same again changes nothing."""
Saying: TypeAlias = tuple[Document, Meaning | None]
"""A document and what it says; None where its syntax forbids to use it."""


@dataclass(frozen=True, slots=True)
class EdiReading:
    post: EdiPost
    profile: Profile
    rules: Rules
    take: Take
    numbers_kept: timedelta
    """For so long a control number names what came under it first."""
    acknowledges: bool = True

    @property
    def partner(self) -> str:
        return self.post.partner.name

    async def read_next(self) -> bool:
        """The oldest file that is archived and not read; False where none waits."""
        async with self.post.database.connection() as connection:
            file = await store.next_to_read(connection, self.partner)
        if file is None:
            return False
        await self._read(file)
        return True

    async def _read(self, file: Archived) -> None:
        standard = standard_of(file.content)
        if standard is None or standard != self.post.partner.standard:
            what = standard or "neither X12 nor EDIFACT"
            await self._done(file, "refused", f"it is {what}, and {self.post.partner.standard} was expected")
            return
        found, stray = await _decoded(file.content, standard)
        for arrival in found:
            await self._arrival(file, arrival)
        await self._done(file, "read" if found else "refused", "; ".join(str(fault) for fault in stray))

    async def _done(self, file: Archived, state: str, why: str) -> None:
        notes = [unreadable(self.partner, file.name, why)] if why else []
        async with self.post.database.transaction() as connection:
            await store.done(connection, file.id, state, why)
            await write_notes(connection, notes, self.post.clock.now(), self.post.owners)

    async def _arrival(self, file: Archived, arrival: Arrival) -> None:
        content = store.digest(arrival.bytes_of(file.content))
        word = await self._word(arrival, content)
        said = [(one, meaning(one, self.profile) if one.usable else None) for one in arrival.documents]
        if word == "new":
            for _, what in said:
                if isinstance(what, Taken):
                    await self.take(what)
        refused = {at: what for at, (_, what) in enumerate(said) if isinstance(what, list)}
        await self._commit(file, arrival.judged(refused), said, word, content)

    async def _word(self, arrival: Arrival, content: bytes) -> Came:
        partner, since = self.post.partner, self.post.clock.now() - self.numbers_kept
        async with self.post.database.connection() as connection:
            known = await store.known_under(
                connection, partner.name, arrival.sender, arrival.number, arrival.test, since
            )
        return came(arrival.sender, partner.their_id, arrival.test, partner.test, known, content)

    async def _commit(
        self, file: Archived, arrival: Arrival, said: Sequence[Saying], word: Came, content: bytes
    ) -> None:
        now, partner = self.post.clock.now(), self.post.partner
        faults = list(arrival.report.all_faults())
        rejected = any(not fault.warning for fault in arrival.faults)
        state = ("rejected" if rejected else "accepted") if word == "new" else word
        notes = _heard(partner.name, file, arrival, word, faults)
        async with self.post.database.transaction() as connection:
            interchange = await store.save_interchange(
                connection, file.id, partner.name, "in", arrival.sender, arrival.number, arrival.test, now, content,
                state, faults,
            )  # fmt: skip
            if word == "new":
                notes += await self._listen(connection, arrival, said)
                await self._keep(connection, interchange, arrival, said)
                if self.acknowledges:
                    await self.post.answer(connection, arrival.report)
            await write_notes(connection, notes, now, self.post.owners)

    async def _keep(self, connection: Connection, interchange: int, arrival: Arrival, said: Sequence[Saying]) -> None:
        for document, what in said:
            entry = _entry(arrival, document, what)
            await store.save_document(connection, interchange, self.partner, "in", entry, self.post.clock.now())

    # What it says of ours.

    async def _listen(self, connection: Connection, arrival: Arrival, said: Sequence[Saying]) -> list[Note]:
        notes = list[Note]()
        for word in arrival.words:
            notes += await self._syntax(connection, word)
        for document, what in said:
            if isinstance(what, SyntaxWord):
                notes += await self._syntax(connection, what)
            elif isinstance(what, tuple):
                notes += await self._words(connection, what)
            elif isinstance(what, Unhandled):
                notes.append(_unhandled(self.partner, document))
        return notes

    async def _syntax(self, connection: Connection, word: SyntaxWord) -> list[Note]:
        ours = await store.of_group(connection, self.partner, word.group, word.interchange)
        now = self.post.clock.now()
        settled = [after_syntax(one, word.accepts(one.number), now, self.rules, word.text) for one in ours]
        return await _settle(connection, settled)

    async def _words(self, connection: Connection, words: Iterable[BusinessWord]) -> list[Note]:
        notes = list[Note]()
        for word in words:
            ours = await store.of_word(connection, self.partner, word.group, word.message, word.reference)
            if not ours:
                notes.append(_about_nothing(self.partner, word))
            notes += await _settle(connection, [after_word(one, word.accepted, word.text) for one in ours])
        return notes


async def _decoded(content: bytes, standard: Standard) -> tuple[list[Arrival], tuple[Fault, ...]]:
    if len(content) < IN_THREAD:
        return arrivals(content, standard)
    return await asyncio.to_thread(arrivals, content, standard)


async def _settle(connection: Connection, settled: Sequence[Settled]) -> list[Note]:
    for one in settled:
        await store.settle(connection, one.document)
    return [note for one in settled for note in one.notes]


def _heard(partner: str, file: Archived, arrival: Arrival, word: Came, faults: Sequence[Fault]) -> list[Note]:
    where = f"{file.name}, interchange {arrival.number}"
    if word == "reused":
        return [unreadable(partner, where, "another one came under this number before; nothing of this was taken")]
    if word == "stranger":
        what = "a test" if arrival.test else "live"
        return [unreadable(partner, where, f"it is {what}, from {arrival.sender!r}: not of this exchange")]
    told = [fault for fault in faults if not fault.warning]
    if not told or word == "duplicate":
        return []
    more = f"; and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    return [unreadable(partner, where, "; ".join(str(fault) for fault in told[:SHOWN]) + more)]


def _entry(arrival: Arrival, document: Document, what: Meaning | None) -> Entry:
    key = (what.reference if isinstance(what, Remittance) else what.number) if isinstance(what, Taken) else ""
    faults = (*document.faults, *(what if isinstance(what, list) else ()))
    text = "; ".join(str(fault) for fault in faults)
    if what is None or isinstance(what, list):
        return Entry(document.code, arrival.number, document.group, document.number, key, "refused", text)
    state = "unhandled" if isinstance(what, Unhandled) else "taken"
    return Entry(document.code, arrival.number, document.group, document.number, key, state, text)


def _unhandled(partner: str, document: Document) -> RaiseAlert:
    text = f"{document.code} {document.number} of {partner} came, and nobody here takes that kind; it is kept"
    return RaiseAlert(AlertKind.EDI_UNHANDLED, f"{partner}/{document.code}", document.number, text)


def _about_nothing(partner: str, word: BusinessWord) -> RaiseAlert:
    named = word.reference or word.message
    text = f"{partner} says of {named!r}, which was never sent: {word.text or 'nothing more'}"
    return RaiseAlert(AlertKind.EDI_REFUSED, f"{partner}/{named}", named, text)
