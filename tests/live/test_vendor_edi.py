"""A purchase order by EDI: judged, secured and answered in the same books as one by the API, and settled by words."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from daemon.settings import VendorAccount
from daemon.store.notes import write_notes
from daemon.store.vendor_figures import vendor_figures
from daemon.vendor_watch import VendorWatch
from edi.partner import Standard
from schemas.purchase_order import LineAcknowledgement, PurchaseOrderNumber, Window
from tests.handlers.vendor_orders import ORDERED, VENDOR, line, order
from tests.live.edi_house import edi_rig, envelope, house, order_file
from tests.live.vendor_rig import VENDOR_SECTION, VendorRig

pytestmark = pytest.mark.live


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[VendorRig]:
    async with edi_rig(database_url) as made:
        yield made


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
