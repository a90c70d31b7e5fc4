"""Purchase orders in the books: heard, judged and secured.

Locks: the order's row, then stock, then parts of lines, then dirty marks, then alerts. What is secured stands among
the open lines, under the order's number.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from daemon.store.purchase_order_answers import said_of
from handlers.acknowledgement_said import Said
from handlers.alerts import AlertKind
from handlers.order_window import Cursor
from handlers.purchase_order_desk import Choice, PoFile
from handlers.purchase_order_judgement import JudgedLine, Judgement, Overruled, Reason
from handlers.purchase_orders import Key, State, StoredPurchaseOrder, content_hash
from handlers.vendor_clocks import AnswerClock
from schemas.purchase_order import PoLineNumber, PurchaseOrder, PurchaseOrderNumber, RejectionReason
from schemas.terms import ChannelAccount


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An order with all that stands beside it."""

    file: PoFile
    reasons: tuple[Reason, ...] = ()
    believe_next: bool = False
    overdrawn: tuple[PoLineNumber, ...] = ()
    due_at: datetime
    safe_at: datetime


class Due(msgspec.Struct, frozen=True):
    """An order to be looked at. `due_at`: until when it had to be answered; `anew`: it was, and is to be again."""

    number: PurchaseOrderNumber
    state: State
    due_at: datetime
    anew: bool = False


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `goodsout pos list`."""

    channel_account: ChannelAccount
    number: PurchaseOrderNumber
    state: State
    version: int
    at_retailer: str
    ordered_at: datetime
    due_at: datetime
    lines: int
    reasons: tuple[Reason, ...]
    said: str
    decided_by: str


async def load(connection: Connection, key: Key) -> Row | None:
    """Without a lock."""
    return await _load(connection, key, "po_load")


async def locked(connection: Connection, key: Key) -> Row | None:
    """Until the transaction ends nobody else hears, judges or answers it."""
    return await _load(connection, key, "po_lock")


async def _load(connection: Connection, key: Key, name: str) -> Row | None:
    row = await connection.fetchrow(query(name), *key)
    if row is None:
        return None
    lines = await connection.fetch(query("po_lines_load"), *key)
    said = [said_of(one) for one in await connection.fetch(query("po_said_of"), *key)]
    document = row["document"] | {"lines": [line["document"] for line in lines]}
    stored = _stored(row, msgspec.convert(document, PurchaseOrder, strict=False))
    return Row(
        file=_file(row, stored, said),
        reasons=msgspec.convert(row["reasons"], tuple[Reason, ...]),
        believe_next=row["believe_next"],
        overdrawn=tuple(PoLineNumber(line) for line in row["overdrawn"]),
        due_at=row["due_at"],
        safe_at=row["safe_at"],
    )


def _stored(row: asyncpg.Record, order: PurchaseOrder) -> StoredPurchaseOrder:
    return StoredPurchaseOrder(
        order=order,
        version=row["version"],
        state=row["state"],
        content_hash=row["content_hash"],
        heard_at=row["heard_at"],
        amended_at=row["amended_at"],
        answered_version=row["answered_version"],
    )


def _file(row: asyncpg.Record, stored: StoredPurchaseOrder, said: Sequence[Said]) -> PoFile:
    """What people said of another version no longer holds; a line that they rejected stays so."""
    is_of_this = row["decided_version"] == stored.version
    return PoFile(
        stored=stored,
        overruled=msgspec.convert(row["overruled"], tuple[Overruled, ...]),
        rejections=msgspec.convert(row["rejections"], dict[PoLineNumber, RejectionReason]),
        decided=msgspec.convert(row["decided"], Choice) if is_of_this else "",
        decided_by=row["decided_by"] if is_of_this else "",
        said=tuple(said),
    )


async def unchanged(
    connection: Connection, account: ChannelAccount, orders: Sequence[PurchaseOrder]
) -> set[PurchaseOrderNumber]:
    """Those of these readings that tell the books nothing new, and people nothing either."""
    read = [
        (one.number, content_hash(one), one.changed_at, one.state, one.state_word, one.transport) for one in orders
    ]
    if not read:
        return set()
    kinds = [AlertKind.PO_UNREADABLE, AlertKind.PO_CONTRADICTS]
    rows = await connection.fetch(query("po_unchanged"), account, *map(list, zip(*read, strict=True)), kinds)
    return {row["number"] for row in rows}


async def save_heard(
    connection: Connection, stored: StoredPurchaseOrder, clock: AnswerClock, at: datetime, *, lines: bool
) -> None:
    """What the retailer wants now, to be looked at at once. `lines`: they differ from those in the books."""
    order = stored.order
    document = msgspec.to_builtins(msgspec.structs.replace(order, lines=()))
    columns = {
        "channel_account": order.channel_account, "number": order.number, "marketplace": order.marketplace,
        "transport": order.transport, "ordered_at": order.ordered_at, "changed_at": order.changed_at,
        "document": document, "content_hash": stored.content_hash, "version": stored.version, "state": stored.state,
        "heard_at": stored.heard_at, "amended_at": stored.amended_at, "answered_version": stored.answered_version,
        "due_at": clock.due, "safe_at": clock.safe_at, "escalations": clock.escalations,
    }  # fmt: skip
    await connection.execute(query("po_save"), columns, at)
    if lines:
        await connection.execute(query("po_lines_save"), *stored.key, list(order.lines))


async def due(
    connection: Connection, account: ChannelAccount, transport: str, at: datetime, limit: int
) -> list[PurchaseOrderNumber]:
    """Orders to be looked at that came by this transport, those that must be answered first, first."""
    return [one.number for one in await due_for_looks(connection, account, transport, at, limit)]


async def due_for_looks(
    connection: Connection, account: ChannelAccount, transport: str, at: datetime, limit: int
) -> list[Due]:
    """The same, each with where it stands."""
    rows = await connection.fetch(query("po_due"), account, at, limit, transport)
    return [msgspec.convert(dict(row.items()), Due) for row in rows]


async def look_later(connection: Connection, key: Key, at: datetime) -> None:
    await connection.execute(query("po_look_later"), *key, at)


async def judged(
    connection: Connection, stored: StoredPurchaseOrder, judgement: Judgement, overdrawn: Sequence[PoLineNumber],
    look_at: datetime | None, at: datetime,
) -> None:  # fmt: skip
    """What a look found; `stored` with its new state. In the transaction that locked the order."""
    await connection.execute(
        query("po_judged"), *stored.key, stored.state, stored.answered_version, judgement.account,
        [_plain(reason) for reason in judgement.reasons], list(overdrawn), look_at, at,
    )  # fmt: skip
    await connection.execute(query("po_lines_judged"), *stored.key, [_counted(line) for line in judgement.lines])


def _plain(reason: Reason) -> object:
    return msgspec.to_builtins(reason)


def _counted(line: JudgedLine) -> dict[str, object]:
    unit, step = (line.step.unit, line.step.step) if line.step else (None, None)
    needs = msgspec.to_builtins(line.needs) if len(line.needs) > 1 else []
    return {
        "line": line.number, "account": line.account, "sku": line.sku, "unit": unit, "step": step, "needs": needs,
    }  # fmt: skip


async def listed(
    connection: Connection, account: ChannelAccount | None, states: Iterable[State], limit: int
) -> list[Listed]:
    rows = await connection.fetch(query("po_list"), account, list(states), limit)
    return [msgspec.convert(dict(row.items()), Listed) for row in rows]


async def recheck(
    connection: Connection, account: ChannelAccount, seen: datetime | None, at: datetime
) -> datetime | None:
    """Have what waits looked at, if a mapping was imported after `seen`; returns the newest import's time."""
    asked: datetime | None = await connection.fetchval(query("order_recheck_asked"), account)
    if asked is not None and (seen is None or asked > seen):
        await connection.execute(query("po_recheck"), account, at)
    return asked


# How far they were read.


async def cursor(connection: Connection, account: ChannelAccount, by: str) -> Cursor | None:
    row = await connection.fetchrow(query("po_cursor_load"), account, by)
    return None if row is None else msgspec.convert(dict(row.items()), Cursor)


async def save_cursor(connection: Connection, account: ChannelAccount, by: str, where: Cursor, at: datetime) -> None:
    await connection.execute(query("po_cursor_save"), account, by, *msgspec.structs.astuple(where), at)
