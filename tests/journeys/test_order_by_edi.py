"""A retailer's order by EDI and its change, from one folder to the other, and what its reports of stock say."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from daemon.settings import Role
from edi.x12.read import read
from simulators.amazon import AmazonSimulator
from tests.journeys.rig import running, until
from tests.live.edi_house import envelope

pytestmark = pytest.mark.live

ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "documents", "watch")
TABLES = """
[vendors.retail]
account = "acme"
party = "ACME1"
marketplace = "A1F"
warehouses = ["W1"]
answer = "by_rule"
[vendors.retail.destinations.LTN4]
name = "Fulfilment centre"
[edi.amazon]
standard = "x12"
vendor = "retail"
our_id = "VENDOR"
currency = "GBP"
every = 0.2
inbox = "{folder}/in"
outbox = "{folder}/out"
[stock_reports.retail-stock]
exchange = "amazon"
every = 0.2
[stock_reports.retail-stock.warehouses.LTNA]
stock = ["W1"]
"""


class Partner:
    """The other side of both folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("in", "out"):
            (folder / name).mkdir()

    def tables(self, amazon: AmazonSimulator) -> str:
        del amazon
        return TABLES.format(folder=self.folder)

    def puts(self, code: str, group: str, rows: str, number: int) -> None:
        part = self.folder / f"{number}.part"
        part.write_bytes(envelope(code, group, rows, f"{number:09d}"))
        part.rename(self.folder / "in" / f"{number}.edi")

    def has(self, code: str, *words: str) -> bool:
        """Whether a document of this kind was put that holds all of these."""
        return any(
            all(any(word in line for line in one.lines) for word in words)
            for file in sorted((self.folder / "out").iterdir())
            for interchange in read(file.read_bytes()).interchanges
            for one in interchange.transactions
            if one.code == code
        )


def ordered(now: datetime) -> str:
    first, last = now + timedelta(days=3), now + timedelta(days=9)
    return (
        f"BEG*00*NE*4Z32PABC**{now:%Y%m%d}~REF*CR*ACME1~FOB*PP~DTM*064*{first:%Y%m%d}~DTM*063*{last:%Y%m%d}~"
        "N1*ST**92*LTN4~PO1*1*24*EA*2.50*NT*VN*MUG~CTT*1*24~"
    )


async def test_an_order_and_its_change_are_answered_and_leave_what_is_left_for_the_stock_reports(
    tmp_path: Path, database_url: str
) -> None:
    partner = Partner(tmp_path)
    async with running(tmp_path, database_url, ROLES, partner.tables) as rig:
        now = rig.amazon.world.time.now()
        await rig.books.execute(
            "insert into product_code values ('retail', 'vendor_sku', 'MUG', 'acme', 'MUG', 1, $1)", now
        )
        await rig.books.execute(
            "insert into agreed_cost values ('retail', 'acme', 'MUG', $1, '', null, 2.5, 'GBP', $2)",
            (now - timedelta(days=9)).date(), now,
        )  # fmt: skip
        await rig.books.execute(
            "insert into listing (channel_account, marketplace, seller_sku, account, sku, imported_at)"
            " values ('retail-stock', 'LTNA', 'MUG', 'acme', 'MUG', $1)",
            now,
        )
        await rig.level("MUG", 30)

        async def put(code: str, *words: str) -> None:
            async def found() -> object:
                return partner.has(code, *words)

            await until(found, 30)

        await put("846", "LIN*1*VN*MUG", "SDQ*EA*92*LTNA*30")
        partner.puts("997", "FA", "AK1*IB*1~AK9*A*1*1*1~", 2)
        partner.puts("850", "PO", ordered(now), 3)
        await put("855", "BAK*00*AD*4Z32PABC", "ACK*IA*24*EA")
        await put("846", "SDQ*EA*92*LTNA*6")
        partner.puts("860", "PC", f"BCH*04*NE*4Z32PABC**1*{now:%Y%m%d}~POC*1*QD*12*12*EA~CTT*1~", 4)
        await put("865", "BCA*00*AT*4Z32PABC**1", "POC*1*QD*12*12*EA*2.5*NT*VN*MUG", "ACK*IA*12*EA")

        async def answered() -> bool:
            """Told, and answered by itself: the clock ends once the answer is put. Its listing may have been looked
            at before its first stock came."""
            kinds = await rig.books.fetch(
                "select kind, resolved_at is null as open from alert where kind <> 'listing_without_stock'"
            )
            return [(row["kind"], row["open"]) for row in kinds] == [("po_amended", False)]

        await until(answered, 30)
