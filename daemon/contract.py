"""The bus contract as an AsyncAPI 3 document, made from the words and the table: `python -m daemon.contract`."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec

from daemon.topology import ALERTS, CLARUS, COMMANDS, DEAD_LETTERS, FINANCE, LABELS, OUTCOMES, ROUTES, STOCK
from schemas import order_commands, outgoing
from schemas.amazon_order_change import OrderChangeNotification
from schemas.despatch import DespatchData
from schemas.envelope import STRUCTURED
from schemas.inventory import LevelData, MovedData
from schemas.order import CommandAnswer, OrderStanding
from schemas.order_commands import OrderCommandData, OrderStopData
from schemas.outgoing import (
    AlertData,
    DeadLetterData,
    JournalData,
    LabelData,
    LabelVoidData,
    LevelRequestData,
    OutcomeData,
    StockEntry,
)

FILE: Final = Path(__file__).parents[1] / "docs" / "bus-contract.asyncapi.yaml"
VERSION: Final = "1.0.0"

INTRODUCTION: Final = """\
Messages are CloudEvents 1.0: structured JSON, or binary mode with the attributes in AMQP headers (`cloudEvents_id` or
`cloudEvents:id`, and so on). `source` and `id` together identify a message. `time` is when it happened. `type` is the
routing key with its version. Quantities are eaches, as numbers or decimal strings. SKUs are opaque text: leading
zeros, case and punctuation are part of the name. Unknown fields are allowed.

Every message on `clarus` carries the AMQP header `partitionkey`: `<account>/<sku>` for inventory, else
`<account>/<order_reference>`. `sequence` counts per (source, account, warehouse, SKU): a movement takes the next
number, a level carries the number of the last movement that it includes. `epoch` is raised when a counter starts
anew.

`channels` takes channels' own notices, as they are, as the data of an event: each is a hint to read, never a fact."""

Schema = dict[str, object]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the contract: where it is published, and the struct of its data."""

    exchange: str
    key: str
    event_type: str
    data: type[msgspec.Struct]
    says: str
    action: Literal["receive", "send"]
    """As this daemon sees it."""

    @property
    def name(self) -> str:
        return self.event_type.replace(".", "_").removesuffix("_v1")

    @property
    def counted(self) -> bool:
        """Whether it carries `sequence`."""
        return self.data in (LevelData, MovedData, StockEntry)


_DATA: Final[Mapping[str, type[msgspec.Struct]]] = {
    "inventory.level": LevelData,
    "inventory.moved": MovedData,
    "despatch": DespatchData,
    "order": OrderStanding,
    "command": CommandAnswer,
    "amazon.order_change": OrderChangeNotification,
}


def _data_of(key: str) -> type[msgspec.Struct]:
    return _DATA.get(key) or _DATA[key.split(".")[0]]


MESSAGES: Final = (
    *(
        Message(one.exchange, one.key, f"{one.key}.v1", _data_of(one.key), one.says, "receive")
        for one in ROUTES
    ),
    Message(
        COMMANDS, "inventory.level_request", outgoing.LEVEL_REQUEST, LevelRequestData,
        "asks for the level of a SKU; unanswered, it is sent again with the same id", "send",
    ),
    Message(
        COMMANDS, "order.create", order_commands.ORDER_CREATE, OrderCommandData,
        "an order to be sent; unanswered, it is sent again with the same id", "send",
    ),
    Message(
        COMMANDS, "order.amend", order_commands.ORDER_AMEND, OrderCommandData,
        "the same order as it is wanted now, whole", "send",
    ),
    Message(
        COMMANDS, "order.stop", order_commands.ORDER_STOP, OrderStopData,
        "nothing of an order is to leave; refused where it is too late", "send",
    ),
    Message(
        STOCK, "stock.{account}.{warehouse}", outgoing.STOCK_LEVEL, StockEntry,
        "the ordered stream of stock: at least once; readers drop numbers at or below their last", "send",
    ),
    Message(
        OUTCOMES, "{lane}.{outcome}", outgoing.OUTCOME, OutcomeData, "what became of a request to a partner", "send",
    ),
    Message(
        LABELS, "label.ready", outgoing.LABEL_READY, LabelData,
        "an order's label is bought and can be printed; its file, with a name on it, is had by a command", "send",
    ),
    Message(
        LABELS, "label.void", outgoing.LABEL_VOID, LabelVoidData,
        "an order's label was taken back: whoever has printed it must not use it", "send",
    ),
    Message(
        FINANCE, "journal.ready", outgoing.JOURNAL_READY, JournalData,
        "something for the ledger: a retailer's remittance, with what it pays and keeps back", "send",
    ),
    Message(ALERTS, "{severity}.{owner}.{kind}", outgoing.ALERT_RAISED, AlertData, "an alert was raised", "send"),
    Message(ALERTS, "{severity}.{owner}.{kind}", outgoing.ALERT_RESOLVED, AlertData, "its cause is gone", "send"),
    Message(
        DEAD_LETTERS, "{reason}.{origin}", outgoing.DEAD_LETTER, DeadLetterData,
        "a message was parked; the body is there only where its kind holds no buyer data", "send",
    ),
)  # fmt: skip


def document() -> Schema:
    """The whole contract."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "goodsout bus contract", "version": VERSION, "description": INTRODUCTION},
        "defaultContentType": STRUCTURED,
        "channels": {name: _channel(messages) for name, messages in _channels().items()},
        "operations": {_operation_name(one): _operation(one) for one in MESSAGES},
        "components": {"messages": {one.name: _message(one) for one in MESSAGES}, "schemas": _schemas()},
    }


