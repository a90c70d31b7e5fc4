"""THE TABLE: message -> queue -> handler -> dead letter.

Everything that the bus must have, as values. Declaring it is a loop in `bus/`; `goodsout topology` prints it.
To find a flow: its row in `ROUTES`, then the handler named there, then `tests/handlers/test_<that file>.py`.

`clarus` is the producers' exchange and is declared plain, so that any producer may declare it too. Behind it,
`goodsout.intake` receives everything, and what no row names falls through to `goodsout.unroutable`. `channels` is for
what carries channels' own notices here: whoever may publish there has no say over stock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PARTITIONS = 8
"""Fixed for good: another number maps SKUs to other queues, and order is kept only within a queue."""

DELIVERY_LIMIT = 20
"""Crashes count as deliveries, so the limit stands well above the crashes to be expected."""


@dataclass(frozen=True, slots=True)
class Exchange:
    name: str
    kind: Literal["topic", "fanout", "x-consistent-hash"] = "topic"
    arguments: Mapping[str, object] = field(default_factory=dict[str, object])
    hidden: bool = False
    """Ours alone: no producer or consumer outside the daemon may rely on it."""


@dataclass(frozen=True, slots=True)
class Queue:
    name: str
    arguments: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Binding:
    source: str
    target: str
    key: str
    to: Literal["queue", "exchange"] = "queue"


@dataclass(frozen=True, slots=True)
class Topology:
    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table: a routing key, where it waits, who decides, where it goes if it can't."""

    key: str
    queue: str
    handler: str
    says: str
    exchange: str = "clarus"


CLARUS = "clarus"
CHANNELS = "channels"
INTAKE = "goodsout.intake"
UNROUTABLE = "goodsout.unroutable"
PARTITIONED = "goodsout.stock-partitions"
COMMANDS = "goodsout.commands"
STOCK = "goodsout.stock"
OUTCOMES = "goodsout.outcomes"
LABELS = "goodsout.labels"
FINANCE = "goodsout.finance"
ALERTS = "goodsout.alerts"
DEAD_LETTERS = "goodsout.dead-letters"
BROKEN = "goodsout.broken"

STOCK_QUEUES = tuple(f"goodsout.stock.v1.{partition}" for partition in range(PARTITIONS))
STOCK_QUEUE = "goodsout.stock.v1.*"
DESPATCH_QUEUE = "goodsout.despatch.v1"
ORDER_QUEUE = "goodsout.orders.v1"
ANSWER_QUEUE = "goodsout.answers.v1"
CHANGE_QUEUE = "goodsout.changes.v1"
UNROUTABLE_QUEUE = "goodsout.unroutable.v1"
BROKEN_QUEUE = "goodsout.broken.v1"

ROUTES = (
    Route("inventory.level", STOCK_QUEUE, "stock_stream", "the absolute balance of a SKU in a warehouse"),
    Route("inventory.moved", STOCK_QUEUE, "stock_stream", "one movement of stock"),
    Route("despatch.packed", DESPATCH_QUEUE, "despatches", "packing is final, the parcel has not left"),
    Route("despatch.completed", DESPATCH_QUEUE, "despatches", "parcels have left: told to the channel"),
    Route("despatch.undone", DESPATCH_QUEUE, "despatches", "a despatch was taken back"),
    Route("order.allocated", ORDER_QUEUE, "order_standing", "where an order stands"),
    Route("order.part_allocated", ORDER_QUEUE, "order_standing", "where an order stands"),
    Route("order.picking", ORDER_QUEUE, "order_standing", "where an order stands"),
    Route("order.completed", ORDER_QUEUE, "order_standing", "where an order stands"),
    Route("order.cancelled", ORDER_QUEUE, "order_standing", "where an order stands"),
    Route("command.accepted", ANSWER_QUEUE, "command_answers", "the warehouse took a command"),
    Route("command.refused", ANSWER_QUEUE, "command_answers", "the warehouse refused a command"),
    Route("amazon.order_change", CHANGE_QUEUE, "channel_notices", "Amazon says that an order changed", CHANNELS),
)


def _lasting(*, single_active: bool = False) -> dict[str, object]:
    """Quorum, an explicit delivery limit, and a dead-letter exchange that loses nothing on the way."""
    arguments: dict[str, object] = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": BROKEN,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    return arguments | ({"x-single-active-consumer": True} if single_active else {})


def _last_stop() -> dict[str, object]:
    """The queue of what the broker gave up on: its consumer only writes a row, so it needs no limit of its own."""
    return {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000}


def _notices() -> dict[str, object]:
    """Copies for people and tools to read; the tables are the truth, so the oldest may fall off."""
    return {"x-queue-type": "quorum", "x-max-length": 100_000}


TOPOLOGY = Topology(
    exchanges=(
        Exchange(CLARUS),
        Exchange(CHANNELS, arguments={"alternate-exchange": UNROUTABLE}),
        Exchange(INTAKE, arguments={"alternate-exchange": UNROUTABLE}, hidden=True),
        Exchange(UNROUTABLE, kind="fanout", hidden=True),
        Exchange(PARTITIONED, kind="x-consistent-hash", arguments={"hash-header": "partitionkey"}, hidden=True),
        Exchange(BROKEN, hidden=True),
        Exchange(COMMANDS),
        Exchange(STOCK),
        Exchange(OUTCOMES),
        Exchange(LABELS),
        Exchange(FINANCE),
        Exchange(ALERTS),
        Exchange(DEAD_LETTERS),
    ),
    queues=(
        *(Queue(name, _lasting(single_active=True)) for name in STOCK_QUEUES),
        Queue(DESPATCH_QUEUE, _lasting()),
        Queue(ORDER_QUEUE, _lasting()),
        Queue(ANSWER_QUEUE, _lasting()),
        Queue(CHANGE_QUEUE, _lasting()),
        Queue(UNROUTABLE_QUEUE, _lasting()),
        Queue(BROKEN_QUEUE, _last_stop()),
        Queue(ALERTS, _notices()),
        Queue(DEAD_LETTERS, _notices()),
    ),
    bindings=(
        Binding(CLARUS, INTAKE, "#", to="exchange"),
        Binding(INTAKE, PARTITIONED, "inventory.level", to="exchange"),
        Binding(INTAKE, PARTITIONED, "inventory.moved", to="exchange"),
        *(Binding(PARTITIONED, name, "1") for name in STOCK_QUEUES),
        *(
            Binding(INTAKE if route.exchange == CLARUS else route.exchange, route.queue, route.key)
            for route in ROUTES
            if route.queue != STOCK_QUEUE
        ),
        Binding(UNROUTABLE, UNROUTABLE_QUEUE, ""),
        Binding(BROKEN, BROKEN_QUEUE, "#"),
        Binding(ALERTS, ALERTS, "#"),
        Binding(DEAD_LETTERS, DEAD_LETTERS, "#"),
    ),
)
