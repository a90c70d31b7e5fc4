"""What is to be judged once more, because what it was judged by has changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from daemon.store.database import Connection, query
from schemas.terms import ChannelAccount, ChannelOrderId


async def recheck(connection: Connection, accounts: Iterable[str], at: datetime) -> None:
    """A mapping of these accounts changed (`*`: of all): what is blocked is judged again. Call it with the import."""
    names = sorted(set(accounts))
    if names:
        await connection.execute(query("order_recheck_ask"), names, at)


async def recheck_ready(connection: Connection, account: ChannelAccount, at: datetime) -> None:
    """What may go is judged again first: the settings may be others than those that it was judged by."""
    await connection.execute(query("sales_orders_recheck_ready"), account, at)


async def recheck_unfinished(
    connection: Connection, account: ChannelAccount, order_ids: Sequence[ChannelOrderId], at: datetime
) -> None:
    """Of orders that were read without their address: those that were to be read for it. What has come to stand in
    their way since they were judged is found now, or they are asked for again."""
    if order_ids:
        await connection.execute(query("sales_orders_recheck_unfinished"), account, list(order_ids), at)


async def take_recheck(
    connection: Connection, account: ChannelAccount, seen: datetime | None, at: datetime
) -> datetime | None:
    """Make what is blocked due, if a mapping was imported after `seen`; returns the newest import's time."""
    asked: datetime | None = await connection.fetchval(query("order_recheck_asked"), account)
    if asked is not None and (seen is None or asked > seen):
        await connection.execute(query("sales_orders_recheck"), account, at)
    return asked
