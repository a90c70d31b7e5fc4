"""The life-cycle table, cell by cell: what the warehouse is told, and what is told of the channel.

All cells are played in one database, against one simulated Clarus, at the same time; each test judges one of them.
An order is brought where the column says, the channel changes it as the row says, and its loop runs until quiet.
`create_unknown` is played twice: the request turned out to have taken effect, and not to have.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from daemon.releasing import Releasing
from handlers.life_cycle import CHANGES, GONE, STANDINGS, TABLE, Action, Change, Standing
from schemas.sales_order import ShipTo
from simulators.clarus import Fault, Heard
from simulators.clarus.faults import Kind
from simulators.clarus.orders import GoodsOut
from tests.live.release_rig import HOME, LAG, ReleaseRig, Telling, lines, release_rig
from tests.services.postgres import Databases

pytestmark = pytest.mark.live

BY_HAND = {
    "draft": "DRAFT", "pending": "PENDING", "allocated": "ALLOCATED", "part_allocated": "PART_ALLOCATED",
    "picking": "PICK", "completed": "COMPLETED", "cancelled": "CANCELLED", "deleted": "", "unknown": "QUARANTINE",
}  # fmt: skip
FIRST = {"A": 2, "B": 1}
MOVED = ShipTo(name="B. Uyer", lines=("2 Road",), city="York", postcode="YO1 1AA", country="GB")

LOST: tuple[tuple[Kind, "Column"], ...] = (
    ("error", "create_unknown"), ("error_after", "create_unknown, there"),
)  # fmt: skip

Column = Standing | Literal["create_unknown, there"]
COLUMNS: tuple[Column, ...] = (*STANDINGS, "create_unknown, there")
CELLS: tuple[tuple[Change, Column], ...] = tuple((change, column) for change in CHANGES for column in COLUMNS)


@dataclass
class Cell:
    """What was seen of one order after its channel had changed it."""

    told: list[str] = field(default_factory=list[str])
    """Operations that the warehouse was sent, in order."""
    while_unknown: list[str] = field(default_factory=list[str])
    quantities: list[dict[str, int]] = field(default_factory=list[dict[str, int]])
    """Of each order of that reference at the warehouse that is not deleted."""
    statuses: list[str] = field(default_factory=list[str])
    streets: list[str] = field(default_factory=list[str])
    alerts: set[str] = field(default_factory=set[str])
    questions: list[str] = field(default_factory=list[str])
    for_the_channel: str = ""
    """What customer service is asked to tell it."""


def name_of(change: Change, column: Column) -> str:
    return f"{change}-{column}".replace(", ", "-")


def sold(rig: ReleaseRig, change: Change, column: Column) -> Telling:
    return rig.telling(name_of(change, column), *lines(**FIRST))


def held(rig: ReleaseRig, change: Change, column: Column) -> Telling:
    return rig.telling(name_of(change, column), clear=False, status="held")


def changed(rig: ReleaseRig, change: Change, column: Column) -> Telling:
    """The channel tells what the row says; `new` is told nothing, but on a withdrawn order the hold is lifted."""
    name = name_of(change, column)
    match change:
        case "new":
            return rig.telling(name)
        case "edited":
            return rig.telling(name, *lines(A=3, B=1), status="open")
        case "part_cancelled":
            [first, second] = lines(**FIRST)
            return rig.telling(name, msgspec.structs.replace(first, cancelled=1), second, status="open")
        case "cancel_asked":
            asked = [msgspec.structs.replace(line, cancel_asked=True) for line in lines(**FIRST)]
            return rig.telling(name, *asked, clear=False, status="open")
        case "address_changed":
            return rig.telling(name, ship_to=MOVED, status="open")
        case "unknown":
            return rig.telling(name, clear=False, status="unknown", status_word="Mystery")
        case "cancelled" | "held" | "refunded" | "despatched":
            return rig.telling(name, clear=False, status=change, status_word="")


@dataclass
class Play:
    """All cells at once, scene by scene."""

    rig: ReleaseRig
    cells: dict[tuple[Change, Column], Cell] = field(default_factory=lambda: {cell: Cell() for cell in CELLS})
    ids: dict[str, list[int]] = field(default_factory=dict[str, list[int]])

    async def each(
        self,
        act: Callable[[ReleaseRig, Change, Column], Telling],
        *columns: Column,
        changes: Sequence[Change] = CHANGES,
    ) -> None:
        """All of them in one answer of the channel."""
        await self.rig.hear(*(act(self.rig, change, column) for change in changes for column in columns))

    async def run(self) -> dict[tuple[Change, Column], Cell]:
        rig, loop = self.rig, self.rig.loop(look_over=timedelta(seconds=200))
        await self.bring_in(loop)
        await self.lose_answers(loop)
        self.ids = {name_of(*cell): [order.id for order in rig.at_clarus(name_of(*cell))] for cell in CELLS}
        since = rig.mark()
        await self.each(changed, *COLUMNS)
        await self.look_while_unknown(loop, since)
        for _ in range(3):
            await rig.later(loop, 2 * LAG + 1)
        for cell, seen in self.cells.items():
            await judge(rig, name_of(*cell), seen, since, self.ids)
        return self.cells

    async def bring_in(self, loop: Releasing) -> None:
        """Where the columns say. An order that is not released was taken back by ourselves, but for a new one."""
        rig = self.rig
        back: list[Change] = [change for change in CHANGES if change != "new"]
        settled: list[Column] = [column for column in COLUMNS if column in BY_HAND]
        await self.each(sold, *settled)
        await self.each(sold, "not_released", changes=back)
        await rig.later(await rig.run(loop))
        await self.each(held, "not_released", changes=back)
        await rig.run(loop)
        for change in CHANGES:
            for column in settled:
                rig.move(name_of(change, column), BY_HAND[column])
        rig.hand.on(LAG + 1)

    async def lose_answers(self, loop: Releasing) -> None:
        """Orders of which nobody knows whether the warehouse has them."""
        for kind, column in LOST:
            self.rig.clarus.faults.chances = ((1.0, Fault(kind, "goods_outs.create")),)
            await self.each(sold, column)
            await self.rig.run(loop)
        self.rig.clarus.faults.stop()

    async def look_while_unknown(self, loop: Releasing, since: int) -> None:
        """With replicas that lag by as much as is allowed for: nothing settles what is unknown yet."""
        self.rig.clarus.faults.replica_lag = (LAG - 1, LAG - 1)
        await self.rig.run(loop)
        self.rig.clarus.faults.replica_lag = (0.0, 0.0)
        for change, column in CELLS:
            if column.startswith("create_unknown"):
                asked = told(self.rig, name_of(change, column), since, self.ids)
                self.cells[change, column].while_unknown = asked


def told(rig: ReleaseRig, name: str, since: int, ids: dict[str, list[int]]) -> list[str]:
    known = {*ids[name], *(order.id for order in rig.clarus.world.goods_outs.values() if is_of(order, name))}

    def concerns(heard: Heard) -> bool:
        if heard.operation == "goods_outs.create":
            return bool(heard.body["data"]["attributes"]["reference"] == name)
        return int(heard.path.split("/")[3]) in known

    return [heard.operation.removeprefix("goods_outs.") for heard in rig.asked(since) if concerns(heard)]


def is_of(order: GoodsOut, name: str) -> bool:
    return bool(order.attributes["reference"] == name)


async def judge(rig: ReleaseRig, name: str, seen: Cell, since: int, ids: dict[str, list[int]]) -> None:
    orders = rig.at_clarus(name)
    seen.told = told(rig, name, since, ids)
    seen.quantities = [rig.quantities(order) for order in orders]
    seen.statuses = [order.status for order in orders]
    seen.streets = [(order.address or {}).get("address_1", "") for order in orders]
    seen.alerts = await rig.alerts(name)
    seen.questions = [kind for _, kind in await rig.questions(name)]
    text = "select text from alert where resolved_at is null and kind = 'order_tell_channel' and cause = $1"
    seen.for_the_channel = await rig.books.fetchval(text, f"order/uk/{name}") or ""


@pytest.fixture(scope="module")
def played(
    postgres_server: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[tuple[Change, Column], Cell]]:
    folder: Path = tmp_path_factory.mktemp("matrix")

    async def all_cells() -> dict[tuple[Change, Column], Cell]:
        async with (
            postgres_server.fresh_database(await postgres_server.migrated_template()) as url,
            release_rig(folder, url) as rig,
        ):
            return await Play(rig).run()

    yield asyncio.run(all_cells())


def wanted_of(change: Change) -> dict[str, int]:
    return {"edited": {"A": 3, "B": 1}, "part_cancelled": {"A": 1, "B": 1}}.get(change, FIRST)


def settled_as(column: Column) -> Standing:
    """Where an order stands once it is known: what decides in the end for one that was not."""
    return {"create_unknown": "not_released", "create_unknown, there": "pending"}.get(column, column)  # type: ignore[return-value]


@pytest.mark.parametrize(("change", "column"), CELLS, ids=[name_of(*cell) for cell in CELLS])
def test_a_cell_of_the_table(played: dict[tuple[Change, Column], Cell], change: Change, column: Column) -> None:
    seen, standing = played[change, column], settled_as(column)
    action: Action = TABLE[change, standing]
    assert seen.while_unknown == [], "nothing is asked while nobody knows whether the order is there"
    assert len(seen.quantities) <= 1, "never twice"
    EXPECTED[action](seen, change, standing)


def created(seen: Cell, change: Change, standing: Standing) -> None:
    assert (seen.told, seen.statuses) == (["create"], ["PENDING"])
    assert seen.quantities == [wanted_of(change)]
    assert seen.streets == ["2 Road" if change == "address_changed" else HOME.lines[0]]
    assert_quiet(seen)


def amended(seen: Cell, change: Change, standing: Standing) -> None:
    assert seen.told == ["change"] and seen.statuses == [BY_HAND[standing]]
    assert seen.quantities == [wanted_of(change)]
    assert seen.streets == ["2 Road" if change == "address_changed" else HOME.lines[0]]
    assert_quiet(seen)


def cancelled(seen: Cell, change: Change, standing: Standing) -> None:
    """What has begun is cancelled, what has not is deleted."""
    begun = standing in ("allocated", "part_allocated")
    assert (seen.told, seen.statuses) == ((["cancel"], ["CANCELLED"]) if begun else (["delete"], []))
    assert_quiet(seen)


def asked_to_stop(seen: Cell, change: Change, standing: Standing) -> None:
    assert seen.told == [] and seen.statuses == [BY_HAND[standing]], "nothing before the answer"
    assert seen.alerts == {"order_stop_asked"} and seen.questions == ["order_stop"]


def told_to_people(seen: Cell, change: Change, standing: Standing) -> None:
    assert seen.told == [] and seen.alerts == {"order_tell_channel"}
    assert "tell the channel" in seen.for_the_channel and seen.questions == []


def alerted(seen: Cell, change: Change, standing: Standing) -> None:
    assert seen.told == [] and seen.alerts == {"order_adrift"} and seen.questions == []


def left_alone(seen: Cell, change: Change, standing: Standing) -> None:
    assert seen.told == []
    assert_quiet(seen)


def assert_quiet(seen: Cell) -> None:
    """The channel is true as it is: nobody is asked to tell it anything."""
    assert (seen.alerts, seen.questions, seen.for_the_channel) == (set(), [], "")


EXPECTED: dict[Action, Callable[[Cell, Change, Standing], None]] = {
    "create": created, "amend": amended, "cancel": cancelled, "stop": asked_to_stop, "tell": told_to_people,
    "alert": alerted, "nothing": left_alone,
}  # fmt: skip


def test_the_table_names_each_cell_once_and_waits_only_where_nobody_knows() -> None:
    assert set(TABLE) == {(change, standing) for change in CHANGES for standing in STANDINGS}
    assert {standing for (_, standing), action in TABLE.items() if action == "wait"} == {"create_unknown"}
    assert all(TABLE[change, "create_unknown"] == "wait" for change in CHANGES)


def test_nothing_is_taken_from_picking_and_nothing_is_asked_of_what_has_left() -> None:
    asking = {"create", "amend", "cancel"}
    for change in CHANGES:
        for standing in ("picking", "completed", "cancelled", "deleted", "unknown"):
            assert TABLE[change, standing] not in asking, (change, standing)
        if change in GONE:
            assert TABLE[change, "not_released"] != "create"


def test_words_never_seen_before_lead_to_nothing_but_an_alert() -> None:
    assert {TABLE[change, "unknown"] for change in CHANGES} == {"alert"}
    assert {TABLE["unknown", one] for one in STANDINGS if one != "create_unknown"} == {"alert"}
