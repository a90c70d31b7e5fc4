"""A reader of what leaves the simulated Clarus, on a clock that is turned by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from daemon.budget import Budget
from daemon.clarus_gate import ClarusGate
from daemon.clarus_goods_out_rules import plan_of
from daemon.clarus_goods_out_settling import Settling
from daemon.clarus_goods_outs import IDLE, GoodsOutReader
from daemon.clarus_trouble import Trouble
from daemon.links.clarus_lists import ClarusLists
from daemon.settings import ClarusContents, ClarusGoodsOuts, SellerAccount
from daemon.store.clarus_goods_outs import mark
from simulators.clarus import PackingDesk
from tests.live.clarus_rig import START, HandClock, Rig, clarus_rig

TASKS = ClarusContents(
    list="tasks", fields="id confirmed_quantity product { code } storage_unit_to { id } goods_out_line { id }",
    parcel_path="storage_unit_to.id", package_path="storage_unit.id", line_path="goods_out_line.id",
    filters={"task_type_code": "PICK"},
)  # fmt: skip
WITH_CONTENTS = ClarusGoodsOuts(
    read=True, contents=TASKS, package_fields="id tracking_number shipment { id } storage_unit { id }"
)
ORDER_ID = "203-1234567-1234567"
SHOP = SellerAccount(
    account="acme", seller_id="S", endpoint="https://x.example", client_id="c", client_secret_file="f",
    refresh_token_file="f", marketplaces=("UK",), warehouses=("W1",),
)  # fmt: skip


@dataclass
class Reading:
    rig: Rig
    desk: PackingDesk
    section: ClarusGoodsOuts
    reader: GoodsOutReader = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As a process that has just started."""
        rig = self.rig
        tenant = msgspec.structs.replace(rig.settings.clarus["main"], goods_outs=self.section)
        settings = msgspec.structs.replace(rig.settings, clarus={"main": tenant}, sellers={"shop": SHOP})
        plan, clock = plan_of(settings, "main"), HandClock(rig.hand)
        gate = ClarusGate("main", 10_000.0, rig.database, Budget())
        trouble = Trouble("main/goods_outs", 300.0, gate, rig.database, clock, {})
        self.reader = GoodsOutReader(
            plan, ClarusLists(rig.link), trouble, Settling(plan, {}), rig.database, clock, rig.telemetry
        )

    async def read(self) -> None:
        """Until nothing is due."""
        for _ in range(200):
            if await self.reader.round() == IDLE:
                return
        raise AssertionError("still busy after 200 rounds")

    async def pass_(self, seconds: float, step: float = 30.0) -> None:
        """Time goes by, and the reader reads."""
        for _ in range(int(seconds / step)):
            self.rig.hand.on(step)
            await self.read()

    async def hint(self, reference: str, *, cancelled: bool = False) -> None:
        async with self.rig.database.transaction() as connection:
            await mark(connection, "main", [reference], self.rig.hand.at, cancelled=cancelled)
        await self.read()

    async def sold(self, reference: str, *skus: str, order_id: str = ORDER_ID) -> None:
        """An order of the channel's that our books know by this name."""
        for place, sku in enumerate(skus or ("KETTLE",), start=1):
            line = await self.rig.one(
                "insert into open_line (channel_account, channel_order_id, line_reference, order_reference,"
                " marketplace, seller_sku, ordered, ordered_at, updated_at, first_seen)"
                " values ('shop', $1, $2, $3, 'UK', $4, 9, $5, $5, $5) returning id",
                order_id, f"L{place}", reference, sku, START,
            )  # fmt: skip
            await self.rig.books.execute(
                "insert into open_line_part (line_id, account, sku, order_reference, per_unit, ordered)"
                " values ($1, 'acme', $2, $3, 1, 9)",
                line, sku, reference,
            )  # fmt: skip

    async def messages(self, of: str = "despatch") -> list[tuple[str, dict[str, Any]]]:
        rows = await self.rig.books.fetch(
            "select routing_key, body, partition_key from outbox where exchange = 'clarus' and routing_key like $1"
            " order by id",
            f"{of}.%",
        )
        found = [(row["routing_key"], msgspec.json.decode(row["body"])) for row in rows]
        assert all(row["partition_key"].startswith("acme/") for row in rows)
        return [(key, event["data"]) for key, event in found]

    async def keys(self, of: str = "despatch") -> list[tuple[str, int]]:
        return [(key.removeprefix(f"{of}."), data["revision"]) for key, data in await self.messages(of)]


@asynccontextmanager
async def reading(
    folder: Path, url: str, section: ClarusGoodsOuts | None = None, **rig: Any
) -> AsyncIterator[Reading]:
    async with clarus_rig(folder, url, **rig) as found:
        at = Reading(found, PackingDesk(found.clarus), section or ClarusGoodsOuts(read=True))
        await at.read()  # the first sweep: what ends from here on is ours to tell
        yield at
