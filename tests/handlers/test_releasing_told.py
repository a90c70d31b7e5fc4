"""What the warehouse is held to have been told: an amendment that came to nothing is made again, whatever changes."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from handlers.alerts import AlertKind
from handlers.answers import NeverLeft, Refused, Throttled
from handlers.notes import RaiseAlert
from handlers.order_answers import after_answer
from handlers.order_changes import change_of, wanted_of
from handlers.order_requests import OrderEffect, WarehouseOrder
from handlers.release_desk import Case, Rules, Verdict
from handlers.releasing import decide
from handlers.sales_orders import Accepted, StoredOrder
from schemas.clarus_order_lists import Found, StatusWord
from schemas.sales_order import SalesLine, ShipTo
from schemas.terms import LineReference, SellerSku
from tests.controls.labels import AT, LINE, ORDER, SALE
from tests.controls.releases import FIRST, PRODUCTS, THERE, TO

HOME, AWAY = ShipTo(name="B. Uyer", city="Leeds"), ShipTo(name="B. Uyer", city="York")
RULES, LONG = Rules(), timedelta(hours=2)


def version(number: int, ship_to: ShipTo = AWAY, **changes: object) -> StoredOrder:
    sale = replace(SALE, ship_to=ship_to, **changes)
    return replace(ORDER, order=sale, version=number, cleared_version=number, state="released")


def look(
    order: StoredOrder, row: WarehouseOrder, effect: OrderEffect | None, hours: int, there: bool = True
) -> Verdict:
    at = AT + hours * LONG
    found = (THERE,) if there else ()
    case = Case(order=order, row=row, effect=effect, found=found, begun=at, now=at, to=TO, products=PRODUCTS)
    return decide(case, RULES)


def amended() -> tuple[WarehouseOrder, OrderEffect]:
    """Created for one address, and a request under way that says another."""
    created = look(version(1, HOME), FIRST, None, 0, there=False)
    assert created.send is not None and created.send.kind == "order_create"
    known = look(version(1, HOME), created.row, created.send, 1).row
    sent = look(version(2), known, None, 2)
    assert sent.send is not None and sent.send.kind == "order_amend"
    return sent.row, sent.send


@pytest.mark.parametrize("answer", [Throttled("", "429"), NeverLeft("no route"), Refused("refused", "HTTP 422")])
def test_an_amendment_that_came_to_nothing_is_made_again_when_the_order_changes_in_something_else(
    answer: Throttled | NeverLeft | Refused,
) -> None:
    row, effect = amended()
    settled = after_answer(row, effect, answer, AT + 2 * LONG, RULES, 0.5)
    again = look(version(3, service="Expedited"), settled.row, settled.effect, 3)
    assert again.send is not None
    assert again.send.kind == "order_amend" and again.send.payload.version == 3
    assert again.wanted is not None and again.wanted.ship_to == AWAY


def test_an_amendment_that_nobody_saw_the_end_of_is_made_again_once_it_cannot_happen_any_more() -> None:
    row, effect = amended()
    lost = effect.moved("unknown", over_at=AT + 2 * LONG)
    again = look(version(3, service="Expedited"), row, lost, 3)
    assert again.send is not None
    assert again.send.kind == "order_amend" and again.send.payload.version == 3


def two_pots(number: int, ship_to: ShipTo = AWAY) -> StoredOrder:
    order = version(number, ship_to)
    assert order.cleared is not None
    lines = tuple(replace(line, quantity=2) for line in order.cleared.lines)
    return replace(order, cleared=replace(order.cleared, lines=lines))


def left(pots: int) -> Found:
    """The goods out, completed, as it was asked to be last."""
    completed = replace(THERE.order, goods_out_status=StatusWord("COMPLETED"))
    return replace(THERE, order=completed, lines=(replace(THERE.lines[0], order_quantity=pots),))


@pytest.mark.parametrize(
    ("order", "pots", "raised"),
    [
        (two_pots(2, HOME), 2, []),
        (two_pots(2, HOME), 1, [AlertKind.ORDER_TELL_CHANNEL]),
        (version(2), 1, [AlertKind.ORDER_TELL_CHANNEL]),
    ],
    ids=["lines as wanted", "other lines", "only the address was changed: no look shows that"],
)
def test_an_amendment_that_nobody_saw_the_end_of_was_made_where_the_goods_left_with_the_lines_that_it_asked_for(
    order: StoredOrder, pots: int, raised: list[AlertKind]
) -> None:
    created = look(version(1, HOME), FIRST, None, 0, there=False)
    known = look(version(1, HOME), created.row, created.send, 1).row
    sent = look(order, known, None, 2)
    assert sent.send is not None and sent.send.kind == "order_amend"
    lost = sent.send.moved("unknown", over_at=AT + 2 * LONG)
    at = AT + 3 * LONG
    case = Case(
        order=order, row=sent.row, effect=lost, found=(left(pots),), begun=at, now=at, to=TO, products=PRODUCTS
    )
    verdict = decide(case, RULES)
    assert [note.kind for note in verdict.notes if isinstance(note, RaiseAlert)] == raised
    assert verdict.effects[0].state == ("withdrawn" if raised else "accepted")


def test_what_people_give_up_of_a_refused_amendment_is_told_to_the_channel() -> None:
    row, effect = amended()
    settled = after_answer(row, effect, Refused("refused", "HTTP 422"), AT + 2 * LONG, RULES, 0.5)
    given_up = settled.effect.moved("refused", reason="give_up")
    verdict = look(version(2), settled.row, given_up, 3)
    assert verdict.send is None
    raised = [note.kind for note in verdict.notes if isinstance(note, RaiseAlert)]
    assert raised == [AlertKind.ORDER_TELL_CHANNEL]


def test_an_amendment_that_was_made_is_not_made_twice() -> None:
    row, effect = amended()
    done = replace(row, effect_key="", acted_at=AT + 2 * LONG)
    assert look(version(3, service="Expedited"), done, None, 3).send is None
    assert effect.kind == "order_amend"


ASKED = replace(LINE, cancel_asked=True)
KEPT = SalesLine(line_reference=LineReference("2"), seller_sku=SellerSku("pan"), ordered=1)


@pytest.mark.parametrize(
    ("lines", "change"),
    [
        ((ASKED, KEPT), "cancel_asked"),
        ((replace(ASKED, cancelled=1), KEPT), "new"),
        ((replace(ASKED, cancelled=1),), "cancelled"),
    ],
)
def test_a_wish_to_cancel_is_over_once_its_line_is_cancelled(lines: tuple[SalesLine, ...], change: str) -> None:
    order = version(1, lines=lines)
    assert change_of(order, wanted_of(order, LONG), FIRST) == change


def test_an_order_that_a_person_accepts_in_spite_of_the_buyers_wish_goes_to_the_warehouse() -> None:
    yes = Accepted(kind="cancel_asked", version=1, by="ann", note="asked them", at=AT)
    order = replace(version(1, lines=(ASKED,)), state="ready", accepted=(yes,))
    verdict = look(order, FIRST, None, 0, there=False)
    assert verdict.send is not None and verdict.send.kind == "order_create"
    changed = replace(order, version=2, cleared_version=2)
    assert look(changed, FIRST, None, 0, there=False).send is None


def test_a_version_that_is_pending_again_counts_as_judged_and_is_not_looked_at_without_end() -> None:
    taken_back = replace(FIRST, status="withdrawn", handled_version=2, requests=2)
    verdict = look(replace(version(3, status="pending"), cleared_version=1), taken_back, None, 1, there=False)
    assert verdict.judged and verdict.send is None
