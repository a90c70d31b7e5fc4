"""Case packs, whose versions are only ever added to; and the costs that were agreed of some products."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from daemon.store.order_rechecks import recheck
from handlers.agreed_costs import AgreedCost
from handlers.case_packs import CasePack, PackRow, next_versions
from handlers.supply import Key
from schemas.terms import ChannelAccount


async def all_packs(connection: Connection) -> list[CasePack]:
    """The newest version of each."""
    return [_pack(row) for row in await connection.fetch(query("case_packs_all"))]


async def packs_of(connection: Connection, keys: Sequence[Key]) -> dict[Key, CasePack]:
    rows = await connection.fetch(query("case_packs_of"), [key[0] for key in keys], [key[1] for key in keys])
    return {(pack.account, pack.sku): pack for pack in map(_pack, rows)}


async def import_packs(
    connection: Connection, file: Sequence[PackRow], at: datetime, *, dry_run: bool = False
) -> list[CasePack]:
    """Add a version for each size that the file has anew; returns them. Nothing is ever removed."""
    await connection.execute(query("case_packs_lock"))
    newest = {(pack.account, pack.sku): pack for pack in await all_packs(connection)}
    added = next_versions(file, newest, at)
    if added and not dry_run:
        await connection.execute(query("case_packs_add"), added)
        await recheck(connection, ["*"], at)
    return added


async def costs_of(
    connection: Connection, account: ChannelAccount, keys: Sequence[Key]
) -> dict[Key, list[AgreedCost]]:
    """Every agreed cost of these products, by product; which of them holds, the caller decides."""
    names = [key[0] for key in keys], [key[1] for key in keys]
    found: dict[Key, list[AgreedCost]] = {}
    for row in map(_cost, await connection.fetch(query("agreed_costs_of"), account, *names)):
        found.setdefault((row.account, row.sku), []).append(row)
    return found


def _pack(row: asyncpg.Record) -> CasePack:
    return msgspec.convert(dict(row.items()), CasePack)


def _cost(row: asyncpg.Record) -> AgreedCost:
    return msgspec.convert(dict(row.items()), AgreedCost)
