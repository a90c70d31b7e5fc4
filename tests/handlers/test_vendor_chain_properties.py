"""From the order to the invoice in one piece: whatever happens in between, nothing is promised that is not secured or
was not ordered, nothing is noticed that was not promised, nothing is invoiced that has not left.

The two halves have machines of their own; here what was acknowledged is what may be noticed and invoiced, and orders
change, stock goes and despatches come in any order.
"""

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from handlers.acknowledged_orders import Agreed, Product, order_to_ship
from handlers.ship_loads import Part, load_keys
from handlers.ship_notices import quantities
from handlers.vendor_goods import OrderToShip
from schemas.despatch import Shipment
from schemas.purchase_order import Acknowledgement, Party
from schemas.terms import Sku
from tests.handlers import test_acknowledging_properties as answering
from tests.handlers import test_vendor_properties as goods
from tests.handlers.vendor_loads import DALLAS, FREIGHT, HOUR, LEEDS, NOW, VENDOR, carton, held, part
from tests.handlers.vendor_orders import ORDERED

NUMBERS = ("1", "2", "3", "4")
LINES = st.tuples(
    st.integers(2, 30), st.booleans(), st.sampled_from(("MUG", "MUG", "CUP", "CUP", "WHAT")),
    st.sampled_from(("2.50", "2.50", "2.50", "1.00")), st.booleans(),
)  # fmt: skip
"""Mostly lines that can be accepted."""


