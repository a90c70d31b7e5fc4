"""GS1 numbers: the check digit rule against published vectors, and what may leave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.gs1 import InvalidNumber, Kind, bare_sscc, check_digit, fault, make_sscc, same_gtin, sure


@pytest.mark.parametrize(
    ("body", "digit"),
    [("629104150021", "3"), ("35412345000000001", "4"), ("545053400000", "0"), ("01234567890", "5")],
)
def test_one_rule_makes_every_check_digit(body: str, digit: str) -> None:
    assert check_digit(body) == digit


@pytest.mark.parametrize(
    ("kind", "number", "right"),
    [("sscc", "354123450000000015", "354123450000000014"), ("gtin", "9783898307538", "9783898307536")],
)
def test_a_wrong_check_digit_of_a_public_sample_is_named_and_may_not_leave(
    kind: Kind, number: str, right: str
) -> None:
    assert fault(kind, number).endswith(f"{number} ends in {number[-1]}; its check digit should be {right[-1]}")
    with pytest.raises(InvalidNumber):
        sure(kind, number)
    assert sure(kind, right) == right


@pytest.mark.parametrize(
    "text",
    ["", "12345678901234567", "35412345000000001A", "3541234500000000142", "\uff13" * 18],
)
def test_what_is_not_eighteen_plain_digits_is_no_sscc(text: str) -> None:
    assert fault("sscc", text)


def test_the_application_identifier_is_taken_off_inside() -> None:
    assert bare_sscc("00354123450000000014") == "354123450000000014"
    assert bare_sscc("(00) 3 5412345 000000001 4") == "354123450000000014"
    assert bare_sscc("354123450000000014") == "354123450000000014"
    assert bare_sscc("CARTON-7") == "CARTON-7"


def test_a_upc_equals_the_ean_that_begins_with_zero() -> None:
    assert same_gtin("012345678905", "0012345678905")
    assert not same_gtin("012345678905", "012345678912")
    assert not same_gtin("B00EXAMPLE", "B00EXAMPLE")


@given(st.integers(7, 12), st.data())
def test_every_serial_of_a_prefix_makes_a_valid_sscc_of_its_own(length: int, data: st.DataObject) -> None:
    prefix = data.draw(st.text("0123456789", min_size=length, max_size=length))
    serials = data.draw(st.sets(st.integers(0, 10 ** (16 - length) - 1), min_size=1, max_size=20))
    made = {make_sscc(prefix, data.draw(st.integers(0, 9)), serial) for serial in serials}
    assert len(made) == len(serials)
    assert all(fault("sscc", one) == "" and one[1 : 1 + length] == prefix for one in made)


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_never_passes(body: str, place: int, by: int) -> None:
    number = body + check_digit(body)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert fault("sscc", wrong)


@pytest.mark.parametrize(
    ("prefix", "extension", "serial"), [("501234", 0, 0), ("5012345", 10, 0), ("5012345", 0, 10**9)]
)
def test_no_sscc_is_made_of_what_does_not_fit(prefix: str, extension: int, serial: int) -> None:
    with pytest.raises(InvalidNumber):
        make_sscc(prefix, extension, serial)
