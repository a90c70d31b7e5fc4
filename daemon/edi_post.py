"""The post office of one EDI partner: fetches and archives files, puts what was made, and looks for what is overdue.

A file is archived before it is taken away. What leaves is made, with its control numbers, in the transaction that
decided it; putting it again under the same name is putting it once.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from daemon.clock import Clock
from daemon.links.edi_spool import Spool, SpoolTrouble, TooLarge, Waiting
from daemon.log import fact
from daemon.store import edi as store
from daemon.store.database import Connection, Database
from daemon.store.edi import Entry
from daemon.store.notes import write_notes
from edi import leaving
from edi.partner import Numbers, Partner
from handlers.alerts import AlertKind
from handlers.edi_documents import Rules, when_due
from handlers.notes import Note, RaiseAlert, ResolveAlert

PUT_AT_ONCE, DUE_AT_ONCE, FETCHED_AT_ONCE = 20, 100, 50

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EdiPost:
    """One exchange with one partner."""

    partner: Partner
    spool: Spool
    database: Database
    clock: Clock
    owners: Mapping[str, str]
    rules: Rules
    most_bytes: int

    # Files.

    async def put(self) -> int:
        """What waits, oldest first; stops at the first that the place refuses. Returns how many were put."""
        async with self.database.connection() as connection:
            waiting = await store.to_put(connection, self.partner.name, PUT_AT_ONCE)
        for count, file in enumerate(waiting):
            try:
                await self.spool.put(file.name, file.content)
            except SpoolTrouble as trouble:
                await self._trouble(trouble)
                return count
            now = self.clock.now()
            async with self.database.transaction() as connection:
                await store.put(connection, file.id, now, now + self.rules.acknowledged_within)
        return len(waiting)

    async def fetch(self) -> int:
        """New files, each archived before it is taken away."""
        try:
            found = await self.spool.waiting()
            for file in found[:FETCHED_AT_ONCE]:
                await self._fetch(file)
        except SpoolTrouble as trouble:
            await self._trouble(trouble)
            return 0
        await self._tell([ResolveAlert(AlertKind.EDI_UNREACHABLE, self.partner.name)])
        return len(found)

    async def _fetch(self, file: Waiting) -> None:
        try:
            if file.size > self.most_bytes:
                raise TooLarge(f"{file.name} has {file.size:,} bytes, and {self.most_bytes:,} are taken at most")
            content = await self.spool.fetch(file.name, self.most_bytes)
        except TooLarge as why:
            await self._tell([unreadable(self.partner.name, file.name, f"{why}; it stays where it is")])
            return
        async with self.database.transaction() as connection:
            await store.archive(connection, self.partner.name, file.name, content, self.clock.now())
        await self.spool.remove(file.name)

    async def _trouble(self, trouble: SpoolTrouble) -> None:
        log.warning("%s", trouble, extra=fact("edi_unreachable", partner=self.partner.name))
        text = f"EDI with {self.partner.name} stands still: {trouble}"
        await self._tell([RaiseAlert(AlertKind.EDI_UNREACHABLE, self.partner.name, self.partner.name, text)])

    async def _tell(self, notes: Sequence[Note]) -> None:
        async with self.database.transaction() as connection:
            await write_notes(connection, notes, self.clock.now(), self.owners)

    # Sending.

    async def post(
        self, connection: Connection, code: str, key: str, rows: leaving.Rows, *, once: bool = True
    ) -> int:
        """Make a document ready to leave, in the caller's transaction; returns its id. Raises `Refused`, and then
        nothing may be committed: its numbers were taken.

        `once`: the same words about the same thing are not said twice, whatever was said between.
        """
        now, name, rows = self.clock.now(), self.partner.name, list(rows)
        said = store.digest(repr(rows).encode())
        if once and (before := await store.said_before(connection, name, code, key, said)) is not None:
            return before
        numbers = await store.numbers(connection, name)
        made = leaving.document(self.partner, code, rows, numbers, now)
        file = await store.save_file(connection, name, self._name(code.lower(), numbers.interchange), made, now)
        number, message = leaving.named(self.partner, numbers)
        interchange = await store.save_interchange(
            connection, file, name, "out", self.partner.our_id, number, self.partner.test, now, store.digest(made),
            "made",
        )  # fmt: skip
        group = str(numbers.group) if self.partner.standard == "x12" else ""
        entry = Entry(code, number, group, message, key, "waiting", said=said)
        return await store.save_document(connection, interchange, name, "out", entry, now)

    def check(self, code: str, rows: leaving.Rows) -> None:
        """Raises `Refused` where a document cannot be written. Nothing is made and no number is used."""
        leaving.document(self.partner, code, rows, Numbers(1, 1, 1), self.clock.now())

    def _name(self, kind: str, number: int) -> str:
        return f"{self.partner.name}-{kind}-{number:09d}.edi"

    async def answer(self, connection: Connection, report: leaving.Report) -> None:
        """The 997 or CONTRL that an interchange wants, made in the caller's transaction."""
        now, name = self.clock.now(), self.partner.name
        needed = leaving.answers_needed(report)
        if needed is None:
            return
        numbers = await store.numbers(connection, name, needed)
        made = leaving.answers(self.partner, report, numbers, now)
        if made is not None:
            await store.save_file(connection, name, self._name("ack", numbers.interchange), made, now)

    async def look(self) -> int:
        """At documents whose silence means something by now."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            due = await store.due(connection, self.partner.name, now, DUE_AT_ONCE)
            settled = [when_due(one) for one in due]
            for one in settled:
                await store.settle(connection, one.document)
            await write_notes(connection, [note for one in settled for note in one.notes], now, self.owners)
        return len(due)


def unreadable(partner: str, name: str, why: str) -> RaiseAlert:
    """Something that came and cannot be used; the original is kept."""
    return RaiseAlert(AlertKind.EDI_UNREADABLE, f"{partner}/{name}", name, f"{name} of {partner}: {why}")
