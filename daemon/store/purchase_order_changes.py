"""Changes of purchase orders in the books, and the whole orders that they stand upon."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from daemon.store.database import Connection, query
from handlers.acknowledged_orders import Product
from handlers.purchase_order_changes import Filed, State, digest_of
from handlers.purchase_orders import Key
from schemas.purchase_order import PoLineNumber, PurchaseOrder, PurchaseOrderNumber
from schemas.purchase_order_change import PurchaseOrderChange
from schemas.terms import ChannelAccount


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a change."""

    state: State
    why: str = ""
    version: int = 0
    late: bool = False
    word: str = ""


class Kept(Filed, frozen=True, kw_only=True):
    """A change with what became of it. `word`: `due` where nothing but the end of all is to be answered."""

    late: bool = False
    word: str = ""
    why: str = ""


class Due(NamedTuple):
    number: PurchaseOrderNumber
    place: int


async def of_order(connection: Connection, key: Key) -> list[Kept]:
    """As they came."""
    rows = await connection.fetch(query("po_changes_of"), *key)
    return [msgspec.convert(dict(row.items()), Kept, strict=False) for row in rows]


async def file(connection: Connection, key: Key, change: PurchaseOrderChange, at: datetime, found: Standing) -> int:
    """Keep a change that comes; returns its place."""
    place: int = await connection.fetchval(
        query("po_change_save"), *key, change, digest_of(change), at, found.state, found.why, found.version,
        found.late, found.word,
    )  # fmt: skip
    return place


async def settle(connection: Connection, key: Key, place: int, found: Standing) -> None:
    await connection.execute(
        query("po_change_settle"), *key, place, found.state, found.why, found.version, found.late, found.word
    )


async def superseded(connection: Connection, key: Key) -> None:
    """The whole order came anew: it stands for itself from here on."""
    await connection.execute(query("po_changes_superseded"), *key)
    await connection.execute(query("po_base_drop"), *key)


async def to_try(connection: Connection, account: ChannelAccount, limit: int) -> list[Due]:
    return [Due(*row) for row in await connection.fetch(query("po_changes_to_try"), account, limit)]


async def to_answer(connection: Connection, account: ChannelAccount, limit: int) -> list[Due]:
    return [Due(*row) for row in await connection.fetch(query("po_changes_to_answer"), account, limit)]


async def base(connection: Connection, key: Key) -> PurchaseOrder | None:
    """The last whole order; None where no change stands upon it."""
    document = await connection.fetchval(query("po_base_load"), *key)
    return None if document is None else msgspec.convert(document, PurchaseOrder, strict=False)


async def keep_base(connection: Connection, key: Key, order: PurchaseOrder) -> None:
    await connection.execute(query("po_base_keep"), *key, order)


async def products(connection: Connection, key: Key) -> Mapping[PoLineNumber, Product]:
    """Which product each line is of, as far as anybody knows."""
    rows = await connection.fetch(query("po_products"), *key)
    return {PoLineNumber(row["line"]): msgspec.convert(dict(row.items()), Product) for row in rows}
