"""Purchase orders as they were acknowledged: what ship notices and invoices are held against."""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from daemon.store.database import Connection, query
from handlers.acknowledged_orders import Agreed, Product, order_to_ship
from handlers.acknowledgement_said import SAID
from handlers.vendor_goods import OrderToShip
from schemas.purchase_order import Acknowledgement, PoLineNumber, PurchaseOrder, PurchaseOrderNumber


@dataclass(frozen=True, slots=True)
class AcknowledgedOrders:
    agreed: Agreed

    async def of(
        self, connection: Connection, channel_account: str, numbers: Collection[PurchaseOrderNumber]
    ) -> dict[PurchaseOrderNumber, OrderToShip]:
        rows = await connection.fetch(query("acknowledged_orders"), channel_account, list(numbers), sorted(SAID))
        found: dict[PurchaseOrderNumber, OrderToShip] = {}
        for row in rows:
            lines = row["lines"] or []
            document = row["document"] | {"lines": [line["document"] for line in lines]}
            order = msgspec.convert(document, PurchaseOrder, strict=False)
            products = {PoLineNumber(line["document"]["number"]): msgspec.convert(line, Product) for line in lines}
            said = None if row["said"] is None else msgspec.convert(row["said"], Acknowledgement, strict=False)
            found[order.number] = order_to_ship(order, products, said, self.agreed)
        return found
