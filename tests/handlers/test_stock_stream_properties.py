"""What holds for every order, loss and repeat of stock messages, checked against a sum that knows no rules."""

from dataclasses import dataclass
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from handlers.publication import target
from handlers.sellable_stock import Listing, WarehouseStock, sellable
from handlers.stock_state import NEW_EPOCH, PARKED, WENT_BACK, StockState, asked, doubted, may_not_rise, needs_asking
from handlers.stock_stream import decide, outflow
from schemas.inventory import StockMessage
from schemas.terms import Account, ChannelAccount, CommandId, Marketplace, SellerSku, Sku, Warehouse
from tests.controls.stock import ASKED, RULES, SOURCE, after, later, level, movement, play

NEVER_HEARD_OF = StockState(SOURCE, applied=None)
LISTING = Listing(
    1, ChannelAccount("uk"), Marketplace("UK"), SellerSku("0042-B"), Account("ACME"), Sku("0042-b"), pack_size=2
)


@dataclass(frozen=True)
class History:
    """What happened in a warehouse: `deltas[n - 1]` is movement n, after an opening level of `opening`."""

    opening: int
    deltas: tuple[int, ...]
    levels_at: tuple[int, ...]

    def truth(self, number: int) -> int:
        """The oracle: a plain sum."""
        return self.opening + sum(self.deltas[:number])

    @property
    def last(self) -> int:
        return len(self.deltas)

    def messages(self) -> list[StockMessage]:
        moved = [movement(place + 1, delta) for place, delta in enumerate(self.deltas)]
        levels = [level(number, self.truth(number)) for number in (0, *self.levels_at)]
        return sorted(moved + levels, key=lambda message: message.time)


@st.composite
def histories(draw: st.DrawFn) -> History:
    deltas = draw(st.lists(st.integers(-9, 9), min_size=1, max_size=15))
    levels_at = draw(st.lists(st.integers(1, len(deltas)), max_size=3))
    return History(draw(st.integers(0, 50)), tuple(deltas), tuple(levels_at))


@st.composite
def delivered(draw: st.DrawFn, messages: list[StockMessage]) -> list[StockMessage]:
    """The messages within a window of disorder, some of them twice."""
    again = draw(st.lists(st.sampled_from(messages), max_size=6)) if messages else []
    window = draw(st.integers(0, 20))
    places = [(messages.index(message) + draw(st.integers(0, window)), message) for message in messages + again]
    return [message for _, message in sorted(places, key=lambda item: item[0])]


@st.composite
def undisturbed(draw: st.DrawFn) -> tuple[History, list[StockMessage]]:
    history = draw(histories())
    return history, draw(delivered(history.messages()))


@st.composite
def lossy(draw: st.DrawFn) -> tuple[History, list[StockMessage]]:
    history = draw(histories())
    kept = [message for message in history.messages() if draw(st.integers(0, 4)) > 0]
    return history, draw(delivered(kept))


def whole_up_to(heard: list[StockMessage]) -> int:
    """The highest number up to which nothing is missing, by set arithmetic; -1 when no level was heard."""
    known = max((message.sequence for message in heard if message.is_level), default=-1)
    moved = {message.sequence for message in heard if not message.is_level}
    while known >= 0 and known + 1 in moved:
        known += 1
    return known


@given(undisturbed())
def test_any_order_and_any_repeat_ends_in_the_same_books(case: tuple[History, list[StockMessage]]) -> None:
    history, heard = case
    state = after(NEVER_HEARD_OF, *heard)
    assert (state.applied, state.balance.available) == (history.last, history.truth(history.last))
    assert (state.trouble, state.held) == (None, ())


@given(lossy())
def test_the_books_are_true_at_every_step_for_the_number_they_stand_at(
    case: tuple[History, list[StockMessage]],
) -> None:
    history, heard = case
    for step in play(NEVER_HEARD_OF, heard):
        for entry in step.applied:
            assert entry.balance.available == history.truth(entry.message.sequence)


@given(lossy())
def test_what_is_missing_in_the_middle_holds_every_raise_back(case: tuple[History, list[StockMessage]]) -> None:
    _, heard = case
    state = after(NEVER_HEARD_OF, *heard)
    highest = max((message.sequence for message in heard), default=-1)
    assert may_not_rise(state.trouble) is (whole_up_to(heard) < highest)
    assert (state.applied is None) == (whole_up_to(heard) == -1)
    assert state.applied in (None, whole_up_to(heard))


@given(lossy())
def test_after_a_loss_the_level_that_was_asked_for_makes_the_books_true(
    case: tuple[History, list[StockMessage]],
) -> None:
    history, heard = case
    state = doubted(after(NEVER_HEARD_OF, *heard), PARKED, later(40))
    assert needs_asking(state)
    answer = level(history.last, history.truth(history.last), time=later(41), command_id=ASKED)
    state = after(asked(state, ASKED, later(40)), answer, *heard)
    assert (state.applied, state.balance.available) == (history.last, history.truth(history.last))
    assert (state.trouble, state.held) == (None, ())


