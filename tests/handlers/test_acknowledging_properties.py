"""No sequence of orders, changes and stock ever acknowledges more than was secured or ordered.

Two purchase orders share the stock of two products. Whatever happens to them, each answer is held against a model
that only knows what was ordered, what was held, and what was said before.
"""

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from handlers.acknowledging import Answering, Parts, parts_of, propose, said_again
from handlers.case_packs import CasePack
from handlers.open_lines import OpenPart
from handlers.purchase_order_judgement import JudgedLine, Judgement, judge
from handlers.purchase_orders import StoredPurchaseOrder, hear, is_cancelled
from handlers.securing import held_by, share_out
from handlers.sellable_stock import Component
from handlers.vendor_windows import Dates
from schemas.purchase_order import LineAcknowledgement, PoLineNumber, PurchaseOrderLine
from schemas.terms import LineReference, OrderReference, Sku
from tests.handlers.vendor_orders import ORDERED, OWNER, TERMS, VENDOR, known, line, order

SKUS: tuple[str, ...] = ("MUG", "CUP")
ORDERS = ("A", "B")
BACKORDER = Dates(ORDERED + timedelta(days=6), ORDERED + timedelta(days=7))

lines = st.builds(
    lambda amount, case, sku, cost, backorder: (amount, case, sku, cost, backorder),
    st.integers(0, 30),
    st.booleans(),
    st.sampled_from((*SKUS, "WHAT")),
    st.sampled_from(("2.50", "2.50", "1.00")),
    st.booleans(),
)


def made(number: str, wish: tuple[int, bool, str, str, bool]) -> PurchaseOrderLine:
    amount, case, sku, cost, backorder = wish
    if case:
        price = {"2.50": "15.00", "1.00": "6.00"}[cost]
        return line(number, amount, "case", 6, sku=sku, cost=price, backorder=backorder)
    return line(number, amount, sku=sku, cost=cost, backorder=backorder)


