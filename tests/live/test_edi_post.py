"""The post office of an EDI partner: archived before it is taken away, taken once, answered, and never silent."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from daemon.clock import Clock
from daemon.edi_post import EdiPost
from daemon.edi_reading import EdiReading
from daemon.links.edi_spool import FolderSpool, SpoolTrouble
from daemon.store.database import Database
from edi.arriving import Taken
from edi.faults import Refused
from edi.partner import Partner
from edi.x12 import order_acknowledgement
from edi.x12.read import read
from handlers.edi_documents import Rules
from schemas.purchase_order import PurchaseOrder
from tests.edi.documents import NUMBER, PROFILE, acknowledged, answered, part
from tests.edi.samples import GS, edifact, isa, x12

pytestmark = pytest.mark.live

RULES = Rules(acknowledged_within=timedelta(hours=24), presumed_after=timedelta(hours=1))
BODY = "ST*850*0001~BEG*00*NE*4Z32PABC**20261121~PO1*1*10*CA*12.5*NT*UP*012345678905~PO4*12~CTT*1*10~SE*6*0001~"
PARTNER = Partner(name="amazon", standard="x12", our_id="VENDOR", their_id="AMAZON")


@dataclass
class Office:
    reading: EdiReading
    inbox: Path
    outbox: Path
    books: "asyncpg.Connection[asyncpg.Record]"
    taken: list[PurchaseOrder] = field(default_factory=list[PurchaseOrder])
    broken: bool = False

    @property
    def post(self) -> EdiPost:
        return self.reading.post

    async def take(self, order: PurchaseOrder) -> None:
        if self.broken:
            raise ConnectionError("killed before its order was in the books")
        self.taken.append(order)

    async def rounds(self) -> None:
        await self.post.fetch()
        while await self.reading.read_next():
            pass
        await self.post.put()

    async def came(self, name: str, content: bytes) -> None:
        (self.inbox / name).write_bytes(content)
        await self.rounds()

    async def alerts(self) -> list[str]:
        rows = await self.books.fetch("select kind from alert where resolved_at is null order by kind")
        return [row["kind"] for row in rows]

    async def states(self, direction: str = "out") -> list[str]:
        rows = await self.books.fetch("select state from edi_document where direction = $1 order by id", direction)
        return [row["state"] for row in rows]

    def out(self) -> list[list[str]]:
        """The segments of the documents that were put, by file."""
        files = [read(file.read_bytes()) for file in sorted(self.outbox.iterdir())]
        return [one.lines for file in files for change in file.interchanges for one in change.transactions]


@pytest.fixture
async def office(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    books = await asyncpg.connect(database_url)
    spool = FolderSpool(tmp_path / "in", tmp_path / "out")
    post = EdiPost(PARTNER, spool, database, Clock(), {}, RULES, most_bytes=1_000_000)
    taken = list[PurchaseOrder]()

    async def take(order: Taken) -> None:
        assert isinstance(order, PurchaseOrder)
        await here.take(order)

    reading = EdiReading(post, PROFILE, RULES, take, numbers_kept=timedelta(days=400))
    here = Office(reading, tmp_path / "in", tmp_path / "out", books, taken)
    yield here
    await books.close()


async def post_855(office: Office) -> None:
    order = office.taken[0]
    rows = list(order_acknowledgement.rows(acknowledged(answered(part("accepted", 10))), order, PROFILE))
    async with office.post.database.transaction() as connection:
        await office.post.post(connection, "855", NUMBER, rows)
    await office.post.put()


async def test_an_order_is_taken_once_answered_with_a_997_and_its_file_is_kept(office: Office) -> None:
    await office.came("po.edi", x12(sets=BODY))
    assert [order.number for order in office.taken] == ["4Z32PABC"]
    assert office.out()[0][1:-1] == ["AK1*PO*7", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"]
    kept = await office.books.fetchrow("select content, state from edi_file where direction = 'in'")
    assert kept is not None and bytes(kept["content"]) == x12(sets=BODY) and kept["state"] == "read"
    assert not list(office.inbox.iterdir()) and await office.alerts() == []


async def test_the_same_interchange_again_in_another_file_is_a_duplicate_and_answered_no_second_time(
    office: Office,
) -> None:
    await office.came("po.edi", x12(sets=BODY))
    await office.came("again.edi", x12(sets=BODY) + b"\r\n")
    assert len(office.taken) == 1 and len(list(office.outbox.iterdir())) == 1
    assert await office.alerts() == []


async def test_what_wants_no_answer_takes_no_control_number(office: Office) -> None:
    """A partner counts them: one that is skipped looks like a lost document."""
    await office.came("po.edi", x12(sets=BODY))
    await post_855(office)
    answer = "ST*997*0001~AK1*PR*2~AK9*A*1*1*1~SE*4*0001~"
    await office.came("ack.edi", x12(header=isa(number="000000002"), group=GS.replace("*PO*", "*FA*"), sets=answer,
                                     end="IEA*1*000000002~"))  # fmt: skip
    rows = await office.books.fetch("select kind, last from edi_counter order by kind")
    assert [tuple(row) for row in rows] == [("group", 2), ("interchange", 2), ("message", 2)]


async def test_a_control_number_that_stands_for_something_else_is_refused_and_told(office: Office) -> None:
    await office.came("po.edi", x12(sets=BODY))
    await office.came("other.edi", x12(sets=BODY.replace("*10*", "*90*").replace("*1*10~", "*1*90~")))
    assert len(office.taken) == 1 and await office.alerts() == ["edi_unreadable"]


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"\x00" * 50, edifact(), isa().encode(), x12(sets=BODY)[:-40]],
    ids=["empty", "prose", "zeroes", "the other standard", "header alone", "cut off"],
)
async def test_what_cannot_be_read_is_kept_told_and_stops_nothing(office: Office, content: bytes) -> None:
    (office.inbox / "a.edi").write_bytes(content)
    await office.came("b.edi", x12(sets=BODY, header=isa(number="000000002"), end="IEA*1*000000002~"))
    assert [order.number for order in office.taken] == ["4Z32PABC"]
    assert "edi_unreadable" in await office.alerts()
    assert await office.books.fetchval("select count(*) from edi_file where direction = 'in'") == 2


async def test_a_file_beyond_the_bound_stays_where_it_is_and_the_rest_goes_on(office: Office) -> None:
    (office.inbox / "huge.edi").write_bytes(b"ISA" + b"x" * 1_000_000)
    await office.came("po.edi", x12(sets=BODY))
    assert len(office.taken) == 1 and (office.inbox / "huge.edi").exists()
    assert await office.alerts() == ["edi_unreadable"]


async def test_an_order_that_cannot_be_taken_whole_is_refused_to_the_partner_too(office: Office) -> None:
    await office.came("po.edi", x12(sets=BODY.replace("*CA*", "*KI*")))
    assert office.taken == [] and await office.alerts() == ["edi_unreadable"]
    told = office.out()[0]
    assert "AK4*3**7*KI" in told and "AK5*R*5" in told and "AK9*R*1*1*0" in told
    assert await office.states("in") == ["refused"]


@pytest.mark.parametrize(
    "content", [x12(sets=BODY, header=isa(usage="T")), x12(sets=BODY).replace(b"AMAZON ", b"AMAZONX", 1)],
    ids=["a test", "another sender"],
)  # fmt: skip
async def test_what_is_not_of_this_exchange_is_not_taken(office: Office, content: bytes) -> None:
    await office.came("po.edi", content)
    assert office.taken == [] and not list(office.outbox.iterdir()) and await office.alerts() == ["edi_unreadable"]


async def test_killed_before_an_order_is_in_the_books_it_is_read_again(office: Office) -> None:
    office.broken = True
    (office.inbox / "po.edi").write_bytes(x12(sets=BODY))
    await office.post.fetch()
    with pytest.raises(ConnectionError):
        await office.reading.read_next()
    assert not list(office.inbox.iterdir()), "it is archived: the partner's copy is not needed"
    office.broken = False
    await office.rounds()
    assert len(office.taken) == 1 and len(list(office.outbox.iterdir())) == 1


async def test_a_file_that_was_archived_and_not_taken_away_is_read_once(office: Office) -> None:
    await office.came("po.edi", x12(sets=BODY))
    await office.came("po.edi", x12(sets=BODY))
    assert await office.books.fetchval("select count(*) from edi_file where direction = 'in'") == 1
    assert len(office.taken) == 1


async def test_a_document_is_put_read_and_refused_by_the_partners_own_words(office: Office) -> None:
    await office.came("po.edi", x12(sets=BODY))
    await post_855(office)
    assert await office.states() == ["put"]
    await office.came("ack.edi", answer("AK1*PR*2~AK9*A*1*1*1~", "000000010"))
    assert await office.states() == ["read"]
    await office.came("advice.edi", advice("OTI*TR*TN*4Z32PABC*****2*0002*855~TED*848*COST TOO HIGH*PO1~"))
    assert await office.states() == ["denied"]
    assert await office.alerts() == ["edi_refused"]


async def test_a_refused_syntax_is_told_with_its_codes(office: Office) -> None:
    await office.came("po.edi", x12(sets=BODY))
    await post_855(office)
    await office.came("ack.edi", answer("AK1*PR*2~AK2*855*0002~AK5*R*5~AK9*R*1*1*0~", "000000010"))
    assert await office.states() == ["rejected"] and await office.alerts() == ["edi_refused"]


async def test_control_numbers_never_skip_where_a_document_is_refused(office: Office) -> None:
    await office.came("po.edi", x12(sets=BODY))
    with pytest.raises(Refused):
        async with office.post.database.transaction() as connection:
            await office.post.post(connection, "855", "X", [("BAK", "00~00")])
    await post_855(office)
    numbers = [file.name[-13:-4] for file in sorted(office.outbox.iterdir(), key=lambda file: file.name[-13:])]
    assert numbers == ["000000001", "000000002"]


async def test_a_place_that_cannot_be_reached_is_told_and_goes_on_by_itself(office: Office) -> None:
    office.inbox.rename(office.inbox.with_name("away"))
    await office.post.fetch()
    assert await office.alerts() == ["edi_unreachable"]
    office.inbox.with_name("away").rename(office.inbox)
    await office.came("po.edi", x12(sets=BODY))
    assert await office.alerts() == [] and len(office.taken) == 1


async def test_what_cannot_be_put_waits_and_is_put_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.came("po.edi", x12(sets=BODY))
    first, real = [True], FolderSpool.put

    async def lost(spool: FolderSpool, name: str, content: bytes) -> None:
        await real(spool, name, content)
        if first.pop() if first else False:
            raise SpoolTrouble("the answer was lost")

    monkeypatch.setattr(FolderSpool, "put", lost)
    await post_855(office)
    assert await office.states() == ["waiting"]
    await office.post.put()
    assert await office.states() == ["put"] and len(list(office.outbox.iterdir())) == 2


async def test_silence_is_told_after_its_time(office: Office) -> None:
    await office.came("po.edi", x12(sets=BODY))
    await post_855(office)
    await office.books.execute(
        "update edi_document set look_at = look_at - interval '25 hours' where direction = 'out'"
    )
    await office.post.look()
    assert await office.states() == ["overdue"] and await office.alerts() == ["edi_unacknowledged"]


async def test_a_kind_that_nobody_takes_is_kept_and_told(office: Office) -> None:
    text = "ST*864*0001~BMG*00*NEWS~SE*3*0001~"
    await office.came("tx.edi", x12(sets=text, group=GS.replace("*PO*", "*TX*")))
    assert await office.states("in") == ["unhandled"] and await office.alerts() == ["edi_unhandled"]


def answer(rows: str, number: str) -> bytes:
    sets = f"ST*997*0001~{rows}SE*{rows.count('~') + 2}*0001~"
    return x12(header=isa(number=number), group=GS.replace("*PO*", "*FA*"), sets=sets, end=f"IEA*1*{number}~")


def advice(rows: str) -> bytes:
    sets = f"ST*824*0001~BGN*11*1*20261121~{rows}SE*{rows.count('~') + 3}*0001~"
    return x12(header=isa(number="000000011"), group=GS.replace("*PO*", "*AG*"), sets=sets, end="IEA*1*000000011~")
