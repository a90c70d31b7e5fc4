"""Orders at the warehouse in the books: what is to be looked at, loaded under lock with its sale and its request.

Locks: sales orders in the order of their keys, then their rows here, then effects, then questions and alerts.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import asyncpg
import msgspec

from daemon.store import buyer_access, ledger
from daemon.store.buyer_access import Why
from daemon.store.database import Connection, query
from daemon.store.sales_orders import stored_of
from daemon.store.sealing import current_keys, open_bodies, seal_bodies
from handlers.order_requests import ORDER_REFUSED, ORDER_STOP, ORDERS_LANE, OrderEffect, WarehouseOrder
from handlers.sales_orders import Key, StoredOrder, subject_of
from schemas.sales_order import ShipTo

SEEN_AGAIN = 5
"""One in so many of those that are due at once is an order that is well and is only to be seen again."""


class Plan(NamedTuple):
    """What a look at an order has to ask for."""

    key: Key
    reference: str
    account: str
    skus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """An order with its address, its row here, and its open request; each None where there is none."""

    order: StoredOrder
    row: WarehouseOrder | None
    effect: OrderEffect | None

    @property
    def has_address(self) -> bool:
        return self.order.order.ship_to is not None or (self.row is not None and self.row.told_to is not None)


async def due(
    connection: Connection, account: str, now: datetime, limit: int, *, needs_label: bool = False
) -> list[Key]:
    """The most urgent first, and among them some that are only to be seen again, however much is new.

    `needs_label`: an order goes to the warehouse only once its label is there.
    """
    seen_again = max(1, limit // SEEN_AGAIN)
    rows = await connection.fetch(query("warehouse_orders_due"), account, now, limit, needs_label, seen_again)
    return [(row["channel_account"], row["channel_order_id"]) for row in rows]


async def plan(connection: Connection, keys: Sequence[Key]) -> list[Plan]:
    """The owner is the one that the warehouse was told of, if it was told at all."""
    rows = await connection.fetch(query("warehouse_orders_plan"), *_columns(keys))
    return [
        Plan(
            (row["channel_account"], row["channel_order_id"]),
            row["order_reference"],
            row["known_account"] or row["account"] or "",
            tuple(row["skus"]),
        )
        for row in rows
    ]


async def load(connection: Connection, keys: Collection[Key], at: datetime, why: Why = "release") -> list[Loaded]:
    """These orders, locked; `at` is when their addresses are read."""
    ordered = sorted(keys)
    sales = await connection.fetch(query("warehouse_orders_sales"), *_columns(ordered))
    rows = await connection.fetch(query("warehouse_orders_load"), *_columns(ordered))
    by_key = {(row["channel_account"], row["channel_order_id"]): row for row in rows}
    open_keys = [row["effect_key"] for row in rows if row["effect_key"]]
    effects = await effects_named(connection, open_keys) if open_keys else {}
    told = [by_key.get((sale["channel_account"], sale["channel_order_id"])) for sale in sales]
    clear = await _addresses(
        connection,
        [(sale["subject"], sale["ship_to"]) for sale in sales]
        + [(sale["subject"], row and row["told_to"]) for sale, row in zip(sales, told, strict=True)],
    )
    addresses, told_to = clear[: len(sales)], clear[len(sales) :]
    found = [_loaded(*parts, effects) for parts in zip(sales, addresses, told, told_to, strict=True)]
    await buyer_access.note(connection, [subject_of(*one.order.key) for one in found if one.has_address], why, at)
    return found


def _loaded(
    sale: asyncpg.Record,
    address: ShipTo | None,
    row: asyncpg.Record | None,
    told_to: ShipTo | None,
    effects: Mapping[str, OrderEffect],
) -> Loaded:
    stored = stored_of(sale)
    order = msgspec.structs.replace(stored, order=msgspec.structs.replace(stored.order, ship_to=address))
    if row is None:
        return Loaded(order, None, None)
    return Loaded(order, _row(dict(row.items()) | {"told_to": told_to}), effects.get(row["effect_key"]))


def _row(values: Mapping[str, object]) -> WarehouseOrder:
    return msgspec.convert(values, WarehouseOrder)


async def load_asked(connection: Connection, keys: Collection[Key]) -> list[tuple[WarehouseOrder, OrderEffect]]:
    """Those with an open request, beside it, locked; their addresses stay sealed: an answer needs none."""
    rows = await connection.fetch(query("warehouse_orders_load"), *_columns(sorted(keys)))
    effects = await effects_named(connection, [row["effect_key"] for row in rows if row["effect_key"]])
    plain = [_row(dict(row.items()) | {"told_to": None}) for row in rows]
    return [(row, effects[row.effect_key]) for row in plain if row.effect_key in effects]


async def _addresses(connection: Connection, bodies: Sequence[tuple[str, bytes | None]]) -> list[ShipTo | None]:
    clear = await open_bodies(connection, bodies)
    return [None if body is None else msgspec.json.decode(body, type=ShipTo) for body in clear]


async def effects_named(connection: Connection, keys: Collection[str]) -> dict[str, OrderEffect]:
    """These requests, locked."""
    rows = await connection.fetch(query("order_effects_load"), list(keys))
    return {row["unique_key"]: _effect(row) for row in rows}


async def lost(
    connection: Connection, accounts: Sequence[str], warehouses: Sequence[str], sent_before: datetime, holder: str
) -> list[OrderEffect]:
    """Sent, and nobody waits for the answer any more."""
    found = await connection.fetch(query("order_effects_lost"), accounts, sent_before, holder, warehouses)
    return [_effect(row) for row in found]


def _effect(row: asyncpg.Record) -> OrderEffect:
    return msgspec.convert(dict(row.items()), OrderEffect)


async def save(connection: Connection, rows: Sequence[tuple[WarehouseOrder, str]], at: datetime) -> None:
    """Rows, each with what it waits for; addresses are sealed with their orders' keys."""
    if not rows:
        return
    subjects = [subject_of(row.channel_account, row.channel_order_id) for row, _ in rows]
    bodies = [
        (subject, msgspec.json.encode(row.told_to))
        for subject, (row, _) in zip(subjects, rows, strict=True)
        if row.told_to is not None
    ]
    sealed = iter(await seal_bodies(connection, bodies, at, current_keys()))
    addresses = [None if row.told_to is None else next(sealed) for row, _ in rows]
    plain = [_plain(row, waits_for) for row, waits_for in rows]
    await connection.execute(query("warehouse_orders_save"), plain, addresses, at)


