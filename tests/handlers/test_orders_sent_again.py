"""A purchase order that is sent once more: a copy, a replacement, or only what changes of it."""

import msgspec

from handlers.orders_sent_again import as_change, sent_again
from handlers.purchase_orders import content_hash, hear
from schemas.purchase_order import PurchaseOrder
from schemas.purchase_order_change import PurchaseOrderChange
from tests.handlers.order_changes import AT, BASE, ONE, after, amounts, change, to
from tests.handlers.vendor_orders import line, order


def resent(word: str, *lines: object, known: PurchaseOrder = BASE, base: PurchaseOrder | None = None) -> object:
    given = order(*(lines or BASE.lines), transport="x12", state_word=word)  # type: ignore[arg-type]
    return sent_again(given, known, base, AT)


def test_an_order_that_replaces_another_ends_the_lines_that_it_does_not_name() -> None:
    found = resent("05", line("1", 6))
    assert isinstance(found, PurchaseOrder)
    assert amounts(found) == {"1": 6, "2": 0} and found.changed_at == AT


def test_an_order_marked_as_a_change_leaves_the_lines_that_it_does_not_name() -> None:
    found = resent("04", line("1", 6), line("3", 2, sku="JUG"))
    assert isinstance(found, PurchaseOrderChange)
    assert amounts(after(found)) == {"1": 6, "2": 12, "3": 2}


def test_an_order_sent_again_to_cancel_it_cancels_what_has_not_left() -> None:
    given = order(*BASE.lines, transport="x12", state_word="01", state="cancelled")
    found = sent_again(given, BASE, None, AT)
    assert isinstance(found, PurchaseOrderChange) and found.cancels
    assert amounts(after(found, gone={ONE: 2})) == {"1": 2, "2": 0}
    assert sent_again(given, None, None, AT) == given, "of one that was never here nothing is left to change"


def test_a_copy_of_the_order_from_before_its_changes_undoes_none_of_them() -> None:
    known = after(change(to("1", 18))).order
    assert resent("00", known=known, base=BASE) is None
    assert resent("07", known=known, base=BASE) is None


def test_a_replacement_that_comes_before_the_order_that_it_replaces_stays_the_newer_one() -> None:
    """Files overtake one another: the first order, come late, undoes nothing."""
    given = order(line("1", 6), transport="x12", state_word="05")
    first = sent_again(given, None, None, AT)
    assert isinstance(first, PurchaseOrder) and first.changed_at == AT
    late = order(*BASE.lines, transport="x12", state_word="00")
    assert sent_again(late, first, None, AT) == late
    assert hear(late, hear(first, None, AT).after, AT).word == "stale"


def test_a_replacement_that_says_what_was_ordered_first_does_undo_them_and_its_own_copy_does_not() -> None:
    known = after(change(to("1", 18))).order
    found = resent("05", known=known, base=BASE)
    assert isinstance(found, PurchaseOrder) and amounts(found)["1"] == 24
    replaced = msgspec.structs.replace(BASE, state_word="05")
    assert resent("05", known=known, base=replaced) is None


def test_as_a_change_an_order_says_the_whole_of_itself() -> None:
    assert content_hash(after(as_change(BASE)).order) == content_hash(BASE)
