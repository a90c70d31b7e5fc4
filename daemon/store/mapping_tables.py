"""The tables that people keep as files: each read whole, and made as a file says in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import msgspec

from daemon.store.database import Connection, query
from daemon.store.order_rechecks import recheck
from handlers import carrier_file, code_file, service_file, vendor_files
from handlers.agreed_costs import AgreedCost
from handlers.cross_reference import ProductCode
from handlers.mappings import CarrierRow
from handlers.row_changes import Change, Key, compare, missing, written
from handlers.shipping_services import ServiceRow


class OfAccount(Protocol):
    """A row for one channel account, or for `*`."""

    @property
    def channel_account(self) -> str: ...


Row = TypeVar("Row", bound=OfAccount)


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """`columns`: those of its key. `all`, `lock`, `save`, `remove`: its statements."""

    row: type[Row]
    key_of: Callable[[Row], Key]
    columns: tuple[str, ...]
    all: str
    lock: str
    save: str
    remove: str
    rechecks: bool = True
    """Orders that wait for a row of it are judged again."""

    async def rows(self, connection: Connection) -> list[Row]:
        """Every row, in the order of its key."""
        return [msgspec.convert(dict(row.items()), self.row) for row in await connection.fetch(query(self.all))]

    async def compared(self, connection: Connection, file: Sequence[Row]) -> list[Change[Row]]:
        """What taking the file over would change."""
        return compare(await self.rows(connection), file, self.key_of)

    async def take_over(
        self, connection: Connection, file: Sequence[Row], at: datetime, *, remove_absent: bool = False
    ) -> list[Change[Row]]:
        """Make the books as the file says, in the caller's transaction; returns what the difference was."""
        await connection.execute(query(self.lock))
        changes = await self.compared(connection, file)
        saved, gone = written(changes), missing(changes) if remove_absent else []
        if saved:
            await connection.execute(query(self.save), saved, at)
        if gone:
            columns = ([getattr(row, name) for row in gone] for name in self.columns)
            await connection.execute(query(self.remove), *columns)
        if self.rechecks:
            await recheck(connection, (row.channel_account for row in (*saved, *gone)), at)
        return changes


CARRIERS = Table(
    CarrierRow, carrier_file.key_of, ("channel_account", "carrier", "service"),
    "carriers_all", "carriers_lock", "carriers_save", "carriers_remove", rechecks=False,
)  # fmt: skip
"""What the warehouse's carriers and services are called at the channels."""
CODES = Table(
    ProductCode, code_file.key_of, ("channel_account", "kind", "code"),
    "product_codes_all", "product_codes_lock", "product_codes_save", "product_codes_remove",
)  # fmt: skip
"""Other names of products than the seller SKUs of listings."""
SERVICES = Table(
    ServiceRow, service_file.key_of, ("channel_account", "service", "programme", "country"),
    "shipping_services_all", "shipping_services_lock", "shipping_services_save", "shipping_services_remove",
)  # fmt: skip
"""Which carrier and service of the warehouse a buyer's choice is."""
COSTS = Table(
    AgreedCost, vendor_files.key_of_cost, ("channel_account", "account", "sku", "begins", "deal"),
    "agreed_costs_all", "agreed_costs_lock", "agreed_costs_save", "agreed_costs_remove",
)  # fmt: skip
"""What was agreed with retailers that products cost them."""
