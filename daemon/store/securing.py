"""Securing for a purchase order: its quantities among the open lines, off what every channel may be told.

Under locks on stock that the intake, the publishers and everybody who secures respect: a unit is secured once. Locks:
stock, then the order's own parts, then dirty marks.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from daemon.store.open_lines import open_parts
from daemon.store.supply import part_of
from handlers.open_lines import OpenPart
from handlers.purchase_order_judgement import JudgedLine
from handlers.purchase_orders import StoredPurchaseOrder
from handlers.securing import Secured, free_for, held_by, holdings, there_for
from handlers.sellable_stock import WarehouseStock
from handlers.served_first import Holder, holder, without_later
from handlers.supply import Key, Rules
from schemas.purchase_order import PoLineNumber
from schemas.terms import Account, Eaches, OrderReference, Sku


async def secure(
    connection: Connection,
    stored: StoredPurchaseOrder,
    lines: Sequence[JudgedLine],
    ceilings: Mapping[PoLineNumber, Eaches],
    floors: Mapping[PoLineNumber, Eaches],
    rules: Rules,
    at: datetime,
    aside: Mapping[PoLineNumber, Eaches] | None = None,
) -> dict[PoLineNumber, Secured]:
    """Hold as much as there is; returns what there is for each line, which may be accepted.

    `ceilings`: no more is of use. `floors`: was accepted, and is not given away while it is held, even if it is not
    all there any more: then the line holds more than there is. `aside`: so much the warehouse itself has set aside
    for the line, whatever our books say.
    """
    keys = await _keys(connection, stored, lines)
    stock = _grouped(await connection.fetch(query("stock_secure"), *_columns(keys)))
    held = await _held(connection, stored)
    parts = [part_of(row) for row in await connection.fetch(query("open_lines_of_skus"), *_columns(keys))]
    own = {part.line_id for part in held}
    account = stored.order.channel_account
    free = free_for(account, stock, _with_own(parts, held, own), own, rules)
    there = there_for(lines, free, held, ceilings)
    before = held_by(lines, held)
    given = {number: max(units, min(floors.get(number, 0), before[number].eaches)) for number, units in there.items()}
    given |= {number: max(given[number], units) for number, units in (aside or {}).items() if number in given}
    changed = holdings(lines, given, held, OrderReference(stored.order.number), account)
    await _write(connection, stored, lines, changed, given, at, rules)
    return {number: Secured(units) for number, units in there.items()}


async def there_at_last(
    connection: Connection,
    stored: StoredPurchaseOrder,
    lines: Sequence[JudgedLine],
    owed: Mapping[PoLineNumber, Eaches],
    rules: Rules,
) -> dict[PoLineNumber, Eaches]:
    """What would be there for each line if every purchase order that is served later stood back. Nothing is held by
    it: what may be accepted is what `secure` says. The stock is locked by then."""
    keys = await _keys(connection, stored, lines)
    stock = _grouped(await connection.fetch(query("stock_secure"), *_columns(keys)))
    held = await _held(connection, stored)
    own = {part.line_id for part in held}
    parts = [part_of(row) for row in await connection.fetch(query("open_lines_of_skus"), *_columns(keys))]
    first = without_later(parts, holder(stored.order), await _holders(connection, parts))
    free = free_for(stored.order.channel_account, stock, _with_own(first, held, own), own, rules)
    return there_for(lines, free, held, owed)


async def _holders(connection: Connection, parts: Sequence[OpenPart]) -> list[Holder]:
    names = sorted({(part.channel_account, part.order_reference) for part in parts})
    rows = await connection.fetch(query("po_holders"), [one for one, _ in names], [one for _, one in names])
    return [msgspec.convert(dict(row.items()), Holder, strict=False) for row in rows]


def _with_own(parts: Iterable[OpenPart], held: Iterable[OpenPart], own: Collection[int]) -> dict[Key, list[OpenPart]]:
    """By SKU: what may still take of it, and all that is this order's own. Its lines that take nothing any more are
    closed: all of them is set aside, or gone to the retailer, and is this order's as before."""
    by_key: dict[Key, list[OpenPart]] = {}
    for part in (*(one for one in parts if one.line_id not in own), *held):
        by_key.setdefault((part.account, part.sku), []).append(part)
    return by_key


async def let_go(connection: Connection, stored: StoredPurchaseOrder, at: datetime, rules: Rules) -> None:
    """The order is over: what nobody took of what was held is everybody's again."""
    held = await _held(connection, stored)
    changed = holdings([], {}, held, OrderReference(stored.order.number), stored.order.channel_account)
    await _write(connection, stored, [], changed, {}, at, rules)


async def _held(connection: Connection, stored: StoredPurchaseOrder) -> list[OpenPart]:
    return [part_of(row) for row in await connection.fetch(query("po_holdings"), *stored.key)]


async def _write(
    connection: Connection,
    stored: StoredPurchaseOrder,
    lines: Sequence[JudgedLine],
    changed: Sequence[OpenPart],
    given: Mapping[PoLineNumber, Eaches],
    at: datetime,
    rules: Rules,
) -> None:
    if not changed:
        return
    ids = await _line_ids(connection, stored, lines, given, at)
    parts = [_with_id(part, ids) for part in changed]
    parts.sort(key=lambda part: (part.line_id, part.sku, part.account))
    await open_parts(connection, parts, at, rules)


async def _line_ids(
    connection: Connection,
    stored: StoredPurchaseOrder,
    lines: Sequence[JudgedLine],
    given: Mapping[PoLineNumber, Eaches],
    at: datetime,
) -> dict[str, int]:
    wanted = [
        {"line": line.number, "name": line.sku, "ordered": given.get(line.number, 0)} for line in lines if line.sku
    ]
    order = stored.order
    rows = await connection.fetch(
        query("po_hold_lines"), order.channel_account, order.number, order.marketplace, order.ordered_at, at, wanted
    )
    return {row["line_reference"]: row["id"] for row in rows}


def _with_id(part: OpenPart, ids: Mapping[str, int]) -> OpenPart:
    if part.line_id:
        return part
    return OpenPart(
        line_id=ids[part.line_reference], channel_account=part.channel_account, order_reference=part.order_reference,
        line_reference=part.line_reference, account=part.account, sku=part.sku, per_unit=part.per_unit,
        ordered=part.ordered,
    )  # fmt: skip


async def _keys(connection: Connection, stored: StoredPurchaseOrder, lines: Sequence[JudgedLine]) -> list[Key]:
    """Read without a lock: stock is locked before any part."""
    needed: set[Key] = {(line.account, need.sku) for line in lines for need in line.needs}
    rows = await connection.fetch(query("po_held_skus"), *stored.key)
    return sorted(needed | {(Account(row["account"]), Sku(row["sku"])) for row in rows})


def _grouped(rows: Iterable[asyncpg.Record]) -> dict[Key, list[WarehouseStock]]:
    found: dict[Key, list[WarehouseStock]] = {}
    for account, sku, *rest in rows:
        found.setdefault((account, sku), []).append(WarehouseStock(*rest))
    return found


def _columns(keys: Sequence[Key]) -> tuple[list[str], list[str]]:
    return [account for account, _ in keys], [sku for _, sku in keys]
