"""What people decide about purchase orders, in the books: said of the version that they saw where it may differ."""

from datetime import datetime

import msgspec

from daemon.store.database import Connection, query
from handlers.purchase_order_desk import PoDeed
from handlers.purchase_order_judgement import Overruled
from handlers.purchase_orders import Key
from schemas.purchase_order import PoLineNumber, RejectionReason


async def decided(connection: Connection, deed: PoDeed, at: datetime) -> bool:
    """False where the order was answered or amended since the question was asked."""
    key = deed.channel_account, deed.number
    return await connection.fetchval(query("po_decided"), *key, deed.choice, deed.by, at, deed.version) is not None


async def overrule(connection: Connection, key: Key, accepted: Overruled) -> bool:
    """A person accepts what was doubted, for the version that they saw."""
    found = await connection.fetchval(query("po_overrule"), *key, [msgspec.to_builtins(accepted)], accepted.at)
    return found is not None


async def reject_line(
    connection: Connection, key: Key, line: PoLineNumber, reason: RejectionReason, at: datetime
) -> bool:
    return await connection.fetchval(query("po_reject_line"), *key, line, reason, at) is not None


async def believe(connection: Connection, key: Key) -> bool:
    """The next reading of it is taken as it comes."""
    return await connection.fetchval(query("po_believe"), *key) is not None


async def disbelieve(connection: Connection, key: Key) -> None:
    """What a person wanted believed cannot be taken all the same."""
    await connection.execute(query("po_disbelieve"), *key)


async def again(connection: Connection, key: Key, at: datetime) -> bool:
    """It is answered anew."""
    return await connection.fetchval(query("po_again"), *key, at) is not None
