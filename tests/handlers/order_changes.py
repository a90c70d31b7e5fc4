"""Changes of one purchase order by EDI, as tests make them."""

from datetime import timedelta

import msgspec

from handlers.changed_orders import Applied, after_all
from handlers.purchase_order_changes import Filed, State
from schemas.purchase_order import PoLineNumber, PurchaseOrder
from schemas.purchase_order_change import LineChange, PurchaseOrderChange
from tests.handlers.vendor_orders import ORDERED, VENDOR, line, order

AT = ORDERED + timedelta(hours=5)
BASE = order(line("1", 24), line("2", 12, sku="CUP"), transport="x12")
ONE, TWO = PoLineNumber("1"), PoLineNumber("2")


def change(*lines: LineChange, sequence: int | None = None, **more: object) -> PurchaseOrderChange:
    plain = PurchaseOrderChange(
        channel_account=VENDOR, number=BASE.number, transport="x12", document="860", sequence=sequence, lines=lines
    )
    return msgspec.structs.replace(plain, **more)


def to(number: str, amount: int, **more: object) -> LineChange:
    plain = LineChange(number=PoLineNumber(number), code="QC", changes="quantity", amount=amount, unit="each")
    return msgspec.structs.replace(plain, **more)


def dropped(number: str) -> LineChange:
    return LineChange(number=PoLineNumber(number), code="DI", changes="nothing", cancelled=True)


def filed(place: int, given: PurchaseOrderChange, state: State = "applied", version: int = 2) -> Filed:
    return Filed(place=place, change=given, heard_at=AT + timedelta(minutes=place), state=state, version=version)


def after(*changes: PurchaseOrderChange, gone: dict[PoLineNumber, int] | None = None, **more: bool) -> Applied:
    return after_all(BASE, changes, gone or {}, AT, **more)


def amounts(found: Applied | PurchaseOrder) -> dict[str, int]:
    given = found.order if isinstance(found, Applied) else found
    return {str(one.number): one.ordered.amount for one in given.lines}
