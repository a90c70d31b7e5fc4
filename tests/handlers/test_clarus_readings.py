"""What is believed of a read of Clarus, and when."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.clarus_readings import (
    MOVING_ROUNDS,
    Look,
    Reading,
    Verdict,
    believable,
    judge_absent,
    judge_check,
    judge_level,
    level_of,
    read_again_at,
    taken_over,
    too_many_absent,
)
from handlers.stock_state import StockState, asked, doubted
from handlers.stock_stream import Rules, decide
from schemas.clarus import BalanceNode
from schemas.envelope import Unreadable
from schemas.inventory import Quantities
from schemas.terms import Account, CommandId, Sku, Warehouse

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LAG = timedelta(seconds=60)
RULES = Rules()
WHERE = Account("acme"), Warehouse("W1"), Sku("KETTLE")


def reading(seconds: float = 0, number: int = 7) -> Reading:
    return Reading(number, START + timedelta(seconds=seconds), LAG, "clarus:main")


def books(available: int, number: int = 3) -> StockState:
    return StockState("clarus:main", applied=5, number=number, balance=Quantities(available), level_time=START)


def judged(available: int, read: int, look: Look | None = None, seconds: float = 0) -> Verdict:
    return judge_level(books(available), Quantities(read), look, reading(seconds))


def test_a_balance_is_whole_eaches_whatever_kind_of_number_it_comes_as() -> None:
    node = BalanceNode(available=Decimal("1380.0"), allocated=120, picked=Decimal(80))
    assert believable(node, ()) == Quantities(1380, 120, 0, 0, 80)


def test_what_the_settings_name_is_taken_off_and_never_goes_below_zero() -> None:
    node = BalanceNode(available=10, allocated=3, ordered=4)
    assert believable(node, ("allocated", "ordered")).available == 3
    assert believable(node, ("allocated", "ordered", "ordered")).available == 0


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        (BalanceNode(available=-1), "negative_quantity"),
        (BalanceNode(available=5, allocated=Decimal("-0.0001e4")), "negative_quantity"),
        (BalanceNode(available=Decimal("2.5")), "fractional_quantity"),
        (BalanceNode(available=10**12), "absurd_quantity"),
        (BalanceNode(available=Decimal("NaN")), "absurd_quantity"),
        (BalanceNode(available=Decimal("1e400")), "absurd_quantity"),
        (BalanceNode(allocated=5), "missing_quantity"),
    ],
)
def test_a_balance_that_cannot_be_is_never_believed(node: BalanceNode, reason: str) -> None:
    with pytest.raises(Unreadable) as raised:
        believable(node, ())
    assert raised.value.reason == reason


def test_a_column_that_is_taken_off_may_not_be_missing() -> None:
    with pytest.raises(Unreadable, match="allocated is missing"):
        believable(BalanceNode(available=5), ("allocated",))


def test_a_lower_read_is_applied_at_once() -> None:
    assert judged(10, 4) == Verdict("applied", Quantities(4))


def test_a_read_that_says_the_same_is_entered_only_when_its_time_is_needed() -> None:
    assert judged(10, 10).level is None
    assert judge_level(books(10), Quantities(10), None, reading(), must=True).level == Quantities(10)
    assert judge_level(books(10), Quantities(10, allocated=2), None, reading()).level == Quantities(10, allocated=2)
    troubled = doubted(books(10), "gap", START)
    assert judge_level(troubled, Quantities(10), None, reading()).level == Quantities(10)


def test_a_raise_waits_for_a_second_look_and_the_lesser_counts() -> None:
    first = judged(10, 15)
    assert first == Verdict("second_look", look=Look(START, Quantities(15), 3))
    early = judged(10, 14, first.look, seconds=59)
    assert early.level is None and early.look is not None and early.look.least.available == 14
    assert judged(10, 20, early.look, seconds=60).level == Quantities(14)
    assert judged(10, 12, first.look, seconds=60).level == Quantities(12)


def test_what_the_second_look_shows_beyond_the_first_is_a_raise_of_its_own() -> None:
    first = judged(10, 15)
    second = judged(10, 20, first.look, seconds=60)
    assert second.look == Look(START + LAG, Quantities(20), 3)


def test_a_lower_read_in_between_is_applied_and_the_raise_starts_over() -> None:
    first = judged(10, 15)
    assert judged(10, 8, first.look, seconds=30) == Verdict("applied", Quantities(8))


def test_a_sku_seen_for_the_first_time_is_a_raise_from_nothing() -> None:
    new = StockState("clarus:main")
    assert judge_level(new, Quantities(5), None, reading()).outcome == "second_look"
    assert judge_level(new, Quantities(0), None, reading()).level == Quantities(0)


@given(
    truth=st.lists(st.integers(0, 30), min_size=40, max_size=40),
    lags=st.lists(st.integers(0, 6), min_size=40, max_size=40),
)
def test_no_lag_of_a_replica_ever_raises_above_what_was_true_since_the_first_look(
    truth: list[int], lags: list[int]
) -> None:
    """A read every ten seconds from a replica behind by at most a minute: what is told was true within two lags."""
    state, look = books(truth[0]), None
    for step in range(1, 40):
        read = reading(step * 10, number=10 + step)
        verdict = judge_level(state, Quantities(truth[max(0, step - lags[step])]), look, read)
        if verdict.level is not None and verdict.level.available > state.balance.available:
            assert verdict.level.available <= max(truth[max(0, step - 6) : step + 1])
            assert look is not None and read.began >= look.since + LAG
        if verdict.level is not None:
            state = msgspec.structs.replace(state, balance=verdict.level)
        look = verdict.look


def test_a_level_is_true_of_a_lag_before_its_read_began() -> None:
    message = level_of(*WHERE, books(10), Quantities(4), reading(number=9))
    assert (message.sequence, message.time, message.source) == (9, START - LAG, "clarus:main")
    step = decide(books(10), message, START, RULES)
    assert (step.outcome, step.state.balance.available, step.state.applied) == ("applied", 4, 9)


def test_an_older_read_that_ends_later_does_not_overwrite() -> None:
    newer = decide(books(10), level_of(*WHERE, books(10), Quantities(4), reading(5, number=9)), START, RULES).state
    older = level_of(*WHERE, newer, Quantities(10), reading(0, number=8))
    assert decide(newer, older, START, RULES).outcome == "stale"


def test_only_a_read_begun_a_lag_after_the_request_answers_it() -> None:
    state = asked(doubted(books(10), "gap", START), CommandId("ask"), START)
    early = decide(state, level_of(*WHERE, state, Quantities(4), reading(59)), START, RULES).state
    assert early.balance.available == 4 and early.trouble is not None and early.trouble.doubt_since is not None
    late = level_of(*WHERE, early, Quantities(4), reading(60, number=8))
    assert late.command_id == "ask"
    assert decide(early, late, START + LAG, RULES).state.trouble is None


def test_a_warehouse_that_changes_hands_is_in_doubt_until_the_new_source_has_told() -> None:
    bus = StockState("/warehouse", epoch=2, applied=5_000, number=8, balance=Quantities(10), level_time=START)
    state = asked(taken_over(bus, "clarus:main", START), CommandId("ask"), START)
    assert state.source == "clarus:main" and state.trouble is not None and state.trouble.doubt_since is not None
    message = level_of(*WHERE, state, Quantities(7), reading(61, number=3))
    step = decide(state, message, START + 2 * LAG, RULES)
    assert (step.outcome, step.state.balance.available, step.state.number) == ("applied", 7, 9)
    assert step.state.trouble is None and step.state.epoch == 2


def check(state: StockState | None, read: int, look: Look | None = None, seconds: float = 0) -> Verdict:
    return judge_check(state, Quantities(read), look, reading(seconds))


def test_a_check_that_agrees_or_has_nothing_to_compare_with_says_so() -> None:
    assert check(books(10), 10).outcome == "agrees"
    assert check(None, 10).outcome == "unknown"
    assert check(doubted(books(10), "gap", START), 3).outcome == "unknown"


def test_a_difference_is_a_doubt_once_two_looks_have_it_and_the_books_stood_still() -> None:
    first = check(books(10), 12)
    assert first.look is not None and not first.doubt
    assert check(books(10), 12, first.look, seconds=59).look == first.look
    assert check(books(10), 12, first.look, seconds=60).doubt == "check_differs"
    assert check(books(12, number=4), 12, first.look, seconds=60).outcome == "agrees"


def test_books_that_keep_moving_are_looked_at_again_but_not_for_ever() -> None:
    verdict = check(books(10, number=3), 12)
    for round_ in range(1, MOVING_ROUNDS):
        verdict = check(books(10, number=3 + round_), 12, verdict.look, seconds=60 * round_)
        assert verdict.look is not None and verdict.look.rounds == round_ + 1
    assert check(books(10, number=99), 12, verdict.look, seconds=600).outcome == "differs"


def test_a_balance_that_is_not_shown_is_a_doubt_and_zero_only_by_the_settings() -> None:
    assert judge_absent(books(5), means_zero=False) == Verdict("not_shown", doubt="not_shown")
    assert judge_absent(books(5), means_zero=True) == Verdict("applied", Quantities())
    assert judge_absent(books(0), means_zero=False) == Verdict("unchanged")


def test_many_gone_at_once_are_a_right_that_was_lost() -> None:
    assert not too_many_absent(10, 10)
    assert too_many_absent(11, 100)
    assert not too_many_absent(40, 1_000)


def test_a_mark_is_settled_by_a_read_that_must_show_what_happened_before_it() -> None:
    soon = timedelta(seconds=300)
    unchanged = [Verdict("unchanged")]
    assert read_again_at(START, reading(0), unchanged, soon) == START + LAG
    assert read_again_at(START, reading(59), unchanged, soon) == START + LAG
    assert read_again_at(START, reading(60), unchanged, soon) is None


def test_what_is_not_settled_is_read_again() -> None:
    soon, late = timedelta(seconds=300), reading(600)
    assert read_again_at(START, late, [Verdict("refused")], soon) == late.began + soon
    assert read_again_at(START, late, [Verdict("not_shown")], soon) == late.began + soon
    look = Look(late.began, Quantities(5))
    assert read_again_at(START, late, [Verdict("second_look", look=look)], soon) == late.began + LAG
