"""What a purchase order's lines are in the warehouse, and everything that stands in the way of a plain answer.

Unmapped blocks and nothing is guessed. Every exception has a name and an owner; a person may overrule a doubt, for
the version that they saw. What no exception touches is secured and answered all the same.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.agreed_costs import AgreedCost, Costed, CostFaultKind, agreed_for, cost_of
from handlers.alerts import Owner
from handlers.case_packs import CasePack, PackFault, PackFaultKind, Step, counted_in
from handlers.cross_reference import CodeName, ListingName, Target
from handlers.purchase_order_names import Product, Unnamed, hints_for, product_of
from handlers.purchase_orders import WHOLE, StoredPurchaseOrder, is_cancelled, shown
from handlers.sellable_stock import Component, Listing
from handlers.vendor_windows import Dates, NoDates, Pace, dates_for
from schemas.purchase_order import Cost, CountedIn, PoLineNumber, PurchaseOrder, PurchaseOrderLine
from schemas.terms import Account, Eaches, Sku

ReasonKind: TypeAlias = (
    Literal[
        "sku_unmapped", "sku_contradicts", "owners_differ", "quantity_doubtful", "destination_unknown",
        "window_missing", "window_unreachable", "state_unknown",
    ]
    | PackFaultKind
    | CostFaultKind
)  # fmt: skip

OWNER: Final[Mapping[ReasonKind, Owner]] = {
    "sku_unmapped": "operations",
    "sku_contradicts": "operations",
    "owners_differ": "operations",
    "quantity_doubtful": "merchandising",
    "case_pack_unknown": "merchandising",
    "case_pack_differs": "merchandising",
    "unit_contradicts": "merchandising",
    "not_whole_packs": "merchandising",
    "cost_missing": "merchandising",
    "cost_unknown": "merchandising",
    "cost_below_agreed": "merchandising",
    "cost_above_agreed": "merchandising",
    "currency_differs": "merchandising",
    "destination_unknown": "logistics",
    "window_missing": "logistics",
    "window_unreachable": "logistics",
    "state_unknown": "technical",
}
OVERRULABLE: Final[frozenset[ReasonKind]] = frozenset(
    {
        "quantity_doubtful", "case_pack_differs", "not_whole_packs", "cost_unknown", "cost_below_agreed",
        "cost_above_agreed", "destination_unknown",
    }
)  # fmt: skip
"""What a person may accept as it is; everything else has to be put right."""
POLICY_ACCEPTS: Final[frozenset[ReasonKind]] = frozenset(
    {"not_whole_packs", "cost_above_agreed", "destination_unknown", "state_unknown", "quantity_doubtful"}
)
"""What does not keep the default policy from accepting what is secured, once nobody has decided in time: whole packs,
at a cost of ours, of a product that is known for sure, with dates that can be kept."""


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why an order waits. `cause`: the same for all orders that wait for the same thing to be put right."""

    kind: ReasonKind
    line: PoLineNumber = WHOLE
    cause: str
    text: str
    fix: str
    hints: tuple[str, ...] = ()

    @property
    def owner(self) -> Owner:
        return OWNER[self.kind]


class Overruled(msgspec.Struct, frozen=True, kw_only=True):
    """A doubt that a person has accepted, for the version that they saw."""

    kind: ReasonKind
    version: int
    by: str
    note: str
    at: datetime


class JudgedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line in the warehouse's terms. `step` None: nobody knows what it is, or how many eaches."""

    number: PoLineNumber
    ordered: CountedIn
    account: Account = Account("")
    sku: Sku = Sku("")
    needs: tuple[Component, ...] = ()
    """Of one each. Of a kit, its components."""
    step: Step | None = None
    net_cost: Cost | None = None
    open_reasons: tuple[ReasonKind, ...] = ()

    @property
    def wanted(self) -> Eaches:
        """What is to be secured of it: as much as makes whole packs."""
        return 0 if self.step is None else self.ordered.amount * self.step.unit // self.step.step * self.step.step

    def may_accept(self, *, by_policy: bool) -> bool:
        """Whether what is secured of it may be accepted, by the policy although something is still open."""
        allowed = POLICY_ACCEPTS if by_policy else frozenset[ReasonKind]()
        return self.step is not None and allowed.issuperset(self.open_reasons)


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """`dates`: None where nothing can be answered with a date. `account`: whose stock; one for the whole order."""

    lines: tuple[JudgedLine, ...]
    reasons: tuple[Reason, ...] = ()
    dates: Dates | None = None
    account: Account = Account("")


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings say about one vendor account."""

    pace: Pace
    destinations: frozenset[str] = frozenset()
    """The party ids of the address book."""
    tolerance_percent: Decimal = Decimal(0)
    most_units: int = 100_000
    """Eaches of a line; more are doubted."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What of the books an order is judged by."""

    listings: Mapping[ListingName, Listing] = {}
    codes: Mapping[CodeName, Target] = {}
    near: Sequence[ListingName] = ()
    packs: Mapping[tuple[Account, Sku], CasePack] = {}
    """The newest version of each."""
    costs: Mapping[tuple[Account, Sku], Sequence[AgreedCost]] = {}


def judge(
    stored: StoredPurchaseOrder, terms: Terms, known: Known, now: datetime, overruled: Sequence[Overruled] = ()
) -> Judgement:
    """What the order is in the warehouse's terms, and what is open about it."""
    order = stored.order
    accepted = OVERRULABLE & {one.kind for one in overruled if one.version == stored.version}
    dates = dates_for(order, terms.pace, now)
    whole = [reason for reason in _of_order(order, terms, dates) if reason.kind not in accepted]
    judged = [_judged(order, line, terms, known, accepted) for line in order.lines if not is_cancelled(line)]
    owners = {line.account for line, _ in judged if line.account}
    if len(owners) > 1:
        whole.append(_owners(order, owners))
    own = tuple(reason.kind for reason in whole)
    lines = tuple(msgspec.structs.replace(line, open_reasons=(*line.open_reasons, *own)) for line, _ in judged)
    reasons = (*whole, *(reason for _, found in judged for reason in found))
    account = next(iter(owners)) if len(owners) == 1 else Account("")
    return Judgement(lines=lines, reasons=reasons, dates=dates if isinstance(dates, Dates) else None, account=account)


def _of_order(order: PurchaseOrder, terms: Terms, dates: Dates | NoDates) -> Iterable[Reason]:
    account, number = order.channel_account, order.number
    if isinstance(dates, NoDates):
        fix = "agree other dates with the retailer, who then changes the order"
        kind: ReasonKind = "window_missing" if dates.missing else "window_unreachable"
        yield Reason(kind=kind, cause=f"{account}/{number}/{kind}", text=dates.text, fix=fix)
    place = order.ship_to.party_id if order.ship_to else ""
    if place not in terms.destinations:
        text = f"it goes to {place!r}, which is not in the address book" if place else "it names no destination"
        fix = f"add [vendors.{account}.destinations.{place or 'CODE'}] to the configuration, or accept"
        cause = f"{account}/destination/{place}"
        yield Reason(kind="destination_unknown", cause=cause, text=text, fix=fix)
    if order.state == "unknown":
        text = f"the retailer says {order.state_word!r} of its state, a word that nobody here knows"
        fix = "see at the retailer what it means, and report it"
        yield Reason(kind="state_unknown", cause=f"{account}/state/{order.state_word}", text=text, fix=fix)


def _owners(order: PurchaseOrder, owners: Iterable[Account]) -> Reason:
    text = f"its lines belong to several stock owners: {', '.join(sorted(owners))}"
    cause = f"{order.channel_account}/{order.number}/owners_differ"
    fix = "correct the listings' column `account`: `goodsout listings import FILE`"
    return Reason(kind="owners_differ", cause=cause, text=text, fix=fix)


