"""Purchase orders to try things on."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from handlers.agreed_costs import AgreedCost
from handlers.case_packs import CasePack
from handlers.cross_reference import CodeName, Target
from handlers.purchase_order_judgement import Judgement, Known, Terms, judge
from handlers.purchase_orders import StoredPurchaseOrder, content_hash
from handlers.sellable_stock import Component
from handlers.vendor_windows import Pace
from schemas.purchase_order import (
    Cost,
    CountedIn,
    Identifier,
    Party,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderNumber,
    Window,
)
from schemas.terms import Account, ChannelAccount, Marketplace, Sku

ORDERED = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
VENDOR = ChannelAccount("acme-vendor")
OWNER = Account("acme")
TERMS = Terms(
    pace=Pace(lead=timedelta(days=1), transit=timedelta(days=1)),
    destinations=frozenset({"LTN4"}),
    tolerance_percent=Decimal(1),
)


def line(
    number: str = "1",
    amount: int = 24,
    unit: str = "each",
    size: int | None = None,
    *,
    sku: str = "MUG",
    cost: str | None = "2.50",
    backorder: bool = False,
) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        number=PoLineNumber(number),
        identifiers=(Identifier("vendor_sku", sku),),
        ordered=CountedIn(amount, "case" if unit == "case" else "each", size),
        net_cost=None if cost is None else Cost(Decimal(cost), "GBP"),
        backorder_allowed=backorder,
    )


def order(*lines: PurchaseOrderLine, **changes: object) -> PurchaseOrder:
    plain = PurchaseOrder(
        channel_account=VENDOR,
        number=PurchaseOrderNumber("4Z32PABC"),
        marketplace=Marketplace("GB"),
        transport="sp_api",
        state="new",
        ordered_at=ORDERED,
        freight="vendor_pays",
        delivery_window=Window(ORDERED + timedelta(days=3), ORDERED + timedelta(days=10)),
        vendor=Party(party_id="ACME1"),
        ship_to=Party(party_id="LTN4"),
        lines=lines or (line(),),
    )
    return msgspec.structs.replace(plain, **changes)


def stored(given: PurchaseOrder, version: int = 1) -> StoredPurchaseOrder:
    return StoredPurchaseOrder(
        order=given, version=version, content_hash=content_hash(given), heard_at=given.ordered_at
    )


def codes(*names: str) -> dict[CodeName, Target]:
    return {("vendor_sku", name): Target(OWNER, (Component(Sku(name), 1),)) for name in names}


def known(packs: Mapping[str, int] | None = None, cost: str | None = "2.50", *names: str) -> Known:
    skus = names or ("MUG", "CUP")
    return Known(
        codes=codes(*skus),
        packs={
            (OWNER, Sku(sku)): CasePack(account=OWNER, sku=Sku(sku), version=1, eaches=eaches, since=ORDERED)
            for sku, eaches in (packs or {}).items()
        },
        costs={}
        if cost is None
        else {
            (OWNER, Sku(sku)): [
                AgreedCost(
                    channel_account=VENDOR,
                    account=OWNER,
                    sku=Sku(sku),
                    begins=ORDERED.date(),
                    amount=Decimal(cost),
                    currency="GBP",
                )
            ]
            for sku in skus
        },
    )


def judged(given: PurchaseOrder, books: Known | None = None, terms: Terms = TERMS) -> Judgement:
    return judge(stored(given), terms, books or known(), given.ordered_at + timedelta(hours=1))
