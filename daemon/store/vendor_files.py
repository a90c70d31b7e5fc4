"""Case packs and agreed costs: read whole, changed in one transaction. Orders that wait are looked at again."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from daemon.store.order_rechecks import recheck
from handlers.agreed_costs import AgreedCost
from handlers.case_packs import CasePack, PackRow, next_versions
from handlers.row_changes import Change, compare, missing, written
from handlers.supply import Key
from handlers.vendor_files import key_of_cost
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


async def all_costs(connection: Connection) -> list[AgreedCost]:
    return [_cost(row) for row in await connection.fetch(query("agreed_costs_all"))]


async def costs_of(
    connection: Connection, account: ChannelAccount, keys: Sequence[Key]
) -> dict[Key, list[AgreedCost]]:
    names = [key[0] for key in keys], [key[1] for key in keys]
    found: dict[Key, list[AgreedCost]] = {}
    for row in map(_cost, await connection.fetch(query("agreed_costs_of"), account, *names)):
        found.setdefault((row.account, row.sku), []).append(row)
    return found


async def import_costs(
    connection: Connection, file: Sequence[AgreedCost], at: datetime, *, remove_absent: bool, dry_run: bool = False
) -> list[Change[AgreedCost]]:
    """Make the books as the file says, in the caller's transaction; returns what the difference was."""
    await connection.execute(query("agreed_costs_lock"))
    changes = compare(await all_costs(connection), file, key_of_cost)
    saved, gone = written(changes), missing(changes) if remove_absent else []
    if dry_run:
        return changes
    if saved:
        await connection.execute(query("agreed_costs_save"), saved, at)
    if gone:
        keys = [(row.channel_account, row.account, row.sku, row.begins, row.deal) for row in gone]
        await connection.execute(query("agreed_costs_remove"), *map(list, zip(*keys, strict=True)))
    await recheck(connection, (row.channel_account for row in (*saved, *gone)), at)
    return changes


def _pack(row: asyncpg.Record) -> CasePack:
    return msgspec.convert(dict(row.items()), CasePack)


def _cost(row: asyncpg.Record) -> AgreedCost:
    return msgspec.convert(dict(row.items()), AgreedCost)
