"""The daily comparison of case packs with one tenant's products: one alert for a stock owner, and a file if wanted.

It is made at the start and then once a day; a restart only reads the products once more.
"""

import asyncio
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from daemon.clock import Clock
from daemon.log import fact
from daemon.settings import Catalogue
from daemon.store.database import Database
from daemon.store.notes import write_notes
from daemon.store.vendor_files import all_packs
from daemon.warehouse_products import Products, read_products
from handlers.alerts import AlertKind
from handlers.case_packs import CasePack
from handlers.catalogue_walk import next_time
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.pack_comparison import PackDifference, ProductColumns, alert_of, compare, product_file, to_write
from schemas.terms import Account

IDLE = 5.0
"""Real seconds between two rounds."""

log = logging.getLogger(__name__)


class Owner(NamedTuple):
    """A stock owner at the tenant. `code`: its name there."""

    account: Account
    code: str
    products: Products


@dataclass(slots=True)
class PackWatch:
    """One tenant's. `folder`: where a product file is put for what differs; None: nowhere."""

    tenant: str
    owned: tuple[Owner, ...]
    database: Database
    clock: Clock
    settings: Catalogue
    owners: Mapping[str, str]
    columns: ProductColumns
    folder: Path | None = None
    next_at: datetime | None = field(default=None, init=False)

    async def round(self) -> float:
        now = self.clock.now()
        if self.next_at is None or now >= self.next_at:
            whole = [await self._compare(owner) for owner in self.owned]
            daily = next_time(now, time.fromisoformat(self.settings.at))
            self.next_at = daily if all(whole) else now + timedelta(seconds=self.settings.again)
        return IDLE

    async def _compare(self, owner: Owner) -> bool:
        """False where it is to be tried again."""
        async with self.database.connection() as connection:
            packs = [pack for pack in await all_packs(connection) if pack.account == owner.account]
        if not packs:
            return await self._tell([ResolveAlert(AlertKind.PACKS_DIFFER, self._cause(owner))])
        products = await read_products([owner.products])
        if not isinstance(products, list):
            text = f"case packs of {owner.account} are not compared: products of {self.tenant} cannot be read"
            unread = RaiseAlert(
                AlertKind.CATALOGUE_UNREAD, self._unread(owner), owner.account, f"{text}: {products!r}"
            )
            return not await self._tell([unread])
        found = compare(packs, products)
        over = ResolveAlert(AlertKind.PACKS_DIFFER, self._cause(owner))
        told = alert_of(self.tenant, owner.account, found) if found else over
        await self._put(owner, packs, found)
        said = fact("packs_compared", tenant=self.tenant, account=owner.account, differences=len(found))
        log.info("case packs compared", extra=said)
        return await self._tell([told, ResolveAlert(AlertKind.CATALOGUE_UNREAD, self._unread(owner))])

    async def _tell(self, notes: list[Note]) -> bool:
        async with self.database.transaction() as connection:
            await write_notes(connection, notes, self.clock.now(), self.owners)
        return True

    async def _put(self, owner: Owner, packs: list[CasePack], found: list[PackDifference]) -> None:
        """A file for what differs, unless the same one is still waiting to be taken."""
        rows = to_write(packs, found)
        if self.folder is None or not rows:
            return
        content = product_file(rows, self.columns, owner.code).encode()
        name = f"products-{owner.account}-{self.clock.now():%Y%m%dT%H%M%SZ}.csv"
        await asyncio.to_thread(_written, self.folder, f"products-{owner.account}-*.csv", name, content)

    def _cause(self, owner: Owner) -> str:
        return f"{self.tenant}/{owner.account}"

    def _unread(self, owner: Owner) -> str:
        return f"packs/{self.tenant}/{owner.account}"


def _written(folder: Path, like: str, name: str, content: bytes) -> None:
    """Whole or not at all: who takes the files sees none that is half written."""
    if any(file.read_bytes() == content for file in folder.glob(like)):
        return
    hidden = folder / f".{name}.tmp"
    with hidden.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    hidden.replace(folder / name)
