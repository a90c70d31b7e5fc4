"""What a channel is told next: the newest value only, lowerings at once, raises when nothing can overtake them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.publication import Flight, Send, Told, Wait, again_at, next_for, target, untold_since, urgency
from handlers.sellable_stock import Sellable
from tests.controls.stock import AT, later

NEAR_ZERO = 5
LONGEST = timedelta(seconds=65)


def asked_for(listing: Told, wanted: int | None, now: datetime = AT) -> Send | Wait:
    return next_for(listing, wanted, now, NEAR_ZERO)


def sellable(quantity: int, *, may_rise: bool = True) -> Sellable:
    return Sellable(quantity, may_rise, ())


def flying(value: int, over_at: datetime | None = None) -> Flight:
    return Flight(7, value, "unknown" if over_at else "sent", AT, over_at)


def sent(move: Send | Wait) -> int | None:
    return move.value if isinstance(move, Send) else None


@pytest.mark.parametrize(("quantity", "told"), [(8, 3), (2, 3), (3, None)])
def test_the_target_of_a_healthy_listing_is_what_is_sellable(quantity: int, told: int | None) -> None:
    assert target(sellable(quantity), told) == quantity


@pytest.mark.parametrize(("quantity", "told", "wanted"), [(8, 3, 3), (2, 3, 2), (3, 3, 3), (0, 3, 0)])
def test_the_target_in_doubt_is_the_lesser_of_told_and_sellable_and_not_zero_by_default(
    quantity: int, told: int, wanted: int
) -> None:
    assert target(sellable(quantity, may_rise=False), told) == wanted


def test_nothing_is_said_in_doubt_of_a_listing_that_was_never_told_anything() -> None:
    assert target(sellable(8, may_rise=False), None) is None


def test_nothing_is_said_without_stock_rows() -> None:
    assert target(None, 4) is None
    assert asked_for(Told(told=4), None) == Wait("nothing may be said")


def test_what_was_told_already_is_not_told_again() -> None:
    assert sent(asked_for(Told(told=4), 4)) is None


@pytest.mark.parametrize("wanted", [3, 5])
def test_a_change_is_told(wanted: int) -> None:
    assert sent(asked_for(Told(told=4), wanted)) == wanted


def test_zero_is_a_value_and_is_told_first_of_all_listings() -> None:
    assert sent(asked_for(Told(), 0)) == 0
    assert asked_for(Told(), 0) == Send(0, "near_zero", AT)


def test_a_raise_waits_for_the_request_in_flight() -> None:
    assert asked_for(Told(told=4, flight=flying(4)), 9) == Wait("in flight", None)


def test_a_lowering_goes_at_once_over_a_request_in_flight() -> None:
    move = asked_for(Told(told=9, flight=flying(9)), 2)
    assert move == Send(2, "near_zero", AT, overtakes=7)


def test_the_value_that_is_in_flight_is_not_sent_beside_it() -> None:
    assert isinstance(asked_for(Told(told=9, flight=flying(9)), 9), Wait)


def test_a_raise_after_a_time_out_waits_until_it_can_no_longer_take_effect() -> None:
    unknown = Told(told=4, flight=flying(4, over_at=later(60)))
    assert asked_for(unknown, 9, later(59)) == Wait("in flight", later(60))
    assert sent(asked_for(unknown, 9, later(60))) == 9


def test_an_unknown_request_is_told_again_once_it_is_over_even_without_a_change() -> None:
    unknown = Told(told=4, flight=flying(4, over_at=later(60)))
    assert asked_for(unknown, 4, later(60)) == Send(4, "again", later(60))


def test_after_an_overtaking_the_newest_value_is_told_again_when_the_overtaken_has_ended() -> None:
    told = Told(told=2, tell_again_at=later(60))
    assert asked_for(told, 2, later(59)) == Wait("told", later(60))
    assert sent(asked_for(told, 2, later(60))) == 2


def test_a_raise_waits_while_something_overtaken_may_still_take_effect_and_a_lowering_does_not() -> None:
    told = Told(told=4, tell_again_at=later(60))
    assert asked_for(told, 9, later(59)) == Wait("something overtaken may still take effect", later(60))
    assert sent(asked_for(told, 1, later(59))) == 1


def test_a_value_that_the_channel_refused_is_not_sent_again_until_it_changes() -> None:
    refused = Told(told=4, refused_value=6)
    assert asked_for(refused, 6) == Wait("refused before")
    assert sent(asked_for(refused, 7)) == 7


def test_a_listing_that_is_backed_off_waits_for_its_time() -> None:
    backed_off = Told(told=4, not_before=later(5))
    assert asked_for(backed_off, 1) == Wait("backed off", later(5))
    assert sent(asked_for(backed_off, 1, later(5))) == 1


def test_an_overtaken_request_is_told_over_when_its_end_is_known_or_after_the_longest() -> None:
    send = Send(1, "near_zero", AT, overtakes=7)
    assert again_at(Told(flight=flying(9)), send, later(2), LONGEST) == AT + LONGEST
    assert again_at(Told(flight=flying(9, over_at=later(40))), send, later(2), LONGEST) == later(40)


def test_what_was_to_be_told_again_stays_so_after_a_second_lowering() -> None:
    listing = Told(flight=flying(9, over_at=later(40)), tell_again_at=later(90))
    assert again_at(listing, Send(1, "near_zero", AT, overtakes=7), later(2), LONGEST) == later(90)
    assert again_at(Told(tell_again_at=later(90)), Send(1, "near_zero", AT), later(2), LONGEST) == later(90)


def test_telling_again_ends_with_itself() -> None:
    assert again_at(Told(tell_again_at=later(60)), Send(2, "again", AT), later(60), LONGEST) is None


@pytest.mark.parametrize(
    ("told", "wanted", "expected"),
    [(9, 5, "near_zero"), (9, 6, "lowering"), (4, 9, "raise"), (4, 4, "again"), (None, 6, "lowering")],
)
def test_urgency_is_what_being_late_costs(told: int | None, wanted: int, expected: str) -> None:
    assert urgency(told, wanted, NEAR_ZERO) == expected


def test_a_change_is_untold_since_it_was_first_wanted() -> None:
    assert untold_since(Told(told=4), 5, later(3)) == later(3)
    assert untold_since(Told(told=4, untold_since=later(1)), 6, later(3)) == later(1)
    assert untold_since(Told(told=4, untold_since=later(1)), 4, later(3)) is None
    assert untold_since(Told(told=4, flight=flying(4)), 4, later(3)) == later(3)
    assert untold_since(Told(told=4), None, later(3)) is None


moments = st.integers(0, 100).map(later)
quantities = st.integers(0, 12)
flights = st.builds(
    Flight, st.just(7), quantities, st.sampled_from(["sent", "unknown"]), st.just(AT), st.none() | moments
)
standings = st.builds(
    Told,
    told=st.none() | quantities,
    flight=st.none() | flights,
    untold_since=st.none() | moments,
    tell_again_at=st.none() | moments,
    not_before=st.none() | moments,
    refused_value=st.none() | quantities,
)


@given(standings, quantities, moments)
def test_no_raise_ever_leaves_beside_what_may_still_take_effect(listing: Told, wanted: int, now: datetime) -> None:
    move = asked_for(listing, wanted, now)
    if not isinstance(move, Send):
        return
    open_flight = listing.flight is not None and (listing.flight.over_at is None or now < listing.flight.over_at)
    if open_flight:
        assert listing.flight is not None
        assert move.value < listing.flight.value
        assert move.overtakes == listing.flight.id
    assert move.value == wanted


@given(standings, quantities, moments)
def test_a_lowering_is_held_back_only_by_a_back_off_or_a_refusal(listing: Told, wanted: int, now: datetime) -> None:
    flying_value = listing.flight.value if listing.flight else None
    lowest = min(value for value in (listing.told, flying_value, 99) if value is not None)
    backed_off = listing.not_before is not None and now < listing.not_before
    if wanted < lowest and not backed_off and wanted != listing.refused_value:
        assert sent(asked_for(listing, wanted, now)) == wanted
