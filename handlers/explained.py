"""What explains a zero: has what a channel still shows gone out, or did a level only say so?

A level says what is there, a movement says where it went. What levels took away and no movement, despatch or order
line accounts for is put back; if the listing would then still show nothing, its zero is explained. If not, what it
would then show is the most that it may show while the zero is held.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from handlers.zeroes import DESPATCHES, MOVEMENTS, ORDER_LINES, UNEXPLAINED
from schemas.terms import Eaches, Sku, Warehouse


class Shows(Protocol):
    """What the listing would show, had the warehouses so many eaches more of these SKUs than they say."""

    def __call__(self, more: Mapping[Sku, Eaches], *, lines: bool = True) -> int:
        """Without `lines`: as if no order line were open."""
        ...


class Since(msgspec.Struct, frozen=True):
    """One warehouse's stock of a SKU since the channel was last told. Eaches."""

    warehouse: Warehouse
    base: Eaches | None
    """Available then; None where the stream no longer knows."""
    moved: Eaches = 0
    """What movements changed in all, signed."""
    outflow: Eaches = 0
    """What movements took away, as a positive number."""


class History(msgspec.Struct, frozen=True):
    """One SKU of a listing: what there is, what became of it since, and what else says that it left.

    The units of one order show in movements, despatches and order lines alike, so they are never added up.
    """

    available: Eaches
    since: Sequence[Since]
    despatched: Eaches = 0
    ordered: Eaches = 0
    """By order lines first seen since then that the stock's own figures already include."""

    @property
    def change(self) -> Eaches:
        """What levels changed and movements do not account for, signed, over all warehouses."""
        return self.available - sum((one.base or 0) + one.moved for one in self.since)

    @property
    def unaccounted(self) -> Eaches:
        """`change` less what despatches and order lines account for and movements did not."""
        left = max(self.despatched, self.ordered) - sum(one.outflow for one in self.since)
        return min(0, self.change + max(0, left)) if self.change < 0 else self.change

    @property
    def before(self) -> Eaches | None:
        """What there was then; None where nobody knows."""
        if not self.since or any(one.base is None for one in self.since):
            return None
        return sum(one.base or 0 for one in self.since)


class Finding(msgspec.Struct, frozen=True):
    """`quantity`: what the listing would show without what nothing explains; None where nobody can tell."""

    cause: str
    quantity: int | None = None


NOTHING: Finding = Finding(UNEXPLAINED)


def explain(histories: Mapping[Sku, History], shows: Shows) -> Finding:
    """What explains that a listing shows nothing now, in a word, and what it would show were all explained.

    A changed buffer or floor explains nothing: a wrong file makes as many zeroes as a wrong export.
    """
    if not histories or any(one.before is None for one in histories.values()):
        return NOTHING
    if shows({sku: (one.before or 0) - one.available for sku, one in histories.items()}, lines=False) == 0:
        return NOTHING
    by_moves = {sku: -one.change for sku, one in histories.items()}
    if shows(by_moves) == 0:
        return Finding(ORDER_LINES if shows(by_moves, lines=False) > 0 else MOVEMENTS, 0)
    quantity = shows({sku: -one.unaccounted for sku, one in histories.items()})
    return Finding(UNEXPLAINED, quantity) if quantity else Finding(_evidence(histories), 0)


def _evidence(histories: Mapping[Sku, History]) -> str:
    despatched = sum(one.despatched for one in histories.values())
    return DESPATCHES if despatched >= sum(one.ordered for one in histories.values()) else ORDER_LINES
