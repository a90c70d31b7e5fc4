"""What commands that work on the books need: the database, open; the time; and who owns what."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
import click

from daemon.app import clock_of, open_books
from daemon.clock import Clock
from daemon.commands.context import configuration
from daemon.commands.keys import master_keys
from daemon.config import Configuration
from daemon.secrets import SecretFault
from daemon.store.database import Database, MigrationFault, check_version
from daemon.store.embedded_programs import NoPrivatePostgres
from daemon.store.reach import reachable
from daemon.store.sealing import KeyRing

CONNECTIONS = 2


@dataclass(frozen=True, slots=True)
class Desk:
    """The books, open, for one command."""

    configured: Configuration
    """As it was given: `embedded:` is still called so."""
    database: Database
    clock: Clock

    @property
    def owners(self) -> Mapping[str, str]:
        return self.configured.settings.owners

    def keys(self) -> KeyRing:
        """The master keys. Ends the command with a word of advice when there are none."""
        return master_keys(self.configured)


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    """Open the books that the configuration names; ends the command with one line when they do not open."""
    found = configuration()
    async with AsyncExitStack() as stack:
        try:
            ready = await stack.enter_async_context(reachable(found))
            database = await open_books(ready, CONNECTIONS, stack, "goodsout-command")
            async with database.connection() as connection:
                await check_version(connection)
        except (OSError, asyncpg.PostgresError, SecretFault) as trouble:
            raise click.ClickException(f"the database does not open: {trouble}; see database.url") from None
        except (MigrationFault, NoPrivatePostgres) as fault:
            raise click.ClickException(str(fault)) from None
        clock = clock_of(found.settings)
        clock.discipline(await database.now())
        yield Desk(found, database, clock)


def unconfigured(what: str, name: str, known: Iterable[str]) -> click.ClickException:
    """A name that the configuration does not have, with those that it has."""
    names = ", ".join(sorted(known)) or "none"
    return click.ClickException(f"no {what} {name!r} is configured; there are: {names}")


class Since(click.ParamType[timedelta | datetime]):
    """`90m`, `12h`, `3d`, or a time as ISO 8601 (UTC where it names no zone)."""

    name = "when"
    units: Mapping[str, str] = {"m": "minutes", "h": "hours", "d": "days"}

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta | datetime:
        if isinstance(value, timedelta | datetime):
            return value
        if ago := re.fullmatch(r"(\d{1,5})([mhd])", str(value)):
            return timedelta(**{self.units[ago[2]]: int(ago[1])})
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(
                f"{value!r} is neither an age such as 90m, 12h, 3d nor a time such as 2026-03-01T09:00", param, ctx
            )
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def moment_of(since: timedelta | datetime | None, now: datetime) -> datetime | None:
    return now - since if isinstance(since, timedelta) else since
