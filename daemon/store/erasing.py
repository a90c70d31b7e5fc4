"""What is held of buyers is erased by dropping the keys that seal it; orders that are over are forgotten later."""

from collections.abc import Sequence
from datetime import datetime

from daemon.store import buyer_access
from daemon.store.buyer_access import Why
from daemon.store.database import Connection, query
from handlers.erasing import Erasing, Kind, kind_of
from handlers.sales_orders import Key
from schemas.terms import ChannelAccount, ChannelOrderId

AT_ONCE = 500
"""Orders in one transaction: the rest waits for the next round."""
CHUNK = 5_000


async def erase_due(connection: Connection, before: datetime, at: datetime) -> int:
    """Erase the buyers of orders that were over before then; returns of how many."""
    rows = await connection.fetch(query("buyers_due"), before, AT_ONCE)
    keys = [(ChannelAccount(row["channel_account"]), ChannelOrderId(row["channel_order_id"])) for row in rows]
    if keys:
        await _erase(connection, keys, "erased_on_time", at)
    return len(keys)


async def erase_parked(connection: Connection, before: datetime) -> int:
    """Drop the keys of parked bodies that came, or were settled, before then; returns how many."""
    return _count(await connection.execute(query("parked_keys_drop"), before, CHUNK))


async def forget_orders(connection: Connection, before: datetime) -> int:
    """Delete orders that ended before then and were erased, with their rows at the warehouse; returns how many."""
    return _count(await connection.execute(query("sales_orders_forget"), before, CHUNK))


async def forget_access(connection: Connection, before: datetime) -> int:
    return _count(await connection.execute(query("buyer_access_forget"), before, CHUNK))


async def erase_order(connection: Connection, key: Key, at: datetime) -> Erasing:
    """Erase one order's buyer, unless the warehouse still needs the address.

    Where the books have no such order, what is parked under that name is erased.
    """
    row = await connection.fetchrow(query("buyer_order_lock"), *key)
    if row is not None and not row["is_over"]:
        return Erasing(state=row["state"], status=row["status"], is_open=True)
    if row is None:
        subjects = await _drop(connection, ["/".join(key)], "erased", at)
        return Erasing(dropped=_kinds(subjects))
    subjects = await _erase(connection, [key], "erased", at)
    return Erasing(state=row["state"], status=row["status"], dropped=_kinds(subjects))


async def _erase(connection: Connection, keys: Sequence[Key], why: Why, at: datetime) -> list[str]:
    """The orders are locked already, so that nobody seals anew meanwhile."""
    columns = [account for account, _ in keys], [order_id for _, order_id in keys]
    rows = await connection.fetch(query("buyer_subjects"), *columns)
    dropped = await _drop(connection, [row["subject"] for row in rows], why, at)
    await connection.execute(query("buyers_blank"), *columns)
    return dropped


async def _drop(connection: Connection, subjects: Sequence[str], why: Why, at: datetime) -> list[str]:
    rows = await connection.fetch(query("drop_subject_keys"), subjects)
    dropped = [str(row["subject"]) for row in rows]
    await buyer_access.note(connection, dropped, why, at)
    return dropped


def _kinds(subjects: Sequence[str]) -> tuple[Kind, ...]:
    return tuple(sorted({kind_of(subject) for subject in subjects}))


def _count(status: str) -> int:
    return int(status.split()[-1])
