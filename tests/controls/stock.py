"""Examples of stock: messages, states and what reaches us over the wire, in as few words as a test needs."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.stock_state import StockState, asked, doubted
from handlers.stock_stream import Rules, Step, decide
from schemas.inventory import Quantities, StockMessage
from schemas.terms import Account, CommandId, Sku, Warehouse

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
SOURCE = "/wms/leeds"
RULES = Rules()
ASKED = CommandId("ask-1")

LEVEL: dict[str, Any] = {"account": "ACME", "warehouse": "LEEDS", "sku": "0042-b", "available": 7}
MOVED: dict[str, Any] = {
    "account": "ACME", "warehouse": "LEEDS", "sku": "0042-b", "delta": {"available": -2}, "kind": "picked",
}  # fmt: skip


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def movement(
    sequence: int, available: int = -1, *, time: datetime | None = None, epoch: int = 0, source: str = SOURCE
) -> StockMessage:
    """A movement; number n happened n seconds after AT unless `time` says otherwise."""
    return _message(sequence, available, time, epoch, source, None, is_level=False)


def level(
    sequence: int,
    available: int,
    *,
    time: datetime | None = None,
    epoch: int = 0,
    source: str = SOURCE,
    command_id: str | None = None,
) -> StockMessage:
    """A level that includes all up to `sequence`; half a second after it unless `time` says otherwise."""
    moment = later(sequence + 0.5) if time is None else time
    return _message(sequence, available, moment, epoch, source, command_id, is_level=True)


def _message(
    sequence: int, available: int, time: datetime | None, epoch: int, source: str, command_id: str | None, *,
    is_level: bool,
) -> StockMessage:  # fmt: skip
    return StockMessage(
        account=Account("ACME"),
        warehouse=Warehouse("LEEDS"),
        sku=Sku("0042-b"),
        source=source,
        event_id=f"{epoch}-{sequence}-{'level' if is_level else 'moved'}",
        sequence=sequence,
        epoch=epoch,
        time=later(sequence) if time is None else time,
        is_level=is_level,
        kind="level" if is_level else "adjusted",
        quantities=Quantities(available=available),
        command_id=None if command_id is None else CommandId(command_id),
    )


def known(applied: int = 10, available: int = 100, *, epoch: int = 0) -> StockState:
    """A healthy SKU whose last event, a level, had number `applied`."""
    first = StockState(SOURCE, epoch=epoch, applied=None)
    return decide(first, level(applied, available, epoch=epoch), later(applied), RULES).state


def in_doubt(state: StockState, *, at: datetime | None = None, reason: str = "parked") -> StockState:
    """The same SKU in doubt, with a level asked for as ASKED."""
    moment = later(20) if at is None else at
    return asked(doubted(state, reason, moment), ASKED, moment)


def play(state: StockState, messages: Iterable[StockMessage], *, at: datetime | None = None) -> list[Step]:
    """Every step of these messages, in order. The first state is the first step's start."""
    steps = list[Step]()
    for message in messages:
        step = decide(state, message, at or later(30), RULES)
        steps.append(step)
        state = step.state
    return steps


def after(state: StockState, *messages: StockMessage) -> StockState:
    """Where these messages lead."""
    return play(state, messages)[-1].state if messages else state


def numbers(state: StockState) -> list[int]:
    """Of the movements that are held."""
    return [message.sequence for message in state.held]


def doubt_of(state: StockState) -> str:
    """Why the SKU is in doubt; empty where it is not."""
    return state.trouble.doubt_reason if state.trouble else ""


def structured(data: object, type_: str = "inventory.level.v1", **attributes: object) -> bytes:
    """The body of a structured CloudEvent; an attribute of None is left out."""
    event = {
        "specversion": "1.0", "id": "e1", "source": SOURCE, "type": type_, "time": "2026-03-01T09:00:00Z",
        "sequence": "11", "data": data,
    }  # fmt: skip
    return json.dumps({name: value for name, value in (event | attributes).items() if value is not None}).encode()
