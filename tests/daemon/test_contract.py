"""The contract that producers rely on is the one that the code keeps."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

from daemon.contract import FILE, MESSAGES, as_yaml, document
from daemon.topology import ROUTES, TOPOLOGY
from schemas.envelope import CloudEvent, write_event
from schemas.outgoing import AlertData, StockEntry
from schemas.terms import Account, Sku, Warehouse

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
CONTRACT = json.loads(json.dumps(document()))


def faults(name: str, event: Any) -> list[str]:
    schema = CONTRACT["components"]["messages"][name]["payload"] | {"components": CONTRACT["components"]}
    return [error.message for error in Draft202012Validator(schema).iter_errors(event)]


def test_the_committed_contract_is_what_the_code_generates() -> None:
    assert FILE.read_text() == as_yaml(document()), "run: python -m daemon.contract"


def test_the_committed_contract_reads_as_yaml() -> None:
    assert yaml.safe_load(FILE.read_text()) == CONTRACT


def test_every_reference_leads_somewhere() -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(CONTRACT)):
        place = CONTRACT
        for step in reference.split("/"):
            place = place[step]
        assert place


def test_every_message_of_the_table_and_every_exchange_of_ours_is_in_the_contract() -> None:
    assert {route.key for route in ROUTES} == {one.key for one in MESSAGES if one.action == "receive"}
    assert {one.name for one in TOPOLOGY.exchanges if not one.hidden} == {one.exchange for one in MESSAGES}


def level(**data: object) -> dict[str, object]:
    return {
        "specversion": "1.0", "id": "e1", "source": "/clarus", "type": "inventory.level.v1", "sequence": "17",
        "time": AT.isoformat(), "data": {"account": "ACME", "warehouse": "W1", "sku": "0042"} | data,
    }  # fmt: skip


@pytest.mark.parametrize("available", [5, 5.0, "5"])
def test_a_quantity_may_be_a_number_or_a_decimal_string(available: object) -> None:
    assert faults("inventory_level", level(available=available, a_field_of_theirs={"x": 1})) == []


def test_a_level_without_what_is_available_breaks_the_contract() -> None:
    assert faults("inventory_level", level()) == ["'available' is a required property"]


def test_what_we_publish_keeps_our_own_contract() -> None:
    entry = StockEntry(
        account=Account("ACME"), warehouse=Warehouse("W1"), sku=Sku("0042"), number=1, sequence="17", epoch=0,
        kind="level", event_id="e1", occurred_at=AT,
        available=5, allocated=0, ordered=0, received=0, picked=0, held=0,
    )  # fmt: skip
    alert = AlertData(1, "carrier_unmapped", "c", "s", "error", "operations", "t", {}, AT)
    for name, type_, data in (("stock_level", "stock.level.v1", entry), ("alert_raised", "alert.raised.v1", alert)):
        event = CloudEvent(id="1", source="/goodsout", type=type_, time=AT, data=data, sequence="1")
        assert faults(name, msgspec.json.decode(write_event(event))) == []
