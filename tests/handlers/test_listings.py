"""Listings as merchandising writes them: all of a file, or all of its faults."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers.listing_doubts import doubts
from handlers.listings import (
    ALL,
    COLUMNS,
    as_cells,
    compare,
    differences,
    key_of,
    read_listings,
    tells_more_than_stock,
    write_listings,
)
from handlers.sellable_stock import Component, Listing
from handlers.sheets import write_sheet
from schemas.terms import Account, ChannelAccount, Marketplace, SellerSku, Sku

UK = ChannelAccount("uk")
LISTING = Listing(0, UK, Marketplace("A1F"), SellerSku("0042-B"), Account("ACME"), Sku("0042-b"), pack_size=6)
SELLERS = {UK: ("ACME", (Marketplace("A1F"),))}


def file(*rows: dict[str, str]) -> bytes:
    """A file of LISTING's rows with these cells changed."""
    return write_sheet(ALL, [list((as_cells(LISTING) | row).values()) for row in rows]).encode()


def faults(*rows: dict[str, str]) -> list[str]:
    return [str(fault) for fault in read_listings(file(*rows)).faults]


def only(**cells: str) -> Listing:
    found = read_listings(file(cells))
    assert found.faults == ()
    return found.listings[0]


def warned(*new: Listing, old: tuple[Listing, ...] = ()) -> list[str]:
    lines = {key_of(listing): place for place, listing in enumerate(new, 2)}
    return doubts(compare(old, new), [*old, *new], SELLERS, lines)


def test_a_listing_reads_back_as_it_was_written() -> None:
    listing = replace(
        LISTING, buffer_percent=Decimal("12.50"), cap=40, floor=6, share_percent=Decimal(80), lead_time_days=0,
        product_type="SOFA", stopped=True,
    )  # fmt: skip
    assert read_listings(write_listings([listing]).encode()).listings == (listing,)


@pytest.mark.parametrize(
    "sku", ["0042", "000", "a b", "A/1", "ß-ü", "=1+1", "'=x", "+44", "-5", "@x", '"', "1E+5", "x,y", "O'N", "null"]
)
def test_names_survive_the_round_trip_to_the_letter(sku: str) -> None:
    listing = replace(LISTING, seller_sku=SellerSku(sku), sku=Sku(sku), account=Account(sku))
    assert read_listings(write_listings([listing]).encode("utf-8-sig")).listings == (listing,)


@pytest.mark.parametrize(
    ("cell", "units", "per_cent"),
    [("5", 5, "0"), ("10%", 0, "10"), ("12.5 %", 0, "12.5"), ("5+10%", 5, "10"), ("", 0, "0"), ("0", 0, "0")],
)
def test_a_buffer_is_eaches_or_per_cent_or_both(cell: str, units: int, per_cent: str) -> None:
    listing = only(buffer=cell)
    assert (listing.buffer_units, listing.buffer_percent) == (units, Decimal(per_cent))


def test_what_is_empty_has_its_documented_default() -> None:
    listing = only(buffer="", cap="", floor="", share="", lead_time_days="", product_type="", stop="")
    assert listing == replace(LISTING, product_type="PRODUCT")
    assert (listing.cap, listing.share_percent, listing.lead_time_days) == (None, Decimal(100), None)


def test_a_kit_names_its_components_with_their_quantities() -> None:
    listing = only(components="2 x CHAIR-01; 1 x TABLE;07".replace(";07", "\\;07"))
    assert listing.components == (Component(Sku("CHAIR-01"), 2), Component(Sku("TABLE;07"), 1))


def test_columns_that_may_be_left_out_keep_what_the_books_say() -> None:
    known = replace(LISTING, id=7, priority=2, reserve=5, velocity_class="A", components=(Component(Sku("x"), 1),))
    cells = [as_cells(replace(LISTING, cap=9))[column] for column in COLUMNS]
    found = read_listings(write_sheet(COLUMNS, [cells]).encode())
    assert found.faults == ()
    assert compare([known], found.listings, None, found.absent).changed == ((known, replace(known, cap=9)),)
    whole = read_listings(file({}))
    assert compare([known], whole.listings, None, whole.absent).changed == ((known, replace(LISTING, id=7)),)


@pytest.mark.parametrize(("cell", "stopped"), [("yes", True), ("YES", True), ("no", False)])
def test_stop_is_yes_or_no(cell: str, *, stopped: bool) -> None:
    assert only(stop=cell).stopped is stopped


