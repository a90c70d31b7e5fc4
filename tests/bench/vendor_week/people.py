"""Account managers, operations and the warehouse's office: who answers what is asked, and when, if anybody."""

import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import asyncpg

from daemon.clock import Clock
from daemon.outcome import is_trouble
from daemon.store import purchase_order_decisions
from daemon.store.decisions import Choice, decide
from daemon.store.mapping_tables import CODES
from handlers.cross_reference import ProductCode
from handlers.decisions import Refused
from handlers.purchase_order_desk import PO_ANSWER
from handlers.ship_desk import LEAVE, SHIP_NOTICE_DIFFERS
from handlers.vendor_documents import SEND_AGAIN, VENDOR_DOCUMENT
from schemas.purchase_order import PurchaseOrderNumber
from schemas.terms import Account, ChannelAccount, Sku
from tests.bench.vendor_week.orders import PlannedOrder
from tests.bench.vendor_week.ours import BooksArm

LAPSES = 0.45
"""Share of questions about an answer that nobody decides."""
MOST_TRIES = 3
"""A document that was refused so often is left."""
CUTS = 0.7
"""Share of overdrawn orders that somebody has answered anew."""
EVERY = 600.0
"""Business seconds between two looks at the desk."""
ALERTS = ("po_overdrawn", "po_answer_refused", "ship_notice_held")


@dataclass
class People:
    """`hours`: how much shorter than real days the week's are."""

    arm: BooksArm
    hours: float
    seed: int
    done: set[object] = field(default_factory=set[object])
    deeds: dict[str, int] = field(default_factory=dict[str, int])
    tries: dict[str, int] = field(default_factory=dict[str, int])

    async def work(self, clock: Clock) -> None:
        """Until cancelled."""
        while True:
            await clock.sleep(EVERY * self.hours)
            await self.look()

    async def look(self) -> None:
        async with self.arm.database.connection() as connection:
            asked = await connection.fetch("select id, kind, subject, raised_at from decision where decided is null")
            told = await connection.fetch(
                "select id, kind, cause, raised_at, coalesce(detail -> 'orders', jsonb_build_array(cause)) as orders"
                " from alert where resolved_at is null and kind = any($1)",
                list(ALERTS),
            )
        for row in asked:
            await self._answer(row)
        for row in told:
            await self._heed(row)

    async def _answer(self, row: asyncpg.Record) -> None:
        draw = random.Random(f"{self.seed}/{row['kind']}/{row['subject']}/{row['raised_at']}")
        match row["kind"]:
            case kind if kind == PO_ANSWER:
                lapses, hours = draw.random() < LAPSES, draw.uniform(0.5, 16)
                option = "" if lapses else draw.choices(("answer_now", "reject_all"), (95, 5))[0]
                await self._once(row, hours, lambda: self._decide(row, option), bool(option))
            case kind if kind == VENDOR_DOCUMENT:
                tries = self.tries.get(row["subject"], 0)
                await self._once(row, 10 / 60, lambda: self._send_again(row), tries < MOST_TRIES)
            case kind if kind == SHIP_NOTICE_DIFFERS:
                await self._once(row, 1, lambda: self._decide(row, LEAVE))
            case _:
                pass

    async def _heed(self, row: asyncpg.Record) -> None:
        draw = random.Random(f"{self.seed}/{row['kind']}/{row['cause']}")
        match row["kind"]:
            case "po_overdrawn":
                await self._once(row, draw.uniform(1, 6), lambda: self._again(row), draw.random() < CUTS)
            case "po_answer_refused":
                await self._once(row, draw.uniform(0.5, 3), lambda: self._again(row))
            case _:
                await self._once(row, 20 / 60, lambda: self._correct(row))

    async def _once(
        self, row: asyncpg.Record, hours: float, deed: Callable[[], Awaitable[None]], does: bool = True
    ) -> None:
        name = (row["kind"], row["id"])
        due: datetime = row["raised_at"] + timedelta(hours=hours * self.hours)
        if not does or name in self.done or due > self.arm.now():
            return
        try:
            await deed()
        except Exception as error:
            if not is_trouble(error):
                raise
            return  # the books were busy with just that: whoever wanted it tries again
        self.done.add(name)
        self.deeds[row["kind"]] = self.deeds.get(row["kind"], 0) + 1

    async def _decide(self, row: asyncpg.Record, option: str) -> None:
        """Unless the policy, or the retailer, was quicker."""
        with suppress(Refused):
            async with self.arm.database.transaction() as connection:
                await decide(connection, row["id"], Choice(option, "the account manager"), self.arm.now(), {})

    async def _send_again(self, row: asyncpg.Record) -> None:
        self.tries[row["subject"]] = self.tries.get(row["subject"], 0) + 1
        await self._decide(row, SEND_AGAIN)

    async def _again(self, row: asyncpg.Record) -> None:
        """The orders that the alert is about: those of a product that is short, or the one that was refused."""
        for subject in row["orders"]:
            account, number = subject.split("/")
            key = ChannelAccount(account), PurchaseOrderNumber(number)
            async with self.arm.database.transaction() as connection:
                await purchase_order_decisions.again(connection, key, self.arm.now())

    async def _correct(self, row: asyncpg.Record) -> None:
        """The warehouse's office puts the papers right, and tells the load again."""
        for load in self.arm.world.loads.values():
            if load.wrong_bill and load.key.replace("/", "-") in row["cause"]:
                load.wrong_bill = ""
                departed = load.departure <= self.arm.now()
                kind = "despatch.completed" if departed else "despatch.packed"
                await self.arm.tell_load(load, kind, departed=departed)

    async def name_items(self, order: PlannedOrder) -> None:
        """Operations tell the master data what an unknown item is."""
        codes = [code_of(order, number) for number, at in order.mapped.items() if at is not None]
        async with self.arm.database.transaction() as connection:
            await CODES.take_over(connection, codes, self.arm.now())


def code_of(order: PlannedOrder, number: str) -> ProductCode:
    line = next(line for name, line in order.lines.items() if name == number)
    names: Mapping[str, str] = {one.kind: one.value for one in line.line.identifiers}
    return ProductCode(
        channel_account=order.account.name, kind="vendor_sku", code=names["vendor_sku"], account=Account("acme"),
        sku=Sku(line.product.sku),
    )  # fmt: skip
