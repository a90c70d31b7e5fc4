"""Why a turn comes when it does, in the policy's own figures."""

from handlers.next_moves import Policy, Routes, plan
from handlers.turn_reasons import in_words, turn_of
from tests.handlers.candidates import NOW, Row, candidates

POLICY = Policy()
ROWS: list[Row] = [
    (90, 80, 20.0, 1.0, False), (0, 9, 3.0, 40.0, False), (50, 0, 5.0, 9.0, False),
    (70, 90, POLICY.longest_wait + 100, 2.0, False),
    (50, 30, 5.0, 9.0, True),
]  # fmt: skip


def words(index: int) -> str:
    return "; ".join(in_words(turn_of(index, candidates(ROWS), NOW, POLICY), POLICY.patch_rate))


def test_a_lowering_near_zero_says_what_waiting_costs() -> None:
    turn = turn_of(1, candidates(ROWS), NOW, POLICY)
    assert turn.place == 0
    assert turn.over > 0
    assert "a lowering near zero" in words(1)
    assert "units are expected to be oversold in 60 s" in words(1)
    assert "it sells 9.6e+02 a day" in words(1)
    assert "stays good for about 60 min" in words(1)


def test_a_raise_says_whether_it_opens_sales() -> None:
    assert "a raise that opens sales" in words(2)
    assert "sales are expected to be missed" in words(2)
    assert "a raise that opens no sale: these go last" in words(0)
    assert "in a running feed" in words(4)


def test_the_overdue_know_of_their_own_slot() -> None:
    assert "every tenth patch" in words(3)
    assert "every tenth patch" not in words(0)


def test_the_place_is_the_one_in_the_plan() -> None:
    found = candidates(ROWS)
    patches = plan(found, Routes(3), NOW).patches.tolist()
    assert [turn_of(index, found, NOW, POLICY).place for index in patches] == [0, 1, 2]
