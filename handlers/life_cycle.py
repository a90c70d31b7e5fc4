"""The life of an order between channel and warehouse, as one table: what changed, where it stands, one action.

A row is what the channel's order has become, a column where the warehouse has it; the cell is what is done. A
storefront with changes of its own adds rows. Nothing else decides what a warehouse or a channel hears of an order.

Before anything is allocated we amend and cancel ourselves. Once picking has begun a person at the warehouse is asked
to stop it, with a deadline. What has left, or was ended by somebody else, is told to people: the channel cannot be
made true from here. A word never seen before, on either side, does nothing but raise an alert.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

Change: TypeAlias = Literal[
    "new", "edited", "part_cancelled", "cancelled", "cancel_asked", "held", "address_changed", "refunded",
    "despatched", "unknown",
]  # fmt: skip
"""What the channel's order has become against what the warehouse was told.

`new`: wanted as it stands, and the warehouse was told nothing else. `edited`: lines, dates or carrier; more or other
than was told. `part_cancelled`: less of what was told. `cancel_asked`: the buyer asks, nothing is cancelled yet.
`held`: the channel has put it on hold again. `despatched`: the channel counts it as sent. `unknown`: a new word.
"""

Standing: TypeAlias = Literal[
    "not_released", "create_unknown", "draft", "pending", "allocated", "part_allocated", "picking", "completed",
    "cancelled", "deleted", "unknown",
]  # fmt: skip
"""Where the warehouse has it. `not_released`: not there, or taken back by ourselves. `create_unknown`: it may be
there. `deleted`: it was there and is not, and nobody here took it away. `unknown`: a word that we do not know."""

Action: TypeAlias = Literal["create", "amend", "cancel", "wait", "stop", "tell", "alert", "nothing"]
"""`stop`: a person at the warehouse is asked to, by a deadline. `tell`: the channel has to be told, by people.
`wait`: look again. Whatever has not left of an earlier action is withdrawn, unless the cell still says the same."""

CHANGES: Final[tuple[Change, ...]] = get_args(Change)
STANDINGS: Final[tuple[Standing, ...]] = get_args(Standing)

_ROWS: Final[Mapping[Change, tuple[Action, ...]]] = {
    # not_released, create_unknown, draft, pending, allocated, part_allocated, picking, completed, cancelled, deleted,
    # unknown
    "new": (
        "create", "wait", "nothing", "nothing", "nothing", "nothing", "nothing", "nothing", "alert", "alert", "alert",
    ),
    "edited": (
        "create", "wait", "amend", "amend", "amend", "amend", "stop", "tell", "alert", "alert", "alert",
    ),
    "part_cancelled": (
        "create", "wait", "amend", "amend", "amend", "amend", "stop", "tell", "alert", "alert", "alert",
    ),
    "cancelled": (
        "nothing", "wait", "cancel", "cancel", "cancel", "cancel", "stop", "tell", "nothing", "nothing", "alert",
    ),
    # Nothing is cancelled yet, so nothing is taken away by itself: whoever stops it answers for it.
    "cancel_asked": (
        "tell", "wait", "stop", "stop", "stop", "stop", "stop", "tell", "tell", "tell", "alert",
    ),
    # What is allocated would have to be picked anew if the hold is lifted: a person weighs that.
    "held": (
        "nothing", "wait", "cancel", "cancel", "stop", "stop", "stop", "tell", "nothing", "nothing", "alert",
    ),
    "address_changed": (
        "create", "wait", "amend", "amend", "amend", "amend", "stop", "tell", "alert", "alert", "alert",
    ),
    "refunded": (
        "nothing", "wait", "cancel", "cancel", "cancel", "cancel", "stop", "tell", "nothing", "nothing", "alert",
    ),
    # Sent as far as the channel knows, and still in the warehouse's hands: one of the two is wrong.
    "despatched": (
        "nothing", "wait", "alert", "alert", "alert", "alert", "alert", "nothing", "alert", "alert", "alert",
    ),
    "unknown": (
        "alert", "wait", "alert", "alert", "alert", "alert", "alert", "alert", "alert", "alert", "alert",
    ),
}  # fmt: skip

TABLE: Final[Mapping[tuple[Change, Standing], Action]] = {
    (change, standing): action
    for change, actions in _ROWS.items()
    for standing, action in zip(STANDINGS, actions, strict=True)
}

GONE: Final[frozenset[Change]] = frozenset({"cancelled", "cancel_asked", "held", "refunded"})
"""Nothing of the order is to leave; of the others something is, in another form."""


def action_for(change: Change, standing: Standing) -> Action:
    return TABLE[change, standing]


SAYS: Final[Mapping[Change, str]] = {
    "new": "is wanted",
    "edited": "was changed",
    "part_cancelled": "was cancelled in part",
    "cancelled": "was cancelled",
    "cancel_asked": "is to be cancelled, the buyer asks",
    "held": "was put on hold",
    "address_changed": "goes to another address",
    "refunded": "was refunded",
    "despatched": "counts as despatched",
    "unknown": "has a status that is not known here",
}
"""For people: what the channel's order has become."""

STANDS: Final[Mapping[Standing, str]] = {
    "not_released": "the warehouse does not have it",
    "create_unknown": "the warehouse may have it",
    "draft": "the warehouse has it as a draft",
    "pending": "the warehouse has not begun with it",
    "allocated": "its stock is allocated",
    "part_allocated": "a part of its stock is allocated",
    "picking": "it is being picked",
    "completed": "it has left the warehouse",
    "cancelled": "it was cancelled in the warehouse",
    "deleted": "it is no longer in the warehouse",
    "unknown": "the warehouse gives it a status that is not known here",
}
