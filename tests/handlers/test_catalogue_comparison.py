"""What does not agree between a channel, the mapping and the warehouse: named once each, near names shown."""

from msgspec.structs import replace

from handlers.catalogue_comparison import (
    ChannelItem,
    Difference,
    WarehouseProduct,
    differences,
    read_catalogue,
    read_products,
)
from handlers.sellable_stock import Component, Listing
from schemas.terms import Account, ChannelAccount, Marketplace, SellerSku, Sku

CHAIR = Listing(1, ChannelAccount("shop"), Marketplace("UK"), SellerSku("chair"), Account("acme"), Sku("007"))
ITEM = ChannelItem(seller_sku=SellerSku("chair"), asin="B00", barcode="5012345678900")
PRODUCT = WarehouseProduct(sku=Sku("007"), barcode="05012345678900", case_barcode="15012345678907", case_pack=6)


def kinds(found: list[Difference]) -> list[str]:
    return [one.kind for one in found]


def test_three_sides_that_agree_differ_in_nothing() -> None:
    assert differences([ITEM], [CHAIR], [PRODUCT]) == []
    assert differences([], [], []) == []


def test_a_name_that_one_side_lacks_is_listed_with_names_that_look_like_it() -> None:
    found = differences([replace(ITEM, seller_sku=SellerSku("Chair"))], [CHAIR], [replace(PRODUCT, sku=Sku("7"))])
    assert [(one.kind, one.name, one.near) for one in found] == [
        ("no_product", "007", ("'7' differs only in leading zeros",)),
        ("not_at_channel", "chair", ("'Chair' differs only in upper and lower case",)),
        ("not_mapped", "Chair", ("'chair' differs only in upper and lower case",)),
    ]


def test_doubles_are_listed_once() -> None:
    items = [ITEM, ITEM, replace(ITEM, seller_sku=SellerSku("chair-2"))]
    second = replace(CHAIR, seller_sku=SellerSku("chair-2"))
    found = differences(items, [CHAIR, second], [PRODUCT, replace(PRODUCT, sku=Sku("008"))])
    assert kinds(found) == ["double_asin", "double_barcode", "double_barcode", "double_sku"]


def test_a_pack_is_compared_with_the_case_and_so_is_its_barcode() -> None:
    case = replace(CHAIR, pack_size=6)
    assert kinds(differences([ITEM], [case], [PRODUCT])) == ["barcode_differs"]
    assert differences([replace(ITEM, barcode="15012345678907")], [case], [PRODUCT]) == []
    assert kinds(differences([replace(ITEM, barcode="")], [replace(CHAIR, pack_size=4)], [PRODUCT])) == [
        "case_pack_differs"
    ]


def test_a_kit_has_no_barcode_of_the_warehouse_and_needs_each_of_its_components() -> None:
    kit = replace(CHAIR, sku=Sku("KIT"), pack_size=2, components=(Component(Sku("007"), 1), Component(Sku("LEG"), 4)))
    found = differences([replace(ITEM, barcode="1")], [kit], [PRODUCT, WarehouseProduct(sku=Sku("KIT"), barcode="2")])
    assert [(one.kind, one.name) for one in found] == [("no_product", "LEG")]


def test_files_say_what_is_wrong_with_them() -> None:
    items, faults = read_catalogue(b"seller_sku,asin\n007,B00\n,B01\n")
    assert items[0] == ChannelItem(seller_sku=SellerSku("007"), asin="B00") and len(faults) == 1
    _, faults = read_products(b"sku,case_pack\n007,six\n,2\n")
    assert [str(fault).split(":")[0] for fault in faults] == ["line 2, column case_pack", "line 3, column sku"]
    assert read_products(b"name\nx\n")[1]
