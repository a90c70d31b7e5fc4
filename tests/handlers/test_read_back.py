"""Accepted is not live: what is read back and when, and what a reading proves."""

from datetime import timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.alerts import AlertKind
from handlers.notes import RaiseAlert, ResolveAlert
from handlers.publication import Class, Flight
from handlers.read_back import Judgement, Plan, Reading, Shown, ToldValue, draw, first_read, judge, took_effect
from tests.controls.stock import AT, later

PLAN = Plan(after=5, every=30, longest=300, never_live_after=900, audit_every=86_400)
LISTING = 7


def told(*values: int) -> tuple[ToldValue, ...]:
    """Newest first, a minute apart, the newest at AT."""
    return tuple(ToldValue(100 - place, value, later(-60.0 * place)) for place, value in enumerate(values))


def judged(shown: Shown, value: int | None, seconds: float = 10) -> Judgement:
    return judge("shop/UK/A", LISTING, shown, Reading(value, later(seconds)), PLAN)


def kinds(judgement: Judgement) -> list[tuple[str, AlertKind]]:
    return [
        (type(note).__name__, note.kind) for note in judgement.notes if isinstance(note, RaiseAlert | ResolveAlert)
    ]


ACCEPTED = Shown(accepted=4, accepted_at=AT, since=later(-3), live=9, told=told(4, 9))
PROVEN = Shown(accepted=4, accepted_at=AT, since=later(-3), proven=True, live=4, told=told(4, 9))


@pytest.mark.parametrize(("kind", "risky"), [("near_zero", False), ("lowering", False), ("raise", True)])
def test_everything_risky_is_read_soon(kind: Class, risky: bool) -> None:
    reads = [first_read(kind, attempt, LISTING, AT, PLAN, risky=risky) for attempt in range(200)]
    assert {read.at for read in reads} == {later(5)}
    assert {read.why for read in reads} == {"in_doubt" if risky else kind}


@pytest.mark.parametrize("kind", ["raise", "again"])
def test_of_the_rest_a_sample_is_read_soon_and_all_of_it_once_in_a_period(kind: Class) -> None:
    reads = [first_read(kind, attempt, attempt % 50, AT, PLAN) for attempt in range(5_000)]
    soon = [read for read in reads if read.why == "sample"]
    assert 0.08 < len(soon) / len(reads) < 0.12
    assert all(read.at == later(5) for read in soon)
    audits = {read.at for read in reads if read.why == "audit"}
    assert all(later(86_400 / 2) <= at <= later(86_400) for at in audits)
    assert len(audits) > 40, "spread, so that they do not all fall due together"


def test_a_share_of_one_reads_all_and_none_reads_none() -> None:
    everything = Plan(5, 30, 300, 900, 86_400, raising=1.0)
    nothing = Plan(5, 30, 300, 900, 86_400, lowering=0.0, raising=0.0)
    assert {first_read("raise", n, LISTING, AT, everything).why for n in range(100)} == {"sample"}
    assert {first_read("raise", n, LISTING, AT, nothing).why for n in range(100)} == {"audit"}
    assert {first_read("lowering", n, LISTING, AT, nothing).why for n in range(100)} == {"audit"}
    assert {first_read("near_zero", n, LISTING, AT, nothing).why for n in range(100)} == {"near_zero"}


@given(st.integers(), st.integers())
def test_a_draw_is_the_same_for_everybody(listing: int, attempt: int) -> None:
    assert 0 <= draw(listing, attempt) == draw(listing, attempt) < 1


def test_what_was_accepted_and_is_shown_is_live_and_closes_the_alerts() -> None:
    found = judged(ACCEPTED, 4)
    assert found.meaning == "live"
    assert found.true_after == 13, "from the commit, not from the acceptance"
    assert found.next.why == "audit"
    assert kinds(found) == [
        ("ResolveAlert", AlertKind.NEVER_LIVE),
        ("ResolveAlert", AlertKind.FOREIGN_STOCK),
    ]
    assert judged(PROVEN, 4).true_after is None, "counted once"


