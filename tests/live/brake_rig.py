"""The books of one channel account, with stock events, marks, watch rounds and a clock that tests move."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from daemon.brake_watch import BrakeWatch
from daemon.brakes import brakes_of
from daemon.clock import Clock
from daemon.housekeeping import Housekeeping
from daemon.marking import mark
from daemon.settings import Bus, Intake, SellerAccount, Settings, Zeroes
from daemon.settings import Database as DatabaseSettings
from daemon.store import publication as books
from daemon.store import stock
from daemon.store.database import Database, open_database
from daemon.store.decisions import Choice, decide, list_decisions
from daemon.store.notes import write_notes
from daemon.store.stock import StockKey
from handlers.decisions import Decision
from handlers.publication import Send, next_for
from handlers.stock_stream import Rules
from handlers.stock_stream import decide as decide_stock
from handlers.supply import Rules as SellingRules
from handlers.supply import Selling
from schemas.inventory import Quantities, StockMessage
from schemas.terms import Account, ChannelAccount, Sku, Warehouse
from simulators.amazon import UK
from tests.live.ledger_rig import SELLER

HUNDRED = [f"SKU-{number:03}" for number in range(100)]
HALF_LIFE = 604_800.0
SHOP = ChannelAccount("shop")
ACME, W1 = Account("acme"), Warehouse("W1")
SELLING = SellingRules({SHOP: Selling(frozenset({W1}))})


@dataclass
class BrakeRig:
    database: Database
    clock: Clock
    settings: Zeroes
    seller: SellerAccount = SELLER

    async def list_skus(self, skus: Sequence[str], **columns: object) -> None:
        names = ("channel_account", "marketplace", "account", "imported_at", *columns)
        values = (SHOP, UK, ACME, self.clock.now(), *columns.values())
        places = ", ".join(f"${place + 2}" for place in range(len(values)))
        await self.execute(
            f"insert into listing (seller_sku, sku, {', '.join(names)}) select name, name, {places}"
            " from unnest($1::text[]) as name",
            list(skus),
            *values,
        )

    async def level(self, skus: Sequence[str], available: int, **more: Any) -> None:
        await self._tell(skus, available, is_level=True, **more)

    async def moved(self, skus: Sequence[str], available: int) -> None:
        await self._tell(skus, available, is_level=False)

    async def _tell(self, skus: Sequence[str], available: int, *, is_level: bool, answers: bool = False) -> None:
        """As the intake would write it: the next number for a movement, the last one for a level."""
        now = self.clock.now()
        keys = [StockKey(ACME, W1, Sku(sku)) for sku in sorted(skus)]
        async with self.database.transaction() as connection:
            ledgers = await stock.load(connection, keys, [("/wms", 0)] * len(keys))
            for ledger in ledgers:
                trouble = ledger.state.trouble
                message = StockMessage(
                    ACME, W1, ledger.key.sku, "/wms", f"{ledger.key.sku}-{now}",
                    (ledger.state.applied or 0) + (not is_level), 0, now, is_level, "level" if is_level else "picked",
                    Quantities(available), trouble.command_id if answers and trouble else None,
                )  # fmt: skip
                step = decide_stock(ledger.state, message, now, Rules())
                assert step.outcome == "applied", (step.outcome, step.reason)
                ledger.state = step.state
                ledger.applied += step.applied
            await stock.save(connection, ledgers, now, 0, timedelta(seconds=30))

    async def mark(self) -> None:
        brakes = brakes_of(self.settings, {SHOP: self.seller}, SELLING)
        while await mark(self.database, SELLING, brakes, self.clock):
            pass

    async def tell(self) -> dict[str, int]:
        """Send what may be sent now, as the publisher chooses it, and have it accepted: seller SKU -> value."""
        await self.mark()
        now = self.clock.now()
        told = dict[str, int]()
        async with self.database.transaction() as connection:
            found = await books.candidates(connection, SHOP, now, 5, 100_000, HALF_LIFE)
            sends = [
                (one.listing_id, move.value)
                for one in found
                if isinstance(move := next_for(one.told, one.desired, now, 5), Send)
            ]
            begun = [books.Begun(listing, value, None, value, False, None, None) for listing, value in sends]
            attempts = await books.begin(connection, begun, now, "me") if begun else {}
            for listing, value in sends:
                await books.end_attempt(connection, attempts[listing], "accepted", now, "", "")
                await books.change(connection, "flight_accepted", listing, attempts[listing], value, now, None)
                name = await connection.fetchval("select seller_sku from listing where id = $1", listing)
                told[name] = value
        return told

    async def watch(self) -> None:
        settings = Settings(bus=Bus(url="embedded:"), database=DatabaseSettings(url="x"), zeroes=self.settings)
        tasks = (*Housekeeping(settings).tasks()[:1], *BrakeWatch(self.settings, Intake(), {}).tasks())
        for task in tasks:
            async with self.database.transaction() as connection:
                now = self.clock.now()
                await write_notes(connection, await task(connection, now), now, {})

    async def decisions(self, kind: str | None = None) -> list[Decision]:
        async with self.database.connection() as connection:
            return await list_decisions(connection, kind=kind)

    async def decide(self, option: str, *named: str, kind: str = "mass_zero") -> None:
        [decision] = await self.decisions(kind)
        async with self.database.transaction() as connection:
            await decide(connection, decision.id, Choice(option, "ann", "", named), self.clock.now(), {})

    def later(self, **by: float) -> None:
        self.clock.origin += timedelta(**by)
        self.clock.host_error += timedelta(**by)

    async def execute(self, statement: str, *values: object) -> None:
        async with self.database.connection() as connection:
            await connection.execute(statement, *values)

    async def value(self, statement: str, *values: object) -> Any:
        async with self.database.connection() as connection:
            return await connection.fetchval(statement, *values)

    async def alerts(self) -> set[str]:
        async with self.database.connection() as connection:
            return {row["kind"] for row in await connection.fetch("select kind from alert where resolved_at is null")}


@asynccontextmanager
async def brake_rig(url: str, settings: Zeroes | None = None, **seller: Any) -> AsyncIterator[BrakeRig]:
    database = await open_database(url, DatabaseSettings(url=url), 4)
    account = msgspec.structs.replace(SELLER, **seller)
    try:
        yield BrakeRig(database, Clock(origin=datetime.now(UTC)), settings or Zeroes(), account)
    finally:
        await database.close()


async def shop(rig: BrakeRig, skus: list[str], available: int = 50) -> None:
    """A shop that shows what there is."""
    await rig.list_skus(skus)
    await rig.level(skus, available)
    assert set((await rig.tell()).values()) == {available}
    rig.later(seconds=60)


async def bad_export(rig: BrakeRig, skus: list[str] = HUNDRED) -> None:
    await shop(rig, skus)
    await rig.level(skus, 0)
    assert await rig.tell() == {}
    await rig.watch()
