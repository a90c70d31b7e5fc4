"""What is short is short for the orders that are served last, and for no others."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.open_lines import OpenPart
from handlers.securing import free_for, share_out
from handlers.sellable_stock import WarehouseStock
from handlers.served_first import Holder, holder, still_short, without_later
from handlers.supply import Key, Rules, Selling
from schemas.purchase_order import PoLineNumber, PurchaseOrderNumber, Window
from schemas.terms import ChannelAccount, LineReference, OrderReference, Sku, Warehouse
from tests.handlers.vendor_orders import ORDERED, OWNER, VENDOR, judged, line, order

SHOP = ChannelAccount("shop")
LEEDS = Warehouse("LEEDS")
RULES = Rules(accounts={one: Selling(frozenset({LEEDS})) for one in (VENDOR, SHOP)})
MUG: Key = (OWNER, Sku("MUG"))
ONE = PoLineNumber("1")


def at(day: int, number: str, *, promised: bool = True) -> Holder:
    window = Window(ORDERED + timedelta(days=day), ORDERED + timedelta(days=day + 5))
    return Holder(
        channel_account=VENDOR, number=PurchaseOrderNumber(number), promised=promised, ordered_at=ORDERED,
        delivery_window=window,
    )  # fmt: skip


def part(number: str, units: int, account: ChannelAccount = VENDOR, line_id: int = 1) -> OpenPart:
    return OpenPart(
        line_id=line_id, channel_account=account, order_reference=OrderReference(number),
        line_reference=LineReference("1"), account=OWNER, sku=Sku("MUG"), per_unit=1, ordered=units,
    )  # fmt: skip


def left(parts: list[OpenPart]) -> set[str]:
    return {str(one.order_reference) for one in parts}


def test_only_orders_that_are_served_before_it_and_other_channels_go_before_an_order() -> None:
    parts = [part("SOON", 1), part("LATE", 1), part("OPEN", 1), part("SOLD", 1, SHOP)]
    others = [at(1, "SOON"), at(9, "LATE"), at(1, "OPEN", promised=False)]
    assert left(without_later(parts, at(3, "OURS"), others)) == {"SOON", "SOLD"}


def test_of_two_with_one_window_the_one_that_was_placed_first_goes_first() -> None:
    first, second = holder(order()), holder(order(ordered_at=ORDERED + timedelta(hours=1)))
    assert first.rank < second.rank


def test_an_order_without_a_window_is_ranked_by_when_it_was_placed() -> None:
    assert holder(order(delivery_window=None)).rank < at(1, "A").rank


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(0, 40))
def test_exactly_so_many_are_named_as_cannot_be_filled_one_after_another(wanted: list[int], there: int) -> None:
    holders = [at(day, f"P{day}") for day in range(len(wanted))]
    parts = [part(f"P{day}", units, line_id=day) for day, units in enumerate(wanted)]
    named = []
    for day, units in enumerate(wanted):
        lines = judged(order(line(amount=units))).lines
        first = without_later(parts, holders[day], holders)
        stock = {MUG: [WarehouseStock(LEEDS, there)]}
        free = free_for(VENDOR, stock, {MUG: first}, {day}, RULES)
        named += [day for _ in still_short([ONE], {ONE: units}, share_out(lines, free))]
    assert named == [day for day in range(len(wanted)) if sum(wanted[: day + 1]) > there]
