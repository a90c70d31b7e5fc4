"""Labels as they print: an independent decoder reads the bars off the page, and they say the SSCC alone."""

import random
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2
import pytest
import zxingcpp

from daemon.carton_labels import NotPrintable, PageSize, render
from handlers.carton_labels import CartonLabel, labels_of
from handlers.gs1 import InvalidNumber, make_sscc
from handlers.ship_loads import Part, load_of
from handlers.ship_notices import compose
from schemas.ship_notice import ShipNotice
from tests.handlers.vendor_loads import NOW, carton, held, known, order, part, sscc


def notice(*parts: Part) -> ShipNotice:
    orders = {one.order: order(number=one.order) for one in parts}
    made = compose(load_of("OAK/YORK/LOAD-1", parts), known(*orders.values()), "S000017", NOW)
    assert made.notice is not None
    return made.notice


def scanned(pdf: bytes, dots_per_inch: int = 203) -> list[list[tuple[str, str]]]:
    """Of each page, the barcodes on it: symbology identifier (]C1: GS1-128) and what their bars say."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        scale: Any = dots_per_inch / 72
        pictures = [page.render(scale=scale).to_pil() for page in document]
    finally:
        document.close()
    return [
        [(code.symbology_identifier, code.bytes.decode()) for code in zxingcpp.read_barcodes(one)] for one in pictures
    ]


def text_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


@pytest.mark.parametrize("size", ["a6", "4x6"])
def test_each_page_scans_as_the_one_sscc_that_the_notice_tells(size: PageSize) -> None:
    told = notice(part(carton(1, pallet=90), carton(2, pallet=90)), part(carton(3), despatch="D2", po="7QX11DEF"))
    pages = scanned(render(labels_of(told), size))
    assert pages == [[("]C1", "00" + number)] for number in (sscc(90), sscc(1), sscc(2), sscc(3))]


def test_random_numbers_scan_as_what_they_are() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    choose = random.Random(seed)
    first = labels_of(notice(part()))[0]
    numbers = [
        make_sscc(f"{choose.randrange(10**9):09d}", choose.randrange(10), choose.randrange(10**7)) for _ in range(8)
    ]
    pdf = render([msgspec.structs.replace(first, sscc=number) for number in numbers])
    assert [codes[0][1] for codes in scanned(pdf, 300)] == ["00" + number for number in numbers]


def test_people_read_the_number_with_its_identifier_the_destination_and_which_carton_it_is() -> None:
    item = held(quantity=10, lot="L7", expiry=date(2027, 3, 31))
    first, second = text_of(render(labels_of(notice(part(carton(1, item), carton(2))))))
    assert f"(00) {sscc(1)}" in first
    for words in ("LBA4", "1 Depot Way", "Leeds LS1 1AA", "CARTON 1 OF 2", "PO: 4Z32PABC", "BOL: OAKHI00017342"):
        assert words in first
    assert "LOT L7" in first and "BEST BEFORE 31 Mar 2027" in first
    assert "CARTON 2 OF 2" in second and f"(00) {sscc(2)}" in second


def test_mixed_cartons_and_pallets_name_their_orders() -> None:
    told = notice(part(carton(1, pallet=90)), part(carton(1, pallet=90), despatch="D2", po="7QX11DEF"))
    pallet, box = labels_of(told)
    assert (pallet.title, pallet.orders, pallet.contents) == ("PALLET 1 OF 1", "4Z32PABC, 7QX11DEF", "1 cartons")
    assert (box.title, box.orders, box.contents) == ("CARTON 1 OF 1", "4Z32PABC, 7QX11DEF", "MIXED")


@pytest.mark.parametrize("number", ["", "354123450000000015"])
def test_no_label_is_printed_for_a_missing_or_wrong_number(number: str) -> None:
    told = notice(part())
    wrong = msgspec.structs.replace(told, cartons=(msgspec.structs.replace(told.cartons[0], sscc=number),))
    with pytest.raises(InvalidNumber):
        labels_of(wrong)


def test_the_same_labels_make_the_same_file() -> None:
    labels = labels_of(notice(part()))
    assert render(labels) == render(labels)


def wroclaw() -> CartonLabel:
    return msgspec.structs.replace(labels_of(notice(part()))[0], ship_to=("WRO1", "Wroc\u0142aw", "PL"))


def test_a_letter_that_the_font_lacks_is_named_and_not_left_out() -> None:
    with pytest.raises(NotPrintable, match="\u0142"):
        render([wroclaw()])


def test_a_font_that_has_the_letter_prints_it() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    font = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    pdf = render([wroclaw()], font=font)
    assert "Wroc\u0142aw" in text_of(pdf)[0]
    assert scanned(pdf) == [[("]C1", "00" + sscc(1))]]


def test_a_file_that_is_no_font_is_named(tmp_path: Path) -> None:
    (tmp_path / "letters.ttf").write_bytes(b"not a font")
    with pytest.raises(NotPrintable, match=r"letters\.ttf"):
        render([wroclaw()], font=tmp_path / "letters.ttf")


def test_a_label_that_says_too_much_is_refused() -> None:
    long = msgspec.structs.replace(wroclaw(), ship_to=tuple(f"line {n}" for n in range(20)))
    with pytest.raises(NotPrintable, match="too much"):
        render([long])
