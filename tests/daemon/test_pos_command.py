"""`goodsout pos`, `packs` and `costs`: what an order waits for, and how it is put right."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.commands.cartons import cartons
from daemon.commands.costs import costs
from daemon.commands.edi import edi
from daemon.commands.packs import packs
from daemon.commands.pos import pos
from daemon.edi_orders import EdiOrders
from daemon.settings import Database as DatabaseSettings
from daemon.store.database import open_database
from schemas.purchase_order import PoLineNumber
from schemas.purchase_order_change import LineChange, PurchaseOrderChange
from tests.daemon.books_rig import Rig
from tests.handlers.vendor_orders import ORDERED, line, order
from tests.handlers.vendor_orders import VENDOR as CHANNEL_ACCOUNT
from tests.live.vendor_rig import VendorRig

pytestmark = pytest.mark.live

VENDOR = {
    "account": "acme", "party": "ACME1", "endpoint": "https://example.com", "client_id": "c", "marketplace": "GB",
    "warehouses": '["LEEDS"]',
}  # fmt: skip
COSTS = "channel_account,account,sku,begins,amount,currency\nacme-vendor,acme,MUG,2026-01-01,2.50,GBP\n"


@pytest.fixture
def rig(database_url: str, tmp_path: Path) -> Rig:
    async def fill() -> None:
        database = await open_database(database_url, DatabaseSettings(url=database_url), 2)
        vendor = VendorRig(database)
        await vendor.master_data("MUG")
        await vendor.stock(MUG=24)
        await vendor.look(await vendor.tell(order(line("1", cost="1.00"), line("2", sku="WHAT"))))
        vendor.hand.on(timedelta(hours=1).total_seconds())
        unknown = LineChange(number=PoLineNumber("7"), code="QC", changes="quantity", amount=3, unit="each")
        await EdiOrders(vendor.books).take(
            PurchaseOrderChange(
                channel_account=CHANNEL_ACCOUNT, number=order().number, transport="x12", document="860", sequence=1,
                lines=(unknown,),
            )
        )  # fmt: skip
        await database.close()

    asyncio.run(fill())
    made = Rig(database_url, tmp_path)
    made.environ |= {f"GOODSOUT_VENDORS__ACME-VENDOR__{key.upper()}": value for key, value in VENDOR.items()}
    for name in ("CLIENT_SECRET_FILE", "REFRESH_TOKEN_FILE"):
        (tmp_path / name).write_text("secret")
        (tmp_path / name).chmod(0o600)
        made.environ[f"GOODSOUT_VENDORS__ACME-VENDOR__{name}"] = str(tmp_path / name)
    return made


def test_names_that_nobody_has_are_said_with_those_that_there_are(rig: Rig) -> None:
    refused = rig.run(pos, "list", "--account", "nosuch")
    assert (
        refused.exit_code == 1
        and "no vendor account 'nosuch' is configured; there are: acme-vendor" in refused.output
    )
    assert "no such purchase order" in rig.told(pos, "list", "--account", "acme-vendor", "--state", "ended")
    assert "no exchange 'nosuch' is configured; there are: none" in rig.run(edi, "list", "--partner", "nosuch").output
    assert "no such document" in rig.told(edi, "list", "--state", "overdue")
    assert rig.run(edi, "list", "--state", "overdo").exit_code == 2


def test_a_load_that_is_not_named_in_full_is_named(rig: Rig) -> None:
    rig.environ["GOODSOUT_NOTICES__ACME-VENDOR__INVOICES"] = "false"
    load = (
        "insert into ship_load (channel_account, load_key, shipment, changed_at)"
        " values ('acme-vendor', 'acme/W1/LOAD-7', 'S00000007', $1)"
    )
    rig.write(lambda connection: connection.execute(load, ORDERED))
    for short in ("LOAD-7", "S00000007"):
        assert "is it acme/W1/LOAD-7?" in rig.run(cartons, "show", "acme-vendor", short).output
    assert "`goodsout cartons list` shows them" in rig.run(cartons, "show", "acme-vendor", "LOAD-8").output


def test_an_order_is_shown_with_what_it_waits_for_and_a_person_may_say_so(rig: Rig) -> None:
    assert "acme-vendor\t4Z32PABC\theld" in rig.told(pos, "list")
    said = rig.told(pos, "show", "acme-vendor", "4Z32PABC")
    assert "cost_below_agreed (merchandising): line 1" in said and "sku_unmapped (operations): line 2" in said
    assert "860 of order 4Z32PABC (number 1)" in said and "refused line 7 is not in the order" in said
    told = rig.told(pos, "accept", "acme-vendor", "4Z32PABC", "cost_below_agreed", "--note", "a promotion")
    assert "cost_below_agreed accepted" in told
    assert "rejected in its answer" in rig.told(pos, "reject", "acme-vendor", "4Z32PABC", "2", "obsolete")
    wrong = rig.run(pos, "reject", "acme-vendor", "4Z32PABC", "9", "obsolete")
    assert wrong.exit_code == 1 and "is not there" in wrong.output
    assert rig.run(pos, "show", "acme-vendor", "NONE").exit_code == 1
    assert '"said": ""' in rig.told(pos, "list", "--json")


def test_an_answer_in_the_portal_is_told_where_nothing_shows_it(rig: Rig) -> None:
    for odd in ("1", "1=x", "1=24"):
        wrong = rig.run(pos, "told", "acme-vendor", "4Z32PABC", odd)
        assert wrong.exit_code == 1 and ("LINE=ACCEPTED" in wrong.output or "each line" in wrong.output), wrong.output
    told = rig.told(pos, "told", "acme-vendor", "4Z32PABC", "1=20", "2=0", "--by", "Ruth")
    assert "it is answered so" in told
    said = rig.told(pos, "show", "acme-vendor", "4Z32PABC")
    assert "answer 1 to version 1 by Ruth: confirmed" in said and "20 accepted, 0 backordered, 4 rejected" in said
    assert rig.run(pos, "told", "acme-vendor", "4Z32PABC", "1=20", "2=0").exit_code == 1


def test_packs_and_costs_are_imported_whole_or_not_at_all(rig: Rig, tmp_path: Path) -> None:
    file = tmp_path / "packs.csv"
    file.write_text("account,sku,eaches\nacme,MUG,12\n")
    assert "1 versions would be added" in rig.told(packs, "import", file, "--dry-run")
    assert "version 1, 12 eaches" in rig.told(packs, "import", file)
    assert "0 versions added" in rig.told(packs, "import", file)
    assert "acme,MUG,12" in rig.told(packs, "export", "-")
    file.write_text("account,sku,eaches\nacme,MUG,0\n")
    assert rig.run(packs, "import", file).exit_code == 1
    file.write_text(COSTS)
    assert "1 new" in rig.told(costs, "import", file)
    assert "2026-01-01,,,2.50,GBP" in rig.told(costs, "export", "-")
