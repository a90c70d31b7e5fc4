"""A purchase order by EDI: judged, secured and answered in the same books as one by the API, and settled by words."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from daemon.edi_order_answers import OrderAnswers
from daemon.edi_orders import EdiOrders
from daemon.edi_post import EdiPost
from daemon.edi_reading import EdiReading
from daemon.edi_taking import EdiTaking
from daemon.links.edi_spool import FolderSpool
from daemon.remittances import Remittances
from daemon.settings import Database as DatabaseSettings
from daemon.settings import VendorAccount
from daemon.store.database import open_database
from daemon.store.notes import write_notes
from daemon.store.vendor_figures import vendor_figures
from daemon.vendor_edi import VendorEdi
from daemon.vendor_watch import VendorWatch
from edi.edifact.read import read as read_edifact
from edi.partner import Partner, Standard
from edi.profile import Profile
from edi.x12.read import read as read_x12
from handlers.edi_documents import Rules
from schemas.purchase_order import LineAcknowledgement, PurchaseOrderNumber, Window
from schemas.terms import Marketplace
from tests.edi.samples import GS, edifact, isa, x12
from tests.handlers.vendor_orders import ORDERED, VENDOR, line, order
from tests.live.clarus_rig import HandClock
from tests.live.test_purchase_orders import VENDOR_SECTION
from tests.live.vendor_rig import VendorRig

pytestmark = pytest.mark.live

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


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[VendorRig]:
    opened = await open_database(database_url, DatabaseSettings(url=database_url), 6)
    made = VendorRig(opened)
    await made.master_data("MUG")
    yield made
    await opened.close()


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


@pytest.mark.parametrize("standard", ["x12", "edifact"])
async def test_the_same_order_by_edi_and_by_the_api_ends_in_equal_books_and_equal_quantities(
    rig: VendorRig, tmp_path: Path, standard: Standard
) -> None:
    await rig.stock(MUG=40)
    here = house(rig, tmp_path, standard)
    await here.came("po.edi", order_file(standard))
    api = order(
        line(), number=PurchaseOrderNumber("API"), ordered_at=ORDERED.replace(hour=0),
        delivery_window=Window(
            ORDERED.replace(hour=0) + timedelta(days=3), ORDERED.replace(hour=0) + timedelta(days=11, seconds=-1)
        ),
    )  # fmt: skip
    await rig.look(await rig.tell(api))
    held = await rig.held()
    assert held["4Z32PABC"] == 24 and held["API"] == 16, "the second one gets what is left"
    await rig.stock(MUG=60)
    said = (await rig.look(PurchaseOrderNumber("API"))).said
    edi_said = (await rig.row(PurchaseOrderNumber("4Z32PABC"))).file.said
    assert said is not None and edi_said
    assert told(edi_said[0].acknowledgement.lines) == told(said.acknowledgement.lines)


def told(lines: tuple[LineAcknowledgement, ...]) -> list[object]:
    """What is answered, without how the partner calls the item."""
    return [
        msgspec.structs.replace(
            one, identifiers=tuple(msgspec.structs.replace(i, qualifier="") for i in one.identifiers)
        )
        for one in lines
    ]


async def test_an_order_is_answered_by_an_855_that_its_997_reads_and_silence_presumes(
    rig: VendorRig, tmp_path: Path
) -> None:
    await rig.stock(MUG=40)
    here = house(rig, tmp_path, "x12")
    await here.came("po.edi", order_file("x12"))
    assert here.said("855") == [[
        "ST*855*0002", "BAK*00*AD*4Z32PABC*20261102*****20261102", "PO1*1*24*EA*2.5*NT*VN*MUG",
        *[one for one in here.said("855")[0] if one.startswith("ACK*IA*24*EA*068*")], "CTT*1*24", "SE*6*0002",
    ]]  # fmt: skip
    assert [state for state, _ in await here.answers()] == ["processing"]
    await here.came("ack.edi", syntax("AK1*PR*2~AK9*A*1*1*1~"))
    rig.hand.at += timedelta(minutes=61)
    await here.edi.round()
    await here.edi.round()
    assert [state for state, _ in await here.answers()] == ["presumed"]
    assert await here.alerts() == []


async def test_an_answer_that_the_partner_refuses_is_refused_in_its_words_even_after_it_was_presumed(
    rig: VendorRig, tmp_path: Path
) -> None:
    await rig.stock(MUG=40)
    here = house(rig, tmp_path, "x12")
    await here.came("po.edi", order_file("x12"))
    await here.came("ack.edi", syntax("AK1*PR*2~AK9*A*1*1*1~"))
    rig.hand.at += timedelta(minutes=61)
    await here.edi.round()
    advice = "BGN*11*1*20261102~OTI*TR*PO*4Z32PABC*****2*0002*855~TED*848*COST TOO HIGH~"
    await here.came("advice.edi", envelope("824", "AG", advice, "000000011"))
    rig.hand.at += timedelta(hours=2)
    await here.edi.round()
    [(state, text)] = await here.answers()
    assert state == "refused" and "COST TOO HIGH" in text
    assert set(await here.alerts()) >= {"edi_refused", "po_answer_refused"}


async def test_an_answer_that_cannot_be_put_keeps_its_clock_running_until_it_is(
    rig: VendorRig, tmp_path: Path
) -> None:
    await rig.stock(MUG=40)
    here = house(rig, tmp_path, "x12")
    away = here.outbox.rename(tmp_path / "away")
    await here.came("po.edi", order_file("x12"))
    assert [state for state, _ in await here.answers()] == ["made"]
    rig.hand.at += timedelta(hours=26)
    watch = VendorWatch({str(VENDOR): msgspec.convert(VENDOR_SECTION, VendorAccount)})
    async with rig.database.transaction() as connection:
        await write_notes(connection, await watch.raise_clocks(connection, rig.now), rig.now, {})
        clocks = (await vendor_figures(connection, ["amazon"], rig.now)).clocks
    assert [(one.document, one.state, one.clocks) for one in clocks] == [("acknowledgement", "over", 1)]
    texts = await rig.fetch("select text from alert where kind = 'po_late' and resolved_at is null")
    assert len(texts) == 1 and "could not be put" in texts[0][0]
    away.rename(here.outbox)
    await here.edi.round()
    assert [state for state, _ in await here.answers()] == ["processing"] and len(here.said("855")) == 1
    assert await here.alerts() == []
    async with rig.database.connection() as connection:
        assert (await vendor_figures(connection, ["amazon"], rig.now)).clocks == []
    assert await rig.fetch("select settled_at >= $1 from promise", rig.now) == [(True,)]


async def test_a_short_order_waits_for_a_person_and_nothing_is_said_meanwhile(rig: VendorRig, tmp_path: Path) -> None:
    await rig.stock(MUG=10)
    here = house(rig, tmp_path, "x12")
    await here.came("po.edi", order_file("x12"))
    assert here.said("855") == [] and await here.answers() == []
    assert await rig.fetch("select kind from decision") == [("po_answer",)]


async def test_killed_between_the_books_and_the_file_the_answer_is_made_once(rig: VendorRig, tmp_path: Path) -> None:
    await rig.stock(MUG=40)
    here = house(rig, tmp_path, "x12")
    (here.inbox / "po.edi").write_bytes(order_file("x12"))
    await here.edi.post.fetch()
    assert await here.edi.reading.read_next()
    assert (await rig.look(PurchaseOrderNumber("4Z32PABC"))).said is not None, "and here it is killed"
    rig.hand.at += timedelta(minutes=5)
    for _ in range(3):
        await here.edi.round()
    assert len(here.said("855")) == 1
    assert [state for state, _ in await here.answers()] == ["processing"]


def syntax(rows: str) -> bytes:
    return envelope("997", "FA", rows, "000000010")


def envelope(code: str, group: str, rows: str, number: str) -> bytes:
    sets = f"ST*{code}*0001~{rows}SE*{rows.count('~') + 2}*0001~"
    header = isa(number=number)
    return x12(header=header, group=GS.replace("*PO*", f"*{group}*"), sets=sets, end=f"IEA*1*{number}~")
