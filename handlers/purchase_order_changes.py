"""A retailer's change documents: which of them count, and in what order.

A change says only what is otherwise. They come late, twice and out of order, so what holds is reckoned anew from the
last whole order and every change since, in the order in which the retailer made them: a late one takes its place and
spoils no later one.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from schemas.purchase_order import PoLineNumber, PurchaseOrder
from schemas.purchase_order_change import PurchaseOrderChange

State: TypeAlias = Literal["waiting", "applied", "refused", "superseded"]
"""`waiting`: its order has not come. `superseded`: the retailer sent the whole order anew since."""
Verdict: TypeAlias = Literal["apply", "wait", "duplicate", "stale", "refuse"]
CHANGE_DOCUMENTS: Final = frozenset({"860", "ORDCHG"})
"""They are answered as changes; an order that was sent again is answered as an order."""


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A change in the books. `place` counts those of one order as they came; `version`: of the order that it made."""

    place: int
    change: PurchaseOrderChange
    heard_at: datetime
    state: State
    version: int = 0


def digest_of(change: PurchaseOrderChange) -> str:
    """Of all that it says: the same change sent again, under whatever control number, has the same."""
    return hashlib.sha256(msgspec.json.encode(change, order="deterministic")).hexdigest()


def first_look(
    change: PurchaseOrderChange, base: PurchaseOrder | None, filed: Sequence[Filed]
) -> tuple[Verdict, str]:
    """What becomes of a change that comes, before it is held against the order, and why.

    `base`: the last whole order; None: it has not come.
    """
    if any(digest_of(one.change) == digest_of(change) for one in filed):
        return "duplicate", ""
    standing = [one for one in filed if one.state != "refused"]
    same = [one for one in standing if change.sequence is not None and one.change.sequence == change.sequence]
    if same:
        return "refuse", f"change {change.sequence} of this order came before, and said otherwise"
    if base is None:
        return "wait", ""
    gone = [one.change.sequence or 0 for one in standing if one.state == "superseded"]
    if change.sequence is not None and gone and change.sequence < max(gone):
        return "stale", ""
    ended = change.changed_on is not None and base.changed_at is not None
    if ended and change.changed_on + timedelta(days=1) <= base.changed_at:  # type: ignore[operator]  # both are there
        return "stale", ""
    return "apply", ""


def is_newer(filed: Iterable[Filed], version: int) -> bool:
    """Whether the order was told as a whole, by whatever transport, since these were put upon it."""
    return version > max((one.version for one in filed if one.state == "applied"), default=version)


def in_order(filed: Iterable[Filed]) -> list[Filed]:
    """As the retailer made them: by its counter where each has one, else by the day, then as they came."""
    found = list(filed)
    if all(one.change.sequence is not None for one in found):
        return sorted(found, key=lambda one: (one.change.sequence, one.place))
    return sorted(found, key=lambda one: (one.change.changed_on or one.heard_at, one.place))


def missing(filed: Iterable[Filed]) -> list[int]:
    """Numbers that the retailer's counter left out between the first and the last that came."""
    known = {one.change.sequence for one in filed if one.change.sequence is not None and one.state != "refused"}
    return sorted(set(range(min(known), max(known))) - known) if known else []


# What an answer repeats of the changes that it answers.


class Echo(msgspec.Struct, frozen=True):
    """`codes`: the retailer's word for each line that was changed since the last answer."""

    newest: PurchaseOrderChange
    codes: Mapping[PoLineNumber, str]


def echo(filed: Iterable[Filed], answered_version: int) -> Echo | None:
    """None where the order stands as it was placed, or as it was last sent as a whole."""
    standing = [one for one in in_order(filed) if one.state == "applied"]
    if not standing or standing[-1].change.document not in CHANGE_DOCUMENTS:
        return None
    codes = {
        line.number: line.code for one in standing if one.version > answered_version for line in one.change.lines
    }
    return Echo(standing[-1].change, codes)
