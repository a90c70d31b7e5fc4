"""Case packs: how many eaches are in a case, by stock owner and SKU. Eaches inside, the retailer's unit outside.

Master data with one owner, merchandising; a size that changes is a new version, and the old ones are kept. What a
purchase order says of its case is compared with it. Nothing is rounded: what does not come out even is held.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import lcm
from typing import Literal, TypeAlias

import msgspec

from handlers.purchase_orders import shown
from schemas.purchase_order import CountedIn
from schemas.terms import Account, Eaches, Sku

PackFaultKind: TypeAlias = Literal["case_pack_unknown", "case_pack_differs", "unit_contradicts", "not_whole_packs"]


class CasePack(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One version of a SKU's case pack. `eaches` in one case; `since`: when it was imported."""

    account: Account
    sku: Sku
    version: int
    eaches: Eaches
    since: datetime


class PackRow(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A row of the file that merchandising owns."""

    account: Account
    sku: Sku
    eaches: Eaches


class Step(msgspec.Struct, frozen=True):
    """How a line is counted inside: one of its units is `unit` eaches, and it moves in multiples of `step` eaches."""

    unit: Eaches
    step: Eaches

    def units(self, eaches: Eaches) -> int:
        """Whole units of the line in so many eaches, and only as many as make whole steps."""
        return eaches // self.step * self.step // self.unit


class PackFault(msgspec.Struct, frozen=True):
    """Why the quantity cannot go on as it stands. `step`: how it could be counted all the same; None: nohow."""

    kind: PackFaultKind
    text: str
    step: Step | None = None


def next_versions(
    rows: Iterable[PackRow], newest: Mapping[tuple[Account, Sku], CasePack], at: datetime
) -> list[CasePack]:
    """The versions that a file adds; a row that says what is known already adds none."""
    added = list[CasePack]()
    for row in rows:
        known = newest.get((row.account, row.sku))
        if known is None or known.eaches != row.eaches:
            version = known.version + 1 if known else 1
            added.append(CasePack(account=row.account, sku=row.sku, version=version, eaches=row.eaches, since=at))
    return added


def counted_in(ordered: CountedIn, per_item: Eaches, pack: Eaches | None) -> Step | PackFault:
    """How the line is counted. `per_item`: eaches of stock in one of the retailer's; `pack`: our case, if known."""
    if ordered.unit == "case":
        return _cases(ordered, per_item, pack)
    if ordered.unit_size not in (None, 0, 1):
        return PackFault("unit_contradicts", f"ordered in eaches, but of {ordered.unit_size} each")
    step = Step(per_item, lcm(per_item, pack or 1))
    if ordered.amount * per_item % step.step:
        text = f"{shown(ordered)} is not a whole number of packs of {pack}"
        return PackFault("not_whole_packs", text, step)
    return step


def _cases(ordered: CountedIn, per_item: Eaches, pack: Eaches | None) -> Step | PackFault:
    """The case is counted in the retailer's eaches in the order, in stock's eaches in our master data."""
    said = None if ordered.unit_size is None else ordered.unit_size * per_item
    if said is None and pack is None:
        return PackFault(
            "case_pack_unknown", f"{shown(ordered)}, and neither the order nor we know what a case holds"
        )
    if said is not None and said < 1:
        return PackFault("unit_contradicts", f"ordered in cases of {ordered.unit_size}")
    if said is not None and pack is not None and said != pack:
        text = f"ordered in cases of {said} eaches, while our case pack is {pack}"
        return PackFault("case_pack_differs", text, Step(said, lcm(said, pack)))
    size = said if said is not None else pack or 1
    return Step(size, size)
