"""A simulated partner by EDI at the folders of one exchange: what it is to do, what it heard, what it would charge.

It is told by files: each `*.json` in its own folder is one set of steps, carried out once and renamed.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from daemon.settings import EdiExchange
from schemas.purchase_order import PurchaseOrder
from simulators.amazon.vendor import Delivery, Vendor
from simulators.amazon.vendor_books import Change, SimulatedOrder
from simulators.amazon.vendor_chargebacks import by_kind
from simulators.edi_partner import EdiPartner, EdiPlan, Heard, Parties
from simulators.time import WallTime

STATE = "state.json"
DONE, WRONG = ".done", ".wrong"
EVERY = 1.0
"""Seconds between two looks at its folders."""
Say = Callable[[str], None]


class Changed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: str
    change: Change


class Steps(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What happens at the partner, in this order."""

    plan: EdiPlan | None = None
    orders: tuple[PurchaseOrder, ...] = ()
    changes: tuple[Changed, ...] = ()
    deliveries: tuple[Delivery, ...] = ()


@dataclass(slots=True)
class Partner:
    """`desk`: where its steps come from, and where what it knows is written."""

    edi: EdiPartner
    desk: Path
    say: Say
    _told: int = 0

    def turn(self, now: datetime) -> None:
        """Do what it was told, read what came, answer it, and write down what is known."""
        for file in sorted(self.desk.glob("*.json")):
            if file.name != STATE:
                self._take(file, now)
        self.edi.turn(now)
        for heard in self.edi.heard[self._told :]:
            self.say(sentence(heard))
        if self._told < len(self.edi.heard) or not (self.desk / STATE).exists():
            self._told = len(self.edi.heard)
            self.write()

    def _take(self, file: Path, now: datetime) -> None:
        """What it cannot do it leaves beside, and says why."""
        try:
            steps = msgspec.json.decode(file.read_bytes(), type=Steps)
            self.do(steps, now)
        except (msgspec.DecodeError, KeyError, ValueError) as why:
            self.say(f"{file.name} cannot be done: {why}")
            file.replace(file.with_suffix(WRONG))
            return
        self.say(f"{file.name}: {len(steps.orders)} orders placed, {len(steps.changes)} changed")
        file.replace(file.with_suffix(DONE))
        self.write()

    def do(self, steps: Steps, now: datetime) -> None:
        if steps.plan is not None:
            self.edi.behave(steps.plan)
        for order in steps.orders:
            self.edi.place(msgspec.structs.replace(order, ordered_at=now), now)
        for one in steps.changes:
            self.edi.change(one.number, one.change, now)
        for delivery in steps.deliveries:
            self.edi.vendor.deliver(delivery, now)

    def write(self) -> None:
        """For people and for tests: orders, what it heard, what it would charge, what is odd about our numbers."""
        vendor = self.edi.vendor
        state = {
            "orders": [_order(order) for order in vendor.orders.values()],
            "documents": [_document(one) for one in self.edi.heard],
            "chargebacks": vendor.chargebacks,
            "chargebacks_by_kind": by_kind(vendor.chargebacks),
            "stock": self.edi.stock,
            "irregular_numbers": self.edi.irregular(),
            "not_read_by_vendor": self.edi.unanswered(),
        }
        hidden = self.desk / f".{STATE}.part"
        hidden.write_bytes(msgspec.json.format(msgspec.json.encode(state), indent=2))
        hidden.replace(self.desk / STATE)


def partner_of(exchange: EdiExchange, vendor_code: str, desk: Path, plan: EdiPlan, seed: int, say: Say) -> Partner:
    """The other side of a configured exchange by folders. Raises ValueError for one by SFTP.

    Its control numbers go on from the time of day of its start, so that one that is started anew repeats none.
    """
    if exchange.transport != "folder":
        raise ValueError('it trades by SFTP; a simulated partner needs transport = "folder"')
    parties = Parties(
        standard=exchange.standard, retailer=exchange.their_id, vendor=exchange.our_id,
        retailer_qualifier=exchange.their_qualifier, vendor_qualifier=exchange.our_qualifier,
        vendor_code=vendor_code, currency=exchange.currency, test=exchange.test,
    )  # fmt: skip
    begins = int(WallTime().now().timestamp()) % 900_000_000
    for folder in (desk, Path(exchange.inbox), Path(exchange.outbox)):
        folder.mkdir(parents=True, exist_ok=True)
    edi = EdiPartner(
        parties, Vendor(), Path(exchange.outbox), Path(exchange.inbox), plan, seed, numbers_from=begins
    )  # fmt: skip
    return Partner(edi, desk, say)


async def trade(partner: Partner, until: asyncio.Event) -> None:
    """Turn after turn, until told to end."""
    time = WallTime()
    while not until.is_set():
        partner.turn(time.now())
        try:
            async with asyncio.timeout(EVERY):
                await until.wait()
        except TimeoutError:
            continue


def sentence(heard: Heard) -> str:
    """One line about a document."""
    name = f"{heard.code} {heard.subject}".strip() or f"interchange {heard.interchange}"
    if heard.form:
        return f"{name}: refused in form: {'; '.join(one.text for one in heard.form)}"
    if heard.reasons:
        return f"{name}: refused: {'; '.join(f'{code} {text}' for code, text in heard.reasons)}"
    return f"{name}: taken"


def _document(heard: Heard) -> dict[str, object]:
    return {
        "at": heard.at, "code": heard.code, "subject": heard.subject, "interchange": heard.interchange,
        "took_effect": heard.took_effect, "form": heard.form, "reasons": heard.reasons,
    }  # fmt: skip


def _order(order: SimulatedOrder) -> dict[str, object]:
    lines = {
        line.number: {
            "ordered": line.ordered.amount, "accepted": book.accepted, "backordered": book.backordered,
            "rejected": book.rejected,
        }
        for line in order.order.lines
        for book in (order.books[line.number],)
    }  # fmt: skip
    return {
        "number": order.number, "state": order.order.state, "acknowledged_by": order.acknowledged_by, "lines": lines
    }  # fmt: skip
