"""What the loops of ship notices and invoices share: one vendor account, its settings and its orders."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from daemon.clock import Clock
from daemon.settings import NoticeAccount
from daemon.store.database import Connection, Database
from handlers.ship_notices import Orders
from schemas.purchase_order import PurchaseOrderNumber, Transport


class OrderBooks(Protocol):
    """Purchase orders as they were acknowledged."""

    async def of(
        self, connection: Connection, channel_account: str, numbers: Collection[PurchaseOrderNumber]
    ) -> Orders: ...


@dataclass(frozen=True, slots=True)
class VendorBooks:
    """`name`: of the vendor account; `transport`: how its documents go."""

    name: str
    account: NoticeAccount
    orders: OrderBooks
    database: Database
    clock: Clock
    owners: Mapping[str, str]
    holder: str
    transport: Transport = "sp_api"
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Whoever writes has it: a look at loads locks them before their documents, an answer the other way round. Nobody
    has it while the retailer is asked."""
