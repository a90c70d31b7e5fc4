"""Case packs beside the warehouse's products, and the file that makes them agree."""

from handlers.alerts import AlertKind
from handlers.case_packs import CasePack
from handlers.catalogue_comparison import WarehouseProduct
from handlers.pack_comparison import (
    SHOWN,
    PackDifference,
    ProductColumns,
    alert_of,
    compare,
    product_file,
    to_write,
)
from schemas.terms import Sku
from tests.handlers.vendor_orders import ORDERED, OWNER


def pack(sku: str, eaches: int) -> CasePack:
    return CasePack(account=OWNER, sku=Sku(sku), version=1, eaches=eaches, since=ORDERED)


PACKS = [pack("A", 6), pack("B", 12), pack("C", 4), pack("D", 2)]
THERE = [
    WarehouseProduct(sku=Sku("A"), case_pack=6),
    WarehouseProduct(sku=Sku("B"), case_pack=10),
    WarehouseProduct(sku=Sku("C")),
    WarehouseProduct(sku=Sku("Z"), case_pack=3),
]


def test_what_differs_is_not_said_or_is_not_there_is_named_and_what_agrees_or_is_not_ours_is_not() -> None:
    assert compare(PACKS, THERE) == [
        PackDifference(Sku("B"), "differs", 12, 10),
        PackDifference(Sku("C"), "not_said", 4),
        PackDifference(Sku("D"), "no_product", 2),
    ]
    assert compare(PACKS[:1], THERE) == []


def test_all_of_a_stock_owners_differences_are_one_alert_that_names_the_first() -> None:
    found = compare([pack(f"X{number:02}", 6) for number in range(30)], [])
    alert = alert_of("main", OWNER, found)
    assert (alert.kind, alert.cause) == (AlertKind.PACKS_DIFFER, "main/acme")
    assert "X00: 6 here, no such product there" in alert.text
    assert f"and {30 - SHOWN} more" in alert.text and len(alert.detail["packs"]) == 30  # type: ignore[arg-type]


def test_the_file_has_what_it_can_put_right_under_the_tenants_names() -> None:
    rows = to_write(PACKS, compare(PACKS, THERE))
    assert product_file(rows, ProductColumns(), "ACME") == "Code,Units Per Case\r\nB,12\r\nC,4\r\n"
    own = ProductColumns(code="SKU", units_per_case="UPC", account="Owner", more={"Kind": "each"})
    assert product_file(rows, own, "ACME") == "SKU,Owner,UPC,Kind\r\nB,ACME,12,each\r\nC,ACME,4,each\r\n"


def test_names_with_commas_and_quotes_stay_whole() -> None:
    assert product_file([pack('MUG, 3" "blue"', 6)], ProductColumns(), "") == (
        'Code,Units Per Case\r\n"MUG, 3"" ""blue""",6\r\n'
    )
