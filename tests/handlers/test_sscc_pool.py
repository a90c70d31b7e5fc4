"""Codes of our own: one counter, no repeat within a year, none skipped."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.gs1 import fault
from handlers.sscc_pool import REST, Issued, Pool, StillInUse, candidates, is_low, issue
from tests.handlers.vendor_loads import NOW

SMALL = Pool("501234567890")
"""A prefix of twelve digits leaves 10,000 codes."""


def test_codes_follow_one_another_and_are_valid() -> None:
    issued = issue(Pool("5012345"), 41, ["carton/1", "carton/2"], {}, NOW)
    assert isinstance(issued, Issued)
    assert [code.sscc[:17] for code in issued.codes] == ["05012345000000041", "05012345000000042"]
    assert [code.subject for code in issued.codes] == ["carton/1", "carton/2"]
    assert all(fault("sscc", code.sscc) == "" for code in issued.codes)
    assert issued.issued == 43


def test_after_the_last_serial_the_first_comes_again_once_it_has_rested() -> None:
    first = candidates(SMALL, 0, 1)[0]
    assert candidates(SMALL, SMALL.size, 1) == [first]
    rested = issue(SMALL, SMALL.size, ["x"], {first: NOW - REST}, NOW)
    assert isinstance(rested, Issued)
    early = issue(SMALL, SMALL.size, ["x"], {first: NOW - REST + timedelta(seconds=1)}, NOW)
    assert isinstance(early, StillInUse)
    assert early.sscc == first
    assert early.free_at == NOW + timedelta(seconds=1)


def test_one_code_that_still_rests_stops_the_whole_request() -> None:
    third = candidates(SMALL, 0, 3)[2]
    assert isinstance(issue(SMALL, 0, ["a", "b", "c"], {third: NOW}, NOW), StillInUse)


def test_people_hear_when_little_of_a_round_is_left() -> None:
    assert not is_low(SMALL, 8_999)
    assert is_low(SMALL, 9_000)
    assert not is_low(SMALL, 10_000)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 200), st.integers(0, 200)), max_size=20))
def test_no_code_is_given_out_twice_within_a_year(requests: list[tuple[int, int]]) -> None:
    pool, counter, now = Pool("501234567890"), 9_800, NOW
    used = dict[str, object]()
    for n, days in requests:
        now += timedelta(days=days)
        wanted = candidates(pool, counter, n)
        issued = issue(pool, counter, [str(i) for i in range(n)], {c: used[c] for c in wanted if c in used}, now)  # type: ignore[misc]
        if isinstance(issued, StillInUse):
            continue
        for code in issued.codes:
            assert code.sscc not in used or now - used[code.sscc] >= REST  # type: ignore[operator]
            used[code.sscc] = now
        assert issued.issued == counter + n
        counter = issued.issued