@pytest.mark.parametrize("column", ["channel_account", "marketplace", "seller_sku", "account", "sku", "pack_size"])
def test_what_must_not_be_guessed_must_not_be_empty(column: str) -> None:
    assert faults({column: ""}) == [f"line 2, column {column}: is empty"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("pack_size", "0"), ("pack_size", "-1"), ("pack_size", "1.5"), ("pack_size", "six"), ("pack_size", "1e3"),
        ("pack_size", "100001"), ("pack_size", "9" * 5000), ("buffer", "-5"), ("buffer", "5.5"), ("buffer", "101%"),
        ("buffer", "ten"), ("buffer", "5+5"), ("buffer", "5%+5%"), ("buffer", "5+"), ("buffer", "%"), ("cap", "-1"),
        ("cap", "1_0"), ("cap", "٣"), ("cap", "100000001"), ("floor", "x"), ("share", "100"), ("share", "100.001%"),
        ("share", "NaN%"), ("share", "1e2%"), ("share", "-1%"), ("share", ".%"), ("share", "9" * 5000 + "%"),
        ("lead_time_days", "31"), ("lead_time_days", "2 days"), ("stop", "true"), ("stop", "y"), ("stop", "1"),
        ("sku", "a\x00b"), ("sku", "a\nb"), ("seller_sku", "x" * 201), ("account", "  "), ("marketplace", "a\tb"),
        ("product_type", "\u200b"), ("priority", "0"), ("priority", "100"), ("priority", "high"), ("reserve", "-1"),
        ("reserve", "2.5"), ("velocity_class", "a b"), ("velocity_class", "=A"), ("components", "CHAIR"),
        ("components", "0 x CHAIR"), ("components", "1 x CHAIR; 2 x CHAIR"), ("components", "1 x CHAIR;"),
        ("components", "1 x "), ("components", "1 x A\\B"), ("components", "-1 x A"), ("components", "100001 x A"),
        ("components", "; ".join(f"1 x S{n}" for n in range(51))),
    ],
)  # fmt: skip
def test_a_cell_that_is_wrong_is_named_by_line_and_column(column: str, cell: str) -> None:
    [fault] = faults({"seller_sku": "other"}, {column: cell})
    assert fault.startswith(f"line 3, column {column}: ")


def test_every_fault_of_every_row_is_told_at_once() -> None:
    assert [fault.split(":")[0] for fault in faults({"pack_size": "0", "stop": "?"}, {}, {"sku": ""})] == [
        "line 2, column pack_size",
        "line 2, column stop",
        "line 4, column sku",
    ]


def test_a_listing_that_stands_twice_is_a_fault_that_names_both_lines() -> None:
    assert faults({}, {"seller_sku": "other"}, {"pack_size": "1"}) == [
        "line 4, column seller_sku: '0042-B' stands already in line 2"
    ]


def test_the_same_seller_sku_may_be_sold_in_two_marketplaces() -> None:
    assert faults({}, {"marketplace": "B2G"}) == []


def test_a_row_of_another_channel_account_is_a_fault_where_only_one_is_meant() -> None:
    found = read_listings(file({}, {"channel_account": "de"}), UK)
    assert [(fault.line, fault.column) for fault in found.faults] == [(3, "channel_account")]


def test_what_is_new_changed_missing_and_the_same_is_told_apart() -> None:
    kept, old = replace(LISTING, id=7), replace(LISTING, id=8, seller_sku=SellerSku("old"))
    moved = replace(LISTING, id=9, seller_sku=SellerSku("moved"))
    new = [LISTING, replace(moved, id=0, cap=3), replace(LISTING, seller_sku=SellerSku("new"))]
    changes = compare([kept, old, moved], new)
    assert [listing.seller_sku for listing in changes.added] == ["new"]
    assert changes.changed == ((moved, replace(moved, cap=3)),)
    assert changes.missing == (old,)
    assert changes.unchanged == 1


def test_numbers_that_are_equal_are_no_change_however_the_books_write_them() -> None:
    books = replace(LISTING, id=7, buffer_percent=Decimal("10.00"), share_percent=Decimal("100.00"))
    changes = compare([books], [replace(LISTING, buffer_percent=Decimal(10))])
    assert (changes.changed, changes.unchanged) == ((), 1)


def test_channel_accounts_that_the_file_does_not_name_are_left_out() -> None:
    elsewhere = replace(LISTING, id=7, channel_account=ChannelAccount("de"))
    assert compare([elsewhere], [LISTING]).missing == ()
    assert compare([elsewhere], [], ChannelAccount("de")).missing == (elsewhere,)
    assert compare([elsewhere], []).missing == ()


