"""Answers that somebody gave in the retailer's own pages: they settle an order, and nothing is sent over them.

By an API they are found in the order's status; by EDI nobody shows one, so a person says it (`goodsout pos told`).
"""

from collections.abc import Mapping
from datetime import datetime

from daemon.store import purchase_order_answers
from daemon.store import purchase_orders as store
from daemon.store.database import Connection
from daemon.store.purchase_orders import Row
from handlers.acknowledgement_said import PORTAL, UNSETTLED, Said
from handlers.acknowledgement_settling import given_by_hand
from handlers.answered_by_hand import found_by_hand, told_by_hand
from handlers.purchase_orders import Key
from schemas.purchase_order import Acknowledgement, PoLineNumber, PurchaseOrder, PurchaseOrderStatus


async def found(
    connection: Connection,
    order: PurchaseOrder,
    status: PurchaseOrderStatus,
    now: datetime,
    owners: Mapping[str, str],
) -> bool:
    """In the order's status. False where none is shown yet."""
    answer = found_by_hand(order, status, now)
    row = await store.locked(connection, (order.channel_account, order.number))
    if answer is not None and row is not None:
        await _settle(connection, row, answer, PORTAL, now, owners)
    return answer is not None


async def told(
    connection: Connection,
    key: Key,
    accepted: Mapping[PoLineNumber, int],
    by: str,
    now: datetime,
    owners: Mapping[str, str],
) -> bool:
    """By a person: so many units of each line, the rest rejected. False where the order is not there, is answered
    already, or an answer of ours is under way. Raises ValueError for words that do not answer it."""
    row = await store.locked(connection, key)
    if row is None or any(one.state in UNSETTLED for one in row.file.said):
        return False
    answer = told_by_hand(row.file.stored.order, accepted, now)
    return await _settle(connection, row, answer, by, now, owners)


async def _settle(
    connection: Connection, row: Row, answer: Acknowledgement, by: str, now: datetime, owners: Mapping[str, str]
) -> bool:
    """Unless this version is answered."""
    stored, said = row.file.stored, row.file.said
    if stored.answered_version == stored.version:
        return False
    account, number = stored.key
    given = Said(
        channel_account=account, number=number, sequence=len(said) + 1, version=stored.version, decided_by=by,
        acknowledgement=answer, state="confirmed", sent_at=now,
    )  # fmt: skip
    await purchase_order_answers.settle(connection, given_by_hand(given), now, owners)
    await purchase_order_answers.close_question(connection, given.subject, now)
    return True
