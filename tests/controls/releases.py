"""What the warehouse shows of an order that was released, for tests."""

from handlers.order_requests import WarehouseOrder
from handlers.warehouse_orders import Destination
from schemas.clarus import Ref
from schemas.clarus_order_lists import Found, LineNode, OrderNode, StatusWord
from schemas.terms import Sku, Warehouse
from tests.controls.labels import CLEARED, ORDER, SALE

PRODUCTS = {Sku("POT"): 1}
TO = Destination(
    warehouse_id=1, account_ids={"acme": 1}, carrier_ids={"DPD": 1}, service_ids={"DPD/NEXT-DAY": 1}
)  # fmt: skip
THERE = Found(
    OrderNode(id=7, reference="O-1", goods_out_status=StatusWord("PENDING")),
    (LineNode(id=1, goods_out=Ref(id="7"), order_quantity=1, product=Ref(id="1"), alt_line_reference="1"),),
)
FIRST = WarehouseOrder(
    channel_account=SALE.channel_account, channel_order_id=SALE.channel_order_id, warehouse=Warehouse("W1"),
    account=CLEARED.account, order_reference=ORDER.order_reference,
)  # fmt: skip
