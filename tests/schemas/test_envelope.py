"""CloudEvents in both modes, and everything that makes one unreadable."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import (
    MAX_ATTRIBUTE,
    MAX_BODY,
    STRUCTURED,
    CloudEvent,
    Unreadable,
    attribute,
    read_envelope,
    write_event,
)
from tests.controls.stock import LEVEL, SOURCE, structured

BINARY = {
    "cloudEvents_id": "e1", "cloudEvents_source": SOURCE, "cloudEvents_type": "inventory.level.v1",
    "cloudEvents_time": "2026-03-01T09:00:00Z", "cloudEvents_sequence": "11", "cloudEvents_specversion": "1.0",
}  # fmt: skip
NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
DEEP = b'{"x":' * 100_000 + b"1" + b"}" * 100_000


def refusal(body: bytes, headers: dict[str, object] | None = None, content_type: str = STRUCTURED) -> Unreadable:
    with pytest.raises(Unreadable) as raised:
        read_envelope(body, headers or {}, content_type)
    assert str(raised.value)
    return raised.value


def test_structured_mode_is_read() -> None:
    envelope = read_envelope(structured(LEVEL), {}, f"{STRUCTURED}; charset=utf-8")
    assert (envelope.id, envelope.source, envelope.sequence, envelope.time) == ("e1", SOURCE, "11", NINE)
    assert json.loads(bytes(envelope.data)) == LEVEL


@pytest.mark.parametrize("prefix", ["cloudEvents_", "cloudEvents:"])
def test_binary_mode_is_read_with_either_prefix(prefix: str) -> None:
    headers = {name.replace("cloudEvents_", prefix): value for name, value in BINARY.items()}
    envelope = read_envelope(json.dumps(LEVEL).encode(), headers, "application/json")
    assert (envelope.id, envelope.sequence, envelope.time) == ("e1", "11", NINE)


def test_binary_attributes_may_come_as_bytes_numbers_or_times() -> None:
    headers = BINARY | {"cloudEvents_id": b"e1", "cloudEvents_sequence": 11, "cloudEvents_time": NINE}
    envelope = read_envelope(b"{}", headers, "application/json")
    assert (envelope.id, envelope.sequence, envelope.time) == ("e1", 11, NINE)


def test_without_headers_and_content_type_the_body_is_taken_as_structured() -> None:
    assert read_envelope(structured(LEVEL), {}, "").id == "e1"


def test_unknown_attributes_are_allowed() -> None:
    assert read_envelope(structured(LEVEL, traceparent="00-1", sampledrate=3), {}, STRUCTURED).id == "e1"


def test_a_name_that_stands_twice_is_malformed_for_nobody_can_say_which_counts() -> None:
    body = structured(LEVEL).replace(b'"id": "e1"', b'"id": "e1", "id": "e2"')
    assert refusal(body).reason == "malformed"


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{", b"nonsense", structured(LEVEL)[:-1], structured(LEVEL)[: len(structured(LEVEL)) // 2],
        structured(LEVEL) + b"x", b"\xef\xbb\xbf" + structured(LEVEL), b"\x00", b"\xff\xfe",
        structured(LEVEL).replace(b"0042-b", b"0042-\xff"),
        structured(LEVEL, note="@").replace(b"@", b"\xc3"),
        structured(LEVEL).replace(b'"e1"', b'"\xed\xa0\x80"'),
        structured(LEVEL).replace(b'"e1"', b'"\\ud800"'),
        structured(LEVEL).replace(b'"e1"', b"NaN"),
        DEEP,
        structured(LEVEL).replace(b'"data"', b'"deep": ' + b"[" * 100_000 + b"]" * 100_000 + b', "data"'),
    ],
)  # fmt: skip
def test_what_is_not_json_in_utf_8_is_malformed(body: bytes) -> None:
    assert refusal(body).reason == "malformed"


@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"text"', b"true", b"{}", b"[" * 100_000])
def test_json_that_is_no_event_is_an_invalid_envelope(body: bytes) -> None:
    assert refusal(body).reason == "invalid_envelope"


@pytest.mark.parametrize("name", ["id", "source", "data"])
def test_a_required_attribute_that_is_missing_is_named(name: str) -> None:
    event = json.loads(structured(LEVEL))
    del event[name]
    error = refusal(json.dumps(event).encode())
    assert error.reason == "invalid_envelope"
    assert name in str(error)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", 5), ("id", ""), ("id", "x" * (MAX_ATTRIBUTE + 1)), ("id", "a\x00b"), ("source", ["/wms"]),
        ("source", ""), ("source", "\x00"), ("type_", {}), ("type_", ""), ("time", 5), ("time", "yesterday"),
        ("time", "2026-02-30T00:00:00Z"), ("time", "2026-03-01T09:00:00"), ("sequence", 1.5), ("sequence", [1]),
        ("sequence", True), ("epoch", 1.5), ("epoch", {}),
    ],
)  # fmt: skip
def test_an_attribute_of_the_wrong_kind_is_an_invalid_envelope(name: str, value: object) -> None:
    assert refusal(structured(LEVEL, **{name: value})).reason == "invalid_envelope"  # type: ignore[arg-type]  # any


def test_another_version_of_cloud_events_is_refused() -> None:
    assert refusal(structured(LEVEL, specversion="0.3")).reason == "unknown_version"


def test_a_body_above_the_limit_is_not_read_at_all() -> None:
    error = refusal(b"x" * (MAX_BODY + 1))
    assert error.reason == "oversize"
    assert str(MAX_BODY) in str(error)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cloudEvents_id", 5), ("cloudEvents_id", None), ("cloudEvents_id", object()), ("cloudEvents_source", {}),
        ("cloudEvents_time", "soon"), ("cloudEvents_time", float("nan")), ("cloudEvents_time", 1e300),
        ("cloudEvents_time", datetime(2026, 3, 1)), ("cloudEvents_sequence", 5.5),  # noqa: DTZ001
        ("cloudEvents_epoch", None), ("cloudEvents_type", b""),
    ],
)  # fmt: skip
def test_a_header_of_the_wrong_kind_is_an_invalid_envelope(name: str, value: object) -> None:
    assert refusal(b"{}", BINARY | {name: value}, "application/json").reason == "invalid_envelope"


def test_a_binary_message_without_its_type_is_refused() -> None:
    headers: dict[str, object] = {name: value for name, value in BINARY.items() if name != "cloudEvents_type"}
    assert "type" in str(refusal(b"{}", headers, "application/json"))


def test_an_attribute_is_found_in_the_headers_when_the_body_cannot_be_read() -> None:
    assert attribute({"cloudEvents:id": b"e1"}, "id") == "e1"
    assert attribute({"cloudEvents_id": 5}, "id") is None


def test_what_we_write_we_can_read() -> None:
    body = write_event(CloudEvent("e1", SOURCE, "stock.level.v1", NINE, {"a": 1}, sequence="3"))
    envelope = read_envelope(body, {}, STRUCTURED)
    assert (envelope.id, envelope.sequence, envelope.time, envelope.specversion) == ("e1", "3", NINE, "1.0")
    assert json.loads(body)["specversion"] == "1.0"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["id", "source", "type", "time", "sequence", "epoch", "specversion", "data", "other"])


@given(st.binary(max_size=60))
def test_any_bytes_at_all_are_read_or_refused(body: bytes) -> None:
    assert refusal(body).reason in {"malformed", "invalid_envelope"}


@given(st.dictionaries(names, json_values))
def test_any_event_at_all_is_read_or_refused(event: dict[str, object]) -> None:
    body = json.dumps({"id": "e1", "source": "/s", "type": "t", "data": {}} | event).encode()
    try:
        assert read_envelope(body, {}, STRUCTURED).id
    except Unreadable as error:
        assert error.reason


header_values = json_values | st.binary(max_size=5) | st.datetimes() | st.decimals()


@given(st.dictionaries(names.map("cloudEvents_".__add__), header_values), st.binary(max_size=10))
def test_any_headers_at_all_are_read_or_refused(headers: dict[str, object], body: bytes) -> None:
    try:
        assert read_envelope(body, BINARY | headers, "application/json").id
    except Unreadable as error:
        assert error.reason
