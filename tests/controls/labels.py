"""An order that is cleared and whose label is to be chosen, for tests."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from handlers.label_choice import LabelTerms, Size
from handlers.sales_orders import Cleared, ClearedLine, StoredOrder
from schemas.amazon_shipping import (
    Address,
    Currency,
    DocumentDetail,
    DocumentSize,
    PrintOption,
    Promise,
    Rate,
    SupportedDocument,
    TimeWindow,
)
from schemas.sales_order import SalesLine, SalesOrder
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    LineReference,
    Marketplace,
    OrderReference,
    SellerSku,
    Sku,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LINE = SalesLine(line_reference=LineReference("1"), seller_sku=SellerSku("pot"), ordered=1)
SALE = SalesOrder(
    channel_account=ChannelAccount("shop"), channel_order_id=ChannelOrderId("O-1"), marketplace=Marketplace("UK"),
    status="open", ordered_at=AT, updated_at=AT, deliver_by=AT + timedelta(days=2), lines=(LINE,),
)  # fmt: skip
ONE = ClearedLine(
    line_reference=LineReference("1"),
    seller_sku=SellerSku("pot"),
    account=Account("acme"),
    sku=Sku("POT"),
    quantity=1,
)
CLEARED = Cleared(account=Account("acme"), carrier="DPD", carrier_service="NEXT-DAY", lines=(ONE,))
ORDER = StoredOrder(order=SALE, order_reference=OrderReference("O-1"), state="ready", cleared=CLEARED)
POT = Size(length_mm=305, width_mm=200, height_mm=100, weight_g=1250)
BOX = Size(length_mm=600, width_mm=400, height_mm=400, weight_g=300)
TERMS = LabelTerms(
    ship_from=Address("Warehouse", "1 Dock Road", "Leeds", "West Yorkshire", "LS1 1AA", "GB"),
    services={"DPD/NEXT-DAY": ("FAST", "SLOW")}, currency="GBP", products={Sku("POT"): POT}, box=BOX,
)  # fmt: skip
PRINT = PrintOption((DocumentDetail("LABEL", is_mandatory=True),), (True, False), ("DEFAULT",), (203, 300))
PNG = SupportedDocument("PNG", DocumentSize(Decimal("4.0"), Decimal(6)), (PRINT,))


def rate(service: str, price: str, days: float | None = 1.0, **changes: object) -> Rate:
    window = None if days is None else TimeWindow(AT, AT + timedelta(days=days))
    found = Rate(
        rate_id=f"rate-{service}-{price}", carrier_id="AMZN", carrier_name="Amazon", service_id=service,
        service_name=service, total_charge=Currency(Decimal(price), "GBP"), promise=Promise(window),
        requires_additional_inputs=False, supported_document_specifications=(PNG,),
    )  # fmt: skip
    return replace(found, **changes)
