"""Stock events as producers write them, and every reason to refuse one."""

import json
import random
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import STRUCTURED, Unreadable, read_envelope
from schemas.inventory import MAX_NAME, MAX_QUANTITY, MAX_SEQUENCE, StockMessage, counter, read_stock_message, whole
from tests.controls.stock import LEVEL, MOVED, structured

MOVED_TYPE = "inventory.moved.v1"


def read(body: bytes) -> StockMessage:
    return read_stock_message(read_envelope(body, {}, STRUCTURED))


def level(**changes: Any) -> bytes:
    return structured(LEVEL | changes)


def refusal(body: bytes) -> str:
    with pytest.raises(Unreadable) as raised:
        read(body)
    assert str(raised.value)
    return raised.value.reason


def with_raw(body: bytes, raw: str) -> bytes:
    """The body with `"@"` replaced by JSON that no encoder would write."""
    return body.replace(b'"@"', raw.encode())


def test_a_level_is_read_with_all_its_quantities() -> None:
    message = read(level(allocated=1, ordered=2, received=3, picked=4, held=5, command_id="ask-1"))
    q = message.quantities
    assert (q.available, q.allocated, q.ordered, q.received, q.picked, q.held) == (7, 1, 2, 3, 4, 5)
    assert (message.is_level, message.kind, message.command_id) == (True, "level", "ask-1")
    assert (message.sequence, message.epoch, message.time) == (11, 0, datetime(2026, 3, 1, 9, tzinfo=UTC))


def test_a_movement_is_read_with_what_is_absent_as_nothing() -> None:
    message = read(structured(MOVED, MOVED_TYPE, epoch=2))
    assert (message.quantities.available, message.quantities.held) == (-2, 0)
    assert (message.is_level, message.kind, message.epoch, message.command_id) == (False, "picked", 2, None)


@pytest.mark.parametrize("written", [7, "7", "7.0", 7.0, "7e0", "+7"])
def test_a_quantity_may_be_a_number_or_a_decimal_string(written: object) -> None:
    assert read(level(available=written)).quantities.available == 7


@pytest.mark.parametrize("sku", ["0042", "a b", "A/1", "ß-ü", "😀", " 1 ", "x'; drop", "null", "\\", '"'])
def test_a_sku_is_opaque_and_arrives_as_it_was_sent(sku: str) -> None:
    assert read(level(sku=sku)).sku == sku


@pytest.mark.parametrize("sequence", [11, "11", "0011"])
def test_a_sequence_is_digits_and_compared_as_an_integer(sequence: object) -> None:
    assert read(structured(LEVEL, sequence=sequence)).sequence == 11


def test_unknown_fields_are_allowed() -> None:
    assert read(level(bin="A-17", extra={"a": [1]})).quantities.available == 7


def test_a_field_that_stands_twice_is_refused() -> None:
    body = structured(LEVEL).replace(b'"available": 7', b'"available": 7, "available": 8')
    assert refusal(body) == "malformed"


@pytest.mark.parametrize("name", ["account", "warehouse", "sku", "available"])
def test_a_level_that_lacks_a_required_field_is_refused(name: str) -> None:
    data = {field: value for field, value in LEVEL.items() if field != name}
    assert refusal(structured(data)) == "invalid_data"


@pytest.mark.parametrize("name", ["account", "warehouse", "sku", "delta", "kind"])
def test_a_movement_that_lacks_a_required_field_is_refused(name: str) -> None:
    data = {field: value for field, value in MOVED.items() if field != name}
    assert refusal(structured(data, MOVED_TYPE)) == "invalid_data"


@pytest.mark.parametrize("value", ["", "x" * (MAX_NAME + 1), "a\x00", 5, None, ["A"]])
@pytest.mark.parametrize("name", ["account", "warehouse", "sku"])
def test_a_name_is_text_of_bounded_length_without_nul(name: str, value: object) -> None:
    assert refusal(level(**{name: value})) == "invalid_data"


@pytest.mark.parametrize("value", ["x" * (MAX_NAME + 1), "a\x00", 5])
def test_a_command_id_is_text_of_bounded_length_without_nul(value: object) -> None:
    assert refusal(level(command_id=value)) == "invalid_data"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("1e999", "absurd_quantity"), ('"1e999"', "absurd_quantity"), ("1e9999999", "absurd_quantity"),
        ('"1e9999999"', "absurd_quantity"), ('"-1e9999999"', "absurd_quantity"), ('"NaN"', "absurd_quantity"),
        ('"sNaN"', "absurd_quantity"), ('"Infinity"', "absurd_quantity"), (str(MAX_QUANTITY + 1), "absurd_quantity"),
        (str(-MAX_QUANTITY - 1), "absurd_quantity"), ("1" * 400, "absurd_quantity"),
        ('"' + "1" * 5000 + '"', "absurd_quantity"), ("1" * 5000, "invalid_data"), ("1.5", "fractional_quantity"),
        ('"1.5"', "fractional_quantity"), ("1e-9", "fractional_quantity"), ('"1e-9999999"', "fractional_quantity"),
        ("-1", "negative_quantity"), ('"-1"', "negative_quantity"), ("true", "invalid_data"),
        ("null", "invalid_data"), ('""', "invalid_data"), ('"seven"', "invalid_data"), ("[7]", "invalid_data"),
        ("{}", "invalid_data"), ("NaN", "malformed"), ("Infinity", "malformed"), ("07", "malformed"),
        ("7,", "malformed"), ("[" * 100_000 + "]" * 100_000, "malformed"),
    ],
)  # fmt: skip
def test_a_quantity_that_cannot_be_believed_is_refused(written: str, reason: str) -> None:
    assert refusal(with_raw(level(available="@"), written)) == reason