async def settle(connection: Connection, rows: Sequence[WarehouseOrder], at: datetime) -> None:
    """What an answer has made of rows of `load_asked`. Whoever withdraws what was told drops its address with it."""
    if rows:
        plain = [_plain(row, "") for row in rows]
        await connection.execute(query("warehouse_orders_settled"), plain, at)


def _plain(row: WarehouseOrder, waits_for: str) -> dict[str, object]:
    values: dict[str, object] = msgspec.to_builtins(msgspec.structs.replace(row, told_to=None))
    del values["told_to"]
    return values | {"waits_for": waits_for}


async def save_effects(connection: Connection, effects: Sequence[OrderEffect], at: datetime) -> dict[str, int]:
    """Write rows of the ledger; returns their ids by their unique keys."""
    return await ledger.save(connection, ORDERS_LANE, effects, at)


async def close_questions(connection: Connection, subjects: Collection[str], at: datetime) -> None:
    if subjects:
        await connection.execute(query("order_questions_close"), [ORDER_STOP, ORDER_REFUSED], list(subjects), at)


async def still_missing(connection: Connection, causes: Collection[str]) -> set[str]:
    """Those of the causes that some order still waits for."""
    rows = await connection.fetch(query("warehouse_orders_missing"), list(causes))
    return {row["waits_for"] for row in rows}


async def put_off(connection: Connection, key: Key, until: datetime, waits_for: str) -> None:
    """A command that is not answered: looked at again then."""
    await connection.execute(query("warehouse_order_put_off"), *key, until, waits_for)


async def command_answered(connection: Connection, command_id: str, state: str, detail: str, at: datetime) -> bool:
    """Whether an order's request of ours waited for that answer."""
    return await connection.fetchval(query("order_command_answered"), command_id, state, detail, at) is not None


def _columns(keys: Sequence[Key]) -> tuple[list[str], list[str]]:
    return [account for account, _ in keys], [order_id for _, order_id in keys]
