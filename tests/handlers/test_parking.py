"""What a parked row says of its message, and which bodies are sealed."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
import pytest

from handlers.parking import Parking, parking, replayable_headers, seal_subject

LEVEL = b'{"specversion":"1.0","id":"e1","source":"/clarus","type":"inventory.level.v1","data":{"account":"ACME"}}'
DESPATCH = b'{"specversion":"1.0","id":"e2","source":"/clarus","type":"despatch.completed.v1","data":{}}'


def parked(
    body: bytes = LEVEL, routing_key: str = "inventory.level", headers: Mapping[str, object] | None = None
) -> Parking:
    return parking(
        exchange="clarus",
        routing_key=routing_key,
        headers=headers or {},
        body=body,
        content_type="application/cloudevents+json",
        delivery_count=0,
        origin="goodsout.stock.v1.3",
        reason="invalid_data",
        detail="sku is missing",
    )


def test_a_parked_message_keeps_who_sent_it_and_how_to_find_it() -> None:
    row = parked(headers={"partitionkey": "ACME/0042"})
    assert (row.message_id, row.source, row.partition_key) == ("e1", "/clarus", "ACME/0042")
    assert row.body == LEVEL
    assert row.body_hash == hashlib.sha256(LEVEL).hexdigest()
    assert row.deliveries == 1


def test_a_binary_mode_message_that_cannot_be_read_is_still_known_by_its_headers() -> None:
    row = parked(
        b"\xff\xfe", headers={"cloudEvents_id": "e9", "cloudEvents:source": b"/clarus", "cloudEvents_type": ""}
    )
    assert (row.message_id, row.source) == ("e9", "/clarus")


def test_a_body_of_inventory_is_not_sealed() -> None:
    assert not parked().may_hold_buyer_data


@pytest.mark.parametrize(
    ("body", "routing_key"),
    [
        (DESPATCH, "despatch.completed"),
        (DESPATCH, "inventory.level"),
        (LEVEL, "despatch.completed"),
        (b"{not json", "inventory.level"),
        (b"\xff\x00", "inventory.level"),
        (b'{"specversion":"1.0","id":"e","source":"s","type":"something.new.v1","data":{}}', "something.new"),
        (b"[" * 100_000, "inventory.level"),
        (b'"' + b"x" * 2_000_000 + b'"', "inventory.level"),
        (b"", ""),
    ],
    ids=["despatch", "type-differs", "key-differs", "malformed", "bytes", "unknown", "deep", "oversize", "empty"],
)
def test_every_other_body_and_every_unreadable_one_is_sealed(body: bytes, routing_key: str) -> None:
    assert parked(body, routing_key).may_hold_buyer_data


def test_a_binary_body_that_is_not_json_is_sealed_whatever_its_headers_say() -> None:
    attributes = {"cloudEvents_id": "e", "cloudEvents_source": "s", "cloudEvents_type": "inventory.level.v1"}
    row = parking(
        exchange="clarus",
        routing_key="inventory.level",
        headers=attributes,
        body=b"Mrs Jones, 4 High Street",
        content_type="application/json",
        delivery_count=0,
        origin="q",
        reason="malformed",
        detail="",
    )
    assert row.may_hold_buyer_data


def test_a_body_is_sealed_for_its_order_so_that_erasing_the_order_erases_it() -> None:
    assert parked(DESPATCH, "despatch.completed", {"partitionkey": "ACME/ORDER-7"}).subject == "ACME/ORDER-7"


def test_a_body_without_a_partition_key_is_sealed_for_itself_alone() -> None:
    row = parked(DESPATCH, "despatch.completed")
    assert row.subject == seal_subject("", row.body_hash) == f"message:{row.body_hash}"


def test_texts_hold_nothing_that_the_database_refuses() -> None:
    row = parking(
        exchange="clarus",
        routing_key="inventory.\x00level",
        headers={"partitionkey": "A\x00/1", "half": "\ud800", "raw": b"\xff", "nested": {"a\x00": [b"\x00"]}},
        body=b"\x00",
        content_type="",
        delivery_count=3,
        origin="q",
        reason="malformed",
        detail="bad \x00 \ud83d byte",
    )
    stored = msgspec.json.encode(msgspec.structs.replace(row, body=b"")).decode()
    assert "\\u0000" not in stored
    assert "\\ud8" not in stored.lower()
    assert row.headers["raw"] == {"base64": "/w=="}
    assert row.deliveries == 4


def test_a_long_explanation_is_cut_and_a_long_trace_keeps_its_end() -> None:
    row = parking(
        exchange="clarus", routing_key="k", headers={}, body=b"", content_type="", delivery_count=0, origin="q",
        reason="broken", detail="d" * 9_000, trace="t" * 9_000 + "the error",
    )  # fmt: skip
    assert len(row.detail) == 2_000
    assert row.trace.endswith("the error")
    assert len(row.trace) == 8_000


def test_what_the_broker_gave_up_on_goes_back_to_where_it_was_first_published() -> None:
    row = parking(
        exchange="goodsout.broken",
        routing_key="despatch.completed",
        headers={"x-first-death-queue": "goodsout.despatch.v1", "x-first-death-exchange": "clarus"},
        body=DESPATCH,
        content_type="",
        delivery_count=0,
        origin="goodsout.broken.v1",
        reason="delivery_limit",
        detail="",
        given_up=True,
    )
    assert (row.exchange, row.origin) == ("clarus", "goodsout.despatch.v1")


def test_a_producer_cannot_forge_where_its_message_was_parked() -> None:
    row = parked(headers={"x-first-death-queue": "elsewhere", "x-first-death-exchange": "amq.topic"})
    assert (row.exchange, row.origin) == ("clarus", "goodsout.stock.v1.3")


def test_headers_nested_beyond_all_reason_are_cut_and_the_message_is_parked() -> None:
    table: dict[str, object] = {"a": "x"}
    for _ in range(900):
        table = {"a": [table]}
    row = parked(headers={"partitionkey": "ACME/0042", "deep": table})
    assert row.partition_key == "ACME/0042"
    assert b"nested deeper than is kept" in msgspec.json.encode(row.headers)


def test_a_replay_carries_the_producers_headers_and_none_of_the_brokers() -> None:
    row = parked(
        headers={
            "partitionkey": "ACME/0042",
            "attempts": 3,
            "when": datetime(2026, 3, 1, tzinfo=UTC),
            "x-death": [{"count": 2}],
            "x-delivery-count": 4,
            "x-first-death-reason": "rejected",
        }
    )
    assert replayable_headers(row.headers) == {
        "partitionkey": "ACME/0042",
        "attempts": "3",
        "when": "2026-03-01T00:00:00+00:00",
    }
