"""The watch: knows what should have happened, and raises what has not.

One replica at a time. Each task looks at one thing, and one that fails leaves the others to their work.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.clock import Clock
from daemon.level_requests import put_in_doubt
from daemon.log import fact
from daemon.settings import Settings
from daemon.store import publication, stock
from daemon.store.database import Connection, Database, query
from daemon.store.notes import write_notes
from daemon.store.stock import Ledger
from daemon.topology import PARTITIONS
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.stock_intake import is_read, level_request
from handlers.stock_state import GAP

AT_ONCE = 500
UNANSWERED_TIMES = 3
"""A doubt is an alert once its level request has gone unanswered this many times."""

log = logging.getLogger(__name__)

Task = Callable[[Connection, datetime], Awaitable[list[Note]]]


async def standing(
    connection: Connection, kind: AlertKind, raised: Sequence[RaiseAlert], about: Callable[[str], bool] | None = None
) -> list[Note]:
    """A kind that is looked at every round: raised where something changed, resolved where its cause is gone.

    With `about`, only causes for which it holds.
    """
    rows = await connection.fetch(query("open_alert_causes"), kind.value)
    known = {row["cause"]: row["text"] for row in rows if about is None or about(row["cause"])}
    causes = {alert.cause for alert in raised}
    new: list[Note] = [alert for alert in raised if known.get(alert.cause) != alert.text]
    return new + [ResolveAlert(kind, cause) for cause in known if cause not in causes]


@dataclass(slots=True)
class Watch:
    """`round` runs every task once; more tasks may be added by the flows that own them."""

    database: Database
    clock: Clock
    settings: Settings
    owners: Mapping[str, str]
    more: tuple[Task, ...] = ()
    failures: int = field(default=0)

    def tasks(self) -> tuple[Task, ...]:
        return (
            self.doubt_old_gaps,
            self.ask_again,
            self.raise_lasting_doubts,
            self.raise_listings_without_stock,
            self.raise_promises_at_risk,
            self.give_up_lost_flights,
            self.try_refused_again,
            self.raise_untold_too_long,
            *self.more,
        )

    async def round(self) -> None:
        for task in self.tasks():
            try:
                await self._run(task)
            except stock.BooksMoved:
                log.info("books moved", extra=fact("watch_repeated"))
            except Exception:
                self.failures += 1
                log.exception("watch task failed", extra=fact("watch_failed", task=getattr(task, "__name__", "")))

    async def _run(self, task: Task) -> None:
        at = self.clock.now()
        async with self.database.transaction() as connection:
            await write_notes(connection, await task(connection, at), at, self.owners)

    async def doubt_old_gaps(self, connection: Connection, at: datetime) -> list[Note]:
        """A gap past its grace is a doubt, once every partition has had one owner for as long."""
        grace = timedelta(seconds=self.settings.intake.grace)
        real = self.clock.real_seconds(self.settings.intake.grace)
        if not await connection.fetchval(query("intake_settled"), PARTITIONS, real):
            return []
        keys = await stock.gaps_past_grace(connection, at - grace, AT_ONCE)

        def still(ledger: Ledger) -> bool:
            trouble = ledger.state.trouble
            past = trouble is not None and trouble.gap_since is not None and trouble.gap_since < at - grace
            return past and trouble is not None and trouble.doubt_since is None

        await put_in_doubt(connection, keys, GAP, at, self.settings.intake, self.owners, still)
        return []

    async def ask_again(self, connection: Connection, at: datetime) -> list[Note]:
        """A level request that nobody answered is sent again, with the same id."""
        again = at + timedelta(seconds=self.settings.intake.level_request_again)
        rows = await connection.fetch(query("level_requests_unanswered"), at, again)
        if not rows:
            return []
        await connection.execute(query("level_request_repeated"), [row["command_id"] for row in rows])
        return [
            level_request(r["command_id"], r["account"], r["warehouse"], r["sku"], r["doubt_reason"])
            for r in rows
            if not is_read(r["source"])
        ]

    async def raise_lasting_doubts(self, connection: Connection, at: datetime) -> list[Note]:
        """One alert per stock owner while doubts outlast several requests."""
        lasting = timedelta(seconds=self.settings.intake.level_request_again * UNANSWERED_TIMES)
        rows = await connection.fetch(query("accounts_in_doubt"), at - lasting)
        raised = [
            RaiseAlert(
                AlertKind.STOCK_IN_DOUBT,
                row["account"],
                row["account"],
                f"{row['skus']} SKUs of {row['account']} are in doubt, the oldest since {row['since']:%F %T} UTC;"
                " the warehouse does not answer requests for their levels",
                {"skus": row["oldest"]},
            )
            for row in rows
        ]
        return await standing(connection, AlertKind.STOCK_IN_DOUBT, raised)

    async def raise_listings_without_stock(self, connection: Connection, at: datetime) -> list[Note]:
        """One alert per channel account, with the list."""
        del at
        rows = await connection.fetch(query("listings_without_stock"))
        raised = [
            RaiseAlert(
                AlertKind.LISTING_WITHOUT_STOCK,
                row["channel_account"],
                row["channel_account"],
                f"{len(row['skus'])} listings of {row['channel_account']} name a SKU that no warehouse ever reported",
                {"skus": list(row["skus"][:1000])},
            )
            for row in rows
        ]
        return await standing(connection, AlertKind.LISTING_WITHOUT_STOCK, raised)

    async def raise_promises_at_risk(self, connection: Connection, at: datetime) -> list[Note]:
        rows = await connection.fetch(query("promises_at_risk"), at, AT_ONCE)
        raised = [
            RaiseAlert(
                AlertKind.PROMISE_AT_RISK,
                f"{row['kind']}/{row['subject']}",
                row["subject"],
                f"{row['kind']} of {row['subject']} was promised by {row['deadline']:%F %T} UTC and has not happened",
                {"owner": row["owner"]},
                row["deadline"],
            )
            for row in rows
        ]
        return await standing(connection, AlertKind.PROMISE_AT_RISK, raised)

    async def give_up_lost_flights(self, connection: Connection, at: datetime) -> list[Note]:
        """Stock requests whose sender is gone: nobody saw their end, so they count as unknown."""
        settings = self.settings.publication
        longest = timedelta(seconds=3 * settings.request_timeout * self.clock.factor)
        late = timedelta(seconds=settings.late_effect)
        for attempt, listing in await publication.abandoned(connection, at, at - longest):
            if not await publication.change(connection, "flight_unknown", listing, attempt, at + late, at):
                await publication.overtaken_ended(connection, listing, attempt, at + late, at - late)
        return []

    async def try_refused_again(self, connection: Connection, at: datetime) -> list[Note]:
        """The channel refused a value for a reason that may be gone by now; the alert stays until it takes one."""
        again = timedelta(seconds=self.settings.publication.refused_again_after)
        await connection.execute(query("refusals_forget"), at - again)
        return []

    async def raise_untold_too_long(self, connection: Connection, at: datetime) -> list[Note]:
        """One alert per account and class while its oldest untold change is older than its class may be."""
        settings = self.settings.publication
        allowed = (
            settings.untold_near_zero_after, settings.untold_lowering_after, settings.untold_raise_after,
            settings.untold_repeat_after,
        )  # fmt: skip
        bounds = [at - timedelta(seconds=seconds) for seconds in allowed]
        rows = await connection.fetch(query("untold_too_long"), settings.near_zero, *bounds)
        raised = [_untold(row["account"], row["class"], row["skus"], row["since"]) for row in rows]
        return await standing(connection, AlertKind.STOCK_UNTOLD, raised)


def _untold(account: str, kind: str, skus: Sequence[str], since: datetime) -> RaiseAlert:
    """Said the same as long as the oldest one is the same."""
    cause = f"{account}/{kind}"
    text = f"{account} has not been told of changes of the class {kind}, the oldest since {since:%F %T} UTC"
    return RaiseAlert(AlertKind.STOCK_UNTOLD, cause, account, text, {"class": kind, "skus": list(skus)})
