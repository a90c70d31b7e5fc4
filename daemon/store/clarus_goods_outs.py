"""Goods outs in the books: which are to be read, how far the sweep has come, and what was said last of each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from daemon.store.database import Connection, query
from handlers.clarus_goods_outs import Said, Sold
from handlers.clarus_sales import Books
from schemas.terms import ChannelAccount, ChannelOrderId, Marketplace, OrderReference


class Mark(msgspec.Struct, frozen=True):
    """A name that is to be read. `version` is that of the reasons known when the read began."""

    reference: OrderReference
    marked_at: datetime
    cancelled: bool
    first_look: bool
    version: int


class Sweep(msgspec.Struct, frozen=True):
    """Where a sweep stands. `started_at` None: none is under way; `finished_at` None: none was ever whole."""

    sweep: int
    started_at: datetime | None
    window_from: datetime | None
    window_to: datetime | None
    cursor: str | None
    rows_seen: int
    finished_at: datetime | None
    next_at: datetime


class Message(msgspec.Struct, frozen=True):
    """One for the outbox, on its way to `clarus`."""

    exchange: str
    routing_key: str
    message_id: str
    body: bytes
    partition_key: str


async def mark(
    connection: Connection, tenant: str, references: Sequence[str], at: datetime, *, cancelled: bool = False
) -> None:
    """A webhook named these: read now, and again once a read is sure to show what happened before `at`."""
    if references:
        await connection.execute(query("goods_out_mark_add"), tenant, sorted(set(references)), at, cancelled)


async def mark_swept(
    connection: Connection, tenant: str, references: Sequence[str], due: datetime, since: datetime, first_look: bool
) -> None:
    """A sweep found these worth reading; nothing newer than `since` is known of them."""
    if references:
        await connection.execute(
            query("goods_out_mark_swept"), tenant, sorted(set(references)), due, since, first_look
        )


async def marks_due(connection: Connection, tenant: str, at: datetime, limit: int) -> list[Mark]:
    rows = await connection.fetch(query("goods_out_marks_due"), tenant, at, limit)
    return [Mark(OrderReference(row[0]), *tuple(row)[1:]) for row in rows]


async def move_marks(connection: Connection, tenant: str, due: Mapping[Mark, datetime | None]) -> None:
    """Each mark to its next time; None: it is settled."""
    later = [(mark.reference, mark.version, at) for mark, at in due.items() if at is not None]
    gone = [(mark.reference, mark.version) for mark, at in due.items() if at is None]
    if later:
        await connection.execute(query("goods_out_marks_later"), tenant, *_columns(later))
    if gone:
        await connection.execute(query("goods_out_marks_settled"), tenant, *_columns(gone))


async def sweep_of(connection: Connection, tenant: str, at: datetime) -> Sweep:
    """The tenant's sweep; the first is due at once."""
    await connection.execute(query("goods_out_sweep_open"), tenant, at)
    row = await connection.fetchrow(query("goods_out_sweep_of"), tenant)
    assert row is not None
    return Sweep(*row)


async def begin_sweep(connection: Connection, tenant: str, at: datetime, window: tuple[datetime, datetime]) -> Sweep:
    row = await connection.fetchrow(query("goods_out_sweep_begin"), tenant, at, *window)
    assert row is not None
    return Sweep(*row)


async def lock(connection: Connection, tenant: str) -> None:
    """One writer at a time, until the transaction ends."""
    await connection.execute(query("goods_out_sweep_lock"), tenant)


async def turn_page(connection: Connection, tenant: str, sweep: Sweep, cursor: str | None, rows: int) -> bool:
    """False when the sweep is no longer where this page began."""
    turned = query("goods_out_sweep_page")
    return await connection.fetchval(turned, tenant, sweep.sweep, sweep.cursor, cursor, rows) is not None


async def end_sweep(connection: Connection, tenant: str, sweep: int, at: datetime, following: datetime) -> None:
    await connection.execute(query("goods_out_sweep_end"), tenant, sweep, at, following)


async def sweep_by(connection: Connection, tenant: str, at: datetime, least: datetime) -> None:
    """A hint that names no goods out: the next sweep comes sooner, but no sooner than `least` after the last."""
    await connection.execute(query("goods_out_sweep_sooner"), tenant, at, least)


async def swept(
    connection: Connection,
    tenant: str,
    shown: Mapping[str, str],
    sweep: int,
    completed_since: datetime,
    not_started: Sequence[str],
) -> set[str]:
    """Of the goods outs (id -> status code) of a page, the ids of those that must be read in full."""
    ids, codes = list(shown), list(shown.values())
    rows = await connection.fetch(
        query("goods_outs_swept"), tenant, ids, codes, sweep, completed_since, list(not_started)
    )
    return {row["goods_out_id"] for row in rows}


