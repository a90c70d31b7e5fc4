"""`order.*`: where an order stands in the warehouse; and `command.*`: the warehouse's answers."""

from decimal import Decimal
from typing import TypeVar

import msgspec

from schemas.envelope import Envelope, Unreadable
from schemas.terms import Account, CommandId, LineReference, OrderReference, Sku, Warehouse


class OrderLine(msgspec.Struct, frozen=True):
    """Progress in eaches: what is picked stays allocated. `stock_sequence`: the number with that allocation."""

    sku: Sku
    line_reference: LineReference | None = None
    ordered: int | Decimal | None = None
    allocated: int | Decimal | None = None
    picked: int | Decimal | None = None
    despatched: int | Decimal | None = None
    cancelled: int | Decimal | None = None
    warehouse: Warehouse | None = None
    stock_sequence: str | int | None = None


class OrderStanding(msgspec.Struct, frozen=True):
    """The whole order: a line that is left out has nothing set aside. Without lines, no quantity is said."""

    account: Account
    order_reference: OrderReference
    revision: int
    lines: tuple[OrderLine, ...] = ()


class CommandAnswer(msgspec.Struct, frozen=True):
    command_id: CommandId
    reason: str = ""


T = TypeVar("T")

_standing = msgspec.json.Decoder(OrderStanding)
_answer = msgspec.json.Decoder(CommandAnswer)


def read_order_standing(envelope: Envelope) -> OrderStanding:
    """Raises Unreadable."""
    standing = _decoded(_standing, envelope)
    if not 0 <= standing.revision < 2**31:
        raise Unreadable("invalid_data", f"revision {standing.revision} is outside 0 to 2^31")
    return standing


def read_command_answer(envelope: Envelope) -> CommandAnswer:
    """Raises Unreadable."""
    return _decoded(_answer, envelope)


def _decoded(decoder: "msgspec.json.Decoder[T]", envelope: Envelope) -> T:
    try:
        return decoder.decode(envelope.data)
    except msgspec.ValidationError as error:
        raise Unreadable("invalid_data", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("malformed", f"data is not JSON: {error}") from None