def _channels() -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for one in MESSAGES:
        found.setdefault(_channel_name(one), []).append(one)
    return found


def _channel_name(message: Message) -> str:
    return re.sub(r"[^a-z_]+", "_", f"{message.exchange}_{message.key}".lower()).strip("_")


def _channel(messages: Sequence[Message]) -> Schema:
    first = messages[0]
    parameters = {name: {"description": f"the {name}, as one word"} for name in re.findall(r"\{(\w+)\}", first.key)}
    return {
        "address": first.key,
        "messages": {one.name: {"$ref": f"#/components/messages/{one.name}"} for one in messages},
        **({"parameters": parameters} if parameters else {}),
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": first.exchange, "type": "topic", "durable": True, "autoDelete": False},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _operation_name(message: Message) -> str:
    return f"{message.action}_{message.name}"


def _operation(message: Message) -> Schema:
    channel = _channel_name(message)
    return {
        "action": message.action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": message.says,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message.name}"}],
    }


def _message(message: Message) -> Schema:
    headers = {"partitionkey": {"type": "string", "description": "whose messages keep their order"}}
    keyed = message.exchange in (CLARUS, STOCK)
    return {
        "name": message.event_type,
        "summary": message.says,
        "contentType": STRUCTURED,
        **({"headers": {"type": "object", "required": ["partitionkey"], "properties": headers}} if keyed else {}),
        "payload": _event(message),
    }


def _event(message: Message) -> Schema:
    """The CloudEvent around the data."""
    text = {"type": "string", "minLength": 1}
    properties: Schema = {
        "specversion": {"const": "1.0"},
        "id": text,
        "source": text,
        "type": {"const": message.event_type},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"type": "string"},
        "data": {"$ref": f"#/components/schemas/{message.data.__name__}"},
    }
    if message.counted:
        counter = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]{1,19}$"}]}
        properties |= {"sequence": counter, "epoch": counter}
    required = ["specversion", "id", "source", "type", "data", *(["time", "sequence"] if message.counted else [])]
    return {"type": "object", "required": required, "properties": properties}


def _schemas() -> Schema:
    structs = dict.fromkeys(one.data for one in MESSAGES)
    _, found = msgspec.json.schema_components(
        structs, ref_template="#/components/schemas/{name}", schema_hook=_anything
    )
    return {name: _with_numbers(schema) for name, schema in sorted(found.items())}


def _anything(kind: type) -> Schema:
    """Data that belongs to somebody else: no shape is promised."""
    del kind
    return {"description": "any value"}


def _with_numbers(schema: object) -> object:
    """A decimal may be written as a JSON number too; msgspec names the string alone."""
    if isinstance(schema, list):
        return [inner for one in schema for inner in _number_or_text(_with_numbers(one))]
    if isinstance(schema, dict):
        return {name: _with_numbers(value) for name, value in schema.items()}
    return schema


def _number_or_text(schema: object) -> list[object]:
    if schema == {"type": "string", "format": "decimal"}:
        return [schema, {"type": "number"}]
    return [schema]


def as_yaml(value: object) -> str:
    """YAML in block style: scalars are written as JSON writes them, which YAML reads."""
    return "\n".join(_lines(value, "")) + "\n"


def _lines(value: object, indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _entry(f"{indent}{_key(str(name))}:", inner, indent)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _item(inner, indent)


def _entry(head: str, value: object, indent: str) -> Iterator[str]:
    if isinstance(value, dict | list | tuple) and value:
        yield head
        yield from _lines(value, indent + "  ")
    else:
        yield f"{head} {json.dumps(value, ensure_ascii=False)}"


def _item(value: object, indent: str) -> Iterator[str]:
    if isinstance(value, dict | list | tuple) and value:
        first, *rest = _lines(value, indent + "  ")
        yield f"{indent}- {first.strip()}"
        yield from rest
    else:
        yield f"{indent}- {json.dumps(value, ensure_ascii=False)}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else json.dumps(name)


def main() -> None:
    """Write the document to the file of the manual, or to standard output with `-`."""
    text = as_yaml(document())
    if "-" in sys.argv[1:]:
        sys.stdout.write(text)
    else:
        FILE.write_text(text)


if __name__ == "__main__":
    main()
