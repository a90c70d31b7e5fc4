"""Goods outs of a purchase order after its first: under which names the warehouse has them."""

from collections.abc import Sequence

from daemon.store.database import Connection, query
from handlers.order_standing import StandingRow
from handlers.purchase_orders import Key
from handlers.whole_standing import whole_standing
from schemas.terms import Account, ChannelOrderId, OrderReference


async def references(connection: Connection, key: Key) -> list[ChannelOrderId]:
    """Of all goods outs of the order, the first one first."""
    rows = await connection.fetch(query("po_rests"), *key)
    return [ChannelOrderId(key[1]), *(ChannelOrderId(row["reference"]) for row in rows)]


async def add(connection: Connection, key: Key, part: int, account: Account, reference: ChannelOrderId) -> None:
    """Raises ValueError where the retailer has given that number to another order."""
    if await connection.fetchval(query("po_rest_add"), *key, part, account, reference) is None:
        raise ValueError(f"the rest of {key[1]} cannot go as {reference}: another order has that number")


async def seen(connection: Connection, key: Key) -> None:
    """A look has taken into account what the warehouse has said of them."""
    await connection.execute(query("po_rests_seen"), *key)


async def number_of(connection: Connection, channel_account: str, reference: str) -> str:
    """The order that a goods out is of; the reference itself where it is no later one of any."""
    found: str | None = await connection.fetchval(query("po_rest_of"), channel_account, reference)
    return found or reference


async def as_whole(
    connection: Connection, rows: Sequence[StandingRow], known: Sequence[StandingRow]
) -> list[StandingRow]:
    """These standings, those of an order with several goods outs as one. `known`: the newest of all goods outs."""
    names = await _names(connection, rows)
    if not names:
        return list(rows)
    newest = {(row.account, row.order_reference): row for row in (*known, *rows)}
    found: dict[tuple[Account, OrderReference], StandingRow] = {}
    for row in rows:
        every = names.get((row.account, row.order_reference))
        if every is None:
            found[row.account, row.order_reference] = row
            continue
        there = [one for name in every if (one := newest.get((row.account, name))) is not None]
        whole = whole_standing(there, every[0])
        if whole is not None:
            found[row.account, every[0]] = whole
    return list(found.values())


async def siblings(connection: Connection, rows: Sequence[StandingRow]) -> list[tuple[Account, OrderReference]]:
    """All goods outs of the orders that these standings are of, where there are several."""
    names = await _names(connection, rows)
    return sorted({(account, name) for (account, _), every in names.items() for name in every})


async def _names(
    connection: Connection, rows: Sequence[StandingRow]
) -> dict[tuple[Account, OrderReference], list[OrderReference]]:
    found = await connection.fetch(
        query("po_rest_siblings"), [row.account for row in rows], [row.order_reference for row in rows]
    )
    return {
        (Account(row["account"]), OrderReference(row["order_reference"])): [
            OrderReference(row["number"]), *(OrderReference(one) for one in row["rests"])
        ]
        for row in found
    }  # fmt: skip