def _judged(
    order: PurchaseOrder, line: PurchaseOrderLine, terms: Terms, known: Known, accepted: Set[ReasonKind]
) -> tuple[JudgedLine, list[Reason]]:
    product = product_of(line, order.marketplace, known.listings, known.codes)
    if isinstance(product, Unnamed):
        reason = _unnamed(order, line, product, known)
        unknown = JudgedLine(
            number=line.number, ordered=line.ordered, net_cost=line.net_cost, open_reasons=(reason.kind,)
        )
        return unknown, [reason]
    pack = known.packs.get((product.account, product.sku))
    counted = counted_in(line.ordered, product.per_item, pack.eaches if pack else None)
    step = counted.step if isinstance(counted, PackFault) else counted
    if isinstance(counted, PackFault) and counted.kind == "not_whole_packs" and counted.kind in accepted:
        step = Step(product.per_item, product.per_item)
    cost = _cost(order, line, product, step, terms, known)
    found = [
        reason
        for reason in (
            *_of_pack(order, line, product, counted),
            *_of_cost(order, line, product, cost),
            *_of_quantity(order, line, step, terms),
        )
        if reason.kind not in accepted
    ]
    judged = JudgedLine(
        number=line.number,
        ordered=line.ordered,
        account=product.account,
        sku=product.sku,
        needs=product.needs,
        step=step,
        net_cost=cost.stated,
        open_reasons=tuple(reason.kind for reason in found),
    )
    return judged, found


def _cost(
    order: PurchaseOrder, line: PurchaseOrderLine, product: Product, step: Step | None, terms: Terms, known: Known
) -> Costed:
    if step is None:
        return Costed(line.net_cost)
    agreed = agreed_for(known.costs.get((product.account, product.sku), ()), order.ordered_at.date(), order.deal)
    return cost_of(line.net_cost, agreed, step.unit, terms.tolerance_percent)


def _unnamed(order: PurchaseOrder, line: PurchaseOrderLine, found: Unnamed, known: Known) -> Reason:
    account, names = order.channel_account, ", ".join(found.names) or "nothing"
    cause = f"{account}/sku/{order.marketplace}/{names}"
    if found.contradicts:
        text = f"line {line.number}: {found.contradicts} lead to different products"
        fix = "correct one of them: `goodsout listings import FILE`, `goodsout codes import FILE`"
        return Reason(kind="sku_contradicts", line=line.number, cause=cause, text=text, fix=fix)
    text = f"line {line.number}: nothing says which SKU of the warehouse {names} is"
    fix = f"add a row for {account} with one of its names: `goodsout codes import FILE`"
    hints = hints_for(line, order.marketplace, known.near)
    return Reason(kind="sku_unmapped", line=line.number, cause=cause, text=text, fix=fix, hints=hints)


def _of_pack(
    order: PurchaseOrder, line: PurchaseOrderLine, product: Product, counted: Step | PackFault
) -> Iterable[Reason]:
    if isinstance(counted, Step):
        return
    fix = f"give {product.account},{product.sku} its case pack: `goodsout packs import FILE`"
    if counted.kind in OVERRULABLE:
        fix += f", or accept: {_accept(order, counted.kind)}"
    cause = f"{order.channel_account}/pack/{product.account}/{product.sku}/{counted.kind}"
    yield Reason(
        kind=counted.kind, line=line.number, cause=cause, text=f"line {line.number}: {counted.text}", fix=fix
    )


def _of_cost(order: PurchaseOrder, line: PurchaseOrderLine, product: Product, cost: Costed) -> Iterable[Reason]:
    if cost.fault is None:
        return
    fix = "correct the agreed cost: `goodsout costs import FILE`; or have the retailer correct the order"
    if cost.fault in OVERRULABLE:
        fix += f"; or accept: {_accept(order, cost.fault)}"
    cause = f"{order.channel_account}/cost/{product.account}/{product.sku}/{cost.fault}"
    text = f"line {line.number} ({product.sku}): {cost.text}"
    yield Reason(kind=cost.fault, line=line.number, cause=cause, text=text, fix=fix)


def _of_quantity(order: PurchaseOrder, line: PurchaseOrderLine, step: Step | None, terms: Terms) -> Iterable[Reason]:
    if step is None or line.ordered.amount * step.unit <= terms.most_units:
        return
    text = f"line {line.number}: {shown(line.ordered)}, more than {terms.most_units} eaches is not usual"
    fix = f"ask the retailer, or accept: {_accept(order, 'quantity_doubtful')}"
    cause = f"{order.channel_account}/{order.number}/quantity_doubtful"
    yield Reason(kind="quantity_doubtful", line=line.number, cause=cause, text=text, fix=fix)


def _accept(order: PurchaseOrder, kind: ReasonKind) -> str:
    return f'`goodsout pos accept {order.channel_account} {order.number} {kind} --note "..."`'
