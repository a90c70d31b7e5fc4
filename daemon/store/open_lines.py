"""The open lines' books: what order lines still take of each SKU, as orders, standings and readings come in.

Locks: parts of lines in the order of their lines, then dirty marks. Stock is read without a lock.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from daemon.store.clarus_hooks import mark
from daemon.store.database import Connection, query
from daemon.store.later_goods_outs import as_whole, siblings
from daemon.store.listings import mark_stock
from daemon.store.supply import part_of
from handlers.line_standings import Recognised, heard, names_of
from handlers.open_lines import Counters, OpenPart, takes
from handlers.order_standing import StandingRow
from handlers.sellable_stock import WarehouseStock
from handlers.supply import Key, Rules, counters_of
from schemas.terms import Warehouse

OrderKey = tuple[str, str]
"""(stock owner, the warehouse's name for the order)."""


async def hear_standings(connection: Connection, rows: Sequence[StandingRow], at: datetime, rules: Rules) -> int:
    """The newest standings of orders, one row each: what they settle. Returns how many parts changed.

    A purchase order may be several goods outs: its lines hear of all of them as of one.
    """
    others = await newest_standings(connection, await siblings(connection, rows)) if rows else []
    rows = await as_whole(connection, rows, others) if others else rows
    keys = [(row.account, row.order_reference) for row in rows]
    if not keys:
        return 0
    found = await connection.fetch(query("open_lines_of_orders"), *zip(*keys, strict=True))
    parts = [part_of(row) for row in found]
    if not parts:
        return 0
    return await _settle(connection, parts, rows, at, rules)


async def _settle(
    connection: Connection, parts: Sequence[OpenPart], rows: Iterable[StandingRow], at: datetime, rules: Rules
) -> int:
    counters = await counters_for(connection, parts, rules)
    changed = [
        part
        for row in rows
        for part in heard(
            [part for part in parts if (part.account, part.order_reference) == (row.account, row.order_reference)],
            row,
            at,
            {sku: found for (account, sku), found in counters.items() if account == row.account},
        )
    ]
    await save_parts(connection, changed, at)
    await _ask_for_readings(connection, changed, at, rules)
    return len(changed)


async def _ask_for_readings(connection: Connection, parts: Iterable[OpenPart], at: datetime, rules: Rules) -> None:
    """What was set aside under Clarus ends with a read begun later: without a reason to read, none might come."""
    wanted: dict[str, set[str]] = {}
    for part in parts:
        for claim in part.claims:
            if (tenant := rules.readings.get(claim.warehouse)) is not None and claim.steps[-1].learned_at == at:
                wanted.setdefault(tenant, set()).add(part.sku)
    for tenant, skus in sorted(wanted.items()):
        await mark(connection, tenant, list(skus), at)


async def newest_standings(connection: Connection, keys: Iterable[OrderKey]) -> list[StandingRow]:
    """What the warehouse last said of these orders."""
    wanted = sorted(set(keys))
    if not wanted:
        return []
    rows = await connection.fetch(query("order_standings_of"), *zip(*wanted, strict=True))
    return [msgspec.convert(dict(row.items()), StandingRow) for row in rows]


async def open_parts(connection: Connection, parts: Sequence[OpenPart], at: datetime, rules: Rules) -> None:
    """New parts, with what the warehouse has said of their orders before."""
    await save_parts(connection, parts, at)
    rows = await newest_standings(connection, ((part.account, part.order_reference) for part in parts))
    await hear_standings(connection, rows, at, rules)


async def save_parts(connection: Connection, parts: Sequence[OpenPart], at: datetime) -> None:
    """Write parts as they are now and mark their SKUs."""
    if parts:
        await connection.execute(query("open_lines_save"), parts)
        await mark_stock(connection, {(part.account, part.sku) for part in parts}, at)


async def parts_of_lines(connection: Connection, line_ids: Sequence[int]) -> list[OpenPart]:
    """Locked."""
    return [part_of(row) for row in await connection.fetch(query("open_lines_of_lines"), list(line_ids))]


async def counters_for(connection: Connection, parts: Iterable[OpenPart], rules: Rules) -> dict[Key, Counters]:
    """How far the books of these parts' SKUs have come, by warehouse."""
    keys = sorted({(part.account, part.sku) for part in parts})
    rows = await connection.fetch(query("stock_of_listings"), [key[0] for key in keys], [key[1] for key in keys])
    stock: dict[Key, list[WarehouseStock]] = {}
    for account, sku, *rest in rows:
        stock.setdefault((account, sku), []).append(WarehouseStock(*rest))
    return {key: counters_of(found, rules) for key, found in stock.items()}


async def catch_up(connection: Connection, at: datetime, limit: int, rules: Rules) -> int:
    """Standings that were committed while their orders' lines were being written, and so missed them."""
    behind = await connection.fetch(query("open_lines_behind"), limit)
    rows = await newest_standings(connection, [(row["account"], row["order_reference"]) for row in behind])
    return await hear_standings(connection, rows, at, rules)


async def recognise(connection: Connection, after: int, limit: int) -> int:
    """Lines whose order has another name in the warehouse, known by its lines. From the line after `after` on.

    Returns where to go on; 0 at the end.
    """
    unheard = [row["line_id"] for row in await connection.fetch(query("open_lines_unheard"), after, limit)]
    if not unheard:
        return 0
    rows = await connection.fetch(query("open_lines_recognised"), unheard)
    names = names_of(msgspec.convert(dict(row.items()), Recognised) for row in rows)
    if names:
        await connection.execute(query("open_lines_rename"), list(names), list(names.values()))
    return int(unheard[-1]) if len(unheard) == limit else 0


async def close_settled(connection: Connection, after: int, rules: Rules, at: datetime, limit: int) -> int:
    """Close what takes nothing any more, from the line after `after` on. Returns where to go on; 0 at the end.

    Nothing is marked: a line that takes nothing lowers nothing, closed or not.
    """
    parts = [part_of(row) for row in await connection.fetch(query("open_lines_doubtless"), after, limit)]
    counters = await counters_for(connection, parts, rules)
    done = [part for part in parts if not takes(part, counters.get((part.account, part.sku), {}), _own(part, rules))]
    if done:
        names = [(part.line_id, part.account, part.sku) for part in done]
        await connection.execute(query("open_lines_close"), *map(list, zip(*names, strict=True)), at)
    return parts[-1].line_id - 1 if len(parts) == limit else 0


def _own(part: OpenPart, rules: Rules) -> frozenset[Warehouse] | None:
    return rules.warehouses_of(part.channel_account) if part.channel_account in rules.accounts else None
