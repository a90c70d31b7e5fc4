"""What a webhook of Clarus is about, and what it is good for."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.clarus_hooks import Hint, Paths, Rules, judge, read_hint

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PATHS = Paths(("product.code", "data.product.code"), ("product.id",), ("id", "data.id"), ("created_at",))
RULES = Rules(lag=timedelta(seconds=60), age=timedelta(days=1))


def hint(**body: object) -> Hint:
    return read_hint(msgspec.json.encode(body), PATHS)


def test_the_first_path_that_is_there_counts() -> None:
    assert hint(id=7, product={"code": "00123"}, data={"product": {"code": "other"}}) == Hint("00123", "", "7")
    assert hint(data={"id": "x", "product": {"code": "A-1"}}) == Hint("A-1", "", "x")


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"not json", b"\xff\xfe", b'{"product": "text"}', b'{"product": {"code": {"deep": 1}}}',
     b'{"product": {"code": true}}', b'{"product": {"code": "A\\u0000"}}', b"[" * 100_000,
     msgspec.json.encode({"product": {"code": "x" * 201}})],
)  # fmt: skip
def test_a_body_that_says_nothing_is_read_as_nothing(body: bytes) -> None:
    assert read_hint(body, PATHS).sku == ""


@given(st.binary(max_size=200))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    assert isinstance(read_hint(body, PATHS), Hint)


def test_a_time_without_a_zone_is_no_time() -> None:
    assert hint(created_at="2026-11-21T12:00:00").time is None
    assert hint(created_at="2026-11-21T12:00:00Z").time == AT


def test_the_first_of_its_content_marks_its_product() -> None:
    assert judge(Hint("A"), None, AT, RULES) == "marked"


def test_content_with_its_own_time_is_one_event_however_often_it_comes() -> None:
    same = Hint("A", time=AT - timedelta(minutes=5))
    assert judge(same, AT - timedelta(hours=3), AT, RULES) == "duplicate"


def test_content_without_a_time_may_be_new_once_the_first_read_can_have_missed_it() -> None:
    assert judge(Hint("A"), AT - timedelta(seconds=59), AT, RULES) == "duplicate"
    assert judge(Hint("A"), AT - timedelta(seconds=60), AT, RULES) == "marked"


def test_what_states_an_old_time_is_a_replay_even_the_first_time() -> None:
    old = Hint("A", time=AT - timedelta(days=1, seconds=1))
    assert judge(old, None, AT, RULES) == "replayed"
    assert judge(old, AT - timedelta(hours=1), AT, RULES) == "replayed"


def test_what_names_no_product_is_unreadable() -> None:
    assert judge(Hint("", "17"), None, AT, RULES) == "unreadable"