class Chain(answering.Acknowledged):
    """The machine of the answers, with lorries."""

    def begin(self, pack: int, first: list[Any]) -> None:
        """As the machine of the answers begins, once the place is known."""
        self.packs = {"CUP": pack} if pack else {}
        for name in answering.ORDERS:
            self._tell(name, [answering.made(str(i), wish) for i, wish in enumerate(first, 1)])

    def __init__(self) -> None:
        super().__init__()
        self.world = goods.World({})
        self.place: Party = LEEDS

    @initialize(
        place=st.sampled_from([LEEDS, LEEDS, DALLAS]), pack=st.sampled_from((6, 6, 6, 12, 0)),
        answered=st.sampled_from([True, True, False]),
        first=st.lists(LINES, min_size=1, max_size=4),
    )  # fmt: skip
    def somewhere(self, place: Party, pack: int, answered: bool, first: list[Any]) -> None:
        self.place = place
        self.begin(pack, first)
        for name in answering.ORDERS if answered else ():
            self.secure_and_answer(name, 400)

    @rule(name=st.sampled_from(answering.ORDERS), units=st.sampled_from([30, 60, 240]))
    def secure_and_answer(self, name: str, units: int) -> None:
        self.stock = {sku: max(self.stock[sku], units) for sku in self.stock}
        self.secure(name)
        self.answer(name, by_policy=True, frozen=False, dated=True, refused=None)

    def _known(self) -> dict[str, OrderToShip]:
        """As it is read out of the books: the order as it is now, and the newest answer."""
        found: dict[str, OrderToShip] = {}
        for name, stored in self.books.items():
            said = None
            if lines := tuple(self.said[name].values()):
                said = Acknowledgement(
                    number=stored.order.number,
                    vendor=VENDOR,
                    ordered_at=ORDERED,
                    acknowledged_at=ORDERED,
                    lines=lines,
                )
            products = {
                line.number: Product(line.sku or Sku(""), line.step.unit if line.step else None)
                for line in self._judged(name).lines
            }
            agreed = Agreed(freight="vendor_pays")
            made = order_to_ship(stored.order, products, said, agreed)
            found[name] = msgspec.structs.replace(made, vendor=VENDOR, ship_to=self.place)
        return found

    @rule(
        name=st.sampled_from(answering.ORDERS), serial=st.integers(1, 12), reference=st.sampled_from(NUMBERS),
        sku=st.sampled_from(answering.SKUS), units=st.sampled_from([1, 6, 12, 24]), which=st.sampled_from("123"),
        stage=st.sampled_from(["packed", "completed", "completed", "undone"]), pallet=st.sampled_from([None, 90]),
        lorry=st.sampled_from(["L1", "L2", ""]), bill=st.integers(0, 3),
        missing=st.sampled_from([None, None, "departure", "pro_number", "carrier_scac", "gross_weight_kg"]),
    )  # fmt: skip
    def despatch(self, name: str, serial: int, reference: str, sku: str, units: int, which: str, stage: str,
                 pallet: int | None, lorry: str, bill: int, missing: str | None) -> None:  # fmt: skip
        shipment = _lorry(lorry, bill)
        if missing:
            nothing = "" if missing in ("pro_number", "carrier_scac") else None
            shipment = msgspec.structs.replace(shipment, **{missing: nothing})
        box = carton(serial, held(sku, units, reference), pallet=pallet)
        self._happens(part(box, despatch=f"D{name}{which}", po=name, stage=stage, shipment=shipment))

    @rule(
        name=st.sampled_from(answering.ORDERS), which=st.sampled_from("4567"), share=st.sampled_from([1, 1, 2]),
        taken=st.sampled_from([True, True, False]), changed=st.booleans(),
    )  # fmt: skip
    def send_what_was_promised(self, name: str, which: str, share: int, taken: bool, changed: bool) -> None:
        """A whole despatch as it should be, of what is acknowledged, or of half of it; perhaps just when the retailer
        wants less."""
        if changed:
            self.cut(name, int(which) - 4)
        lines = [
            held(line.sku, units, line.line)
            for line in self._known()[name].lines
            if line.pack and (units := line.accepted // share * line.pack)
        ]
        if lines:
            serial = 20 + 10 * answering.ORDERS.index(name) + int(which)
            shipment = _lorry(f"L{name}{which}", serial)
            self._happens(part(carton(serial, *lines), despatch=f"D{name}{which}", po=name, shipment=shipment))
            self.what_is_told_is_promised_and_what_is_asked_for_has_left()
            self._happens("accept" if taken else 0)

    @rule(what=st.sampled_from(["undo DA1", "undo DA4", "lose DB4", "complete DA1", "accept", "accept", "refuse"]))
    def later(self, what: str) -> None:
        self._happens(what)

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self._happens(hours)

    @rule(name=st.sampled_from(answering.ORDERS), which=st.integers(0, 3))
    def cut(self, name: str, which: int) -> None:
        """After all the retailer wants half of a line."""
        lines = list(self.books[name].order.lines)
        one = lines[which % len(lines)]
        ordered = msgspec.structs.replace(one.ordered, amount=one.ordered.amount // 2)
        lines[which % len(lines)] = msgspec.structs.replace(one, ordered=ordered)
        self._tell(name, lines)

    def _happens(self, what: object) -> None:
        self.world.orders = self._known()
        goods.happen(self.world, what)
        if isinstance(what, Part):
            self.world.keys.update(load_keys(what.data))

    @invariant()
    def what_is_told_is_promised_and_what_is_asked_for_has_left(self) -> None:
        if not self.books:
            return
        self.world.orders = self._known()
        before = {key: told.notice for key, told in self.world.told.items()}
        for key, notice in goods.notice_all(self.world):
            goods.check_notice(self.world, notice, before.get(key))
            self._is_promised(notice)
            event("notice")
        goods.bill_all(self.world)
        goods.check_invoices(self.world)
        for invoice in self.world.invoices:
            event(invoice.kind)

    def _is_promised(self, notice: Any) -> None:
        """All notices together: no more of a line than was acknowledged, which is no more than is ordered."""
        everything = self.world.noticed({key: one.notice for key, one in self.world.told.items()})
        for name, number in quantities(notice.cartons, notice.pallets):
            line = self.said[name][number]
            promised = sum(one.quantity.amount for one in line.answers if one.code != "rejected")
            ordered = next(one for one in self.books[name].order.lines if one.number == number).ordered.amount
            assert everything[name, number] <= min(promised, ordered)
            assert line.net_cost is not None


def _lorry(reference: str, bill: int) -> Shipment:
    return msgspec.structs.replace(
        FREIGHT, reference=reference, bill_of_lading=f"OAKHI{10_000_000 + bill}", departure=NOW - HOUR
    )


Chain.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=timedelta(seconds=20),
    print_blob=True,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)
TestFromTheOrderToTheInvoice = Chain.TestCase