def test_an_old_value_is_the_channels_lag_until_it_has_lasted_too_long() -> None:
    early = judged(ACCEPTED, 9, 899)
    assert (early.meaning, early.notes) == ("older", ())
    first_look = judged(ACCEPTED, 9, 3_600)
    assert first_look.notes == (), "a single reading may come from a copy that lags"
    again = Shown(accepted=4, accepted_at=AT, live=9, told=told(4, 9), reads=1)
    late = judged(again, 9, 900)
    assert kinds(late) == [("RaiseAlert", AlertKind.NEVER_LIVE)]
    raised = cast(RaiseAlert, late.notes[0])
    assert (raised.detail["accepted"], raised.detail["live"]) == (4, 9)
    assert "4 was accepted" in raised.text and "9 is shown 900 s later" in raised.text


def test_pauses_double_and_one_reading_falls_on_the_moment_that_is_too_late() -> None:
    at, pauses, shown = 5.0, list[float](), ACCEPTED
    for reads in range(8):
        shown = Shown(accepted=4, accepted_at=AT, live=9, told=told(4, 9), reads=reads)
        found = judged(shown, 9, at)
        pauses.append((found.next.at - later(at)).total_seconds())
        at += pauses[-1]
    assert pauses == [30, 60, 120, 240, 300, 145, 300, 300]
    assert 5 + sum(pauses[:6]) == PLAN.never_live_after


def test_a_listing_that_shows_no_stock_of_ours_is_never_live_too() -> None:
    shown = Shown(accepted=4, accepted_at=AT, live=4, proven=True, told=told(4), reads=1)
    found = judged(shown, None, 1_000)
    assert found.meaning == "nothing"
    assert kinds(found) == [("RaiseAlert", AlertKind.NEVER_LIVE)]
    assert "no stock of ours is shown" in cast(RaiseAlert, found.notes[0]).text


def test_a_value_that_nobody_here_told_is_named_with_both_values_and_ours_is_told_again() -> None:
    found = judged(PROVEN, 25)
    assert (found.meaning, found.foreign, found.tell_again) == ("foreign", 25, True)
    raised = cast(RaiseAlert, found.notes[0])
    assert (raised.kind, raised.detail) == (AlertKind.FOREIGN_STOCK, {"accepted": 4, "live": 25})


def test_there_is_no_war_with_another_writer() -> None:
    shown = Shown(accepted=4, accepted_at=AT, proven=True, live=4, told=told(4, 4, 9), mended_at=later(-60))
    found = judged(shown, 25)
    assert (found.meaning, found.tell_again) == ("foreign", False)
    assert kinds(found) == [("RaiseAlert", AlertKind.FOREIGN_STOCK)]
    assert judged(shown, 25, 3_600).tell_again


def test_a_foreign_value_that_stays_is_still_foreign_after_ours_was_told_again() -> None:
    shown = Shown(accepted=4, accepted_at=AT, live=25, told=told(4, 4), foreign=25, mended_at=later(-1))
    found = judged(shown, 25)
    assert (found.meaning, found.foreign, found.tell_again) == ("foreign", 25, False)


def test_an_old_value_that_comes_back_is_foreign_only_when_it_is_seen_twice() -> None:
    first = judged(PROVEN, 9)
    assert (first.meaning, first.tell_again) == ("older", False)
    second = judged(Shown(accepted=4, accepted_at=AT, proven=True, live=9, told=told(4, 9), reads=1), 9)
    assert (second.meaning, second.tell_again) == ("foreign", True)


def test_what_was_there_before_us_is_not_somebody_elses() -> None:
    never_read = Shown(accepted=4, accepted_at=AT, told=told(4))
    assert judged(never_read, 77).meaning == "older"
    read_once = Shown(accepted=4, accepted_at=AT, live=77, told=told(4), reads=1)
    assert judged(read_once, 77).meaning == "older"
    assert judged(Shown(live=77), 80).meaning == "before_us"


def test_a_reading_that_left_before_the_acceptance_judges_nothing() -> None:
    found = judged(ACCEPTED, 9, -1)
    assert (found.meaning, found.notes) == ("too_early", ())


UNKNOWN = Flight(100, 12, "unknown", AT, later(60))
"""A raise from 4 to 12 whose answer never came."""