async def unseen(connection: Connection, tenant: str, sweep: int) -> list[str]:
    """Names of goods outs that are open in our books and that this sweep did not show."""
    return [row["order_reference"] for row in await connection.fetch(query("goods_outs_unseen"), tenant, sweep)]


async def forget(connection: Connection, tenant: str, before: datetime) -> list[tuple[str, list[str]]]:
    """What ended long ago and is not held; returns each, with the kinds of its alerts that may be open."""
    rows = await connection.fetch(query("goods_outs_forget"), tenant, before)
    return [(row["goods_out_id"], row["alerts"] or []) for row in rows]


async def known(
    connection: Connection, tenant: str, references: Sequence[str], ids: Sequence[str]
) -> dict[str, Said]:
    """What was said, by goods out id; locked."""
    rows = await connection.fetch(query("goods_outs_of"), tenant, list(references), list(ids))
    return {row["goods_out_id"]: msgspec.convert(row["said"], Said) for row in rows}


async def withdrawn(connection: Connection, known: Sequence[Said]) -> set[str]:
    """Of these, the ids of those that we took back ourselves, whatever has become of their orders since."""
    if not known:
        return set()
    names = [(one.goods_out_id, one.account, one.reference) for one in known]
    rows = await connection.fetch(query("orders_withdrawn"), *_columns(names))
    return {row["goods_out_id"] for row in rows}


async def save(connection: Connection, tenant: str, said: Sequence[Said], shown_at: datetime) -> None:
    """What was said of each, and whether more is awaited; a look at `shown_at` showed them last."""
    rows = [
        {
            "goods_out_id": one.goods_out_id, "account": one.account, "order_reference": one.reference,
            "code": one.code, "ended": one.ended, "held": one.held or bool(one.absent_since), "said": one,
        }
        for one in said
    ]  # fmt: skip
    if rows:
        await connection.execute(query("goods_outs_save"), tenant, rows, shown_at)


async def codes_open(connection: Connection, tenant: str, codes: Sequence[str]) -> set[str]:
    """Which of these statuses some open goods out still stands in."""
    return {row["code"] for row in await connection.fetch(query("goods_out_codes"), tenant, list(codes))}


async def send(connection: Connection, messages: Sequence[Message], at: datetime) -> None:
    """Through the outbox, in this order, in the caller's transaction."""
    if messages:
        rows = [(m.exchange, m.routing_key, m.message_id, m.body, m.partition_key) for m in messages]
        await connection.execute(query("append_for_partition"), *_columns(rows), at)


async def books(
    connection: Connection,
    references: Sequence[tuple[str, str]],
    order_ids: Sequence[tuple[str, str]],
    sellers: Mapping[str, Sequence[str]],
) -> Books:
    """What we know of these orders: by (stock owner, name), by (stock owner, channel order id).

    `sellers`: stock owner -> the channel accounts that sell its stock; no other's orders count.
    """
    accounts = sorted({account for accounts in sellers.values() for account in accounts})
    return Books(
        await _sold(connection, "sold_by_reference", references, accounts, sellers),
        await _sold(connection, "sold_by_order_id", order_ids, accounts, sellers),
    )


async def _sold(
    connection: Connection,
    name: str,
    keys: Sequence[tuple[str, str]],
    accounts: Sequence[str],
    sellers: Mapping[str, Sequence[str]],
) -> dict[tuple[str, str], tuple[Sold, ...]]:
    if not keys or not accounts:
        return {}
    rows = await connection.fetch(query(name), *_columns(sorted(set(keys))), list(accounts))
    found: dict[tuple[str, str], dict[tuple[str, str], list[Any]]] = {}
    for row in rows:
        if row["channel_account"] in sellers.get(row["account"], ()):
            orders = found.setdefault((row["account"], row["name"]), {})
            orders.setdefault((row["channel_account"], row["channel_order_id"]), []).append(row)
    return {key: tuple(_one(order, rows) for order, rows in orders.items()) for key, orders in found.items()}


def _one(order: tuple[str, str], rows: Sequence[Any]) -> Sold:
    return Sold(
        channel_account=ChannelAccount(order[0]),
        channel_order_id=ChannelOrderId(order[1]),
        marketplace=Marketplace(rows[0]["marketplace"]),
        lines=frozenset((row["line_reference"], row["sku"]) for row in rows if row["sku"] is not None),
        waits=any(row["waits"] for row in rows),
    )


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
