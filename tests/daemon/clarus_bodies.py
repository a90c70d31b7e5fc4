"""Bodies of orders for Clarus, for tests of the link and of its simulator."""

from daemon.links.answer import Done, Reading
from schemas.clarus_order_lists import Found
from schemas.clarus_orders import Address, Attributes, GoodsOut, LineAttributes, LineChange, goods_out, new_order

OWNER = 7


def line(product_id: int, quantity: int, reference: str = "L-1") -> LineChange:
    return LineChange(
        type="ADD",
        attributes=LineAttributes(
            product_id=product_id,
            order_quantity=quantity,
            alt_line_reference=reference,
            external_system_reference1=reference,
        ),
    )


EVERYTHING = new_order(
    Attributes(
        goods_out_type="sales_order", account_id=OWNER, reference="A-1",
        expected_date_of_dispatch="2026-11-21T12:00:00Z", warehouse_id=3, customer_id=4, carrier_id=5,
        carrier_service_id=6, order_type_id=8, priority=1, dispatch_strategy="auto_shipment",
        pack_strategy="pack_by_line", pick_type="tote", external_system_reference1="111-1",
        external_system_reference2="two", external_system_reference3="three",
        lines_changes=(line(9, 2), line(10, 1, "L-2")),
    ),
    Address(
        name="B. Uyer", address_1="1 Lane", address_2="Flat 2", address_3="Leeds", address_4="West Yorkshire",
        postcode="LS1 1AA", country_code="GB", email_address="b@example.com", phone_number="+44 113 496 0000",
    ),
)  # fmt: skip


def amendment(line_id: int, verb: str = "DESTROY") -> GoodsOut:
    changes = (
        LineChange(type="UPDATE", id=line_id, attributes=LineAttributes(order_quantity=5)),
        LineChange(type="DESTROY" if verb == "DESTROY" else "REMOVE", id=line_id + 1),
    )
    return goods_out(Attributes(expected_date_of_dispatch="2026-11-22T12:00:00Z", lines_changes=changes))


def found_in(reading: Reading[tuple[Found, ...]]) -> tuple[Found, ...]:
    assert isinstance(reading, Done), reading
    return reading.value