@pytest.mark.parametrize("name", ["allocated", "ordered", "received", "picked", "held"])
def test_no_quantity_of_a_level_is_below_zero(name: str) -> None:
    assert refusal(level(**{name: -1})) == "negative_quantity"


def test_a_delta_may_be_negative_but_not_absurd_nor_split() -> None:
    for available, reason in ((-MAX_QUANTITY - 1, "absurd_quantity"), (0.5, "fractional_quantity")):
        assert refusal(structured(MOVED | {"delta": {"available": available}}, MOVED_TYPE)) == reason


@pytest.mark.parametrize("delta", [None, [], 5, "1", {"available": {}}, {"held": True}])
def test_a_delta_of_the_wrong_type_is_refused(delta: object) -> None:
    assert refusal(structured(MOVED | {"delta": delta}, MOVED_TYPE)) == "invalid_data"


@pytest.mark.parametrize("kind", ["stolen", "", None, 5])
def test_a_kind_of_movement_that_the_contract_does_not_name_is_refused(kind: object) -> None:
    assert refusal(structured(MOVED | {"kind": kind}, MOVED_TYPE)) == "invalid_data"


@pytest.mark.parametrize("data", [[], 5, "text", True])
def test_data_that_is_no_object_is_refused(data: object) -> None:
    assert refusal(structured(data)) == "invalid_data"


@pytest.mark.parametrize("type_", ["inventory.level", "inventory.level.v2", "despatch.completed.v1", "x\x00"])
def test_another_type_is_refused(type_: str) -> None:
    assert refusal(structured(LEVEL, type_)) == "unknown_type"


def test_an_event_without_time_is_refused() -> None:
    assert refusal(structured(LEVEL, time=None)) == "invalid_envelope"


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1969-12-31T23:00:00Z"]
)
def test_a_time_at_the_end_of_the_calendar_is_a_clock_that_was_never_set(time: str) -> None:
    assert refusal(structured(LEVEL, time=time)) == "absurd_time"


@pytest.mark.parametrize("value", ["", "-1", "+1", " 1", "1.0", "1_0", "٣", "x", "9" * 21])
@pytest.mark.parametrize("name", ["sequence", "epoch"])
def test_a_counter_is_nothing_but_digits(name: str, value: str) -> None:
    assert refusal(structured(LEVEL, **{name: value})) == "invalid_envelope"


def test_a_sequence_that_is_missing_is_refused() -> None:
    assert refusal(structured(LEVEL, sequence=None)) == "invalid_envelope"


@pytest.mark.parametrize("value", [-1, MAX_SEQUENCE, 10**40, "9" * 20])
def test_a_counter_beyond_reckoning_is_refused(value: int | str) -> None:
    assert refusal(structured(LEVEL, sequence=value)) == "absurd_sequence"
    with pytest.raises(Unreadable):
        counter(value, "epoch")


def test_data_in_binary_mode_is_checked_the_same() -> None:
    headers = {
        "cloudEvents_id": "e1", "cloudEvents_source": "/s", "cloudEvents_type": "inventory.level.v1",
        "cloudEvents_time": "2026-03-01T09:00:00Z", "cloudEvents_sequence": "11",
    }  # fmt: skip
    assert read_stock_message(read_envelope(json.dumps(LEVEL).encode(), headers, "")).sku == "0042-b"
    for body in (b"", b"{", b'{"x":' * 100_000, b"[" * 100_000 + b"]" * 100_000):
        with pytest.raises(Unreadable):
            read_stock_message(read_envelope(body, headers, "application/json"))


@given(st.decimals() | st.integers())
def test_any_number_is_a_whole_quantity_or_refused(value: Decimal | int) -> None:
    try:
        assert abs(whole(value)) <= MAX_QUANTITY
    except Unreadable as error:
        assert error.reason in {"absurd_quantity", "fractional_quantity"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.decimals().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from([*LEVEL, *MOVED, "held", "command_id", "reason"])


@given(st.dictionaries(fields, json_values, max_size=3), st.sampled_from(["inventory.level.v1", MOVED_TYPE]))
def test_any_data_at_all_is_read_or_refused(changes: dict[str, object], type_: str) -> None:
    try:
        assert read(structured(LEVEL | MOVED | changes, type_)).sku
    except Unreadable as error:
        assert error.reason


@pytest.mark.parametrize("seed", range(5))
def test_any_damage_to_the_bytes_is_read_or_refused(seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    whole_body = structured(MOVED, MOVED_TYPE, epoch=3, extra="ü")
    for _ in range(1000):
        body = bytearray(whole_body)
        for _ in range(chance.randint(1, 4)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        damaged = bytes(body[: chance.randint(1, len(body))]) if chance.random() < 0.3 else bytes(body)
        try:
            assert read(damaged).sequence >= 0
        except Unreadable as error:
            assert error.reason
