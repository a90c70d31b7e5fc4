"""When an order's picks are processed at our request, and what its refusals mean."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from handlers.alerts import AlertKind
from handlers.answers import Done, Refused, Unknown
from handlers.notes import AskPerson, RaiseAlert
from handlers.order_answers import after_answer
from handlers.order_requests import OrderEffect, WarehouseOrder
from handlers.release_desk import Case, Rules, Verdict
from handlers.releasing import decide
from handlers.sales_orders import StoredOrder
from schemas.clarus_order_lists import Found, StatusWord
from tests.controls.labels import AT, CLEARED, ORDER, SALE
from tests.controls.releases import FIRST, PRODUCTS, THERE, TO

RULES = Rules()
LATER = AT + timedelta(hours=10)


def order(version: int = 1, process_at: datetime | None = AT) -> StoredOrder:
    cleared = replace(CLEARED, process_at=process_at)
    return replace(ORDER, order=SALE, version=version, cleared=cleared, cleared_version=version, state="released")


def there(word: str) -> Found:
    return replace(THERE, order=replace(THERE.order, goods_out_status=StatusWord(word)))


def look(
    asked: StoredOrder, row: WarehouseOrder, word: str = "PENDING", at: datetime = LATER,
    effect: OrderEffect | None = None, rules: Rules = RULES,
) -> Verdict:  # fmt: skip
    found = (there(word),) if word else ()
    case = Case(order=asked, row=row, effect=effect, found=found, begun=at, now=at, to=TO, products=PRODUCTS)
    return decide(case, rules)


def known(asked: StoredOrder) -> WarehouseOrder:
    """In the books as it was told."""
    created = look(asked, FIRST, "", AT)
    assert created.send is not None
    return replace(look(asked, created.row, "PENDING", AT, created.send).row, effect_key="", acted_at=AT)


def processed(asked: StoredOrder) -> WarehouseOrder:
    sent = look(asked, known(asked))
    assert sent.send is not None
    return after_answer(sent.row, sent.send, Done(None), LATER, RULES, 0.5).row


def test_picks_are_processed_once_their_time_has_come_and_not_again() -> None:
    sent = look(order(), known(order()))
    assert sent.send is not None and sent.send.kind == "order_process"
    row = processed(order())
    again = look(order(), row, "ALLOCATED", LATER + timedelta(days=1))
    assert again.send is None and row.processed_version == 1


def test_before_their_time_the_order_waits_for_it() -> None:
    at = AT + timedelta(minutes=20)
    verdict = look(order(process_at=at), known(order(process_at=at)), at=AT + timedelta(minutes=10))
    assert verdict.send is None and verdict.row.look_at == at


@pytest.mark.parametrize("word", ["DRAFT", "PICK", "COMPLETED", "ALLOCATED"])
def test_nothing_is_processed_that_is_not_ready_or_has_begun(word: str) -> None:
    assert look(order(), known(order()), word).send is None


def test_an_order_without_a_time_is_left_to_the_warehouse() -> None:
    plain = order(process_at=None)
    assert look(plain, known(plain)).send is None


def test_a_warehouse_that_is_driven_by_commands_allocates_by_itself() -> None:
    assert look(order(), known(order()), rules=replace(RULES, asks_machine=True)).send is None


def test_what_was_allocated_in_part_is_processed_again_when_the_order_has_changed_and_after_a_while() -> None:
    row = processed(order())
    soon, later = LATER + timedelta(minutes=2), LATER + RULES.look_over
    assert look(order(), row, "PART_ALLOCATED", soon).send is None
    again = look(order(), row, "PART_ALLOCATED", later)
    assert again.send is not None and again.send.kind == "order_process"
    changed = look(order(version=2), row, "PART_ALLOCATED", soon)
    assert changed.send is not None and changed.send.payload.version == 2


def test_nothing_there_to_pick_is_tried_again_and_people_hear_of_it() -> None:
    sent = look(order(), known(order()))
    assert sent.send is not None
    settled = after_answer(
        sent.row, sent.send, Refused("not_enough_stocks_for_picking", "HTTP 422"), LATER, RULES, 0.5
    )
    assert settled.effect.state == "waiting" and settled.effect.due == LATER + RULES.look_again
    soon = look(order(), settled.row, at=LATER + timedelta(minutes=1), effect=settled.effect)
    assert soon.send is None and soon.effects == ()
    again = look(order(), settled.row, at=settled.effect.due, effect=settled.effect)
    assert again.send is not None and again.send.attempt == 2


def test_picks_that_stay_unallocated_are_told_once() -> None:
    row = processed(order())
    told = look(order(), row, at=LATER + RULES.replica_lag)
    assert [note.kind for note in told.notes if isinstance(note, RaiseAlert)] == [AlertKind.ORDER_ADRIFT]
    again = look(order(), told.row, at=LATER + 2 * RULES.replica_lag)
    assert not [note for note in again.notes if isinstance(note, RaiseAlert)]


def test_what_is_allocated_already_counts_as_processed() -> None:
    sent = look(order(), known(order()))
    assert sent.send is not None
    answer = Refused("goods_out_already_allocated", "HTTP 422")
    settled = after_answer(sent.row, sent.send, answer, LATER, RULES, 0.5)
    assert settled.effect.state == "accepted" and settled.row.processed_version == 1


def test_any_other_refusal_is_put_to_a_person_and_not_repeated() -> None:
    sent = look(order(), known(order()))
    assert sent.send is not None
    settled = after_answer(sent.row, sent.send, Refused("refused", "HTTP 422"), LATER, RULES, 0.5)
    asked = look(order(), settled.row, at=LATER + timedelta(minutes=5), effect=settled.effect)
    assert asked.send is None
    assert [note.kind for note in asked.notes if isinstance(note, AskPerson)] == ["order_refused"]
    given_up = settled.effect.moved("refused", reason="give_up")
    over = look(order(), asked.row, at=LATER + timedelta(minutes=10), effect=given_up)
    assert over.send is None


def test_an_unknown_outcome_is_settled_by_a_look_before_anything_is_repeated() -> None:
    sent = look(order(), known(order()))
    assert sent.send is not None
    lost = after_answer(sent.row, sent.send, Unknown("timeout"), LATER, RULES, 0.5)
    soon = look(order(), lost.row, at=LATER + timedelta(seconds=10), effect=lost.effect)
    assert soon.send is None
    found = look(order(), lost.row, "ALLOCATED", LATER + timedelta(seconds=20), lost.effect)
    assert found.send is None and found.row.processed_version == 1
    late = look(order(), lost.row, at=LATER + timedelta(minutes=10), effect=lost.effect)
    assert late.send is not None and late.send.attempt == 2