@given(lossy(), st.integers(0, 20), st.integers(0, 400))
def test_a_stream_in_trouble_never_raises_what_was_told(
    case: tuple[History, list[StockMessage]], told: int, other_stock: int
) -> None:
    _, heard = case
    for step in play(NEVER_HEARD_OF, heard):
        trouble = step.state.trouble
        stock = [
            WarehouseStock(
                Warehouse("LEEDS"), step.state.balance.available, trouble.held_outflow if trouble else 0,
                may_rise=not may_not_rise(trouble),
            ),
            WarehouseStock(Warehouse("YORK"), other_stock),
        ]  # fmt: skip
        found = sellable(LISTING, stock)
        assert found is not None
        wanted = target(found, told)
        assert wanted == (min(told, found.quantity) if may_not_rise(trouble) else found.quantity)
        assert not may_not_rise(trouble) or target(found, None) is None


@st.composite
def anything(draw: st.DrawFn) -> StockMessage:
    """Any message at all of one SKU: the producer is broken, restored, started anew, or two of them."""
    number, epoch = draw(st.integers(0, 8)), draw(st.sampled_from([0, 0, 0, 1, 2]))
    time: datetime = later(draw(st.integers(0, 60)))
    source = draw(st.sampled_from([SOURCE, SOURCE, SOURCE, SOURCE, "/other"]))
    if draw(st.booleans()):
        return movement(number, draw(st.integers(-5, 5)), time=time, epoch=epoch, source=source)
    command = draw(st.sampled_from([None, ASKED, "ask-2"]))
    return level(number, draw(st.integers(0, 9)), time=time, epoch=epoch, source=source, command_id=command)


def asked_if_needed(state: StockState, place: int) -> StockState:
    return asked(state, CommandId(f"ask-{place % 2 + 1}"), later(place)) if needs_asking(state) else state


@given(st.lists(anything(), max_size=30))
def test_numbers_are_free_of_gaps_whatever_comes(messages: list[StockMessage]) -> None:
    state, numbers = NEVER_HEARD_OF, list[int]()
    for place, message in enumerate(messages):
        step = decide(asked_if_needed(state, place), message, later(place), RULES)
        numbers += [entry.number for entry in step.applied]
        state = step.state
    assert numbers == list(range(1, len(numbers) + 1))
    assert state.number == len(numbers)


@given(st.lists(anything(), max_size=30))
def test_the_state_is_sound_whatever_comes(messages: list[StockMessage]) -> None:
    state = NEVER_HEARD_OF
    for place, message in enumerate(messages):
        state = decide(asked_if_needed(state, place), message, later(place), RULES).state
        numbers = [kept.sequence for kept in state.held]
        assert numbers == sorted(set(numbers))
        assert state.applied is None or all(number > state.applied for number in numbers)
        assert {kept.epoch for kept in state.held} <= {state.epoch}
        assert may_not_rise(state.trouble) or not state.held
        assert state.trouble is None or state.trouble.held_outflow == outflow(state.held)
        assert state.trouble is None or state.trouble.highest_seen >= (state.applied or 0)


@given(st.lists(anything(), max_size=30))
def test_an_older_number_never_overwrites_a_newer_one(messages: list[StockMessage]) -> None:
    state = NEVER_HEARD_OF
    for place, message in enumerate(messages):
        before = asked_if_needed(state, place)
        state = decide(before, message, later(place), RULES).state
        if state.epoch == before.epoch and (state.applied or 0) < (before.applied or 0):
            assert before.trouble is not None
            assert before.trouble.doubt_reason == WENT_BACK
            assert message.command_id == before.trouble.command_id


@given(st.lists(anything(), max_size=30))
def test_only_a_level_ends_a_doubt(messages: list[StockMessage]) -> None:
    state = NEVER_HEARD_OF
    for place, message in enumerate(messages):
        before = asked_if_needed(state, place)
        state = decide(before, message, later(place), RULES).state
        was = before.trouble is not None and before.trouble.doubt_since is not None
        still = state.trouble is not None and state.trouble.doubt_since is not None
        if was and not still:
            assert message.is_level
            assert before.trouble is not None
            answers_from_below = message.epoch < before.epoch and message.command_id == before.trouble.command_id
            anew = before.trouble.doubt_reason == WENT_BACK or answers_from_below
            assert anew or message.sequence >= before.trouble.highest_seen


@given(st.lists(anything(), max_size=20))
def test_a_repeat_at_once_applies_nothing(messages: list[StockMessage]) -> None:
    state = NEVER_HEARD_OF
    for place, message in enumerate(messages):
        state = decide(asked_if_needed(state, place), message, later(place), RULES).state
        again = decide(state, message, later(place), RULES)
        doubt = state.trouble is not None and message.command_id == state.trouble.command_id
        assert not again.applied or (message.is_level and doubt)
        assert again.state.balance == state.balance


def test_a_new_epoch_is_named_as_the_reason_of_its_doubt() -> None:
    assert play(NEVER_HEARD_OF, [level(0, 5), level(0, 5, epoch=1)])[-1].doubts == NEW_EPOCH
