"""Names that stand twice in one object, found cheaply and exactly."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.duplicate_keys import duplicate_key
from schemas.envelope import STRUCTURED, Unreadable, read_envelope

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"a": 1, "a": 2}', "a"),
        (b'{"a": 1, "\\u0061": 2}', "a"),
        (b'{"deep": [{"x": {"y": 1, "y": 1}}]}', "y"),
        (b'{"a:": 1, "a\\u003a": 2}', "a:"),
        (b'{"big": 123456789012345678901234567890, "b": 1, "b": 2}', "b"),
        (b'{"colon": "\\u003a", "c": 1, "c": 2}', "c"),
    ],
)
def test_a_name_that_stands_twice_is_found_at_any_depth_and_however_it_is_written(body: bytes, name: str) -> None:
    assert duplicate_key(body) == name


@pytest.mark.parametrize(
    "body",
    [
        b'{"lines": [{"sku": "A"}, {"sku": "B"}], "sku": "A"}',
        b'{"at": "10:00:00", "colon": "\\u003a"}',
        b'{"big": 123456789012345678901234567890, "far": 1e999}',
        b"not json",
    ],
)
def test_the_same_name_in_two_objects_is_no_fault(body: bytes) -> None:
    assert duplicate_key(body) is None


@given(values)
def test_what_a_dictionary_holds_never_stands_twice(value: object) -> None:
    assert duplicate_key(json.dumps(value).encode()) is None
    assert duplicate_key(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")) is None


@given(st.text(), values, values)
def test_a_name_written_twice_is_always_found(name: str, first: object, second: object) -> None:
    pair = f"{json.dumps(name)}: {json.dumps(first)}, {json.dumps(name)}: {json.dumps(second)}"
    assert duplicate_key(f'{{"outer": [{{{pair}}}]}}'.encode()) == name


def test_an_event_with_a_quantity_written_twice_is_malformed() -> None:
    data = '{"account": "acme", "warehouse": "W1", "sku": "A", "available": 5, "available": 500}'
    body = f'{{"specversion":"1.0","id":"e1","source":"/w","type":"inventory.level.v1","data":{data}}}'.encode()
    with pytest.raises(Unreadable, match="'available' stands twice") as refused:
        read_envelope(body, {}, STRUCTURED)
    assert refused.value.reason == "malformed"