class Acknowledged(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.minutes = 0
        self.stock = dict.fromkeys(SKUS, 0)
        self.books: dict[str, StoredPurchaseOrder] = {}
        self.held: dict[str, list[OpenPart]] = {name: [] for name in ORDERS}
        self.said: dict[str, dict[PoLineNumber, LineAcknowledgement]] = {name: {} for name in ORDERS}
        self.packs: dict[str, int] = {}

    @initialize(pack=st.sampled_from((0, 6, 12)), first=st.lists(lines, min_size=1, max_size=4))
    def begin(self, pack: int, first: list[tuple[int, bool, str, str, bool]]) -> None:
        self.packs = {"CUP": pack} if pack else {}
        for name in ORDERS:
            self._tell(name, [made(str(i), wish) for i, wish in enumerate(first, 1)])

    def _tell(self, name: str, given: list[PurchaseOrderLine]) -> None:
        self.minutes += 1
        at = ORDERED + timedelta(minutes=self.minutes)
        told = order(*given, changed_at=at, number=name)
        self.books[name] = hear(told, self.books.get(name), at).after

    @rule(name=st.sampled_from(ORDERS), which=st.integers(0, 3), wish=lines, adds=st.booleans())
    def amend(self, name: str, which: int, wish: tuple[int, bool, str, str, bool], adds: bool) -> None:
        given = list(self.books[name].order.lines)
        number = str(len(given) + 1) if adds else given[which % len(given)].number
        rest = [one for one in given if one.number != number]
        self._tell(name, [*rest, made(number, wish)])

    @rule(sku=st.sampled_from(SKUS), units=st.integers(0, 120))
    def level(self, sku: str, units: int) -> None:
        self.stock[sku] = units

    @rule(name=st.sampled_from(ORDERS))
    def secure(self, name: str) -> None:
        found = self._judged(name)
        free = {(OWNER, Sku(sku)): self.stock[sku] - self._taken(sku, but=name) for sku in SKUS}
        given = share_out(found.lines, free)
        self.held[name] = [_part(name, one, need, given[one.number]) for one in found.lines for need in one.needs]
        for sku in SKUS:
            mine = self._of(name, sku)
            assert mine == 0 or mine + self._taken(sku, but=name) <= self.stock[sku], "secured twice"

    @rule(
        name=st.sampled_from(ORDERS), by_policy=st.booleans(), frozen=st.booleans(), dated=st.booleans(),
        refused=st.one_of(st.none(), st.integers(1, 4)),
    )  # fmt: skip
    def answer(self, name: str, by_policy: bool, frozen: bool, dated: bool, refused: int | None) -> None:
        stored, found, before = self.books[name], self._judged(name), self.said[name]
        how = Answering(
            by_policy=by_policy, frozen=frozen, dates=found.dates, backorder_dates=BACKORDER if dated else None,
            rejections={} if refused is None else {PoLineNumber(str(refused)): "obsolete"},
        )  # fmt: skip
        held = held_by(found.lines, self.held[name])
        proposal = propose(stored.order, found, held, before, how, ORDERED)
        own = {part.line_reference: part for part in self.held[name]}
        answered = said_again(proposal.acknowledgement.lines)
        wanted = [one for one in stored.order.lines if not is_cancelled(one)]
        assert [one.number for one in wanted] == list(answered), "every line, and no other"
        judged = {one.number: one for one in found.lines}
        for one in wanted:
            parts = parts_of(answered[one.number])
            assert parts.ordered == one.ordered.amount
            kept_frozen = frozen and one.number in before and before[one.number].ordered == one.ordered
            if kept_frozen:
                assert parts == parts_of(before[one.number])
            else:
                self._is_secured(parts, judged[one.number], own.get(LineReference(one.number)))
                assert one.number not in proposal.overdrawn
                assert parts.backordered == 0 or (one.backorder_allowed and dated)
            self._never_revived(one, parts, before.get(one.number))
            self._well_formed(answered[one.number], stored)
        self.said[name] = {**before, **answered}

    def _never_revived(self, wanted: PurchaseOrderLine, parts: Parts, before: LineAcknowledgement | None) -> None:
        if before is None or before.ordered.unit != wanted.ordered.unit:
            return
        earlier = parts_of(before)
        more = max(0, wanted.ordered.amount - before.ordered.amount)
        assert parts.accepted + parts.backordered <= earlier.accepted + earlier.backordered + more
        assert earlier.rejected < earlier.ordered or parts.accepted + parts.backordered == 0

    @staticmethod
    def _is_secured(parts: Parts, judged: JudgedLine, part: OpenPart | None) -> None:
        """Of the very product that the line is of."""
        if parts.accepted:
            assert judged.step is not None
            assert part is not None
            assert part.sku == judged.sku
            assert parts.accepted * judged.step.unit <= part.ordered

    def _well_formed(self, line: LineAcknowledgement, stored: StoredPurchaseOrder) -> None:
        window = stored.order.delivery_window
        assert window is not None
        for part in line.answers:
            assert part.quantity.amount > 0
            assert msgspec.structs.replace(part.quantity, amount=line.ordered.amount) == line.ordered
            assert (part.code == "rejected") == (part.reason is not None)
            assert part.code == "rejected" or part.deliver_at is not None
            assert part.deliver_at is None or window.start <= part.deliver_at <= window.end

    def _judged(self, name: str) -> Judgement:
        books = known(None, "2.50", *SKUS)
        packs: dict[Any, CasePack] = {
            (OWNER, sku): CasePack(account=OWNER, sku=Sku(sku), version=1, eaches=eaches, since=ORDERED)
            for sku, eaches in self.packs.items()
        }
        return judge(self.books[name], TERMS, msgspec.structs.replace(books, packs=packs), ORDERED)

    def _of(self, name: str, sku: str) -> int:
        return sum(part.ordered for part in self.held[name] if part.sku == sku)

    def _taken(self, sku: str, but: str) -> int:
        return sum(self._of(name, sku) for name in ORDERS if name != but)

    @invariant()
    def holdings_are_whole_numbers(self) -> None:
        assert all(part.ordered >= 0 for held in self.held.values() for part in held)


def _part(name: str, line: JudgedLine, need: Component, eaches: int) -> OpenPart:
    return OpenPart(
        line_id=0, channel_account=VENDOR, order_reference=OrderReference(name),
        line_reference=LineReference(line.number), account=line.account, sku=need.sku, per_unit=need.quantity,
        ordered=eaches * need.quantity,
    )  # fmt: skip


Acknowledged.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None, print_blob=True)
TestNothingIsAcknowledgedThatIsNotSecured = Acknowledged.TestCase