def test_the_value_in_flight_proves_that_it_took_effect() -> None:
    shown = Shown(accepted=4, accepted_at=later(-60), proven=True, live=4, flight=UNKNOWN, told=told(12, 4))
    found = judged(shown, 12)
    assert found.meaning == "took_effect"
    assert found.next.why == "audit"


def test_the_old_value_proves_nothing_about_what_is_in_flight() -> None:
    shown = Shown(accepted=4, accepted_at=later(-60), proven=True, live=4, flight=UNKNOWN, told=told(12, 4))
    found = judged(shown, 4)
    assert found.meaning == "live", "of what was accepted before"
    assert found.next.why == "unknown" and found.next.at == later(10 + 30)


@pytest.mark.parametrize(
    "shown",
    [
        Shown(accepted=12, accepted_at=later(-60), live=9, flight=UNKNOWN, told=told(12, 12, 9)),
        Shown(accepted=4, accepted_at=later(-60), live=12, flight=UNKNOWN, told=told(12, 4, 12)),
        Shown(accepted=4, accepted_at=later(-60), live=9, flight=UNKNOWN, told=told(12, 4, 12)),
    ],
    ids=["accepted before", "shown before", "told before and perhaps still on its way"],
)
def test_the_value_in_flight_proves_nothing_where_something_else_explains_it(shown: Shown) -> None:
    assert judged(shown, 12).meaning != "took_effect"


def test_a_value_told_long_ago_explains_nothing_any_more() -> None:
    long_ago = (*told(12, 4), ToldValue(1, 12, later(-1_000)))
    shown = Shown(accepted=4, accepted_at=later(-60), live=4, flight=UNKNOWN, told=long_ago)
    assert judged(shown, 12).meaning == "took_effect"


def test_a_request_that_is_still_awaited_is_not_settled_by_reading() -> None:
    sent = Flight(100, 12, "sent", AT)
    shown = Shown(accepted=4, accepted_at=later(-60), live=4, flight=sent, told=told(12, 4))
    assert judged(shown, 12).meaning != "took_effect"


quantities = st.integers(0, 6)
shown_listings = st.builds(
    Shown,
    accepted=st.none() | quantities,
    accepted_at=st.none() | st.just(AT),
    since=st.none() | st.just(AT),
    proven=st.booleans(),
    live=st.none() | quantities,
    flight=st.none() | st.builds(Flight, st.just(100), quantities, st.sampled_from(["sent", "unknown"]), st.just(AT)),
    told=st.lists(quantities, max_size=5).map(lambda values: told(*values)),
    foreign=st.none() | quantities,
    mended_at=st.none() | st.just(AT),
    reads=st.integers(0, 40),
)


@given(shown_listings, st.none() | quantities, st.floats(-100, 100_000))
def test_every_reading_has_a_next_one_and_only_an_untrue_one_raises(
    shown: Shown, value: int | None, seconds: float
) -> None:
    found = judged(shown, value, seconds)
    assert found.next.at > later(seconds)
    assert found.next.at <= later(seconds) + timedelta(seconds=PLAN.audit_every)
    raised = {note.kind for note in found.notes if isinstance(note, RaiseAlert)}
    assert not (raised and found.is_true)
    assert not raised or value != shown.accepted
    assert found.tell_again is False or found.meaning == "foreign"
    if shown.flight is not None and value != shown.flight.value:
        assert not took_effect(shown, shown.flight, Reading(value, later(seconds)), PLAN)


def test_a_channel_that_takes_its_own_orders_off_may_show_less_and_never_more() -> None:
    netting = Plan(5, 30, 300, 900, 86_400, nets_own_orders=True)

    def meaning(value: int, shown: Shown = PROVEN) -> str:
        return judge("shop/UK/A", LISTING, shown, Reading(value, later(10)), netting).meaning

    assert meaning(3) == "sold"
    assert meaning(25) == "foreign"
    assert meaning(4) == "live"
    raised = Shown(accepted=9, accepted_at=AT, live=4, told=told(9, 4))
    assert meaning(4, raised) == "older", "the raise is not live yet; nothing was sold"
