"""What erasing a buyer took away, and what stays, in words for whoever has to answer the buyer."""

from typing import Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal["order", "parked", "webhook"]


class Erasing(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an order's erasing. `state` is empty where the books have no such order."""

    state: str = ""
    status: str = ""
    is_open: bool = False
    """Nothing was erased: the order is not over, and the warehouse needs its address."""
    dropped: tuple[Kind, ...] = ()


def kind_of(subject: str) -> Kind:
    """What a key has sealed, by the name of its subject."""
    if subject.startswith("order:"):
        return "order"
    return "webhook" if subject.startswith("clarus-hook:") else "parked"


SAYS: dict[Kind, str] = {
    "order": "name, address, phone, e-mail, the channel's own answer, what the warehouse was told of them, the label",
    "parked": "the bodies of parked messages that name the order",
    "webhook": "the bodies of the warehouse system's webhooks about the order",
}


def report(name: str, done: Erasing, *, backup_days: int, erase_after_days: int, hook_days: int) -> list[str]:
    """Lines for a person."""
    if not done.dropped:
        what = "nothing of its buyer is held" if done.state else "no such order is here, nor anything parked of it"
        return [f"{name}: {what}", *_beyond(backup_days, erase_after_days, hook_days)]
    return [
        *(f"{name}: erased: {SAYS[kind]}" for kind in done.dropped),
        f"{name}: kept, none of it about the buyer: order number, dates, lines, prices, carrier, parcels and their"
        " tracking, requests and their outcomes, and who read the address",
        *_beyond(backup_days, erase_after_days, hook_days),
    ]


def _beyond(backup_days: int, erase_after_days: int, hook_days: int) -> list[str]:
    return [
        f"backups: those made before now hold it until they expire, {backup_days} days after they were made"
        " (buyers.backup_days); erase again after restoring one",
        f"what names no order: parked messages are erased {erase_after_days} days after they came or were settled,"
        f" webhooks {hook_days} days after they came last",
        "elsewhere: the channel and the warehouse system keep their own copies; ask them",
    ]
