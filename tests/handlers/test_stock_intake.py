"""A delivery of stock: what can be read, whose it was when it cannot, and what is said about it."""

import pytest

from handlers.alerts import AlertKind
from handlers.notes import RaiseAlert
from handlers.stock_intake import answered, doubt_alerts, level_request, named_by, read, unkeyed_alerts
from handlers.stock_state import GAP, PARKED, WENT_BACK
from schemas.envelope import MAX_BODY, STRUCTURED, Unreadable
from schemas.terms import Account, CommandId, Sku, Warehouse
from tests.controls.stock import LEVEL, SOURCE, level, movement, structured

KEY = "ACME/0042-b"
WHERE = (Account("ACME"), Warehouse("LEEDS"), Sku("0042-b"))


def test_a_keyed_level_is_read() -> None:
    found = read(structured(LEVEL), {"partitionkey": KEY}, STRUCTURED, MAX_BODY)
    assert (found.keyed, found.message.sku, found.message.quantities.available) == (True, "0042-b", 7)


def test_a_partition_key_may_come_as_bytes() -> None:
    assert read(structured(LEVEL), {"partitionkey": KEY.encode()}, STRUCTURED, MAX_BODY).keyed


def test_a_message_without_partition_key_works_and_is_noticed() -> None:
    assert not read(structured(LEVEL), {}, STRUCTURED, MAX_BODY).keyed


@pytest.mark.parametrize("key", ["ACME/0042-B", "ACME", "", 42, b"\xff", ["ACME/0042-b"], True])
def test_a_partition_key_that_names_another_sku_is_refused(key: object) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(structured(LEVEL), {"partitionkey": key}, STRUCTURED, MAX_BODY)
    assert refusal.value.reason == "partition_key_mismatch"
    assert "0042-b" in str(refusal.value)


def test_whose_event_it_was_is_known_from_the_partition_key_alone() -> None:
    assert named_by({"partitionkey": KEY}) == [("ACME", "0042-b")]
    assert named_by({"partitionkey": KEY.encode()}) == [("ACME", "0042-b")]


def test_a_slash_in_a_name_leaves_every_way_to_cut_the_key() -> None:
    assert named_by({"partitionkey": "A/B/C"}) == [("A", "B/C"), ("A/B", "C")]


@pytest.mark.parametrize("key", [None, "", "ACME", 5, "A/\x00", "A/" + "x" * 500])
def test_a_key_that_names_nobody_puts_nobody_in_doubt(key: object) -> None:
    assert named_by({"partitionkey": key}) == []


def test_a_key_of_slashes_is_not_cut_without_bound() -> None:
    assert len(named_by({"partitionkey": "/" * 400})) == 8


def test_a_level_is_asked_for_by_a_command_with_its_id() -> None:
    request = level_request(CommandId("ask-1"), *WHERE, reason=GAP)
    assert (request.exchange, request.routing_key) == ("goodsout.commands", "inventory.level_request")
    assert request.message_id == request.data["command_id"] == "ask-1"
    assert (request.data["account"], request.data["warehouse"], request.data["sku"]) == WHERE


@pytest.mark.parametrize(
    ("reason", "kind"),
    [(WENT_BACK, AlertKind.COUNTER_WENT_BACK), ("second_source", AlertKind.SECOND_SOURCE)],
)
def test_a_doubt_that_no_level_explains_is_an_alert_per_source(reason: str, kind: AlertKind) -> None:
    [note] = doubt_alerts(*WHERE, SOURCE, reason)
    assert isinstance(note, RaiseAlert)
    assert note.kind is kind
    assert SOURCE in note.cause


@pytest.mark.parametrize("reason", [GAP, PARKED])
def test_a_doubt_that_a_level_will_settle_alerts_nobody(reason: str) -> None:
    assert doubt_alerts(*WHERE, SOURCE, reason) == []


def test_each_source_without_partition_key_is_one_alert() -> None:
    notes = [note for note in unkeyed_alerts(["/a", "/b"]) if isinstance(note, RaiseAlert)]
    assert [(note.kind, note.cause) for note in notes] == [
        (AlertKind.NO_PARTITION_KEY, "/a"),
        (AlertKind.NO_PARTITION_KEY, "/b"),
    ]


def test_the_requests_that_a_batch_answers_are_named() -> None:
    assert answered([level(1, 5), level(2, 5, command_id="ask-1"), movement(3)]) == ["ask-1"]