def test_a_change_is_shown_by_its_columns() -> None:
    after = replace(LISTING, buffer_units=5, stopped=True)
    assert differences(LISTING, after) == {"buffer": ("0", "5"), "stop": ("no", "yes")}


def test_a_new_lead_time_or_product_type_has_to_be_told_although_the_quantity_is_the_same() -> None:
    assert tells_more_than_stock(LISTING, replace(LISTING, lead_time_days=2))
    assert tells_more_than_stock(LISTING, replace(LISTING, product_type="SOFA"))
    assert not tells_more_than_stock(LISTING, replace(LISTING, cap=2))


def test_an_ordinary_listing_is_above_doubt() -> None:
    assert warned(LISTING) == []


@pytest.mark.parametrize("nearly", ["0042-b", "42-B", "00042-B", " 0042-B", "042-b"])
def test_a_seller_sku_that_is_nearly_another_is_doubted_and_not_corrected(nearly: str) -> None:
    other = replace(LISTING, seller_sku=SellerSku(nearly))
    said = warned(LISTING, other)
    assert any("line 2" in line and "nearly" in line and repr(nearly) in line for line in said)
    assert any("line 3" in line and "nearly" in line and "'0042-B'" in line for line in said)


def test_a_near_miss_to_what_the_books_have_is_doubted_too() -> None:
    known = replace(LISTING, id=7, seller_sku=SellerSku("42-B"), sku=Sku("42-b"))
    said = warned(LISTING, old=(known,))
    assert [("seller_sku" in line, "sku '0042-b' is nearly '42-b'" in line) for line in said] == [
        (True, False),
        (False, True),
    ]


def test_names_of_other_channel_accounts_are_no_near_misses() -> None:
    other = replace(LISTING, channel_account=ChannelAccount("de"), seller_sku=SellerSku("42-B"))
    assert not any("nearly" in line for line in warned(LISTING, other))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"sku": "0042 "}, "begins or ends with a space"), ({"seller_sku": "5.01E+12"}, "shortened"),
        ({"channel_account": "fr"}, "not in the configuration"), ({"marketplace": "B2G"}, "is not one of A1F"),
        ({"account": "OTHER"}, "is not 'ACME'"), ({"velocity_class": "A"}, "is not in the configuration"),
        ({"components": (Component(Sku("x "), 1),)}, "begins or ends with a space"),
    ],
)  # fmt: skip
def test_what_looks_like_a_mistake_is_said(changed: dict[str, Any], expected: str) -> None:
    [line] = warned(replace(LISTING, **changed))
    assert line.startswith("line 2: ")
    assert expected in line


texts = st.text(min_size=1, max_size=12).filter(lambda text: text.isprintable() and bool(text.strip()))
per_cent = st.decimals(0, 100, places=2)
kits = st.dictionaries(texts.map(Sku), st.integers(1, 100), max_size=4).map(
    lambda kit: tuple(sorted(Component(sku, quantity) for sku, quantity in kit.items()))
)
listings = st.builds(
    Listing,
    id=st.just(0),
    channel_account=texts.map(ChannelAccount),
    marketplace=texts.map(Marketplace),
    seller_sku=texts.map(SellerSku),
    account=texts.map(Account),
    sku=texts.map(Sku),
    pack_size=st.integers(1, 100),
    buffer_units=st.integers(0, 100),
    buffer_percent=per_cent,
    share_percent=per_cent,
    cap=st.none() | st.integers(0, 100),
    floor=st.integers(0, 100),
    lead_time_days=st.none() | st.integers(0, 30),
    product_type=texts,
    stopped=st.booleans(),
    velocity_class=st.sampled_from(["", "A", "fast-1"]),
    priority=st.integers(1, 99),
    reserve=st.integers(0, 100),
    components=kits,
)


@given(st.lists(listings, max_size=5, unique_by=key_of))
def test_any_listings_read_back_as_they_were_written_and_change_nothing(written: list[Listing]) -> None:
    found = read_listings(write_listings(written).encode("utf-8-sig"))
    assert found.faults == ()
    assert list(found.listings) == sorted(written, key=key_of)
    changes = compare(written, found.listings)
    assert (changes.added, changes.changed, changes.missing) == ((), (), ())


@given(st.dictionaries(st.sampled_from(ALL), st.text(max_size=6), max_size=4))
def test_any_cells_at_all_are_a_listing_or_a_fault(cells: dict[str, str]) -> None:
    found = read_listings(file(cells))
    assert bool(found.faults) != bool(found.listings)
