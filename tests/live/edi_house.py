"""A retailer by EDI folders and a daemon's books, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from daemon.edi_order_answers import OrderAnswers
from daemon.edi_orders import EdiOrders
from daemon.edi_post import EdiPost
from daemon.edi_reading import EdiReading
from daemon.edi_taking import EdiTaking
from daemon.links.edi_spool import FolderSpool
from daemon.remittances import Remittances
from daemon.settings import Database as DatabaseSettings
from daemon.store.database import open_database
from daemon.vendor_edi import VendorEdi
from edi.edifact.read import read as read_edifact
from edi.partner import Partner, Standard
from edi.profile import Profile
from edi.x12.read import read as read_x12
from handlers.edi_documents import Rules
from schemas.terms import Marketplace
from tests.edi.samples import GS, edifact, isa, x12
from tests.handlers.vendor_orders import VENDOR
from tests.live.clarus_rig import HandClock
from tests.live.vendor_rig import VendorRig

RULES = Rules(acknowledged_within=timedelta(hours=24), presumed_after=timedelta(hours=1))
X12 = (
    "BEG*00*NE*4Z32PABC**20261102~REF*CR*ACME1~FOB*PP~DTM*064*20261105~DTM*063*20261112~N1*ST**92*LTN4~"
    "PO1*1*24*EA*2.50*NT*VN*MUG~CTT*1*24~"
)
EDIFACT = (
    "BGM+220+4Z32PABC+9'DTM+137:20261102:102'DTM+64:20261105:102'DTM+63:20261112:102'RFF+CR:ACME1'"
    "NAD+SU+4012345000009::9'NAD+DP+LTN4::92'CUX+2:GBP:9'LIN+1'PIA+5+MUG:SA'QTY+21:24'PRI+AAA:2.50'UNS+S'CNT+2:1'"
)


def order_file(standard: Standard) -> bytes:
    if standard == "x12":
        return x12(sets=f"ST*850*0001~{X12}SE*{X12.count('~') + 2}*0001~")
    return edifact(messages=f"UNH+1+ORDERS:D:96A:UN:EAN008'{EDIFACT}UNT+{EDIFACT.count(chr(39)) + 2}+1'")


@dataclass
class House:
    rig: VendorRig
    edi: VendorEdi
    inbox: Path
    outbox: Path

    async def came(self, name: str, content: bytes) -> None:
        (self.inbox / name).write_bytes(content)
        await self.edi.round()

    def said(self, code: str) -> list[list[str]]:
        """The segments of each document of this kind that was put."""
        found = list[list[str]]()
        for file in sorted(self.outbox.iterdir()):
            content = file.read_bytes()
            for one in read_x12(content).interchanges:
                found += [each.lines for each in one.transactions if each.code == code]
            for other in read_edifact(content).interchanges if content.startswith(b"UN") else ():
                found += [each.lines for each in other.messages if each.name.kind == code]
        return found

    async def answers(self) -> list[tuple[str, str]]:
        return await self.rig.fetch("select state, text from purchase_order_said order by sequence")

    async def alerts(self) -> list[str]:
        return [kind for (kind,) in await self.rig.fetch("select kind from alert where resolved_at is null")]


def partner(standard: Standard) -> Partner:
    if standard == "x12":
        return Partner(name="amazon", standard="x12", our_id="VENDOR", their_id="AMAZON")
    return Partner(
        name="amazon", standard="edifact", our_id="4012345000009", our_qualifier="14", their_id="5450534000000",
        their_qualifier="14",
    )  # fmt: skip


def house(rig: VendorRig, folder: Path, standard: Standard) -> House:
    for name in ("in", "out"):
        (folder / name).mkdir()
    clock = HandClock(rig.hand)
    spool = FolderSpool(folder / "in", folder / "out")
    post = EdiPost(partner(standard), spool, rig.database, clock, {}, RULES, most_bytes=1_000_000)
    profile = Profile(
        channel_account=VENDOR, marketplace=Marketplace("GB"), vendor_code="ACME1", currency="GBP",
        location_qualifier="92",
    )  # fmt: skip
    taking = EdiTaking(EdiOrders(rig.books), Remittances(rig.database, clock, {}))
    reading = EdiReading(post, profile, RULES, taking.take, timedelta(days=400))
    answers = OrderAnswers(post, rig.books, profile)
    return House(rig, VendorEdi(post, reading, taking, answers, 60.0), folder / "in", folder / "out")


def envelope(code: str, group: str, rows: str, number: str) -> bytes:
    sets = f"ST*{code}*0001~{rows}SE*{rows.count('~') + 2}*0001~"
    header = isa(number=number)
    return x12(header=header, group=GS.replace("*PO*", f"*{group}*"), sets=sets, end=f"IEA*1*{number}~")


@asynccontextmanager
async def edi_rig(database_url: str) -> AsyncIterator[VendorRig]:
    """Books with the master data of one product."""
    opened = await open_database(database_url, DatabaseSettings(url=database_url), 6)
    made = VendorRig(opened)
    await made.master_data("MUG")
    yield made
    await opened.close()
