"""A purchase order, from Amazon's pages to what every other channel may still show."""

from datetime import timedelta
from pathlib import Path

import pytest

from daemon.settings import Role
from schemas.purchase_order import PoLineNumber, PurchaseOrderNumber
from schemas.terms import Marketplace
from simulators.amazon import UK
from simulators.amazon.vendor_books import Change
from tests.handlers.vendor_orders import line, order
from tests.journeys.rig import running, until
from tests.journeys.vendor_tables import vendor_table

pytestmark = pytest.mark.live

ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "documents", "watch")
NUMBER = PurchaseOrderNumber("4Z32PABC")


async def test_what_a_purchase_order_is_promised_is_gone_from_every_other_channel(
    tmp_path: Path, database_url: str
) -> None:
    async with running(tmp_path, database_url, ROLES, vendor_table) as rig:
        await rig.list_sku("MUG")
        await rig.level("MUG", 30)
        now = rig.amazon.world.time.now()
        await rig.books.execute(
            "insert into product_code values ('retail', 'vendor_sku', 'MUG', 'acme', 'MUG', 1, $1)", now
        )
        await rig.books.execute(
            "insert into agreed_cost values ('retail', 'acme', 'MUG', $1, '', null, 2.5, 'GBP', $2)",
            (now - timedelta(days=9)).date(), now,
        )  # fmt: skip

        async def shows(units: int) -> None:
            async def shown() -> object:
                row = await rig.books.fetchrow("select live from publication")
                return row is not None and row["live"] == units

            await until(shown, 30)

        await shows(30)
        vendor = rig.seller.vendor
        placed = now - timedelta(minutes=5)
        window = order().delivery_window
        assert window is not None
        moved = type(window)(now + timedelta(days=3), now + timedelta(days=9))
        vendor.add_order(order(line(size=1), marketplace=Marketplace(UK), ordered_at=placed, delivery_window=moved))

        async def promised() -> object:
            return vendor.orders[NUMBER].books[PoLineNumber("1")].accepted

        assert await until(promised, 30) == 24
        await shows(6)
        vendor.change_order(NUMBER, Change(cancelled=(PoLineNumber("1"),)), now - timedelta(minutes=3))
        await shows(30)
        assert [document.took_effect for document in vendor.documents] == [True]
        told = await rig.books.fetch("select kind from alert where resolved_at is null and kind like 'po%'")
        assert [row["kind"] for row in told] == ["po_amended"], "somebody has to stop it in the warehouse"
        assert await rig.books.fetchval("select settled_at is not null from promise where kind = 'po_acknowledged'")
