"""Remittances taken into the books: each payment once, its invoices looked at, and the finance side told."""

from collections.abc import Mapping
from dataclasses import dataclass

from daemon.clock import Clock
from daemon.store import remittances as store
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from handlers import remittances
from handlers.remittances import Account
from schemas.remittance import Remittance
from schemas.terms import ChannelAccount

AT_ONCE = 50
"""Invoices looked at in one round."""


@dataclass(frozen=True, slots=True)
class Remittances:
    database: Database
    clock: Clock
    owners: Mapping[str, str]

    async def take(self, given: Remittance) -> str:
        """Returns what became of it, in a word."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            known = await store.known(connection, given.channel_account, given.reference)
            if known is not None and known != remittances.digest_of(given):
                await write_notes(connection, [remittances.contradicts(given)], now, self.owners)
                return "contradicts"
            if known is not None:
                return "duplicate"
            await store.save(connection, given, now)
            numbers = {one.number for one in given.items}
            strange = await store.strangers(connection, given.channel_account, numbers)
            accounts = await self._accounts(connection, given, numbers)
            unmatched = [one for one in given.items if one.number in strange]
            await write_notes(connection, remittances.after(given, accounts, unmatched), now, self.owners)
        return "taken"

    async def look(self, account: ChannelAccount) -> int:
        """At invoices that were credited after something was paid for them; returns at how many."""
        async with self.database.connection() as connection:
            numbers = await store.credited_since(connection, account, AT_ONCE)
        for number in numbers:
            async with self.database.transaction() as connection:
                await store.named(connection, account, [number])
                found, now = await store.account_of(connection, account, number), self.clock.now()
                await store.save_standing(connection, number, remittances.standing(found), now)
                await write_notes(connection, remittances.of_account(found), now, self.owners)
        return len(numbers)

    async def _accounts(self, connection: Connection, given: Remittance, numbers: set[str]) -> list[Account]:
        """Of every invoice that it is about, each with where it stands now written down."""
        found = list[Account]()
        for number in await store.named(connection, given.channel_account, numbers):
            account = await store.account_of(connection, given.channel_account, number)
            await store.save_standing(connection, number, remittances.standing(account), self.clock.now())
            found.append(account)
        return found
