"""Windows of orders overlap, wait for the channel's two minutes, and are resumed page by page."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers.order_window import Rules, after_page, begun_anew, first, next_at, window_of, with_window

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
RULES = Rules(
    every=timedelta(minutes=3),
    behind=timedelta(seconds=125),
    overlap=timedelta(minutes=5),
    look_back=timedelta(days=14),
    token_life=timedelta(hours=23),
)


def test_the_first_window_goes_back_as_far_as_is_wanted_and_ends_behind_the_present() -> None:
    cursor = with_window(first(NOW, RULES), NOW, RULES)
    assert cursor is not None
    window = window_of(cursor)
    assert window.changed_from == NOW - timedelta(days=14) - RULES.overlap
    assert window.changed_before == NOW - RULES.behind


def test_the_next_window_begins_before_the_end_of_the_last_and_not_too_early() -> None:
    cursor = with_window(first(NOW, RULES), NOW, RULES)
    assert cursor is not None
    done = after_page(cursor, "", NOW, RULES)
    assert with_window(done, NOW + RULES.every - timedelta(seconds=1), RULES) is None
    assert next_at(done, RULES) == NOW + RULES.every
    again = with_window(done, NOW + RULES.every, RULES)
    assert again is not None
    assert window_of(again).changed_from == window_of(cursor).changed_before - RULES.overlap


def test_a_page_leads_to_the_next_of_the_same_window() -> None:
    cursor = with_window(first(NOW, RULES), NOW, RULES)
    assert cursor is not None
    second = after_page(cursor, "more", NOW, RULES)
    assert window_of(second) == replace(window_of(cursor), token="more")
    assert with_window(second, NOW + timedelta(hours=22), RULES) == second
    assert second.pages == 1
    assert second.read_from == cursor.read_from, "nothing is read before the last page is"


def test_a_token_that_has_run_out_begins_the_window_anew() -> None:
    cursor = with_window(first(NOW, RULES), NOW, RULES)
    assert cursor is not None
    second = after_page(cursor, "more", NOW, RULES)
    assert with_window(second, NOW + timedelta(hours=23), RULES) == cursor
    assert begun_anew(second) == cursor


def test_a_token_that_leads_to_itself_ends_the_window() -> None:
    cursor = with_window(first(NOW, RULES), NOW, RULES)
    assert cursor is not None
    second = after_page(cursor, "more", NOW, RULES)
    assert after_page(second, "more", NOW, RULES).window_from is None


@given(st.lists(st.tuples(st.integers(0, 400_000), st.sampled_from(["", "a", "b"])), max_size=30))
def test_no_moment_is_ever_left_out(steps: list[tuple[int, str]]) -> None:
    now, cursor = NOW, first(NOW, RULES)
    read_to = cursor.read_from
    for seconds, token in steps:
        now += timedelta(seconds=seconds)
        begun = with_window(cursor, now, RULES)
        if begun is None:
            continue
        window = window_of(begun)
        assert window.changed_from <= read_to
        assert window.changed_before <= now - RULES.behind
        cursor = after_page(begun, token, now, RULES)
        if cursor.window_from is None:
            read_to = window.changed_before
        assert cursor.read_from == read_to
