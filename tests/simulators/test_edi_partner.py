"""The simulated partner against our own codec: what is right counts, and what is wrong is found."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edi import leaving
from edi.arriving import BusinessWord, SyntaxWord, arrivals, meaning
from edi.edifact import invoice as edifact_invoice
from edi.edifact import order_acknowledgement as edifact_answer
from edi.edifact import ship_notice as edifact_notice
from edi.edifact import stock_report as edifact_stock
from edi.partner import Numbers, Partner
from edi.profile import Profile
from edi.x12 import invoice as x12_invoice
from edi.x12 import order_acknowledgement as x12_answer
from edi.x12 import ship_notice as x12_notice
from edi.x12 import stock_report as x12_stock
from schemas.invoice import Terms
from schemas.purchase_order import Acknowledgement, Identifier, PurchaseOrder, Window
from schemas.ship_notice import Carton, ShipNotice
from schemas.stock_report import ReportedItem, StockReport
from simulators.amazon.vendor import Arrived, Delivery, Vendor
from simulators.amazon.vendor_books import Change
from simulators.amazon.vendor_chargebacks import by_kind
from simulators.edi_partner import EdiPartner, EdiPlan, Parties
from simulators.edi_partner.terms import Standard
from tests.controls import vendor as made

NOW = made.NINE
OURS, THEIRS = "4012345000009", "5450534000000"
STANDARDS = ("x12", "edifact")
both = pytest.mark.parametrize("standard", STANDARDS)
WORDS: dict[str, dict[str, tuple[str, Callable[..., Iterable[Any]]]]] = {
    "x12": {
        "answer": ("855", x12_answer.rows), "notice": ("856", x12_notice.rows), "invoice": ("810", x12_invoice.rows),
        "stock": ("846", x12_stock.rows),
    },
    "edifact": {
        "answer": ("ORDRSP", edifact_answer.rows), "notice": ("DESADV", edifact_notice.rows),
        "invoice": ("INVOIC", edifact_invoice.rows), "stock": ("INVRPT", edifact_stock.rows),
    },
}  # fmt: skip
NOTICE = made.notice(carrier_scac="XPOL", deliver_at=NOW + timedelta(days=5))
ACCEPTED = msgspec.structs.replace(made.accepted(10), ship_at=NOW + timedelta(days=4))
ANSWER = msgspec.structs.replace(made.answer(made.answer_line(ACCEPTED)), ship_to=made.CENTRE)
INVOICE = made.invoice(terms=Terms(net_days=60), ship_to=made.CENTRE)


@dataclass
class Desk:
    """A vendor that writes with our codec, and the partner that reads with others'."""

    standard: Standard
    folder: Path
    plan: EdiPlan = field(default_factory=EdiPlan)
    number: int = 0
    seen: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        for name in ("in", "out"):
            (self.folder / name).mkdir()
        parties = Parties(
            standard=self.standard, retailer=THEIRS, vendor=OURS, retailer_qualifier="14", vendor_qualifier="14",
            vendor_code="ACME1",
        )  # fmt: skip
        self.partner = EdiPartner(parties, Vendor(), self.folder / "in", self.folder / "out", self.plan)
        self.us = Partner(
            name="amazon", standard=self.standard, our_id=OURS, our_qualifier="14", their_id=THEIRS,
            their_qualifier="14",
        )  # fmt: skip
        self.profile = Profile(
            channel_account=made.ACCOUNT, marketplace=made.MARKETPLACE, vendor_code="ACME1", currency="GBP",
            backorder_codes=frozenset("Y"),
        )  # fmt: skip

    def rows(self, kind: str, *told: object) -> tuple[str, list[Any]]:
        code, rows = WORDS[self.standard][kind]
        return code, list(rows(*told, self.profile))

    def send(self, code: str, rows: Iterable[Any], at: datetime = NOW, number: int | None = None) -> None:
        self.number = number or self.number + 1
        numbers = Numbers(self.number, self.number, self.number)
        content = leaving.document(self.us, code, rows, numbers, at)
        (self.folder / "in" / f"{self.number:05d}.edi").write_bytes(content)
        self.partner.turn(at)

    def answer(self, answer: Acknowledgement, order: PurchaseOrder | None = None, at: datetime = NOW) -> None:
        self.send(*self.rows("answer", answer, order or made.order()), at)

    def notify(self, notice: ShipNotice, at: datetime = NOW) -> None:
        self.send(*self.rows("notice", notice), at)

    def came(self) -> list[Any]:
        """What the files say that lie in our folder, each once, by our reader."""
        found = list[Any]()
        for file in sorted((self.folder / "out").iterdir()):
            if file.name not in self.seen:
                self.seen.add(file.name)
                for arrival in arrivals(file.read_bytes(), self.standard)[0]:
                    found += [meaning(one, self.profile) for one in arrival.documents if one.usable]
        return found

    @property
    def codes(self) -> list[str]:
        """Of what is wrong with the last document."""
        last = self.partner.heard[-1]
        return [one.kind for one in last.form] + [code for code, _ in last.reasons]


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    return Desk(request.param, tmp_path)


