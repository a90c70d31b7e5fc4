"""Loads to retailers and what was noticed of them."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from daemon.store.database import Connection, query
from handlers.ship_desk import LoadRow
from handlers.ship_notices import LineKey
from handlers.sscc_pool import REST
from schemas.purchase_order import PoLineNumber, PurchaseOrderNumber


async def due(connection: Connection, channel_account: str, now: datetime, limit: int) -> list[LoadRow]:
    """Loads to be looked at, locked; what others hold is passed over."""
    rows = await connection.fetch(query("ship_loads_due"), channel_account, now, limit)
    return [msgspec.convert(dict(row.items()), LoadRow) for row in rows]


async def load(connection: Connection, channel_account: str, load_key: str) -> LoadRow | None:
    """One load, locked."""
    row = await connection.fetchrow(query("ship_load_load"), channel_account, load_key)
    return None if row is None else msgspec.convert(dict(row.items()), LoadRow)


class Listed(msgspec.Struct, frozen=True):
    """A load for people."""

    channel_account: str
    load_key: str
    shipment: str
    told: bool
    accepted: bool
    under_way: bool
    lacks: tuple[str, ...]
    due_at: datetime | None
    breached: bool

    @property
    def standing(self) -> str:
        if self.lacks:
            return "held"
        if self.under_way:
            return "under way"
        return "accepted" if self.accepted else "told" if self.told else "waiting"


async def listed(connection: Connection, channel_account: str | None, limit: int) -> list[Listed]:
    rows = await connection.fetch(query("ship_loads_list"), channel_account, limit)
    return [msgspec.convert(dict(row.items()), Listed) for row in rows]


async def read(connection: Connection, channel_account: str, load_key: str) -> LoadRow | None:
    """One load, not locked."""
    row = await connection.fetchrow(query("ship_load_read"), channel_account, load_key)
    return None if row is None else msgspec.convert(dict(row.items()), LoadRow)


async def of_effect(connection: Connection, channel_account: str, effect_key: str) -> LoadRow | None:
    """The load whose document is not settled by this one, locked."""
    key = await connection.fetchval(query("ship_loads_of_effect"), effect_key)
    return None if key is None else await load(connection, channel_account, key)


async def save(connection: Connection, row: LoadRow, before: LoadRow, now: datetime) -> None:
    """Write a load that is locked, and what its notice tells of each line."""
    await connection.execute(
        query("ship_load_save"), row.channel_account, row.load_key, row.told, row.first_at, row.accepted, row.refused,
        row.effect_key, row.documents, list(row.lacks), row.asked, row.started_at, row.due_at, str(row.warned),
        row.breached_at, row.look_at, row.told.bill_of_lading if row.told else "", now, row.before,
        row.asked_notice,
    )  # fmt: skip
    if row.lines == before.lines:
        return
    await connection.execute(query("ship_load_lines_drop"), row.channel_account, row.load_key)
    if row.lines:
        numbers, lines, amounts = zip(*((*key, amount) for key, amount in row.lines.items()), strict=True)
        await connection.execute(
            query("ship_load_lines_add"), row.channel_account, row.load_key, numbers, lines, amounts
        )
        await _note_numbers(connection, row, now)


async def _note_numbers(connection: Connection, row: LoadRow, now: datetime) -> None:
    assert row.told is not None
    numbers = [carton.sscc for carton in row.told.cartons] + [pallet.sscc for pallet in row.told.pallets]
    await connection.execute(
        query("sscc_note"), [one for one in dict.fromkeys(numbers) if len(one) == 18], _place(row), now
    )


def _place(row: LoadRow) -> str:
    return row.subject


async def noticed_elsewhere(
    connection: Connection, channel_account: str, orders: Collection[str], load_key: str
) -> dict[LineKey, int]:
    """What the notices of other loads tell of these orders, locked."""
    rows = await connection.fetch(query("ship_load_lines_noticed"), channel_account, sorted(orders), load_key)
    sums: dict[LineKey, int] = {}
    for row in rows:
        key = (PurchaseOrderNumber(row["number"]), PoLineNumber(row["line"]))
        sums[key] = sums.get(key, 0) + row["amount"]
    return sums


async def accepted(connection: Connection, channel_account: str, number: str) -> dict[str, int]:
    """What accepted notices tell of an order, by line."""
    rows = await connection.fetch(query("ship_loads_accepted"), channel_account, number)
    return {row["line"]: row["amount"] for row in rows}


async def numbers_elsewhere(
    connection: Connection, row: LoadRow, numbers: Sequence[str], now: datetime
) -> dict[str, str]:
    """Those of the SSCCs that another load used within the year, and which."""
    rows = await connection.fetch(query("sscc_used_elsewhere"), list(numbers), _place(row), now - REST)
    return {one["sscc"]: one["load_key"] for one in rows}


async def bill_elsewhere(
    connection: Connection, row: LoadRow, bill: str, siblings: str, now: datetime
) -> dict[str, str]:
    """The bill of lading, if another load was noticed under it within the year, and which.

    `siblings`: how the keys of loads begin that share it rightly; empty: there are none.
    """
    if not bill:
        return {}
    rows = await connection.fetch(query("ship_loads_with_bill"), bill, row.load_key, now - REST, siblings)
    return {one["bill_of_lading"]: one["load_key"] for one in rows}


async def adrift(connection: Connection, channel_account: str) -> list[str]:
    """Loads whose document a person has given up."""
    return [row["load_key"] for row in await connection.fetch(query("ship_loads_adrift"), channel_account)]
