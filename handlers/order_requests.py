"""The ledger's rows for orders: requests to a warehouse to create, amend or end one, and what the books hold of it.

Nothing here holds buyer data: the body of a request is built when it is sent, and the address that was told stands
sealed beside the row.
"""

from datetime import datetime
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.ledger import LedgerRow, State, named, outcome
from handlers.life_cycle import Change
from handlers.notes import Announce
from handlers.warehouse_orders import Wanted, WantedLine
from schemas.sales_order import ShipTo
from schemas.terms import Account, ChannelAccount, ChannelOrderId, OrderReference, Warehouse

ORDERS_LANE: Final = "orders"

Kind: TypeAlias = Literal["order_create", "order_amend", "order_cancel", "order_process"]
"""`order_process`: the warehouse is to allocate it and to begin with its picks."""

OPEN: Final[frozenset[State]] = frozenset({"waiting", "held", "sent", "unknown"})

ORDER_STOP: Final = "order_stop"
"""Kind of a question, and the reason of a request that is held by it: was it stopped in time?"""
ORDER_REFUSED: Final = "order_refused"
STOPPED: Final = "stopped"
"""The answer of a person who has stopped it, or changed it, at the warehouse."""
CHANGED: Final = "changed"
TOO_LATE: Final = "too_late"
SEND_AGAIN: Final = "send_again"
DONE_BY_HAND: Final = "done_by_hand"
FOUND: Final = "found"
"""It was there already: a person, or an attempt of ours, had done it."""
OVERTAKEN: Final = "overtaken"


class OrderRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the warehouse, without the buyer."""

    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    warehouse: Warehouse
    account: Account
    order_reference: OrderReference
    version: int
    change: Change
    goods_out_id: str = ""
    moves_lines: bool = False
    """An amendment of what is to leave: once the lines are as wanted, it has taken effect as a whole."""


class OrderEffect(LedgerRow, frozen=True, kw_only=True):
    """A row of the ledger; `account` is the channel's."""

    kind: Kind
    payload: OrderRequest


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the warehouse was last asked to have, without the buyer."""

    lines: tuple[WantedLine, ...] = ()
    carrier: str = ""
    carrier_service: str = ""
    despatch_by: datetime | None = None


def told_of(wanted: Wanted) -> Told:
    return Told(
        lines=wanted.lines,
        carrier=wanted.carrier,
        carrier_service=wanted.carrier_service,
        despatch_by=wanted.despatch_by,
    )


Status: TypeAlias = Literal[
    "", "draft", "pending", "allocated", "part_allocated", "picking", "completed", "cancelled", "unknown", "deleted",
    "withdrawn",
]  # fmt: skip
"""Where the warehouse has it, as last known. `deleted`: gone, not by us. `withdrawn`: by us. Empty: never there."""


class WarehouseOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What the books hold of an order at a warehouse."""

    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    warehouse: Warehouse
    account: Account
    order_reference: OrderReference
    goods_out_id: str = ""
    status: Status = ""
    status_word: str = ""
    """The warehouse's own."""
    read_at: datetime | None = None
    acted_at: datetime | None = None
    """When a request of ours last took effect: reads begun before that and the replica's lag may not show it."""
    told: Told | None = None
    told_to: ShipTo | None = None
    """Kept sealed."""
    handled_version: int = 0
    processed_version: int = 0
    """The version whose picks were processed at our request."""
    effect_key: str = ""
    """The request that is not settled; empty: none."""
    requests: int = 0
    gave_up_version: int = 0
    """The version of which a person, or the warehouse, has said that nothing more can be done about it there."""
    gave_up: str = ""
    """Why, in a word or two."""
    alerts: tuple[str, ...] = ()
    """`kind cause` of what was raised for it and still stands."""
    look_at: datetime | None = None
    """When to look at it again; None: once its order changes."""

    @property
    def subject(self) -> str:
        return order_subject(self.channel_account, self.channel_order_id)


def announced(effect: OrderEffect) -> Announce:
    """What became of a request, for others to read."""
    return outcome(effect, effect.kind, ORDERS_LANE)


def order_subject(channel_account: str, channel_order_id: str) -> str:
    return named("order", channel_account, channel_order_id)
