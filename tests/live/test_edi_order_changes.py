"""Changes of purchase orders by EDI: put upon the order whenever they come, secured anew, and answered."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from daemon.store import purchase_order_decisions
from schemas.despatch import Channel, DespatchData, Parcel, ParcelLine
from schemas.purchase_order import PurchaseOrderNumber
from schemas.terms import ChannelOrderId, DespatchId, OrderReference, ParcelId, Sku
from tests.edi.samples import edifact
from tests.handlers.vendor_orders import OWNER, VENDOR
from tests.live.edi_house import House, edi_rig, envelope, house, order_file
from tests.live.vendor_rig import LEEDS, VendorRig

pytestmark = pytest.mark.live

NUMBER = PurchaseOrderNumber("4Z32PABC")
HEAD = "BCH*04*NE*4Z32PABC**{}*20261102*****20261102~"


def change(rows: str, sequence: int, number: int) -> bytes:
    return envelope("860", "PC", HEAD.format(sequence) + rows, f"{number:09d}")


def down_to(amount: int) -> str:
    return f"POC*1*QC*{amount}*{amount}*EA~CTT*1~"


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[VendorRig]:
    async with edi_rig(database_url) as made:
        yield made


async def answered_order(rig: VendorRig, folder: Path) -> House:
    await rig.stock(MUG=40)
    here = house(rig, folder, "x12")
    await here.came("po.edi", order_file("x12"))
    assert len(here.said("855")) == 1
    await settled(here)
    return here


async def settled(here: House) -> None:
    """The partner has read all that was said, and no word against it came."""
    await here.rig.fetch("update edi_document set state = 'presumed' where direction = 'out' returning id")
    here.rig.hand.at += timedelta(minutes=2)
    await here.edi.round()


async def told(here: House) -> tuple[int, dict[str, int]]:
    row = await here.rig.row(NUMBER)
    return row.file.stored.version, {str(one.number): one.ordered.amount for one in row.file.stored.order.lines}


async def test_an_860_is_a_new_version_with_a_named_difference_and_is_answered_by_an_865(
    rig: VendorRig, tmp_path: Path
) -> None:
    here = await answered_order(rig, tmp_path)
    await here.came("c1.edi", change(down_to(18), 1, 2))
    assert await told(here) == (2, {"1": 18})
    [said] = here.said("865")
    assert said[1].startswith("BCA*00*AT*4Z32PABC**1*20261102") and said[2].startswith("POC*1*QC*18*18*EA*2.5*NT")
    assert said[3].startswith("ACK*IA*18*EA*068*")
    [alert] = await rig.fetch("select text from alert where kind = 'po_amended'")
    assert "line 1: quantity 24 -> 18" in alert[0]
    await here.came("c1-again.edi", change(down_to(18), 1, 3))
    await settled(here)
    rig.hand.at += timedelta(minutes=20)
    await here.edi.round()
    assert await rig.held() == {NUMBER: 18}, "what nobody wants any more is everybody's again"
    assert len(here.said("865")) == 1, "the same change under another control number changes nothing"


async def test_a_change_before_its_order_waits_and_late_ones_take_their_place(rig: VendorRig, tmp_path: Path) -> None:
    await rig.stock(MUG=40)
    here = house(rig, tmp_path, "x12")
    await here.came("c3.edi", change(down_to(12), 3, 3))
    assert await here.alerts() == ["po_change_waits"]
    await here.came("po.edi", order_file("x12"))
    assert await told(here) == (2, {"1": 12}) and await here.alerts() == []
    assert here.said("855") == [] and len(here.said("865")) == 1, "only the order as it is now is answered"
    await settled(here)
    added = "POC*2*AI*6*6*EA*2.50*NT*VN*MUG~POC*1*QC*20*20*EA~CTT*2~"
    await here.came("c1.edi", change(added, 1, 4))
    assert await told(here) == (3, {"1": 12, "2": 6}), "the later change of line 1 still holds"
    assert "po_change_missing" in await here.alerts(), "change 2 has not come"


async def test_what_was_rejected_is_not_accepted_by_way_of_a_change(rig: VendorRig, tmp_path: Path) -> None:
    await rig.stock(MUG=10)
    here = house(rig, tmp_path, "x12")
    await here.came("po.edi", order_file("x12"))
    rig.hand.at += timedelta(hours=23)
    await here.edi.round()
    [first] = here.said("855")
    assert [one.split("*")[1:3] for one in first if one.startswith("ACK")] == [["IQ", "10"], ["IR", "14"]]
    await settled(here)
    await rig.stock(MUG=100)
    await here.came("c1.edi", change(down_to(30), 1, 2))
    rig.hand.at += timedelta(hours=23)
    await here.edi.round()
    [said] = here.said("865")
    assert [one.split("*")[1:3] for one in said if one.startswith("ACK")] == [["IQ", "16"], ["IR", "14"]], (
        "what is ordered more than it was is open; what was rejected stays so"
    )


async def test_a_cancelled_order_gives_its_stock_back_and_its_end_is_answered(rig: VendorRig, tmp_path: Path) -> None:
    here = await answered_order(rig, tmp_path)
    await here.came("c1.edi", change("", 1, 2).replace(b"BCH*04", b"BCH*01"))
    assert await rig.held() == {} and (await rig.row(NUMBER)).file.stored.state == "ended"
    [said] = here.said("865")
    assert said[1].startswith("BCA*00*AT*4Z32PABC") and said[2].startswith("POC*1*DI*0*0*EA")
    await here.came("c2.edi", change(down_to(6), 2, 3))
    assert await here.alerts() == ["po_change_refused"]
    await here.came("anew.edi", envelope_850(b"BEG*05*", b"PO1*1*24*", b"PO1*1*24*", 4))
    assert "po_contradicts" in await here.alerts(), "what is over is not opened again in silence"


async def test_goods_that_have_left_are_answered_as_they_left(rig: VendorRig, tmp_path: Path) -> None:
    here = await answered_order(rig, tmp_path)
    await despatched(rig, 20)
    await here.came("c1.edi", change(down_to(12), 1, 2))
    assert await told(here) == (2, {"1": 20})
    [said] = here.said("865")
    assert said[1].startswith("BCA*00*AC") and said[3].startswith("ACK*IA*20*")
    [alert] = await rig.fetch("select text from alert where kind = 'po_change_late'")
    assert "12 are wanted now, and 20 have left" in alert[0]


async def despatched(rig: VendorRig, units: int) -> None:
    data = DespatchData(
        account=OWNER, warehouse=LEEDS, order_reference=OrderReference("G1"), despatch_id=DespatchId("D1"),
        revision=1, channel=Channel("amazon_vendor", VENDOR), channel_order_id=ChannelOrderId(NUMBER),
        parcels=(Parcel(ParcelId("P1"), (ParcelLine(Sku("MUG"), units),)),),
    )  # fmt: skip
    await rig.fetch(
        "insert into vendor_despatch (account, despatch_id, revision, channel_account, number, stage, data,"
        " at, load_keys) values ($1, 'D1', 1, $2, $3, 'completed', $4, $5, '{}') returning 1",
        OWNER, VENDOR, NUMBER, msgspec.to_builtins(data), rig.now,
    )  # fmt: skip


async def test_a_change_that_does_not_fit_is_taken_once_a_person_believes_it_or_another_makes_it_fit(
    rig: VendorRig, tmp_path: Path
) -> None:
    here = await answered_order(rig, tmp_path)
    await here.came("c2.edi", change("POC*2*QC*3*3*EA~CTT*1~", 2, 2))
    assert await told(here) == (1, {"1": 24}) and "po_change_refused" in await here.alerts()
    await here.came("c1.edi", change("POC*2*AI*6*6*EA*2.50*NT*VN*MUG~CTT*1~", 1, 3))
    await here.edi.round()
    assert await told(here) == (3, {"1": 24, "2": 3}), "the line that it changes has come with the other"
    assert "po_change_refused" not in await here.alerts()
    await here.came("c3.edi", change("POC*1*QI*12*12*EA~CTT*1~", 3, 4))
    assert "po_change_refused" in await here.alerts()
    async with rig.database.transaction() as connection:
        assert await purchase_order_decisions.believe(connection, (VENDOR, NUMBER))
    await here.edi.round()
    assert await told(here) == (4, {"1": 12, "2": 3}) and "po_change_refused" not in await here.alerts()


async def test_an_order_sent_again_to_replace_it_puts_its_changes_aside(rig: VendorRig, tmp_path: Path) -> None:
    here = await answered_order(rig, tmp_path)
    await here.came("c1.edi", change(down_to(18), 1, 2))
    copy = order_file("x12").replace(b"*000000001*", b"*000000003*").replace(b"IEA*1*000000001", b"IEA*1*000000003")
    await here.came("copy.edi", copy)
    assert await told(here) == (2, {"1": 18}), "a copy of the first order undoes no change"
    anew = envelope_850(b"BEG*05*", b"PO1*1*24*", b"PO1*1*20*", 4)
    await here.came("anew.edi", anew)
    assert await told(here) == (3, {"1": 20})
    await settled(here)
    states = await rig.fetch("select state from purchase_order_change")
    await here.came("c2.edi", change(down_to(16), 2, 5))
    assert await told(here) == (4, {"1": 16}) and states == [("applied",)]
    assert await rig.fetch("select state from purchase_order_change order by place") == [
        ("superseded",), ("applied",),
    ]  # fmt: skip


def envelope_850(purpose: bytes, before: bytes, after: bytes, number: int) -> bytes:
    changed = order_file("x12").replace(b"BEG*00*", purpose).replace(before, after)
    changed = changed.replace(b"CTT*1*24", b"CTT*1*20") if before != after else changed
    return changed.replace(b"*000000001*", b"*%09d*" % number).replace(b"IEA*1*000000001", b"IEA*1*%09d" % number)


async def test_an_ordchg_is_answered_by_an_ordrsp_that_names_it(rig: VendorRig, tmp_path: Path) -> None:
    await rig.stock(MUG=40)
    here = house(rig, tmp_path, "edifact")
    await here.came("po.edi", order_file("edifact"))
    await settled(here)
    body = "BGM+230+CHG9+4'DTM+137:20261102:102'RFF+ON:4Z32PABC'LIN+1+3'QTY+21:18'UNS+S'CNT+2:1'"
    sent = edifact(messages=f"UNH+1+ORDCHG:D:96A:UN:EAN008'{body}UNT+{body.count(chr(39)) + 2}+1'")
    await here.came("c.edi", sent.replace(b"+77+", b"+78+").replace(b"UNZ+1+77", b"UNZ+1+78"))
    assert await told(here) == (2, {"1": 18}), await here.alerts()
    first, second = here.said("ORDRSP")
    assert "RFF+ACW:CHG9" in second and "RFF+ACW:CHG9" not in first
    assert "QTY+12:18:PCE" in second
