"""What a restored listing shows: never more than it did less what has gone out, never more than a reading allows."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.explained import History, Since
from handlers.restoring import LASTS, Restore, gone, less_outflows, restored
from handlers.sellable_stock import Component, Listing
from schemas.terms import Account, ChannelAccount, Marketplace, SellerSku, Sku, Warehouse
from tests.controls.stock import AT, later

LAMP, SHADE, LEEDS = Sku("LAMP"), Sku("SHADE"), Warehouse("LEEDS")
LISTING = Listing(1, ChannelAccount("uk"), Marketplace("A1F"), SellerSku("LAMP"), Account("acme"), LAMP)
CASE = Listing(1, ChannelAccount("uk"), Marketplace("A1F"), SellerSku("CASE"), Account("acme"), LAMP, pack_size=12)
KIT = Listing(
    1, ChannelAccount("uk"), Marketplace("A1F"), SellerSku("KIT"), Account("acme"), Sku("KIT"),
    components=(Component(LAMP, 1), Component(SHADE, 2)),
)  # fmt: skip


def history(outflow: int = 0, despatched: int = 0, ordered: int = 0, base: int | None = 500) -> History:
    return History(0, [Since(LEEDS, base, -outflow, outflow)], despatched, ordered)


def restore(value: int, allowed: bool = False) -> Restore:
    return Restore(1, later(-3600), AT + LASTS, 50, value, AT + LASTS if allowed else None)


@pytest.mark.parametrize(("outflow", "left"), [(0, 50), (8, 42), (50, 0), (70, 0)])
def test_what_has_gone_out_since_is_taken_off_the_old_value(outflow: int, left: int) -> None:
    assert less_outflows(50, LISTING, {LAMP: history(outflow)}) == left


def test_the_same_units_moved_despatched_and_ordered_are_taken_off_once() -> None:
    assert gone(history(5, 7, 6)) == 7


def test_part_of_a_pack_is_a_whole_pack_gone() -> None:
    assert less_outflows(10, CASE, {LAMP: history(1)}) == 9
    assert less_outflows(10, CASE, {LAMP: history(12)}) == 9
    assert less_outflows(10, CASE, {LAMP: history(13)}) == 8


def test_of_a_kit_the_component_that_lost_most_counts() -> None:
    assert less_outflows(10, KIT, {LAMP: history(1), SHADE: history(5)}) == 7


def test_where_the_stream_does_not_reach_back_nobody_can_tell() -> None:
    assert less_outflows(10, LISTING, {LAMP: history(base=None)}) is None
    assert less_outflows(10, LISTING, {}) is None


@pytest.mark.parametrize(("wanted", "shown"), [(45, 42), (30, 30), (0, 0), (5_000, 42)])
def test_with_a_fresh_reading_it_is_the_lesser_of_both(wanted: int, shown: int) -> None:
    assert restored(wanted, restore(42), fresh=True, now=AT) == shown


@pytest.mark.parametrize("wanted", [0, 45, None])
def test_without_a_fresh_reading_nothing_is_restored(wanted: int | None) -> None:
    assert restored(wanted, restore(42), fresh=False, now=AT) == wanted


def test_a_decision_restores_without_a_reading_and_expires() -> None:
    allowed = restore(42, allowed=True)
    assert restored(0, allowed, fresh=False, now=AT) == 42
    assert restored(0, allowed, fresh=False, now=AT + LASTS - timedelta(seconds=1)) == 42
    assert restored(0, allowed, fresh=False, now=AT + LASTS) == 0


def test_once_a_reading_comes_the_decision_allows_no_more_than_it() -> None:
    assert restored(7, restore(42, allowed=True), fresh=True, now=AT) == 7


def test_without_a_restore_and_after_it_the_books_alone_count() -> None:
    assert restored(5_000, None, fresh=True, now=AT) == 5_000
    assert restored(5_000, restore(42), fresh=True, now=AT + LASTS) == 5_000


@given(wanted=st.integers(0, 500), value=st.integers(0, 500), allowed=st.booleans())
def test_a_fresh_reading_is_never_exceeded(wanted: int, value: int, allowed: bool) -> None:
    shown = restored(wanted, restore(value, allowed), fresh=True, now=AT)
    assert shown == min(wanted, value)