both_desks = pytest.mark.parametrize("desk", STANDARDS, indirect=True)


def supplied(desk: Desk) -> Desk:
    """An order that is answered, noticed and invoiced."""
    desk.partner.place(made.order(), NOW - timedelta(hours=2))
    desk.answer(ANSWER)
    desk.notify(NOTICE)
    desk.send(*desk.rows("invoice", INVOICE))
    return desk


@both_desks
def test_an_order_is_read_by_us_as_it_was_placed(desk: Desk) -> None:
    lines = (made.order_line(), made.order_line(made.SECOND, made.cases(3), identifiers=made.PAN))
    desk.partner.place(made.order(*lines), NOW)
    desk.partner.turn(NOW)
    [read] = desk.came()
    assert isinstance(read, PurchaseOrder) and read.number == made.NUMBER
    assert [(one.number, one.ordered, one.net_cost) for one in read.lines] == [
        (made.FIRST, msgspec.structs.replace(made.each(10), unit_size=None), made.COST),
        (made.SECOND, made.cases(3), made.COST),
    ]
    assert read.ship_to is not None and read.ship_to.party_id == "LTN1" and read.vendor.party_id == "ACME1"
    assert read.delivery_window is not None and read.delivery_window.start.date() == (NOW + timedelta(days=4)).date()


@both_desks
def test_an_order_is_answered_noticed_and_invoiced_without_a_word_against_it(desk: Desk) -> None:
    supplied(desk)
    heard = desk.partner.heard
    assert [(one.form, one.reasons) for one in heard] == [((), ())] * 3
    vendor = desk.partner.vendor
    assert [(one.kind, one.by) for one in vendor.documents] == [
        ("acknowledgement", "edi"), ("notice", "edi"), ("invoice", "edi"),
    ]  # fmt: skip
    vendor.deliver(
        Delivery(
            shipment="SHIP-0001", departed_at=NOW - timedelta(minutes=20), contents=(Arrived("4Z32PABC", "1", 10),)
        ),
        NOW,
    )
    assert vendor.chargebacks == [] and vendor.orders[made.NUMBER].order.state == "closed"
    words = [one for one in desk.came() if isinstance(one, SyntaxWord)]
    assert [one.accepts({"x12": f"{n:04d}", "edifact": str(n)}[desk.standard]) for n, one in enumerate(words, 1)] == [
        True, True, True,
    ]  # fmt: skip
    assert desk.partner.irregular() == []


@both_desks
def test_a_document_that_is_wrong_in_substance_is_read_and_refused_with_reasons(desk: Desk) -> None:
    desk.partner.place(made.order(), NOW - timedelta(hours=2))
    desk.answer(ANSWER)
    desk.notify(
        msgspec.structs.replace(NOTICE, cartons=(Carton(number=1, sscc=made.sscc(1), items=(made.packed(11),)),))
    )
    assert desk.codes == ["INVALID_QUANTITY"]
    syntax, word = desk.came()[-2:]
    assert isinstance(syntax, SyntaxWord), "it was read"
    assert isinstance(word, tuple) and isinstance(word[0], BusinessWord)
    assert word[0].accepted is False and "INVALID_QUANTITY" in word[0].text


@both_desks
def test_a_document_that_is_wrong_in_form_is_refused_by_its_syntax_answer_and_counts_for_nothing(desk: Desk) -> None:
    desk.partner.place(made.order(), NOW - timedelta(hours=2))
    code, rows = desk.rows("answer", ANSWER, made.order())
    spoilt = [row for row in rows if row[0] not in ("CTT", "CNT")]
    desk.send(code, spoilt)
    assert desk.codes[0] == "missing"
    syntax = desk.came()[-1]
    assert isinstance(syntax, SyntaxWord) and syntax.accepts("0001" if desk.standard == "x12" else "1") is False
    assert desk.partner.vendor.documents == [] and desk.partner.vendor.orders[made.NUMBER].acknowledged_by == ""


