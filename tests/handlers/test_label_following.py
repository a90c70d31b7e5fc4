"""A bought label follows its order, and once the warehouse has it, what the warehouse was told."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from handlers.label_following import Following, as_open, followed, following
from handlers.labels import Rules, fresh, made_for
from handlers.order_requests import Status, Told, WarehouseOrder
from handlers.sales_orders import Cleared, StoredOrder
from handlers.warehouse_orders import WantedLine
from schemas.sales_order import ShipTo
from schemas.terms import Account, Warehouse
from tests.controls.labels import AT, CLEARED, LINE, ONE, ORDER, SALE

HOME, AWAY = ShipTo(name="B. Uyer", city="Leeds"), ShipTo(name="B. Uyer", city="York")
TWO = replace(CLEARED, lines=(replace(ONE, quantity=2),))
LABEL = replace(
    fresh(ORDER), state="ready", shipment_id="S-1", made_for=made_for(ORDER), made_to="home", arrives_by=AT
)


def changed(cleared: Cleared = CLEARED, *, released: bool = False, **order: object) -> StoredOrder:
    sale = replace(SALE, ship_to=HOME, **order)
    state = "released" if released else "ready"
    return replace(ORDER, order=sale, version=2, cleared=cleared, cleared_version=2, state=state)


def there(cleared: Cleared = CLEARED, status: Status = "pending", **more: object) -> WarehouseOrder:
    lines = tuple(
        WantedLine(line_reference=line.line_reference, sku=line.sku, quantity=line.quantity) for line in cleared.lines
    )
    row = WarehouseOrder(
        channel_account=SALE.channel_account, channel_order_id=SALE.channel_order_id, warehouse=Warehouse("W1"),
        account=Account("acme"), order_reference=ORDER.order_reference, status=status, told_to=HOME,
        handled_version=2, told=Told(lines=lines, carrier=cleared.carrier, carrier_service=cleared.carrier_service),
    )  # fmt: skip
    return replace(row, **more)


def does(
    order: StoredOrder, told: WarehouseOrder | None = None, *, made_to: str = "home", asks: bool = False
) -> Following:
    return following(order, LABEL, made_to, told, asks=asks)


@pytest.mark.parametrize(
    ("order", "made_to", "does_"),
    [
        (changed(), "home", "stands"),
        (changed(TWO), "home", "cancel"),
        (changed(replace(CLEARED, carrier_service="ECONOMY")), "home", "cancel"),
        (changed(), "away", "cancel"),
        (changed(), "", "stands"),
        (changed(deliver_by=AT - timedelta(seconds=1)), "home", "cancel"),
        (changed(deliver_by=AT), "home", "stands"),
        (replace(changed(TWO), cleared_version=1), "home", "wait"),
    ],
)
def test_before_release_it_is_taken_back_for_what_is_printed_on_it_and_for_the_day(
    order: StoredOrder, made_to: str, does_: Following
) -> None:
    assert does(order, made_to=made_to) == does_


@pytest.mark.parametrize(
    ("told", "asks", "does_"),
    [
        (there(TWO), False, "cancel"),
        (there(TWO, "picking"), False, "cancel"),
        (there(CLEARED), False, "wait"),
        (there(TWO), True, "wait"),
        (there(TWO, handled_version=1), False, "wait"),
        (there(TWO, told_to=AWAY), False, "wait"),
        (there(TWO, "cancelled"), False, "wait"),
        (there(TWO, "unknown"), False, "wait"),
        (there(CLEARED, "picking", gave_up_version=2), False, "stands"),
        (None, False, "wait"),
    ],
)
def test_once_the_warehouse_has_it_a_label_follows_what_the_warehouse_was_told(
    told: WarehouseOrder | None, asks: bool, does_: Following
) -> None:
    assert does(changed(TWO, released=True), told, asks=asks) == does_


def test_another_day_takes_no_label_from_what_the_warehouse_has() -> None:
    assert does(changed(released=True, deliver_by=AT - timedelta(days=1)), there()) == "stands"


def test_a_label_that_stands_is_right_for_the_new_version_and_no_request_leaves() -> None:
    settled = followed(changed(), LABEL, "stands", AT, Rules())
    assert (settled.label.version, settled.label.state, settled.effect) == (2, "ready", None)
    waits = followed(changed(), LABEL, "wait", AT, Rules())
    assert (waits.label.version, waits.label.look_at) == (1, AT + Rules().look)


def test_lines_in_another_order_are_the_same_parcel() -> None:
    other = replace(ONE, sku=ONE.sku + "2")
    one, two = (replace(ORDER, cleared=replace(CLEARED, lines=lines)) for lines in ((ONE, other), (other, ONE)))
    assert made_for(one) == made_for(two) != made_for(ORDER)


def test_an_order_that_counts_as_despatched_because_its_label_was_sold_is_open() -> None:
    sent = replace(SALE, status="despatched", lines=(replace(LINE, fulfilled=1),))
    assert as_open(sent) == replace(SALE, status="open", lines=(LINE,))
    gone = replace(SALE, status="cancelled")
    assert as_open(gone) is gone
