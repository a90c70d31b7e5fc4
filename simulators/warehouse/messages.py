"""Contract messages as a warehouse puts them on the wire, in either mode of CloudEvents."""

import json
import random
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

Mode = Literal["structured", "binary"]


class WireMessage(msgspec.Struct, frozen=True):
    """One message, ready for any transport."""

    exchange: str
    routing_key: str
    body: bytes
    headers: Mapping[str, str]
    message_id: str
    content_type: str = "application/cloudevents+json"
    key: tuple[str, str, str] = ("", "", "")
    """(account, warehouse, SKU) of a stock event, for those who judge the outcome; never on the wire."""
    sequence: int = 0


def stock_event(
    kind: str,
    source: str,
    data: dict[str, object],
    sequence: int,
    time: datetime,
    draw: random.Random,
    *,
    epoch: int = 0,
    mode: Mode = "structured",
) -> WireMessage:
    """`inventory.level` or `inventory.moved`, with the partition key that keeps a SKU's events together."""
    account, warehouse, sku = str(data["account"]), str(data["warehouse"]), str(data["sku"])
    more: dict[str, object] = {"sequence": str(sequence)}
    if epoch:
        more["epoch"] = epoch
    message = event(kind, source, data, f"{account}/{sku}", time, draw, more, mode)
    return msgspec.structs.replace(message, key=(account, warehouse, sku), sequence=sequence)


def event(
    kind: str,
    source: str,
    data: Mapping[str, object],
    partition_key: str,
    time: datetime,
    draw: random.Random,
    more: Mapping[str, object] | None = None,
    mode: Mode = "structured",
) -> WireMessage:
    """A CloudEvent. Ids come from the seed, so that a run can be repeated."""
    event_id = str(uuid.UUID(int=draw.getrandbits(128), version=4))
    attributes: dict[str, object] = {
        "specversion": "1.0", "id": event_id, "source": source, "type": f"{kind}.v1", "time": time.isoformat(),
        **(more or {}),
    }  # fmt: skip
    if mode == "binary":
        return _binary(kind, attributes, data, partition_key, event_id)
    body = {**attributes, "datacontenttype": "application/json", "data": data}
    return WireMessage("clarus", kind, json.dumps(body).encode(), {"partitionkey": partition_key}, event_id)


def _binary(
    kind: str, attributes: Mapping[str, object], data: Mapping[str, object], partition_key: str, event_id: str
) -> WireMessage:
    headers = {f"cloudEvents_{name}": str(value) for name, value in attributes.items()}
    body = json.dumps(data).encode()
    return WireMessage("clarus", kind, body, {**headers, "partitionkey": partition_key}, event_id, "application/json")