CHANGES: dict[str, Callable[[list[Any]], list[Any]]] = {
    "a wrong hash total": lambda rows: [(*row[:-1], "99") if row[0] == "CTT" else row for row in rows],
    "a code in small letters": lambda rows: [("ACK", "ia", *row[2:]) if row[0] == "ACK" else row for row in rows],
    "a line without its answer": lambda rows: [row for row in rows if row[0] != "ACK"],
    "another unit": lambda rows: [(*row[:3], "CA", *row[4:]) if row[0] == "ACK" else row for row in rows],
    "nothing changed, and yet": lambda rows: [
        ("ACK", "IR", *row[2:4]) if row[0] == "ACK" else row for row in rows
    ],
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_an_855_with(what: str, tmp_path: Path) -> None:
    desk = Desk("x12", tmp_path)
    desk.partner.place(made.order(), NOW - timedelta(hours=2))
    code, rows = desk.rows("answer", ANSWER, made.order())
    desk.send(code, CHANGES[what](rows))
    assert desk.partner.heard[-1].form, what
    assert not desk.partner.vendor.orders[made.NUMBER].acknowledged_by


@both_desks
def test_a_notice_with_a_wrong_check_digit_or_a_number_used_before_is_refused(desk: Desk) -> None:
    supplied(desk)
    wrong = made.sscc(2)[:-1] + str((int(made.sscc(2)[-1]) + 1) % 10)
    carton = Carton(number=1, sscc=wrong, items=(made.packed(),))
    desk.notify(msgspec.structs.replace(NOTICE, shipment="SHIP-2", cartons=(carton,)))
    assert "INVALID_SSCC" in desk.codes
    carton = Carton(number=1, sscc=made.sscc(1), items=(made.packed(),))
    desk.notify(msgspec.structs.replace(NOTICE, shipment="SHIP-3", cartons=(carton,)))
    assert "DUPLICATE_SSCC" in desk.codes


@both_desks
def test_a_notice_without_what_the_guide_demands_is_refused(desk: Desk) -> None:
    desk.partner.place(made.order(), NOW - timedelta(hours=2))
    desk.answer(ANSWER)
    for lacking in ({"bill_of_lading": ""}, {"shipped_at": None}, {"deliver_at": None}):
        desk.notify(msgspec.structs.replace(NOTICE, **lacking))
        assert desk.codes, lacking
    assert desk.partner.vendor.notices.by_shipment == {}


@both_desks
def test_stock_reports_change_what_the_retailer_thinks_is_there(desk: Desk) -> None:
    item = ReportedItem(identifiers=(Identifier("vendor_sku", "POT"),), quantity=7)
    none = ReportedItem(identifiers=(Identifier("vendor_sku", "PAN"),), quantity=0)
    report = StockReport(number="R1", made_at=NOW, full=True, warehouse="W1", items=(item, none))
    desk.send(*desk.rows("stock", report))
    assert desk.codes == [] and desk.partner.stock == {"POT": 7, "PAN": 0}


@both_desks
def test_a_number_that_is_skipped_or_stands_for_two_things_is_noticed(desk: Desk) -> None:
    desk.partner.place(made.order(), NOW - timedelta(hours=2))
    rows = desk.rows("answer", ANSWER, made.order())
    desk.send(*rows, number=1)
    desk.send(*rows, number=3)
    assert desk.partner.irregular() == ["interchange 2 was skipped", "message 2 was skipped"]
    desk.send(*rows, at=NOW + timedelta(hours=1), number=3)
    assert "interchange 3 came again" in desk.partner.irregular()
    assert len(desk.partner.heard) == 2, "what came again is not judged again"


@both_desks
def test_a_file_that_is_cut_is_refused_whole(desk: Desk) -> None:
    desk.partner.place(made.order(), NOW)
    code, rows = desk.rows("answer", ANSWER, made.order())
    desk.number = 1
    content = leaving.document(desk.us, code, rows, Numbers(1, 1, 1), NOW)
    (desk.folder / "in" / "cut.edi").write_bytes(content[: len(content) // 2])
    desk.partner.turn(NOW)
    assert [one.kind for one in desk.partner.heard[-1].form] == ["envelope"]


@both_desks
@pytest.mark.parametrize("fault", ["delayed", "twice", "truncated", "miscounted", "joined"])
def test_whatever_happens_on_the_way_every_order_comes_whole_in_the_end(desk: Desk, fault: str) -> None:
    desk.partner.behave(msgspec.structs.replace(EdiPlan(again_after=600.0), **{fault: 0.5}))
    numbers = [f"PO{at:06d}" for at in range(20)]
    for at, number in enumerate(numbers):
        desk.partner.place(made.order(number=number), NOW + timedelta(seconds=at))
    read = list[str]()
    for minutes in range(120):
        desk.partner.turn(NOW + timedelta(minutes=minutes))
        read += [one.number for one in desk.came() if isinstance(one, PurchaseOrder)]
    assert set(read) == set(numbers)
    assert (read != numbers) == (fault in ("delayed", "twice", "truncated", "miscounted"))


@both_desks
def test_silence_a_late_word_and_a_short_one(desk: Desk) -> None:
    desk.partner.behave(EdiPlan(syntax_lag=(60, 60), verdict_lag=(300, 300), agrees=1.0, short_answers=1.0))
    desk.partner.place(made.order(), NOW - timedelta(hours=2))
    desk.answer(ANSWER)
    assert [type(one) for one in desk.came()] == [PurchaseOrder]
    desk.partner.turn(NOW + timedelta(minutes=2))
    [word] = desk.came()
    assert isinstance(word, SyntaxWord) and word.accepts("0001" if desk.standard == "x12" else "1") is True
    desk.partner.turn(NOW + timedelta(minutes=6))
    [said] = desk.came()
    assert isinstance(said, tuple) and said[0].accepted is True
    desk.partner.behave(EdiPlan(unread=1.0))
    desk.notify(NOTICE, NOW + timedelta(minutes=7))
    desk.partner.turn(NOW + timedelta(days=1))
    assert desk.came() == [] and desk.partner.heard[-1].took_effect


@both_desks
def test_a_changed_order_comes_again_whole_or_as_a_change_of_its_lines(desk: Desk) -> None:
    desk.partner.place(made.order(), NOW - timedelta(hours=2))
    window = Window(NOW + timedelta(days=5), NOW + timedelta(days=8))
    desk.partner.change(made.NUMBER, Change(quantities={made.FIRST: 4}, delivery_window=window), NOW)
    desk.partner.turn(NOW)
    _, again = desk.came()
    assert isinstance(again, PurchaseOrder) and again.lines[0].ordered.amount == 4
    desk.partner.behave(EdiPlan(changes_as="change"))
    desk.partner.change(made.NUMBER, Change(cancelled=(made.FIRST,)), NOW)
    desk.partner.turn(NOW)
    [file] = [one for one in (desk.folder / "out").iterdir() if one.name.split("-")[1].startswith(("860", "ordchg"))]
    text = file.read_text()
    assert "POC*1*DI*0*0*EA*" in text or "LIN+1+2'" in text


def test_both_transports_are_charged_by_the_same_rules(tmp_path: Path) -> None:
    charged = list[dict[str, int]]()
    for standard in STANDARDS:
        (tmp_path / standard).mkdir()
        desk = Desk(standard, tmp_path / standard)  # type: ignore[arg-type]
        desk.partner.place(made.order(ordered_at=NOW - timedelta(hours=30)), NOW - timedelta(hours=30))
        desk.answer(ANSWER)
        half = Carton(number=1, sscc=made.sscc(1), items=(made.packed(5),))
        desk.notify(msgspec.structs.replace(NOTICE, cartons=(half,)))
        delivery = Delivery(
            shipment="SHIP-0001", departed_at=NOW - timedelta(hours=2), contents=(Arrived("4Z32PABC", "1", 6),)
        )
        desk.partner.vendor.deliver(delivery, NOW)
        desk.partner.turn(NOW + timedelta(days=20))
        charged.append(by_kind(desk.partner.vendor.chargebacks))
    assert charged[0] == charged[1] == {
        "late_acknowledgement": 1, "late_notice": 1, "wrong_notice": 1, "acknowledged_not_supplied": 1,
    }  # fmt: skip


def test_the_same_seed_behaves_the_same(tmp_path: Path) -> None:
    seed = random.randrange(1_000)
    print(f"seed {seed}")
    found = list[list[tuple[int, bytes]]]()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        desk = Desk("x12", tmp_path / name, EdiPlan(delayed=0.3, twice=0.3, truncated=0.2, joined=0.3))
        desk.partner.seed = seed
        desk.partner.__post_init__()
        for at in range(10):
            desk.partner.place(made.order(number=f"PO{at:06d}"), NOW)
        desk.partner.turn(NOW + timedelta(days=1))
        found.append([(one.interchange, one.content) for one in desk.partner.post.laid])
    assert found[0] == found[1]
