"""A batch of stock deliveries: which can be read, which are parked, and which SKUs that puts in doubt.

Pure steps that `daemon/consumer.py` calls in order: `read` each delivery, `decide_all` over the books.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from handlers.alerts import AlertKind
from handlers.notes import Announce, Note, RaiseAlert
from handlers.stock_state import WENT_BACK
from schemas.envelope import Unreadable, read_envelope
from schemas.inventory import StockMessage, read_stock_message
from schemas.terms import Account, CommandId, Sku, Warehouse

PARTITION_KEY = "partitionkey"

READ_SOURCE = "clarus:"
"""How the source begins of a SKU that we read ourselves: nobody on the bus is asked for its level."""


class Read(msgspec.Struct, frozen=True, gc=False):
    """A delivery that could be read. `keyed` is False where the producer left out the partition key."""

    message: StockMessage
    keyed: bool


def read(body: bytes, headers: Mapping[str, object], content_type: str, max_body: int) -> Read:
    """Raises Unreadable with a reason for everything that cannot be believed."""
    message = read_stock_message(read_envelope(body, headers, content_type, max_body))
    key = headers.get(PARTITION_KEY)
    if key is None:
        return Read(message, keyed=False)
    if isinstance(key, bytes | bytearray):
        key = bytes(key).decode("utf-8", "replace")
    if key != f"{message.account}/{message.sku}":
        told = f"{message.account}/{message.sku}"
        raise Unreadable("partition_key_mismatch", f"partitionkey is {key!r}, the data is about {told!r}")
    return Read(message, keyed=True)


class _Named(msgspec.Struct, frozen=True):
    """As much of an event's data as says whose it is."""

    account: Account
    sku: Sku


_named = msgspec.json.Decoder(_Named)


def named_by(headers: Mapping[str, object], body: bytes = b"", content_type: str = "") -> list[tuple[Account, Sku]]:
    """Whose event a message that is parked may have been: what its key says, and what its data says.

    A key that the data belies, or a message without one, must not hide the SKU that has lost an event.
    """
    by_key, by_data = _named_by_key(headers), _named_by_data(headers, body, content_type)
    return [*by_key, *(name for name in by_data if name not in by_key)]


def _named_by_data(headers: Mapping[str, object], body: bytes, content_type: str) -> list[tuple[Account, Sku]]:
    try:
        named = _named.decode(read_envelope(body, headers, content_type).data)
    except (Unreadable, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    return [] if "\x00" in named.account + named.sku else [(named.account, named.sku)]


def _named_by_key(headers: Mapping[str, object]) -> list[tuple[Account, Sku]]:
    """Every way to cut the partition key at a slash."""
    key = headers.get(PARTITION_KEY)
    if isinstance(key, bytes | bytearray):
        key = bytes(key).decode("utf-8", "replace")
    if not isinstance(key, str) or "\x00" in key or len(key) > 500:
        return []
    cuts = [place for place, character in enumerate(key) if character == "/"]
    return [(Account(key[:cut]), Sku(key[cut + 1 :])) for cut in cuts[:8]]


def level_request(command_id: CommandId, account: Account, warehouse: Warehouse, sku: Sku, reason: str) -> Announce:
    """The message that asks the warehouse for a fresh level. The same id on every repeat."""
    return Announce(
        exchange="goodsout.commands",
        routing_key="inventory.level_request",
        type="inventory.level_request.v1",
        message_id=command_id,
        data={"command_id": command_id, "account": account, "warehouse": warehouse, "sku": sku, "reason": reason},
    )


def is_read(source: str) -> bool:
    """Whether levels of this source are read by us, rather than sent by a producer on the bus."""
    return source.startswith(READ_SOURCE)


def doubt_alerts(account: Account, warehouse: Warehouse, sku: Sku, source: str, reason: str) -> list[Note]:
    """Doubts that need a person, because no fresh level will explain them."""
    where = f"{account}/{warehouse}/{sku}"
    if reason == WENT_BACK:
        text = f"{source} sends lower sequence numbers with newer times for {where}: its counter went back"
        return [RaiseAlert(AlertKind.COUNTER_WENT_BACK, f"{account}/{warehouse}/{source}", where, text)]
    if reason == "second_source":
        text = f"{source} sends stock of {where}, which belongs to another source; its messages are parked"
        return [RaiseAlert(AlertKind.SECOND_SOURCE, f"{account}/{warehouse}/{source}", where, text)]
    return []


def unkeyed_alerts(sources: Iterable[str]) -> list[Note]:
    """One alert per source that leaves out the partition key."""
    return [
        RaiseAlert(
            AlertKind.NO_PARTITION_KEY,
            source,
            source,
            f"{source} publishes stock events without the AMQP header `partitionkey`: they share one partition",
        )
        for source in sources
    ]


def answered(messages: Sequence[StockMessage]) -> list[CommandId]:
    return [message.command_id for message in messages if message.command_id is not None]
